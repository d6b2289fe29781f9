//! EF.ATR/INFO: what the chip can do (Doc 9303-10 §3.11.1).

use iso7816::Limits;
use iso7816::tlv::{Tag, Tlv, Writer};

use crate::asn1::{self, INTEGER};
use crate::data_object::{self, Row, understood};
use crate::file_content::open_row;
use crate::{DataObject, Deviations, Error, Parsed, Result};

const CARD_CAPABILITIES: Tag = Tag::new(0x47);
const EXTENDED_LENGTH_INFORMATION: Tag = Tag::new(0x7F66);

/// EF.ATR/INFO, a row of data objects.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EfAtrInfo {
    /// Card capabilities.
    pub card_capabilities: Option<CardCapabilities>,
    /// Most octets of a whole command APDU and of a whole response APDU.
    pub extended_length: Option<Limits>,
    /// Other objects.
    pub other: Vec<DataObject>,
}

/// The three octets of card capabilities (ISO 7816-4 §12.1.1.9; Doc 9303-10 table 29).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CardCapabilities(pub [u8; 3]);

impl CardCapabilities {
    /// Applications are selected by their full name.
    #[must_use]
    pub const fn selects_by_name(self) -> bool {
        self.0[0] & 0x80 != 0
    }

    /// Files have short identifiers.
    #[must_use]
    pub const fn short_file_identifiers(self) -> bool {
        self.0[0] & 0x04 != 0
    }

    /// Commands may be chained.
    #[must_use]
    pub const fn command_chaining(self) -> bool {
        self.0[2] & 0x80 != 0
    }

    /// Extended Lc and Le fields.
    #[must_use]
    pub const fn extended_lengths(self) -> bool {
        self.0[2] & 0x40 != 0
    }
}

impl EfAtrInfo {
    /// Reads the whole file.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is no row of data objects.
    pub fn parse(file: &[u8]) -> Result<Parsed<Self>> {
        Parsed::collect(|deviations| {
            let mut row = open_row(file, deviations)?;
            let mut other = Vec::new();
            let card_capabilities = row.take(CARD_CAPABILITIES, deviations).and_then(|object| {
                let octets = object.value.try_into().ok().map(CardCapabilities);
                understood(&object, "card capabilities", octets, &mut other, deviations)
            });
            let lengths = row.take(EXTENDED_LENGTH_INFORMATION, deviations);
            let extended_length = lengths.and_then(|object| {
                let limits = read_limits(&object, deviations).ok();
                understood(&object, "extended lengths", limits, &mut other, deviations)
            });
            // The standard allows other objects, so they are no deviation.
            other.extend(row.remaining().iter().map(DataObject::from));
            Ok(Self {
                card_capabilities,
                extended_length,
                other,
            })
        })
    }

    /// The whole file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut file = Writer::new();
        if let Some(capabilities) = self.card_capabilities {
            file.object(CARD_CAPABILITIES, &capabilities.0);
        }
        if let Some(limits) = self.extended_length {
            file.nest(EXTENDED_LENGTH_INFORMATION, |lengths| {
                asn1::write_unsigned(limits.max_command as u64, lengths);
                asn1::write_unsigned(limits.max_response as u64, lengths);
            });
        }
        data_object::write_all(&self.other, &mut file);
        file.finish()
    }
}

fn read_limits(object: &Tlv<'_>, deviations: &mut Deviations) -> Result<Limits> {
    let (what, at) = ("extended lengths", object.at);
    let mut row = Row::inside(object, deviations)?;
    let mut length = || {
        let length = row.require(INTEGER, what, deviations)?;
        usize::try_from(asn1::unsigned(&length, deviations)?)
            .map_err(|_| Error::Malformed { what, at })
    };
    let limits = Limits {
        max_command: length()?,
        max_response: length()?,
    };
    row.rest(deviations);
    Ok(limits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files() {
        for (hex, limits, other, deviations) in [
            (
                "470384 01E0 7F6608020203E8020203E8",
                Some((1000, 1000)),
                0,
                0,
            ),
            ("7F6606020201050202", None, 1, 1),
            ("7F66080202010502020102", Some((261, 258)), 0, 0),
            ("7F660A02030100000203010000", Some((65_536, 65_536)), 0, 0),
            ("47028401", None, 1, 1),
            ("7F66040202 03E8", None, 1, 1),
            ("46021234 470384 01E0 0000", None, 1, 1),
            ("", None, 0, 0),
        ] {
            let Ok(parsed) = EfAtrInfo::parse(&test_support::unhex(hex)) else {
                panic!("{hex}");
            };
            let found = parsed.value.extended_length;
            assert_eq!(
                found.map(|l| (l.max_command, l.max_response)),
                limits,
                "{hex}"
            );
            assert_eq!(parsed.value.other.len(), other, "{hex}");
            assert_eq!(
                parsed.deviations.len(),
                deviations,
                "{hex} {:?}",
                parsed.deviations
            );
        }
    }

    #[test]
    fn capabilities() {
        let all = CardCapabilities([0x84, 0x01, 0xE0]);
        assert!(all.selects_by_name() && all.short_file_identifiers());
        assert!(all.command_chaining() && all.extended_lengths());
        let none = CardCapabilities([0x00, 0x01, 0x20]);
        assert!(!none.selects_by_name() && !none.short_file_identifiers());
        assert!(!none.command_chaining() && !none.extended_lengths());
    }
}
