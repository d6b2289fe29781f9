use crate::curve::{Point, at};
use crate::random::Random;
use crate::raster::{Field, Grid};

/// Grey of paper outside the contact, between the ridges, and of a ridge.
const OUTSIDE: f32 = 245.0;
const VALLEY: f32 = 235.0;
const RIDGE: f32 = 45.0;

/// How far skin is displaced, in pixels (root of the mean square).
const DISTORTION: f32 = 2.2;
/// Over which distance the displacement changes, in pixels.
const DISTORTION_SCALE: f32 = 45.0;
/// Weight of the fine grain of skin and of damp or dry spots against the ridges.
const GRAIN: f32 = 0.126;
const SPOTS: f32 = 0.18;

/// One impression of the ridges: distorted, noisy, in grey levels, within the contact area.
pub(super) fn press(seed: u64, impression: u64, master: &Field) -> Vec<u8> {
    let grid = master.grid();
    let mut random = Random::new(seed ^ impression.rotate_left(32), "impression");
    let right = noise(grid, DISTORTION_SCALE, &mut random);
    let down = noise(grid, DISTORTION_SCALE, &mut random);
    let grain = noise(grid, 1.0, &mut random);
    let spots = noise(grid, 7.0, &mut random);
    let edge = noise(grid, 7.0, &mut random);
    let moved = right
        .values()
        .iter()
        .zip(down.values())
        .zip(grid.points())
        .map(|((right, down), point)| master.between(point + at(*right, *down) * DISTORTION));
    let dark = master
        .carrying(moved)
        .with(&grain, |ridge, grain| ridge + GRAIN * grain)
        .with(&spots, |ridge, spot| ridge + SPOTS * spot)
        .map(|ridge| if ridge > 0.0 { 1.0 } else { 0.0 })
        .blurred(0.8);
    dark.values()
        .iter()
        .zip(edge.values())
        .zip(grid.points())
        .map(|((dark, edge), point)| {
            let level = VALLEY + (RIDGE - VALLEY) * dark + 4.0 * random.normal();
            let reach = finger_reach(grid, point) + 0.05 * edge.clamp(-2.0, 2.0);
            let contact = 1.0 / (1.0 + (18.0 * (reach - 1.0)).exp());
            (OUTSIDE + (level - OUTSIDE) * contact)
                .round()
                .clamp(0.0, 255.0) as u8
        })
        .collect()
}

/// How far a pixel is from the middle of the contact area, 1 at its edge.
pub(super) fn finger_reach(grid: Grid, point: Point) -> f32 {
    at(
        point.x / (0.40 * grid.width as f32),
        point.y / (0.42 * grid.height as f32),
    )
    .length()
}

/// Gaussian noise smoothed over a distance, with mean 0 and deviation 1.
fn noise(grid: Grid, distance: f32, random: &mut Random) -> Field {
    let field = Field::of(grid, |_| random.normal()).blurred(distance);
    let count = field.values().len().max(1) as f32;
    let mean = field.values().iter().sum::<f32>() / count;
    let squares: f32 = field.values().iter().map(|v| (v - mean).powi(2)).sum();
    let deviation = (squares / count).sqrt().max(f32::MIN_POSITIVE);
    field.map(|value| (value - mean) / deviation)
}
