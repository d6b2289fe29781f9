//! The face as a relief: how far each point stands out towards the viewer.

use super::look::Face;
use crate::curve::{Curve, Point, at, bell, distance_to, smoothstep};
use crate::raster::{Field, Grid};

/// The middle from which the outline of the face is measured.
const CENTRE: Point = at(0.0, 0.15);

/// The lowest point of the face.
pub(super) const CHIN: f32 = 1.815;

/// How far the face stands out at its middle.
const DEPTH: f32 = 1.0;

/// Corners of the outline on both sides.
const OUTLINE_POINTS: usize = 600;

/// The outline of the face without ears and hair, as a closed polygon.
pub(super) fn outline(face: &Face) -> Vec<Point> {
    let half = half_outline(face);
    let other = half.iter().rev().map(|point| point.mirrored());
    half.iter().copied().chain(other).collect()
}

/// The height of the face over the picture, 0 outside of it.
pub(super) fn face(grid: Grid, face: &Face) -> Field {
    let radii = Radii::of(face);
    let furrows = Furrows::of(face);
    Field::within(grid, at(-1.4, -2.0), at(1.4, 2.0), |point| {
        let inside = radii.part_of_radius(point);
        if inside >= 1.0 {
            return 0.0;
        }
        let skull = DEPTH * (1.0 - inside.powf(2.5)).powf(0.62);
        let fade = smoothstep(1.0, 0.8, inside);
        skull
            + fade
                * (bones(face, point) + nose(face, point) + mouth(face, point) + furrows.at(point))
    })
}

/// The right half of the outline, from the crown to the chin.
fn half_outline(face: &Face) -> Vec<Point> {
    let (w, jaw, chin) = (face.width, face.jaw, face.chin);
    // The first and the last point lie on the other side, so that the curve runs smoothly over
    // crown and chin.
    let curve = Curve::through([
        at(-0.42 * w, -1.68),
        at(0.0, -1.78),
        at(0.42 * w, -1.68),
        at(0.80 * w, -1.40),
        at(1.03 * w, -0.95),
        at(1.09 * w, -0.50),
        at(1.08 * w, -0.10),
        at(1.06 * w, 0.25),
        at(0.60 * w + 0.40 * jaw, 0.60),
        at(0.25 * w + 0.665 * jaw, 0.92),
        at(0.795 * jaw, 1.20),
        at(0.615 * jaw, 1.46),
        at(0.44 * chin, 1.68),
        at(0.24 * chin, 1.785),
        at(0.0, CHIN),
        at(-0.24 * chin, 1.785),
    ]);
    let points = curve.points(OUTLINE_POINTS);
    points.into_iter().filter(|point| point.x >= 0.0).collect()
}

/// The distance of the outline from the centre for each direction.
struct Radii {
    /// By angle from 0, straight up, to π, straight down.
    steps: Vec<f32>,
}

impl Radii {
    const STEPS: usize = 256;

    fn of(face: &Face) -> Self {
        let polar: Vec<(f32, f32)> = half_outline(face)
            .iter()
            .map(|point| {
                let from_centre = *point - CENTRE;
                (from_centre.x.atan2(-from_centre.y), from_centre.length())
            })
            .collect();
        let last = polar.last().map_or(1.0, |(_, radius)| *radius);
        let mut pairs = polar.windows(2).peekable();
        let steps = (0..=Self::STEPS).map(|step| {
            let angle = step as f32 / Self::STEPS as f32 * core::f32::consts::PI;
            while pairs
                .next_if(|pair| matches!(pair, [_, (to, _)] if *to < angle))
                .is_some()
            {}
            match pairs.peek() {
                Some([(from, radius), (to, next)]) => {
                    let part = (angle - from) / (to - from).max(1e-6);
                    radius + (next - radius) * part.clamp(0.0, 1.0)
                }
                _ => last,
            }
        });
        Self {
            steps: steps.collect(),
        }
    }

    /// 0 at the centre, 1 on the outline.
    fn part_of_radius(&self, point: Point) -> f32 {
        let from_centre = point - CENTRE;
        let angle = from_centre.x.abs().atan2(-from_centre.y);
        let position = angle / core::f32::consts::PI * Self::STEPS as f32;
        let (low, part) = (position as usize, position.fract());
        let radius = |step: usize| {
            self.steps
                .get(step)
                .or(self.steps.last())
                .copied()
                .unwrap_or(1.0)
        };
        from_centre.length() / (radius(low) + (radius(low + 1) - radius(low)) * part)
    }
}

/// Brow ridges, sockets, lids, cheekbones, the arch of the teeth, the chin.
fn bones(face: &Face, point: Point) -> f32 {
    let mound = |x: f32, y: f32, width: f32, height: f32| {
        both_sides(point.x, x, width) * bell((point.y - y) / height)
    };
    let age = face.age;
    -0.170 * face.sockets * mound(0.42, -0.04, 0.25, 0.15)
        - 0.060 * face.sockets * mound(0.25, -0.04, 0.08, 0.12)
        + 0.105 * mound(0.50, 0.0, 0.20, 0.11)
        + 0.055 * face.sockets * mound(0.46, -0.33, 0.34, 0.10)
        + 0.020 * mound(0.0, -0.28, 0.14, 0.16)
        + 0.050 * mound(0.0, -0.85, 0.60, 0.40)
        + 0.070 * mound(0.66, 0.43, 0.26, 0.20)
        - (0.02 + 0.05 * age) * mound(0.70, 0.95, 0.18, 0.26)
        + 0.100 * mound(0.0, 1.06, 0.36, 0.28)
        + 0.080 * mound(0.0, 1.58, 0.20, 0.15)
        + 0.030 * age * mound(0.42, 1.42, 0.14, 0.12)
}

