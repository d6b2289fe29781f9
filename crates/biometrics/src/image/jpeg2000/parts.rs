//! Into how many parts a picture is cut (ISO 15444-1 annex B): the decoder takes memory and time
//! for each of them, whether or not a byte of the file belongs to it.

use std::ops::Range;

use super::style::{Coding, Style};
use crate::{Error, Result};

/// Samples, of all components, for each part: blocks of 16 × 16 leave half of it. A part takes
/// the decoder some 350 bytes.
const SAMPLES_PER_PART: u64 = 128;

/// Samples for each layer of each code block, which takes the decoder 24 bytes.
const SAMPLES_PER_CONTRIBUTION: u64 = 16;

/// Parts that a picture of any size may have: 6 megabytes.
const FREE_PARTS: u64 = 16_384;

/// Most packets, over all orders in which they are listed.
const MAX_PACKETS: u64 = 4 << 20;

/// One direction of the reference grid: where image and tiles are (ISO 15444-1 §B.2 and §B.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Axis {
    pub(super) image: Range<u32>,
    /// Where the first tile begins.
    pub(super) first: u32,
    /// A tile's side.
    pub(super) side: u32,
}

impl Axis {
    /// Tiles, if the first of them has a part in the image.
    pub(super) fn tiles(&self) -> Option<u64> {
        let before = self.image.start.checked_sub(self.first)?;
        let span = self.image.end.checked_sub(self.first)?;
        (before < self.side).then(|| u64::from(span).div_ceil(u64::from(self.side)))
    }

    /// A tile's part of the image.
    fn tile(&self, index: u64) -> Range<u64> {
        let start = u64::from(self.first) + index * u64::from(self.side);
        let end = start + u64::from(self.side);
        start.max(self.image.start.into())..end.min(self.image.end.into())
    }

    /// The parts of some tiles along this direction at one resolution.
    fn lines(&self, tiles: Range<u64>, cut: &Cut) -> Lines {
        let mut lines = Lines::default();
        for index in tiles {
            let tile = self.tile(index);
            let up = |place: u64| place.div_ceil(cut.subsampling.max(1));
            let tile = up(tile.start)..up(tile.end);
            let resolution = scaled(&tile, cut.levels_left, 0);
            lines.precincts += touched(&resolution, cut.precinct);
            for (high, blocks) in lines.blocks.iter_mut().enumerate() {
                let band = scaled(&tile, cut.band_level, high as u64);
                *blocks += touched(&band, cut.block);
            }
        }
        lines
    }
}

/// How one resolution of a component is cut along one direction.
struct Cut {
    subsampling: u64,
    /// Halvings from the component to this resolution, and to its sub-bands.
    levels_left: u32,
    band_level: u32,
    /// Exponents of sides.
    precinct: u8,
    block: u8,
}

impl Cut {
    fn new(coding: &Coding, resolution: usize, direction: usize, subsampling: u8) -> Self {
        let levels = coding.precincts.len().saturating_sub(1);
        let of = |sides: &[u8; 2]| sides.get(direction).copied().unwrap_or_default();
        let precinct = coding.precincts.get(resolution).map(of).unwrap_or_default();
        let levels_left = levels.saturating_sub(resolution) as u32;
        let halved = u8::from(resolution > 0);
        Self {
            subsampling: subsampling.into(),
            levels_left,
            band_level: levels_left + u32::from(halved),
            precinct,
            block: of(&coding.block).min(precinct.saturating_sub(halved)),
        }
    }
}

/// Precincts of a resolution and code blocks of its low and its high sub-band in one direction.
#[derive(Default)]
struct Lines {
    precincts: u64,
    blocks: [u64; 2],
}

/// A range after halvings, of the low or the high sub-band (ISO 15444-1 equations B-14 and B-15).
fn scaled(range: &Range<u64>, level: u32, high: u64) -> Range<u64> {
    let offset = (high << level) >> 1;
    let of = |place: u64| place.saturating_sub(offset).div_ceil(1 << level);
    of(range.start)..of(range.end)
}

/// How many squares of a grid lie within a range, at least in part.
fn touched(range: &Range<u64>, exponent: u8) -> u64 {
    if range.is_empty() {
        return 0;
    }
    range.end.div_ceil(1 << exponent) - (range.start >> exponent)
}

/// The parts of a picture, or of some of its tiles.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Parts {
    code_blocks: u64,
    /// Code blocks in each of their layers.
    contributions: u64,
    /// Precincts of sub-bands.
    precincts: u64,
    /// Over all layers and orders.
    packets: u64,
}

