//! Who signs documents.
//!
//! * A test issuer (`card-tool pki init`) has one document signer, with its key in the clear.
//! * An issuer (`card-tool pki registrar init`, `pki signer request`) has a ring of them, with keys in encrypted files or on PKCS#11 tokens.
//!   Period, number of documents and revocation are looked at before each signature, and a new signer takes over by itself: nobody restarts
//!   the service for it.

mod issuer;
mod test_issuer;

use std::path::Path;
use std::sync::Arc;

use crypto::SecretBytes;
use pki::{Certificate, DocumentSigner};
use time::OffsetDateTime;

use crate::Result;
use crate::office::Randomness;
use issuer::IssuerSigners;

/// The document signers of a service.
pub struct Signers(Place);

enum Place {
    One(Arc<DocumentSigner>),
    Issuer(IssuerSigners),
}

/// What is said of a document signer.
#[derive(Debug, Clone)]
pub struct SignerState {
    /// Its name in the ring; a test issuer's has none.
    pub name: Option<String>,
    /// Its certificate.
    pub certificate: Certificate,
    /// The document codes that it signs.
    pub document_types: Vec<String>,
    /// Documents that it has signed, where they are counted.
    pub used: Option<u64>,
    /// How many it may sign, where there is a limit.
    pub limit: Option<u64>,
    /// Whether it may sign now: period, count, revocation.
    pub may_sign: bool,
}

impl Signers {
    /// Those of a folder. The secret opens the keys of an issuer: the password of files, the PIN of a token.
    ///
    /// # Errors
    /// [`crate::Error::KeyStore`] and [`crate::Error::UnknownAlgorithm`] for a test issuer whose key and certificate are unreadable or do not
    /// belong together; [`crate::Error::Signers`] for what is wrong with a ring; [`crate::Error::File`], [`crate::Error::Toml`].
    pub fn open(folder: &Path, secret: SecretBytes, randomness: Arc<Randomness>) -> Result<Self> {
        Ok(Self(if issuer::is_issuer(folder) {
            Place::Issuer(IssuerSigners::open(folder, secret, randomness)?)
        } else {
            Place::One(test_issuer::document_signer(folder, randomness())?)
        }))
    }

    /// One signer for every document.
    #[must_use]
    pub const fn one(signer: Arc<DocumentSigner>) -> Self {
        Self(Place::One(signer))
    }

    /// The document signer that signs a document of this type now. `document_type` is the document code of the machine readable zone.
    ///
    /// # Errors
    /// [`crate::Error::Signers`] with what stands against it, or what the place of the key answers.
    pub fn current(&self, document_type: &str, now: OffsetDateTime) -> Result<Arc<DocumentSigner>> {
        match &self.0 {
            Place::One(signer) => Ok(Arc::clone(signer)),
            Place::Issuer(issuer) => issuer.current(document_type, now),
        }
    }

    /// All of them, as they are now.
    ///
    /// # Errors
    /// [`crate::Error::Signers`] for what is wrong with a ring.
    pub fn states(&self, now: OffsetDateTime) -> Result<Vec<SignerState>> {
        match &self.0 {
            Place::One(signer) => Ok(vec![of_one(signer, now)]),
            Place::Issuer(issuer) => issuer.states(now),
        }
    }

    /// Opens the keys of those that may sign now, as the first document would.
    ///
    /// # Errors
    /// [`crate::Error::Signers`] with what the place of a key answers.
    pub fn try_keys(&self, now: OffsetDateTime) -> Result<()> {
        for state in self.states(now)?.iter().filter(|state| state.may_sign) {
            for code in &state.document_types {
                self.current(code, now)?;
            }
        }
        Ok(())
    }
}

fn of_one(signer: &DocumentSigner, now: OffsetDateTime) -> SignerState {
    let usage = signer.private_key_usage_period();
    let certificate = signer.certificate().clone();
    SignerState {
        name: None,
        document_types: signer.document_types().to_vec(),
        used: None,
        limit: None,
        may_sign: usage.not_before.is_none_or(|begin| now >= begin)
            && usage.not_after.is_none_or(|end| now <= end)
            && certificate.validity().contains(now),
        certificate,
    }
}
