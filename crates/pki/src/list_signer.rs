//! A signer of master lists or deviation lists at work (Doc 9303-12 §9, §10): certificate, CSCA certificate, key.

use std::sync::Arc;

use const_oid::ObjectIdentifier;
use time::OffsetDateTime;

use crate::certificate::Certificate;
use crate::cms::sign::SignedDataFrame;
use crate::error::NotPermitted;
use crate::profile::ListRole;
use crate::signer::Signer;
use crate::{Error, Result};

/// A list signer certificate with its key and the certificate of its CSCA; both certificates go into every list.
pub struct ListSigner {
    certificate: Certificate,
    signer: Arc<dyn Signer>,
    role: ListRole,
    frame: SignedDataFrame,
}

impl ListSigner {
    /// A list signer from its certificate, that of the CSCA that issued it, and its key.
    ///
    /// # Errors
    /// [`Error::Malformed`] for what is no certificate; [`Error::Misuse`] when certificate and key do not belong together, the
    /// CSCA has not signed the certificate, or the certificate lacks what Doc 9303-12 §7.1 makes mandatory for a list
    /// signer.
    pub fn new(
        certificate: &[u8],
        csca_certificate: &[u8],
        signer: Arc<dyn Signer>,
    ) -> Result<Self> {
        let certificate = Certificate::parse(certificate)?;
        let csca = Certificate::parse(csca_certificate)?;
        if certificate.public_key()? != *signer.public_key() {
            return Err(Error::Misuse("certificate and key do not belong together"));
        }
        let extensions = certificate.extensions();
        let role = extensions
            .extended_key_usage
            .as_deref()
            .and_then(ListRole::of)
            .filter(|_| extensions.signs_data())
            .ok_or(Error::Misuse(
                "the certificate is not that of a list signer",
            ))?;
        certificate
            .verify_signature(&csca)
            .map_err(|_| Error::Misuse("the CSCA has not issued the list signer's certificate"))?;
        let frame = SignedDataFrame::of_list(&certificate, &csca, signer.as_ref())?;
        Ok(Self {
            certificate,
            signer,
            role,
            frame,
        })
    }

    /// Its certificate.
    #[must_use]
    pub const fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Which lists it signs.
    #[must_use]
    pub const fn role(&self) -> ListRole {
        self.role
    }

    /// Whether it may sign now.
    ///
    /// # Errors
    /// [`Error::NotPermitted`] says what stands against it.
    pub fn may_sign(&self, now: OffsetDateTime) -> Result<()> {
        if let Some(usage) = self.certificate.extensions().private_key_usage_period {
            if usage.not_before.is_some_and(|begin| now < begin) {
                return Err(Error::NotPermitted(NotPermitted::BeforeUsagePeriod));
            }
            if usage.not_after.is_some_and(|end| now > end) {
                return Err(Error::NotPermitted(NotPermitted::AfterUsagePeriod));
            }
        }
        if !self.certificate.validity().contains(now) {
            return Err(Error::NotPermitted(NotPermitted::Validity));
        }
        Ok(())
    }

    /// Signs the content of a list of this role.
    pub(crate) fn sign(
        &self,
        role: ListRole,
        content_type: ObjectIdentifier,
        content: &[u8],
        now: OffsetDateTime,
    ) -> Result<Vec<u8>> {
        if role != self.role {
            return Err(Error::Misuse("the signer is one of lists of another kind"));
        }
        self.may_sign(now)?;
        self.frame
            .sign(content_type, content, now, self.signer.as_ref())
    }
}

impl core::fmt::Debug for ListSigner {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "ListSigner({:?}, {:?})", self.role, self.certificate)
    }
}
