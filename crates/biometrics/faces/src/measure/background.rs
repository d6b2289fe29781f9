//! What is behind the person (ISO 29794-5, id 42), on a mask of our own.
//!
//! OFIQ takes the background from a segmenting network. Ours is made in two steps on the same
//! 354 × 292 picture: what lies well outside of head and shoulders by the landmarks is background; from
//! there it flows towards the person over pixels that are smooth and of the background's colour. Hair
//! that stands out far counts as background, which makes the measure stricter than OFIQ's; clutter
//! close to the head is not reached, which makes it milder. Hence its limits only warn by default.

use super::MeasureId;
use super::aligned::{Aligned, SIDE};
use super::luminance::Luminance;
use super::points::Reference;
use crate::Point;

/// What OFIQ cuts off at both sides and below, in pixels of the aligned picture.
const CROP_SIDE: usize = 62;
const CROP_BELOW: usize = 210;
/// The size it is scaled to.
const WIDTH: usize = 354;
const HEIGHT: usize = 292;
/// From a pixel of the scaled picture to one of the aligned.
const SCALE_X: f64 = (SIDE - 2 * CROP_SIDE) as f64 / WIDTH as f64;
const SCALE_Y: f64 = (SIDE - CROP_BELOW) as f64 / HEIGHT as f64;

/// Half axes of the ellipse that surely is head, and of the one beyond which there is background, in
/// half widths of the jaw and in distances from eyes to chin.
const HEAD: (f64, f64) = (1.1, 1.1);
const BEYOND: (f64, f64) = (1.55, 1.4);
/// The largest gradient that background flows over, and the farthest a channel may be from the median.
const SMOOTH: f32 = 100.0;
const ALIKE: u8 = 40;
/// Least pixels of background for a measure: 1 % of the picture.
const LEAST: u32 = (WIDTH * HEIGHT / 100) as u32;

/// What a pixel is taken for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Zone {
    Person,
    Open,
    Background,
}

/// The scaled picture and its mask; the buffers serve one frame after the other.
pub(crate) struct Background {
    rgb: Vec<[u8; 3]>,
    luminance: Vec<u8>,
    gradient: Vec<f32>,
    zones: Vec<Zone>,
    queue: Vec<usize>,
    colour: [u8; 3],
}

impl Background {
    pub(crate) fn new() -> Self {
        Self {
            rgb: vec![[0; 3]; WIDTH * HEIGHT],
            luminance: vec![0; WIDTH * HEIGHT],
            gradient: vec![0.0; WIDTH * HEIGHT],
            zones: vec![Zone::Person; WIDTH * HEIGHT],
            queue: Vec::new(),
            colour: [0; 3],
        }
    }

    /// BackgroundUniformity, BackgroundLightness and BackgroundPlainness; nothing when too little background is in sight.
    pub(crate) fn measures(
        &mut self,
        aligned: &Aligned,
        luminance: &Luminance,
    ) -> Option<[(MeasureId, f64); 3]> {
        self.scale(aligned, luminance);
        self.gradients();
        self.mark_by_landmarks(aligned);
        self.find_colour();
        self.flow();
        let (mut gradients, mut light, mut count, mut alike) = (0.0, 0.0, 0, 0);
        for at in 0..self.zones.len() {
            if self.survives_erosion(at) {
                gradients += f64::from(self.gradient.get(at).copied().unwrap_or_default());
                light += f64::from(self.luminance.get(at).copied().unwrap_or_default());
                count += 1;
                alike += u32::from(self.is_of_colour(at));
            }
        }
        if count < LEAST {
            return None;
        }
        let luminance = light / f64::from(count) / 255.0;
        let lightness = if luminance > 216.0 / 24389.0 {
            116.0 * luminance.cbrt() - 16.0
        } else {
            luminance * 903.3
        };
        Some([
            (
                MeasureId::BackgroundUniformity,
                gradients / f64::from(count),
            ),
            (MeasureId::BackgroundLightness, lightness),
            (
                MeasureId::BackgroundPlainness,
                f64::from(alike) / f64::from(count),
            ),
        ])
    }

    /// Bilinear to 354 × 292, pixel centres on pixel centres.
    fn scale(&mut self, aligned: &Aligned, luminance: &Luminance) {
        let rows: Vec<&[u8]> = aligned.rows().take(SIDE - CROP_BELOW).collect();
        let targets = self
            .rgb
            .chunks_exact_mut(WIDTH)
            .zip(self.luminance.chunks_exact_mut(WIDTH));
        for (y, (colours, lights)) in targets.enumerate() {
            let (line, fy) = split((y as f64 + 0.5) * SCALE_Y - 0.5);
            let upper = rows.get(line).copied().unwrap_or_default();
            let lower = rows.get(line + 1).copied().unwrap_or(upper);
            for (x, (colour, light)) in colours.iter_mut().zip(lights).enumerate() {
                let (column, fx) = split((x as f64 + 0.5) * SCALE_X - 0.5);
                let at = 3 * (column + CROP_SIDE);
                let (Some(u), Some(l)) = (upper.get(at..at + 6), lower.get(at..at + 6)) else {
                    continue;
                };
                *colour = core::array::from_fn(|channel| {
                    let mix = |row: &[u8]| {
                        let of = |at: usize| f32::from(row.get(at).copied().unwrap_or_default());
                        of(channel) * (1.0 - fx) + of(channel + 3) * fx
                    };
                    (mix(u) * (1.0 - fy) + mix(l) * fy + 0.5) as u8
                });
                *light = luminance.of(*colour);
            }
        }
    }

