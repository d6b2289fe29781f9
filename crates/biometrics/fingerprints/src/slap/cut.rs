//! One fingertip taken out of the slap and turned upright.

use super::contact::{CELL, Fingertip};
use super::{Digit, Segment};
use crate::Result;
use crate::plane::Plane;
use crate::print::{MIN_SIDE, NOMINAL_PPI, Print};

/// Pixels around the skin that are taken along.
const MARGIN: f32 = 14.0;
/// A turn smaller than this, in radians, is left in the print: turning costs sharpness.
const LEAST_TURN: f32 = 0.035;
/// How far a finger's own axis may be from the hand's, in radians.
const SPLAY: f32 = 0.26;
/// The grey of the glass where another finger was taken out.
const GLASS: f32 = 245.0;

pub(super) fn segment(
    grey: &Plane<f32>,
    tip: &Fingertip,
    digit: Digit,
    scale: f32,
) -> Result<Segment> {
    let rotation = tip.tilt + own_axis(tip);
    let turned = if rotation.abs() < LEAST_TURN {
        0.0
    } else {
        rotation
    };
    let frame = Frame::around(tip, turned);
    let (width, height) = frame.size();
    let mine = frame.mask(tip, width, height);
    let pixels = Plane::of(width, height, |x, y| {
        if !mine.at(x / CELL, y / CELL) {
            return GLASS;
        }
        let (x, y) = frame.in_slap(x as f32, y as f32);
        cubic(grey, x, y)
    });
    let levels = pixels
        .values()
        .iter()
        .map(|value| value.round().clamp(0.0, 255.0) as u8);
    let print = Print::new(levels.collect(), width as u32, height as u32, NOMINAL_PPI)?;
    let (right, down) = ((width - 1) as f32, (height - 1) as f32);
    let corners = [(0.0, 0.0), (right, 0.0), (right, down), (0.0, down)];
    let corners = corners.map(|(x, y)| frame.in_slap(x, y));
    let border = |(u, v): &(f32, f32)| {
        let (x, y) = upright(tip, *u, *v);
        let near = CELL as f32 * 1.6;
        x < near || y < near || x > grey.width() as f32 - near || y > grey.height() as f32 - near
    };
    let at_border = tip.cells.iter().filter(|cell| border(cell)).count();
    Ok(Segment {
        corners: corners.map(|(x, y)| (x * scale, y * scale)),
        rotation: rotation.to_degrees(),
        is_cut_off: at_border > 12,
        digit,
        print,
    })
}

/// A place of the hand's frame in the slap.
fn upright(tip: &Fingertip, u: f32, v: f32) -> (f32, f32) {
    let (sin, cos) = tip.tilt.sin_cos();
    (u * cos - v * sin, u * sin + v * cos)
}

/// The finger's own axis against the hand's, clockwise, by its principal axis; that of a round patch says nothing.
fn own_axis(tip: &Fingertip) -> f32 {
    let count = tip.cells.len().max(1) as f32;
    let (su, sv) = tip
        .cells
        .iter()
        .fold((0.0, 0.0), |sum, cell| (sum.0 + cell.0, sum.1 + cell.1));
    let (mu, mv) = (su / count, sv / count);
    let (mut uu, mut vv, mut uv) = (0.0_f32, 0.0_f32, 0.0_f32);
    for (u, v) in &tip.cells {
        let (du, dv) = (u - mu, v - mv);
        uu += du * du;
        vv += dv * dv;
        uv += du * dv;
    }
    if vv < 1.35 * uu {
        return 0.0;
    }
    // Down the finger u changes by `uv/vv`; a finger turned clockwise runs to the left on its way down.
    (-0.5 * (2.0 * uv).atan2(vv - uu)).clamp(-SPLAY, SPLAY)
}

/// The upright picture of a finger within the slap.
struct Frame {
    /// Its middle in the slap.
    middle: (f32, f32),
    cos: f32,
    sin: f32,
    half: (f32, f32),
}

impl Frame {
    fn around(tip: &Fingertip, rotation: f32) -> Self {
        let (sin, cos) = rotation.sin_cos();
        let mut low = (f32::MAX, f32::MAX);
        let mut high = (f32::MIN, f32::MIN);
        for (u, v) in &tip.cells {
            let (x, y) = upright(tip, *u, *v);
            let (right, down) = (x * cos + y * sin, y * cos - x * sin);
            low = (low.0.min(right), low.1.min(down));
            high = (high.0.max(right), high.1.max(down));
        }
        let (right, down) = ((low.0 + high.0) / 2.0, (low.1 + high.1) / 2.0);
        let least = MIN_SIDE as f32 / 2.0;
        let half = |low: f32, high: f32| ((high - low) / 2.0 + MARGIN).clamp(least, 600.0);
        Self {
            middle: (right * cos - down * sin, right * sin + down * cos),
            cos,
            sin,
            half: (half(low.0, high.0), half(low.1, high.1)),
        }
    }

    fn size(&self) -> (usize, usize) {
        let side = |half: f32| (2.0 * half).round() as usize;
        (side(self.half.0), side(self.half.1))
    }

    fn in_slap(&self, x: f32, y: f32) -> (f32, f32) {
        let (right, down) = (x - self.half.0, y - self.half.1);
        (
            self.middle.0 + right * self.cos - down * self.sin,
            self.middle.1 + right * self.sin + down * self.cos,
        )
    }

    /// Cells of the upright picture that are this finger's or near it: neighbours must not show in its print.
    fn mask(&self, tip: &Fingertip, width: usize, height: usize) -> Plane<bool> {
        let (columns, rows) = (width.div_ceil(CELL), height.div_ceil(CELL));
        let mut skin = Plane::filled(columns, rows, 0.0_f32);
        for (u, v) in &tip.cells {
            let (x, y) = upright(tip, *u, *v);
            let (dx, dy) = (x - self.middle.0, y - self.middle.1);
            let right = dx * self.cos + dy * self.sin + self.half.0;
            let down = dy * self.cos - dx * self.sin + self.half.1;
            if right >= 0.0 && down >= 0.0 {
                skin.set(right as usize / CELL, down as usize / CELL, 1.0);
            }
        }
        skin.box_blurred(2).map(|near| near > 0.01)
    }
}

/// Between sixteen pixels by cubic convolution (Keys 1981), which keeps ridges sharp.
fn cubic(grey: &Plane<f32>, x: f32, y: f32) -> f32 {
    let (left, top) = (x.floor(), y.floor());
    let (across, down) = (weights(x - left), weights(y - top));
    let (left, top) = (left as i32 - 1, top as i32 - 1);
    let rows = down.iter().zip(top..).map(|(weight, row)| {
        let line = across
            .iter()
            .zip(left..)
            .map(|(weight, column)| weight * grey.near(column, row));
        weight * line.sum::<f32>()
    });
    rows.sum()
}

fn weights(t: f32) -> [f32; 4] {
    let (t2, t3) = (t * t, t * t * t);
    [
        -0.5 * t3 + t2 - 0.5 * t,
        1.5 * t3 - 2.5 * t2 + 1.0,
        -1.5 * t3 + 2.0 * t2 + 0.5 * t,
        0.5 * t3 - 0.5 * t2,
    ]
}
