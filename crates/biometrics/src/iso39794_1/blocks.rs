use super::Octets;
use super::value::{Value, blocks, choices, read_choice};
use crate::Result;
use crate::codes::codes;
use crate::der::{Object, Reading, Writer};

blocks! {
    /// Which edition of the standard a record follows (ISO 39794-1 §7).
    #[derive(Copy)]
    Version {
        /// Generation, 3 for the first edition of ISO 39794.
        generation: u16 = 0,
        /// Year of the edition.
        year: u16 = 1,
    }

    /// A number that a registry of an organisation knows: an algorithm, a device, a certificate.
    #[derive(Copy)]
    RegistryId {
        /// The organisation.
        organisation: u16 = 0,
        /// What it calls by this number.
        id: u16 = 1,
    }

    /// When something was captured, to any precision.
    #[derive(Copy, Default)]
    CaptureDateTime {
        /// Year.
        year: u16 = 0,
        /// Month, from 1.
        month: Option<u8> = 1,
        /// Day, from 1.
        day: Option<u8> = 2,
        /// Hour.
        hour: Option<u8> = 3,
        /// Minute.
        minute: Option<u8> = 4,
        /// Second.
        second: Option<u8> = 5,
        /// Millisecond.
        millisecond: Option<u16> = 6,
    }

    /// What an algorithm says of the quality of a sample.
    #[derive(Copy)]
    Quality {
        /// The algorithm.
        algorithm: RegistryId = 0,
        /// What it found.
        score: ScoreOrError = 1,
    }

    /// Data of a kind that a registry knows.
    ExtendedData {
        /// Their kind.
        kind: RegistryId = 0,
        /// The data.
        data: Octets = 1,
    }

    /// A point of an image in pixels from its upper left corner.
    #[derive(Copy)]
    Coordinate {
        /// Pixels from the left.
        x: u16 = 0,
        /// Pixels from the top.
        y: u16 = 1,
    }
}

codes! {
    /// Why there is no score.
    ScoringError(u8) {
        FAILURE_TO_ASSESS = 0 => "failure to assess",
    }
}

choices!(ScoringError);

/// A score from 0 to 100, or why there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScoreOrError {
    /// The score.
    Score(u8),
    /// Why there is none.
    Error(ScoringError),
}

impl Value for ScoreOrError {
    fn read(object: &Object<'_>, reading: &mut Reading) -> Result<Self> {
        let arm = object.children(reading)?.only("score", reading)?;
        match arm.tag {
            0x80 => u8::read(&arm, reading).map(Self::Score),
            0xA1 => read_choice(&arm, reading).map(|code| Self::Error(ScoringError(code))),
            _ => Err(arm.malformed("score")),
        }
    }

    fn write(&self, number: u8, writer: &mut Writer) {
        writer.template(number, |choice| match self {
            Self::Score(score) => choice.integer(0, (*score).into()),
            Self::Error(error) => error.write(1, choice),
        });
    }
}

impl Version {
    /// The first edition of all parts.
    pub const FIRST_EDITION: Self = Self {
        generation: 3,
        year: 2019,
    };
}
