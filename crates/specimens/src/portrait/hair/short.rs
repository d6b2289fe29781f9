use super::{Dye, gloss, volume};
use crate::curve::{Curve, Point, at, lerp, smoothstep};
use crate::portrait::brush::{Hair, about};
use crate::portrait::canvas::Canvas;
use crate::portrait::colour::Colour;
use crate::portrait::look::Look;
use crate::random::{Random, noise};
use crate::raster::Field;

/// Paints hair that is short at the sides and combed to the right of the picture on top.
pub(super) fn paint(canvas: &mut Canvas, look: &Look, receding: f32) {
    let scalp = Scalp::of(look.face.width, receding);
    let dye = Dye::of(&look.hair);
    scalp.paint_mass(canvas, &dye);
    let mut random = Random::new(look.seed, "short hair");
    scalp.paint_sides(canvas, &dye, &mut random);
    scalp.paint_top(canvas, &dye, &mut random, look.seed);
    scalp.paint_edge(canvas, &dye, &mut random);
}

/// The two curves between which the hair lies, both from the left to the right of the picture.
struct Scalp {
    hairline: Curve,
    silhouette: Curve,
}

impl Scalp {
    fn of(width: f32, receding: f32) -> Self {
        let back = 0.30 * receding;
        let hairline = [
            (-1.045, 0.22),
            (-1.015, -0.10),
            (-0.945, -0.42),
            (-0.900, -0.66 - 0.4 * back),
            (-0.770, -0.93 - 1.2 * back),
            (-0.480, -1.08 - 1.3 * back),
            (-0.120, -1.13 - 0.7 * back),
            (0.300, -1.12 - 0.8 * back),
            (0.640, -1.02 - 1.4 * back),
            (0.840, -0.84 - 0.9 * back),
            (0.905, -0.62 - 0.3 * back),
            (0.950, -0.40),
            (1.015, -0.10),
            (1.045, 0.22),
        ];
        let silhouette = [
            (-1.085, 0.22),
            (-1.125, -0.10),
            (-1.150, -0.50),
            (-1.145, -0.95),
            (-1.020, -1.38),
            (-0.740, -1.72),
            (-0.330, -1.91),
            (0.120, -1.96),
            (0.560, -1.86),
            (0.900, -1.58),
            (1.100, -1.18),
            (1.150, -0.65),
            (1.125, -0.10),
            (1.085, 0.22),
        ];
        let curve = |points: &[(f32, f32)]| {
            let placed = points.iter().map(|(x, y)| at(x * width, *y));
            Curve::through(placed.collect::<Vec<_>>())
        };
        Self {
            hairline: curve(&hairline),
            silhouette: curve(&silhouette),
        }
    }

    /// Between the hairline (0) and the silhouette (1), at `s` along them.
    fn place(&self, s: f32, depth: f32) -> Point {
        self.hairline.at(s).lerp(self.silhouette.at(s), depth)
    }

    /// The scalp seen through the hair, and the shadow of the hair on the forehead.
    fn paint_mass(&self, canvas: &mut Canvas, dye: &Dye) {
        let steps = || (0..=120).map(|i| i as f32 / 120.0);
        let near = steps().map(|s| self.place(s, 0.05));
        let far = steps().rev().map(|s| self.place(s, 0.985));
        let corners: Vec<Point> = near.chain(far).collect();
        let mass = Field::polygon(canvas.grid(), &corners);
        let shadow = mass
            .shifted(at(0.015, 0.045))
            .blurred(0.04)
            .map(|m| 0.40 * m);
        canvas.change(&shadow, |point, c| {
            let on_skin = smoothstep(1.10, 1.0, point.x.abs()) * smoothstep(-1.6, -1.2, point.y);
            c.mix(c.filtered(Colour([0.40, 0.28, 0.24])), on_skin)
        });
        let cropped = |point: Point, part: f32| {
            let height = smoothstep(0.25, -0.55, point.y);
            part * lerp(0.30, 0.97, height)
        };
        canvas.change(&mass.blurred(0.009).map_at(cropped), |point, _| {
            dye.base * (0.9 * volume(point))
        });
    }

