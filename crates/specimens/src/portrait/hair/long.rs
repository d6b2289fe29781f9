use super::{Dye, gloss};
use crate::curve::{Curve, Point, at, bell, lerp, smoothstep};
use crate::portrait::brush::{Hair, about};
use crate::portrait::canvas::Canvas;
use crate::portrait::colour::{Colour, srgb};
use crate::portrait::look::Look;
use crate::random::{Random, noise};
use crate::raster::Field;

/// Paints the hair that falls behind neck and shoulders.
pub(super) fn paint_behind(canvas: &mut Canvas, look: &Look) {
    let dye = Dye::of(&look.hair);
    let edge = Curve::through([
        at(0.0, -1.70),
        at(0.90, -1.40),
        at(1.20, -0.60),
        at(1.24, 0.30),
        at(1.22, 1.20),
        at(1.26, 1.90),
        at(1.30, 2.90),
    ])
    .points(50);
    let other = edge.iter().rev().map(|point| point.mirrored());
    let corners: Vec<Point> = edge.iter().copied().chain(other).collect();
    let mass = Field::polygon(canvas.grid(), &corners).blurred(0.02);
    canvas.paint(&mass, dye.base * 0.45);
    let mut random = Random::new(look.seed, "hair behind");
    for index in 0..900 {
        let x = random.between(-1.22, 1.22);
        let points: Vec<Point> = (0..=8)
            .map(|i| {
                let y = lerp(0.4, 2.9, i as f32 / 8.0);
                at(
                    x * (1.0 + 0.05 * y) + 0.03 * noise(y * 1.5, index as f32, look.seed),
                    y,
                )
            })
            .collect();
        let colour = dye.strand(&mut random, 0.05) * 0.6;
        canvas.stroke(&points, colour, |_| (0.011, 0.5));
    }
}

/// Paints the hair that is parted in the middle and frames the face.
pub(super) fn paint(canvas: &mut Canvas, look: &Look) {
    let dye = Dye::of(&look.hair);
    for side in [-1.0, 1.0] {
        let fall = Fall::of(look.face.width, side);
        fall.paint_shadow(canvas);
        fall.paint_mass(canvas, &dye);
        fall.paint_strands(canvas, &dye, look.seed);
        fall.paint_hairline(canvas, &dye, look.seed);
    }
    paint_parting(canvas, look);
}

/// The scalp that shows along the parting.
fn paint_parting(canvas: &mut Canvas, look: &Look) {
    let line = Curve::through([
        at(0.004, -1.15),
        at(-0.004, -1.40),
        at(0.003, -1.62),
        at(0.0, -1.86),
    ]);
    let points = line.points(40);
    canvas.stroke(&points, srgb(look.hair.colour) * 0.5, |_| (0.050, 0.35));
    let skin = srgb(look.skin.tone) * 0.55;
    canvas.stroke(&points, skin, |t| {
        (lerp(0.022, 0.008, t), 0.75 * (1.0 - 0.7 * t))
    });
}

/// The hair of one side, between two strands from the parting downwards.
struct Fall {
    side: f32,
    inner: Curve,
    outer: Curve,
}

impl Fall {
    fn of(width: f32, side: f32) -> Self {
        let curve = |points: &[(f32, f32)]| {
            let placed = points.iter().map(|(x, y)| at(side * x * width, *y));
            Curve::through(placed.collect::<Vec<_>>())
        };
        Self {
            side,
            inner: curve(&[
                (-0.01, -1.16),
                (0.36, -1.09),
                (0.73, -0.83),
                (0.94, -0.42),
                (1.00, 0.08),
                (1.00, 0.60),
                (0.98, 1.10),
                (0.93, 1.62),
                (0.90, 2.15),
                (0.93, 2.90),
            ]),
            outer: curve(&[
                (0.0, -1.91),
                (0.44, -1.90),
                (0.88, -1.65),
                (1.16, -1.18),
                (1.27, -0.58),
                (1.31, 0.05),
                (1.35, 0.70),
                (1.41, 1.35),
                (1.49, 2.05),
                (1.57, 2.90),
            ]),
        }
    }

    fn place(&self, across: f32, t: f32) -> Point {
        self.inner.at(t).lerp(self.outer.at(t), across)
    }

