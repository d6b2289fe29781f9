//! What the document signer's certificate says about its holder's right to sign this document.

use const_oid::ObjectIdentifier;
use mrz::Mrz;

use super::SignerReport;
use crate::certificate::{Certificate, KeyUsage};
use crate::check::{Cause, CheckResult};
use crate::deviation::{Deviation, DeviationKind};
use crate::document_type::{self, Listing};
use crate::{issuing_state, oids};

/// Extensions that say what a key is not for: one that cannot be read might say so.
const RESTRICTIONS: [ObjectIdentifier; 3] = [
    oids::KEY_USAGE,
    oids::BASIC_CONSTRAINTS,
    oids::EXTENDED_KEY_USAGE,
];

/// Whether a certificate is that of a document signer (Doc 9303-12 §7.1): under one CSCA stand also signers of lists, of
/// bar codes and of travel stamps, and none of them may sign documents.
pub(super) fn check_role(
    certificate: &Certificate,
    deviations: &mut Vec<Deviation>,
) -> CheckResult {
    let extensions = certificate.extensions();
    let mut record = |kind: DeviationKind| deviations.push(kind.into());
    let signs_data = extensions.key_usage.is_none_or(KeyUsage::digital_signature);
    if extensions.key_usage.is_none() {
        record(DeviationKind::DocumentSignerKeyUsage);
    }
    let purposes = extensions.extended_key_usage.as_deref().unwrap_or_default();
    let other_role = purposes
        .iter()
        .any(|purpose| oids::is_below(*purpose, oids::ICAO_SECURITY));
    if !purposes.is_empty() {
        record(DeviationKind::DocumentSignerExtendedKeyUsage);
    }
    if extensions.is_certification_authority() || !signs_data || other_role {
        return CheckResult::Failed(Cause::NotADocumentSigner);
    }
    let restricts = |oid: &&ObjectIdentifier| RESTRICTIONS.contains(oid);
    if let Some(oid) = extensions.unreadable.iter().find(restricts) {
        return CheckResult::Undetermined(Cause::UnreadableExtension(*oid));
    }
    match extensions.unknown_critical() {
        Some(oid) => CheckResult::Undetermined(Cause::UnknownCriticalExtension(oid)),
        None => CheckResult::Successful,
    }
}

/// Issuing state of EF.DG1 against the countries of the document signer's issuer and of the CSCA.
pub(super) fn check_issuing_state(
    dg1: Option<&Mrz>,
    signer: &SignerReport,
    deviations: &mut Vec<DeviationKind>,
) -> CheckResult {
    let Some(mrz) = dg1 else {
        return CheckResult::Undetermined(Cause::NoDg1);
    };
    let Some(certificate) = &signer.document_signer else {
        return CheckResult::Undetermined(Cause::NoSignerCertificate);
    };
    let csca = signer
        .csca
        .as_ref()
        .map(|anchor| anchor.certificate().subject());
    let own = certificate
        .issuer()
        .country()
        .or(certificate.subject().country());
    let countries = [own, csca.and_then(|name| name.country())];
    // What is under a CSCA is of its country; whose a CSCA without country is, nobody knows, whatever its signers say.
    let unbound = csca.is_some_and(|name| name.country().is_none());
    if countries.iter().all(Option::is_none) {
        return CheckResult::Undetermined(Cause::NoCountry);
    }
    let state = mrz.issuing_state();
    let elsewhere = |country: &&str| issuing_state::is_of_other_territory(state, country);
    if countries.iter().flatten().any(elsewhere) {
        deviations.push(DeviationKind::TerritoryCountry);
    }
    let compared = countries.into_iter().flatten().map(|country| {
        match issuing_state::matches(state, country) {
            Some(true) => CheckResult::Successful,
            Some(false) => CheckResult::Failed(Cause::IssuingStateDiffers),
            None => CheckResult::Undetermined(Cause::UnknownIssuingState),
        }
    });
    let unbound = unbound.then_some(CheckResult::Undetermined(Cause::NoCscaCountry));
    CheckResult::together(compared.chain(unbound))
}

/// Document code of EF.DG1 against the DocumentType list. Without a list [`check_role`] has said all there is to say
/// (Doc 9303-11 §5.1.1).
pub(super) fn check_document_type(dg1: Option<&Mrz>, signer: &mut SignerReport) -> CheckResult {
    let Some(mrz) = dg1 else {
        return CheckResult::Undetermined(Cause::NoDg1);
    };
    let Some(certificate) = &signer.document_signer else {
        return CheckResult::Undetermined(Cause::NoSignerCertificate);
    };
    let extensions = certificate.extensions();
    match &extensions.document_types {
        Some(list) => match document_type::listing(list, mrz.document_code()) {
            Listing::Exact => CheckResult::Successful,
            Listing::FirstLetter => {
                signer
                    .deviations
                    .push(DeviationKind::DocumentTypeFirstLetter.into());
                CheckResult::Successful
            }
            Listing::No => CheckResult::Failed(Cause::DocumentTypeNotListed),
        },
        None if extensions.unreadable.contains(&oids::DOCUMENT_TYPE_LIST) => {
            CheckResult::Undetermined(Cause::UnreadableExtension(oids::DOCUMENT_TYPE_LIST))
        }
        None => CheckResult::NotSupported(Cause::NoDocumentTypeList),
    }
}
