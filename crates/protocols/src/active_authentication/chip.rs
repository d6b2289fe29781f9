//! The chip's end of active authentication.

use crypto::{CryptoRng, HashAlgorithm, PrivateKey, RsaPrivateKey};
use iso7816::{CommandApdu, ResponseApdu, StatusWord};

use crate::active_authentication::verification::signature_len;
use crate::active_authentication::{CHALLENGE_LEN, iso9796_2};

/// Answers INTERNAL AUTHENTICATE (Doc 9303-11 §6.1.3) with a signature by the hash that EF.DG14 names (any for RSA).
/// `max_data` is how much data the answer may hold beside what Le says: less under secure messaging.
///
/// # Errors
/// `6A86` for other parameters; `6700` for a challenge that has not eight octets and for an answer that would not fit;
/// `6984` for a key that cannot be used with the hash.
pub fn sign(
    command: &CommandApdu,
    key: &PrivateKey,
    hash: HashAlgorithm,
    max_data: usize,
    rng: &mut dyn CryptoRng,
) -> Result<ResponseApdu, StatusWord> {
    if (command.p1, command.p2) != (0, 0) {
        return Err(StatusWord::INCORRECT_P1_P2);
    }
    let challenge = <&[u8; CHALLENGE_LEN]>::try_from(command.data.as_slice())
        .map_err(|_| StatusWord::WRONG_LENGTH)?;
    let le = command.le.ok_or(StatusWord::WRONG_LENGTH)?;
    let room = usize::try_from(le.get())
        .unwrap_or(usize::MAX)
        .min(max_data);
    if signature_len(&key.public()) > room {
        return Err(StatusWord::WRONG_LENGTH);
    }
    let signature = match key {
        PrivateKey::Rsa(key) => sign_rsa(key, hash, challenge, rng)?,
        PrivateKey::Ec(_) => key
            .sign_plain_ecdsa(hash, challenge, rng)
            .map_err(|_| StatusWord::REFERENCE_DATA_NOT_USABLE)?,
    };
    Ok(ResponseApdu::new(signature, StatusWord::OK))
}

/// σ = F^d mod n: ISO 9796-2 §B.6, which Doc 9303-11 §6.1.2.2 prefers to §B.4.
fn sign_rsa(
    key: &RsaPrivateKey,
    hash: HashAlgorithm,
    challenge: &[u8; CHALLENGE_LEN],
    rng: &mut dyn CryptoRng,
) -> Result<Vec<u8>, StatusWord> {
    let public = key.public();
    let m1_len = iso9796_2::recoverable_len(public.modulus_len(), hash)
        .filter(|_| public.bits().is_multiple_of(8))
        .ok_or(StatusWord::REFERENCE_DATA_NOT_USABLE)?;
    let mut m1 = vec![0; m1_len];
    rng.fill_bytes(&mut m1);
    let f = iso9796_2::compose(&m1, challenge, hash);
    key.raw(&f, rng)
        .map_err(|_| StatusWord::REFERENCE_DATA_NOT_USABLE)
}
