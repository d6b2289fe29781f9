package interop;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import net.sf.scuba.smartcards.CardFileInputStream;
import net.sf.scuba.smartcards.CardServiceException;
import org.jmrtd.BACKeySpec;
import org.jmrtd.DefaultFileSystem;
import org.jmrtd.PACEKeySpec;
import org.jmrtd.PassportService;
import org.jmrtd.lds.CVCAFile;
import org.jmrtd.lds.CardAccessFile;
import org.jmrtd.lds.CardSecurityFile;
import org.jmrtd.lds.ChipAuthenticationInfo;
import org.jmrtd.lds.ChipAuthenticationPublicKeyInfo;
import org.jmrtd.lds.LDSFileUtil;
import org.jmrtd.lds.PACEInfo;
import org.jmrtd.lds.SecurityInfo;
import org.jmrtd.lds.icao.COMFile;
import org.jmrtd.lds.icao.DG14File;
import org.jmrtd.lds.icao.DG15File;
import org.jmrtd.protocol.EACCAResult;
import org.jmrtd.protocol.PACECAMResult;
import org.jmrtd.protocol.PACEResult;
import org.jmrtd.protocol.ReadBinaryAPDUSender;

/** The steps of a reader, each a check of the verdict. */
final class Reading {
  /** The data groups that want terminal authentication. */
  private static final int[] CLOSED = {3, 4};

  private static final int STATUS_NOT_SATISFIED = 0x6982;

  private final CountingCardService card;
  private final PassportService service;
  private final Verdict verdict;
  private final Map<Integer, byte[]> dataGroups = new TreeMap<>();
  private byte[] sod;
  private DG14File dg14;
  private PACEResult pace;
  private EACCAResult chip;
  private boolean open;

  Reading(CountingCardService card, PassportService service, Verdict verdict) {
    this.card = card;
    this.service = service;
    this.verdict = verdict;
  }

  Map<Integer, byte[]> dataGroups() {
    return dataGroups;
  }

  byte[] sod() {
    return sod;
  }

  void basicAccess(BACKeySpec key) throws CardServiceException {
    service.sendSelectApplet(false);
    service.doBAC(key);
  }

  /** By the form of PACE that is named as OID and parameters, or the first one. */
  void pace(PACEKeySpec key, String form) throws Exception {
    CardAccessFile cardAccess;
    try (CardFileInputStream in = service.getInputStream(PassportService.EF_CARD_ACCESS)) {
      cardAccess = new CardAccessFile(in);
    }
    PACEInfo info = paceInfo(cardAccess.getSecurityInfos(), form);
    pace =
        service.doPACE(
            key,
            info.getObjectIdentifier(),
            PACEInfo.toParameterSpec(info.getParameterId()),
            info.getParameterId());
    if (pace instanceof PACECAMResult) {
      PACECAMResult result = (PACECAMResult) pace;
      ChipAuthenticationPublicKeyInfo[] fixed = new ChipAuthenticationPublicKeyInfo[1];
      if (verdict.check("card security", () -> fixed[0] = mappingKey(info))) {
        verdict.check("chip authentication mapping", () -> ChipAuthenticationMapping.check(result, fixed[0]));
        verdict.check(
            "chip authentication mapping, E(K, -1)",
            () -> ChipAuthenticationMapping.checkAsStandardised(result, fixed[0]));
      }
    }
    service.sendSelectApplet(true);
  }

  /** EF.COM, EF.SOD, DG14, chip and, if there is one, terminal authentication, then every data group that EF.COM lists. */
  void readAll(TerminalAuthentication terminal, String documentNumber) {
    COMFile[] com = new COMFile[1];
    boolean listed =
        verdict.check("com", () -> com[0] = new COMFile(stream(file("com", PassportService.EF_COM))));
    verdict.check("sod read", () -> sod = file("sod", PassportService.EF_SOD));
    if (!listed) {
      return;
    }
    int[] tags = com[0].getTagList();
    if (contains(tags, PassportService.EF_DG14)) {
      verdict.check("dg14", this::chipAuthenticationInfo);
      verdict.check("chip authentication", this::chipAuthentication);
    }
    if (terminal != null) {
      open = verdict.check("terminal authentication", () -> terminalAuthentication(terminal, documentNumber));
    }
    for (int tag : tags) {
      readDataGroup(LDSFileUtil.lookupDataGroupNumberByTag(tag), LDSFileUtil.lookupFIDByTag(tag));
    }
  }

  /** Only where the chip has a key for it. */
  void activeAuthentication() {
    byte[] dg15 = dataGroups.get(15);
    if (dg15 == null) {
      return;
    }
    verdict.check(
        "active authentication",
        () ->
            ActiveAuthentication.perform(
                service,
                new DG15File(stream(dg15)).getPublicKey(),
                dg14 == null
                    ? null
                    : dg14.getActiveAuthenticationInfos().stream().findFirst().orElse(null)));
  }

