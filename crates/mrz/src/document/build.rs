//! From checked fields to the characters of a zone.

use crate::alphabet::{self, FILLER};
use crate::check_digit::check_digit;
use crate::document::inspect;
use crate::fields::{Field, Fields};
use crate::layout::{Checked, Format, Layout, Span};
use crate::name::MrzName;
use crate::zone::Zone;
use crate::{Error, Result};

/// The zone of the fields; `further` stands in line 2 of TD1.
pub(super) fn zone(
    format: Format,
    fields: &Fields<'_>,
    optional: &str,
    further: &str,
) -> Result<Zone> {
    let layout = format.layout();
    let name = MrzName::fit(
        fields.primary_identifier,
        fields.secondary_identifier,
        layout.name.len(),
    )?;
    let code = fields.document_code.trim_end_matches(FILLER);
    if let Some(what) = inspect::document_code_fault(format, code) {
        let field = Field::DocumentCode;
        return Err(Error::Value { field, what });
    }
    if !fields.date_of_expiry.is_complete() {
        let field = Field::DateOfExpiry;
        let what = "no part of an expiry may be unknown";
        return Err(Error::Value { field, what });
    }

    let mut sheet = Sheet::new(layout);
    sheet.put(layout.document_code, code);
    sheet.put(
        layout.issuing_state,
        state(Field::IssuingState, fields.issuing_state)?,
    );
    sheet.put(
        layout.nationality,
        state(Field::Nationality, fields.nationality)?,
    );
    sheet.put(layout.name, name.field());
    sheet.put_checked(layout.date_of_birth, fields.date_of_birth.as_str())?;
    sheet.put(layout.sex, fields.sex.letter().encode_utf8(&mut [0; 4]));
    sheet.put_checked(layout.date_of_expiry, fields.date_of_expiry.as_str())?;
    put_number_and_optional_data(&mut sheet, fields.document_number, optional)?;
    if let Some(span) = layout.further_optional_data {
        let field = Field::FurtherOptionalData;
        sheet.put(span, optional_data(field, further, span.len())?);
    }
    sheet.seal()
}

/// The number and, because a long one runs into them, the optional data.
fn put_number_and_optional_data(sheet: &mut Sheet, number: &str, optional: &str) -> Result<()> {
    let layout = sheet.layout;
    check_number(layout, number)?;
    let place = layout.document_number;
    let room = layout.optional_data.len();
    let Some((head, tail)) = number
        .split_at_checked(place.span.len())
        .filter(|(_, tail)| !tail.is_empty())
    else {
        let optional = optional_data(Field::OptionalData, optional, room)?;
        sheet.put_checked(place, number)?;
        sheet.put(layout.optional_data, optional);
        if let Some(digit) = layout.optional_data_digit {
            sheet.put_digit(digit, optional)?;
        }
        return Ok(());
    };
    // The rest of the number, its check digit and a filler come first.
    let taken = tail.len() + 2;
    let left = room.checked_sub(taken).ok_or(Error::Value {
        field: Field::DocumentNumber,
        what: "too long for this size of document",
    })?;
    let optional = optional_data(Field::OptionalData, optional, left)?;
    let digit = check_digit(number)?;
    sheet.put(place.span, head);
    sheet.put(
        layout.optional_data,
        &format!("{tail}{digit}{FILLER}{optional}"),
    );
    Ok(())
}

fn check_number(layout: &Layout, number: &str) -> Result<()> {
    let refused = |what| {
        let field = Field::DocumentNumber;
        Err(Error::Value { field, what })
    };
    let is_long = number.len() > layout.document_number.span.len();
    if is_long && !layout.has_long_numbers {
        return refused("longer than the nine characters of this size of document");
    }
    if !number.chars().all(alphabet::contains) {
        return refused("only letters A–Z, digits and fillers are possible");
    }
    if number.is_empty() || number.starts_with(FILLER) || number.ends_with(FILLER) {
        return refused("neither empty nor with a filler at either end");
    }
    if is_long && number.contains(FILLER) {
        return refused("no filler inside a number of more than nine characters");
    }
    Ok(())
}

/// Optional data that a reader gets back as they are.
fn optional_data(field: Field, text: &str, room: usize) -> Result<&str> {
    let refused = |what| Err(Error::Value { field, what });
    if text.len() > room {
        return refused("longer than the room that is left");
    }
    if !text.chars().all(alphabet::contains) {
        return refused("only letters A–Z, digits and fillers are possible");
    }
    Ok(text)
}

/// One to three letters, with or without the fillers behind.
fn state(field: Field, text: &str) -> Result<&str> {
    let letters = alphabet::trim(text);
    let is_code =
        (1..=3).contains(&letters.len()) && letters.chars().all(|c| c.is_ascii_uppercase());
    if is_code {
        Ok(letters)
    } else {
        let what = "one to three letters A–Z";
        Err(Error::Value { field, what })
    }
}

