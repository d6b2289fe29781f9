//! Eyes and eyebrows.

use super::brush::{Hair, about, soft_line, soft_spot};
use super::colour::{Colour, srgb};
use crate::curve::{Curve, Point, at, bell, lerp, smoothstep};
use super::look::{Brows, Eyes, Look};
use super::canvas::Canvas;
use crate::raster::Field;
use crate::random::{Random, noise};

const IRIS_RADIUS: f32 = 0.096;
const PUPIL_RADIUS: f32 = 0.036;
const HALF_WIDTH: f32 = 0.238;

pub(super) fn paint(canvas: &mut Canvas, look: &Look) {
    for side in [-1.0, 1.0] {
        let eye = Eye::new(&look.eyes, side);
        eye.paint_ball(canvas, look);
        eye.paint_lids(canvas, look);
        eye.paint_lashes(canvas, look);
        paint_brow(canvas, &look.brows, side, look.seed);
    }
}

/// One eye; its curves run from the inner to the outer corner.
struct Eye {
    side: f32,
    middle: Point,
    upper: Curve,
    lower: Curve,
    opening: Field2,
}

/// The visible part of the eyeball, made once the grid is known.
type Field2 = core::cell::OnceCell<Field>;

impl Eye {
    fn new(eyes: &Eyes, side: f32) -> Self {
        let open = eyes.opening;
        let place = |points: &[(f32, f32)]| {
            let placed = points.iter().map(|(x, y)| {
                let rise = eyes.tilt * (x / (2.0 * HALF_WIDTH) + 0.5);
                at(side * (0.5 + x), y - rise + 0.5 * eyes.tilt)
            });
            Curve::through(placed.collect::<Vec<_>>())
        };
        let w = HALF_WIDTH;
        Self {
            side,
            middle: at(side * 0.5, -0.012),
            upper: place(&[
                (-w, 0.030),
                (-0.175, -0.030 * open),
                (-0.075, -0.080 * open),
                (0.045, -0.092 * open),
                (0.150, -0.062 * open),
                (w, 0.004),
            ]),
            lower: place(&[
                (-w, 0.030),
                (-0.150, 0.050),
                (-0.030, 0.074),
                (0.090, 0.074),
                (0.180, 0.046),
                (w, 0.004),
            ]),
            opening: Field2::new(),
        }
    }

    fn opening(&self, canvas: &Canvas) -> &Field {
        self.opening.get_or_init(|| {
            let lower = self.lower.points(40);
            let corners: Vec<Point> = self
                .upper
                .points(40)
                .into_iter()
                .chain(lower.into_iter().rev())
                .collect();
            Field::polygon(canvas.grid(), &corners).blurred(0.004)
        })
    }

    /// The white, the iris with its pupil, and the light they reflect.
    fn paint_ball(&self, canvas: &mut Canvas, look: &Look) {
        let opening = self.opening(canvas).clone();
        let grid = canvas.grid();
        let shadow = opening
            .clone()
            .without(&opening.shifted(at(0.0, 0.055)).blurred(0.022));
        let (white, pink) = (srgb(0xEC_E5_DE), srgb(0xCC_97_87));
        canvas.change(&opening, |point, _| {
            let from_middle = ((point.x - self.middle.x) / 0.27).abs();
            white.mix(pink, 0.75 * smoothstep(0.55, 1.0, from_middle)) * (1.0 - 0.25 * from_middle)
        });
        let iris = soft_spot(grid, self.middle, at(IRIS_RADIUS, IRIS_RADIUS), 0.10).times(&opening);
        let colour = srgb(look.eyes.iris);
        canvas.change(&iris, |point, _| self.iris(point, colour, look.seed));
        canvas.change(&shadow, |_, under| under.filtered(Colour([0.38, 0.33, 0.32])));
        let corner = self.lower.at(0.035) + at(0.012 * self.side, -0.006);
        canvas.paint(
            &soft_spot(grid, corner, at(0.034, 0.024), 0.9).times(&opening).map(|m| 0.8 * m),
            srgb(0xC0_7A_6E),
        );
        for (from_middle, radius, strength) in [
            (at(-0.034, -0.036), at(0.026, 0.023), 0.95),
            (at(0.040, 0.040), at(0.034, 0.022), 0.16),
        ] {
            let light = soft_spot(grid, self.middle + from_middle, radius, 0.6);
            canvas.paint(&light.times(&opening).map(|m| strength * m), Colour([0.97, 0.98, 1.0]));
        }
    }

    fn iris(&self, point: Point, colour: Colour, seed: u64) -> Colour {
        let from_middle = point - self.middle;
        let radius = from_middle.length();
        let angle = from_middle.y.atan2(from_middle.x);
        let fibre = noise(angle * 9.0, radius * 28.0, seed) + noise(angle * 23.0, radius * 12.0, seed ^ 2);
        let glow = 0.75 + 0.75 * smoothstep(-0.5, 1.0, from_middle.y / IRIS_RADIUS);
        let ring = 1.0 - 0.75 * smoothstep(0.72, 1.0, radius / IRIS_RADIUS);
        let lit = colour * (glow * ring * (1.0 + 0.28 * fibre));
        lit.mix(
            Colour([0.006, 0.005, 0.005]),
            smoothstep(PUPIL_RADIUS * 1.25, PUPIL_RADIUS * 0.85, radius),
        )
    }

