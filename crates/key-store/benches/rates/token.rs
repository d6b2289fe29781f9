//! Keys on the token of `cargo xtask bench`.

use std::hint::black_box;
use std::path::PathBuf;
use std::sync::Arc;

use crypto::{HashAlgorithm, SecretBytes, SignatureAlgorithm};
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsPssParams};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, ObjectClass};
use cryptoki::session::UserType;
use cryptoki::types::AuthPin;
use key_store::pkcs11::{SelfCheck, TokenSigner};
use key_store::{KeyLocation, TokenUri};
use pki::Signer;

use crate::issuer::rng;
use crate::{MESSAGE, in_turn, profile};

fn variable(name: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set: run this by `cargo xtask bench`"))
}

/// A key that was made for the measurement.
pub struct TokenKey {
    pub signer: Arc<dyn Signer>,
    location: KeyLocation,
    label: String,
}

fn pin() -> SecretBytes {
    SecretBytes::from(variable("CARD_TOOLCHAIN_TOKEN_PIN").as_bytes())
}

pub fn key(word: &str) -> TokenKey {
    let label = format!("bench {word}");
    let location = KeyLocation::Token(TokenUri {
        token: Some(variable("CARD_TOOLCHAIN_TOKEN")),
        serial: None,
        object: Some(label.clone()),
        id: None,
        module_path: PathBuf::from(variable("CARD_TOOLCHAIN_PKCS11_MODULE")),
        pin_source: None,
    });
    let signer =
        key_store::generate(&location, &profile(word), &pin(), &mut rng(1)).expect("a key");
    TokenKey {
        signer,
        location,
        label,
    }
}

impl TokenKey {
    /// The token by itself: one session, nothing of ours between.
    pub fn bare(&self) -> Box<dyn FnMut()> {
        let context = Pkcs11::new(variable("CARD_TOOLCHAIN_PKCS11_MODULE")).expect("a module");
        // Begun already by what is measured.
        let _ = context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK));
        let wanted = variable("CARD_TOOLCHAIN_TOKEN");
        let slot = context
            .get_slots_with_token()
            .expect("slots")
            .into_iter()
            .find(|slot| {
                context
                    .get_token_info(*slot)
                    .is_ok_and(|info| info.label().trim_end() == wanted)
            })
            .expect("the token");
        let session = context.open_ro_session(slot).expect("a session");
        // A login is that of the token: there is one.
        let _ = session.login(
            UserType::User,
            Some(&AuthPin::new(variable("CARD_TOOLCHAIN_TOKEN_PIN").into())),
        );
        let template = [
            Attribute::Class(ObjectClass::PRIVATE_KEY),
            Attribute::Label(self.label.clone().into_bytes()),
        ];
        let key = session.find_objects(&template).expect("a search")[0];
        let pss = Mechanism::Sha256RsaPkcsPss(PkcsPssParams {
            hash_alg: MechanismType::SHA256,
            mgf: PkcsMgfType::MGF1_SHA256,
            s_len: 32.into(),
        });
        match self.signer.algorithm() {
            SignatureAlgorithm::Ecdsa(_) => Box::new(move || {
                let hash = HashAlgorithm::Sha256.digest(&MESSAGE);
                drop(black_box(
                    session
                        .sign(&Mechanism::Ecdsa, key, &hash)
                        .expect("a signature"),
                ));
            }),
            _ => Box::new(move || {
                drop(black_box(
                    session.sign(&pss, key, &MESSAGE).expect("a signature"),
                ));
            }),
        }
    }

    pub fn destroy(self) {
        key_store::destroy(&self.location, &pin()).expect("the end of the key");
    }
}

/// Rates with the first signature of a login verified, and with every one.
pub fn self_check(word: &str) -> [f64; 2] {
    let key = key(word);
    let KeyLocation::Token(uri) = &key.location else {
        panic!("a token");
    };
    let open = || TokenSigner::of(uri, &profile(word), &pin()).expect("a key");
    let first = open();
    let every = open().checking(SelfCheck::Every);
    let rates = in_turn([
        &mut || drop(black_box(first.sign(&MESSAGE).expect("a signature"))),
        &mut || drop(black_box(every.sign(&MESSAGE).expect("a signature"))),
    ]);
    key.destroy();
    rates
}
