use crate::portrait::brush::soft_line;
use crate::portrait::colour::{Colour, srgb};
use crate::curve::{Curve, Point, at, bell, smoothstep};
use crate::portrait::look::Clothes;
use crate::portrait::canvas::Canvas;
use crate::raster::Field;
use crate::random::noise;

pub(super) fn paint(canvas: &mut Canvas, clothes: &Clothes, seed: u64) {
    match *clothes {
        Clothes::Suit { jacket, shirt, tie } => {
            let cloth = Cloth { seed };
            cloth.paint_shirt(canvas, srgb(shirt), tie.map(srgb));
            cloth.paint_jacket(canvas, srgb(jacket));
        }
        Clothes::AoDai { cloth, trim } => Cloth { seed }.paint_ao_dai(canvas, srgb(cloth), srgb(trim)),
    }
}

/// Woven cloth: a fine grain, soft folds, light from the upper left.
struct Cloth {
    seed: u64,
}

impl Cloth {
    /// A piece of cloth bounded by `corners`.
    fn piece(&self, canvas: &mut Canvas, corners: &[Point], colour: Colour) -> Field {
        let mask = Field::polygon(canvas.grid(), corners).blurred(0.005);
        canvas.change(&mask, |point, _| colour * self.light(point));
        mask
    }

    fn light(&self, point: Point) -> f32 {
        let weave = noise(point.x * 95.0, point.y * 95.0, self.seed)
            + 0.6 * noise(point.x * 40.0 + point.y * 30.0, point.y * 14.0, self.seed ^ 3);
        let fold = noise(point.x * 1.7 + point.y * 0.8, point.y * 0.9, self.seed ^ 5)
            + 0.5 * noise(point.x * 4.0 - point.y * 2.5, point.y * 1.5, self.seed ^ 7);
        let across = 1.04 - 0.10 * point.x - 0.06 * point.x * point.x;
        let down = 1.0 - 0.25 * smoothstep(2.1, 2.8, point.y);
        (across * down * (1.0 + 0.10 * fold + 0.030 * weave)).max(0.1)
    }

    /// The shadow that a piece throws on what lies below and beside it.
    fn shadow(canvas: &mut Canvas, piece: &Field, by: Point, soft: f32, strength: f32) {
        let shadow = piece.shifted(by).blurred(soft).without(piece).map(|m| strength * m);
        canvas.change(&shadow, |_, c| c.filtered(Colour([0.30, 0.28, 0.30])));
    }

    fn paint_shirt(&self, canvas: &mut Canvas, shirt: Colour, tie: Option<Colour>) {
        let opening = if tie.is_some() { 2.20 } else { 2.44 };
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
        self.piece(canvas, &front, shirt * 0.80);
        if let Some(tie) = tie {
            self.paint_tie(canvas, tie);
        }
        for side in [-1.0, 1.0] {
            let edge = Curve::through([
                at(side * 0.78, 1.84),
                at(side * 0.56, 2.06),
                at(side * 0.30, 2.18),
                at(side * 0.045, opening - 0.02),
            ]);
            let mut corners = edge.points(20);
            corners.extend([at(side * 0.30, opening + 0.30), at(side * 0.62, 2.26), at(side * 0.86, 2.02)]);
            let wing = Field::polygon(canvas.grid(), &corners).blurred(0.004);
            Self::shadow(canvas, &wing, at(0.02, 0.03), 0.03, 0.55);
            let lit = if side < 0.0 { 1.0 } else { 0.90 };
            canvas.change(&wing, |point, _| shirt * (lit * (0.90 + 0.06 * noise(point.x * 3.0, point.y * 3.0, self.seed))));
            let seam = Curve::through([at(side * 0.285, opening + 0.27), at(side * 0.07, opening + 0.02)]);
            let seam = soft_line(canvas.grid(), &seam, 0.016).map(|m| 0.25 * m);
            canvas.change(&seam, |_, c| c * 0.7);
        }
    }

    fn paint_tie(&self, canvas: &mut Canvas, tie: Colour) {
        let silk = |point: Point| {
            let rib = ((point.x * 0.8 + point.y) * 60.0).sin();
            let round = bell(point.x / 0.16);
            tie * ((0.55 + 0.60 * round) * (1.0 + 0.10 * rib))
        };
        let blade = [at(-0.085, 2.40), at(0.085, 2.40), at(0.17, 3.0), at(-0.17, 3.0)];
        let mask = Field::polygon(canvas.grid(), &blade).blurred(0.004);
        Self::shadow(canvas, &mask, at(0.03, 0.02), 0.03, 0.4);
        canvas.change(&mask, |point, _| silk(point) * (0.6 + 0.4 * smoothstep(2.40, 2.52, point.y)));
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
        let mask = Field::polygon(canvas.grid(), &knot.points(60)).blurred(0.005);
        canvas.change(&mask, |point, _| silk(at(point.x * 1.3, -point.y)) * 1.05);
    }

