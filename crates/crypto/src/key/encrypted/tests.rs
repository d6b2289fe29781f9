use der::asn1::OctetStringRef;
use pkcs8::pkcs5::pbes2::{EncryptionScheme as Cipher, Parameters, Pbkdf2Params, Pbkdf2Prf};
use rand::{SeedableRng, rngs::StdRng};

use super::*;
use crate::{Curve, KeyKind};

fn rng() -> StdRng {
    StdRng::seed_from_u64(9303)
}

fn password(text: &str) -> SecretBytes {
    text.as_bytes().into()
}

fn key() -> PrivateKey {
    PrivateKey::generate_ec(Curve::P256, &mut rng()).unwrap()
}

/// A file of somebody else: any scheme around any octets.
fn foreign(parameters: impl Into<EncryptionScheme>, data: &[u8]) -> Vec<u8> {
    EncryptedPrivateKeyInfoRef {
        encryption_algorithm: parameters.into(),
        encrypted_data: OctetStringRef::new(data).unwrap(),
    }
    .to_der()
    .unwrap()
}

fn scrypt_parameters(n: u64, r: u16, p: u16) -> Parameters {
    let cost = scrypt::Params::new(1, 1, 1).unwrap();
    let mut parameters = Parameters::generate_scrypt_aes256cbc(cost, &[7; 16], [8; 16]).unwrap();
    if let Kdf::Scrypt(scrypt) = &mut parameters.kdf {
        (
            scrypt.cost_parameter,
            scrypt.block_size,
            scrypt.parallelization,
        ) = (n, r, p);
    }
    parameters
}

fn pbkdf2_parameters(rounds: u32) -> Parameters {
    let mut parameters =
        Parameters::generate_pbkdf2_sha256_aes256cbc(1, &[7; 16], [8; 16]).unwrap();
    if let Kdf::Pbkdf2(pbkdf2) = &mut parameters.kdf {
        pbkdf2.iteration_count = rounds;
    }
    parameters
}

#[test]
fn there_and_back() {
    for kind in [KeyKind::Rsa(1_024), KeyKind::Ec(Curve::BrainpoolP512r1)] {
        let key = kind.generate(&mut rng()).unwrap();
        let der = key
            .to_encrypted_pkcs8(&password("specimen"), &mut rng())
            .unwrap();
        assert!(PrivateKey::is_encrypted_pkcs8(&der));
        let again = PrivateKey::from_encrypted_pkcs8(&der, &password("specimen")).unwrap();
        let (one, other) = (key.to_pkcs8().unwrap(), again.to_pkcs8().unwrap());
        assert!(one.ct_eq(other.expose()), "{kind}");
    }
}

#[test]
fn what_a_file_says_of_itself() {
    let der = key()
        .to_encrypted_pkcs8(&password("specimen"), &mut rng())
        .unwrap();
    let info = encrypted_info(&der).unwrap();
    let EncryptionScheme::Pbes2(parameters) = info.encryption_algorithm else {
        panic!("PBES2");
    };
    let scrypt = parameters.kdf.scrypt().unwrap();
    assert_eq!(scrypt.cost_parameter, 1 << 15);
    assert_eq!((scrypt.block_size, scrypt.parallelization), (8, 1));
    assert!(matches!(parameters.encryption, Cipher::Aes256Cbc { .. }));
    let again = key()
        .to_encrypted_pkcs8(&password("specimen"), &mut StdRng::seed_from_u64(2))
        .unwrap();
    assert_ne!(der, again, "salt and initialisation vector are drawn");
}

#[test]
fn a_wrong_password_is_said_so() {
    // Of 600 wrong passwords, some leave a padding that looks right: they are wrong all the same.
    let plain = key().to_pkcs8().unwrap();
    let parameters = scrypt_parameters(2, 1, 1);
    let data = parameters.encrypt("specimen", plain.expose()).unwrap();
    let der = foreign(parameters, &data);
    assert!(PrivateKey::from_encrypted_pkcs8(&der, &password("specimen")).is_ok());
    for wrong in 0..600 {
        let opened = PrivateKey::from_encrypted_pkcs8(&der, &password(&format!("wrong {wrong}")));
        assert!(matches!(opened, Err(Error::PasswordWrong)), "{wrong}");
    }
    for wrong in ["", "Specimen", "specimen "] {
        let opened = PrivateKey::from_encrypted_pkcs8(&der, &password(wrong));
        assert!(matches!(opened, Err(Error::PasswordWrong)), "{wrong:?}");
    }
}

#[test]
fn no_password_is_misuse() {
    assert!(matches!(
        key().to_encrypted_pkcs8(&password(""), &mut rng()),
        Err(Error::Misuse(_))
    ));
}

