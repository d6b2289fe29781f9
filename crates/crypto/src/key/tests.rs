use rand::{SeedableRng, rngs::StdRng};

use super::*;

const HASHES: [HashAlgorithm; 5] = HashAlgorithm::ALL;

fn rng() -> StdRng {
    StdRng::seed_from_u64(9303)
}

fn check(key: &PrivateKey, algorithm: SignatureAlgorithm) {
    let signature = key.sign(&algorithm, b"message", &mut rng()).unwrap();
    let public = key.public();
    assert_eq!(
        public.verify(&algorithm, b"message", &signature),
        Ok(()),
        "{algorithm}"
    );
    assert_eq!(
        public.verify(&algorithm, b"massage", &signature),
        Err(Error::SignatureInvalid),
        "{algorithm}"
    );
    let mut bad = signature.clone();
    *bad.last_mut().unwrap() ^= 1;
    assert_eq!(
        public.verify(&algorithm, b"message", &bad),
        Err(Error::SignatureInvalid),
        "{algorithm}"
    );
    assert_eq!(
        public.verify(&algorithm, b"message", &[]),
        Err(Error::SignatureInvalid),
        "{algorithm}"
    );
}

#[test]
fn every_curve_signs_with_every_hash() {
    for curve in Curve::ALL {
        let key = PrivateKey::generate_ec(curve, &mut rng()).unwrap();
        for hash in HASHES {
            check(&key, SignatureAlgorithm::Ecdsa(hash));
            let plain = key.sign_plain_ecdsa(hash, b"m", &mut rng()).unwrap();
            assert_eq!(plain.len(), 2 * curve.order_len());
            assert_eq!(key.public().verify_plain_ecdsa(hash, b"m", &plain), Ok(()));
        }
    }
}

#[test]
fn rsa_signs_by_both_schemes() {
    let key = PrivateKey::generate_rsa(2048, &mut rng()).unwrap();
    for hash in HASHES {
        check(&key, SignatureAlgorithm::RsaPkcs1(hash));
        check(&key, SignatureAlgorithm::pss(hash));
    }
    check(
        &key,
        SignatureAlgorithm::RsaPss {
            hash: HashAlgorithm::Sha256,
            mgf_hash: HashAlgorithm::Sha256,
            salt_len: 0,
        },
    );
}

#[test]
fn keys_survive_pkcs8_and_spki() {
    let mut keys = vec![PrivateKey::generate_rsa(2048, &mut rng()).unwrap()];
    keys.extend(Curve::ALL.map(|curve| PrivateKey::generate_ec(curve, &mut rng()).unwrap()));
    for key in keys {
        let again = PrivateKey::from_pkcs8(key.to_pkcs8().unwrap().expose()).unwrap();
        assert_eq!(again.public(), key.public(), "{key:?}");
        for form in [EcParameters::Explicit, EcParameters::Named] {
            let spki = key.public().to_spki(form).unwrap();
            assert_eq!(
                PublicKey::from_spki(&spki).unwrap(),
                key.public(),
                "{key:?}"
            );
        }
    }
}

#[test]
fn the_wrong_kind_of_key_is_misuse() {
    let key = PrivateKey::generate_ec(Curve::P256, &mut rng()).unwrap();
    let pss = SignatureAlgorithm::pss(HashAlgorithm::Sha256);
    assert!(matches!(
        key.sign(&pss, b"", &mut rng()),
        Err(Error::Misuse(_))
    ));
    assert!(matches!(
        key.public().verify(&pss, b"", b""),
        Err(Error::Misuse(_))
    ));
}

#[test]
fn debug_shows_the_kind_only() {
    let key = PrivateKey::generate_ec(Curve::P256, &mut rng()).unwrap();
    assert_eq!(format!("{key:?}"), "PrivateKey(P-256)");
}
