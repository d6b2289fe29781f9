package interop;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import net.sf.scuba.smartcards.CardServiceException;
import org.jmrtd.PassportService;
import org.jmrtd.Util;
import org.jmrtd.cert.CVCPrincipal;
import org.jmrtd.cert.CVCertificateFactorySpi;
import org.jmrtd.cert.CardVerifiableCertificate;
import org.jmrtd.lds.CVCAFile;
import org.jmrtd.protocol.EACCAResult;
import org.jmrtd.protocol.PACEResult;

/** Doc 9303-11 §7.1 by JMRTD: a chain of card verifiable certificates and the terminal's key. */
final class TerminalAuthentication {
  private final List<CardVerifiableCertificate> chain;
  private final PrivateKey key;

  /** {@code chain}: certificates one behind the other, the terminal's last; {@code key}: its key as PKCS#8. */
  TerminalAuthentication(Path chain, Path key) throws IOException, GeneralSecurityException {
    this.chain = certificates(Files.readAllBytes(chain));
    String algorithm = terminal().getPublicKey().getAlgorithm();
    this.key =
        KeyFactory.getInstance(algorithm.startsWith("EC") ? "EC" : algorithm, Util.getBouncyCastleProvider())
            .generatePrivate(new PKCS8EncodedKeySpec(Files.readAllBytes(key)));
  }

  /** After PACE the chip is known by its key; after BAC, where {@code pace} is null, by its number. */
  void perform(PassportService service, CVCAFile trusted, EACCAResult chip, PACEResult pace, String documentNumber)
      throws CardServiceException, GeneralSecurityException {
    String algorithm = terminal().getSigAlgName();
    CVCPrincipal authority = chain.get(0).getAuthorityReference();
    if (!authority.equals(trusted.getCAReference()) && !authority.equals(trusted.getAltCAReference())) {
      throw new GeneralSecurityException("the chip trusts " + trusted.getCAReference() + ", not " + authority);
    }
    if (pace == null) {
      service.doEACTA(authority, chain, key, algorithm, chip, documentNumber);
    } else {
      service.doEACTA(authority, chain, key, algorithm, chip, pace);
    }
  }

  private CardVerifiableCertificate terminal() {
    return chain.get(chain.size() - 1);
  }

  private static List<CardVerifiableCertificate> certificates(byte[] bytes)
      throws GeneralSecurityException, IOException {
    List<CardVerifiableCertificate> found = new ArrayList<>();
    ByteArrayInputStream in = new ByteArrayInputStream(bytes);
    while (in.available() > 0) {
      byte[] one = next(in);
      found.add(
          (CardVerifiableCertificate)
              new CVCertificateFactorySpi().engineGenerateCertificate(new ByteArrayInputStream(one)));
    }
    return found;
  }

  /** One data object 7F21 with its length in two octets or fewer. */
  private static byte[] next(ByteArrayInputStream in) throws IOException {
    in.mark(Integer.MAX_VALUE);
    int header = 3;
    in.skip(2);
    int length = in.read();
    if (length > 0x80) {
      int octets = length & 0x7F;
      length = 0;
      for (int i = 0; i < octets; i++) {
        length = length << 8 | in.read();
        header++;
      }
    }
    in.reset();
    byte[] object = in.readNBytes(header + length);
    if (object.length < header + length) {
      throw new IOException("a certificate that is cut");
    }
    return object;
  }
}
