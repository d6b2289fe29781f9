//! Passive authentication: did the issuer sign what the chip holds? (Doc 9303-11 §5.1)
//!
//! The checks themselves are the business of the `pki` crate. Here they are asked once and spread over the named checks of
//! TR-03135.

use std::collections::BTreeMap;

use lds::{Dg14, EfCom, File, FileContent, SecurityInfo, SecurityInfos};
use pki::check::CheckResult;
use pki::passive_authentication::{self, DataGroup, DataGroupResult};
use pki::security_object::SecurityObject;

use crate::check::{CheckKind, Finding, Weight};
use crate::procedure::{Inspection, Step};
use crate::read::ReadError;

const fn kind(
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

pub(crate) const COM_AGAINST_SOD: Step = Step::offline(
    kind(
        "com-against-sod",
        "EF.COM against EF.SOD",
        "TR-03135-1 §5.6.4.4.1",
        Weight::Evaluatory,
    ),
    com_against_sod,
);

pub(crate) const CARD_ACCESS_IS_SIGNED: Step = Step::offline(
    kind(
        "card-access-signed",
        "EF.CardAccess against EF.DG14",
        "Doc 9303-11 §4.2",
        Weight::Optional,
    ),
    card_access_is_signed,
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

const NO_SECURITY_OBJECT: &str = "EF.SOD was not read";

/// The first of the checks carries out all of them.
fn security_object(inspection: &mut Inspection<'_, '_>) -> Finding {
    let Some(bytes) = inspection.bytes(File::Sod) else {
        return Finding::undetermined(NO_SECURITY_OBJECT);
    };
    let object = match SecurityObject::parse(bytes) {
        Ok(object) => object,
        Err(error) => return Finding::failed(error.to_string()),
    };
    let config = inspection.config;
    let report =
        passive_authentication::authenticate(&object, states(inspection), config.trust, config.now);
    inspection.tolerate(&report.signer.deviations);
    inspection.tolerate(&report.content_deviations);
    let finding = finding_of(CheckResult::together([
        report.signer.hash,
        report.signer.signature,
    ]));
    inspection.passive = Some(report);
    finding
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
        return Finding::undetermined(NO_SECURITY_OBJECT);
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
        return Finding::undetermined(NO_SECURITY_OBJECT);
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
        None => Finding::undetermined(NO_SECURITY_OBJECT),
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
        return Finding::undetermined(NO_SECURITY_OBJECT);
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
    Finding {
        cause: text,
        ..finding_of(report.data_groups_together())
    }
}

fn com_against_sod(inspection: &mut Inspection<'_, '_>) -> Finding {
    let Some(com) = inspection.bytes(File::Com) else {
        return Finding::not_supported("no EF.COM");
    };
    let com = match EfCom::parse(com) {
        Ok(parsed) => {
            inspection.tolerate(&parsed.deviations);
            parsed.value
        }
        Err(error) => return Finding::failed(error.to_string()),
    };
    let Some(claimed) = &inspection.claimed else {
        return Finding::undetermined(NO_SECURITY_OBJECT);
    };
    let listed: Vec<File> = com.data_groups().collect();
    let signed: Vec<File> = claimed.data_groups().collect();
    let only = |these: &[File], those: &[File]| {
        these
            .iter()
            .filter(|file| !those.contains(file))
            .map(|file| file.name())
            .collect::<Vec<_>>()
            .join(", ")
    };
    match (
        only(&listed, &signed).as_str(),
        only(&signed, &listed).as_str(),
    ) {
        ("", "") => Finding::successful("the same data groups"),
        (com, "") => Finding::failed(format!("only in EF.COM: {com}")),
        ("", sod) => Finding::failed(format!("only in EF.SOD: {sod}")),
        (com, sod) => Finding::failed(format!("only in EF.COM: {com}; only in EF.SOD: {sod}")),
    }
}

/// EF.CardAccess is not signed. Whoever adds to it, or hides PACE to be given BAC, is found out by the copy in EF.DG14.
fn card_access_is_signed(inspection: &mut Inspection<'_, '_>) -> Finding {
    let Some(signed) = inspection.bytes(File::Dg14).and_then(signed_infos) else {
        let nothing_to_compare =
            inspection.card_access.is_none() && !inspection.unread.contains_key(&File::Dg14);
        return if nothing_to_compare {
            Finding::not_supported("no EF.CardAccess")
        } else {
            Finding::undetermined("EF.DG14 was not read")
        };
    };
    let nothing = SecurityInfos::default();
    let offered = inspection.card_access.as_ref().unwrap_or(&nothing);
    let unsigned = offered.missing_from(&signed).len();
    let hidden = signed
        .missing_from(offered)
        .into_iter()
        .filter(|info| matches!(info, SecurityInfo::Pace(_)))
        .count();
    match (unsigned, hidden) {
        (0, 0) if inspection.card_access.is_none() => Finding::not_supported("no EF.CardAccess"),
        (0, 0) if is_authentic(inspection, File::Dg14) => {
            Finding::successful("all of it is signed in EF.DG14")
        }
        (0, 0) => {
            Finding::undetermined("all of it is in EF.DG14, whose signature could not be verified")
        }
        (0, hidden) => Finding::failed(format!(
            "EF.CardAccess lacks {hidden} form(s) of PACE that EF.DG14 names"
        )),
        (unsigned, _) => Finding::failed(format!(
            "{unsigned} entries of EF.CardAccess are not in EF.DG14"
        )),
    }
}

fn signed_infos(dg14: &[u8]) -> Option<SecurityInfos> {
    Dg14::parse(dg14)
        .ok()
        .map(|parsed| parsed.value.security_infos)
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

fn finding_of(result: CheckResult) -> Finding {
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
