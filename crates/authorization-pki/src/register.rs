//! What an authority has answered: each request with its certificate, for ever. Names and keys are certified once.

use protocols::terminal_authentication::{
    AuthorityReference, Certificate, Date, Request, RequestBody, VerificationKey,
};
use serde::{Deserialize, Serialize};

use crate::error::{Refused, Result};
use crate::settings::identity;

/// How an authority knew that a request is the holder's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Identification {
    /// By the outer signature with a key that is registered (TR-03110-3 §C.2).
    Countersignature,
    /// By a fingerprint that came another way, and that a person compared.
    Fingerprint,
}

/// A request and the certificate it was answered by.
#[derive(Debug, Clone)]
pub struct Answered {
    request: Request,
    certificate: Certificate,
    identification: Identification,
}

impl Answered {
    pub(crate) const fn new(
        request: Request,
        certificate: Certificate,
        identification: Identification,
    ) -> Self {
        Self {
            request,
            certificate,
            identification,
        }
    }

    /// The request.
    #[must_use]
    pub const fn request(&self) -> &Request {
        &self.request
    }

    /// The certificate.
    #[must_use]
    pub const fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// How the holder was known.
    #[must_use]
    pub const fn identification(&self) -> Identification {
        self.identification
    }

    const fn body(&self) -> &RequestBody {
        self.request.body()
    }
}

/// All answers, in their order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Register {
    answers: Vec<Answered>,
}

impl Register {
    pub(crate) fn answers(&self) -> &[Answered] {
        &self.answers
    }

    pub(crate) fn enter(&mut self, answered: Answered) {
        self.answers.push(answered);
    }

    /// The answer to a request that was answered already. What it says counts, not its signatures: those of ECDSA are new
    /// whenever a request is signed again.
    pub(crate) fn answer_to(&self, request: &Request) -> Option<&Answered> {
        self.answers
            .iter()
            .find(|answered| answered.body() == request.body())
    }

    /// One name, one key; one key, one name.
    pub(crate) fn check_unused(&self, request: &RequestBody) -> Result<()> {
        for answered in &self.answers {
            if answered.body().holder == request.holder {
                return Err(Refused::NameUsed(request.holder.clone()).into());
            }
            if answered.body().key.key() == request.key.key() {
                return Err(Refused::KeyUsed(answered.body().holder.clone()).into());
            }
        }
        Ok(())
    }

    /// Who vouches for a request: the holder's own registered key, or else whoever compared the fingerprint. A wrong outer
    /// signature is not made good by a fingerprint.
    pub(crate) fn identify(
        &self,
        request: &Request,
        compared: bool,
        today: Date,
    ) -> Result<Identification> {
        match (request.countersigner(), compared) {
            (None, true) => Ok(Identification::Fingerprint),
            (None, false) => Err(Refused::NotIdentified.into()),
            (Some(signer), compared) => match self.registered(signer, request, today) {
                Some(key) => {
                    request
                        .verify_countersignature(key)
                        .map_err(|_| Refused::Countersignature)?;
                    Ok(Identification::Countersignature)
                }
                // Of an expired key, or one that another authority knows.
                None if compared => Ok(Identification::Fingerprint),
                None => Err(Refused::Countersigner(signer.clone()).into()),
            },
        }
    }

    /// A key of the same holder whose certificate is valid.
    fn registered(
        &self,
        name: &AuthorityReference,
        request: &Request,
        today: Date,
    ) -> Option<&VerificationKey> {
        let same_holder = identity(name) == identity(&request.body().holder);
        self.answers
            .iter()
            .filter(|_| same_holder)
            .find(|answered| {
                answered.body().holder == *name
                    && !answered.certificate.body().period.is_over(today)
            })
            .map(|answered| &answered.body().key)
    }
}
