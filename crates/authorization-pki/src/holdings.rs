//! The keys of an entity: planned, made and asked for, certified. What a key is called is decided before it is made, and no
//! name is given twice.

use protocols::terminal_authentication::{
    Certificate, Date, HolderReference, Request, VerificationKey,
};

use crate::error::{Refused, Result};
use crate::key_algorithm::KeyAlgorithm;

/// A key of one's own.
#[derive(Debug, Clone)]
pub struct OwnKey {
    pub(crate) name: HolderReference,
    pub(crate) place: String,
    pub(crate) algorithm: KeyAlgorithm,
    pub(crate) request: Option<Request>,
    pub(crate) certificate: Option<Certificate>,
    pub(crate) withdrawn: bool,
}

impl OwnKey {
    /// Its name, which the certificate bears as holder reference.
    #[must_use]
    pub const fn name(&self) -> &HolderReference {
        &self.name
    }

    /// Where it lies, in the words of whoever keeps keys.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Its kind.
    #[must_use]
    pub const fn algorithm(&self) -> KeyAlgorithm {
        self.algorithm
    }

    /// The request for its certificate; a CVCA's keys have none.
    #[must_use]
    pub const fn request(&self) -> Option<&Request> {
        self.request.as_ref()
    }

    /// Its certificate; a CVCA's is self-signed.
    #[must_use]
    pub const fn certificate(&self) -> Option<&Certificate> {
        self.certificate.as_ref()
    }

    /// The public key, as soon as request or certificate say it.
    #[must_use]
    pub fn public(&self) -> Option<VerificationKey> {
        match (&self.request, &self.certificate) {
            (Some(request), _) => Some(request.body().key.clone()),
            (None, Some(certificate)) => certificate.body().key.alone().ok(),
            (None, None) => None,
        }
    }

    /// Whether it was given up before it had a certificate.
    #[must_use]
    pub const fn is_withdrawn(&self) -> bool {
        self.withdrawn
    }

    /// Whether its certificate is valid on this day.
    #[must_use]
    pub fn is_valid(&self, today: Date) -> bool {
        self.certificate.as_ref().is_some_and(|certificate| {
            let period = certificate.body().period;
            period.effective() <= today && !period.is_over(today)
        })
    }
}

/// All keys, in the order in which they were planned.
#[derive(Debug, Clone, Default)]
pub(crate) struct Holdings {
    keys: Vec<OwnKey>,
}

impl Holdings {
    pub(crate) fn keys(&self) -> &[OwnKey] {
        &self.keys
    }

    /// The key that is to have a certificate.
    fn open(&self) -> Option<&OwnKey> {
        self.keys
            .last()
            .filter(|key| key.certificate.is_none() && !key.withdrawn)
    }

    /// The key that was named and has neither request nor certificate.
    pub(crate) fn planned(&self) -> Option<&OwnKey> {
        self.open().filter(|key| key.request.is_none())
    }

    /// The key whose request waits.
    pub(crate) fn waiting(&self) -> Option<&OwnKey> {
        self.open().filter(|key| key.request.is_some())
    }

    /// The newest key with a certificate.
    pub(crate) fn certified(&self) -> Option<&OwnKey> {
        self.keys.iter().rev().find(|key| key.certificate.is_some())
    }

    /// The newest key whose certificate is valid.
    pub(crate) fn valid(&self, today: Date) -> Option<&OwnKey> {
        self.keys.iter().rev().find(|key| key.is_valid(today))
    }

    /// Nothing is planned while something is under way.
    pub(crate) fn check_free(&self) -> Result<()> {
        if let Some(key) = self.planned() {
            return Err(Refused::KeyPlanned(key.name.clone()).into());
        }
        if let Some(key) = self.waiting() {
            return Err(Refused::RequestWaits(key.name.clone()).into());
        }
        Ok(())
    }

    pub(crate) fn plan(&mut self, key: OwnKey) -> Result<()> {
        self.check_free()?;
        self.keys.push(key);
        Ok(())
    }

    /// Gives up the key that is to have a certificate.
    pub(crate) fn withdraw(&mut self, holder: &str) -> Result<()> {
        if self.open().is_none_or(|key| key.name.to_string() != holder) {
            return Err(Refused::NothingPlanned.into());
        }
        self.last_mut()?.withdrawn = true;
        Ok(())
    }

    pub(crate) fn last_mut(&mut self) -> Result<&mut OwnKey> {
        self.keys
            .last_mut()
            .ok_or_else(|| Refused::NothingPlanned.into())
    }
}
