//! The keys of an entity, wherever they lie: named in the journal before they are made, so that whatever ends a run, no key is
//! left that nobody knows.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use authorization_pki::{Entity, KeyAlgorithm, OwnKey, Refused};
use crypto::{CryptoRng, KeyKind, SecretBytes};
use key_store::{KeyLocation, KeyProfile};
use pki::KeyStoreFault;
use protocols::terminal_authentication::{SignatureScheme, Signer, VerificationKey};
use time::OffsetDateTime;

use super::EntityFolder;
use crate::commands::check_secret;
use crate::input::{Asking, SecretSource};
use crate::pki_folder::place::{location, place, refuse_taken};

/// Where the secret of a folder's keys comes from.
pub struct KeySecret<'a> {
    /// A file that was named.
    pub file: Option<&'a Path>,
    /// Whom to ask.
    pub asking: Asking,
    /// Whether a key is made with it.
    pub new: bool,
}

impl KeySecret<'_> {
    /// The secret.
    pub fn ask(&self) -> Result<SecretBytes> {
        SecretSource {
            file: self.file,
            option: "--eac-secret-file",
            variable: "CARD_EAC_SECRET",
            prompt: "Secret of the folder's keys",
            twice: self.new,
        }
        .ask(self.asking)
    }
}

/// A key that is open.
pub struct EntityKey {
    public: VerificationKey,
    signer: Arc<dyn pki::Signer>,
}

impl EntityKey {
    fn new(algorithm: KeyAlgorithm, signer: Arc<dyn pki::Signer>) -> Result<Self> {
        let public = VerificationKey::new(algorithm.scheme(), signer.public_key().clone())
            .ok_or(authorization_pki::Error::from(Refused::OtherKeyAlgorithm))?;
        Ok(Self { public, signer })
    }

    /// The public key.
    pub const fn public(&self) -> &VerificationKey {
        &self.public
    }

    /// Signs by the key's scheme and by no other; ECDSA signatures are r ‖ s.
    pub fn signature(&self, scheme: SignatureScheme, message: &[u8]) -> Result<Vec<u8>> {
        if scheme != self.public.scheme() {
            return Err(authorization_pki::Error::from(Refused::OtherKeyAlgorithm).into());
        }
        let signature = self.signer.sign(message)?;
        Ok(match self.public.key().kind() {
            KeyKind::Ec(curve) => crypto::ecdsa_der_to_plain(curve, &signature)?,
            KeyKind::Rsa(_) => signature,
        })
    }
}

impl Signer for EntityKey {
    type Error = anyhow::Error;

    fn sign(&mut self, scheme: SignatureScheme, message: &[u8]) -> Result<Vec<u8>> {
        self.signature(scheme, message)
    }
}

impl EntityFolder {
    /// Gives up the key that a run before has named or asked for, if there is one.
    pub fn withdraw_key(&self, entity: &mut Entity, now: OffsetDateTime) -> Result<()> {
        let state = entity.state();
        if state.planned().is_none() && state.waiting().is_none() {
            return Ok(());
        }
        entity.withdraw_key(now)?;
        self.commit(entity)
    }

    /// The key that is planned, made if it is not there; without a plan, a new one where it was wished.
    pub fn make_key(
        &self,
        entity: &mut Entity,
        wished: (&str, KeyAlgorithm),
        secret: &SecretBytes,
        now: OffsetDateTime,
        rng: &mut dyn CryptoRng,
    ) -> Result<EntityKey> {
        if entity.state().planned().is_none() {
            self.plan_key(entity, wished, secret, now, rng)?;
        }
        let planned = entity
            .state()
            .planned()
            .ok_or(authorization_pki::Error::from(Refused::NothingPlanned))?;
        if planned.algorithm() != wished.1 {
            let planned = Refused::KeyPlanned(planned.name().clone());
            return Err(authorization_pki::Error::from(planned).into());
        }
        let (algorithm, at) = (planned.algorithm(), location(self.path(), planned.place())?);
        // A run that broke off has perhaps made it.
        let made = match key_store::open(&at, &profile(algorithm), secret, rng) {
            Err(error) if error.fault() == Some(KeyStoreFault::KeyNotFound) => {
                key_store::generate(&at, &profile(algorithm), secret, rng)
            }
            opened => opened,
        };
        EntityKey::new(algorithm, made.with_context(|| at.to_string())?)
    }

    fn plan_key(
        &self,
        entity: &mut Entity,
        (wanted, algorithm): (&str, KeyAlgorithm),
        secret: &SecretBytes,
        now: OffsetDateTime,
        rng: &mut dyn CryptoRng,
    ) -> Result<()> {
        entity.next_name(now)?;
        let file = format!("key-{}.key", entity.state().keys().len() + 1);
        let place = place(wanted, &file, rng)?;
        let at = location(self.path(), &place)?;
        if matches!(at, KeyLocation::File(_)) {
            check_secret(secret)?;
        }
        refuse_taken(&at, secret, rng).with_context(|| at.to_string())?;
        entity.plan_key(&place, algorithm, now)?;
        self.commit(entity)
    }

    /// Opens a key.
    pub fn open_key(
        &self,
        key: &OwnKey,
        secret: &SecretBytes,
        rng: &mut dyn CryptoRng,
    ) -> Result<EntityKey> {
        let at = location(self.path(), key.place())?;
        let signer = key_store::open(&at, &profile(key.algorithm()), secret, rng)
            .with_context(|| at.to_string())?;
        let open = EntityKey::new(key.algorithm(), signer)?;
        if key.public().is_some_and(|known| known != open.public) {
            return Err(authorization_pki::Error::from(Refused::OtherKey))
                .with_context(|| at.to_string());
        }
        Ok(open)
    }
}

/// The algorithm as the key store understands it: any that certificates allow, also those without a word of its own.
const fn profile(algorithm: KeyAlgorithm) -> KeyProfile {
    KeyProfile {
        word: "",
        kind: algorithm.kind(),
        algorithm: algorithm.scheme().algorithm(),
    }
}

/// The algorithm of a word of the key store.
pub fn algorithm(word: &str) -> Result<KeyAlgorithm> {
    let profile = crate::pki_folder::algorithm(word)?;
    let scheme = SignatureScheme::ALL
        .into_iter()
        .find(|scheme| scheme.algorithm() == profile.algorithm)
        .ok_or(authorization_pki::Error::from(Refused::KeyAlgorithm))?;
    Ok(KeyAlgorithm::new(scheme, profile.kind)?)
}
