//! The CSCA certificates somebody trusts, with where they came from (Doc 9303-12 §6.1.1).

mod pem;

use std::collections::HashMap;

use crate::certificate::Certificate;
use crate::chain;
use crate::error::Untrusted;
use crate::{Error, Result};

/// CSCA certificates, found by key identifier and by name. All generations are kept: a document outlives the CSCA
/// certificate that was new when it was issued.
#[derive(Debug, Default)]
pub struct TrustStore {
    anchors: Vec<TrustAnchor>,
    by_fingerprint: HashMap<Vec<u8>, usize>,
    by_key_identifier: HashMap<Vec<u8>, Vec<usize>>,
    by_subject: HashMap<String, Vec<usize>>,
}

/// A trusted CSCA certificate.
#[derive(Debug, Clone)]
pub struct TrustAnchor {
    certificate: Certificate,
    provenance: Vec<String>,
}

impl TrustAnchor {
    /// The certificate.
    #[must_use]
    pub const fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The labels under which it was added: files, lists, ceremonies.
    #[must_use]
    pub fn provenance(&self) -> &[String] {
        &self.provenance
    }
}

impl TrustStore {
    /// An empty store: with it nothing can be more than undetermined.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the certificates of a file, DER or PEM, and says how many it held. A certificate that is known already only
    /// gains a label.
    ///
    /// # Errors
    /// [`Error::Malformed`] for what is no certificate; [`Error::Untrusted`] for a certificate that is not a certification
    /// authority's. The store is then as it was.
    pub fn add(&mut self, file: &[u8], provenance: &str) -> Result<usize> {
        let certificates = match pem::blocks(file)? {
            blocks if blocks.is_empty() => vec![Certificate::parse(file)?],
            blocks => blocks
                .iter()
                .map(|der| Certificate::parse(der))
                .collect::<Result<_>>()?,
        };
        if !certificates.iter().all(is_certification_authority) {
            return Err(Error::Untrusted(Untrusted::NotACertificationAuthority));
        }
        let count = certificates.len();
        for certificate in certificates {
            self.insert(certificate, provenance);
        }
        Ok(count)
    }

    /// Adds a link certificate that came by a way that gives no trust, such as a download: it is accepted because a CSCA
    /// of the store has signed it (Doc 9303-12 §6.1.1).
    ///
    /// # Errors
    /// [`Error::Malformed`]; [`Error::Untrusted`] when no certificate of the store has signed it.
    pub fn add_link(&mut self, certificate: &[u8], provenance: &str) -> Result<()> {
        let certificate = Certificate::parse(certificate)?;
        if !is_certification_authority(&certificate) {
            return Err(Error::Untrusted(Untrusted::NotACertificationAuthority));
        }
        let one_country = chain::countries_agree(certificate.issuer(), certificate.subject());
        if !one_country || !chain::issuer(&certificate, self).result.is_successful() {
            return Err(Error::Untrusted(Untrusted::LinkWithoutIssuer));
        }
        self.insert(certificate, provenance);
        Ok(())
    }

    /// All certificates, in the order in which they were added.
    #[must_use]
    pub fn anchors(&self) -> &[TrustAnchor] {
        &self.anchors
    }

    /// The certificates whose subject has this key identifier.
    pub(crate) fn by_key_identifier(
        &self,
        identifier: &[u8],
    ) -> impl Iterator<Item = &TrustAnchor> {
        self.pick(self.by_key_identifier.get(identifier))
    }

    /// The certificates whose subject has this name.
    pub(crate) fn by_subject(&self, name: &crate::Name) -> impl Iterator<Item = &TrustAnchor> {
        self.pick(self.by_subject.get(name.canonical()))
    }

    fn pick(&self, indices: Option<&Vec<usize>>) -> impl Iterator<Item = &TrustAnchor> {
        let indices = indices.map(Vec::as_slice).unwrap_or_default();
        indices.iter().filter_map(|index| self.anchors.get(*index))
    }

    fn insert(&mut self, certificate: Certificate, provenance: &str) {
        let fingerprint = certificate.fingerprint();
        if let Some(known) = self.by_fingerprint.get(&fingerprint) {
            if let Some(anchor) = self.anchors.get_mut(*known) {
                anchor.provenance.push(provenance.to_owned());
            }
            return;
        }
        let index = self.anchors.len();
        self.by_fingerprint.insert(fingerprint, index);
        self.by_key_identifier
            .entry(certificate.key_identifier())
            .or_default()
            .push(index);
        self.by_subject
            .entry(certificate.subject().canonical().to_owned())
            .or_default()
            .push(index);
        self.anchors.push(TrustAnchor {
            certificate,
            provenance: vec![provenance.to_owned()],
        });
    }
}

/// Real CSCA certificates lack one or the other mark of a certification authority, but never all of them.
fn is_certification_authority(certificate: &Certificate) -> bool {
    let extensions = certificate.extensions();
    certificate.is_self_issued()
        || extensions.is_certification_authority()
        || extensions.signs_certificates()
}