    /// Length of the Scharr gradient of the luminance (taps 3, 10, 3), mirrored at the border.
    fn gradients(&mut self) {
        let row = |y: usize| {
            self.luminance
                .get(y * WIDTH..(y + 1) * WIDTH)
                .unwrap_or_default()
        };
        for (y, target) in self.gradient.chunks_exact_mut(WIDTH).enumerate() {
            let above = row(if y == 0 { 1 } else { y - 1 });
            let (own, below) = (row(y), row(if y + 1 == HEIGHT { y - 1 } else { y + 1 }));
            let triples = above
                .array_windows::<3>()
                .zip(own.array_windows::<3>())
                .zip(below.array_windows::<3>());
            for (value, ((a, o), b)) in target.iter_mut().skip(1).zip(triples) {
                let [a, o, b] = [a, o, b].map(|triple| triple.map(f32::from));
                let across = 3.0 * (a[2] - a[0]) + 10.0 * (o[2] - o[0]) + 3.0 * (b[2] - b[0]);
                let down = 3.0 * (b[0] - a[0]) + 10.0 * (b[1] - a[1]) + 3.0 * (b[2] - a[2]);
                *value = across.hypot(down);
            }
            // At the first and the last column the mirrored difference along x is 0.
            let edge = |at: usize, inner: usize| {
                let of =
                    |row: &[u8], at: usize| f32::from(row.get(at).copied().unwrap_or_default());
                let down = |at: usize| of(below, at) - of(above, at);
                (6.0 * down(inner) + 10.0 * down(at)).abs()
            };
            let ends = [edge(0, 1), edge(WIDTH - 1, WIDTH - 2)];
            if let [first, .., last] = target {
                [*first, *last] = ends;
            }
        }
    }

    /// Person, background, or open to either, by the geometry of the face; what the picture does not
    /// reach is nobody's background.
    fn mark_by_landmarks(&mut self, aligned: &Aligned) {
        let landmarks = aligned.landmarks();
        let reference = Reference::of(landmarks);
        let jaw = f64::from(landmarks.points()[0].distance(landmarks.points()[16])) / 2.0;
        let (eyes, chin) = (reference.eyes, landmarks.chin());
        let inside = aligned.inside();
        for (y, zones) in self.zones.chunks_exact_mut(WIDTH).enumerate() {
            let line = (y as f64 + 0.5) * SCALE_Y - 0.5;
            let (first, end) = inside
                .get(line.round() as usize)
                .copied()
                .unwrap_or_default();
            for (x, zone) in zones.iter_mut().enumerate() {
                let column = (x as f64 + 0.5) * SCALE_X - 0.5 + CROP_SIDE as f64;
                let within = |(across, down): (f64, f64)| {
                    let dx = (column - f64::from(eyes.x)) / (across * jaw);
                    let dy = (line - f64::from(eyes.y)) / (down * reference.eyes_to_chin);
                    dx * dx + dy * dy < 1.0
                };
                *zone = if !(first..end).contains(&(column.round() as usize)) || within(HEAD) {
                    Zone::Person
                } else if within(BEYOND) || under_shoulders(column, line, chin, jaw) {
                    Zone::Open
                } else {
                    Zone::Background
                };
            }
        }
    }

    /// Takes the median of each channel of what surely is background for its colour.
    fn find_colour(&mut self) {
        self.queue.clear();
        let mut counts = [[0_u32; 256]; 3];
        for (at, (zone, colour)) in self.zones.iter().zip(&self.rgb).enumerate() {
            if *zone == Zone::Background {
                self.queue.push(at);
                for (counts, &channel) in counts.iter_mut().zip(colour) {
                    if let Some(count) = counts.get_mut(usize::from(channel)) {
                        *count += 1;
                    }
                }
            }
        }
        let half = self.queue.len() as u32 / 2;
        self.colour = counts.map(|counts| {
            let mut sum = 0;
            let reached = |&count: &u32| {
                sum += count;
                sum > half
            };
            counts.iter().position(reached).unwrap_or_default() as u8
        });
    }

    fn is_of_colour(&self, at: usize) -> bool {
        let near = |pixel: &[u8; 3]| {
            pixel
                .iter()
                .zip(self.colour)
                .all(|(&c, own)| c.abs_diff(own) < ALIKE)
        };
        self.rgb.get(at).is_some_and(near)
    }

    /// Lets background flow into what is open, over smooth pixels of its colour.
    fn flow(&mut self) {
        while let Some(at) = self.queue.pop() {
            for next in neighbours(at) {
                let smooth = self
                    .gradient
                    .get(next)
                    .is_some_and(|&gradient| gradient < SMOOTH);
                let alike = smooth && self.is_of_colour(next);
                if let Some(zone) = self.zones.get_mut(next)
                    && *zone == Zone::Open
                    && alike
                {
                    *zone = Zone::Background;
                    self.queue.push(next);
                }
            }
        }
    }

