//! What somebody trusts, with where it came from (Doc 9303-12 §6.1.1): CSCA certificates, and what they vouch for,
//! revocation lists, deviation lists and document signers.
//!
//! Files of any kind are offered together ([`TrustStore::take_in`]) and settled in the order in which they vouch for each
//! other; what nothing vouches for is kept out with its reason, and tried again when more is known.
//!
//! A CSCA vouches for signers of master lists only if it is trusted out of band, or is linked from such a one, or stands in a
//! list of its own country that is believed: a list makes CSCAs of every state, but none that make CSCAs of further states.
//! A list that is refused for this can be accepted by its fingerprint, or by that of its signer. What a revocation list takes
//! the trust from no longer vouches for anything, in whatever order the files come.

mod alternative_names;
mod directory;
mod document_signers;
mod examination;
mod intake;
mod list_roles;
mod object;
mod pem;
mod provenance;
mod receipt;
mod revocation_lists;
mod settling;
mod signed_lists;
mod vouching;
mod withdrawal;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use time::OffsetDateTime;

use crate::certificate::{Certificate, KeyUsage};
use crate::chain;
use crate::error::Untrusted;
use crate::{Error, Result};

use intake::Waiting;
use object::Object;

pub use examination::{Examination, SignedBy};
pub use intake::{KeptOut, MAX_KEPT_OUT, Offered};
pub use object::ObjectKind;
pub use provenance::{
    Acceptance, Fingerprint, ListOrigin, ListTrust, NoFingerprint, Provenance, Trust,
};
pub use receipt::{Intake, MAX_FAULTS, Receipt, Received};
pub use signed_lists::TrustedDeviationList;

/// Most CSCA certificates of a store: ten times what all states together have issued.
pub const MAX_ANCHORS: usize = 20_000;
/// Most document signers of a store: ten times those of the ICAO PKD.
pub const MAX_DOCUMENT_SIGNERS: usize = 300_000;
/// Most revocation lists, and most deviation lists.
pub const MAX_LISTS: usize = 10_000;
/// Most reasons that are kept for one certificate.
pub const MAX_PROVENANCE: usize = 256;

/// CSCA certificates, found by key identifier and by name, and what they vouch for. All generations are kept: a document
/// outlives the CSCA certificate that was new when it was issued.
#[derive(Debug, Default)]
pub struct TrustStore {
    anchors: Vec<TrustAnchor>,
    by_fingerprint: HashMap<Fingerprint, usize>,
    by_key_identifier: HashMap<Vec<u8>, Vec<usize>>,
    by_subject: HashMap<String, Vec<usize>>,
    /// By key, however it is encoded.
    by_key: HashMap<Vec<u8>, Vec<usize>>,
    withdrawn: HashSet<Fingerprint>,
    /// When files came in, by their SHA-256.
    received: HashMap<Fingerprint, OffsetDateTime>,
    document_signers: document_signers::DocumentSigners,
    crls: Vec<revocation_lists::TrustedCrl>,
    deviation_lists: Vec<TrustedDeviationList>,
    kept_out: Vec<KeptOut>,
    taken: settling::Taken,
    /// Lists and links that somebody revoked has vouched for.
    barred: HashMap<Fingerprint, Untrusted>,
    /// The revocation lists that have barred them.
    lasting: Vec<revocation_lists::TrustedCrl>,
    /// A revocation list speaks of somebody who vouches for something.
    contested: bool,
    /// Counts the certificates, and the reasons to trust them, that came in.
    gains: u64,
}

/// A trusted CSCA certificate.
#[derive(Debug, Clone)]
pub struct TrustAnchor {
    certificate: Certificate,
    fingerprint: Fingerprint,
    /// Its key in the one encoding that all encodings of it have in common.
    key: Arc<[u8]>,
    provenance: Vec<Provenance>,
}

impl TrustAnchor {
    /// The certificate.
    #[must_use]
    pub const fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// SHA-256 of the certificate.
    #[must_use]
    pub const fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// Where it came from and why it is trusted, once for each time it was added.
    #[must_use]
    pub fn provenance(&self) -> &[Provenance] {
        &self.provenance
    }

    /// Whether it was trusted for a reason of its own, not for a list or another certificate.
    #[must_use]
    pub fn is_out_of_band(&self) -> bool {
        let mut reasons = self.provenance.iter();
        reasons.any(|reason| matches!(reason.trust, Trust::OutOfBand(_)))
    }
}