  private void readDataGroup(int number, short fileIdentifier) {
    if (dataGroups.containsKey(number)) {
      return;
    }
    for (int closed : CLOSED) {
      if (number == closed && !open) {
        verdict.check("dg" + number + " stays closed", () -> refused(number, fileIdentifier));
        return;
      }
    }
    verdict.check(
        "dg" + number,
        () -> {
          byte[] content = file("dg" + number, fileIdentifier);
          dataGroups.put(number, content);
          // DG13 is the issuer's own; JMRTD has no type for it.
          if (number != 13) {
            LDSFileUtil.getLDSFile(fileIdentifier, stream(content));
          }
        });
  }

  private void refused(int number, short fileIdentifier) throws Exception {
    try {
      file("dg" + number, fileIdentifier);
    } catch (CardServiceException e) {
      if (card.lastStatusWord() == STATUS_NOT_SATISFIED) {
        verdict.closed("dg" + number);
        return;
      }
      throw e;
    }
    throw new GeneralSecurityException("it was handed out without terminal authentication");
  }

  private void chipAuthenticationInfo() throws Exception {
    byte[] content = file("dg14", PassportService.EF_DG14);
    dataGroups.put(14, content);
    dg14 = new DG14File(stream(content));
  }

  private void chipAuthentication() throws Exception {
    if (dg14 == null) {
      throw new IOException("DG14 was not read");
    }
    ChipAuthenticationPublicKeyInfo key =
        dg14.getChipAuthenticationPublicKeyInfos().stream()
            .findFirst()
            .orElseThrow(() -> new IOException("DG14 has no key for it"));
    String protocol =
        dg14.getChipAuthenticationInfos().stream()
            .findFirst()
            .map(ChipAuthenticationInfo::getObjectIdentifier)
            .orElse(null);
    chip =
        service.doEACCA(
            key.getKeyId(), protocol, key.getObjectIdentifier(), key.getSubjectPublicKey());
    // The first command under the new keys: without it the change would not have been seen.
    file("com", PassportService.EF_COM);
  }

  /** EF.CardSecurity names the chip's key by the number of the parameters. */
  private ChipAuthenticationPublicKeyInfo mappingKey(PACEInfo info) throws Exception {
    CardSecurityFile security =
        new CardSecurityFile(stream(fileOfMasterFile("card-security", PassportService.EF_CARD_SECURITY)));
    for (ChipAuthenticationPublicKeyInfo key : security.getChipAuthenticationPublicKeyInfos()) {
      if (info.getParameterId().equals(key.getKeyId())) {
        return key;
      }
    }
    throw new GeneralSecurityException("EF.CardSecurity has no key for it");
  }

  private void terminalAuthentication(TerminalAuthentication terminal, String documentNumber)
      throws Exception {
    CVCAFile trusted = new CVCAFile(stream(file("cvca", PassportService.EF_CVCA)));
    terminal.perform(service, trusted, chip, pace, documentNumber);
  }

  private byte[] file(String name, short fileIdentifier) throws CardServiceException, IOException {
    try (CardFileInputStream in = service.getInputStream(fileIdentifier)) {
      byte[] content = in.readAllBytes();
      verdict.read(name, content);
      return content;
    } catch (IOException e) {
      if (e.getCause() instanceof CardServiceException) {
        throw (CardServiceException) e.getCause();
      }
      throw e;
    }
  }

  /** JMRTD reads what lies in the master file in plain, even after PACE, which ends it: its file system gets the session here. */
  private byte[] fileOfMasterFile(String name, short fileIdentifier) throws CardServiceException, IOException {
    DefaultFileSystem files = new DefaultFileSystem(new ReadBinaryAPDUSender(service), false);
    files.setWrapper(service.getWrapper());
    files.selectFile(fileIdentifier);
    try (CardFileInputStream in = new CardFileInputStream(files.getMaxReadBinaryLength(), files)) {
      byte[] content = in.readAllBytes();
      verdict.read(name, content);
      return content;
    }
  }

  private static PACEInfo paceInfo(Collection<SecurityInfo> infos, String form) throws IOException {
    for (SecurityInfo info : infos) {
      if (info instanceof PACEInfo && (form == null || form.equals(form((PACEInfo) info)))) {
        return (PACEInfo) info;
      }
    }
    throw new IOException("EF.CardAccess has no such PACEInfo");
  }

  private static String form(PACEInfo info) {
    return info.getObjectIdentifier() + "/" + info.getParameterId();
  }

  private static boolean contains(int[] tags, short fileIdentifier) {
    for (int tag : tags) {
      if (LDSFileUtil.lookupFIDByTag(tag) == fileIdentifier) {
        return true;
      }
    }
    return false;
  }

  private static ByteArrayInputStream stream(byte[] content) {
    return new ByteArrayInputStream(content);
  }
}
