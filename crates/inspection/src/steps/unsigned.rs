//! Files that nobody signs against what is signed: EF.COM against EF.SOD, EF.CardAccess against EF.DG14 and EF.CardSecurity.

use lds::{Dg14, EfCom, File, FileContent, SecurityInfo, SecurityInfos};
use pki::CardSecurity;

use super::passive::{is_authentic, kind, no_security_object};
use crate::check::{Finding, Weight};
use crate::procedure::{Inspection, Step};
use crate::read::ReadError;
use crate::report::Source;

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
        "EF.CardAccess against EF.DG14 and EF.CardSecurity",
        "Doc 9303-11 §4.2",
        Weight::Optional,
    ),
    card_access_is_signed,
);

fn com_against_sod(inspection: &mut Inspection<'_, '_>) -> Finding {
    let Some(com) = inspection.bytes(File::Com) else {
        let is_absent = matches!(
            inspection.unread.get(&File::Com),
            Some(ReadError::Absent(_))
        );
        return Finding::not_supported(if is_absent {
            "no EF.COM"
        } else {
            "EF.COM was not read"
        });
    };
    let com = match EfCom::parse(com) {
        Ok(parsed) => {
            inspection.tolerate(&parsed.deviations);
            parsed.value
        }
        Err(error) => return Finding::failed(error.to_string()),
    };
    let Some(claimed) = &inspection.claimed else {
        return no_security_object(inspection);
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

/// EF.CardAccess is not signed. Whoever adds to it, or hides PACE to be given BAC, is found out by the copies in EF.DG14 and
/// EF.CardSecurity. Files that were read before hide nothing by lacking it.
fn card_access_is_signed(inspection: &mut Inspection<'_, '_>) -> Finding {
    let copies = signed_copies(inspection);
    if copies.is_empty() {
        let nothing_to_compare =
            inspection.card_access.is_none() && !inspection.unread.contains_key(&File::Dg14);
        return if nothing_to_compare {
            Finding::not_supported(no_card_access(inspection))
        } else {
            Finding::undetermined("EF.DG14 was not read")
        };
    }
    if inspection.source == Source::Files && !inspection.files.contains_key(&File::CardAccess) {
        return Finding::undetermined(no_card_access(inspection));
    }
    let compared = copies.iter().map(|copy| against(inspection, copy));
    compared
        .max_by_key(|finding| finding.outcome)
        .unwrap_or_else(|| Finding::undetermined("EF.DG14 was not read"))
}

/// A file that repeats EF.CardAccess under a signature.
struct SignedCopy {
    file: File,
    infos: SecurityInfos,
    is_authentic: bool,
}

fn signed_copies(inspection: &Inspection<'_, '_>) -> Vec<SignedCopy> {
    let dg14 = inspection.bytes(File::Dg14).and_then(|bytes| {
        Some(SignedCopy {
            file: File::Dg14,
            infos: Dg14::parse(bytes).ok()?.value.security_infos,
            is_authentic: is_authentic(inspection, File::Dg14),
        })
    });
    let card_security = inspection.bytes(File::CardSecurity).and_then(|bytes| {
        let authenticated = inspection.card_security.as_ref();
        Some(SignedCopy {
            file: File::CardSecurity,
            infos: CardSecurity::parse(bytes).ok()?.security_infos().clone(),
            is_authentic: authenticated.is_some_and(|file| file.verified().is_some()),
        })
    });
    dg14.into_iter().chain(card_security).collect()
}

fn against(inspection: &Inspection<'_, '_>, copy: &SignedCopy) -> Finding {
    let nothing = SecurityInfos::default();
    let offered = inspection.card_access.as_ref().unwrap_or(&nothing);
    let unsigned = offered.missing_from(&copy.infos).len();
    let hidden = copy
        .infos
        .missing_from(offered)
        .into_iter()
        .filter(|info| matches!(info, SecurityInfo::Pace(_)))
        .count();
    let file = copy.file.name();
    match (unsigned, hidden) {
        (0, 0) if inspection.card_access.is_none() => {
            Finding::not_supported(no_card_access(inspection))
        }
        (0, 0) if copy.is_authentic => {
            Finding::successful(format!("all of it is signed in {file}"))
        }
        (0, 0) => Finding::undetermined(format!(
            "all of it is in {file}, whose signature could not be verified"
        )),
        (0, hidden) => Finding::failed(format!(
            "EF.CardAccess lacks {hidden} form(s) of PACE that {file} names"
        )),
        (unsigned, _) => Finding::failed(format!(
            "{unsigned} entries of EF.CardAccess are not in {file}"
        )),
    }
}

fn no_card_access(inspection: &Inspection<'_, '_>) -> &'static str {
    if inspection.files.contains_key(&File::CardAccess) {
        "EF.CardAccess cannot be understood"
    } else if inspection.source == Source::Files {
        "EF.CardAccess is not among the files"
    } else if matches!(
        inspection.unread.get(&File::CardAccess),
        Some(ReadError::Absent(_))
    ) {
        "no EF.CardAccess"
    } else {
        "EF.CardAccess was not read"
    }
}
