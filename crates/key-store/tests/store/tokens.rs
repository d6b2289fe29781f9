//! Keys on a token. `cargo xtask test` makes a token of its own and says where it is; each test that disturbs its token
//! makes another one in the free slot.

mod faults;
mod many;

use std::path::PathBuf;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use crypto::{EcParameters, HashAlgorithm, KeyKind, SignatureAlgorithm};
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::object::{Attribute, AttributeInfo, AttributeType, ObjectClass};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;
use key_store::{KeyLocation, KeyProfile, TokenUri, profile::ALL};
use pki::{KeyStoreFault as Fault, Signer};

use super::office::{profile, rng, secret};

/// What `cargo xtask test` says.
pub const MODULE: &str = "CARD_TOOLCHAIN_PKCS11_MODULE";
pub const LABEL: &str = "CARD_TOOLCHAIN_TOKEN";
pub const PIN: &str = "CARD_TOOLCHAIN_TOKEN_PIN";
pub const SO_PIN: &str = "CARD_TOOLCHAIN_TOKEN_SO_PIN";
/// A module that writes down every call and passes it on.
pub const SPY: &str = "CARD_TOOLCHAIN_PKCS11_SPY";

pub fn variable(name: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set: run this by `cargo xtask test`"))
}

pub fn place(module: &str, token: &str, object: &str) -> KeyLocation {
    KeyLocation::Token(TokenUri {
        token: Some(token.to_owned()),
        serial: None,
        object: Some(object.to_owned()),
        id: None,
        module_path: PathBuf::from(module),
        pin_source: None,
    })
}

/// A key on the shared token.
fn shared(object: &str) -> KeyLocation {
    place(&variable(MODULE), &variable(LABEL), object)
}

pub fn pin() -> crypto::SecretBytes {
    secret(&variable(PIN))
}

/// The module behind the back of what is tested.
pub fn back_door() -> Pkcs11 {
    let context = Pkcs11::new(variable(MODULE)).unwrap();
    // Begun already, by this or by what is tested.
    let _ = context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK));
    context
}

pub fn slot(context: &Pkcs11, label: &str) -> Slot {
    let is_it = |slot: &Slot| {
        context
            .get_token_info(*slot)
            .is_ok_and(|info| info.label().trim_end() == label)
    };
    context
        .get_slots_with_token()
        .unwrap()
        .into_iter()
        .find(is_it)
        .unwrap()
}

/// A session of the back door, logged in.
pub fn session(context: &Pkcs11, label: &str) -> Session {
    let session = context.open_rw_session(slot(context, label)).unwrap();
    let pin = AuthPin::new(variable(PIN).into());
    // A login is that of the token: there may be one.
    let _ = session.login(UserType::User, Some(&pin));
    session
}

/// Makes a token in the free slot.
pub fn new_token(label: &str) {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let context = back_door();
    let so_pin = AuthPin::new(variable(SO_PIN).into());
    let is_free = |slot: &Slot| {
        context
            .get_token_info(*slot)
            .is_ok_and(|info| !info.token_initialized())
    };
    let free = context
        .get_slots_with_token()
        .unwrap()
        .into_iter()
        .find(is_free)
        .unwrap();
    context.init_token(free, &so_pin, label).unwrap();
    let session = context.open_rw_session(slot(&context, label)).unwrap();
    session.login(UserType::So, Some(&so_pin)).unwrap();
    session
        .init_pin(&AuthPin::new(variable(PIN).into()))
        .unwrap();
    session.logout().unwrap();
}

pub fn fault<T>(result: Result<T, key_store::Error>) -> Fault {
    result.err().unwrap().fault().unwrap()
}

/// What every token of today has; of the rest it is said which it lacks.
const EXPECTED: [&str; 9] = [
    "rsa-pss-2048",
    "rsa-pss-3072",
    "rsa-pss-4096",
    "rsa-pkcs1-2048",
    "rsa-pkcs1-3072",
    "rsa-pkcs1-4096",
    "ecdsa-p256",
    "ecdsa-p384",
    "ecdsa-p521",
];

