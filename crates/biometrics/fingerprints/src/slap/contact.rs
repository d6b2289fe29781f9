//! Where skin touches the glass, and which patches of it are fingertips.

use crate::minutiae::Patches;
use crate::plane::Plane;

/// Side of a cell in pixels: narrow gaps between fingers must survive.
pub(super) const CELL: usize = 4;
/// Least contrast of skin, in grey levels, and as a part of the picture's high contrast.
const LEAST_CONTRAST: f32 = 14.0;
const LEAST_SHARE: f32 = 0.35;
/// Cells of the smallest patch that may be a fingertip: a seventh of an inch square.
const LEAST_PATCH: usize = 330;
/// Tilts that are tried, in degrees to each side.
const TILTS: i32 = 44;
/// Cells on each side of a column's flank.
const FLANK: usize = 6;
/// Widths of fingertips, in pixels: what is narrower is none, what is wider is several.
const NARROWEST: f32 = 90.0;
const WIDEST: f32 = 390.0;
const USUAL_WIDTH: f32 = 250.0;
/// A fingertip's length down to the crease, in widths.
const LONGEST: f32 = 1.85;
const SHORTEST: f32 = 1.05;

/// A fingertip, in the frame of the hand: `u` to the right across the fingers, `v` down along them, in pixels.
#[derive(Debug, Clone)]
pub(super) struct Fingertip {
    /// Its cells' middles.
    pub(super) cells: Vec<(f32, f32)>,
    /// The middle and the width across.
    pub(super) u: f32,
    pub(super) width: f32,
    /// The tip and the lower end.
    pub(super) top: f32,
    pub(super) bottom: f32,
    /// The direction of the hand that the frame has, in radians clockwise.
    pub(super) tilt: f32,
}

/// Skin on the glass.
pub(super) struct Contact {
    mask: Plane<bool>,
    /// By how much the fingers are turned clockwise, in radians.
    pub(super) tilt: f32,
}

impl Contact {
    pub(super) fn of(grey: &Plane<f32>) -> Self {
        let mask = skin(grey);
        let tilt = tilt(&mask);
        Self { mask, tilt }
    }

    /// The fingertips from left to right; of more than four the largest.
    pub(super) fn fingertips(&self) -> Vec<Fingertip> {
        let patches = Patches::of(&self.mask);
        let mut cells: Vec<Vec<(f32, f32)>> = vec![Vec::new(); patches.sizes.len()];
        let (sin, cos) = self.tilt.sin_cos();
        for y in 0..self.mask.height() {
            for (x, number) in patches.numbers.row(y).iter().enumerate() {
                let middle = |cell: usize| ((cell * CELL) as f32) + CELL as f32 / 2.0;
                let (x, y) = (middle(x), middle(y));
                if *number != 0
                    && let Some(cells) = cells.get_mut(*number)
                {
                    cells.push((x * cos + y * sin, y * cos - x * sin));
                }
            }
        }
        let patches = cells.into_iter().filter(|cells| cells.len() >= LEAST_PATCH);
        let parts = patches.flat_map(|cells| divided(cells, self.tilt));
        let mut tips = without_phalanges(parts.filter(|part| part.width >= NARROWEST).collect());
        for tip in &mut tips {
            tip.end_at_crease();
        }
        tips.retain(|tip| tip.cells.len() >= LEAST_PATCH && tip.bottom - tip.top > 0.6 * tip.width);
        tips.sort_by_key(|tip| core::cmp::Reverse(tip.cells.len()));
        tips.truncate(super::MAX_FINGERS + 1);
        tips.sort_by(|a, b| a.u.total_cmp(&b.u));
        tips
    }
}

