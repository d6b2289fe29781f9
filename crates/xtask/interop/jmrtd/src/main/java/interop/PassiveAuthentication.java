package interop;

import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Provider;
import java.security.Signature;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jmrtd.Util;
import org.jmrtd.lds.SODFile;

/** Doc 9303-11 §5.1 over JMRTD's reading of EF.SOD, with Bouncy Castle's chain validation. */
final class PassiveAuthentication {
  private static final Provider PROVIDER = Util.getBouncyCastleProvider();

  private PassiveAuthentication() {}

  static void check(Verdict verdict, byte[] sodBytes, Map<Integer, byte[]> dataGroups, Path csca) {
    SODFile[] sod = new SODFile[1];
    if (!verdict.check("sod", () -> sod[0] = new SODFile(new ByteArrayInputStream(sodBytes)))) {
      return;
    }
    for (Map.Entry<Integer, byte[]> dataGroup : dataGroups.entrySet()) {
      int number = dataGroup.getKey();
      verdict.check("hash dg" + number, () -> hash(sod[0], number, dataGroup.getValue()));
    }
    verdict.check("sod signature", () -> signature(sod[0]));
    verdict.check("chain", () -> chain(sod[0], csca));
  }

  private static void hash(SODFile sod, int number, byte[] content) throws GeneralSecurityException {
    byte[] signed = sod.getDataGroupHashes().get(number);
    if (signed == null) {
      throw new GeneralSecurityException("EF.SOD has no hash of it");
    }
    byte[] computed = MessageDigest.getInstance(sod.getDigestAlgorithm(), PROVIDER).digest(content);
    if (!MessageDigest.isEqual(signed, computed)) {
      throw new GeneralSecurityException("the hash in EF.SOD is another");
    }
  }

  /** JMRTD compares the message digest attribute while it hands out the signed attributes. */
  private static void signature(SODFile sod) throws GeneralSecurityException {
    X509Certificate signer = sod.getDocSigningCertificate();
    String algorithm = sod.getDigestEncryptionAlgorithm();
    if ("SSAwithRSA/PSS".equals(algorithm)) {
      algorithm = sod.getSignerInfoDigestAlgorithm().replace("-", "") + "withRSA/PSS";
    }
    Signature signature = Signature.getInstance(algorithm, PROVIDER);
    if (sod.getDigestEncryptionAlgorithmParams() != null) {
      signature.setParameter(sod.getDigestEncryptionAlgorithmParams());
    }
    signature.initVerify(signer);
    signature.update(sod.getEContent());
    if (!signature.verify(sod.getEncryptedDigest())) {
      throw new GeneralSecurityException("the signature is not the document signer's");
    }
  }

  private static void chain(SODFile sod, Path csca) throws Exception {
    CertificateFactory factory = CertificateFactory.getInstance("X.509", PROVIDER);
    X509Certificate root =
        (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(Files.readAllBytes(csca)));
    PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
    parameters.setRevocationEnabled(false);
    X509Certificate signer =
        (X509Certificate)
            factory.generateCertificate(
                new ByteArrayInputStream(sod.getDocSigningCertificate().getEncoded()));
    CertPathValidator.getInstance("PKIX", PROVIDER)
        .validate(factory.generateCertPath(List.of(signer)), parameters);
  }
}
