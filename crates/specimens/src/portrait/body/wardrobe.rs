mod ao_dai;
mod suit;

use crate::curve::{Point, smoothstep};
use crate::portrait::canvas::Canvas;
use crate::portrait::colour::{Colour, srgb};
use crate::portrait::look::Clothes;
use crate::random::noise;
use crate::raster::Field;

pub(super) fn paint(canvas: &mut Canvas, clothes: &Clothes, seed: u64) {
    let cloth = Cloth { seed };
    match *clothes {
        Clothes::Suit { jacket, shirt, tie } => {
            suit::paint(canvas, &cloth, srgb(jacket), srgb(shirt), tie.map(srgb));
        }
        Clothes::AoDai { silk, trim } => ao_dai::paint(canvas, &cloth, srgb(silk), srgb(trim)),
    }
}

/// Woven cloth: a fine grain, soft folds, light from the upper left.
struct Cloth {
    seed: u64,
}

impl Cloth {
    /// Lays a piece of cloth bounded by `corners`; returns where it lies.
    fn lay(&self, canvas: &mut Canvas, corners: &[Point], colour: Colour) -> Field {
        let piece = Field::polygon(canvas.grid(), corners).blurred(0.005);
        canvas.change(&piece, |point, _| colour * self.light(point));
        piece
    }

    fn light(&self, point: Point) -> f32 {
        let weave = noise(point.x * 95.0, point.y * 95.0, self.seed)
            + 0.6
                * noise(
                    point.x * 40.0 + point.y * 30.0,
                    point.y * 14.0,
                    self.seed ^ 3,
                );
        let fold = noise(point.x * 1.7 + point.y * 0.8, point.y * 0.9, self.seed ^ 5)
            + 0.5 * noise(point.x * 4.0 - point.y * 2.5, point.y * 1.5, self.seed ^ 7);
        let across = 1.04 - 0.10 * point.x - 0.06 * point.x * point.x;
        let down = 1.0 - 0.25 * smoothstep(2.1, 2.8, point.y);
        (across * down * (1.0 + 0.10 * fold + 0.030 * weave)).max(0.1)
    }
}

/// The shadow that a piece throws on what lies below and beside it.
fn throw_shadow(canvas: &mut Canvas, piece: &Field, by: Point, soft: f32, strength: f32) {
    let shadow = piece.shifted(by).blurred(soft).without(piece);
    canvas.change(&shadow.map(|m| strength * m), |_, c| {
        c.filtered(Colour([0.30, 0.28, 0.30]))
    });
}
