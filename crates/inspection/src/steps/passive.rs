//! Passive authentication: did the issuer sign what the chip holds? (Doc 9303-11 §5.1)
//!
//! The checks themselves are the business of the `pki` crate. Here they are asked once and spread over the named checks of
//! TR-03135.

use std::collections::BTreeMap;

use lds::File;
use pki::check::CheckResult;
use pki::passive_authentication::{self, DataGroup, DataGroupResult};
use pki::security_object::SecurityObject;

use crate::check::{CheckKind, Finding, Weight};
use crate::procedure::{Inspection, Step};
use crate::read::ReadError;

pub(super) const fn kind(
    id: &'static str,
    title: &'static str,
    clause: &'static str,
    weight: Weight,
) -> CheckKind {
    CheckKind {
        id,
        title,
        clause,
        weight,
    }
}

pub(crate) const SECURITY_OBJECT: Step = Step::offline(
    kind(
        "security-object",
        "EF.SOD: hash and signature",
        "TR-03135-1 §5.6.4.2.2",
        Weight::Mandatory,
    ),
    security_object,
);

pub(crate) const DOCUMENT_SIGNER: Step = Step::offline(
    kind(
        "document-signer",
        "Document signer: signed by a trusted CSCA",
        "TR-03135-1 §5.6.4.3.3",
        Weight::Mandatory,
    ),
    document_signer,
);

pub(crate) const CERTIFICATE_VALIDITY: Step = Step::offline(
    kind(
        "certificate-validity",
        "Validity of document signer and CSCA",
        "TR-03135-1 §5.6.4.3.4",
        Weight::Mandatory,
    ),
    |inspection| {
        signer(inspection, |report| {
            CheckResult::together([
                report.signer.document_signer_validity,
                report.signer.csca_validity,
            ])
        })
    },
);

pub(crate) const REVOCATION: Step = Step::offline(
    kind(
        "revocation",
        "Revocation of the document signer",
        "TR-03135-1 §5.6.4.3.5",
        Weight::WhereKnown,
    ),
    revocation,
);

pub(crate) const USAGE_PERIOD: Step = Step::offline(
    kind(
        "usage-period",
        "Signed while the keys of document signer and CSCA were in use",
        "Doc 9303-12 §4.1",
        Weight::Evaluatory,
    ),
    |inspection| signer(inspection, |report| report.usage_period),
);

pub(crate) const KNOWN_DEVIATIONS: Step = Step::offline(
    kind(
        "known-deviations",
        "Deviation lists of the issuer",
        "Doc 9303-12 §10",
        Weight::Evaluatory,
    ),
    known_deviations,
);

pub(crate) const DATA_GROUP_HASHES: Step = Step::offline(
    kind(
        "data-groups",
        "Data groups against EF.SOD",
        "TR-03135-1 §5.6.4.4.2",
        Weight::Mandatory,
    ),
    data_groups,
);

pub(crate) const ISSUING_STATE: Step = Step::offline(
    kind(
        "issuing-state",
        "Issuing state against the certificates",
        "TR-03135-1 §5.6.4.5",
        Weight::Mandatory,
    ),
    |inspection| signer(inspection, |report| report.issuing_state),
);

pub(crate) const DOCUMENT_TYPE: Step = Step::offline(
    kind(
        "document-type",
        "Document type against the document signer",
        "Doc 9303-11 §5.1.1",
        Weight::Optional,
    ),
    |inspection| signer(inspection, |report| report.document_type),
);

/// Why there is nothing to say about signatures.
pub(super) fn no_security_object(inspection: &Inspection<'_, '_>) -> Finding {
    Finding::undetermined(if inspection.bytes(File::Sod).is_some() {
        "EF.SOD cannot be understood"
    } else {
        "EF.SOD was not read"
    })
}

/// The first of the checks carries out all of them.
fn security_object(inspection: &mut Inspection<'_, '_>) -> Finding {
    let report = match authenticate(inspection) {
        None => return no_security_object(inspection),
        Some(Err(error)) => return Finding::failed(error.to_string()),
        Some(Ok(report)) => report,
    };
    inspection.tolerate(&report.signer.deviations);
    inspection.tolerate(&report.content_deviations);
    let finding = finding_of(CheckResult::together([
        report.signer.hash,
        report.signer.signature,
    ]));
    inspection.passive = Some(report);
    finding
}

/// Passive authentication of what was read until now; nothing without EF.SOD.
fn authenticate(
    inspection: &Inspection<'_, '_>,
) -> Option<pki::Result<passive_authentication::Report>> {
    let object = SecurityObject::parse(inspection.bytes(File::Sod)?);
    let config = inspection.config;
    let authenticate = |object: SecurityObject| {
        let states = states(inspection);
        passive_authentication::authenticate(&object, states, config.trust, config.now)
    };
    Some(object.map(authenticate))
}

/// What passive authentication says before everything is read, for steps whose next command depends on it. The checks of the
/// report come when all is there: deviation lists speak of documents by what other files hold.
pub(super) fn so_far(inspection: &Inspection<'_, '_>) -> Option<passive_authentication::Report> {
    authenticate(inspection)?.ok()
}

