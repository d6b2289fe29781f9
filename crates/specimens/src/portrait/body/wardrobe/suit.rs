use super::{Cloth, throw_shadow};
use crate::curve::{Curve, Point, at, bell, smoothstep};
use crate::portrait::brush::soft_line;
use crate::portrait::canvas::Canvas;
use crate::portrait::colour::Colour;
use crate::random::noise;
use crate::raster::Field;

/// Paints a jacket over a shirt, whose collar stands open without a tie.
pub(super) fn paint(
    canvas: &mut Canvas,
    cloth: &Cloth,
    jacket: Colour,
    shirt: Colour,
    tie: Option<Colour>,
) {
    let opening = if tie.is_some() { 2.20 } else { 2.44 };
    paint_front(canvas, cloth, shirt, opening);
    if let Some(tie) = tie {
        paint_tie(canvas, tie);
    }
    for side in [-1.0, 1.0] {
        paint_collar(canvas, cloth, shirt, opening, side);
    }
    for side in [-1.0, 1.0] {
        paint_jacket(canvas, cloth, jacket, side);
    }
}

fn paint_front(canvas: &mut Canvas, cloth: &Cloth, shirt: Colour, opening: f32) {
    let front = [
        at(-0.95, 2.12),
        at(-0.74, 1.98),
        at(-0.40, 2.20),
        at(0.0, opening + 0.02),
        at(0.40, 2.20),
        at(0.74, 1.98),
        at(0.95, 2.12),
        at(1.0, 3.0),
        at(-1.0, 3.0),
    ];
    cloth.lay(canvas, &front, shirt * 0.80);
}

fn paint_tie(canvas: &mut Canvas, tie: Colour) {
    let silk = |point: Point| {
        let rib = ((point.x * 0.8 + point.y) * 60.0).sin();
        tie * ((0.55 + 0.60 * bell(point.x / 0.16)) * (1.0 + 0.10 * rib))
    };
    let blade = [
        at(-0.085, 2.40),
        at(0.085, 2.40),
        at(0.17, 3.0),
        at(-0.17, 3.0),
    ];
    let blade = Field::polygon(canvas.grid(), &blade).blurred(0.004);
    throw_shadow(canvas, &blade, at(0.03, 0.02), 0.03, 0.4);
    canvas.change(&blade, |point, _| {
        silk(point) * (0.6 + 0.4 * smoothstep(2.40, 2.52, point.y))
    });
    let knot = Curve::through([
        at(-0.10, 2.205),
        at(0.0, 2.195),
        at(0.10, 2.205),
        at(0.125, 2.30),
        at(0.085, 2.425),
        at(0.0, 2.44),
        at(-0.085, 2.425),
        at(-0.125, 2.30),
        at(-0.10, 2.205),
    ]);
    let knot = Field::polygon(canvas.grid(), &knot.points(60)).blurred(0.005);
    canvas.change(&knot, |point, _| silk(at(point.x * 1.3, -point.y)) * 1.05);
}

/// One wing of the shirt's collar.
fn paint_collar(canvas: &mut Canvas, cloth: &Cloth, shirt: Colour, opening: f32, side: f32) {
    let edge = Curve::through([
        at(side * 0.78, 1.84),
        at(side * 0.56, 2.06),
        at(side * 0.30, 2.18),
        at(side * 0.045, opening - 0.02),
    ]);
    let mut corners = edge.points(20);
    corners.extend([
        at(side * 0.30, opening + 0.30),
        at(side * 0.62, 2.26),
        at(side * 0.86, 2.02),
    ]);
    let wing = Field::polygon(canvas.grid(), &corners).blurred(0.004);
    throw_shadow(canvas, &wing, at(0.02, 0.03), 0.03, 0.55);
    let lit = if side < 0.0 { 1.0 } else { 0.90 };
    canvas.change(&wing, |point, _| {
        shirt * (lit * (0.90 + 0.06 * noise(point.x * 3.0, point.y * 3.0, cloth.seed)))
    });
    let seam = Curve::through([
        at(side * 0.285, opening + 0.27),
        at(side * 0.07, opening + 0.02),
    ]);
    let seam = soft_line(canvas.grid(), &seam, 0.016).map(|m| 0.25 * m);
    canvas.change(&seam, |_, c| c * 0.7);
}

fn paint_jacket(canvas: &mut Canvas, cloth: &Cloth, jacket: Colour, side: f32) {
    let inner = Curve::through([
        at(side * 0.80, 1.93),
        at(side * 0.66, 2.22),
        at(side * 0.46, 2.48),
        at(side * 0.26, 2.80),
    ])
    .points(24);
    let shoulder = Curve::through([
        at(side * 0.80, 1.93),
        at(side * 1.05, 2.10),
        at(side * 1.50, 2.24),
        at(side * 1.90, 2.40),
        at(side * 2.20, 2.75),
    ])
    .points(24);
    let corners: Vec<Point> = inner
        .iter()
        .copied()
        .chain([at(side * 0.26, 3.2), at(side * 2.4, 3.2)])
        .chain(shoulder.into_iter().rev())
        .collect();
    let body = Field::polygon(canvas.grid(), &corners).blurred(0.005);
    throw_shadow(canvas, &body, at(-side * 0.03, 0.02), 0.04, 0.5);
    canvas.change(&body, |point, _| jacket * cloth.light(point));

    let outer = [
        at(side * 0.66, 2.86),
        at(side * 0.98, 2.41),
        at(side * 0.84, 2.345),
        at(side * 1.00, 2.30),
        at(side * 1.02, 2.09),
    ];
    let corners: Vec<Point> = inner.into_iter().chain(outer).collect();
    let lapel = Field::polygon(canvas.grid(), &corners)
        .blurred(0.004)
        .times(&body);
    throw_shadow(canvas, &lapel, at(0.025, 0.035), 0.03, 0.65);
    let lit = if side < 0.0 { 1.25 } else { 1.05 };
    canvas.change(&lapel, |point, _| jacket * (lit * cloth.light(point)));
    let notch = Curve::through([
        at(side * 1.00, 2.30),
        at(side * 0.84, 2.345),
        at(side * 0.78, 2.36),
    ]);
    let line = soft_line(canvas.grid(), &notch, 0.018).map(|m| 0.6 * m);
    canvas.change(&line, |_, c| c * 0.45);
}
