use super::{Cloth, throw_shadow};
use crate::curve::{Curve, Point, at};
use crate::portrait::brush::soft_line;
use crate::portrait::canvas::Canvas;
use crate::portrait::colour::Colour;
use crate::raster::Field;

/// Paints a dress with a standing collar and a piped seam.
pub(super) fn paint(canvas: &mut Canvas, cloth: &Cloth, silk: Colour, trim: Colour) {
    paint_dress(canvas, cloth, silk);
    paint_seam(canvas, trim);
    paint_collar(canvas, cloth, silk, trim);
}

fn paint_dress(canvas: &mut Canvas, cloth: &Cloth, silk: Colour) {
    let shoulder = Curve::through([
        at(0.62, 1.98),
        at(0.88, 2.13),
        at(1.35, 2.26),
        at(1.75, 2.44),
        at(2.05, 2.85),
    ])
    .points(30);
    let other = shoulder.iter().rev().map(|point| point.mirrored());
    let neck = [at(-0.40, 2.16), at(0.0, 2.24), at(0.40, 2.16)];
    let corners: Vec<Point> = shoulder
        .iter()
        .copied()
        .chain([at(2.4, 3.2), at(-2.4, 3.2)])
        .chain(other)
        .chain(neck)
        .collect();
    cloth.lay(canvas, &corners, silk);
}

fn paint_seam(canvas: &mut Canvas, trim: Colour) {
    let seam = Curve::through([
        at(0.06, 2.22),
        at(0.45, 2.34),
        at(0.95, 2.62),
        at(1.15, 2.95),
    ]);
    let shade = soft_line(canvas.grid(), &seam, 0.05).map(|m| 0.30 * m);
    canvas.change(&shade, |_, c| c * 0.5);
    let piping = soft_line(canvas.grid(), &seam, 0.018).map(|m| 0.8 * m);
    canvas.paint(&piping, trim * 0.8);
}

fn paint_collar(canvas: &mut Canvas, cloth: &Cloth, silk: Colour, trim: Colour) {
    let top = Curve::through([
        at(-0.595, 1.84),
        at(-0.38, 1.965),
        at(0.0, 2.035),
        at(0.38, 1.965),
        at(0.595, 1.84),
    ]);
    let bottom = Curve::through([
        at(-0.70, 2.06),
        at(-0.42, 2.195),
        at(0.0, 2.265),
        at(0.42, 2.195),
        at(0.70, 2.06),
    ]);
    let lower = bottom.points(40).into_iter().rev();
    let band: Vec<Point> = top.points(40).into_iter().chain(lower).collect();
    let collar = Field::polygon(canvas.grid(), &band).blurred(0.004);
    throw_shadow(canvas, &collar, at(0.02, 0.05), 0.04, 0.5);
    canvas.change(&collar, |point, _| {
        let round = (1.0 - (point.x / 0.74).powi(2)).max(0.0).sqrt();
        silk * (cloth.light(point) * (0.45 + 0.65 * round))
    });
    for edge in [&top, &bottom] {
        let line = soft_line(canvas.grid(), edge, 0.026).map(|m| 0.9 * m);
        canvas.paint(&line, trim);
    }
}
