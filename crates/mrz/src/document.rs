//! The zone of a document: one type per size, and all of them together.

use core::fmt;

use crate::alphabet::{self, FILLER};
use crate::layout::Format;
use crate::zone::Zone;
use crate::{Error, Fields, Finding, MrzDate, MrzInformation, Result, Sex, name::MrzName};

mod build;
mod inspect;

/// A machine readable zone.
///
/// Its `Debug` output withholds the content: number and dates open the chip (Doc 9303-11 §4.3.2).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mrz {
    /// Card, 3 × 30.
    Td1(MrzTd1),
    /// Card, 2 × 36.
    Td2(MrzTd2),
    /// Passport, 2 × 44.
    Td3(MrzTd3),
    /// Visa, 2 × 44.
    MrvA(MrvA),
    /// Visa, 2 × 36.
    MrvB(MrvB),
}

/// The zone of a card of size TD1 (Doc 9303-5 §4.2).
#[derive(Clone, PartialEq, Eq)]
pub struct MrzTd1(Zone);

/// The zone of a card of size TD2 (Doc 9303-6 §4.2).
#[derive(Clone, PartialEq, Eq)]
pub struct MrzTd2(Zone);

/// The zone of a passport, size TD3 (Doc 9303-4 §4.2).
#[derive(Clone, PartialEq, Eq)]
pub struct MrzTd3(Zone);

/// The zone of a visa of format A (Doc 9303-7 §4.2). It is read, not built.
#[derive(Clone, PartialEq, Eq)]
pub struct MrvA(Zone);

/// The zone of a visa of format B (Doc 9303-7 §7.2). It is read, not built.
#[derive(Clone, PartialEq, Eq)]
pub struct MrvB(Zone);

impl MrzTd1 {
    /// A new zone. A document number of more than nine characters goes on in the optional data of line 1.
    ///
    /// # Errors
    /// [`Error::Value`] names the field and the rule that its value breaks.
    pub fn new(fields: &Fields<'_>, optional_line_1: &str, optional_line_2: &str) -> Result<Self> {
        build::zone(Format::Td1, fields, optional_line_1, optional_line_2).map(Self)
    }
}

impl MrzTd2 {
    /// A new zone. A document number of more than nine characters goes on in the optional data.
    ///
    /// # Errors
    /// [`Error::Value`] names the field and the rule that its value breaks.
    pub fn new(fields: &Fields<'_>, optional: &str) -> Result<Self> {
        build::zone(Format::Td2, fields, optional, "").map(Self)
    }
}

impl MrzTd3 {
    /// A new zone. The personal number may be other data at the issuer's choice, or empty.
    ///
    /// # Errors
    /// [`Error::Value`] names the field and the rule that its value breaks.
    pub fn new(fields: &Fields<'_>, personal_number: &str) -> Result<Self> {
        build::zone(Format::Td3, fields, personal_number, "").map(Self)
    }
}

impl Mrz {
    /// Reads a zone: its lines joined as in DG1 (Doc 9303-10 §4.7.1), or one under the other.
    ///
    /// The findings are empty exactly if the zone obeys the standard as far as that can be seen.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the text has not the characters or the lines of any size of document.
    pub fn parse(text: &str) -> Result<(Self, Vec<Finding>)> {
        let lines: Vec<&str> = text.lines().take(MAX_LINES + 1).collect();
        let joined = join(&lines)?;
        let first = joined.chars().next().unwrap_or(FILLER);
        let format = Format::recognise(joined.len(), first).ok_or(Error::Malformed {
            what: "neither 90, 88 nor 72 characters",
            at: joined.len(),
        })?;
        check_lines(&lines, format)?;
        let zone = Zone::new(format.layout(), joined);
        let findings = inspect::findings(&zone);
        let mrz = match format {
            Format::Td1 => Self::Td1(MrzTd1(zone)),
            Format::Td2 => Self::Td2(MrzTd2(zone)),
            Format::Td3 => Self::Td3(MrzTd3(zone)),
            Format::MrvA => Self::MrvA(MrvA(zone)),
            Format::MrvB => Self::MrvB(MrvB(zone)),
        };
        Ok((mrz, findings))
    }

    /// The size of the document.
    #[must_use]
    pub fn format(&self) -> Format {
        self.zone().layout.format
    }

    /// One or two characters: `P`, `PP`, `ID`.
    #[must_use]
    pub fn document_code(&self) -> &str {
        self.zone().value(self.zone().layout.document_code)
    }

    /// The state or organisation, fillers removed: `UTO`, `D`.
    #[must_use]
    pub fn issuing_state(&self) -> &str {
        self.zone().value(self.zone().layout.issuing_state)
    }