    /// Edges, crease and shade of the lids.
    fn paint_lids(&self, canvas: &mut Canvas, look: &Look) {
        let grid = canvas.grid();
        let deep = Colour([0.50, 0.36, 0.31]);
        let edge = Curve::through(
            self.lower.points(9).iter().skip(1).map(|p| *p + at(0.0, 0.006)).collect::<Vec<_>>(),
        );
        let wet = soft_line(grid, &edge, 0.020).map(|m| 0.40 * m);
        canvas.paint(&wet, srgb(0xE3_B5_A4));
        let under = Curve::through(
            self.lower.points(9).iter().skip(2).map(|p| *p + at(0.0, 0.022)).collect::<Vec<_>>(),
        );
        canvas.change(&soft_line(grid, &under, 0.035).map(|m| 0.30 * m), |_, c| c.filtered(deep));
        if look.eyes.crease > 0.0 {
            let height = look.eyes.crease;
            let crease: Vec<Point> = (1..=10)
                .map(|i| {
                    let t = i as f32 / 10.0;
                    let lift = height * smoothstep(0.0, 0.35, t) * lerp(1.0, 0.75, t);
                    self.upper.at(t * 0.98) + at(self.side * 0.02 * t, -lift - 0.012 * t)
                })
                .collect();
            let crease = Curve::through(crease);
            canvas.change(&soft_line(grid, &crease, 0.060).map(|m| 0.35 * m), |_, c| c.filtered(deep));
            canvas.change(&soft_line(grid, &crease, 0.022).map(|m| 0.70 * m), |_, c| c.filtered(deep));
        }
        let lid = soft_line(grid, &self.upper, 0.10).map(|m| 0.35 * m);
        canvas.change(&lid, |_, c| c.filtered(Colour([0.72, 0.60, 0.56])));
        let made_up = look.eyes.lashes;
        let ink = srgb(0x1C_12_10);
        let width = 0.020 + 0.010 * made_up;
        canvas.stroke(&self.upper.points(28), ink, |t| {
            (width * (0.35 + 0.75 * smoothstep(0.0, 0.45, t)), 0.88)
        });
        canvas.stroke(&self.lower.points(28), ink, |t| {
            (0.010, (0.10 + 0.25 * made_up) + 0.30 * smoothstep(0.45, 1.0, t))
        });
    }

    fn paint_lashes(&self, canvas: &mut Canvas, look: &Look) {
        let mut random = Random::new(look.seed, if self.side < 0.0 { "right lashes" } else { "left lashes" });
        let made_up = look.eyes.lashes;
        let ink = srgb(0x17_10_0E);
        for _ in 0..(34 + (50.0 * made_up) as usize) {
            let t = random.between(0.06, 1.0);
            let outwards = lerp(-0.25, 1.0, t);
            let hair = Hair {
                root: self.upper.at(t),
                direction: at(self.side * outwards, -0.75).unit(),
                length: about(&mut random, 0.028 + 0.045 * made_up, 0.010) * lerp(0.6, 1.2, t),
                bend: -0.30 * self.side * random.unit(),
                width: 0.0065 + 0.0015 * made_up,
            };
            hair.draw(canvas, ink, 0.60);
        }
        for _ in 0..26 {
            let t = random.between(0.25, 0.98);
            let hair = Hair {
                root: self.lower.at(t) + at(0.0, 0.004),
                direction: at(self.side * lerp(-0.2, 0.8, t), 0.9).unit(),
                length: about(&mut random, 0.026 + 0.014 * made_up, 0.008),
                bend: 0.2 * self.side * random.unit(),
                width: 0.005,
            };
            hair.draw(canvas, ink, 0.16 + 0.2 * made_up);
        }
    }
}

fn paint_brow(canvas: &mut Canvas, brows: &Brows, side: f32, seed: u64) {
    let arch = brows.arch;
    let spine = Curve::through([
        at(side * 0.190, -0.285),
        at(side * 0.330, -0.325 - 0.010 * arch),
        at(side * 0.520, -0.345 - 0.030 * arch),
        at(side * 0.720, -0.330 - 0.045 * arch),
        at(side * 0.890, -0.255 - 0.010 * arch),
    ]);
    let thickness = |t: f32| {
        brows.thickness * lerp(0.090, 0.085, t) * smoothstep(1.08, 0.55, t) * (0.75 + 0.25 * smoothstep(0.0, 0.2, t))
    };
    let colour = srgb(brows.colour);
    let mut random = Random::new(seed, if side < 0.0 { "right brow" } else { "left brow" });
    for (width, opacity) in [(1.0, 0.16), (0.75, 0.22), (0.5, 0.18)] {
        canvas.stroke(&spine.points(40), colour, |t| {
            (thickness(t) * width, opacity * smoothstep(0.0, 0.22, t))
        });
    }
    for _ in 0..900 {
        let t = random.unit();
        let place = random.between(-0.5, 0.5);
        let along = spine.direction(t);
        let rising = lerp(1.5, -0.20, smoothstep(0.0, 0.7, t)) - 0.9 * place;
        let hair = Hair {
            root: spine.at(t) + at(0.0, place * thickness(t)),
            direction: (along + at(0.0, -1.0) * rising.max(-0.30)).unit(),
            length: about(&mut random, 0.075, 0.025) * lerp(0.9, 0.75, t),
            bend: 0.15 * side,
            width: 0.0065,
        };
        let shade = colour * random.between(0.8, 1.35);
        let opacity = 0.45 * bell(place * 1.5) * (0.35 + 0.65 * smoothstep(0.0, 0.2, t));
        hair.draw(canvas, shade, opacity);
    }
}
