use core::f32::consts::PI;

use super::Finger;
use crate::curve::{Point, at};
use crate::random::Random;
use crate::raster::{Field, Grid};

/// The pattern of the ridges, by Henry's classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Ridges come from the right and return there.
    RightLoop,
    /// Ridges come from the left and return there.
    LeftLoop,
    /// Ridges turn around the middle.
    Whorl,
    /// Ridges cross from side to side, rising in the middle.
    Arch,
}

/// The direction of the ridges at each pixel, as an angle in the picture (rows run downwards), by
/// the zero-pole model of Sherlock and Monro.
pub(super) fn field(finger: &Finger, grid: Grid) -> Field {
    let mut random = Random::new(finger.seed, "orientation");
    let mut shifted = |points: &[(f32, f32)]| -> Vec<Point> {
        let mut near = |(x, y)| at(x + JITTER * random.normal(), y + JITTER * random.normal());
        points.iter().map(|point| near(*point)).collect()
    };
    let (loops, deltas) = match finger.class {
        Class::RightLoop => (shifted(&[(0.0, 20.0)]), shifted(&[(-75.0, -110.0)])),
        Class::LeftLoop => (shifted(&[(0.0, 20.0)]), shifted(&[(75.0, -110.0)])),
        Class::Whorl => (
            shifted(&[(0.0, 45.0), (0.0, -15.0)]),
            shifted(&[(-100.0, -110.0), (100.0, -110.0)]),
        ),
        Class::Arch => {
            let steepness = 1.2 + 0.15 * random.normal();
            return Field::of(grid, |pixel| -arch(steepness, at(pixel.x, -pixel.y), grid));
        }
    };
    Field::of(grid, |pixel| {
        let point = at(pixel.x, -pixel.y);
        let turns = |centres: &[Point]| -> f32 {
            let angle = |centre: &Point| (point.y - centre.y).atan2(point.x - centre.x);
            centres.iter().map(angle).sum()
        };
        -0.5 * (turns(&loops) - turns(&deltas))
    })
}

/// How far cores and deltas lie from their usual places, in pixels.
const JITTER: f32 = 16.0;

fn arch(steepness: f32, point: Point, grid: Grid) -> f32 {
    let height = ((point.y + 60.0) / 150.0).powi(2);
    let slope = -steepness * (PI * point.x / grid.width as f32).sin() * (-height).exp();
    slope.clamp(-3.0, 3.0).atan()
}
