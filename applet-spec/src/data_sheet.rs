//! What a chip says about itself: the properties in which chips differ (chapter 00), EF.ATR/INFO and the answer to reset.

use core::ops::RangeInclusive;
use std::collections::BTreeSet;

use iso7816::tlv::{Tag, Writer};
use iso7816::{Limits, ResponseApdu, StatusWord};

use crate::quirk::Quirk;
use crate::{Deviation, Error, Result};

/// Card capabilities, octet 1: selection by full DF name and by SFI (ISO 7816-4 §12.1.1.9).
const SELECTION_METHODS: u8 = 0x84;
/// Octet 2: data units of one octet.
const DATA_CODING: u8 = 0x01;
/// Octet 3: command chaining; extended length; its limits stand in EF.ATR/INFO.
const CHAINING: u8 = 0x80;
const EXTENDED_LENGTH: u8 = 0x40;
const LIMITS_IN_ATR_INFO: u8 = 0x20;

const CARD_CAPABILITIES: Tag = Tag::new(0x47);
const EXTENDED_LENGTH_INFORMATION: Tag = Tag::new(0x7F66);
const INTEGER: Tag = Tag::new(0x02);

/// Start values of a try counter.
const TRIES: RangeInclusive<u8> = 3..=10;
/// Octets for files (Doc 9303-10 §4.5.4 says the least).
pub(crate) const FILE_CAPACITY: RangeInclusive<usize> = 32 * 1024..=1024 * 1024;
/// Longest APDU of a chip with extended length: above what a short one can have, and what two octets of an INTEGER can say.
const EXTENDED: RangeInclusive<u16> = 262..=0x7FFF;

/// The properties of one kind of chip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataSheet {
    /// Limits of extended length; `None` for a chip that has short length only.
    pub extended_length: Option<ExtendedLength>,
    /// Octets for the files of a job.
    pub file_capacity: usize,
    /// Start value of the try counter of a key set, 3 to 10.
    pub tries: u8,
    /// What a chip may have and this one does not.
    pub lacks: BTreeSet<Capability>,
    /// Rules that this chip breaks, for cases to notice; none on any chip that is good for something.
    pub deviations: BTreeSet<Deviation>,
    /// Ways of chips of the field that this one has, for readers to deal with; those of the line need a [`crate::quirk::QuirkyChip`].
    pub quirks: BTreeSet<Quirk>,
}

/// What a chip may have or lack, beyond what the law asks of every chip (chapter 00). A job that wants what the chip lacks is
/// refused ([PERSO-065]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Capability {
    /// Multiplicative groups: PACE and chip authentication of the kind DH.
    DiffieHellman,
    /// Integrated mapping of PACE.
    IntegratedMapping,
    /// Chip authentication mapping of PACE.
    ChipAuthenticationMapping,
    /// PIN and PUK with retry counters.
    CountedPasswords,
    /// Terminal authentication.
    TerminalAuthentication,
}

impl Capability {
    /// Everything that a chip may lack.
    pub const ALL: [Self; 5] = [
        Self::DiffieHellman,
        Self::IntegratedMapping,
        Self::ChipAuthenticationMapping,
        Self::CountedPasswords,
        Self::TerminalAuthentication,
    ];
}

/// Longest APDUs of a chip with extended length, in octets of the whole APDU.
///
/// Not above 32,767, which an INTEGER of two octets can say, and far below what the frames of a virtual reader can carry
/// (65,535 octets).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExtendedLength {
    /// Longest command.
    pub max_command: u16,
    /// Longest answer, status word included.
    pub max_response: u16,
}

impl Default for DataSheet {
    /// The chip with everything: extended length, 160 kB for files.
    fn default() -> Self {
        Self {
            extended_length: Some(ExtendedLength {
                max_command: 32_767,
                max_response: 32_767,
            }),
            file_capacity: 160 * 1024,
            tries: 10,
            lacks: BTreeSet::new(),
            deviations: BTreeSet::new(),
            quirks: BTreeSet::new(),
        }
    }
}

impl DataSheet {
    /// A chip without extended length, otherwise the default.
    #[must_use]
    pub fn short_length_only() -> Self {
        Self {
            extended_length: None,
            ..Self::default()
        }
    }

    /// A chip with what the law asks of every chip, and nothing that a chip may lack.
    #[must_use]
    pub fn plainest() -> Self {
        Self {
            lacks: Capability::ALL.into(),
            ..Self::short_length_only()
        }
    }

    /// Whether the chip has it.
    #[must_use]
    pub fn has(&self, capability: Capability) -> bool {
        !self.lacks.contains(&capability)
    }

    /// An answer as it is, or what a chip that refuses nothing says in its place.
    pub(crate) fn unrefused(&self, answer: ResponseApdu) -> ResponseApdu {
        let is_refusal = answer.data.is_empty() && !answer.sw.is_ok();
        match is_refusal && self.deviates(Deviation::RefusesNothing) {
            true => ResponseApdu::from_sw(StatusWord::OK),
            false => answer,
        }
    }

