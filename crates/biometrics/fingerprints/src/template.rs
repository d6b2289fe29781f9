//! Minutiae as records: ISO 19794-2:2005, the record format.
//!
//! The next generation, ISO 39794-2, is not here: no source of its ASN.1 was at hand to check against, and a guess would be a record
//! that nobody reads.

mod reader;
mod writer;

pub use self::reader::read;
pub use self::writer::write;
use crate::minutiae::{Kind, MAX_MINUTIAE, Minutia, Minutiae};
use crate::print::NOMINAL_PPI;
use crate::{Error, Result};

/// Longest record that is read, in bytes: sixteen views of 255 minutiae with all their extended data stay below it.
pub const MAX_RECORD: usize = 1 << 20;
/// Most views of a record: fingers times impressions, a number of 8 bits.
pub const MAX_VIEWS: usize = 255;
/// Pixels per centimetre of 500 ppi.
const PER_CM: u16 = 197;
/// Largest coordinate: 14 bits.
const MAX_COORDINATE: u16 = 0x3FFF;

/// A finger minutiae record (ISO 19794-2:2005):
///
/// ```text
/// "FMR\0" " 20\0"  u32 length  u16 device  u16 width  u16 height  u16 x, u16 y pixels per cm  u8 views  u8 0
///   u8 position  u4 view, u4 impression  u8 quality  u8 count
///     u2 kind, u14 x  u2 0, u14 y  u8 angle  u8 quality
///   u16 length of extended data, extended data
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Certificates and type of the device: 4 and 12 bits.
    pub device: u16,
    /// Pixels of a row of the pictures.
    pub width: u16,
    /// Rows.
    pub height: u16,
    /// Pixels per centimetre, across and down; 197 is 500 ppi.
    pub resolution: (u16, u16),
    /// The fingers and their impressions.
    pub views: Vec<View>,
}

/// One impression of one finger.
#[derive(Clone, PartialEq, Eq)]
pub struct View {
    /// Code of the finger: 0 unknown, 1–5 right thumb to little, 6–10 left.
    pub position: u8,
    /// Which impression of that finger, 0 … 15.
    pub number: u8,
    /// How it was made: 0 live plain, 1 live rolled, 8 swipe.
    pub impression: u8,
    /// Quality of the finger, 0 … 100.
    pub quality: u8,
    /// Its minutiae.
    pub minutiae: Vec<Mark>,
    /// Extended data as they stand: ridge counts, cores and deltas, what a vendor adds.
    pub extended: Vec<u8>,
}

/// A minutia as the record has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// What the ridge does.
    pub kind: Kind,
    /// Pixels from the left, at most 16,383.
    pub x: u16,
    /// Pixels from the top, at most 16,383.
    pub y: u16,
    /// Counter-clockwise from the right in 256ths of a turn.
    pub angle: u8,
    /// 1 … 100; 0 when not reported.
    pub quality: u8,
}

/// Minutiae identify a person: their number is shown, they are not.
impl core::fmt::Debug for View {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let (position, number) = (self.position, self.number);
        write!(
            f,
            "View(finger {position}, view {number}, {} minutiae)",
            self.minutiae.len()
        )
    }
}

/// What a record does that the standard does not have, and that does no harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Deviation {
    /// Bytes follow the length that the header says.
    TrailingBytes(usize),
    /// A byte or bits that are reserved are not zero.
    ReservedSet {
        /// Where, from the start of the record.
        offset: usize,
    },
    /// A minutia lies outside of the picture.
    OutsidePicture {
        /// Index of the view.
        view: usize,
        /// Index of the minutia.
        minutia: usize,
    },
    /// A quality above 100.
    QualityAbove100 {
        /// Where, from the start of the record.
        offset: usize,
    },
    /// Kind 11, which is reserved: read as [`Kind::Other`].
    ReservedKind {
        /// Where, from the start of the record.
        offset: usize,
    },
    /// A code of a finger above 10.
    UnknownPosition {
        /// The code.
        position: u8,
    },
}

impl Template {
    /// A record of one print: its minutiae, best first, as the finger with this code and NFIQ quality.
    ///
    /// # Errors
    /// [`Error::Unwritable`] when the picture or a minutia's place does not fit into the record's numbers.
    pub fn of(minutiae: &Minutiae, position: u8, quality: u8) -> Result<Self> {
        let side = |pixels: u32| {
            u16::try_from(pixels).map_err(|_| Error::Unwritable("a side of the picture"))
        };
        let marks = minutiae.points.iter().take(MAX_MINUTIAE).map(mark);
        let view = View {
            position,
            number: 0,
            impression: 0,
            quality: quality.min(100),
            minutiae: marks.collect::<Result<_>>()?,
            extended: Vec::new(),
        };
        let resolution = if minutiae.ppi.abs_diff(NOMINAL_PPI) <= crate::print::PPI_TOLERANCE {
            PER_CM
        } else {
            (f32::from(minutiae.ppi) / 2.54).round() as u16
        };
        Ok(Self {
            device: 0,
            width: side(minutiae.width)?,
            height: side(minutiae.height)?,
            resolution: (resolution, resolution),
            views: vec![view],
        })
    }

    /// The minutiae of a view, ready to be compared; both resolutions of the record must be the same.
    ///
    /// # Errors
    /// [`Error::NoSuchView`]; [`Error::Resolution`] when the pixels are not square or not those of a fingerprint scanner.
    pub fn minutiae(&self, view: usize) -> Result<Minutiae> {
        let marks = &self
            .views
            .get(view)
            .ok_or(Error::NoSuchView { view })?
            .minutiae;
        let (across, down) = self.resolution;
        let ppi = if across.abs_diff(PER_CM) <= 1 {
            NOMINAL_PPI
        } else {
            (f32::from(across) * 2.54).round() as u16
        };
        let range = crate::print::MIN_PPI..=crate::print::MAX_PPI;
        if across != down || !range.contains(&ppi) {
            return Err(Error::Resolution { ppi });
        }
        let points = marks.iter().take(MAX_MINUTIAE).map(|mark| Minutia {
            x: f32::from(mark.x),
            y: f32::from(mark.y),
            angle: f32::from(mark.angle) * core::f32::consts::TAU / 256.0,
            kind: mark.kind,
            quality: mark.quality.min(100),
        });
        Ok(Minutiae {
            width: u32::from(self.width),
            height: u32::from(self.height),
            ppi,
            area: 0,
            points: points.collect(),
        })
    }
}

fn mark(minutia: &Minutia) -> Result<Mark> {
    let coordinate = |value: f32| {
        let fits = value.is_finite() && value >= 0.0 && value.round() <= f32::from(MAX_COORDINATE);
        let number = value.round() as u16;
        fits.then_some(number)
            .ok_or(Error::Unwritable("a minutia's place"))
    };
    let angle = minutia.angle.rem_euclid(core::f32::consts::TAU) * 256.0 / core::f32::consts::TAU;
    Ok(Mark {
        kind: minutia.kind,
        x: coordinate(minutia.x)?,
        y: coordinate(minutia.y)?,
        angle: (angle.round() as u16 % 256) as u8,
        quality: minutia.quality.min(100),
    })
}
