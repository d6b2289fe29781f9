//! Lint: certificates, CRLs, master lists, deviation lists and EF.SOD against every rule of their profiles
//! (Doc 9303-12 §4 to §10, Doc 9303-10 §4.6.2).
//!
//! Reading for use forgives; lint does not. Each rule is a line of [`RULES`] with a name that stays, its clause and its
//! weight, and each check names the rule it is for, so that what is found can be counted by rule. Which kind of certificate
//! one is, is worked out from the certificate, and stands in the report.
//!
//! Where a rule is newer than a certificate, the profile of the sixth edition covers it (Doc 9303-12 Appendix C): the finding
//! is then a notice, and marked. Which line of the profiles is covered by which rules, and which cannot be checked in a file,
//! is listed in `tests/lint/coverage.rs`.

mod algorithms;
mod alternative_names;
mod certificate;
mod crl;
mod deviation_list;
mod encoding;
mod extensions;
mod fields;
mod issuer;
mod key_usage;
mod master_list;
mod names;
mod object_kind;
mod periods;
mod public_key;
mod report;
mod role;
mod rule;
mod rules;
mod security_object;
mod sheet;
mod signed_data;
mod times;
mod view;

use crate::Result;
use crate::ber::{Cursor, Element, Tag, to_der};
use crate::certificate::Certificate;
use crate::deviation::Deviations;

use certificate::Candidate;
use issuer::Issuers;
use object_kind::Shape;
use sheet::Sheet;

pub use object_kind::{Kinds, ObjectKind};
pub use report::{Finding, LintReport, LintedObject, Place, RuleCount};
pub use rule::{Rule, Severity};
pub use rules::RULES;

/// Longest file that is examined; a deviation list of 350,000 document numbers has about 4 MB.
pub const MAX_FILE_LEN: usize = 32 * 1024 * 1024;
/// Tag number of EF.SOD in the application class.
const EF_SOD_NUMBER: u32 = 0x77 & 0x1F;

/// The certificates that stand around an object.
struct Certificates<'c> {
    /// Those the caller has given.
    given: &'c [Certificate],
    /// All in which an issuer is looked for.
    issuers: Issuers<'c>,
    /// Whether offsets are those of the file.
    with_offsets: bool,
}

/// Checks one file in DER or BER. The kind is worked out from its content unless it is given; `issuers` are certificates
/// against which what is in the file is checked, beside those it brings itself.
#[must_use]
pub fn lint(bytes: &[u8], kind: Option<ObjectKind>, issuers: &[Certificate]) -> LintReport {
    let faults = match bytes.len() {
        0..=MAX_FILE_LEN => encoding::faults(bytes),
        _ => return not_recognised(kind, "a file of more than 32 MiB"),
    };
    // What is BER is examined in its DER form, in which nothing is where it was.
    let rewritten = faults.iter().any(|fault| fault.needs_rewriting);
    let mut report = if rewritten {
        match to_der(bytes) {
            Ok(der) => lint_der(&der, kind, issuers, false),
            Err(_) => not_recognised(kind, "BER that cannot be followed"),
        }
    } else {
        lint_der(bytes, kind, issuers, true)
    };
    if let Some(object) = report.objects.first_mut() {
        sheet::amend(object, |sheet| {
            for fault in faults {
                sheet.find(&rules::DER, fault.at, fault.found, "DER");
            }
        });
    }
    report
}

fn lint_der(
    bytes: &[u8],
    kind: Option<ObjectKind>,
    given: &[Certificate],
    with_offsets: bool,
) -> LintReport {
    let guessed = Shape::guess(bytes);
    let Some(shape) = kind.map(|kind| Shape::of(kind, guessed)).or(guessed) else {
        return not_recognised(kind, "none of them");
    };
    let certificates = Certificates {
        given,
        issuers: Issuers::new(given.iter()),
        with_offsets,
    };
    let deviations = Deviations::default();
    let mut file = Cursor::new(bytes, &deviations);
    let mut objects = match file.next("file") {
        Ok(element) => lint_element(element, shape, kind, &certificates),
        Err(_) => return not_recognised(kind, "bytes that are no ASN.1"),
    };
    if let Some(first) = objects.first_mut().filter(|_| !file.is_empty()) {
        let found = format!("{} bytes behind the end", bytes.len() - file.at());
        sheet::amend(first, |sheet| {
            sheet.find(&rules::TRAILING, file.at(), found, "none");
        });
    }
    LintReport { objects }
}

fn lint_element(
    element: Element<'_>,
    shape: Shape,
    kind: Option<ObjectKind>,
    certificates: &Certificates<'_>,
) -> Vec<LintedObject> {
    match shape {
        Shape::Certificate => {
            let candidate = Candidate::new(element, Place::File, certificates.with_offsets);
            vec![candidate.check(kind, certificates)]
        }
        Shape::Crl => vec![crl::check(element, certificates)],
        Shape::MasterList => master_list::check(element, certificates),
        Shape::BareMasterList => master_list::check_bare(element, certificates),
        Shape::DeviationList => deviation_list::check(element, certificates),
        Shape::BareSecurityObject => security_object::check(element, true, certificates),
        Shape::SecurityObject => match inside_ef_sod(&element) {
            Ok(inside) => security_object::check(inside, false, certificates),
            Err(error) => {
                let kind = Some(ObjectKind::SecurityObject);
                let mut sheet = Sheet::new(Place::File, kind, certificates.with_offsets);
                certificate::unreadable(&error, 0, &mut sheet);
                vec![sheet.finish()]
            }
        },
    }
}

fn inside_ef_sod<'a>(element: &Element<'a>) -> Result<Element<'a>> {
    if element.tag != Tag::application(EF_SOD_NUMBER) {
        return Ok(*element);
    }
    element.explicit(Tag::SEQUENCE, "EF.SOD")
}

fn not_recognised(kind: Option<ObjectKind>, found: &str) -> LintReport {
    let mut sheet = Sheet::new(Place::File, kind, true);
    let expected = "a certificate, CRL, master list, deviation list or EF.SOD";
    sheet.find(&rules::RECOGNISED, 0, found, expected);
    LintReport {
        objects: vec![sheet.finish()],
    }
}
