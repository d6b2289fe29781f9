//! Strokes: soft lines as masks, and hairs.

use super::canvas::Canvas;
use super::colour::Colour;
use crate::curve::{Curve, Point, at, distance_to, lerp, smoothstep};
use crate::random::Random;
use crate::raster::{Field, Grid, bounds};

/// A line along `curve` as a mask: full in the middle, gone at half of `width`.
pub(super) fn soft_line(grid: Grid, curve: &Curve, width: f32) -> Field {
    let points = curve.points(24);
    let (low, high) = bounds(&points);
    let (low, high) = (low - at(width, width), high + at(width, width));
    Field::within(grid, low, high, |point| {
        smoothstep(0.5 * width, 0.0, distance_to(&points, point))
    })
}

/// A spot as a mask: an ellipse with a soft edge of the part `soft` of its radius.
pub(super) fn soft_spot(grid: Grid, centre: Point, radius: Point, soft: f32) -> Field {
    Field::within(grid, centre - radius, centre + radius, |point| {
        let from_centre = at(
            (point.x - centre.x) / radius.x,
            (point.y - centre.y) / radius.y,
        );
        smoothstep(1.0, 1.0 - soft, from_centre.length())
    })
}

/// One hair.
pub(super) struct Hair {
    /// Where it grows out.
    pub(super) root: Point,
    /// In which direction, of length one.
    pub(super) direction: Point,
    /// How long it is.
    pub(super) length: f32,
    /// How far its tip is bent aside, in parts of its length.
    pub(super) bend: f32,
    /// How thick it is at the root.
    pub(super) width: f32,
}

impl Hair {
    /// Draws it, thinner and fainter towards the tip.
    pub(super) fn draw(&self, canvas: &mut Canvas, colour: Colour, opacity: f32) {
        let along = self.direction * self.length;
        let aside = self.direction.across() * (self.length * self.bend);
        let curve = Curve::through([
            self.root,
            self.root + along * 0.5 + aside * 0.3,
            self.root + along + aside,
        ]);
        let width = self.width;
        canvas.stroke(&curve.points(6), colour, |t| {
            (width * lerp(1.0, 0.25, t), opacity * (1.0 - 0.6 * t * t))
        });
    }
}

/// A number near `middle`, at most `spread` away.
pub(super) fn about(random: &mut Random, middle: f32, spread: f32) -> f32 {
    random.between(middle - spread, middle + spread)
}