/// The zone while it is filled in.
struct Sheet {
    layout: &'static Layout,
    cells: Vec<char>,
}

impl Sheet {
    fn new(layout: &'static Layout) -> Self {
        let cells = vec![FILLER; layout.lines * layout.width];
        Self { layout, cells }
    }

    fn put(&mut self, span: Span, text: &str) {
        let places = self.cells.iter_mut().take(span.end).skip(span.start);
        for (place, character) in places.zip(text.chars()) {
            *place = character;
        }
    }

    fn put_checked(&mut self, field: Checked, text: &str) -> Result<()> {
        self.put(field.span, text);
        self.put_digit(field.digit, text)
    }

    /// Fillers count 0, so the check digit over a text is that over its whole field.
    fn put_digit(&mut self, at: usize, text: &str) -> Result<()> {
        let digit = check_digit(text)?;
        if let Some(place) = self.cells.get_mut(at) {
            *place = digit;
        }
        Ok(())
    }

    /// Adds the composite check digit.
    fn seal(mut self) -> Result<Zone> {
        if let Some((spans, at)) = self.layout.composite {
            let covered: String = spans
                .iter()
                .flat_map(|span| self.cells.iter().take(span.end).skip(span.start))
                .collect();
            self.put_digit(at, &covered)?;
        }
        Ok(Zone::new(self.layout, self.cells.into_iter().collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MrzDate, Sex};

    fn fields() -> Fields<'static> {
        Fields {
            document_code: "I",
            issuing_state: "UTO",
            document_number: "X12345678",
            nationality: "UTO",
            date_of_birth: MrzDate::UNKNOWN,
            sex: Sex::Unspecified,
            date_of_expiry: MrzDate::parse("350101").unwrap(),
            primary_identifier: "SPECIMEN",
            secondary_identifier: "TEST",
        }
    }

    /// For each size, a value of a field that it refuses and the field it names.
    #[test]
    fn refuses_values_and_names_their_field() {
        type Set = fn(&mut Fields<'static>, &'static str);
        let code: Set = |fields, value| fields.document_code = value;
        let issuer: Set = |fields, value| fields.issuing_state = value;
        let nationality: Set = |fields, value| fields.nationality = value;
        let number: Set = |fields, value| fields.document_number = value;
        let primary: Set = |fields, value| fields.primary_identifier = value;
        let secondary: Set = |fields, value| fields.secondary_identifier = value;
        let states = ["", "UTOP", "UT0", "<<<", "uto"];
        let codes = ["", "P", "IV", "AI", "i", "I-", "IDX"];
        let numbers = [
            "",
            "X-1",
            "<1",
            "1<",
            "12345<789012",
            "12345678901234567890123",
        ];
        let cases: [(Format, Field, Set, &[&str]); 9] = [
            (Format::Td1, Field::DocumentCode, code, &codes),
            (Format::Td2, Field::DocumentCode, code, &["AC"]),
            (Format::Td3, Field::DocumentCode, code, &["I", "PX", "P1"]),
            (Format::Td1, Field::IssuingState, issuer, &states),
            (Format::Td1, Field::Nationality, nationality, &states),
            (Format::Td1, Field::DocumentNumber, number, &numbers),
            (
                Format::Td2,
                Field::DocumentNumber,
                number,
                &["123456789012345"],
            ),
            (
                Format::Td1,
                Field::Name,
                primary,
                &["", " ", "<", "Specimen"],
            ),
            (Format::Td1, Field::Name, secondary, &["ĐỖ", "A1"]),
        ];
        for (format, expected, set, values) in cases {
            for value in values {
                let mut fields = fields();
                set(&mut fields, value);
                check(format, &fields, "", expected);
            }
        }
    }

    #[test]
    fn refuses_what_does_not_fit_together() {
        let long = Fields {
            document_number: "123456789012",
            ..fields()
        };
        let passport = Fields {
            document_code: "PP",
            ..fields()
        };
        let long_passport = Fields {
            document_number: "123456789012",
            ..passport
        };
        let endless = Fields {
            date_of_expiry: MrzDate::UNKNOWN,
            ..fields()
        };
        check(Format::Td3, &long_passport, "", Field::DocumentNumber);
        check(Format::Td1, &long, "12345678901", Field::OptionalData);
        check(
            Format::Td1,
            &fields(),
            "1234567890123456",
            Field::OptionalData,
        );
        check(Format::Td3, &passport, "12 34", Field::OptionalData);
        check(Format::Td1, &endless, "", Field::DateOfExpiry);
    }

    fn check(format: Format, fields: &Fields<'_>, optional: &str, expected: Field) {
        let error = zone(format, fields, optional, "").map(|_| ()).unwrap_err();
        assert!(
            matches!(error, Error::Value { field, .. } if field == expected),
            "{expected}: {error}"
        );
    }
}
