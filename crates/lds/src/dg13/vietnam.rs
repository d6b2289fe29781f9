//! EF.DG13 of the Vietnamese citizen card: the holder's particulars beyond the machine readable zone.
//!
//! ```text
//! 6D { SEQUENCE { INTEGER 1, OBJECT IDENTIFIER 1.0.10646.1.0.8, SET { SEQUENCE { INTEGER id, value } … } } }
//! ```
//!
//! There is no public standard. The layout is what readers of real cards agree on: fields are found by their id, may be
//! missing, empty or without a value, and stand in ascending order, which is not the order of a DER SET.

mod fields;

use core::fmt;

use const_oid::ObjectIdentifier;
use iso7816::tlv::{Tlv, Writer};
use time::{Date, Month};

use self::fields::{FieldReader, write_names, write_text};
use super::Dg13;
use crate::asn1::{self, INTEGER, OBJECT_IDENTIFIER, SEQUENCE, SET};
use crate::data_object::{self, Row};
use crate::file_content::open;
use crate::{DataObject, Deviation, Deviations, Error, FileContent, Parsed, Result};

/// Most octets of the whole file: readers reserve no more.
pub const MAX_LEN: usize = 700;

const VERSION: u8 = 1;
/// The UTF-8 form of ISO 10646.
const UTF8: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.0.10646.1.0.8");

/// The holder of a Vietnamese citizen card.
///
/// `None` is written as a field without a value, so that every id up to 16 occurs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VietnamCitizen {
    /// 1: personal number, twelve digits.
    pub personal_number: Option<String>,
    /// 2: full name, with diacritics.
    pub full_name: Option<String>,
    /// 3: date of birth.
    pub date_of_birth: Option<CitizenDate>,
    /// 4: sex, `Nam` or `Nữ`.
    pub sex: Option<String>,
    /// 5: nationality.
    pub nationality: Option<String>,
    /// 6: ethnic group.
    pub ethnic_group: Option<String>,
    /// 7: religion.
    pub religion: Option<String>,
    /// 8: place of origin; on cards of 2024 the place where the birth was registered.
    pub place_of_origin: Option<String>,
    /// 9: place of residence.
    pub place_of_residence: Option<String>,
    /// 10: identifying marks.
    pub identifying_marks: Option<String>,
    /// 11: date of issue.
    pub date_of_issue: Option<CitizenDate>,
    /// 12: date of expiry.
    pub date_of_expiry: Option<CitizenDate>,
    /// 13, first place: name of the father.
    pub father: Option<String>,
    /// 13, second place: name of the mother.
    pub mother: Option<String>,
    /// 14: name of the spouse.
    pub spouse: Option<String>,
    /// 15: number of the identity card before.
    pub previous_number: Option<String>,
    /// 16: identifier of the chip, sixteen hexadecimal digits.
    pub chip_identifier: Option<String>,
    /// Fields that are not known or were not understood, whole.
    pub other: Vec<DataObject>,
}

/// A date of the card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CitizenDate {
    /// A day, written dd/MM/yyyy.
    Day(Date),
    /// Words in place of a day, such as those for a card that does not expire.
    Words(String),
}

impl VietnamCitizen {
    /// Reads the whole file.
    ///
    /// # Errors
    /// [`Error::Malformed`] when there is no set of fields.
    pub fn parse(file: &[u8]) -> Result<Parsed<Self>> {
        Parsed::collect(|deviations| {
            let outer = open(Dg13::TAG, file, deviations)?;
            if outer.raw.len() > MAX_LEN {
                let what = "length of EF.DG13";
                deviations.push(Deviation::Value { what, at: 0 });
            }
            let mut content = Row::inside(&outer, deviations)?;
            let sequence = content.require(SEQUENCE, "EF.DG13, no SEQUENCE", deviations)?;
            content.rest(deviations);
            let set = read_head(&sequence, deviations)?;
            Ok(Self::read(FieldReader::new(&set, deviations)?))
        })
    }

