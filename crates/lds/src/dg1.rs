//! EF.DG1: the machine readable zone (Doc 9303-10 §4.7.1).

use core::fmt;

use iso7816::tlv::{self, Tag, Tlv};
use mrz::Mrz;

use crate::data_object::Row;
use crate::{Deviation, Deviations, Error, File, FileContent, Result};

const MRZ: Tag = Tag::new(0x5F1F);

/// EF.DG1.
///
/// Keeps the characters of the file beside what they mean: a zone with a wrong check digit is written as it was read.
#[derive(Clone, PartialEq, Eq)]
pub struct Dg1 {
    characters: String,
    mrz: Mrz,
}

impl Dg1 {
    /// The file of a machine readable zone.
    #[must_use]
    pub fn new(mrz: Mrz) -> Self {
        let characters = mrz.joined();
        Self { characters, mrz }
    }

    /// The zone.
    #[must_use]
    pub const fn mrz(&self) -> &Mrz {
        &self.mrz
    }

    /// All lines joined, as they stand in the file: 72, 88 or 90 characters.
    #[must_use]
    pub fn characters(&self) -> &str {
        &self.characters
    }
}

/// Without the characters: parts of them are a password of the chip.
impl fmt::Debug for Dg1 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Dg1").field(&self.mrz).finish()
    }
}

impl FileContent for Dg1 {
    const FILE: File = File::Dg1;
    const TAG: Tag = Tag::new(0x61);

    fn read(outer: &Tlv<'_>, deviations: &mut Deviations) -> Result<Self> {
        let mut objects = Row::inside(outer, deviations)?;
        let object = objects.require(MRZ, "EF.DG1, no machine readable zone", deviations)?;
        objects.rest(deviations);

        let at = object.at + object.header_len();
        let malformed = |what, offset| Error::Malformed {
            what,
            at: at + offset,
        };
        let characters = core::str::from_utf8(object.value)
            .map_err(|e| malformed("characters of the zone", e.valid_up_to()))?;
        let (mrz, findings) = Mrz::parse(characters).map_err(|error| match error {
            mrz::Error::Malformed { what, at } => malformed(what, at),
            _ => malformed("machine readable zone", 0),
        })?;
        deviations.extend(findings.into_iter().map(Deviation::Mrz));
        let characters = characters.to_owned();
        Ok(Self { characters, mrz })
    }

    fn value(&self) -> Vec<u8> {
        tlv::encode(MRZ, self.characters.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TD2: &str = "I<UTOSPECIMEN<<TEST<<<<<<<<<<<<<<<<<X123456785UTO9001011F3501014<<<<<<<6";

    fn file(characters: &[u8]) -> Vec<u8> {
        tlv::encode(Dg1::TAG, &tlv::encode(MRZ, characters))
    }

    #[test]
    fn a_wrong_check_digit_is_reported_and_written_again() {
        let printed = TD2.replace("123456785", "123456784");
        let parsed = Dg1::parse(&file(printed.as_bytes())).unwrap();
        // That of the number, and the composite one, which covers it.
        assert_eq!(parsed.deviations.len(), 2, "{:?}", parsed.deviations);
        assert_eq!(parsed.value.to_bytes(), file(printed.as_bytes()));
    }

    #[test]
    fn a_zone_becomes_a_file() {
        let (mrz, _) = Mrz::parse(TD2).unwrap();
        assert_eq!(Dg1::new(mrz).to_bytes(), file(TD2.as_bytes()));
    }

    /// Positions count from the start of the file, in front of which stand five octets of header.
    #[test]
    fn what_is_refused() {
        let mut small = TD2.as_bytes().to_vec();
        small[10] = b'e';
        for (characters, at) in [(&small[..], 15), (&[b'A', 0xFF][..], 6)] {
            match Dg1::parse(&file(characters)) {
                Err(Error::Malformed { at: found, .. }) => assert_eq!(found, at),
                other => panic!("{other:?}"),
            }
        }
        assert!(Dg1::parse(&file(&TD2.as_bytes()[1..])).is_err());
        assert!(Dg1::parse(&tlv::encode(Dg1::TAG, &[])).is_err());
    }

    #[test]
    fn nothing_of_the_zone_is_printed() {
        let (mrz, _) = Mrz::parse(TD2).unwrap();
        assert!(!format!("{:?}", Dg1::new(mrz)).contains("123456"));
    }
}