impl TrustStore {
    /// An empty store: with it nothing can be more than undetermined.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the certificates of a file, DER or PEM, which the caller trusts, and says how many it held. A certificate that
    /// is known already only gains a label.
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
        if !certificates.iter().all(is_csca) {
            return Err(Error::Untrusted(Untrusted::NotACertificationAuthority));
        }
        let withdrawn = |certificate: &Certificate| self.is_withdrawn(certificate);
        if certificates.iter().any(withdrawn) {
            return Err(Error::Untrusted(Untrusted::Withdrawn));
        }
        if self.anchors.len().saturating_add(certificates.len()) > MAX_ANCHORS {
            return Err(Error::Untrusted(Untrusted::StoreFull));
        }
        let count = certificates.len();
        let label: Arc<str> = provenance.into();
        let acceptance = Acceptance::OutOfBand(label);
        for certificate in certificates {
            self.offer(Waiting::by_itself(
                Object::Csca(certificate),
                provenance,
                &acceptance,
            ))?;
        }
        Ok(count)
    }

    /// Adds a link certificate that came by a way that gives no trust, such as a download: it is accepted because a CSCA
    /// of the store has signed it (Doc 9303-12 §6.1.1).
    ///
    /// # Errors
    /// [`Error::Malformed`]; [`Error::Untrusted`] when no certificate of the store has signed it, or it says that it is no
    /// certification authority's.
    pub fn add_link(&mut self, certificate: &[u8], provenance: &str) -> Result<()> {
        let certificate = Certificate::parse(certificate)?;
        let link = Object::Csca(certificate);
        self.offer(Waiting::by_itself(link, provenance, &Acceptance::Vouched))
            .map(|_| ())
    }

    /// All certificates, in the order in which they were added.
    #[must_use]
    pub fn anchors(&self) -> &[TrustAnchor] {
        &self.anchors
    }

    /// The certificate with this fingerprint.
    #[must_use]
    pub fn anchor(&self, fingerprint: &Fingerprint) -> Option<&TrustAnchor> {
        self.anchors.get(*self.by_fingerprint.get(fingerprint)?)
    }

    /// What was offered and is vouched for by nothing, with the reason.
    #[must_use]
    pub fn kept_out(&self) -> &[KeptOut] {
        &self.kept_out
    }

    /// The certificates whose subject has this key identifier.
    pub fn by_key_identifier(&self, identifier: &[u8]) -> impl Iterator<Item = &TrustAnchor> {
        self.pick(self.by_key_identifier.get(identifier))
    }

    /// The certificates whose subject has this name.
    pub fn by_subject(&self, name: &crate::Name) -> impl Iterator<Item = &TrustAnchor> {
        self.pick(self.by_subject.get(name.canonical()))
    }

    fn pick(&self, indices: Option<&Vec<usize>>) -> impl Iterator<Item = &TrustAnchor> {
        let indices = indices.map(Vec::as_slice).unwrap_or_default();
        indices.iter().filter_map(|index| self.anchors.get(*index))
    }

    /// Says whether the certificate is new.
    fn insert_link(&mut self, certificate: Certificate, source: &Arc<str>) -> Result<bool> {
        // What says of itself that it is no authority's is no link, though some lists hold it as an anchor (Q116).
        if !certificate.extensions().is_certification_authority() {
            return Err(Error::Untrusted(Untrusted::NotACertificationAuthority));
        }
        if let Some(reason) = self.barred.get(&Fingerprint::of_certificate(&certificate)) {
            return Err(Error::Untrusted(*reason));
        }
        let at_home = chain::link_stays_at_home(certificate.issuer(), certificate.subject());
        let search = self.issuer_unless_revoked(&certificate);
        match search.anchor {
            Some(issuer) if at_home && search.result.is_successful() => {
                let trust = Trust::Link {
                    issuer: issuer.fingerprint,
                };
                let source = source.clone();
                self.insert(certificate, Provenance { source, trust })
            }
            _ if at_home && chain::issuer(&certificate, self).anchor.is_some() => {
                Err(Error::Untrusted(Untrusted::AuthorityRevoked))
            }
            _ => Err(Error::Untrusted(Untrusted::LinkWithoutIssuer)),
        }
    }

    /// Says whether the certificate is new.
    fn insert(&mut self, certificate: Certificate, provenance: Provenance) -> Result<bool> {
        let fingerprint = Fingerprint::of_certificate(&certificate);
        if self.is_withdrawn(&certificate) {
            return Err(Error::Untrusted(Untrusted::Withdrawn));
        }
        if let Some(known) = self.by_fingerprint.get(&fingerprint) {
            if let Some(anchor) = self.anchors.get_mut(*known) {
                let reasons = &mut anchor.provenance;
                if reasons.len() < MAX_PROVENANCE && !reasons.contains(&provenance) {
                    reasons.push(provenance);
                    self.gains += 1;
                }
            }
            return Ok(false);
        }
        if self.anchors.len() >= MAX_ANCHORS {
            return Err(Error::Untrusted(Untrusted::StoreFull));
        }
        self.append(TrustAnchor {
            key: withdrawal::key_of(&certificate).into(),
            certificate,
            fingerprint,
            provenance: vec![provenance],
        });
        Ok(true)
    }

    fn append(&mut self, anchor: TrustAnchor) {
        let index = self.anchors.len();
        self.gains += 1;
        self.by_key
            .entry(anchor.key.to_vec())
            .or_default()
            .push(index);
        self.by_fingerprint.insert(anchor.fingerprint, index);
        self.by_key_identifier
            .entry(anchor.certificate.key_identifier())
            .or_default()
            .push(index);
        self.by_subject
            .entry(anchor.certificate.subject().canonical().to_owned())
            .or_default()
            .push(index);
        self.anchors.push(anchor);
    }
}

/// Whether a certificate can be that of a CSCA. Some real roots say nowhere what they are; that they name themselves as
/// issuer must do, unless they say that they are something else.
pub(crate) fn is_csca(certificate: &Certificate) -> bool {
    may_certify(certificate) || certificate.is_self_issued() && !is_only_signer(certificate)
}

/// Whether a certificate says that it is a signer's of documents or of lists, and nothing more.
fn is_only_signer(certificate: &Certificate) -> bool {
    let extensions = certificate.extensions();
    let signs_data = extensions
        .key_usage
        .is_some_and(KeyUsage::digital_signature);
    !may_certify(certificate) && (signs_data || extensions.document_types.is_some())
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
        let labels: Vec<Vec<String>> = store
            .anchors()
            .iter()
            .map(|anchor| {
                anchor
                    .provenance()
                    .iter()
                    .map(ToString::to_string)
                    .collect()
            })
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
