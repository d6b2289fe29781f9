//! A public key as the chip stores it.

use core::fmt;

use crypto::{EcParameters, PublicKey};

use crate::{Error, Result};

/// A SubjectPublicKeyInfo of EF.DG14, EF.DG15 or EF.CardSecurity: the bytes, and the key if this toolchain can compute
/// with it.
#[derive(Clone)]
pub struct SubjectPublicKey {
    der: Vec<u8>,
    key: crypto::Result<PublicKey>,
}

impl SubjectPublicKey {
    /// A key to be stored; one on an elliptic curve is written with explicit domain parameters (Doc 9303-11 §9.5.2).
    ///
    /// # Errors
    /// [`Error::Misuse`] for a key that has no such form.
    pub fn new(key: PublicKey) -> Result<Self> {
        let der = key
            .to_spki(EcParameters::Explicit)
            .map_err(|_| Error::Misuse("the public key has no SubjectPublicKeyInfo"))?;
        Ok(Self { der, key: Ok(key) })
    }

    /// A key that was stored. Keys of an unknown kind are kept too: [`SubjectPublicKey::key`] says what is wrong.
    #[must_use]
    pub fn from_der(der: &[u8]) -> Self {
        Self {
            der: der.to_vec(),
            key: PublicKey::from_spki(der),
        }
    }

    /// The SubjectPublicKeyInfo.
    #[must_use]
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }

    /// The key.
    ///
    /// # Errors
    /// Why it cannot be used: malformed, a point off its curve, or of an unsupported kind.
    pub fn key(&self) -> crypto::Result<&PublicKey> {
        self.key.as_ref().map_err(|error| *error)
    }
}

impl fmt::Debug for SubjectPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.key {
            Ok(key) => write!(f, "SubjectPublicKey({})", key.describe()),
            Err(error) => write!(f, "SubjectPublicKey({error})"),
        }
    }
}

/// Two keys are the same when their encodings are.
impl PartialEq for SubjectPublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for SubjectPublicKey {}
