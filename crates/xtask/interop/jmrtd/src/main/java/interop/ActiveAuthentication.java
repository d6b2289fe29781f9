package interop;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import net.sf.scuba.smartcards.CardServiceException;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.SHA1Digest;
import org.bouncycastle.crypto.digests.SHA224Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA384Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.engines.RSAEngine;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.signers.ISO9796d2Signer;
import org.jmrtd.PassportService;
import org.jmrtd.Util;
import org.jmrtd.lds.ActiveAuthenticationInfo;

/** Doc 9303-11 §6.1: JMRTD sends the challenge, the answer is verified here. */
final class ActiveAuthentication {
  private static final int CHALLENGE_LENGTH = 8;

  private ActiveAuthentication() {}

  /** Throws unless the chip has the private key of DG15; {@code info} is DG14's, or null. */
  static void perform(PassportService service, PublicKey key, ActiveAuthenticationInfo info)
      throws CardServiceException, GeneralSecurityException {
    byte[] challenge = new byte[CHALLENGE_LENGTH];
    new SecureRandom().nextBytes(challenge);
    byte[] response = service.doAA(key, null, null, challenge).getResponse();
    boolean genuine =
        key instanceof RSAPublicKey
            ? verifyRsa((RSAPublicKey) key, challenge, response)
            : verifyEcdsa((ECPublicKey) key, info, challenge, response);
    if (!genuine) {
      throw new GeneralSecurityException("the answer is not signed by the key of DG15");
    }
  }

  /** ISO 9796-2 scheme 1 with partial message recovery; the trailer names the hash. */
  private static boolean verifyRsa(RSAPublicKey key, byte[] challenge, byte[] response)
      throws GeneralSecurityException {
    byte[] recovered =
        new BigInteger(1, response).modPow(key.getPublicExponent(), key.getModulus()).toByteArray();
    int last = recovered[recovered.length - 1] & 0xFF;
    boolean implicit = last == 0xBC;
    Digest digest = implicit ? new SHA1Digest() : digestOfTrailer(recovered[recovered.length - 2] & 0xFF);
    ISO9796d2Signer signer = new ISO9796d2Signer(new RSAEngine(), digest, implicit);
    signer.init(false, new RSAKeyParameters(false, key.getModulus(), key.getPublicExponent()));
    try {
      signer.updateWithRecoveredMessage(response);
    } catch (org.bouncycastle.crypto.InvalidCipherTextException e) {
      throw new GeneralSecurityException("no ISO 9796-2 message in the answer", e);
    }
    signer.update(challenge, 0, challenge.length);
    return signer.verifySignature(response);
  }

  private static Digest digestOfTrailer(int identifier) throws GeneralSecurityException {
    switch (identifier) {
      case 0x33:
        return new SHA1Digest();
      case 0x34:
        return SHA256Digest.newInstance();
      case 0x35:
        return new SHA512Digest();
      case 0x36:
        return new SHA384Digest();
      case 0x38:
        return new SHA224Digest();
      default:
        throw new GeneralSecurityException("unknown hash in the trailer of the answer");
    }
  }

  /** TR-03111 plain signature: r and s, one behind the other. */
  private static boolean verifyEcdsa(
      ECPublicKey key, ActiveAuthenticationInfo info, byte[] challenge, byte[] response)
      throws GeneralSecurityException {
    if (info == null) {
      throw new GeneralSecurityException("DG14 names no algorithm for an elliptic curve key");
    }
    String mnemonic = ActiveAuthenticationInfo.lookupMnemonicByOID(info.getSignatureAlgorithmOID());
    String hash = Util.inferDigestAlgorithmFromSignatureAlgorithm(mnemonic).replace("-", "");
    Signature signature =
        Signature.getInstance(hash + "withPLAIN-ECDSA", Util.getBouncyCastleProvider());
    signature.initVerify(key);
    signature.update(challenge);
    return signature.verify(response);
  }
}
