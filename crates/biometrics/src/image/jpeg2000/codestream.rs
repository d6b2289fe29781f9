use std::collections::BTreeMap;

use super::jp2;
use super::parts::{Axis, Parts};
use super::style::{COD, Segment, Style};
use crate::fields::Fields;
use crate::image::{ImageFormat, sniff};
use crate::{Error, Result};

const SOC: u16 = 0xFF4F;
const SIZ: u16 = 0xFF51;
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) width: u32,
    pub(super) height: u32,
    axes: [Axis; 2],
    components: u16,
    /// Steps between the samples of each component, across and down.
    subsampling: Vec<[u8; 2]>,
    /// Where the next segment begins.
    end: usize,
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
        let length = usize::from(fields.u16(WHAT)?);
        fields.u16(WHAT)?; // Capabilities.
        let mut next = || fields.u32(WHAT);
        let (right, bottom, left, top) = (next()?, next()?, next()?, next()?);
        let (tile_width, tile_height) = (next()?, next()?);
        let (tile_left, tile_top) = (next()?, next()?);
        let components = fields.u16(WHAT)?;
        let mut subsampling = Vec::new();
        for _ in 0..components {
            let [_depth, across, down] = fields.array(WHAT)?;
            subsampling.push([across, down]);
        }
        let axis = |image, first, side| Axis { image, first, side };
        let size = Size {
            width: right.saturating_sub(left),
            height: bottom.saturating_sub(top),
            axes: [
                axis(left..right, tile_left, tile_width),
                axis(top..bottom, tile_top, tile_height),
            ],
            components,
            subsampling,
            end: fields.at(),
        };
        let has_samples = !size.subsampling.as_flattened().contains(&0);
        if length + 4 != size.end || !has_samples || size.tiles().is_none() {
            return Err(malformed);
        }
        Ok(size)
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

impl Codestream<'_> {
    /// Checks that the picture is not cut into more parts than its samples are worth, by the main
    /// header or by that of any tile-part.
    pub(super) fn check_parts(&self, size: &Size) -> Result<()> {
        const WHAT: &str = "JPEG 2000 header";
        let mut fields = Fields::new(self.data);
        fields.bytes(size.end, WHAT)?;
        let mut segments = Vec::new();
        let mut segment = Segment::read(&mut fields, self.at)?;
        while segment.marker != SOT {
            segments.push(segment);
            segment = Segment::read(&mut fields, self.at)?;
        }
        let main = Style::of_main(&segments, size.components, self.at)?;
        let mut tiles = BTreeMap::new();
        loop {
            self.read_tile_part(segment, &mut fields, size, &main, &mut tiles)?;
            // Behind the last tile-part the decoder looks at nothing.
            if !fields.clone().u16(WHAT).is_ok_and(|marker| marker == SOT) {
                break;
            }
            segment = Segment::read(&mut fields, self.at)?;
        }
        let mut parts = size.parts(&main, None);
        for (tile, style) in &tiles {
            parts = parts.and(size.parts(style, Some(*tile)));
        }
        parts.check_limits(size.samples())
    }

    /// Reads the header of a tile-part behind its SOT segment, and passes over its data; `tiles`
    /// takes what differs from the main header.
    fn read_tile_part(
        &self,
        start: Segment<'_>,
        fields: &mut Fields<'_>,
        size: &Size,
        main: &Style,
        tiles: &mut BTreeMap<u16, Style>,
    ) -> Result<()> {
        const WHAT: &str = "JPEG 2000 tile-part";
        /// Of the SOT segment with its marker.
        const SOT_LEN: usize = 12;
        let malformed = Error::Malformed {
            what: WHAT,
            at: start.at,
        };
        let &[tile1, tile0, l3, l2, l1, l0, _part, _parts] = start.content else {
            return Err(malformed);
        };
        let length = match u32::from_be_bytes([l3, l2, l1, l0]) as usize {
            0 => fields.remaining(),
            length => length.checked_sub(SOT_LEN).ok_or(malformed)?,
        };
        let offset = self.at + fields.at();
        let mut part = Fields::new(fields.bytes(length, WHAT)?);
        let tile = u16::from_be_bytes([tile1, tile0]);
        let mut segments = Vec::new();
        while part.remaining() > 0 {
            let segment = Segment::read(&mut part, offset)?;
            if segment.ends_header() {
                break;
            }
            segments.push(segment);
        }
        if segments.is_empty() {
            return Ok(());
        }
        let known = tiles.get(&tile);
        let mut style = known.unwrap_or(main).clone();
        if known.is_none() {
            // Orders in a tile's own headers stand instead of those in the main header.
            style.orders = 0;
        }
        let mut differs = false;
        for segment in &segments {
            differs |= style.apply(segment, size.components)?;
        }
        if differs {
            style.orders = style.orders.max(main.orders);
            tiles.insert(tile, style);
        }
        Ok(())
    }
}

impl Size {
    fn tiles(&self) -> Option<u64> {
        let [across, down] = &self.axes;
        across.tiles()?.checked_mul(down.tiles()?)
    }

    fn samples(&self) -> u64 {
        let pixels = u64::from(self.width) * u64::from(self.height);
        pixels.saturating_mul(self.components.into())
    }

    /// Of all tiles, or of one.
    fn parts(&self, style: &Style, tile: Option<u16>) -> Parts {
        let counts = self.axes.each_ref().map(|axis| axis.tiles().unwrap_or(0));
        let [columns, rows] = counts.map(|count| 0..count);
        let tiles = match tile.map(u64::from) {
            None => [columns, rows],
            Some(tile) => {
                let columns = columns.end.max(1);
                let (x, y) = (tile % columns, tile / columns);
                // A tile that is not there has no parts.
                let y = if rows.contains(&y) { y..y + 1 } else { 0..0 };
                [x..x + 1, y]
            }
        };
        Parts::of(style, &self.axes, tiles, &self.subsampling)
    }

    pub(super) fn check_limits(&self) -> Result<()> {
        let tiles = self.tiles().unwrap_or(u64::MAX);
        for (what, found, limit) in [
            ("number of JPEG 2000 tiles", tiles, MAX_TILES),
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
