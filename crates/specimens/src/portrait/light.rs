//! Light on a relief: a soft main light from the upper left, a fill from the right, light from all
//! around that reaches hollows less.

use super::colour::Colour;
use crate::curve::{Point, at};
use crate::raster::Field;

/// How a surface takes the light.
#[derive(Debug, Clone, Copy)]
pub(super) struct Surface {
    /// How much the light wraps around, for red, green and blue: skin lets red light through.
    pub(super) wrap: [f32; 3],
    /// Strength of the gloss.
    pub(super) gloss: f32,
    /// Sharpness of the gloss.
    pub(super) sharpness: f32,
    /// How dark hollows become.
    pub(super) hollows: f32,
}

const MAIN: [f32; 3] = [-0.36, -0.52, 0.78];
const FILL: [f32; 3] = [0.62, -0.12, 0.77];

/// The light that falls on a point.
#[derive(Debug, Clone, Copy)]
pub(super) struct Light {
    /// As a filter for the colour there.
    pub(super) filter: Colour,
    /// The gloss upon it.
    pub(super) gloss: f32,
}

/// The light on each point of a relief.
pub(super) fn shine(relief: &Field, surface: Surface) -> Field<Light> {
    let below = |width: f32, weight: f32| {
        let around = relief.clone().blurred(width);
        relief
            .clone()
            .with(&around, |height, mean| weight * (height - mean))
    };
    let hollows = below(0.16, 1.6).with(&below(0.045, 1.3), |a, b| a + b);
    let lights = relief
        .slopes()
        .zip(hollows.values())
        .map(|(slope, hollow)| {
            let open = (1.0 + hollow * surface.hollows).clamp(0.35, 1.12);
            light(normal(slope), open, surface)
        });
    relief.carrying(lights)
}

fn light(normal: [f32; 3], open: f32, surface: Surface) -> Light {
    let main = dot(normal, unit(MAIN));
    let fill = dot(normal, unit(FILL));
    let [_, down, _] = normal;
    let around = (0.30 - 0.10 * down) * open;
    let filter = surface.wrap.map(|wrap| {
        let soft = |cosine: f32| ((cosine + wrap) / (1.0 + wrap)).max(0.0);
        around + (0.62 * soft(main) + 0.20 * soft(fill)) * (0.45 + 0.55 * open)
    });
    let half = unit({
        let [x, y, z] = unit(MAIN);
        [x, y, z + 1.0]
    });
    let gloss = dot(normal, half).max(0.0).powf(surface.sharpness) * surface.gloss * open;
    Light {
        filter: Colour(filter),
        gloss,
    }
}

fn normal(slope: Point) -> [f32; 3] {
    let at_most = at(slope.x.clamp(-6.0, 6.0), slope.y.clamp(-6.0, 6.0));
    unit([-at_most.x, -at_most.y, 1.0])
}

fn unit([x, y, z]: [f32; 3]) -> [f32; 3] {
    let length = (x * x + y * y + z * z).sqrt();
    [x / length, y / length, z / length]
}

fn dot([x, y, z]: [f32; 3], [x2, y2, z2]: [f32; 3]) -> f32 {
    x * x2 + y * y2 + z * z2
}
