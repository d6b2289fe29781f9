//! Document signer certificates of a directory: no trust in themselves, but at hand when EF.SOD lacks its own
//! (Doc 9303-10 Appendix D makes it optional).

use std::collections::HashMap;

use super::{Fingerprint, MAX_DOCUMENT_SIGNERS, TrustStore};
use crate::certificate::Certificate;
use crate::cms::SignerIdentifier;
use crate::error::Untrusted;
use crate::{Error, Result};

/// Most certificates that are tried for one signer identifier.
const MAX_CANDIDATES: usize = 16;

/// Certificates by issuer and serial number and by key identifier; neither is unique (Q071).
#[derive(Debug, Default)]
pub(super) struct DocumentSigners {
    certificates: Vec<Certificate>,
    known: HashMap<Fingerprint, usize>,
    /// By the file around it, where that is another: the first two of each file.
    by_file: HashMap<Fingerprint, Vec<Fingerprint>>,
    by_issuer_and_serial: HashMap<(String, Vec<u8>), Vec<usize>>,
    by_key_identifier: HashMap<Vec<u8>, Vec<usize>>,
}

impl DocumentSigners {
    /// These certificates, of which there are not more than a store may hold.
    pub(super) fn of(certificates: impl Iterator<Item = Certificate>) -> Self {
        let mut all = Self::default();
        for certificate in certificates {
            // They were in a store before, so that there is room for them.
            let _ = all.insert(certificate);
        }
        all
    }

    pub(super) fn with_fingerprint(&self, fingerprint: &Fingerprint) -> Option<&Certificate> {
        self.certificates.get(*self.known.get(fingerprint)?)
    }

    /// Says whether the certificate is new.
    pub(super) fn insert(&mut self, certificate: Certificate) -> Result<bool> {
        let index = self.certificates.len();
        if index >= MAX_DOCUMENT_SIGNERS {
            return Err(Error::Untrusted(Untrusted::StoreFull));
        }
        let fingerprint = Fingerprint::of_certificate(&certificate);
        if self.known.contains_key(&fingerprint) {
            return Ok(false);
        }
        self.known.insert(fingerprint, index);
        let issuer = certificate.issuer().canonical().to_owned();
        let name = (issuer, certificate.serial_number().to_vec());
        self.by_issuer_and_serial
            .entry(name)
            .or_default()
            .push(index);
        self.by_key_identifier
            .entry(certificate.key_identifier())
            .or_default()
            .push(index);
        self.certificates.push(certificate);
        Ok(true)
    }

    pub(super) fn note_file(&mut self, file: Fingerprint, certificate: Fingerprint) {
        let inside = self.by_file.entry(file).or_default();
        if file != certificate && inside.len() < 2 && !inside.contains(&certificate) {
            inside.push(certificate);
        }
    }

    /// The certificates of a file that is not one itself; of many the first two.
    pub(super) fn of_file(&self, file: &Fingerprint) -> impl Iterator<Item = &Certificate> {
        let inside = self.by_file.get(file).into_iter().flatten();
        inside.filter_map(|certificate| self.with_fingerprint(certificate))
    }

    fn named(&self, identifier: &SignerIdentifier) -> impl Iterator<Item = &Certificate> {
        let indices = match identifier {
            SignerIdentifier::IssuerAndSerialNumber {
                issuer,
                serial_number,
            } => {
                let name = (issuer.canonical().to_owned(), serial_number.clone());
                self.by_issuer_and_serial.get(&name)
            }
            SignerIdentifier::SubjectKeyIdentifier(identifier) => {
                self.by_key_identifier.get(identifier)
            }
        };
        let indices = indices.map(Vec::as_slice).unwrap_or_default();
        indices
            .iter()
            .take(MAX_CANDIDATES)
            .filter_map(|index| self.certificates.get(*index))
    }
}

impl TrustStore {
    /// Adds a document signer certificate of a directory and says whether it is new. It is not trusted by being here: a
    /// CSCA of the store must have issued it, as for one that a chip holds.
    ///
    /// # Errors
    /// [`Error::Malformed`]; [`Error::Untrusted`] when the store is full, or the certificate was withdrawn.
    pub fn add_document_signer(&mut self, certificate: &[u8]) -> Result<bool> {
        self.insert_document_signer(Certificate::parse(certificate)?)
    }

    pub(super) fn insert_document_signer(&mut self, certificate: Certificate) -> Result<bool> {
        if self.is_withdrawn(&certificate) {
            return Err(Error::Untrusted(Untrusted::Withdrawn));
        }
        self.document_signers.insert(certificate)
    }

    /// The known certificates that a signer identifier names; few, and the first that made the signature is the one.
    pub fn document_signers_named(
        &self,
        identifier: &SignerIdentifier,
    ) -> impl Iterator<Item = &Certificate> {
        self.document_signers.named(identifier)
    }

    /// All known document signer certificates.
    #[must_use]
    pub fn document_signers(&self) -> &[Certificate] {
        &self.document_signers.certificates
    }
}
