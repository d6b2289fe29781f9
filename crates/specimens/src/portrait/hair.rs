//! Hair of the head: a dark mass, and strands on it from the back to the front.

mod beard;
mod long;
mod short;

use super::canvas::Canvas;
use super::colour::{Colour, srgb};
use super::look::{Cut, Hair, Look};
use crate::curve::{Point, at, bell};
use crate::random::Random;

/// What lies behind neck and shoulders.
pub(super) fn paint_behind(canvas: &mut Canvas, look: &Look) {
    if look.hair.cut == Cut::Long {
        long::paint_behind(canvas, look);
    }
}

/// What lies on the head and grows on the face.
pub(super) fn paint(canvas: &mut Canvas, look: &Look) {
    if let Some(beard) = &look.beard {
        beard::paint(canvas, look, beard);
    }
    match look.hair.cut {
        Cut::Short { receding } => short::paint(canvas, look, receding),
        Cut::Long => long::paint(canvas, look),
    }
}

/// The colours of strands.
struct Dye {
    base: Colour,
    gloss: Colour,
    grey: f32,
}

impl Dye {
    fn of(hair: &Hair) -> Self {
        Self {
            base: srgb(hair.colour),
            gloss: srgb(hair.gloss),
            grey: hair.grey,
        }
    }

    /// The colour of a strand that lies in the gloss by the part `shine`.
    fn strand(&self, random: &mut Random, shine: f32) -> Colour {
        let own = if random.unit() < self.grey {
            srgb(0xA8_A5_A1) * random.between(0.25, 1.0)
        } else {
            self.base * random.between(0.45, 1.7)
        };
        own.mix(
            self.gloss,
            (shine * random.between(0.3, 1.0)).clamp(0.0, 1.0),
        )
    }
}

/// The gloss of hair around a head: a band across the strands, brighter on the side of the light.
fn gloss(point: Point, height: f32, width: f32) -> f32 {
    let sagging = height + 0.22 * point.x * point.x;
    bell((point.y - sagging) / width) * (0.75 - 0.30 * point.x).clamp(0.2, 1.0)
}

/// How a rounded mass of hair takes the light: most at the upper left, little at its edges.
fn volume(point: Point) -> f32 {
    let from_light = (point - at(-0.35, -1.45)).length();
    0.45 + 0.75 * bell(from_light / 0.85)
}
