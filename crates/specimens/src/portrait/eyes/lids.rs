use super::Eye;
use crate::curve::{Curve, Point, at, lerp, smoothstep};
use crate::portrait::brush::{Hair, about, soft_line};
use crate::portrait::canvas::Canvas;
use crate::portrait::colour::{Colour, srgb};
use crate::portrait::look::Look;
use crate::random::Random;

/// The colour of folds in the skin, as a filter.
const FOLD: Colour = Colour([0.50, 0.36, 0.31]);

const INK: u32 = 0x1A_11_0F;

/// Paints the lids of an eye: crease, edges, lashes.
pub(super) fn paint(canvas: &mut Canvas, look: &Look, eye: &Eye) {
    paint_lower_edge(canvas, eye);
    if look.eyes.crease > 0.0 {
        paint_crease(canvas, eye, look.eyes.crease);
    }
    paint_lines(canvas, eye, look.eyes.lashes);
    paint_lashes(canvas, look, eye);
}

/// The wet edge of the lower lid and the fold below it.
fn paint_lower_edge(canvas: &mut Canvas, eye: &Eye) {
    let below = |first: usize, down: f32| {
        let points = eye.lower.points(9).into_iter().skip(first);
        Curve::through(points.map(|p| p + at(0.0, down)).collect::<Vec<_>>())
    };
    let wet = soft_line(canvas.grid(), &below(1, 0.006), 0.020).map(|m| 0.40 * m);
    canvas.paint(&wet, srgb(0xE3_B5_A4));
    let fold = soft_line(canvas.grid(), &below(2, 0.022), 0.035).map(|m| 0.30 * m);
    canvas.change(&fold, |_, c| c.filtered(FOLD));
}

fn paint_crease(canvas: &mut Canvas, eye: &Eye, height: f32) {
    let points: Vec<Point> = (1..=10)
        .map(|i| {
            let t = i as f32 / 10.0;
            let lift = height * smoothstep(0.0, 0.35, t) * lerp(1.0, 0.75, t);
            eye.upper.at(t * 0.98) + at(eye.side * 0.02 * t, -lift - 0.012 * t)
        })
        .collect();
    let crease = Curve::through(points);
    for (width, strength) in [(0.060, 0.35), (0.022, 0.70)] {
        let line = soft_line(canvas.grid(), &crease, width).map(|m| strength * m);
        canvas.change(&line, |_, c| c.filtered(FOLD));
    }
}

/// The dark lines where the lashes grow.
fn paint_lines(canvas: &mut Canvas, eye: &Eye, made_up: f32) {
    let shade = soft_line(canvas.grid(), &eye.upper, 0.10).map(|m| 0.35 * m);
    canvas.change(&shade, |_, c| c.filtered(Colour([0.72, 0.60, 0.56])));
    let width = 0.020 + 0.010 * made_up;
    canvas.stroke(&eye.upper.points(28), srgb(INK), |t| {
        (width * (0.35 + 0.75 * smoothstep(0.0, 0.45, t)), 0.88)
    });
    let faint = 0.10 + 0.25 * made_up;
    canvas.stroke(&eye.lower.points(28), srgb(INK), |t| {
        (0.010, faint + 0.30 * smoothstep(0.45, 1.0, t))
    });
}

fn paint_lashes(canvas: &mut Canvas, look: &Look, eye: &Eye) {
    let purpose = if eye.side < 0.0 {
        "right lashes"
    } else {
        "left lashes"
    };
    let mut random = Random::new(look.seed, purpose);
    let made_up = look.eyes.lashes;
    for _ in 0..(34 + (50.0 * made_up) as usize) {
        let t = random.between(0.06, 1.0);
        let hair = Hair {
            root: eye.upper.at(t),
            direction: at(eye.side * lerp(-0.25, 1.0, t), -0.75).unit(),
            length: about(&mut random, 0.028 + 0.045 * made_up, 0.010) * lerp(0.6, 1.2, t),
            bend: -0.30 * eye.side * random.unit(),
            width: 0.0065 + 0.0015 * made_up,
        };
        hair.draw(canvas, srgb(INK), 0.60);
    }
    for _ in 0..26 {
        let t = random.between(0.25, 0.98);
        let hair = Hair {
            root: eye.lower.at(t) + at(0.0, 0.004),
            direction: at(eye.side * lerp(-0.2, 0.8, t), 0.9).unit(),
            length: about(&mut random, 0.026 + 0.014 * made_up, 0.008),
            bend: 0.2 * eye.side * random.unit(),
            width: 0.005,
        };
        hair.draw(canvas, srgb(INK), 0.16 + 0.2 * made_up);
    }
}
