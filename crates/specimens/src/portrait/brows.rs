//! Eyebrows: a soft shade, and hairs that rise at the inner end and lie down at the outer one.

use super::brush::{Hair, about};
use super::canvas::Canvas;
use super::colour::srgb;
use super::look::{Brows, Look};
use crate::curve::{Curve, at, bell, lerp, smoothstep};
use crate::random::Random;

const HAIRS: usize = 900;

pub(super) fn paint(canvas: &mut Canvas, look: &Look) {
    paint_one(
        canvas,
        &look.brows,
        -1.0,
        Random::new(look.seed, "right brow"),
    );
    paint_one(
        canvas,
        &look.brows,
        1.0,
        Random::new(look.seed, "left brow"),
    );
}

fn paint_one(canvas: &mut Canvas, brows: &Brows, side: f32, mut random: Random) {
    let arch = brows.arch;
    let spine = Curve::through([
        at(side * 0.190, -0.285),
        at(side * 0.330, -0.325 - 0.010 * arch),
        at(side * 0.520, -0.345 - 0.030 * arch),
        at(side * 0.720, -0.330 - 0.045 * arch),
        at(side * 0.890, -0.255 - 0.010 * arch),
    ]);
    let thickness = |t: f32| {
        let ends = smoothstep(1.08, 0.55, t) * (0.75 + 0.25 * smoothstep(0.0, 0.2, t));
        0.088 * brows.thickness * ends
    };
    let colour = srgb(brows.colour);
    for (width, opacity) in [(1.0, 0.16), (0.75, 0.22), (0.5, 0.18)] {
        canvas.stroke(&spine.points(40), colour, |t| {
            (thickness(t) * width, opacity * smoothstep(0.0, 0.22, t))
        });
    }
    for _ in 0..HAIRS {
        let t = random.unit();
        let place = random.between(-0.5, 0.5);
        let rising = lerp(1.5, -0.20, smoothstep(0.0, 0.7, t)) - 0.9 * place;
        let hair = Hair {
            root: spine.at(t) + at(0.0, place * thickness(t)),
            direction: (spine.direction(t) + at(0.0, -1.0) * rising.max(-0.30)).unit(),
            length: about(&mut random, 0.075, 0.025) * lerp(0.9, 0.75, t),
            bend: 0.15 * side,
            width: 0.0065,
        };
        let inner_end = 0.35 + 0.65 * smoothstep(0.0, 0.2, t);
        let opacity = 0.45 * bell(place * 1.5) * inner_end;
        hair.draw(canvas, colour * random.between(0.8, 1.35), opacity);
    }
}
