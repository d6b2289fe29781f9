//! Reading the files of the application.

use lds::{Access as FileAccess, File};
use pki::security_object::SecurityObject;
use protocols::terminal_authentication::Rights;

use super::departures;
use crate::check::{CheckKind, Finding, Weight};
use crate::procedure::{Inspection, Step};
use crate::read::ReadError;

const fn reading(id: &'static str, title: &'static str, clause: &'static str) -> CheckKind {
    CheckKind {
        id,
        title,
        clause,
        weight: Weight::Evaluatory,
    }
}

pub(crate) const READ_COM: Step = Step::with_access(
    reading("com", "Read EF.COM", "Doc 9303-10 §4.6.1"),
    |inspection| read_one(inspection, File::Com),
);

pub(crate) const READ_SOD: Step = Step::with_access(
    reading("sod", "Read EF.SOD", "Doc 9303-10 §4.6.2"),
    read_sod,
);

pub(crate) const READ_DG14: Step = Step::with_access(
    reading(
        "dg14",
        "Read EF.DG14: security options",
        "Doc 9303-10 §4.7.14",
    ),
    |inspection| read_if_listed(inspection, File::Dg14),
);

pub(crate) const READ_DG1: Step = Step::with_access(
    reading(
        "dg1",
        "Read EF.DG1: machine readable zone",
        "Doc 9303-10 §4.7.1",
    ),
    |inspection| read_one(inspection, File::Dg1),
);

pub(crate) const READ_DG15: Step = Step::with_access(
    reading(
        "dg15",
        "Read EF.DG15: key of active authentication",
        "Doc 9303-10 §4.7.15",
    ),
    |inspection| read_if_listed(inspection, File::Dg15),
);

pub(crate) const READ_DG2: Step = Step::with_access(
    reading("dg2", "Read EF.DG2: face", "Doc 9303-10 §4.7.2"),
    |inspection| read_one(inspection, File::Dg2),
);

pub(crate) const READ_OTHER_DATA_GROUPS: Step = Step::with_access(
    reading(
        "other-data-groups",
        "Read the other data groups",
        "Doc 9303-10 §4.7",
    ),
    read_others,
);

pub(crate) const READ_PROTECTED_DATA_GROUPS: Step = Step::with_access(
    reading(
        "protected-data-groups",
        "Fingerprints and irises",
        "Doc 9303-11 §7.1",
    ),
    read_protected,
);

pub(super) fn read_one(inspection: &mut Inspection<'_, '_>, file: File) -> Finding {
    if !inspection.files.contains_key(&file)
        && let Err(error) = inspection.read(file)
    {
        return not_read(error);
    }
    let bytes = inspection.bytes(file).unwrap_or_default();
    let (len, departures) = (bytes.len(), departures::of(file, bytes));
    inspection.tolerate(departures);
    Finding::successful(format!("{len} bytes"))
}

fn not_read(error: ReadError) -> Finding {
    match error {
        ReadError::Absent(_) => Finding::not_supported(error.to_string()),
        ReadError::Line(_) => Finding::aborted(error.to_string()),
        ReadError::Denied(_) | ReadError::Refused(_) => Finding::undetermined(error.to_string()),
        ReadError::Malformed(_) => Finding::failed(error.to_string()),
    }
}

/// EF.SOD comes first of the large files: it says which data groups there are and how they are hashed.
fn read_sod(inspection: &mut Inspection<'_, '_>) -> Finding {
    let bytes = match inspection.read(File::Sod) {
        Ok(read) => read.as_bytes().to_vec(),
        Err(error) => return not_read(error),
    };
    let claimed = SecurityObject::parse(&bytes).map(|object| object.lds_security_object().clone());
    match claimed {
        Ok(claimed) => {
            let groups: Vec<&str> = claimed.data_groups().map(File::name).collect();
            let finding = Finding::successful(format!(
                "{} bytes, lists {}",
                bytes.len(),
                groups.join(", ")
            ));
            inspection.claimed = Some(claimed);
            finding
        }
        Err(error) => Finding::failed(error.to_string()),
    }
}

fn read_if_listed(inspection: &mut Inspection<'_, '_>, file: File) -> Finding {
    if is_listed(inspection, file) {
        read_one(inspection, file)
    } else {
        not_listed(inspection, "not listed in EF.SOD")
    }
}