#[test]
fn other_peoples_choices() {
    let plain = key().to_pkcs8().unwrap();
    let mut sha512 = pbkdf2_parameters(1_000);
    if let Kdf::Pbkdf2(Pbkdf2Params { prf, .. }) = &mut sha512.kdf {
        *prf = Pbkdf2Prf::HmacWithSha512;
    }
    let mut gcm = scrypt_parameters(16, 8, 1);
    gcm.encryption = Cipher::Aes256Gcm { nonce: [1; 12] };
    for parameters in [
        pbkdf2_parameters(1_000),
        sha512,
        gcm,
        scrypt_parameters(1 << 14, 8, 1),
    ] {
        let data = parameters.encrypt("specimen", plain.expose()).unwrap();
        let der = foreign(parameters.clone(), &data);
        assert!(
            PrivateKey::from_encrypted_pkcs8(&der, &password("specimen")).is_ok(),
            "{parameters:?}"
        );
        let wrong = PrivateKey::from_encrypted_pkcs8(&der, &password("other"));
        assert!(
            matches!(wrong, Err(Error::PasswordWrong)),
            "{parameters:?} {wrong:?}"
        );
    }
}

#[test]
fn a_file_cannot_ask_for_any_amount_of_work() {
    let started = std::time::Instant::now();
    for (n, r, p) in [
        (1 << 40, 8, 1),
        (1 << 63, 8, 1),
        (1 << 63, u16::MAX, u16::MAX),
        (1 << 19, 8, 1),
        (1 << 15, 8, 17),
        (2, u16::MAX, u16::MAX),
    ] {
        let der = foreign(scrypt_parameters(n, r, p), &[0; 32]);
        let opened = PrivateKey::from_encrypted_pkcs8(&der, &password("specimen"));
        assert!(
            matches!(opened, Err(Error::Unsupported(_))),
            "{n} {r} {p}: {opened:?}"
        );
    }
    for rounds in [MAX_PBKDF2_ROUNDS + 1, u32::MAX] {
        let der = foreign(pbkdf2_parameters(rounds), &[0; 32]);
        let opened = PrivateKey::from_encrypted_pkcs8(&der, &password("specimen"));
        assert!(matches!(opened, Err(Error::Unsupported(_))), "{rounds}");
    }
    for (n, r, p) in [(0, 8, 1), (1, 8, 1), (3, 8, 1), (2, 0, 1), (2, 8, 0)] {
        let der = foreign(scrypt_parameters(n, r, p), &[0; 32]);
        let opened = PrivateKey::from_encrypted_pkcs8(&der, &password("specimen"));
        assert!(matches!(opened, Err(Error::Malformed(_))), "{n} {r} {p}");
    }
    let none = foreign(pbkdf2_parameters(0), &[0; 32]);
    assert!(PrivateKey::from_encrypted_pkcs8(&none, &password("specimen")).is_err());
    assert!(started.elapsed().as_secs() < 5, "work was begun");
}

#[test]
fn what_is_no_encrypted_key() {
    let plain = key().to_pkcs8().unwrap();
    assert!(!PrivateKey::is_encrypted_pkcs8(plain.expose()));
    for der in [plain.expose(), &[], &[0x30, 0x00], &[0x30; 100]] {
        assert!(matches!(
            PrivateKey::from_encrypted_pkcs8(der, &password("specimen")),
            Err(Error::Malformed(_))
        ));
    }
    let long = foreign(scrypt_parameters(2, 1, 1), &vec![0; MAX_ENCRYPTED_KEY_LEN]);
    assert!(!PrivateKey::is_encrypted_pkcs8(&long));
    for data in [&[][..], &[0; 15], &[0; 17]] {
        let der = foreign(scrypt_parameters(2, 1, 1), data);
        let opened = PrivateKey::from_encrypted_pkcs8(&der, &password("specimen"));
        assert!(
            matches!(opened, Err(Error::PasswordWrong)),
            "{}",
            data.len()
        );
    }
}

proptest::proptest! {
    #[test]
    fn never_panics(at in 0usize..120, value: u8, cut in 0usize..400) {
        let parameters = scrypt_parameters(2, 1, 1);
        let mut der = foreign(parameters, &[0; 48]);
        if let Some(byte) = der.get_mut(at) { *byte = value; }
        der.truncate(cut);
        // A changed octet may ask for more work than a test has time for.
        if let Some(info) = encrypted_info(&der)
            && let EncryptionScheme::Pbes2(Parameters { kdf: Kdf::Scrypt(scrypt), .. }) = info.encryption_algorithm
            && scrypt.cost_parameter > 1 << 10
        {
            return Ok(());
        }
        let _ = PrivateKey::from_encrypted_pkcs8(&der, &password("specimen"));
    }
}