    fn paint_jacket(&self, canvas: &mut Canvas, jacket: Colour) {
        for side in [-1.0, 1.0] {
            let inner = Curve::through([
                at(side * 0.80, 1.93),
                at(side * 0.66, 2.22),
                at(side * 0.46, 2.48),
                at(side * 0.26, 2.80),
            ]);
            let shoulder = Curve::through([
                at(side * 0.80, 1.93),
                at(side * 1.05, 2.10),
                at(side * 1.50, 2.24),
                at(side * 1.90, 2.40),
                at(side * 2.20, 2.75),
            ]);
            let corners: Vec<Point> = inner
                .points(24)
                .into_iter()
                .chain([at(side * 0.26, 3.2), at(side * 2.4, 3.2)])
                .chain(shoulder.points(24).into_iter().rev())
                .collect();
            let mask = Field::polygon(canvas.grid(), &corners).blurred(0.005);
            Self::shadow(canvas, &mask, at(-side * 0.03, 0.02), 0.04, 0.5);
            canvas.change(&mask, |point, _| jacket * self.light(point));
            self.paint_lapel(canvas, side, &inner, &mask, jacket);
        }
    }

    fn paint_lapel(&self, canvas: &mut Canvas, side: f32, inner: &Curve, jacket: &Field, colour: Colour) {
        let outer = [
            at(side * 1.02, 2.09),
            at(side * 1.00, 2.30),
            at(side * 0.84, 2.345),
            at(side * 0.98, 2.41),
            at(side * 0.66, 2.86),
        ];
        let corners: Vec<Point> = inner.points(24).into_iter().chain(outer.iter().rev().copied()).collect();
        let lapel = Field::polygon(canvas.grid(), &corners).blurred(0.004).times(jacket);
        Self::shadow(canvas, &lapel, at(0.025, 0.035), 0.03, 0.65);
        let lit = if side < 0.0 { 1.25 } else { 1.05 };
        canvas.change(&lapel, |point, _| colour * (lit * self.light(point)));
        let edge = Curve::through(vec![at(side * 1.00, 2.30), at(side * 0.84, 2.345), at(side * 0.78, 2.36)]);
        let line = soft_line(canvas.grid(), &edge, 0.018).map(|m| 0.6 * m);
        canvas.change(&line, |_, c| c * 0.45);
    }

    fn paint_ao_dai(&self, canvas: &mut Canvas, cloth: Colour, trim: Colour) {
        let shoulder = Curve::through([
            at(0.70, 1.98),
            at(0.92, 2.13),
            at(1.35, 2.26),
            at(1.75, 2.44),
            at(2.05, 2.85),
        ])
        .points(30);
        let other: Vec<Point> = shoulder.iter().rev().map(|p| p.mirrored()).collect();
        let corners: Vec<Point> = shoulder
            .iter()
            .copied()
            .chain([at(2.4, 3.2), at(-2.4, 3.2)])
            .chain(other)
            .chain([at(-0.40, 2.16), at(0.0, 2.24), at(0.40, 2.16)])
            .collect();
        self.piece(canvas, &corners, cloth);
        let seam = Curve::through([at(0.06, 2.22), at(0.45, 2.34), at(0.95, 2.62), at(1.15, 2.95)]);
        let line = soft_line(canvas.grid(), &seam, 0.05).map(|m| 0.30 * m);
        canvas.change(&line, |_, c| c * 0.5);
        let piping = soft_line(canvas.grid(), &seam, 0.018).map(|m| 0.8 * m);
        canvas.paint(&piping, trim * 0.8);
        let top = Curve::through([at(-0.595, 1.84), at(-0.38, 1.965), at(0.0, 2.035), at(0.38, 1.965), at(0.595, 1.84)]);
        let bottom = Curve::through([at(-0.70, 2.06), at(-0.42, 2.195), at(0.0, 2.265), at(0.42, 2.195), at(0.70, 2.06)]);
        let band: Vec<Point> = top.points(40).into_iter().chain(bottom.points(40).into_iter().rev()).collect();
        let collar = Field::polygon(canvas.grid(), &band).blurred(0.004);
        Self::shadow(canvas, &collar, at(0.02, 0.05), 0.04, 0.5);
        canvas.change(&collar, |point, _| {
            let round = (1.0 - (point.x / 0.74).powi(2)).max(0.0).sqrt();
            cloth * (self.light(point) * (0.45 + 0.65 * round))
        });
        for edge in [&top, &bottom] {
            let line = soft_line(canvas.grid(), edge, 0.026).map(|m| 0.9 * m);
            canvas.paint(&line, trim);
        }
    }
}
