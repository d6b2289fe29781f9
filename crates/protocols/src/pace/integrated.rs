//! Integrated mapping of two nonces, s of the chip and t of the terminal, to a generator (Doc 9303-11 §4.4.3.3.2).
//!
//! ```text
//! k₀ = E(t, s)
//! xᵢ = E(kᵢ₋₁, c₁)    kᵢ = E(kᵢ₋₁, c₀)    i = 1 … n
//! R(s, t) = x₁ ‖ … ‖ xₙ
//! ```
//!
//! E is the cipher in CBC mode with a zero IV. Every k is cut to the length of a key, which matters for AES-192 alone. The
//! generator is made of R modulo p, and R is at least 64 bits longer than p.

use crypto::{AgreementDomain, AgreementGenerator, Cipher, Error, Result};
use zeroize::Zeroizing;

/// Bits that R has more than p, at least: then R modulo p is as good as evenly distributed.
const SURPLUS_BITS: usize = 64;

/// c₀ and c₁ for ciphers of up to 128 bits.
const SHORT: [&[u8]; 2] = [
    b"\xa6\x68\x89\x2a\x7c\x41\xe3\xca\x73\x9f\x40\xb0\x57\xd8\x59\x04",
    b"\xa4\xe1\x36\xac\x72\x5f\x73\x8b\x01\xc1\xf6\x02\x17\xc1\x88\xad",
];

/// c₀ and c₁ for AES-192 and AES-256.
const LONG: [&[u8]; 2] = [
    b"\xd4\x63\xd6\x52\x34\x12\x4e\xf7\x89\x70\x54\x98\x6d\xca\x0a\x17\
      \x4e\x28\xdf\x75\x8c\xba\xa0\x3f\x24\x06\x16\x41\x4d\x5a\x16\x76",
    b"\x54\xbd\x72\x55\xf0\xaa\xf8\x31\xbe\xc3\x42\x3f\xcf\x39\xd6\x9b\
      \x6c\xbf\x06\x66\x77\xd0\xfa\xae\x5a\xad\xd9\x9d\xf8\xe5\x35\x17",
];

const fn constants(cipher: Cipher) -> [&'static [u8]; 2] {
    match cipher {
        Cipher::TripleDes | Cipher::Aes128 => SHORT,
        Cipher::Aes192 | Cipher::Aes256 => LONG,
    }
}

/// Octets of the chip's nonce s: the fewest blocks that are as long as a key.
pub(super) const fn chip_nonce_len(cipher: Cipher) -> usize {
    constants(cipher)[0].len()
}

/// Octets of the terminal's nonce t: those of a key.
pub(super) const fn terminal_nonce_len(cipher: Cipher) -> usize {
    cipher.key_len()
}

/// The generator that both ends find from the two nonces.
///
/// # Errors
/// [`Error::Misuse`] for nonces of other lengths; [`Error::Unsupported`] on P-224; [`Error::InvalidPoint`] and
/// [`Error::InvalidValue`] for nonces that lead to nothing, which does not happen by chance.
pub(super) fn generator(
    domain: AgreementDomain,
    cipher: Cipher,
    s: &[u8],
    t: &[u8],
) -> Result<AgreementGenerator> {
    let number = pseudo_random(domain, cipher, s, t)?;
    AgreementGenerator::integrated(domain, &number)
}

/// R(s, t), not yet reduced.
fn pseudo_random(
    domain: AgreementDomain,
    cipher: Cipher,
    s: &[u8],
    t: &[u8],
) -> Result<Zeroizing<Vec<u8>>> {
    if (s.len(), t.len()) != (chip_nonce_len(cipher), terminal_nonce_len(cipher)) {
        return Err(Error::Misuse("lengths of the nonces of integrated mapping"));
    }
    let iv = vec![0; cipher.block_len()];
    let encrypt = |key: &[u8], data: &[u8]| cipher.cbc_encrypt(key, &iv, data).map(Zeroizing::new);
    let key = |key: &[u8], data: &[u8]| {
        let mut key = encrypt(key, data)?;
        key.truncate(cipher.key_len());
        Ok::<_, Error>(key)
    };
    let [c0, c1] = constants(cipher);
    let rounds = (domain.prime_bits() + SURPLUS_BITS).div_ceil(8 * c1.len());
    let mut number = Zeroizing::new(Vec::with_capacity(rounds * c1.len()));
    let mut k = key(t, s)?;
    for _ in 0..rounds {
        number.extend_from_slice(&encrypt(&k, c1)?);
        k = key(&k, c0)?;
    }
    Ok(number)
}

