use crate::print::{MAX_PPI, MAX_SIDE, MIN_PPI, MIN_SIDE, NOMINAL_PPI};
use crate::quality::{Actionable, MAX_HEIGHT, MAX_WIDTH, MIN_BLOCKS};

/// What can go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A side of the picture has too few or too many pixels.
    #[error(
        "a fingerprint of {width} × {height} pixels: each side must have {MIN_SIDE} to {MAX_SIDE}; crop or scan again"
    )]
    Size {
        /// Pixels of a row.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// The pixels do not fill the picture.
    #[error("a fingerprint of {given} pixels where its sides need {needed}")]
    Pixels {
        /// Width times height.
        needed: usize,
        /// How many there were.
        given: usize,
    },
    /// The resolution is none of a fingerprint scanner.
    #[error(
        "a fingerprint at {ppi} ppi: {MIN_PPI} to {MAX_PPI} can be used; set the scanner to 500 ppi"
    )]
    Resolution {
        /// Pixels per inch.
        ppi: u16,
    },
    /// The picture is larger than one finger.
    #[error(
        "a picture of {side} pixels at 500 ppi is larger than one finger: segment the slap first"
    )]
    NotOneFinger {
        /// Its longer side.
        side: u32,
    },
    /// NFIQ 2 is defined at 500 ppi only.
    #[error("the quality of a print at {ppi} ppi is not defined: scan at {NOMINAL_PPI} ppi")]
    QualityResolution {
        /// Pixels per inch.
        ppi: u16,
    },
    /// Without its white frame the print is larger than those NFIQ 2 is defined for.
    #[error(
        "the quality of a print of {width} × {height} pixels is not defined: at most {MAX_WIDTH} × {MAX_HEIGHT}, one finger at a time"
    )]
    QualitySize {
        /// Pixels of a row, without the white frame.
        width: u32,
        /// Rows, without the white frame.
        height: u32,
    },
    /// Too few blocks of the print show ridges: there is nothing to assess.
    #[error("{found} blocks of the print show ridges, {MIN_BLOCKS} are needed. {remark}")]
    NoRidgePattern {
        /// Blocks of 32 × 32 pixels.
        found: u32,
        /// What to do about it.
        remark: Actionable,
    },
    /// The forest inside this program cannot be read: the program is damaged.
    #[error("the quality model inside this program is damaged: install it again")]
    DamagedForest,
    /// The bytes do not start as a minutiae record.
    #[error("not a minutiae record of ISO 19794-2:2005: it starts with FMR, 20")]
    NotATemplate,
    /// A minutiae record ends too early.
    #[error("a minutiae record ends at byte {offset}, before its parts do")]
    Truncated {
        /// How many bytes there are.
        offset: usize,
    },
    /// A minutiae record has bytes that belong to nothing.
    #[error("a minutiae record of {length} bytes has {left} that belong to no view")]
    TemplateLength {
        /// What the header says.
        length: usize,
        /// What is left behind the last view.
        left: usize,
    },
    /// A record too long to be looked at.
    #[error("a record of {length} bytes is too long for a minutiae record")]
    TooLong {
        /// Its bytes.
        length: usize,
    },
    /// A number does not fit into the record.
    #[error("a minutiae record cannot hold {0}: it is too large")]
    Unwritable(&'static str),
    /// The record has fewer views.
    #[error("a minutiae record has no view {view}")]
    NoSuchView {
        /// The index asked for.
        view: usize,
    },
}

/// A result with this crate's [`Error`].
pub type Result<T> = core::result::Result<T, Error>;