    /// The document number, both parts of a long one joined.
    #[must_use]
    pub fn document_number(&self) -> String {
        let number = self.zone().number();
        format!("{}{}", number.head, number.tail)
    }

    /// The nationality, fillers removed.
    #[must_use]
    pub fn nationality(&self) -> &str {
        self.zone().value(self.zone().layout.nationality)
    }

    /// The date of birth as printed.
    #[must_use]
    pub fn date_of_birth(&self) -> MrzDate {
        self.zone().date(self.zone().layout.date_of_birth)
    }

    /// The date of expiry as printed (of a visa: the last day of its validity).
    #[must_use]
    pub fn date_of_expiry(&self) -> MrzDate {
        self.zone().date(self.zone().layout.date_of_expiry)
    }

    /// The sex; what is neither `M`, `F` nor a filler reads as unspecified and is a finding.
    #[must_use]
    pub fn sex(&self) -> Sex {
        self.zone().sex().unwrap_or(Sex::Unspecified)
    }

    /// The optional data (TD1: of line 1; TD3: the personal number), without what belongs to a long
    /// document number and without the fillers behind.
    #[must_use]
    pub fn optional_data(&self) -> &str {
        self.zone().optional_data()
    }

    /// The optional data of line 2 of TD1; empty in the other sizes.
    #[must_use]
    pub fn further_optional_data(&self) -> &str {
        let zone = self.zone();
        zone.layout
            .further_optional_data
            .map_or("", |span| zone.value(span))
    }

    /// The field of the name.
    #[must_use]
    pub fn name(&self) -> MrzName {
        self.zone().name()
    }

    /// The primary identifier, its components separated by one blank.
    #[must_use]
    pub fn primary_identifier(&self) -> String {
        self.name().primary()
    }

    /// The secondary identifier, its components separated by one blank; empty for a holder of one name.
    #[must_use]
    pub fn secondary_identifier(&self) -> String {
        self.name().secondary()
    }

    /// The lines as they are printed.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut rest = self.zone().text();
        let mut lines = Vec::new();
        while let Some((line, behind)) = rest.split_at_checked(self.zone().layout.width) {
            lines.push(line.to_owned());
            rest = behind;
        }
        lines
    }

    /// The lines joined: the content of DG1 (Doc 9303-10 §4.7.1).
    #[must_use]
    pub fn joined(&self) -> String {
        self.zone().text().to_owned()
    }

    /// What the keys of basic access control and of PACE with the zone are made of.
    ///
    /// The check digits are computed: of a zone with findings, the chip may expect the printed ones.
    #[must_use]
    pub fn information(&self) -> MrzInformation {
        MrzInformation::of_zone(self.zone())
    }

    fn zone(&self) -> &Zone {
        match self {
            Self::Td1(MrzTd1(zone))
            | Self::Td2(MrzTd2(zone))
            | Self::Td3(MrzTd3(zone))
            | Self::MrvA(MrvA(zone))
            | Self::MrvB(MrvB(zone)) => zone,
        }
    }
}

/// More lines than any size of document has.
const MAX_LINES: usize = 3;

/// Room for the characters of the largest size.
const MAX_CHARACTERS: usize = 90;

/// The characters of all lines, checked.
fn join(lines: &[&str]) -> Result<String> {
    let mut joined = String::with_capacity(MAX_CHARACTERS);
    for character in lines.iter().flat_map(|line| line.chars()) {
        let at = joined.len();
        if at == MAX_CHARACTERS {
            let what = "more characters than any machine readable zone has";
            return Err(Error::Malformed { what, at });
        }
        if !alphabet::contains(character) {
            let what = "not a character of a machine readable zone";
            return Err(Error::Malformed { what, at });
        }
        joined.push(character);
    }
    Ok(joined)
}

/// One line is taken as joined; several must be the lines of the format.
fn check_lines(lines: &[&str], format: Format) -> Result<()> {
    let (count, width) = format.size();
    let is_whole = lines.len() == 1;
    let is_split = lines.len() == count && lines.iter().all(|line| line.len() == width);
    if is_whole || is_split {
        return Ok(());
    }
    let at = lines
        .iter()
        .take_while(|line| line.len() == width)
        .map(|line| line.len())
        .sum();
    let what = "the lines have not the lengths of this size of document";
    Err(Error::Malformed { what, at })
}

/// `Debug` with the name of the type only, and the way into [`Mrz`].
macro_rules! zone_type {
    ($($name:ident => $variant:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }

        impl From<$name> for Mrz {
            fn from(zone: $name) -> Self {
                Self::$variant(zone)
            }
        }
    )*};
}

zone_type!(MrzTd1 => Td1, MrzTd2 => Td2, MrzTd3 => Td3, MrvA => MrvA, MrvB => MrvB);