#[cfg(test)]
mod tests {
    use lds::security_info::{PaceMapping, SecurityInfos};
    use test_support::{hex, read_json, vectors};

    use super::*;

    fn value(generator: &AgreementGenerator) -> &[u8] {
        match generator {
            AgreementGenerator::Dh(generator) => generator.value(),
            AgreementGenerator::Ec(generator) => generator.point().as_bytes(),
        }
    }

    #[test]
    fn every_vector_holds_value_by_value() {
        let mut generators = 0;
        for (name, path) in vectors("pace/integrated-mapping") {
            let vector = read_json(&path);
            let (given, want) = (&vector["given"], &vector["want"]);
            let set = iso7816::tlv::encode(iso7816::tlv::Tag::new(0x31), &hex(&given["pace_info"]));
            let infos = SecurityInfos::parse(&set).unwrap().value;
            let info = infos.pace().next().unwrap();
            assert_eq!(
                info.protocol.mapping(),
                PaceMapping::IntegratedMapping,
                "{name}"
            );
            let cipher = info.protocol.cipher();
            let domain = AgreementDomain::from_standardized_id(info.parameter_id.unwrap()).unwrap();
            let (s, t) = (hex(&given["nonce_s"]), hex(&given["nonce_t"]));
            let number = pseudo_random(domain, cipher, &s, &t).unwrap();
            assert_eq!(*number, hex(&want["random"]), "{name}");
            let mapped = generator(domain, cipher, &s, &t).unwrap();
            if want["mapped_generator"].is_string() {
                assert_eq!(value(&mapped), hex(&want["mapped_generator"]), "{name}");
                generators += 1;
            }
        }
        assert_eq!(generators, 4);
    }

    /// Lengths of the table of Doc 9303-11 §4.4.3.3.2, on every domain.
    #[test]
    fn numbers_are_64_bits_longer_than_the_prime_and_no_block_more() {
        for domain in AgreementDomain::all() {
            for cipher in Cipher::ALL {
                let (s, t) = (
                    vec![7; chip_nonce_len(cipher)],
                    vec![9; terminal_nonce_len(cipher)],
                );
                let number = pseudo_random(domain, cipher, &s, &t).unwrap();
                let surplus = 8 * number.len() - domain.prime_bits();
                let piece = 8 * chip_nonce_len(cipher);
                assert!(
                    (64..64 + piece).contains(&surplus),
                    "{} {surplus}",
                    domain.name()
                );
                let mapped = generator(domain, cipher, &s, &t);
                assert_eq!(mapped.is_ok(), domain.has_integrated_mapping());
            }
        }
    }

    #[test]
    fn both_nonces_count() {
        let domain = AgreementDomain::from_standardized_id(13).unwrap();
        for cipher in Cipher::ALL {
            let (s, t) = (
                vec![8; chip_nonce_len(cipher)],
                vec![8; terminal_nonce_len(cipher)],
            );
            let mapped =
                |s: &[u8], t: &[u8]| value(&generator(domain, cipher, s, t).unwrap()).to_vec();
            let plain = mapped(&s, &t);
            for at in [0, s.len() - 1] {
                let mut other = s.clone();
                other[at] ^= 0x10;
                assert_ne!(mapped(&other, &t), plain, "{}", cipher.name());
            }
            for at in [0, t.len() - 1] {
                let mut other = t.clone();
                other[at] ^= 0x10;
                assert_ne!(mapped(&s, &other), plain, "{}", cipher.name());
            }
        }
    }

    #[test]
    fn nonces_of_other_lengths_are_refused() {
        let domain = AgreementDomain::from_standardized_id(13).unwrap();
        for cipher in Cipher::ALL {
            let lengths = (chip_nonce_len(cipher), terminal_nonce_len(cipher));
            for (s, t) in [
                (0, 0),
                (8, 8),
                (16, 16),
                (32, 16),
                (16, 24),
                (32, 24),
                (32, 32),
                (48, 32),
            ] {
                let mapped = generator(domain, cipher, &vec![7; s], &vec![9; t]);
                assert_eq!(
                    mapped.is_ok(),
                    (s, t) == lengths,
                    "{} {s} {t}",
                    cipher.name()
                );
            }
        }
    }
}