#[test]
#[ignore = "needs the SoftHSM token of `cargo xtask test`"]
fn every_algorithm_the_token_offers_signs_and_the_rest_is_refused_clearly() {
    for profile in ALL {
        let location = shared(&format!("matrix {}", profile.word));
        let made = match key_store::generate(&location, &profile, &pin(), &mut rng(1)) {
            Ok(made) => made,
            Err(error) => {
                assert_eq!(
                    error.fault(),
                    Some(Fault::NotOffered),
                    "{}: {error}",
                    profile.word
                );
                assert!(
                    !EXPECTED.contains(&profile.word),
                    "{} is missing",
                    profile.word
                );
                eprintln!("{}: {error}", profile.word);
                continue;
            }
        };
        let opened = key_store::open(&location, &profile, &pin(), &mut rng(1)).unwrap();
        assert_eq!(opened.public_key(), made.public_key());
        assert_eq!(opened.algorithm(), profile.algorithm);
        for message in [&b""[..], b"signed attributes", &[0xA5; 5000]] {
            let signature = opened.sign(message).unwrap();
            let public = made.public_key();
            public
                .verify(&profile.algorithm, message, &signature)
                .unwrap();
            assert!(
                public
                    .verify(&profile.algorithm, b"another", &signature)
                    .is_err()
            );
        }
        openssl_agrees(&profile, opened.as_ref());
        let again = key_store::generate(&location, &profile, &pin(), &mut rng(2));
        assert_eq!(fault(again), Fault::KeyExists);
        let other = if profile.word == "ecdsa-p256" {
            "ecdsa-p384"
        } else {
            "ecdsa-p256"
        };
        let other = key_store::open(
            &location,
            &super::office::profile(other),
            &pin(),
            &mut rng(1),
        );
        assert_eq!(fault(other), Fault::KeyOfAnotherKind);
        key_store::destroy(&location, &pin()).unwrap();
        assert_eq!(
            fault(key_store::open(&location, &profile, &pin(), &mut rng(1))),
            Fault::KeyNotFound
        );
    }
}