/// What is not listed is not there if EF.SOD says so. EF.COM is not signed, and says nothing for sure.
fn not_listed(inspection: &Inspection<'_, '_>, by_security_object: &str) -> Finding {
    match (&inspection.claimed, inspection.bytes(File::Com)) {
        (Some(_), _) => Finding::not_supported(by_security_object),
        (None, Some(_)) => {
            Finding::undetermined("not listed in EF.COM, and EF.SOD could not be asked")
        }
        (None, None) => Finding::undetermined("neither EF.SOD nor EF.COM could be asked"),
    }
}

/// Without a readable EF.SOD, EF.COM is asked; nothing that rests on it will be called authentic.
fn is_listed(inspection: &Inspection<'_, '_>, file: File) -> bool {
    data_groups(inspection).contains(&file)
}

fn data_groups(inspection: &Inspection<'_, '_>) -> Vec<File> {
    use lds::FileContent as _;
    match &inspection.claimed {
        Some(claimed) => claimed.data_groups().collect(),
        None => inspection
            .bytes(File::Com)
            .and_then(|com| lds::EfCom::parse(com).ok())
            .map(|com| com.value.data_groups().collect())
            .unwrap_or_default(),
    }
}

fn read_others(inspection: &mut Inspection<'_, '_>) -> Finding {
    let wanted: Vec<File> = data_groups(inspection)
        .into_iter()
        .filter(|file| {
            file.access() != FileAccess::TerminalAuthentication
                && !inspection.files.contains_key(file)
        })
        .filter(|file| !inspection.unread.contains_key(file))
        .collect();
    if wanted.is_empty() {
        return not_listed(inspection, "there are no others");
    }
    let mut read = Vec::new();
    let mut missing = Vec::new();
    for file in wanted {
        match inspection.read(file) {
            Ok(content) => {
                let departures = departures::of(file, content.as_bytes());
                inspection.tolerate(departures);
                read.push(file.name());
            }
            Err(error @ ReadError::Line(_)) => return not_read(error),
            Err(error) => missing.push(format!("{}: {error}", file.name())),
        }
    }
    if missing.is_empty() {
        Finding::successful(read.join(", "))
    } else {
        Finding::undetermined(format!("not read: {}", missing.join("; ")))
    }
}

fn read_protected(inspection: &mut Inspection<'_, '_>) -> Finding {
    let listed = protected(inspection);
    if listed.is_empty() {
        return not_listed(inspection, "the document has none");
    }
    let rights = inspection
        .terminal_authentication
        .as_ref()
        .and_then(|shown| shown.rights);
    let (wanted, not_granted): (Vec<File>, Vec<File>) = listed
        .into_iter()
        .partition(|file| rights.is_none_or(|rights| is_granted(rights, *file)));
    let (mut read, mut closed) = (Vec::new(), Vec::new());
    for file in wanted {
        match inspection.read(file) {
            Ok(_) => read.push(file.name()),
            Err(error @ ReadError::Line(_)) => return not_read(error),
            Err(_) => closed.push(file.name()),
        }
    }
    match (rights, closed.as_slice(), not_granted.as_slice()) {
        (None, [], _) => Finding::successful(
            "readable without terminal authentication: the issuer does not protect them",
        ),
        (None, closed, _) => Finding::undetermined(format!(
            "closed without terminal authentication: {}",
            closed.join(" and ")
        )),
        (Some(_), [], []) => Finding::successful(read.join(", ")),
        (Some(_), [], not_granted) => {
            let names: Vec<&str> = not_granted.iter().map(|file| file.name()).collect();
            Finding::undetermined(format!(
                "the certificates of this terminal do not allow {}",
                names.join(" and ")
            ))
        }
        (Some(_), closed, _) => Finding::undetermined(format!(
            "closed in spite of terminal authentication: {}",
            closed.join(" and ")
        )),
    }
}

/// The data groups of the document that need terminal authentication.
pub(super) fn protected(inspection: &Inspection<'_, '_>) -> Vec<File> {
    let all = data_groups(inspection).into_iter();
    all.filter(|file| file.access() == FileAccess::TerminalAuthentication)
        .collect()
}

const fn is_granted(rights: Rights, file: File) -> bool {
    match file {
        File::Dg3 => rights.fingers,
        File::Dg4 => rights.irises,
        _ => false,
    }
}