    fn region(&self, canvas: &Canvas, inner: f32, outer: f32) -> Field {
        let steps = || (0..=60).map(|i| i as f32 / 60.0);
        let near = steps().map(|t| self.place(inner, t));
        let far = steps().rev().map(|t| self.place(outer, t));
        Field::polygon(canvas.grid(), &near.chain(far).collect::<Vec<_>>())
    }

    /// The shadow of the hair on forehead, cheek and neck.
    fn paint_shadow(&self, canvas: &mut Canvas) {
        let shadow = self
            .region(canvas, 0.0, 1.0)
            .shifted(at(-self.side * 0.045, 0.055))
            .blurred(0.06)
            .map(|m| 0.80 * m);
        canvas.change(&shadow, |_, c| c.filtered(Colour([0.42, 0.28, 0.24])));
    }

    fn paint_mass(&self, canvas: &mut Canvas, dye: &Dye) {
        let mass = self.region(canvas, 0.05, 0.98).blurred(0.018);
        canvas.paint(&mass, dye.base * 0.55);
    }

    fn paint_strands(&self, canvas: &mut Canvas, dye: &Dye, seed: u64) {
        const STRANDS: usize = 3_400;
        let name = if self.side < 0.0 {
            "right fall"
        } else {
            "left fall"
        };
        let mut random = Random::new(seed, name);
        for index in 0..STRANDS {
            let across = random.between(0.0, 1.0);
            let lock = noise(across * 9.0, self.side * 7.0, seed);
            let (from, to) = (random.between(0.0, 0.55), random.between(0.6, 1.1));
            let from = if random.unit() < 0.55 { 0.0 } else { from };
            let stray = about(&mut random, 0.0, 0.022);
            let points: Vec<Point> = (0..=22)
                .map(|i| {
                    let t = lerp(from, to, i as f32 / 22.0);
                    let loose = smoothstep(0.15, 0.8, t);
                    let wave = 0.055 * (t * 9.0 + lock * 2.6).sin() + 0.03 * lock;
                    let place = self.place(across + wave * loose, t);
                    place
                        + at(
                            (stray + 0.012 * noise(t * 8.0, index as f32, seed)) * loose,
                            0.0,
                        )
                })
                .collect();
            let middle = self.place(across, 0.5 * (from + to));
            let round = 0.35 + 0.65 * bell((across - 0.52) / 0.34);
            let colour = dye.strand(&mut random, 0.10 * lock.max(0.0)) * round;
            let band = |point: Point| {
                gloss(point, -1.22, 0.16) + 0.14 * gloss(point, 1.0, 0.6) * (0.5 + lock)
            };
            let bright = dye.gloss * random.between(0.35, 0.95);
            let strength = 0.42 * band(middle).min(1.0);
            canvas.stroke(&points, colour.mix(bright, strength * 0.2), |t| {
                (lerp(0.012, 0.008, t), 0.62 * (1.0 - 0.4 * t))
            });
            self.paint_gloss(canvas, &points, bright, band);
        }
    }

    /// Short fine hairs where the hair begins, so that it does not look cut with a knife.
    fn paint_hairline(&self, canvas: &mut Canvas, dye: &Dye, seed: u64) {
        let name = if self.side < 0.0 {
            "right hairline"
        } else {
            "left hairline"
        };
        let mut random = Random::new(seed, name);
        for _ in 0..300 {
            let t = random.between(0.0, 0.36);
            let along = self.inner.direction(t);
            let inwards = at(-self.side * along.y.abs(), along.x.abs());
            let hair = Hair {
                root: self.inner.at(t) + inwards * random.between(-0.01, 0.035),
                direction: (along + inwards * about(&mut random, -0.20, 0.25)).unit(),
                length: random.between(0.04, 0.13),
                bend: about(&mut random, 0.0, 0.2),
                width: 0.006,
            };
            hair.draw(canvas, dye.base * 1.2, 0.24);
        }
    }

    /// The lit parts of a strand, as a fainter strand on it.
    fn paint_gloss(
        &self,
        canvas: &mut Canvas,
        points: &[Point],
        bright: Colour,
        band: impl Fn(Point) -> f32,
    ) {
        for pair in points.windows(2) {
            let strength = pair.first().map_or(0.0, |point| band(*point));
            if strength > 0.08 {
                canvas.stroke(pair, bright, |_| (0.007, 0.40 * strength));
            }
        }
    }
}