fn openssl_agrees(profile: &KeyProfile, signer: &dyn Signer) {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let message = b"judged by another";
    std::fs::write(at("message"), message).unwrap();
    std::fs::write(at("signature"), signer.sign(message).unwrap()).unwrap();
    std::fs::write(
        at("key"),
        signer.public_key().to_spki(EcParameters::Named).unwrap(),
    )
    .unwrap();
    let hash = match profile.algorithm.hash() {
        HashAlgorithm::Sha224 => "-sha224",
        HashAlgorithm::Sha384 => "-sha384",
        HashAlgorithm::Sha512 => "-sha512",
        _ => "-sha256",
    };
    let mut command = Command::new("openssl");
    command
        .args(["dgst", hash, "-keyform", "DER", "-verify"])
        .arg(at("key"));
    if let SignatureAlgorithm::RsaPss { salt_len, .. } = profile.algorithm {
        command.args(["-sigopt", "rsa_padding_mode:pss", "-sigopt"]);
        command.arg(format!("rsa_pss_saltlen:{salt_len}"));
    }
    let judged = command
        .arg("-signature")
        .arg(at("signature"))
        .arg(at("message"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&judged.stdout).into_owned();
    assert!(said.contains("Verified OK"), "{}: {said}", profile.word);
}

#[test]
#[ignore = "needs the SoftHSM token of `cargo xtask test`"]
fn a_key_made_on_the_token_never_leaves_it() {
    for word in ["ecdsa-p256", "rsa-pss-2048"] {
        let label = format!("stays {word}");
        let location = shared(&label);
        key_store::generate(&location, &profile(word), &pin(), &mut rng(1)).unwrap();
        let context = back_door();
        let session = session(&context, &variable(LABEL));
        let private = |class| {
            vec![
                Attribute::Class(class),
                Attribute::Label(label.clone().into_bytes()),
            ]
        };
        let keys = session
            .find_objects(&private(ObjectClass::PRIVATE_KEY))
            .unwrap();
        assert_eq!(keys.len(), 1);
        let said = session
            .get_attributes(
                keys[0],
                &[
                    AttributeType::Sensitive,
                    AttributeType::Extractable,
                    AttributeType::NeverExtractable,
                    AttributeType::AlwaysSensitive,
                    AttributeType::Local,
                    AttributeType::Private,
                    AttributeType::Token,
                    AttributeType::Sign,
                    AttributeType::Decrypt,
                    AttributeType::Unwrap,
                    AttributeType::Derive,
                ],
            )
            .unwrap();
        for wanted in [
            Attribute::Sensitive(true),
            Attribute::Extractable(false),
            Attribute::NeverExtractable(true),
            Attribute::AlwaysSensitive(true),
            Attribute::Local(true),
            Attribute::Private(true),
            Attribute::Token(true),
            Attribute::Sign(true),
            Attribute::Decrypt(false),
            Attribute::Unwrap(false),
            Attribute::Derive(false),
        ] {
            assert!(said.contains(&wanted), "{word}: {wanted:?}");
        }
        let secrets: &[AttributeType] = match profile(word).kind {
            KeyKind::Rsa(_) => &[
                AttributeType::PrivateExponent,
                AttributeType::Prime1,
                AttributeType::Coefficient,
            ],
            KeyKind::Ec(_) => &[AttributeType::Value],
        };
        for info in session.get_attribute_info(keys[0], secrets).unwrap() {
            assert!(matches!(info, AttributeInfo::Sensitive), "{word}: {info:?}");
        }
        assert!(session.get_attributes(keys[0], secrets).unwrap().is_empty());
        key_store::destroy(&location, &pin()).unwrap();
        for class in [ObjectClass::PRIVATE_KEY, ObjectClass::PUBLIC_KEY] {
            assert!(session.find_objects(&private(class)).unwrap().is_empty());
        }
        assert_eq!(
            fault(key_store::destroy(&location, &pin())),
            Fault::KeyNotFound
        );
    }
}

#[test]
#[ignore = "needs the SoftHSM token of `cargo xtask test`"]
fn a_key_is_found_by_what_names_it_and_two_of_a_name_are_told_apart() {
    let p256 = profile("ecdsa-p256");
    let with_id = |object: Option<&str>, id: &[u8]| match shared("twin") {
        KeyLocation::Token(uri) => KeyLocation::Token(TokenUri {
            object: object.map(str::to_owned),
            id: Some(id.to_vec()),
            ..uri
        }),
        file => file,
    };
    let one = with_id(Some("twin"), &[0xA1]);
    let two = with_id(Some("twin"), &[0xA2]);
    let first = key_store::generate(&one, &p256, &pin(), &mut rng(1)).unwrap();
    let second = key_store::generate(&two, &p256, &pin(), &mut rng(1)).unwrap();
    assert_ne!(first.public_key(), second.public_key());
    let by_id = key_store::open(&with_id(None, &[0xA2]), &p256, &pin(), &mut rng(1)).unwrap();
    assert_eq!(by_id.public_key(), second.public_key());
    let both = shared("twin");
    assert_eq!(
        fault(key_store::open(&both, &p256, &pin(), &mut rng(1))),
        Fault::KeyAmbiguous
    );
    assert_eq!(
        fault(key_store::destroy(&both, &pin())),
        Fault::KeyAmbiguous
    );
    assert_eq!(
        fault(key_store::generate(&both, &p256, &pin(), &mut rng(1))),
        Fault::KeyExists
    );
    key_store::destroy(&one, &pin()).unwrap();
    let left = key_store::open(&both, &p256, &pin(), &mut rng(1)).unwrap();
    assert_eq!(left.public_key(), second.public_key());
    key_store::destroy(&both, &pin()).unwrap();
}

#[test]
#[ignore = "needs the SoftHSM token of `cargo xtask test`"]
fn a_pin_may_come_from_a_file() {
    let p256 = profile("ecdsa-p256");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pin");
    let location = match shared("pin source") {
        KeyLocation::Token(uri) => KeyLocation::Token(TokenUri {
            pin_source: Some(path.clone()),
            ..uri
        }),
        file => file,
    };
    let made = |secret| key_store::generate(&location, &p256, &secret, &mut rng(1)).map(drop);
    assert_eq!(fault(made(secret(""))), Fault::FileUnreadable);
    std::fs::write(&path, "\n").unwrap();
    assert_eq!(fault(made(secret(""))), Fault::FileUnreadable);
    std::fs::write(&path, format!("{}\r\n", variable(PIN))).unwrap();
    made(secret("")).unwrap();
    key_store::destroy(&location, &secret("")).unwrap();
}

/// One token, however it is asked for: a PIN that it refused is not sent again under another name of it, and what is logged
/// in already does not take a wrong one for right.
#[test]
#[ignore = "needs the SoftHSM token of `cargo xtask test`"]
fn a_token_has_one_login_whatever_it_is_called() {
    let token = "TEST two names";
    new_token(token);
    let p256 = profile("ecdsa-p256");
    let by_label = place(&variable(MODULE), token, "key");
    let context = back_door();
    let info = context.get_token_info(slot(&context, token)).unwrap();
    let serial = info.serial_number().trim_end();
    let module = variable(MODULE);
    let names = [
        by_label.to_string(),
        format!("pkcs11:serial={serial};object=key?module-path={module}"),
        format!("pkcs11:object=key;serial={serial};token=TEST%20two%20names?module-path={module}"),
    ];
    let locations = names.map(|name| name.parse::<KeyLocation>().unwrap());
    let (right, wrong) = (pin(), secret("00000000"));
    let first = key_store::generate(&by_label, &p256, &pin(), &mut rng(1)).unwrap();
    let open = |location, pin| key_store::open(location, &p256, pin, &mut rng(1));
    for location in &locations {
        // Logged in: the token is not even asked.
        let refused = open(location, &wrong).map(drop).unwrap_err();
        assert_eq!(refused.fault(), Some(Fault::PinIncorrect), "{location}");
        let again = open(location, &right).unwrap();
        assert_eq!(again.public_key(), first.public_key(), "{location}");
    }
    let info = context.get_token_info(slot(&context, token)).unwrap();
    assert!(!info.user_pin_count_low(), "no try was used up");
}
