package interop;

import java.nio.file.Path;
import java.security.Security;
import java.util.HashMap;
import java.util.Map;
import javax.smartcardio.CardException;
import javax.smartcardio.CardTerminal;
import javax.smartcardio.TerminalFactory;
import net.sf.scuba.smartcards.TerminalCardService;
import org.jmrtd.BACKey;
import org.jmrtd.PACEKeySpec;
import org.jmrtd.PassportService;
import org.jmrtd.Util;

/**
 * Reads the card in a reader with JMRTD and says what it thinks of it, as one line of JSON. Ends with 0 if everything was accepted, 1 if
 * something was refused, 2 if it was called wrongly.
 *
 * <p>{@code --reader NAME --access bac|pace-mrz|pace-can --document-number N --birth YYMMDD --expiry YYMMDD --can N --csca FILE}, and if
 * wanted {@code --pace OID/PARAMETERS} for one form of PACE, {@code --chain FILE --terminal-key FILE} for terminal authentication.
 */
public final class Main {
  private Main() {}

  /** See the class. */
  public static void main(String[] words) throws Exception {
    Map<String, String> options = options(words);
    // First, as on the telephones that JMRTD is used on: Java's own ciphers refuse the keys that it makes for integrated mapping.
    Security.insertProviderAt(Util.getBouncyCastleProvider(), 1);
    long begun = System.nanoTime();
    CountingCardService counter =
        new CountingCardService(new TerminalCardService(terminal(options.get("reader"))));
    Verdict verdict = new Verdict();
    // As JMRTD comes: short length, its own block size, files by SELECT.
    PassportService service =
        new PassportService(
            counter,
            PassportService.NORMAL_MAX_TRANCEIVE_LENGTH,
            PassportService.DEFAULT_MAX_BLOCKSIZE,
            false,
            true);
    try {
      service.open();
      judge(counter, service, options, verdict);
    } finally {
      service.close();
    }
    long milliseconds = (System.nanoTime() - begun) / 1_000_000;
    System.out.println(verdict.toJson(version(), counter, milliseconds));
    System.exit(verdict.accepted() ? 0 : 1);
  }

  private static void judge(
      CountingCardService card,
      PassportService service,
      Map<String, String> options,
      Verdict verdict) {
    Reading reading = new Reading(card, service, verdict);
    String access = options.get("access");
    BACKey mrz =
        new BACKey(options.get("document-number"), options.get("birth"), options.get("expiry"));
    boolean open =
        verdict.check(
            "access",
            () -> {
              switch (access) {
                case "bac":
                  reading.basicAccess(mrz);
                  break;
                case "pace-mrz":
                  reading.pace(PACEKeySpec.createMRZKey(mrz), options.get("pace"));
                  break;
                case "pace-can":
                  reading.pace(PACEKeySpec.createCANKey(options.get("can")), options.get("pace"));
                  break;
                default:
                  throw new IllegalArgumentException("no such access: " + access);
              }
            });
    if (!open) {
      return;
    }
    reading.readAll(terminal(options, verdict), options.get("document-number"));
    reading.activeAuthentication();
    if (reading.sod() != null) {
      PassiveAuthentication.check(
          verdict, reading.sod(), reading.dataGroups(), Path.of(options.get("csca")));
    }
  }

  private static TerminalAuthentication terminal(Map<String, String> options, Verdict verdict) {
    TerminalAuthentication[] terminal = new TerminalAuthentication[1];
    if (options.containsKey("chain")) {
      verdict.check(
          "terminal certificates",
          () ->
              terminal[0] =
                  new TerminalAuthentication(
                      Path.of(options.get("chain")), Path.of(options.get("terminal-key"))));
    }
    return terminal[0];
  }

  private static CardTerminal terminal(String name) throws CardException {
    for (CardTerminal terminal : TerminalFactory.getDefault().terminals().list()) {
      if (terminal.getName().equals(name)) {
        return terminal;
      }
    }
    throw new CardException("no reader is called " + name);
  }

  private static String version() {
    String library = PassportService.class.getProtectionDomain().getCodeSource().getLocation().getPath();
    String file = Path.of(library).getFileName().toString();
    return file.replaceAll("^jmrtd-|\\.jar$", "") + ", Java " + System.getProperty("java.version");
  }

  private static Map<String, String> options(String[] words) {
    Map<String, String> options = new HashMap<>();
    for (int i = 0; i + 1 < words.length; i += 2) {
      options.put(words[i].replaceFirst("^--", ""), words[i + 1]);
    }
    for (String name : new String[] {"reader", "access", "document-number", "birth", "expiry", "can", "csca"}) {
      if (!options.containsKey(name)) {
        System.err.println("missing: --" + name);
        System.exit(2);
      }
    }
    return options;
  }
}
