use crate::curve::{Curve, Point, at, smoothstep};
use crate::portrait::brush::{soft_line, soft_spot};
use crate::portrait::canvas::Canvas;
use crate::portrait::colour::{Colour, srgb};
use crate::portrait::look::Look;
use crate::raster::Field;

/// Paints both ears; the face and the hair cover their inner edges.
pub(super) fn paint(canvas: &mut Canvas, look: &Look) {
    for side in [-1.0, 1.0] {
        paint_one(canvas, look, side);
    }
}

fn paint_one(canvas: &mut Canvas, look: &Look, side: f32) {
    let grid = canvas.grid();
    let width = look.face.width;
    let curve = |points: &[(f32, f32)]| {
        let placed = points.iter().map(|(x, y)| at(side * x * width, *y));
        Curve::through(placed.collect::<Vec<Point>>())
    };
    let rim = curve(&[
        (0.98, -0.06),
        (1.07, -0.20),
        (1.17, -0.215),
        (1.235, -0.10),
        (1.235, 0.08),
        (1.195, 0.27),
        (1.150, 0.43),
        (1.095, 0.545),
        (1.030, 0.545),
        (0.97, 0.45),
    ]);
    let mask = Field::polygon(grid, &rim.points(80)).blurred(0.007);
    let tone = srgb(look.skin.tone).mix(srgb(look.skin.blush), 0.15 + 0.35 * look.skin.flush);
    let lit = if side < 0.0 { 0.92 } else { 0.80 };
    canvas.change(&mask, |point, _| {
        let inwards = smoothstep(1.19, 1.02, point.x.abs() / width);
        tone * (lit * (1.0 - 0.45 * inwards) * (1.0 - 0.20 * smoothstep(0.1, 0.55, point.y)))
    });
    let shade = Colour([0.34, 0.19, 0.15]);
    let hollow = soft_spot(grid, at(side * 1.105 * width, 0.15), at(0.060, 0.16), 1.0);
    let groove = soft_line(grid, &curve(&GROOVE), 0.060).map(|m| 0.75 * m);
    for dark in [hollow.map(|m| 0.85 * m), groove] {
        canvas.change(&dark.times(&mask), |_, c| c.filtered(shade));
    }
    for (ridge, width, strength) in [(&ANTIHELIX[..], 0.042, 0.55), (&HELIX[..], 0.034, 0.50)] {
        let light = soft_line(grid, &curve(ridge), width).map(|m| strength * m);
        canvas.change(&light.times(&mask), |_, c| c.mix(tone * 1.25, 0.8));
    }
}

/// Between the rim and the inner ridge.
const GROOVE: [(f32, f32); 6] = [
    (1.06, -0.10),
    (1.12, -0.150),
    (1.178, -0.10),
    (1.186, 0.06),
    (1.165, 0.20),
    (1.130, 0.33),
];

/// The inner ridge.
const ANTIHELIX: [(f32, f32); 4] = [(1.09, -0.06), (1.145, 0.03), (1.145, 0.19), (1.110, 0.32)];

/// The rim.
const HELIX: [(f32, f32); 5] = [
    (1.08, -0.180),
    (1.16, -0.190),
    (1.212, -0.09),
    (1.214, 0.08),
    (1.180, 0.25),
];
