//! Which of several offers protects best.

use crypto::{AgreementDomain, Cipher};

/// A place in the order of pairs of domain parameters and cipher: the greater, the better.
///
/// AES goes before 3DES whatever the key (Doc 9303-11 §8.5): its blocks of 64 bits wear out, and it is on its way out of
/// the standard. After that a pair is as strong as its weaker half, for that is the half an attacker chooses. Among
/// equals the longer key of the cipher decides, then the stronger domain.
pub(crate) fn protection(domain: AgreementDomain, cipher: Cipher) -> impl Ord {
    let modern = cipher != Cipher::TripleDes;
    let weaker_half = domain.strength().min(8 * cipher.key_len());
    (modern, weaker_half, cipher, domain.strength())
}

#[cfg(test)]
mod tests {
    use crypto::{Curve, DhGroup};

    use super::*;

    #[test]
    fn from_the_best_to_the_last() {
        use AgreementDomain::{Dh, Ec};
        use Cipher::{Aes128, Aes192, Aes256, TripleDes};
        let best_first = [
            (Ec(Curve::P521), Aes256),
            (Ec(Curve::P384), Aes256),
            (Ec(Curve::P384), Aes192),
            (Ec(Curve::P256), Aes256),
            (Ec(Curve::P521), Aes128),
            (Ec(Curve::P256), Aes128),
            (Dh(DhGroup::Modp2048_256), Aes256),
            (Ec(Curve::P224), Aes128),
            (Ec(Curve::BrainpoolP192r1), Aes256),
            (Dh(DhGroup::Modp1024_160), Aes256),
            (Ec(Curve::P521), TripleDes),
            (Dh(DhGroup::Modp1024_160), TripleDes),
        ];
        for pair in best_first.windows(2) {
            let [(better, one), (worse, other)] = pair else {
                unreachable!()
            };
            assert!(
                protection(*better, *one) > protection(*worse, *other),
                "{pair:?}"
            );
        }
    }
}
