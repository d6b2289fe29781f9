//! What the certificates of a store say of each other. Trust needs none of it, but it shows which anchors could not be
//! verified here, and why.

use crypto::SignatureAlgorithm;

use super::alternative_names::locality_differs;
use super::{Fingerprint, TrustAnchor, TrustStore};
use crate::certificate::Certificate;
use crate::chain;
use crate::check::{Cause, CheckResult};
use crate::deviation::{Deviation, DeviationKind};

/// The signature on a CSCA certificate, examined.
#[derive(Debug, Clone)]
pub struct Examination {
    /// Successful; failed with the key that should have made it; undetermined without that key.
    pub result: CheckResult,
    /// Whose key should have made the signature.
    pub signed_by: SignedBy,
    /// The signature algorithm as the certificate names it.
    pub algorithm: Option<SignatureAlgorithm>,
    /// The key that verified, or the certificate's own: `RSA-4096`, `brainpoolP256r1`; `None` where it cannot be read.
    pub key: Option<String>,
    /// What was accepted against the rules.
    pub deviations: Vec<Deviation>,
}

/// Who signed a CSCA certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignedBy {
    /// Its own key: a root.
    Itself,
    /// Another CSCA: a link certificate. The one of the store, if it is there.
    Another(Option<Fingerprint>),
}

impl TrustStore {
    /// Verifies the signature on a certificate of the store: a root's with its own key, a link's with that of another.
    #[must_use]
    pub fn examine(&self, anchor: &TrustAnchor) -> Examination {
        let certificate = anchor.certificate();
        let own = certificate.verify_signature(certificate);
        let by_itself = names_itself(certificate);
        let link = || chain::issuer(certificate, self);
        let (result, signed_by, verifier, kinds) =
            match (CheckResult::of_signature(&own), by_itself) {
                (CheckResult::Successful, _) => (
                    CheckResult::Successful,
                    SignedBy::Itself,
                    certificate.clone(),
                    own.unwrap_or_default(),
                ),
                (result, true) => (result, SignedBy::Itself, certificate.clone(), Vec::new()),
                (_, false) => {
                    let search = link();
                    let issuer = search.anchor;
                    (
                        search.result,
                        SignedBy::Another(issuer.as_ref().map(TrustAnchor::fingerprint)),
                        issuer.map_or(certificate.clone(), |issuer| issuer.certificate),
                        search.deviations,
                    )
                }
            };
        let mut deviations = certificate.deviations().to_vec();
        let shape = deviations_of_shape(certificate, signed_by);
        let issuer = matches!(signed_by, SignedBy::Another(Some(_))).then_some(&verifier);
        let locality = locality_differs(certificate, issuer).then_some(DeviationKind::CscaLocality);
        let kinds = kinds.into_iter().chain(shape).chain(locality);
        deviations.extend(kinds.map(Deviation::from));
        Examination {
            result,
            signed_by,
            algorithm: certificate
                .signature_algorithm()
                .signature_algorithm(None)
                .ok(),
            key: verifier.public_key().ok().map(|key| key.describe()),
            deviations,
        }
    }
}

/// Whether a certificate says that its own key has signed it: one name, and no other key identifier.
pub(super) fn names_itself(certificate: &Certificate) -> bool {
    let extensions = certificate.extensions();
    let other_key = match (
        &extensions.authority_key_identifier,
        &extensions.subject_key_identifier,
    ) {
        (Some(authority), Some(subject)) => authority != subject,
        _ => false,
    };
    certificate.is_self_issued() && !other_key
}

fn deviations_of_shape(certificate: &Certificate, signed_by: SignedBy) -> Vec<DeviationKind> {
    let extensions = certificate.extensions();
    let mut kinds = Vec::new();
    if !extensions.is_certification_authority() {
        kinds.push(match signed_by {
            SignedBy::Itself => DeviationKind::CscaBasicConstraints,
            SignedBy::Another(_) => DeviationKind::LinkBasicConstraints,
        });
    }
    if !extensions.signs_certificates() {
        kinds.push(DeviationKind::CscaKeyUsage);
    }
    let constraints = extensions.basic_constraints;
    if let Some(constraints) = constraints.filter(|constraints| constraints.path_len != Some(0)) {
        kinds.push(DeviationKind::CscaPathLength(constraints.path_len));
    }
    kinds
}

impl Examination {
    /// Why the signature is refused or cannot be verified.
    #[must_use]
    pub const fn cause(&self) -> Option<Cause> {
        self.result.cause()
    }
}