/// Bridge, tip and wings of the nose.
fn nose(face: &Face, point: Point) -> f32 {
    let side = point.x.abs();
    let spot = |x: f32, y: f32, w: f32, h: f32| both_sides(point.x, x, w) * bell((point.y - y) / h);
    let down = smoothstep(-0.25, 0.66, point.y);
    let height = 0.11 * face.bridge + 0.02 + 0.18 * down;
    let width = (0.098 + 0.020 * down) * (0.4 + 0.6 * face.nose);
    let along = smoothstep(-0.42, -0.05, point.y) * smoothstep(0.815, 0.675, point.y);
    let wing = 0.168 * face.nose;
    let under_tip = smoothstep(0.830, 0.760, point.y);
    let under_wing = smoothstep(0.795, 0.735, point.y);
    height * along * bell((side / width).powf(1.35))
        + 0.125 * spot(0.0, 0.700, 0.100 * face.nose, 0.075) * under_tip
        + 0.145 * spot(wing, 0.705, 0.056, 0.072) * under_wing
        + 0.060 * spot(0.0, 0.62, 0.20, 0.17)
        - 0.034 * spot(wing + 0.098, 0.70, 0.027, 0.064)
        - 0.014 * spot(wing * 0.56, 0.700, 0.022, 0.045)
}

/// Lips and the furrows around them.
fn mouth(face: &Face, point: Point) -> f32 {
    let side = point.x.abs();
    let half = half_mouth(face);
    let across = smoothstep(1.08, 0.25, side / half);
    let spot = |x: f32, y: f32, w: f32, h: f32| both_sides(point.x, x, w) * bell((point.y - y) / h);
    let middle = mouth_line(face, point.x);
    let upper = 0.050 * face.lips * across * bell((point.y - middle + 0.062) / 0.042);
    let lower = 0.075 * face.lips * across * bell((point.y - middle - 0.085) / 0.055);
    let gap = -0.055 * across.sqrt() * bell((point.y - middle) / 0.016);
    upper + lower + gap
        - 0.055 * spot(0.0, middle + 0.245, 0.22, 0.055)
        - 0.016 * spot(0.0, 0.93, 0.034, 0.085)
        + 0.012 * spot(0.066, 0.94, 0.028, 0.08)
        - 0.022 * spot(half + 0.030, middle, 0.045, 0.045)
}

/// Half of the width of the mouth.
pub(super) fn half_mouth(face: &Face) -> f32 {
    0.385 * face.mouth
}

/// Where the lips meet.
pub(super) fn mouth_line(face: &Face, x: f32) -> f32 {
    let part = (x.abs() / half_mouth(face)).min(1.2);
    1.128 + 0.012 * bell(part / 0.16) - 0.008 * bell((part - 0.40) / 0.22) - 0.012 * part.powi(3)
}

/// A bell at `place` on either side, or one in the middle; smooth across the middle.
fn both_sides(x: f32, place: f32, width: f32) -> f32 {
    let right = bell((x - place) / width);
    if place == 0.0 {
        right
    } else {
        right + bell((x + place) / width)
    }
}

/// Folds from the nose to the mouth, under the eyes and on the forehead; they deepen with age.
struct Furrows {
    lines: Vec<Furrow>,
}

struct Furrow {
    points: Vec<Point>,
    depth: f32,
    width: f32,
}

impl Furrows {
    fn of(face: &Face) -> Self {
        let line = |points: &[Point], depth: f32, width: f32| Furrow {
            points: Curve::through(points).points(14),
            depth,
            width,
        };
        let age = face.age;
        let wing = 0.185 * face.nose;
        let mut lines = vec![
            line(
                &[
                    at(wing + 0.11, 0.66),
                    at(0.40, 0.86),
                    at(0.48, 1.06),
                    at(0.50, 1.18),
                ],
                0.012 + 0.030 * age,
                0.050,
            ),
            line(
                &[
                    at(0.24, 0.09),
                    at(0.36, 0.22),
                    at(0.54, 0.25),
                    at(0.68, 0.19),
                ],
                0.007 + 0.020 * age,
                0.040,
            ),
        ];
        if age > 0.3 {
            let lined = 0.012 * age;
            for y in [-0.78, -0.95, -1.11] {
                lines.push(line(
                    &[
                        at(0.0, y + 0.012),
                        at(0.25, y),
                        at(0.48, y - 0.01),
                        at(0.62, y + 0.03),
                    ],
                    lined,
                    0.022,
                ));
            }
            lines.push(line(&[at(0.085, -0.36), at(0.075, -0.24)], lined, 0.022));
            for (y, rise) in [(0.0, -0.05), (0.03, 0.02), (0.06, 0.10)] {
                lines.push(line(&[at(0.80, y), at(0.93, y + rise)], 0.7 * lined, 0.018));
            }
        }
        Self { lines }
    }

    fn at(&self, point: Point) -> f32 {
        let side = at(point.x.abs(), point.y);
        self.lines
            .iter()
            .map(|line| {
                let distance = distance_to(&line.points, side);
                if distance > 4.0 * line.width {
                    0.0
                } else {
                    -line.depth * bell(distance / line.width)
                }
            })
            .sum()
    }
}
