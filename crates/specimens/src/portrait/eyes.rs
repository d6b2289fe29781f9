//! Eyes.

mod lids;

use super::brush::soft_spot;
use super::canvas::Canvas;
use super::colour::{Colour, srgb};
use super::look::{Eyes, Look};
use crate::curve::{Curve, Point, at, smoothstep};
use crate::random::noise;
use crate::raster::{Field, Grid};

const IRIS_RADIUS: f32 = 0.096;
const PUPIL_RADIUS: f32 = 0.036;
/// Half of the distance between the corners of an eye.
const HALF_WIDTH: f32 = 0.238;

pub(super) fn paint(canvas: &mut Canvas, look: &Look) {
    for side in [-1.0, 1.0] {
        let eye = Eye::new(canvas.grid(), &look.eyes, side);
        eye.paint_white(canvas);
        eye.paint_iris(canvas, look);
        eye.paint_reflections(canvas);
        lids::paint(canvas, look, &eye);
    }
}

/// One eye; its curves run from the inner to the outer corner.
struct Eye {
    /// −1 for the eye on the left of the picture, 1 for the other.
    side: f32,
    middle: Point,
    upper: Curve,
    lower: Curve,
    /// Where the eyeball is seen.
    opening: Field,
}

impl Eye {
    fn new(grid: Grid, eyes: &Eyes, side: f32) -> Self {
        let open = eyes.opening;
        let place = |points: &[(f32, f32)]| {
            let placed = points.iter().map(|(x, y)| {
                let rise = eyes.tilt * x / (2.0 * HALF_WIDTH);
                at(side * (0.5 + x), y - rise)
            });
            Curve::through(placed.collect::<Vec<_>>())
        };
        let upper = place(&[
            (-HALF_WIDTH, 0.030),
            (-0.175, -0.030 * open),
            (-0.075, -0.080 * open),
            (0.045, -0.092 * open),
            (0.150, -0.062 * open),
            (HALF_WIDTH, 0.004),
        ]);
        let lower = place(&[
            (-HALF_WIDTH, 0.030),
            (-0.150, 0.050),
            (-0.030, 0.074),
            (0.090, 0.074),
            (0.180, 0.046),
            (HALF_WIDTH, 0.004),
        ]);
        let above = upper.points(40).into_iter();
        let below = lower.points(40).into_iter().rev();
        let opening = Field::polygon(grid, &above.chain(below).collect::<Vec<_>>()).blurred(0.004);
        Self {
            side,
            middle: at(side * 0.5, -0.012),
            upper,
            lower,
            opening,
        }
    }

    fn paint_white(&self, canvas: &mut Canvas) {
        let (white, pink) = (srgb(0xEC_E5_DE), srgb(0xCC_97_87));
        canvas.change(&self.opening, |point, _| {
            let from_middle = ((point.x - self.middle.x) / 0.27).abs();
            white.mix(pink, 0.75 * smoothstep(0.55, 1.0, from_middle)) * (1.0 - 0.25 * from_middle)
        });
    }

    fn paint_iris(&self, canvas: &mut Canvas, look: &Look) {
        let round = at(IRIS_RADIUS, IRIS_RADIUS);
        let mask = soft_spot(canvas.grid(), self.middle, round, 0.10).times(&self.opening);
        let colour = srgb(look.eyes.iris);
        canvas.change(&mask, |point, _| self.iris(point, colour, look.seed));
        // The upper lid and its lashes shade the eyeball.
        let lit = self.opening.shifted(at(0.0, 0.055)).blurred(0.022);
        let shaded = self.opening.clone().without(&lit);
        canvas.change(&shaded, |_, c| c.filtered(Colour([0.38, 0.33, 0.32])));
    }

    fn iris(&self, point: Point, colour: Colour, seed: u64) -> Colour {
        let from_middle = point - self.middle;
        let radius = from_middle.length();
        let angle = from_middle.y.atan2(from_middle.x);
        let fibres =
            noise(angle * 9.0, radius * 28.0, seed) + noise(angle * 23.0, radius * 12.0, seed ^ 2);
        let glow = 0.75 + 0.75 * smoothstep(-0.5, 1.0, from_middle.y / IRIS_RADIUS);
        let ring = 1.0 - 0.75 * smoothstep(0.72, 1.0, radius / IRIS_RADIUS);
        let lit = colour * (glow * ring * (1.0 + 0.28 * fibres));
        let pupil = smoothstep(PUPIL_RADIUS * 1.25, PUPIL_RADIUS * 0.85, radius);
        lit.mix(Colour([0.006, 0.005, 0.005]), pupil)
    }

    /// The wet corner, and the lamp and the wall in the cornea.
    fn paint_reflections(&self, canvas: &mut Canvas) {
        let corner = self.lower.at(0.035) + at(0.012 * self.side, -0.006) - self.middle;
        for (from_middle, radius, soft, colour, strength) in [
            (corner, at(0.034, 0.024), 0.9, srgb(0xC0_7A_6E), 0.8),
            (at(-0.034, -0.036), at(0.026, 0.023), 0.6, LAMP, 0.95),
            (at(0.040, 0.040), at(0.034, 0.022), 0.6, LAMP, 0.16),
        ] {
            let spot = soft_spot(canvas.grid(), self.middle + from_middle, radius, soft);
            let seen = spot.times(&self.opening).map(|part| strength * part);
            canvas.paint(&seen, colour);
        }
    }
}

const LAMP: Colour = Colour([0.97, 0.98, 1.0]);