impl Parts {
    /// Of the tiles in a rectangle of columns and rows.
    pub(super) fn of(
        style: &Style,
        axes: &[Axis; 2],
        tiles: [Range<u64>; 2],
        subsampling: &[[u8; 2]],
    ) -> Self {
        let [across, down] = axes;
        let [columns, rows] = tiles;
        let mut parts = Self::default();
        let layers = u64::from(style.layers);
        let repeats = layers.saturating_mul(style.orders.max(1) as u64);
        for (coding, subsampling) in style.codings.iter().zip(subsampling) {
            for resolution in 0..coding.precincts.len() {
                let cut = |direction, by| Cut::new(coding, resolution, direction, by);
                let x = across.lines(columns.clone(), &cut(0, subsampling[0]));
                let y = down.lines(rows.clone(), &cut(1, subsampling[1]));
                let ([low_x, high_x], [low_y, high_y]) = (x.blocks, y.blocks);
                let (blocks, bands) = if resolution == 0 {
                    (low_x.saturating_mul(low_y), 1)
                } else {
                    let all = (low_x + high_x).saturating_mul(low_y + high_y);
                    (all.saturating_sub(low_x.saturating_mul(low_y)), 3)
                };
                let precincts = x.precincts.saturating_mul(y.precincts);
                parts = parts.and(Self {
                    code_blocks: blocks,
                    contributions: blocks.saturating_mul(layers),
                    precincts: precincts.saturating_mul(bands),
                    packets: precincts.saturating_mul(repeats),
                });
            }
        }
        parts
    }

    pub(super) fn and(self, more: Self) -> Self {
        Self {
            code_blocks: self.code_blocks.saturating_add(more.code_blocks),
            contributions: self.contributions.saturating_add(more.contributions),
            precincts: self.precincts.saturating_add(more.precincts),
            packets: self.packets.saturating_add(more.packets),
        }
    }

    /// Whether they are in proportion to the samples.
    pub(super) fn check_limits(self, samples: u64) -> Result<()> {
        let parts = (samples / SAMPLES_PER_PART).max(FREE_PARTS);
        let contributions = samples / SAMPLES_PER_CONTRIBUTION;
        let free = FREE_PARTS * (SAMPLES_PER_PART / SAMPLES_PER_CONTRIBUTION);
        for (what, found, limit) in [
            (
                "number of JPEG 2000 code blocks (encode with blocks of 64 x 64 and larger tiles)",
                self.code_blocks,
                parts,
            ),
            (
                "number of JPEG 2000 precincts (encode without precincts and with larger tiles)",
                self.precincts,
                parts,
            ),
            (
                "number of layers in JPEG 2000 code blocks (encode with one layer)",
                self.contributions,
                contributions.max(free),
            ),
            (
                "number of JPEG 2000 packets (encode with one layer and one progression order)",
                self.packets,
                MAX_PACKETS,
            ),
        ] {
            if found > limit {
                return Err(Error::TooLarge { what, found, limit });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(image: Range<u32>, side: u32) -> Axis {
        let first = 0;
        Axis { image, first, side }
    }

    fn style(levels: usize, block: u8, precinct: u8) -> Style {
        let coding = Coding {
            block: [block; 2],
            precincts: vec![[precinct; 2]; levels + 1],
        };
        Style {
            layers: 2,
            orders: 0,
            codings: vec![coding],
        }
    }

    #[test]
    fn parts_are_those_of_annex_b() {
        // Sides, tile, decompositions, exponents; then code blocks, precincts, packets.
        for (side, tile, levels, block, precinct, wanted) in [
            (64, 64, 0, 6, 15, (1, 1, 2)),
            (65, 65, 0, 6, 15, (4, 1, 2)),
            (128, 128, 1, 6, 15, (4, 4, 4)),
            (128, 128, 1, 5, 15, (16, 4, 4)),
            // A precinct of 32 holds 16 x 16 of each sub-band.
            (128, 128, 1, 6, 5, (4 + 3 * 16, 4 + 3 * 16, 40)),
            (128, 64, 1, 6, 15, (16, 16, 16)),
            // The high sub-bands of one sample are empty.
            (1, 1, 1, 6, 15, (1, 4, 4)),
        ] {
            let axes = [axis(0..side, tile), axis(0..side, tile)];
            let tiles = u64::from(side.div_ceil(tile));
            let found = Parts::of(
                &style(levels, block, precinct),
                &axes,
                [0..tiles, 0..tiles],
                &[[1, 1]],
            );
            let (code_blocks, precincts, packets) = wanted;
            let wanted = Parts {
                code_blocks,
                contributions: 2 * code_blocks,
                precincts,
                packets,
            };
            assert_eq!(found, wanted, "{side} {tile} {levels} {block} {precinct}");
        }
    }

    #[test]
    fn the_grid_may_begin_anywhere() {
        let grid = axis(10..100, 32);
        assert_eq!(grid.tiles(), Some(4));
        assert_eq!((grid.tile(0), grid.tile(3)), (10..32, 96..100));
        assert_eq!(axis(32..100, 32).tiles(), None);
        assert_eq!(scaled(&(5..9), 1, 0), 3..5);
        assert_eq!(scaled(&(5..9), 1, 1), 2..4);
        assert_eq!(touched(&(3..5), 2), 2);
        assert_eq!(touched(&(4..4), 2), 0);
    }
}
