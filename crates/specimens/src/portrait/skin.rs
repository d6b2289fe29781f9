//! The skin of the face: relief, light, and the colours that blood and bone give it.

use super::canvas::Canvas;
use super::colour::{Colour, srgb};
use super::light::{Surface, shine};
use super::look::{Look, Skin};
use super::relief;
use crate::curve::{Point, at, bell, smoothstep};
use crate::random::noise;
use crate::raster::Field;

/// Skin lets red light through: shadows on it are warm.
pub(super) const SKIN: Surface = Surface {
    wrap: [0.52, 0.34, 0.27],
    gloss: 0.085,
    sharpness: 16.0,
    hollows: 1.0,
};

/// The colour of light that skin throws back.
pub(super) const GLOSS: Colour = Colour([1.0, 0.97, 0.92]);

pub(super) fn paint(canvas: &mut Canvas, look: &Look) {
    let grid = canvas.grid();
    // Soft inwards only: outside its outline the face has no colour to show.
    let mask = Field::polygon(grid, &relief::outline(&look.face))
        .blurred(0.008)
        .map(|part| smoothstep(0.45, 1.0, part));
    let pores = |height: f32, point: Point| {
        height + 0.0011 * noise(point.x * 55.0, point.y * 55.0, look.seed)
    };
    let relief = relief::face(grid, &look.face)
        .blurred(0.014)
        .map_at(|point, height| pores(height, point));
    let tint = Tint::of(&look.skin, look.seed);
    canvas.cover(&mask, &shine(&relief, SKIN), |point, light| {
        tint.at(point).filtered(light.filter) + GLOSS * light.gloss
    });
}

/// The colour of the skin at each place of the face.
struct Tint {
    tone: Colour,
    blush: Colour,
    shaved: Colour,
    flush: f32,
    stubble: f32,
    seed: u64,
}

impl Tint {
    fn of(skin: &Skin, seed: u64) -> Self {
        let tone = srgb(skin.tone);
        Self {
            tone,
            blush: srgb(skin.blush),
            shaved: tone.filtered(srgb(0xB4_B8_BE)),
            flush: skin.flush,
            stubble: skin.stubble,
            seed,
        }
    }

    fn at(&self, point: Point) -> Colour {
        let side = at(point.x.abs(), point.y);
        let spot = |x: f32, y: f32, w: f32, h: f32| bell((side.x - x) / w) * bell((side.y - y) / h);
        let blood = (0.75 * spot(0.66, 0.52, 0.25, 0.20)
            + 0.65 * spot(0.0, 0.68, 0.17, 0.13)
            + 0.35 * spot(0.46, 0.14, 0.20, 0.07)
            + 0.25 * spot(0.0, 1.62, 0.22, 0.15)
            + 0.20 * spot(0.5, -0.15, 0.25, 0.07))
            * self.flush;
        let mottle = 0.035 * noise(point.x * 7.0, point.y * 7.0, self.seed)
            + 0.025 * noise(point.x * 21.0, point.y * 21.0, self.seed ^ 1);
        let tired = 0.10 * spot(0.44, 0.15, 0.18, 0.07);
        let skin = self
            .tone
            .mix(self.blush, (blood + 0.5 * mottle).clamp(0.0, 1.0));
        let skin = skin.mix(self.shaved, (self.stubble * bearded(side) + tired).min(1.0));
        skin * (1.0 + mottle)
    }
}

/// Where a beard grows: 1 on jaw, chin and upper lip.
pub(super) fn bearded(side: Point) -> f32 {
    // The upper edge runs from the ear down to the corner of the mouth.
    let edge = 1.02 - 0.75 * smoothstep(0.45, 1.05, side.x);
    let cheek = smoothstep(edge - 0.12, edge + 0.22, side.y) * smoothstep(0.36, 0.52, side.x);
    let chin = smoothstep(1.22, 1.42, side.y);
    let moustache = bell((side.y - 0.97) / 0.075) * smoothstep(0.52, 0.36, side.x);
    let corner = bell((side.x - 0.44) / 0.07) * smoothstep(0.95, 1.15, side.y);
    let lips = bell(side.x / 0.30) * bell((side.y - 1.13) / 0.09);
    (cheek.max(chin).max(corner) + moustache).min(1.0) * (1.0 - 0.9 * lips)
}
