//! Nostrils and lips.

use super::brush::{soft_line, soft_spot};
use super::canvas::Canvas;
use super::colour::{Colour, srgb};
use super::look::{Face, Look};
use super::relief::{half_mouth, mouth_line};
use crate::curve::{Curve, Point, at, smoothstep};
use crate::raster::Field;

pub(super) fn paint(canvas: &mut Canvas, look: &Look) {
    paint_nostrils(canvas, look);
    paint_lips(canvas, look);
}

fn paint_nostrils(canvas: &mut Canvas, look: &Look) {
    let grid = canvas.grid();
    let wing = 0.168 * look.face.nose;
    let shade = soft_spot(grid, at(0.015, 0.835), at(0.25, 0.075), 1.0).map(|m| 0.50 * m);
    canvas.change(&shade, |_, c| c.filtered(Colour([0.55, 0.42, 0.38])));
    for side in [-1.0, 1.0] {
        let curve = Curve::through([
            at(side * wing * 0.34, 0.788),
            at(side * wing * 0.60, 0.774),
            at(side * wing * 0.88, 0.777),
        ]);
        let dark = soft_line(grid, &curve, 0.050).blurred(0.005);
        canvas.change(&dark.map(|m| 0.92 * m), |_, c| {
            c.filtered(Colour([0.16, 0.08, 0.07]))
        });
        let crease = Curve::through([
            at(side * (wing + 0.055), 0.635),
            at(side * (wing + 0.082), 0.705),
            at(side * (wing + 0.048), 0.770),
        ]);
        let line = soft_line(grid, &crease, 0.045).map(|m| 0.32 * m);
        canvas.change(&line, |_, c| c.filtered(Colour([0.55, 0.40, 0.36])));
    }
}

fn paint_lips(canvas: &mut Canvas, look: &Look) {
    let face = &look.face;
    let upper = lip_edge(face, &UPPER_LIP);
    let lower = lip_edge(face, &LOWER_LIP);
    let corners: Vec<Point> = upper.into_iter().chain(lower.into_iter().rev()).collect();
    let lips = Field::polygon(canvas.grid(), &corners).blurred(0.013);
    let (Colour([r, g, b]), Colour([tr, tg, tb])) = (srgb(look.lips), srgb(look.skin.tone));
    let filter = Colour([r / tr, g / tg, b / tb]);
    canvas.change(&lips, |point, under| {
        let upper = smoothstep(0.02, -0.02, point.y - mouth_line(face, point.x));
        under.filtered(filter) * (1.0 - 0.14 * upper)
    });
    let shine = at(-0.06, 1.128 + 0.072 * face.lips);
    let shine = soft_spot(canvas.grid(), shine, at(0.15, 0.026), 1.0).map(|m| 0.07 * m);
    canvas.paint(&shine, Colour([1.0, 0.80, 0.90]));
    paint_mouth_line(canvas, face);
}

/// Right halves of the edges: parts of half the mouth's width, and heights above or below the line
/// where the lips meet.
const UPPER_LIP: [(f32, f32); 5] = [
    (0.0, -0.078),
    (0.20, -0.098),
    (0.45, -0.072),
    (0.75, -0.030),
    (1.0, 0.0),
];
const LOWER_LIP: [(f32, f32); 5] = [
    (0.0, 0.140),
    (0.28, 0.134),
    (0.55, 0.100),
    (0.80, 0.048),
    (1.0, 0.0),
];

/// The whole edge of a lip, from the left to the right corner of the mouth.
fn lip_edge(face: &Face, half_edge: &[(f32, f32)]) -> Vec<Point> {
    let half = half_mouth(face);
    let right = half_edge
        .iter()
        .map(|(x, y)| at(half * x, mouth_line(face, half * x) + face.lips * y));
    let left = right.clone().skip(1).rev().map(Point::mirrored);
    Curve::through(left.chain(right).collect::<Vec<_>>()).points(60)
}

fn paint_mouth_line(canvas: &mut Canvas, face: &Face) {
    let points = (-10..=10).map(|i| {
        let x = half_mouth(face) * 1.03 * i as f32 / 10.0;
        at(x, mouth_line(face, x))
    });
    let line = Curve::through(points.collect::<Vec<_>>());
    let shade = soft_line(canvas.grid(), &line, 0.050).map(|m| 0.45 * m);
    canvas.change(&shade, |_, c| c.filtered(Colour([0.45, 0.28, 0.26])));
    canvas.stroke(&line.points(60), srgb(0x4A_1E_1A), |t| {
        let from_end = (t * (1.0 - t) * 4.0).sqrt();
        (0.006 + 0.012 * from_end, 0.30 + 0.45 * from_end)
    });
}
