//! A document signer at work: certificate, key, and what the certificate allows (Doc 9303-12 §4.1, §7.1.1).

use std::sync::Arc;

use crypto::HashAlgorithm;
use time::OffsetDateTime;

use crate::certificate::{Certificate, PrivateKeyUsagePeriod, Validity};
use crate::cms::sign::SignedDataFrame;
use crate::document_type::{self, Listing};
use crate::error::NotPermitted;
use crate::signer::Signer;
use crate::usage::UsageCounter;
use crate::{Error, Result};

/// What a document signer certificate allows (Doc 9303-12 §7.1.1, §7.1.5): known without the key.
#[derive(Debug, Clone)]
pub struct SigningRight {
    document_types: Vec<String>,
    private_key_usage: PrivateKeyUsagePeriod,
    validity: Validity,
}

impl SigningRight {
    /// The right that a certificate gives.
    ///
    /// # Errors
    /// [`Error::Misuse`] when the certificate lacks what Doc 9303-12 §7.1 makes mandatory for a document signer.
    pub fn of(certificate: &Certificate) -> Result<Self> {
        let extensions = certificate.extensions();
        if !extensions.signs_data() || extensions.extended_key_usage.is_some() {
            return Err(Error::Misuse(
                "the certificate is not that of a document signer",
            ));
        }
        let document_types = extensions.document_types.clone().ok_or(Error::Misuse(
            "the document signer has no list of document types",
        ))?;
        let private_key_usage = extensions.private_key_usage_period.ok_or(Error::Misuse(
            "the document signer has no private key usage period",
        ))?;
        Ok(Self {
            document_types,
            private_key_usage,
            validity: *certificate.validity(),
        })
    }

    /// The document codes that may be signed.
    #[must_use]
    pub fn document_types(&self) -> &[String] {
        &self.document_types
    }

    /// When the key may be used.
    #[must_use]
    pub const fn private_key_usage_period(&self) -> &PrivateKeyUsagePeriod {
        &self.private_key_usage
    }

    /// The last moment at which something may be signed.
    #[must_use]
    pub fn ends(&self) -> OffsetDateTime {
        let certificate = self.validity.not_after;
        self.private_key_usage
            .not_after
            .map_or(certificate, |end| end.min(certificate))
    }

    /// Whether a document of this type may be signed now. The type is the document code of the machine readable zone, with
    /// or without its filler.
    ///
    /// # Errors
    /// [`Error::NotPermitted`] says what stands against it.
    pub fn admits(&self, document_type: &str, now: OffsetDateTime) -> Result<()> {
        if document_type::listing(&self.document_types, document_type) != Listing::Exact {
            return Err(Error::NotPermitted(NotPermitted::DocumentType));
        }
        let usage = &self.private_key_usage;
        if usage.not_before.is_some_and(|begin| now < begin) {
            return Err(Error::NotPermitted(NotPermitted::BeforeUsagePeriod));
        }
        if usage.not_after.is_some_and(|end| now > end) {
            return Err(Error::NotPermitted(NotPermitted::AfterUsagePeriod));
        }
        if !self.validity.contains(now) {
            return Err(Error::NotPermitted(NotPermitted::Validity));
        }
        Ok(())
    }
}

/// A document signer certificate with its key. Cheap to share between threads.
pub struct DocumentSigner {
    certificate: Certificate,
    signer: Arc<dyn Signer>,
    right: SigningRight,
    frame: SignedDataFrame,
    counter: Option<Arc<dyn UsageCounter>>,
}

impl DocumentSigner {
    /// A document signer from its certificate and its key.
    ///
    /// # Errors
    /// [`Error::Malformed`] for what is no certificate; [`Error::Misuse`] when certificate and key do not belong together,
    /// or when the certificate lacks what Doc 9303-12 §7.1 makes mandatory for a document signer.
    pub fn new(certificate: &[u8], signer: Arc<dyn Signer>) -> Result<Self> {
        let certificate = Certificate::parse(certificate)?;
        if certificate.public_key()? != *signer.public_key() {
            return Err(Error::Misuse("certificate and key do not belong together"));
        }
        Ok(Self {
            right: SigningRight::of(&certificate)?,
            frame: SignedDataFrame::new(&certificate, signer.as_ref())?,
            certificate,
            signer,
            counter: None,
        })
    }

    /// The same with a count of its signatures: no signature is made before the counter has taken note of it.
    #[must_use]
    pub fn counted_by(mut self, counter: Arc<dyn UsageCounter>) -> Self {
        self.counter = Some(counter);
        self
    }

    /// Its certificate.
    #[must_use]
    pub const fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The document codes it may sign.
    #[must_use]
    pub fn document_types(&self) -> &[String] {
        self.right.document_types()
    }

    /// When its key may be used.
    #[must_use]
    pub const fn private_key_usage_period(&self) -> &PrivateKeyUsagePeriod {
        self.right.private_key_usage_period()
    }

    /// Whether it may sign a document of this type now (see [`SigningRight::admits`]).
    ///
    /// # Errors
    /// [`Error::NotPermitted`] says what stands against it.
    pub fn may_sign(&self, document_type: &str, now: OffsetDateTime) -> Result<()> {
        self.right.admits(document_type, now)
    }

    /// Signs a content that is not checked here. A use of the key is taken before the key is asked, and given back only
    /// where it is certain that the key has not signed.
    pub(crate) fn sign(
        &self,
        content_type: const_oid::ObjectIdentifier,
        content: &[u8],
        now: OffsetDateTime,
    ) -> Result<Vec<u8>> {
        let signer = self.signer.as_ref();
        let Some(counter) = &self.counter else {
            return self.frame.sign(content_type, content, now, signer);
        };
        let content_hash = sha256(content);
        counter.reserve(&content_hash)?;
        let signed = self.frame.sign(content_type, content, now, signer);
        if signed.as_ref().is_err_and(Error::certainly_not_signed) {
            // Where that cannot be written down the use stays counted; what the caller needs to know is why nothing was signed.
            let _ = counter.release(&content_hash);
        }
        signed
    }
}

fn sha256(content: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    for (to, from) in hash.iter_mut().zip(HashAlgorithm::Sha256.digest(content)) {
        *to = from;
    }
    hash
}

impl core::fmt::Debug for DocumentSigner {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "DocumentSigner({:?})", self.certificate)
    }
}