/// Cells of enough contrast, with single ones mended.
fn skin(grey: &Plane<f32>) -> Plane<bool> {
    let (width, height) = (grey.width() / CELL, grey.height() / CELL);
    let mut sums = Plane::filled(width, height, (0.0_f32, 0.0_f32));
    for y in 0..height * CELL {
        let levels = grey.row(y).chunks_exact(CELL);
        for (sum, levels) in sums.row_mut(y / CELL).iter_mut().zip(levels) {
            for level in levels {
                sum.0 += level;
                sum.1 += level * level;
            }
        }
    }
    let around = [(-1, 0), (0, 0), (1, 0), (0, -1), (0, 1)];
    let contrast = Plane::of(width, height, |x, y| {
        let near = around.map(|(dx, dy)| sums.near(x as i32 + dx, y as i32 + dy));
        let (sum, squares) = near
            .iter()
            .fold((0.0, 0.0), |all, one| (all.0 + one.0, all.1 + one.1));
        let count = (around.len() * CELL * CELL) as f32;
        (squares / count - (sum / count).powi(2)).max(0.0).sqrt()
    });
    let mut sorted = contrast.values().to_vec();
    sorted.sort_by(f32::total_cmp);
    let high = sorted
        .get(sorted.len() * 97 / 100)
        .copied()
        .unwrap_or_default();
    let least = LEAST_CONTRAST.max(LEAST_SHARE * high);
    let rough = contrast.map(|contrast| contrast > least);
    Plane::of(width, height, |x, y| {
        let near = (-1..=1).flat_map(|dy| (-1..=1).map(move |dx| (dx, dy)));
        near.filter(|(dx, dy)| rough.at_signed(x as i32 + dx, y as i32 + dy))
            .count()
            >= 6
    })
}

/// The tilt at which skin falls most sharply into columns.
fn tilt(mask: &Plane<bool>) -> f32 {
    let mut cells = Vec::new();
    for y in 0..mask.height() {
        let row = mask.row(y).iter().enumerate().filter(|(_, on)| **on);
        cells.extend(row.map(|(x, _)| (x as f32, y as f32)));
    }
    let reach = (mask.width() as f32).hypot(mask.height() as f32);
    let mut counts = vec![0.0_f32; (2.0 * reach) as usize + 2];
    let sharpness = |degrees: &i32| {
        let (sin, cos) = (*degrees as f32).to_radians().sin_cos();
        counts.iter_mut().for_each(|count| *count = 0.0);
        for (x, y) in &cells {
            let column = (x * cos + y * sin + reach).max(0.0) as usize;
            if let Some(count) = counts.get_mut(column) {
                *count += 1.0;
            }
        }
        // The flanks of the columns: how much changes from a few cells to the next few.
        let flank = |cells: &[f32]| {
            let (left, right) = cells.split_at(cells.len() / 2);
            (right.iter().sum::<f32>() - left.iter().sum::<f32>()).powi(2)
        };
        let sum: f32 = counts.windows(2 * FLANK).map(flank).sum();
        // A hand that lies straight is likelier: equal sharpness is decided by the smaller tilt.
        sum * (1.0 - 0.8 * (*degrees as f32 / 60.0).powi(2))
    };
    let judged: Vec<(i32, f32)> = {
        let mut sharpness = sharpness;
        (-TILTS..=TILTS)
            .map(|degrees| (degrees, sharpness(&degrees)))
            .collect()
    };
    let best = judged.iter().max_by(|a, b| a.1.total_cmp(&b.1));
    best.map_or(0.0, |(degrees, _)| (*degrees as f32).to_radians())
}

/// A patch of skin as one fingertip, or as several that touch.
fn divided(cells: Vec<(f32, f32)>, tilt: f32) -> Vec<Fingertip> {
    let whole = Fingertip::of(cells, tilt);
    if whole.width <= WIDEST {
        return vec![whole];
    }
    let parts = (whole.width / USUAL_WIDTH).round().clamp(2.0, 4.0) as usize;
    let profile = whole.profile(|(u, _)| *u, whole.u - whole.width / 2.0, whole.width);
    let mut cuts = Vec::new();
    for part in 1..parts {
        let middle = whole.width * part as f32 / parts as f32;
        let around = |bin: usize| ((bin * CELL) as f32 - middle).abs();
        let near = profile
            .iter()
            .enumerate()
            .filter(|(bin, _)| around(*bin) < 0.35 * whole.width / parts as f32);
        let lowest = near.min_by(|a, b| {
            (a.1, around(a.0))
                .partial_cmp(&(b.1, around(b.0)))
                .unwrap_or(core::cmp::Ordering::Equal)
        });
        cuts.extend(lowest.map(|(bin, _)| whole.u - whole.width / 2.0 + (bin * CELL) as f32));
    }
    let mut parts = vec![Vec::new(); cuts.len() + 1];
    for cell in whole.cells {
        let number = cuts.iter().filter(|cut| cell.0 > **cut).count();
        if let Some(part) = parts.get_mut(number) {
            part.push(cell);
        }
    }
    let parts = parts.into_iter().filter(|cells| cells.len() >= LEAST_PATCH);
    parts.map(|cells| Fingertip::of(cells, tilt)).collect()
}