    /// Cropped hairs at the sides, pointing down and back.
    fn paint_sides(&self, canvas: &mut Canvas, dye: &Dye, random: &mut Random) {
        const HAIRS: usize = 5_200;
        for _ in 0..HAIRS {
            let along = 0.36 * random.unit();
            let s = if random.unit() < 0.5 {
                along
            } else {
                1.0 - along
            };
            let root = self.place(s, random.between(0.0, 0.99));
            let low = smoothstep(-0.9, 0.2, root.y);
            let colour = dye.strand(random, 0.30 * gloss(root, -0.75, 0.35)) * volume(root);
            let hair = Hair {
                root,
                direction: at(
                    root.x.signum() * random.between(-0.10, 0.16),
                    random.between(0.5, 1.0),
                )
                .unit(),
                length: lerp(0.13, 0.045, low) * random.between(0.6, 1.3),
                bend: about(random, 0.0, 0.2),
                width: 0.009,
            };
            hair.draw(canvas, colour, lerp(0.75, 0.40, low));
        }
    }

    /// Longer strands on top, swept up and over.
    fn paint_top(&self, canvas: &mut Canvas, dye: &Dye, random: &mut Random, seed: u64) {
        const STRANDS: usize = 4_200;
        for index in 0..STRANDS {
            // From the back to the front, so that the front covers.
            let behind = 1.0 - index as f32 / STRANDS as f32;
            let depth = 0.80 * behind * random.between(0.75, 1.15);
            let s = random.between(0.20, 0.80);
            let clump = noise(s * 26.0, depth * 3.0, seed);
            let sweep = 0.085 + 0.05 * clump + about(random, 0.0, 0.015);
            let reach = random.between(0.30, 0.62) * lerp(1.0, 0.8, depth) * (1.0 + 0.04 * clump);
            let points: Vec<Point> = (0..=10)
                .map(|i| {
                    let t = i as f32 / 10.0;
                    let depth = depth + reach * (t - 0.35 * t * t);
                    let along = (s + sweep * t * t.sqrt()).min(0.97);
                    let stray = 0.012 * noise(t * 5.0, index as f32, seed ^ 9);
                    self.place(along, settled(depth)) + at(0.0, stray)
                })
                .collect();
            let middle = points.get(4).copied().unwrap_or(at(0.0, -1.5));
            let shine = 0.55 * gloss(middle, -1.52, 0.13) * (0.6 + 0.5 * clump);
            let colour = dye.strand(random, shine) * volume(middle);
            canvas.stroke(&points, colour, |t| {
                let opacity = 0.75 * smoothstep(0.0, 0.12, t) * (1.0 - 0.5 * t);
                (lerp(0.013, 0.004, t), opacity)
            });
        }
    }

    /// Loose hairs along the silhouette.
    fn paint_edge(&self, canvas: &mut Canvas, dye: &Dye, random: &mut Random) {
        for _ in 0..500 {
            let (from, length) = (random.between(0.14, 0.80), random.between(0.03, 0.12));
            let (depth, rise) = (random.between(0.93, 0.99), random.between(-0.03, 0.07));
            let points: Vec<Point> = (0..=8)
                .map(|i| {
                    let t = i as f32 / 8.0;
                    self.place(from + length * t, depth + rise * t * (1.6 - t))
                })
                .collect();
            let colour = dye.strand(random, 0.1) * 0.8;
            canvas.stroke(&points, colour, |t| (0.008, 0.55 * smoothstep(1.0, 0.6, t)));
        }
    }
}

/// Strands that would reach beyond the silhouette lie down along it, at different heights.
fn settled(depth: f32) -> f32 {
    const FREE: f32 = 0.85;
    if depth < FREE {
        depth
    } else {
        FREE + (1.03 - FREE) * (1.0 - (-(depth - FREE) * 2.5).exp())
    }
}