    /// Whether the chip breaks this rule.
    pub(crate) fn deviates(&self, deviation: Deviation) -> bool {
        self.deviations.contains(&deviation)
    }

    /// Whether the chip has this quirk.
    #[must_use]
    pub fn has_quirk(&self, quirk: Quirk) -> bool {
        self.quirks.contains(&quirk)
    }

    /// Whether a chip can be like this.
    ///
    /// # Errors
    /// [`Error::Misuse`] when it says of itself what the law does not allow.
    pub fn check(&self) -> Result<()> {
        if !TRIES.contains(&self.tries) {
            return Err(Error::Misuse("a key set has 3 to 10 tries"));
        }
        if !FILE_CAPACITY.contains(&self.file_capacity) {
            return Err(Error::Misuse("a chip has 32 kB to 1 MB for files"));
        }
        let allowed = |limit: u16| EXTENDED.contains(&limit);
        match self.extended_length {
            Some(limits) if !allowed(limits.max_command) || !allowed(limits.max_response) => {
                Err(Error::Misuse("extended length is 262 to 32,767 octets"))
            }
            _ => Ok(()),
        }
    }

    /// The longest APDUs.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.extended_length.map_or(Limits::SHORT, |limits| Limits {
            max_command: limits.max_command.into(),
            max_response: limits.max_response.into(),
        })
    }

    /// EF.ATR/INFO (Doc 9303-10 §3.11.1, [FILES-006]).
    #[must_use]
    pub fn ef_atr_info(&self) -> Vec<u8> {
        let mut file = Writer::new();
        file.object(CARD_CAPABILITIES, &self.card_capabilities());
        if let Some(limits) = self.extended_length {
            file.nest(EXTENDED_LENGTH_INFORMATION, |w| {
                w.object(INTEGER, &limits.max_command.to_be_bytes())
                    .object(INTEGER, &limits.max_response.to_be_bytes());
            });
        }
        file.finish()
    }

    /// Answer to reset of a contactless chip as a reader composes it (PC/SC part 3 §3.1.3.2.3), with the card capabilities as
    /// historical octets. The same for all chips of the kind ([SCOPE-009]).
    #[must_use]
    pub fn atr(&self) -> Vec<u8> {
        const INITIAL: u8 = 0x3B;
        const HISTORICAL_COUNT: u8 = 5;
        let mut atr = vec![INITIAL, 0x80 | HISTORICAL_COUNT, 0x80, 0x01];
        // Category indicator 80: compact data objects follow; 73 is the card capabilities object.
        atr.extend([0x80, 0x73]);
        atr.extend(self.card_capabilities());
        let check = atr.iter().skip(1).fold(0, |sum, octet| sum ^ octet);
        atr.push(check);
        atr
    }

    fn card_capabilities(&self) -> [u8; 3] {
        let extended = match self.extended_length {
            Some(_) => EXTENDED_LENGTH | LIMITS_IN_ATR_INFO,
            None => 0,
        };
        [SELECTION_METHODS, DATA_CODING, CHAINING | extended]
    }
}

#[cfg(test)]
mod tests {
    use super::{DataSheet, ExtendedLength};

    #[test]
    fn what_the_files_say() {
        let full = DataSheet::default();
        assert_eq!(
            full.ef_atr_info(),
            [
                0x47, 3, 0x84, 1, 0xE0, 0x7F, 0x66, 8, 2, 2, 0x7F, 0xFF, 2, 2, 0x7F, 0xFF
            ]
        );
        let short = DataSheet::short_length_only();
        assert_eq!(short.ef_atr_info(), [0x47, 3, 0x84, 1, 0x80]);
        assert_eq!(short.limits(), iso7816::Limits::SHORT);
    }

    /// [SCOPE-009]: the exclusive-or of everything behind the first octet is zero (ISO 7816-3 §8.2.5).
    #[test]
    fn the_answer_to_reset_checks() {
        for sheet in [DataSheet::default(), DataSheet::short_length_only()] {
            let atr = sheet.atr();
            assert_eq!(atr.iter().skip(1).fold(0, |sum, octet| sum ^ octet), 0);
            assert_eq!(atr.len(), 4 + 5 + 1);
        }
    }

    #[test]
    fn what_a_chip_cannot_be() {
        let limits = |max_command, max_response| DataSheet {
            extended_length: Some(ExtendedLength {
                max_command,
                max_response,
            }),
            ..DataSheet::default()
        };
        let tries = |tries| DataSheet {
            tries,
            ..DataSheet::default()
        };
        let file_capacity = |file_capacity| DataSheet {
            file_capacity,
            ..DataSheet::default()
        };
        for (sheet, possible) in [
            (DataSheet::default(), true),
            (DataSheet::short_length_only(), true),
            (limits(262, 32_767), true),
            (limits(261, 1_000), false),
            (limits(1_000, 32_768), false),
            (tries(2), false),
            (tries(11), false),
            (file_capacity(32_767), false),
            (file_capacity(usize::MAX), false),
        ] {
            assert_eq!(sheet.check().is_ok(), possible, "{sheet:?}");
        }
    }
}
