//! What a codestream says of its picture before the blocks begin.

use crate::cursor::Cursor;
use crate::{Error, Limits, NistCom, Segment, number};

const FRAME_LENGTH: u16 = 17;

/// The frame header (IAFIS-IC-0110).
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// Columns, not zero.
    pub width: u16,
    /// Rows, not zero.
    pub height: u16,
    /// The grey value that stands for black.
    pub black: u8,
    /// The grey value that stands for white.
    pub white: u8,
    /// What was subtracted from each pixel: the mean.
    pub shift: f32,
    /// What the rest was divided by.
    pub scale: f32,
    /// The number of the encoder's algorithm; 2 is the one with optimised bin widths that everybody has.
    pub encoder: u8,
    /// The number the FBI gave to the software that encoded; 0 where it has none.
    pub software: u16,
}

impl Frame {
    /// Pixels.
    #[must_use]
    pub fn pixels(&self) -> usize {
        usize::from(self.width) * usize::from(self.height)
    }

    /// `at`: the marker.
    pub(crate) fn read(cursor: &mut Cursor<'_>, at: usize, limits: &Limits) -> Result<Self, Error> {
        const SEGMENT: Segment = Segment::FrameHeader;
        cursor.fixed_length(FRAME_LENGTH, SEGMENT)?;
        let (black, white) = (cursor.u8(SEGMENT)?, cursor.u8(SEGMENT)?);
        let (height, width) = (cursor.u16(SEGMENT)?, cursor.u16(SEGMENT)?);
        let frame = Self {
            width,
            height,
            black,
            white,
            shift: number::read_u16(cursor, SEGMENT)?,
            scale: number::read_u16(cursor, SEGMENT)?,
            encoder: cursor.u8(SEGMENT)?,
            software: cursor.u16(SEGMENT)?,
        };
        let limit = limits.max_pixels;
        match frame.pixels() {
            0 => Err(Error::NoPixels { at, width, height }),
            pixels if pixels > limit => Err(Error::TooManyPixels {
                width,
                height,
                limit,
            }),
            _ => Ok(frame),
        }
    }

    /// Appends the segment with marker.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        out.extend(Segment::FrameHeader.marker().to_be_bytes());
        out.extend(FRAME_LENGTH.to_be_bytes());
        out.extend([self.black, self.white]);
        out.extend(self.height.to_be_bytes());
        out.extend(self.width.to_be_bytes());
        number::write_u16(out, self.shift);
        number::write_u16(out, self.scale);
        out.push(self.encoder);
        out.extend(self.software.to_be_bytes());
    }
}

/// The frame header and the comments.
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    /// Size and shift of the picture.
    pub frame: Frame,
    /// The comments as they are, in their order; text, but of whatever encoding.
    pub comments: Vec<Vec<u8>>,
}

impl Header {
    /// The first NISTCOM among the comments.
    #[must_use]
    pub fn nistcom(&self) -> Option<NistCom> {
        self.comments
            .iter()
            .find_map(|comment| NistCom::parse(comment))
    }

    /// Pixels per inch, if a NISTCOM says so. The codestream itself has no place for it.
    #[must_use]
    pub fn ppi(&self) -> Option<u16> {
        self.nistcom()?.ppi()
    }
}
