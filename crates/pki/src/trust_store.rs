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
        // Some real CSCA roots say nowhere what they are; that they name themselves as issuer must do.
        let is_csca = |c: &Certificate| may_certify(c) || c.is_self_issued();
        if !certificates.iter().all(is_csca) {
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
        if !may_certify(&certificate) {
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

/// Whether a certificate says that its key may certify; some real CSCA certificates say so in one of two places only.
fn may_certify(certificate: &Certificate) -> bool {
    let extensions = certificate.extensions();
    extensions.is_certification_authority() || extensions.signs_certificates()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vector(name: &str) -> serde_json::Value {
        let path = test_support::root().join(format!("test-vectors/pki/{name}.json"));
        test_support::read_json(&path)
    }

    fn csca(name: &str) -> Vec<u8> {
        test_support::hex(&vector(name)["given"]["csca"])
    }

    fn pem(certificates: &[Vec<u8>]) -> String {
        use base64::Engine as _;
        let block = |der: &Vec<u8>| {
            let body = base64::engine::general_purpose::STANDARD.encode(der);
            format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
        };
        certificates.iter().map(block).collect()
    }

    #[test]
    fn a_certificate_is_kept_once_with_all_its_labels() {
        let (one, other) = (csca("rsa_pss_sha512"), csca("ecdsa_p521_named"));
        let mut store = TrustStore::new();
        assert_eq!(store.add(&one, "a file"), Ok(1));
        let both = pem(&[one.clone(), other.clone()]);
        assert_eq!(store.add(both.as_bytes(), "a list"), Ok(2));
        let labels: Vec<_> = store
            .anchors()
            .iter()
            .map(TrustAnchor::provenance)
            .collect();
        assert_eq!(labels, [&["a file", "a list"][..], &["a list"]]);
        // Both have the same name: that is no reason to lose one.
        let name = store.anchors()[0].certificate().subject().clone();
        assert_eq!(store.by_subject(&name).count(), 2);
        let identifier = Certificate::parse(&other).unwrap().key_identifier();
        let found: Vec<_> = store.by_key_identifier(&identifier).collect();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].certificate().as_der(), other);
    }

    #[test]
    fn what_is_no_csca_is_refused_and_leaves_the_store_as_it_was() {
        let security_object =
            test_support::hex(&vector("rsa_pss_sha512")["given"]["security_object"]);
        let security_object = crate::SecurityObject::parse(&security_object).unwrap();
        let document_signer = security_object.signed_data().certificates()[0].as_der();
        let refused = Err(Error::Untrusted(Untrusted::NotACertificationAuthority));
        let mut store = TrustStore::new();
        assert_eq!(store.add(document_signer, "test"), refused);
        let file = pem(&[csca("rsa_pss_sha512"), document_signer.to_vec()]);
        assert_eq!(store.add(file.as_bytes(), "test"), refused);
        assert!(matches!(
            store.add(b"no certificate", "test"),
            Err(Error::Malformed { .. })
        ));
        assert!(store.anchors().is_empty());
    }
}
