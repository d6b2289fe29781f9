//! What departs from the standard in a zone that was read.

use crate::alphabet::{FILLER, trim};
use crate::check_digit::check_digit;
use crate::date::MrzDate;
use crate::fields::Field;
use crate::finding::{Finding, Problem};
use crate::layout::{Checked, Format, Span};
use crate::zone::Zone;

/// All departures, in the order of the fields.
pub(super) fn findings(zone: &Zone) -> Vec<Finding> {
    let mut inspection = Inspection {
        zone,
        findings: Vec::new(),
    };
    inspection.document_code();
    inspection.state(Field::IssuingState, zone.layout.issuing_state);
    inspection.document_number();
    inspection.optional_data();
    inspection.date_of_birth();
    if zone.sex().is_none() {
        inspection.note(Field::Sex, zone.layout.sex.start, Problem::Characters);
    }
    inspection.date_of_expiry();
    inspection.state(Field::Nationality, zone.layout.nationality);
    inspection.composite();
    inspection.name();
    inspection.findings
}

/// Which rule of its size of document a code breaks (Doc 9303-4 §4.4, Doc 9303-5 §4.2.2, Doc 9303-6 §4.2.2,
/// Doc 9303-7 §4.2), fillers removed.
pub(super) fn document_code_fault(format: Format, code: &str) -> Option<&'static str> {
    let mut letters = code.chars();
    let (Some(first), second, None) = (letters.next(), letters.next(), letters.next()) else {
        return Some("one or two characters");
    };
    match (format, first, second) {
        (Format::Td1 | Format::Td2, 'A' | 'C' | 'I', Some('V')) => {
            Some("the second character is not V")
        }
        (Format::Td1, 'A', Some('I')) => Some("A is not followed by I"),
        (Format::Td2, 'A', Some('C')) => {
            Some("AC is only for crew member certificates of size TD1")
        }
        (Format::Td1 | Format::Td2, 'A' | 'C' | 'I', second) => {
            other_than(second, |c| c.is_ascii_uppercase() || c.is_ascii_digit())
        }
        (Format::Td1 | Format::Td2, ..) => Some("the first character is A, C or I"),
        (Format::Td3, 'P', second) => other_than(second, |c| PASSPORT_KINDS.contains(c)),
        (Format::Td3, ..) => Some("the first character is P"),
        (Format::MrvA | Format::MrvB, 'V', second) => {
            other_than(second, |c| c.is_ascii_uppercase())
        }
        (Format::MrvA | Format::MrvB, ..) => Some("the first character is V"),
    }
}

/// Ordinary, emergency, diplomatic, official, refugee, alien, stateless, laissez-passer, military
/// (Doc 9303-4 §4.4), single sheet (Doc 9303-8).
const PASSPORT_KINDS: &str = "PEDORTSLMU";

fn other_than(second: Option<char>, allowed: impl Fn(char) -> bool) -> Option<&'static str> {
    match second {
        Some(character) if !allowed(character) => Some("not a second character of this document"),
        _ => None,
    }
}

struct Inspection<'a> {
    zone: &'a Zone,
    findings: Vec<Finding>,
}

impl Inspection<'_> {
    fn note(&mut self, field: Field, at: usize, problem: Problem) {
        let width = self.zone.layout.width;
        self.findings.push(Finding {
            field,
            line: at / width + 1,
            position: at % width + 1,
            problem,
        });
    }

    fn document_code(&mut self) {
        let span = self.zone.layout.document_code;
        let code = self.zone.value(span);
        // Passports without a kind, or with a letter of an earlier edition, are met until 2038 (Doc 9303-4 §4.4).
        let is_old_passport = self.zone.layout.format == Format::Td3
            && code.starts_with('P')
            && code.chars().all(|c| c.is_ascii_uppercase());
        if !is_old_passport && document_code_fault(self.zone.layout.format, code).is_some() {
            self.note(Field::DocumentCode, span.start, Problem::DocumentCode);
        }
    }

    fn state(&mut self, field: Field, span: Span) {
        let code = self.zone.value(span);
        if code.is_empty() {
            self.note(field, span.start, Problem::Empty);
        } else if let Some(at) = code.find(|c: char| !c.is_ascii_uppercase()) {
            self.note(field, span.start + at, Problem::Characters);
        }
    }

    fn document_number(&mut self) {
        let number = self.zone.number();
        if number.head.is_empty() {
            let at = self.zone.layout.document_number.span.start;
            self.note(Field::DocumentNumber, at, Problem::Empty);
        }
        let covered = format!("{}{}", number.head, number.tail);
        self.check_digit(
            Field::DocumentNumber,
            &covered,
            number.digit,
            number.digit_at,
        );
    }

    fn optional_data(&mut self) {
        let Some(at) = self.zone.layout.optional_data_digit else {
            return;
        };
        let data = self.zone.value(self.zone.layout.optional_data);
        let printed = self.zone.character(at);
        // Empty data have a filler or a zero (Doc 9303-4 §4.2.2).
        if !(data.is_empty() && printed == FILLER) {
            self.check_digit(Field::OptionalData, data, printed, at);
        }
    }

    fn date_of_birth(&mut self) {
        let field = self.zone.layout.date_of_birth;
        let date = self.zone.part(field.span);
        if MrzDate::parse(date).is_err() {
            self.note(
                Field::DateOfBirth,
                field.span.start,
                Problem::ImpossibleDate,
            );
        }
        self.checked(Field::DateOfBirth, field);
    }

    fn date_of_expiry(&mut self) {
        let field = self.zone.layout.date_of_expiry;
        if !self.zone.date(field).is_complete() {
            self.note(
                Field::DateOfExpiry,
                field.span.start,
                Problem::ImpossibleDate,
            );
        }
        self.checked(Field::DateOfExpiry, field);
    }

    fn name(&mut self) {
        let span = self.zone.layout.name;
        let name = self.zone.part(span);
        if name.starts_with(FILLER) {
            self.note(Field::Name, span.start, Problem::Empty);
        }
        if let Some(at) = name.find(|c: char| !c.is_ascii_uppercase() && c != FILLER) {
            self.note(Field::Name, span.start + at, Problem::Characters);
        }
    }

    fn composite(&mut self) {
        let Some((spans, at)) = self.zone.layout.composite else {
            return;
        };
        let covered: String = spans.iter().map(|span| self.zone.part(*span)).collect();
        let printed = self.zone.character(at);
        self.check_digit(Field::Composite, &covered, printed, at);
    }

    fn checked(&mut self, field: Field, place: Checked) {
        let covered = trim(self.zone.part(place.span)).to_owned();
        let printed = self.zone.character(place.digit);
        self.check_digit(field, &covered, printed, place.digit);
    }

    fn check_digit(&mut self, field: Field, covered: &str, printed: char, at: usize) {
        // The alphabet was checked before, so there always is a digit.
        let Ok(computed) = check_digit(covered) else {
            return;
        };
        if printed != computed {
            self.note(field, at, Problem::CheckDigit { printed, computed });
        }
    }
}
