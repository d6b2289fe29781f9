//! HMAC-SHA-256 (RFC 2104) by AWS-LC, for protocols that name it.

use aws_lc_rs::hmac;

use crate::SecretBytes;

/// Octets of the code.
pub const HMAC_LEN: usize = 32;

/// The code of a message that comes in parts, under a key of any length.
#[must_use]
pub fn hmac_sha256(key: &SecretBytes, parts: &[&[u8]]) -> [u8; HMAC_LEN] {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.expose());
    let mut context = hmac::Context::with_key(&key);
    for part in parts {
        context.update(part);
    }
    let mut code = [0; HMAC_LEN];
    code.iter_mut()
        .zip(context.sign().as_ref())
        .for_each(|(to, from)| *to = *from);
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231 §4.2 and §4.3.
    #[test]
    fn agrees_with_the_rfc() {
        let check = |key: &[u8], parts: &[&[u8]], code: &str| {
            let key = SecretBytes::new(key.to_vec());
            assert_eq!(hex::encode(hmac_sha256(&key, parts)), code);
        };
        check(
            &[0x0B; 20],
            &[b"Hi There"],
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        );
        check(
            b"Jefe",
            &[b"what do ya ", b"want for nothing?"],
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        );
    }
}
