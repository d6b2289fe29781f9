package interop;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.interfaces.ECPublicKey;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.IvParameterSpec;
import org.bouncycastle.jcajce.provider.asymmetric.util.EC5Util;
import org.bouncycastle.math.ec.ECCurve;
import org.bouncycastle.math.ec.ECPoint;
import org.jmrtd.Util;
import org.jmrtd.lds.ChipAuthenticationPublicKeyInfo;
import org.jmrtd.protocol.PACECAMResult;
import org.jmrtd.protocol.PACEGMMappingResult;

/** Doc 9303-11 §4.4.3.5: JMRTD decrypts what the chip has sent; whether it belongs to the chip's key is verified here. */
final class ChipAuthenticationMapping {
  private static final int BLOCK_LENGTH = 16;

  private ChipAuthenticationMapping() {}

  /** Throws unless the chip's mapping key is its static key times what it has sent, as JMRTD has decrypted it. */
  static void check(PACECAMResult result, ChipAuthenticationPublicKeyInfo info) throws GeneralSecurityException {
    check(result, info, result.getChipAuthenticationData());
  }

  /**
   * The same with the initial vector of the standard, E(KS_Enc, -1). JMRTD 0.8.6 takes -1 itself, so that the first block of what it
   * decrypts is another.
   */
  static void checkAsStandardised(PACECAMResult result, ChipAuthenticationPublicKeyInfo info)
      throws GeneralSecurityException {
    SecretKey key = result.getWrapper().getEncryptionKey();
    byte[] minusOne = new byte[BLOCK_LENGTH];
    Arrays.fill(minusOne, (byte) 0xFF);
    Cipher vector = Cipher.getInstance("AES/ECB/NoPadding");
    vector.init(Cipher.ENCRYPT_MODE, key);
    Cipher cipher = Cipher.getInstance("AES/CBC/NoPadding");
    cipher.init(Cipher.DECRYPT_MODE, key, new IvParameterSpec(vector.doFinal(minusOne)));
    check(result, info, Util.unpad(cipher.doFinal(result.getEncryptedChipAuthenticationData())));
  }

  private static void check(PACECAMResult result, ChipAuthenticationPublicKeyInfo info, byte[] data)
      throws GeneralSecurityException {
    ECPublicKey fixed = (ECPublicKey) info.getSubjectPublicKey();
    ECPublicKey mapping =
        (ECPublicKey) ((PACEGMMappingResult) result.getMappingResult()).getPICCMappingPublicKey();
    ECCurve curve = EC5Util.convertCurve(fixed.getParams().getCurve());
    ECPoint expected = EC5Util.convertPoint(curve, fixed.getW()).multiply(new BigInteger(1, data));
    if (!expected.equals(EC5Util.convertPoint(curve, mapping.getW()))) {
      throw new GeneralSecurityException("the proof does not belong to the key of EF.CardSecurity");
    }
  }
}
