//! EF.DG1.

use lds::{Deviation, Dg1, File};
use mrz::Field;

use super::Test::{Length, Rule, Tag};
use super::{Finding, Held, Predicate, broken, inside, outer, parsed, require};
use crate::conformance::Knowledge;

#[rustfmt::skip]
pub(super) const TABLE: &[Predicate] = &[
    Predicate::new("dg1-tag", "Doc 9303-10 §4.7.1", "EF.DG1 has the tag 61", Tag(File::Dg1)),
    Predicate::new("dg1-length", "Doc 9303-10 §4.7.1", "EF.DG1 is one data object, all there, with the shortest length", Length(File::Dg1)),
    Predicate::new("dg1-zone", "Doc 9303-10 §4.7.1", "the object 5F1F holds a zone of 72, 88 or 90 characters", Rule(zone)),
    Predicate::new("dg1-document-code", "Doc 9303-3 §4.4", "the document code is one of this size of document", Rule(|k| field(k, &[Field::DocumentCode]))),
    Predicate::new("dg1-issuing-state", "Doc 9303-3 §5", "the issuing state is a code of letters, filled up at its end", Rule(issuing_state)),
    Predicate::new("dg1-name", "Doc 9303-3 §4.6", "the name is letters and fillers and begins with a primary identifier", Rule(name)),
    Predicate::new("dg1-document-number", "Doc 9303-3 §4.9", "document number and check digit fit", Rule(|k| field(k, &[Field::DocumentNumber]))),
    Predicate::new("dg1-nationality", "Doc 9303-3 §5", "the nationality is a code of letters, filled up at its end", Rule(nationality)),
    Predicate::new("dg1-date-of-birth", "Doc 9303-3 §4.8", "the date of birth is possible and its check digit fits", Rule(|k| field(k, &[Field::DateOfBirth]))),
    Predicate::new("dg1-sex", "Doc 9303-3 §4.4", "the sex is M, F or a filler", Rule(|k| field(k, &[Field::Sex]))),
    Predicate::new("dg1-date-of-expiry", "Doc 9303-3 §4.8", "the date of expiry is possible and its check digit fits", Rule(|k| field(k, &[Field::DateOfExpiry]))),
    Predicate::new("dg1-optional-data", "Doc 9303-3 §4.4", "optional data are of allowed characters, with a right check digit where there is one", Rule(|k| field(k, &[Field::OptionalData, Field::FurtherOptionalData]))),
    Predicate::new("dg1-composite", "Doc 9303-3 §4.9", "the composite check digit fits", Rule(|k| field(k, &[Field::Composite]))),
    Predicate::new("dg1-printed", "Doc 9303-10 §4.7.1", "EF.DG1 is the zone that is printed", Rule(printed)),
];

fn zone(knowledge: &Knowledge) -> Held {
    const LENGTHS: [usize; 3] = [72, 88, 90];
    let length = inside(&outer(knowledge, File::Dg1)?, 0x5F1F)?.value.len();
    require(LENGTHS.contains(&length), || format!("{length} characters"))
}

/// No finding of the parser speaks of these fields.
fn field(knowledge: &Knowledge, fields: &[Field]) -> Held {
    let deviations = parsed::<Dg1>(knowledge)?.deviations;
    let of_field = deviations.iter().find_map(|deviation| match deviation {
        Deviation::Mrz(finding) if fields.contains(&finding.field) => Some(finding),
        _ => None,
    });
    match of_field {
        Some(finding) => broken(finding.to_string()),
        None => Ok(()),
    }
}

fn issuing_state(knowledge: &Knowledge) -> Held {
    field(knowledge, &[Field::IssuingState])?;
    code(parsed::<Dg1>(knowledge)?.value.mrz().issuing_state())
}

fn nationality(knowledge: &Knowledge) -> Held {
    field(knowledge, &[Field::Nationality])?;
    code(parsed::<Dg1>(knowledge)?.value.mrz().nationality())
}

/// Letters, then fillers.
fn code(code: &str) -> Held {
    let letters = code.trim_end_matches('<');
    let right = !letters.is_empty() && letters.chars().all(|letter| letter.is_ascii_uppercase());
    require(right, || "no code of letters".to_owned())
}

fn name(knowledge: &Knowledge) -> Held {
    field(knowledge, &[Field::Name])?;
    let primary = parsed::<Dg1>(knowledge)?.value.mrz().primary_identifier();
    require(!primary.is_empty(), || "no primary identifier".to_owned())
}

fn printed(knowledge: &Knowledge) -> Held {
    let nothing = || Finding::Absent("printed zone to compare with".to_owned());
    let printed = knowledge.printed_mrz.as_deref().ok_or_else(nothing)?;
    let stored = parsed::<Dg1>(knowledge)?.value;
    require(stored.characters() == printed, || "another zone".to_owned())
}
