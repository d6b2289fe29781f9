//! A document signer at work: certificate, key, and what the certificate allows (Doc 9303-12 §4.1, §7.1.1).

use std::sync::Arc;

use time::OffsetDateTime;

use crate::certificate::{Certificate, PrivateKeyUsagePeriod};
use crate::cms::sign::SignedDataFrame;
use crate::document_type::{self, Listing};
use crate::error::NotPermitted;
use crate::signer::Signer;
use crate::{Error, Result};

/// A document signer certificate with its key. Cheap to share between threads.
pub struct DocumentSigner {
    certificate: Certificate,
    signer: Arc<dyn Signer>,
    document_types: Vec<String>,
    private_key_usage: PrivateKeyUsagePeriod,
    frame: SignedDataFrame,
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
        let frame = SignedDataFrame::new(&certificate, signer.as_ref())?;
        Ok(Self {
            certificate,
            signer,
            document_types,
            private_key_usage,
            frame,
        })
    }

    /// Its certificate.
    #[must_use]
    pub const fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The document codes it may sign.
    #[must_use]
    pub fn document_types(&self) -> &[String] {
        &self.document_types
    }

    /// When its key may be used.
    #[must_use]
    pub const fn private_key_usage_period(&self) -> &PrivateKeyUsagePeriod {
        &self.private_key_usage
    }

    /// Whether it may sign a document of this type now. The type is the document code of the machine readable zone, with
    /// or without its filler.
    ///
    /// # Errors
    /// [`Error::NotPermitted`] says what stands against it.
    pub fn may_sign(&self, document_type: &str, now: OffsetDateTime) -> Result<()> {
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
        if !self.certificate.validity().contains(now) {
            return Err(Error::NotPermitted(NotPermitted::Validity));
        }
        Ok(())
    }

    /// Signs a content that is not checked here.
    pub(crate) fn sign(
        &self,
        content_type: const_oid::ObjectIdentifier,
        content: &[u8],
    ) -> Result<Vec<u8>> {
        self.frame.sign(content_type, content, self.signer.as_ref())
    }
}

impl core::fmt::Debug for DocumentSigner {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "DocumentSigner({:?})", self.certificate)
    }
}
