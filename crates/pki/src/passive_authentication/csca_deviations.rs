//! What is accepted of the CSCA that issued a document signer, and in how the two stand to each other. A CSCA is trusted
//! because somebody trusts it; what its certificate does against Doc 9303-12 §7.1.1 takes nothing away and is reported.

use const_oid::ObjectIdentifier;

use super::key_strength;
use crate::certificate::{Certificate, KeyUsage};
use crate::deviation::{Deviation, DeviationKind};
use crate::oids;

/// Everything about the CSCA's certificate, the deviations met when it was read first; their places are those in it.
pub(super) fn of(csca: &Certificate, document_signer: &Certificate) -> Vec<Deviation> {
    let mut found = csca.deviations().to_vec();
    let mut record = |when: bool, kind: DeviationKind| {
        if when {
            found.push(kind.into());
        }
    };
    let extensions = csca.extensions();
    let constraints = extensions.basic_constraints;
    let path_len = constraints.and_then(|constraints| constraints.path_len);
    record(
        is_not_critical(csca, oids::KEY_USAGE),
        DeviationKind::CscaKeyUsageNotCritical,
    );
    record(
        extensions
            .key_usage
            .is_some_and(KeyUsage::other_than_certification),
        DeviationKind::CscaKeyUsageBits,
    );
    record(
        constraints.is_some() && path_len != Some(0),
        DeviationKind::CscaPathLength(path_len),
    );
    record(
        extensions.extended_key_usage.is_some(),
        DeviationKind::CscaExtendedKeyUsage,
    );
    let says_no = constraints.is_some_and(|constraints| !constraints.ca);
    record(
        !csca.is_self_issued() && says_no,
        DeviationKind::LinkBasicConstraints,
    );
    record(
        document_signer.validity().not_after > csca.validity().not_after,
        DeviationKind::OutlivesIssuer,
    );
    found.extend(unknown_extensions(csca));
    found.extend(key_strength::of_certificate(csca).map(Deviation::from));
    found
}

/// Extensions without a meaning here. The critical ones decide by themselves.
pub(super) fn unknown_extensions(certificate: &Certificate) -> impl Iterator<Item = Deviation> {
    let extensions = &certificate.extensions().all;
    extensions
        .iter()
        .filter(|extension| !extension.critical && !extension.is_known())
        .map(|extension| DeviationKind::UnknownExtension(extension.oid).into())
}

fn is_not_critical(certificate: &Certificate, oid: ObjectIdentifier) -> bool {
    let mut all = certificate.extensions().all.iter();
    all.any(|extension| extension.oid == oid && !extension.critical)
}
