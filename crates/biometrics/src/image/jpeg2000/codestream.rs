use super::jp2;
use crate::fields::Fields;
use crate::image::{ImageFormat, sniff};
use crate::{Error, Result};

const SOC: u16 = 0xFF4F;
const SIZ: u16 = 0xFF51;
const COD: u16 = 0xFF52;
const SOT: u16 = 0xFF90;
const EOC: u16 = 0xFFD9;

/// Most tiles of an image: the standard's own limit, since a tile's index has 16 bits.
const MAX_TILES: u64 = 65_535;

/// Most components: colour and transparency.
const MAX_COMPONENTS: u16 = 4;

/// A JPEG 2000 codestream within a file, or that is the file (ISO 15444-1 annex A).
#[derive(Debug, Clone, Copy)]
pub(super) struct Codestream<'a> {
    data: &'a [u8],
    at: usize,
}

/// What the SIZ marker segment says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) width: u32,
    pub(super) height: u32,
    tiles: u64,
    components: u16,
}

impl<'a> Codestream<'a> {
    /// Finds the codestream, in the only `jp2c` box if there are boxes: with two of them, limits
    /// could be checked on one and the other be decoded.
    pub(super) fn locate(data: &'a [u8]) -> Result<Self> {
        if sniff(data) == Some(ImageFormat::Jpeg2000Codestream) {
            return Ok(Self { data, at: 0 });
        }
        let boxes = jp2::boxes(data)?;
        let mut codestreams = boxes.iter().filter(|b| b.kind == *b"jp2c");
        match (codestreams.next(), codestreams.next()) {
            (Some(only), None) => Ok(Self {
                data: only.content,
                at: only.at,
            }),
            (Some(_), Some(_)) => Err(Error::Unsupported("a JP2 file of several images")),
            (None, _) => Err(Error::Malformed {
                what: "JP2 codestream box",
                at: 0,
            }),
        }
    }

    /// Where it starts in the file.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn size(&self) -> Result<Size> {
        const WHAT: &str = "JPEG 2000 image and tile size";
        let mut fields = Fields::new(self.data);
        let malformed = Error::Malformed {
            what: WHAT,
            at: self.at,
        };
        if (fields.u16(WHAT)?, fields.u16(WHAT)?) != (SOC, SIZ) {
            return Err(malformed);
        }
        // Length of the segment and capabilities.
        fields.u32(WHAT)?;
        let mut next = || fields.u32(WHAT);
        let (right, bottom, left, top) = (next()?, next()?, next()?, next()?);
        let (tile_width, tile_height) = (next()?, next()?);
        let (tile_left, tile_top) = (next()?, next()?);
        let components = fields.u16(WHAT)?;
        let across = tiles(right, tile_left, tile_width);
        let down = tiles(bottom, tile_top, tile_height);
        match (
            right.checked_sub(left),
            bottom.checked_sub(top),
            across,
            down,
        ) {
            (Some(width), Some(height), Some(across), Some(down)) => Ok(Size {
                width,
                height,
                tiles: across * down,
                components,
            }),
            _ => Err(malformed),
        }
    }

    /// Whether the coding style of the main header names the reversible wavelet.
    pub(super) fn is_reversible(&self) -> Result<bool> {
        const WHAT: &str = "JPEG 2000 coding style";
        const REVERSIBLE: u8 = 1;
        let mut fields = Fields::new(self.data);
        fields.u16(WHAT)?;
        loop {
            let at = self.at + fields.at();
            let marker = fields.u16(WHAT)?;
            let length = usize::from(fields.u16(WHAT)?);
            let content = length
                .checked_sub(2)
                .ok_or(Error::Malformed { what: WHAT, at })?;
            let content = fields.bytes(content, WHAT)?;
            match marker {
                // Style, progression, layers, transform, decompositions, two sides, block style.
                COD => {
                    return content
                        .get(9)
                        .map(|wavelet| *wavelet == REVERSIBLE)
                        .ok_or(Error::Malformed { what: WHAT, at });
                }
                SOT => return Err(Error::Malformed { what: WHAT, at }),
                _ => {}
            }
        }
    }

    /// Checks that every tile-part is as long as it says: a decoder fills up with grey what is
    /// missing. A missing end marker hides nothing and is let pass.
    pub(super) fn check_complete(&self) -> Result<()> {
        const WHAT: &str = "JPEG 2000 tile-part: the file is cut short";
        let mut fields = Fields::new(self.data);
        fields.u16(WHAT)?;
        let mut tile_parts = 0;
        while fields.remaining() >= 2 {
            let start = fields.at();
            let marker = fields.u16(WHAT)?;
            if marker == EOC {
                break;
            }
            let segment = usize::from(fields.u16(WHAT)?);
            let mut total = segment + 2;
            if marker == SOT {
                tile_parts += 1;
                fields.u16(WHAT)?;
                total = match fields.u32(WHAT)? {
                    // Zero: the last tile-part goes to the end of the codestream.
                    0 => break,
                    length => length as usize,
                };
            }
            let rest = (start + total)
                .checked_sub(fields.at())
                .ok_or(Error::Malformed {
                    what: "JPEG 2000 marker segment",
                    at: self.at + start,
                })?;
            fields.bytes(rest, WHAT)?;
        }
        if tile_parts == 0 {
            return Err(Error::Malformed {
                what: WHAT,
                at: self.at + fields.at(),
            });
        }
        Ok(())
    }
}

impl Size {
    pub(super) fn check_limits(self) -> Result<()> {
        for (what, found, limit) in [
            ("number of JPEG 2000 tiles", self.tiles, MAX_TILES),
            (
                "number of JPEG 2000 components",
                self.components.into(),
                MAX_COMPONENTS.into(),
            ),
        ] {
            if found > limit {
                return Err(Error::TooLarge { what, found, limit });
            }
        }
        Ok(())
    }
}

/// Tiles along one axis of the reference grid.
fn tiles(end: u32, first: u32, side: u32) -> Option<u64> {
    let span = end.checked_sub(first)?;
    (side > 0).then(|| u64::from(span).div_ceil(u64::from(side)))
}
