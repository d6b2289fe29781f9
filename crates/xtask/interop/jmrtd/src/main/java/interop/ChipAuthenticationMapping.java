package interop;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.interfaces.ECPublicKey;
import org.bouncycastle.jcajce.provider.asymmetric.util.EC5Util;
import org.bouncycastle.math.ec.ECCurve;
import org.bouncycastle.math.ec.ECPoint;
import org.jmrtd.lds.ChipAuthenticationPublicKeyInfo;
import org.jmrtd.protocol.PACECAMResult;
import org.jmrtd.protocol.PACEGMMappingResult;

/** Doc 9303-11 §4.4.3.5.2: JMRTD decrypts what the chip has sent; whether it belongs to the chip's key is verified here. */
final class ChipAuthenticationMapping {
  private ChipAuthenticationMapping() {}

  /** Throws unless the chip's mapping key is its static key times what it has sent. */
  static void check(PACECAMResult result, ChipAuthenticationPublicKeyInfo info) throws GeneralSecurityException {
    ECPublicKey fixed = (ECPublicKey) info.getSubjectPublicKey();
    ECPublicKey mapping =
        (ECPublicKey) ((PACEGMMappingResult) result.getMappingResult()).getPICCMappingPublicKey();
    ECCurve curve = EC5Util.convertCurve(fixed.getParams().getCurve());
    BigInteger data = new BigInteger(1, result.getChipAuthenticationData());
    ECPoint expected = EC5Util.convertPoint(curve, fixed.getW()).multiply(data);
    if (!expected.equals(EC5Util.convertPoint(curve, mapping.getW()))) {
      throw new GeneralSecurityException("the chip does not have the key of EF.CardSecurity");
    }
  }
}
