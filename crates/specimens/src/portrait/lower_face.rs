//! Nostrils and lips.

use super::brush::{soft_line, soft_spot};
use super::canvas::Canvas;
use super::colour::{Colour, srgb};
use super::look::Look;
use super::relief::mouth_line;
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
    let grid = canvas.grid();
    let face = &look.face;
    let half = 0.385 * face.mouth;
    let full = face.lips;
    let mirrored = |points: &[(f32, f32)]| -> Vec<Point> {
        let half_curve: Vec<Point> = points
            .iter()
            .map(|(x, y)| at(half * x, mouth_line(face, half * x) + full * y))
            .collect();
        let other: Vec<Point> = half_curve.iter().rev().map(|p| p.mirrored()).collect();
        Curve::through([other.as_slice(), half_curve.get(1..).unwrap_or_default()].concat())
            .points(60)
    };
    let upper_edge = mirrored(&[
        (0.0, -0.078),
        (0.20, -0.098),
        (0.45, -0.072),
        (0.75, -0.030),
        (1.0, 0.0),
    ]);
    let lower_edge = mirrored(&[
        (0.0, 0.140),
        (0.28, 0.134),
        (0.55, 0.100),
        (0.80, 0.048),
        (1.0, 0.0),
    ]);
    let corners: Vec<Point> = upper_edge
        .iter()
        .copied()
        .chain(lower_edge.iter().rev().copied())
        .collect();
    let lips = Field::polygon(grid, &corners).blurred(0.013);
    let (Colour([r, g, b]), Colour([tr, tg, tb])) = (srgb(look.lips), srgb(look.skin.tone));
    let filter = Colour([r / tr, g / tg, b / tb]);
    canvas.change(&lips, |point, under| {
        let upper = smoothstep(0.02, -0.02, point.y - mouth_line(face, point.x));
        under.filtered(filter) * (1.0 - 0.14 * upper)
    });
    let line: Vec<Point> = (-10..=10)
        .map(|i| {
            let x = half * 1.03 * i as f32 / 10.0;
            at(x, mouth_line(face, x))
        })
        .collect();
    let line = Curve::through(line);
    let wide = soft_line(grid, &line, 0.050).map(|m| 0.45 * m);
    canvas.change(&wide, |_, c| c.filtered(Colour([0.45, 0.28, 0.26])));
    canvas.stroke(&line.points(60), srgb(0x4A_1E_1A), |t| {
        let from_end = (t * (1.0 - t) * 4.0).sqrt();
        (0.006 + 0.012 * from_end, 0.30 + 0.45 * from_end)
    });
    let gloss = soft_spot(grid, at(-0.06, 1.128 + 0.072 * full), at(0.15, 0.026), 1.0);
    canvas.paint(&gloss.map(|m| 0.07 * m), Colour([1.0, 0.80, 0.90]));
}