    fn read(mut fields: FieldReader<'_, '_>) -> Self {
        let mut citizen = Self {
            personal_number: fields.text(1),
            full_name: fields.text(2),
            date_of_birth: fields.date(3),
            sex: fields.text(4),
            nationality: fields.text(5),
            ethnic_group: fields.text(6),
            religion: fields.text(7),
            place_of_origin: fields.text(8),
            place_of_residence: fields.text(9),
            identifying_marks: fields.text(10),
            date_of_issue: fields.date(11),
            date_of_expiry: fields.date(12),
            previous_number: fields.text(15),
            chip_identifier: fields.text(16),
            ..Self::default()
        };
        [citizen.father, citizen.mother] = fields.names(13);
        [citizen.spouse] = fields.names(14);
        citizen.other = fields.rest();
        citizen
    }

    /// The file.
    ///
    /// # Errors
    /// [`Error::Misuse`] when it would be longer than [`MAX_LEN`].
    pub fn to_dg13(&self) -> Result<Dg13> {
        let mut content = Writer::new();
        content.nest(SEQUENCE, |sequence| {
            asn1::write_unsigned(VERSION.into(), sequence);
            asn1::write_oid(UTF8, sequence);
            sequence.nest(SET, |set| self.write(set));
        });
        let content = content.finish();
        let dg13 = Dg13 { content };
        if dg13.to_bytes().len() > MAX_LEN {
            return Err(Error::Misuse(
                "EF.DG13 of a citizen card longer than 700 bytes",
            ));
        }
        Ok(dg13)
    }

    fn write(&self, set: &mut Writer) {
        let [birth, issue, expiry] = [
            &self.date_of_birth,
            &self.date_of_issue,
            &self.date_of_expiry,
        ]
        .map(|date| date.as_ref().map(ToString::to_string));
        for (id, text) in [
            (1, &self.personal_number),
            (2, &self.full_name),
            (3, &birth),
            (4, &self.sex),
            (5, &self.nationality),
            (6, &self.ethnic_group),
            (7, &self.religion),
            (8, &self.place_of_origin),
            (9, &self.place_of_residence),
            (10, &self.identifying_marks),
            (11, &issue),
            (12, &expiry),
        ] {
            write_text(id, text.as_deref(), set);
        }
        write_names(13, &[self.father.as_deref(), self.mother.as_deref()], set);
        write_names(14, self.spouse.as_deref().map(Some).as_slice(), set);
        write_text(15, self.previous_number.as_deref(), set);
        write_text(16, self.chip_identifier.as_deref(), set);
        data_object::write_all(&self.other, set);
    }
}

impl CitizenDate {
    /// Reads dd/MM/yyyy as a day, anything else as words.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        day(text).map_or_else(|| Self::Words(text.to_owned()), Self::Day)
    }
}

/// As written on the card.
impl fmt::Display for CitizenDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(date) => {
                let (year, month, day) = date.to_calendar_date();
                write!(f, "{day:02}/{:02}/{year:04}", u8::from(month))
            }
            Self::Words(words) => f.write_str(words),
        }
    }
}

fn day(text: &str) -> Option<Date> {
    let digits = |part: &str, len: usize| {
        (part.len() == len && part.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| part.parse().ok())?
    };
    let (day, rest) = text.split_once('/')?;
    let (month, year) = rest.split_once('/')?;
    let [day, month, year]: [u16; 3] = [digits(day, 2)?, digits(month, 2)?, digits(year, 4)?];
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    Date::from_calendar_date(year.into(), month, u8::try_from(day).ok()?).ok()
}

/// The set of fields behind version and character set, of which the absence or another value is reported.
fn read_head<'a>(sequence: &Tlv<'a>, deviations: &mut Deviations) -> Result<Tlv<'a>> {
    let mut head = Row::inside(sequence, deviations)?;
    if let Some(version) = head.expect(INTEGER, deviations)
        && asn1::small(&version, deviations) != Ok(VERSION)
    {
        let (what, at) = ("version of the citizen's particulars", version.at);
        deviations.push(Deviation::Value { what, at });
    }
    if let Some(oid) = head.expect(OBJECT_IDENTIFIER, deviations)
        && asn1::oid(&oid) != Ok(UTF8)
    {
        let (what, at) = ("character set of the citizen's particulars", oid.at);
        deviations.push(Deviation::Value { what, at });
    }
    let set = head.require(SET, "EF.DG13, no set of fields", deviations)?;
    head.rest(deviations);
    Ok(set)
}

#[cfg(test)]
mod tests;