fn document_signer(inspection: &mut Inspection<'_, '_>) -> Finding {
    let accepted: Vec<String> = inspection
        .passive
        .iter()
        .flat_map(|report| {
            let of_issuer = report.signer.issuer_deviations.iter();
            of_issuer.map(|deviation| format!("CSCA: {deviation}"))
        })
        .collect();
    inspection.tolerate(accepted);
    signer(inspection, |report| report.signer.issuer)
}

/// The CSCA's own revocation counts, too: what it has certified is then worth nothing.
fn revocation(inspection: &mut Inspection<'_, '_>) -> Finding {
    let Some(report) = &inspection.passive else {
        return no_security_object(inspection);
    };
    let signer = &report.signer;
    if let (CheckResult::Failed(cause), false) = (
        signer.csca_revocation,
        matches!(signer.revocation, CheckResult::Failed(_)),
    ) {
        return Finding::failed(format!("the certificate of the CSCA: {cause}"));
    }
    let mut finding = finding_of(signer.revocation);
    let details = &signer.revocation_details;
    if let Some(list) = &details.list {
        let of = format!("list of {}", list.this_update.date());
        finding.cause = [finding.cause, of]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(", ");
    }
    if let (Some(entry), Some(signed)) = (details.entry, signer.signing_time) {
        let order = if entry.is_later_than(signed) {
            "before"
        } else {
            "after"
        };
        finding.cause.push_str(&format!(
            "; the document says that it was signed {order} that, on {}",
            signed.date()
        ));
    }
    finding
}

fn known_deviations(inspection: &mut Inspection<'_, '_>) -> Finding {
    let Some(report) = &inspection.passive else {
        return no_security_object(inspection);
    };
    let known: Vec<String> = report
        .known_deviations
        .iter()
        .map(ToString::to_string)
        .collect();
    if known.is_empty() {
        return Finding::not_supported("no deviation list speaks of this document");
    }
    let finding = Finding::successful(format!("{} known to the issuer", known.len()));
    inspection.tolerate(known);
    finding
}

/// What became of each data group.
fn states(inspection: &Inspection<'_, '_>) -> BTreeMap<File, DataGroup> {
    let read = inspection
        .files
        .iter()
        .map(|(file, read)| (*file, DataGroup::Read(read.clone())));
    let unread = inspection.unread.iter().map(|(file, error)| {
        let state = match error {
            ReadError::Absent(_) => DataGroup::NotOnChip,
            _ => DataGroup::NotRead,
        };
        (*file, state)
    });
    unread
        .chain(read)
        .filter(|(file, _)| file.dg_number().is_some())
        .collect()
}

fn signer(
    inspection: &Inspection<'_, '_>,
    result: impl Fn(&passive_authentication::Report) -> CheckResult,
) -> Finding {
    match &inspection.passive {
        Some(report) => finding_of(result(report)),
        None => no_security_object(inspection),
    }
}

fn data_groups(inspection: &mut Inspection<'_, '_>) -> Finding {
    let accepted: Vec<String> = inspection
        .passive
        .iter()
        .flat_map(|report| report.document_deviations.iter().map(ToString::to_string))
        .collect();
    inspection.tolerate(accepted);
    let Some(report) = &inspection.passive else {
        return no_security_object(inspection);
    };
    let list = |wanted: DataGroupResult| {
        let names: Vec<&str> = report
            .data_groups
            .iter()
            .filter(|(_, result)| **result == wanted)
            .map(|(file, _)| file.name())
            .collect();
        (!names.is_empty()).then(|| format!("{wanted}: {}", names.join(", ")))
    };
    let all = [
        DataGroupResult::NotIdentical,
        DataGroupResult::KnownDeviation,
        DataGroupResult::NotHashable,
        DataGroupResult::NotOnChip,
        DataGroupResult::NotListed,
        DataGroupResult::NotRead,
        DataGroupResult::Identical,
    ];
    let text = all
        .into_iter()
        .filter_map(list)
        .collect::<Vec<_>>()
        .join("; ");
    let finding = Finding {
        cause: text,
        ..finding_of(report.data_groups_together())
    };
    let mut results = report.data_groups.values();
    if results.any(|result| *result == DataGroupResult::NotListed) {
        return finding.remedy("what nobody has signed is not the issuer's: do not rely on it");
    }
    finding
}

/// Whether a file is what a deviation list of the issuer says: neither shown nor used.
pub(crate) fn is_left_out(inspection: &Inspection<'_, '_>, file: File) -> bool {
    let passive = inspection.passive.as_ref();
    passive.is_some_and(|report| {
        report.data_groups.get(&file) == Some(&DataGroupResult::KnownDeviation)
    })
}

/// Whether passive authentication covers a file that was read.
pub(crate) fn is_authentic(inspection: &Inspection<'_, '_>, file: File) -> bool {
    let verified = inspection
        .passive
        .as_ref()
        .and_then(passive_authentication::Report::verified_lds);
    verified.is_some_and(|lds| lds.file(file).is_some())
}

/// A result of passive authentication as one of a check.
pub(super) fn finding_of(result: CheckResult) -> Finding {
    let cause = result
        .cause()
        .map_or_else(String::new, |cause| cause.to_string());
    match result {
        CheckResult::Successful => Finding::successful(""),
        CheckResult::Failed(_) => Finding::failed(cause),
        CheckResult::Undetermined(_) => Finding::undetermined(cause),
        CheckResult::NotSupported(_) => Finding::not_supported(cause),
    }
}