    /// Whether the 4 × 4 pixels around are all background; those beyond the border do not count.
    fn survives_erosion(&self, at: usize) -> bool {
        if self.zones.get(at) != Some(&Zone::Background) {
            return false;
        }
        let (x, y) = (at % WIDTH, at / WIDTH);
        let columns = x.saturating_sub(2)..(x + 2).min(WIDTH);
        (y.saturating_sub(2)..(y + 2).min(HEIGHT)).all(|y| {
            let row = self
                .zones
                .get(y * WIDTH + columns.start..y * WIDTH + columns.end);
            row.unwrap_or_default()
                .iter()
                .all(|zone| *zone == Zone::Background)
        })
    }
}

/// Whole part and fraction of a coordinate that is not below the first pixel.
fn split(at: f64) -> (usize, f32) {
    let at = at.max(0.0);
    (at as usize, at.fract() as f32)
}

/// Below the chin, and as wide as shoulders fall: a jaw's half width aside for each one down.
fn under_shoulders(x: f64, y: f64, chin: Point, jaw: f64) -> bool {
    let below = y - f64::from(chin.y) + jaw / 2.0;
    below > 0.0 && (x - f64::from(chin.x)).abs() < 1.2 * jaw + 2.5 * below
}

/// The four pixels beside one; those beyond a side are some that do not exist.
fn neighbours(at: usize) -> [usize; 4] {
    let none = usize::MAX;
    let x = at % WIDTH;
    [
        if x > 0 { at - 1 } else { none },
        if x + 1 < WIDTH { at + 1 } else { none },
        at.checked_sub(WIDTH).unwrap_or(none),
        at + WIDTH,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A luminance that rises by one for each pixel has a Scharr gradient of 2 · (3 + 10 + 3) = 32.
    #[test]
    fn gradients_are_those_of_scharr() {
        let check = |luminance: fn(usize, usize) -> usize, places: &[(usize, usize, f32)]| {
            let mut background = Background::new();
            for (at, value) in background.luminance.iter_mut().enumerate() {
                *value = luminance(at % WIDTH, at / WIDTH) as u8;
            }
            background.gradients();
            for &(x, y, want) in places {
                let found = background.gradient[y * WIDTH + x];
                assert!(
                    (found - want).abs() < 1e-3,
                    "({x}, {y}): {found}, not {want}"
                );
            }
        };
        let (right, bottom) = (WIDTH - 1, HEIGHT - 1);
        check(|_, _| 77, &[(0, 0, 0.0), (9, 9, 0.0), (right, bottom, 0.0)]);
        check(
            |x, _| x / 2 * 2 % 256,
            &[(10, 5, 32.0), (11, 0, 32.0), (0, 5, 0.0), (right, 5, 0.0)],
        );
        check(
            |_, y| y % 256,
            &[
                (10, 5, 32.0),
                (0, 9, 32.0),
                (right, 9, 32.0),
                (9, 0, 0.0),
                (9, bottom, 0.0),
            ],
        );
        check(|x, y| (x + y) / 4 % 256, &[(20, 20, 13.0 * 2.0_f32.sqrt())]);
        check(
            |x, y| if (x, y) == (50, 60) { 10 } else { 0 },
            &[
                (49, 60, 100.0),
                (50, 61, 100.0),
                (49, 59, 30.0 * 2.0_f32.sqrt()),
                (50, 60, 0.0),
            ],
        );
    }

    #[test]
    fn background_flows_around_and_is_eroded() {
        let mut background = Background::new();
        background.zones.fill(Zone::Open);
        background.rgb.fill([200; 3]);
        for y in 0..HEIGHT {
            background.zones[y * WIDTH] = Zone::Background;
            // A wall of another colour with one gap, a wall of one's person, a wall of edges.
            background.rgb[y * WIDTH + 100] = if y == 40 { [200; 3] } else { [100; 3] };
            background.zones[y * WIDTH + 200] = if y == 40 { Zone::Open } else { Zone::Person };
            background.gradient[y * WIDTH + 300] = SMOOTH;
        }
        background.find_colour();
        assert_eq!(background.colour, [200; 3]);
        background.flow();
        for (x, y, flowed, kept) in [
            (50, 100, true, true),
            (0, 0, true, true),
            (98, 100, true, true),
            (99, 100, true, false),
            (100, 100, false, false),
            (100, 40, true, false),
            (101, 100, true, false),
            (102, 100, true, false),
            (103, 100, true, true),
            (200, 41, false, false),
            (250, 250, true, true),
            (299, 250, true, false),
            (300, 250, false, false),
            (350, 250, false, false),
        ] {
            let at = y * WIDTH + x;
            assert_eq!(
                background.zones[at] == Zone::Background,
                flowed,
                "({x}, {y})"
            );
            assert_eq!(background.survives_erosion(at), kept, "({x}, {y})");
        }
    }
}