/// Of patches one below the other the upper one: below it lies the next phalanx. A patch that begins within a fingertip's length
/// right below another belongs to it.
fn without_phalanges(mut patches: Vec<Fingertip>) -> Vec<Fingertip> {
    patches.sort_by(|a, b| a.top.total_cmp(&b.top));
    let mut tips: Vec<Fingertip> = Vec::new();
    for patch in patches {
        let same_column =
            |tip: &&mut Fingertip| (tip.u - patch.u).abs() < 0.5 * tip.width.max(patch.width);
        match tips.iter_mut().find(same_column) {
            Some(tip) => {
                let gap = patch.top - tip.bottom;
                let length = patch.bottom - tip.top;
                if gap < 16.0 && length < LONGEST * tip.width.max(patch.width) {
                    let mut cells = core::mem::take(&mut tip.cells);
                    cells.extend(patch.cells);
                    *tip = Fingertip::of(cells, tip.tilt);
                }
            }
            None => tips.push(patch),
        }
    }
    tips
}

impl Fingertip {
    fn of(cells: Vec<(f32, f32)>, tilt: f32) -> Self {
        let range = |value: fn(&(f32, f32)) -> f32| {
            let mut values: Vec<f32> = cells.iter().map(value).collect();
            values.sort_by(f32::total_cmp);
            let at = |part: usize| {
                values
                    .get((values.len().saturating_sub(1)) * part / 200)
                    .copied()
            };
            (at(2).unwrap_or_default(), at(198).unwrap_or_default())
        };
        let ((left, right), (top, bottom)) = (range(|cell| cell.0), range(|cell| cell.1));
        Self {
            u: (left + right) / 2.0,
            width: right - left + CELL as f32,
            top,
            bottom,
            cells,
            tilt,
        }
    }

    /// How many cells lie at each place, `CELL` pixels a bin, smoothed.
    fn profile(&self, value: fn(&(f32, f32)) -> f32, from: f32, length: f32) -> Vec<f32> {
        let bins = (length / CELL as f32).ceil().max(1.0) as usize;
        let mut counts = Plane::filled(bins, 1, 0.0_f32);
        for cell in &self.cells {
            let bin = (value(cell) - from) / CELL as f32;
            if bin >= 0.0
                && let Some(count) = counts.row_mut(0).get_mut(bin as usize)
            {
                *count += 1.0;
            }
        }
        counts.gaussian(2.5).row(0).to_vec()
    }

    /// Cuts a patch that is longer than a fingertip where it is narrowest.
    fn end_at_crease(&mut self) {
        let length = self.bottom - self.top;
        if length <= LONGEST * self.width {
            return;
        }
        let profile = self.profile(|(_, v)| *v, self.top, length);
        let crease = profile
            .iter()
            .enumerate()
            .map(|(bin, count)| ((bin * CELL) as f32, *count))
            .filter(|(v, _)| (SHORTEST * self.width..LONGEST * self.width).contains(v))
            .min_by(|a, b| a.1.total_cmp(&b.1));
        let end = self.top + crease.map_or(LONGEST * self.width, |(v, _)| v);
        let cells = core::mem::take(&mut self.cells);
        *self = Self::of(
            cells.into_iter().filter(|(_, v)| *v <= end).collect(),
            self.tilt,
        );
    }
}
