//! From a certificate to the CSCA that issued it (TR-03135-1 §5.6.4.3.3).
//!
//! A CSCA is looked for by key identifier. Only where the identifier is missing on either side is it looked for by name,
//! and then a signature that does not hold is no failure: the right generation may be missing.
//!
//! Every state is trusted for itself alone: a CSCA never vouches for a certificate whose issuer is of another country. For the
//! signers of master lists, who speak of all states, the trust store searches only among those CSCAs that somebody has
//! accepted out of band, or that followed from such a one within its country ([`issuer_among`]).

use crate::certificate::Certificate;
use crate::check::{Cause, CheckResult};
use crate::deviation::DeviationKind;
use crate::issuing_state;
use crate::name::Name;
use crate::trust_store::{TrustAnchor, TrustStore};

/// Most CSCA certificates whose key is tried for one certificate; names are shared by at most a dozen.
pub(crate) const MAX_CANDIDATES: usize = 32;

/// Who issued a certificate.
pub(crate) struct IssuerSearch {
    /// Failed only against a CSCA that was found by key identifier.
    pub(crate) result: CheckResult,
    pub(crate) anchor: Option<TrustAnchor>,
    pub(crate) deviations: Vec<DeviationKind>,
}

/// Looks for the CSCA that signed a certificate.
pub(crate) fn issuer(certificate: &Certificate, store: &TrustStore) -> IssuerSearch {
    issuer_among(certificate, store, &|_| true)
}

/// Looks for the CSCA that signed a certificate among those that are admitted; the others count as absent.
pub(crate) fn issuer_among(
    certificate: &Certificate,
    store: &TrustStore,
    admitted: &dyn Fn(&TrustAnchor) -> bool,
) -> IssuerSearch {
    let named_key = certificate.extensions().authority_key_identifier.as_deref();
    let by_key: Vec<&TrustAnchor> = named_key
        .into_iter()
        .flat_map(|identifier| store.by_key_identifier(identifier))
        .filter(|anchor| speaks_for(anchor.certificate().subject(), certificate.issuer()))
        .filter(|anchor| admitted(anchor))
        .collect();
    let by_name = store
        .by_subject(certificate.issuer())
        .filter(|anchor| !by_key.iter().any(|known| core::ptr::eq(*known, *anchor)))
        .filter(|anchor| admitted(anchor));
    let mut found_but_invalid = false;
    let mut unusable = None;
    let candidates = by_key.iter().copied().chain(by_name);
    for (index, anchor) in candidates.take(MAX_CANDIDATES).enumerate() {
        let attempt = certificate.verify_signature(anchor.certificate());
        match CheckResult::of_signature(&attempt) {
            CheckResult::Successful => {
                let anchor = latest_of_key(anchor, store);
                let mut deviations = attempt.unwrap_or_default();
                deviations.extend(deviations_of_link(certificate, anchor.certificate()));
                return IssuerSearch {
                    result: CheckResult::Successful,
                    anchor: Some(anchor.clone()),
                    deviations,
                };
            }
            CheckResult::Failed(_) => found_but_invalid |= index < by_key.len(),
            CheckResult::Undetermined(cause) | CheckResult::NotSupported(cause) => {
                unusable.get_or_insert(cause);
            }
        }
    }
    let result = match (found_but_invalid, unusable) {
        (_, Some(cause)) => CheckResult::Undetermined(cause),
        (true, None) => CheckResult::Failed(Cause::NotIssuedByCsca),
        (false, None) => CheckResult::Undetermined(Cause::NoCsca),
    };
    IssuerSearch {
        result,
        anchor: None,
        deviations: Vec::new(),
    }
}

/// A key is often certified several times: by itself and by its predecessor, or anew for longer. Of the certificates of
/// one key and name the one that is valid longest speaks.
fn latest_of_key<'a>(found: &'a TrustAnchor, store: &'a TrustStore) -> &'a TrustAnchor {
    let certificate = found.certificate();
    store
        .by_subject(certificate.subject())
        .take(MAX_CANDIDATES)
        .filter(|other| {
            other.certificate().subject_public_key_info() == certificate.subject_public_key_info()
                && other.certificate().key_identifier() == certificate.key_identifier()
        })
        .fold(found, |latest, other| {
            let end = |anchor: &TrustAnchor| anchor.certificate().validity().not_after;
            if end(other) > end(latest) {
                other
            } else {
                latest
            }
        })
}

/// Whether a CSCA of this name may vouch for certificates of that issuer: both are of one country. A CSCA that names no
/// country vouches for issuers that name none; an issuer that names none is left to the comparison with the document.
pub(crate) fn speaks_for(csca: &Name, issuer: &Name) -> bool {
    match (csca.country(), issuer.country()) {
        (None, Some(_)) => false,
        _ => countries_agree(issuer, csca),
    }
}

/// Territories whose authorities are certified by that of the mother country: territory, mother country.
const TERRITORIES: [(&str, &str); 3] = [("BM", "GB"), ("HK", "CN"), ("MO", "CN")];

/// Whether a link certificate stays in its country, or goes from a mother country to its territory.
pub(crate) fn link_stays_at_home(issuer: &Name, subject: &Name) -> bool {
    let is = |name: &Name, code: &str| {
        name.country()
            .is_some_and(|country| country.eq_ignore_ascii_case(code))
    };
    let to_territory = TERRITORIES
        .iter()
        .any(|(territory, mother)| is(issuer, mother) && is(subject, territory));
    let both_or_neither = subject.country().is_some() == issuer.country().is_some();
    to_territory || (both_or_neither && countries_agree(issuer, subject))
}

/// Whether two names are of one country; a name without country contradicts none.
pub(crate) fn countries_agree(one: &Name, other: &Name) -> bool {
    let (Some(one), Some(other)) = (one.country(), other.country()) else {
        return true;
    };
    is_one_country(one, other)
}

/// Whether two codes are of one country.
pub(crate) fn is_one_country(one: &str, other: &str) -> bool {
    let (one, other) = (one.to_ascii_uppercase(), other.to_ascii_uppercase());
    // Some certificates carry the state's code of three letters.
    let is_code_of =
        |state: &str, country: &str| issuing_state::matches(state, country) == Some(true);
    one == other || is_code_of(&one, &other) || is_code_of(&other, &one)
}

/// How the two certificates of a good signature disagree.
fn deviations_of_link(certificate: &Certificate, csca: &Certificate) -> Vec<DeviationKind> {
    let extensions = csca.extensions();
    let mut deviations = Vec::new();
    let mut record = |when: bool, kind| {
        if when {
            deviations.push(kind);
        }
    };
    let authority_key = certificate.extensions().authority_key_identifier.as_ref();
    match (authority_key, &extensions.subject_key_identifier) {
        (Some(named), Some(own)) => record(named != own, DeviationKind::KeyIdentifierMismatch),
        _ => record(true, DeviationKind::KeyIdentifierMissing),
    }
    record(
        certificate.issuer() != csca.subject(),
        DeviationKind::IssuerNameMismatch,
    );
    record(
        !extensions.is_certification_authority(),
        DeviationKind::CscaBasicConstraints,
    );
    record(
        !extensions.signs_certificates(),
        DeviationKind::CscaKeyUsage,
    );
    deviations
}
