use crate::curve::{Curve, Point, at, bell, distance_to, smoothstep};
use crate::portrait::canvas::Canvas;
use crate::portrait::colour::{Colour, srgb};
use crate::portrait::light::shine;
use crate::portrait::look::Look;
use crate::portrait::{relief, skin};
use crate::raster::Field;

/// Paints neck and shoulders, with the shadow of the head on them.
pub(super) fn paint(canvas: &mut Canvas, look: &Look) {
    let grid = canvas.grid();
    let width = look.face.neck;
    let half = Curve::through([
        at(0.70 * width, 1.0),
        at(0.685 * width, 1.45),
        at(0.685 * width, 1.80),
        at(0.73 * width, 2.00),
        at(0.88 * width, 2.17),
        at(1.20 * width, 2.36),
        at(1.70 * width, 2.65),
    ])
    .points(60);
    let bottom = [at(2.6, 3.2), at(-2.6, 3.2)];
    let other = half.iter().rev().map(|point| point.mirrored());
    let corners: Vec<Point> = half.iter().copied().chain(bottom).chain(other).collect();
    let mask = Field::polygon(grid, &corners).blurred(0.008);
    let relief = Field::within(grid, at(-3.0, 0.9), at(3.0, 3.2), |point| {
        height(point, width)
    });
    let head = Field::polygon(grid, &relief::outline(&look.face));
    let tone = srgb(look.skin.tone);
    canvas.cover(&mask, &shine(&relief, skin::SKIN), |_, light| {
        tone.filtered(light.filter) * 0.90 + skin::GLOSS * (0.35 * light.gloss)
    });
    for (by, soft, strength) in [(at(0.06, 0.26), 0.14, 0.85), (at(0.02, 0.09), 0.06, 0.75)] {
        let shadow = head.shifted(by).blurred(soft).times(&mask);
        canvas.change(&shadow.map(|m| strength * m), |_, c| {
            c.filtered(Colour([0.20, 0.095, 0.065]))
        });
    }
}

/// The neck as a column that opens into the shoulders, with the two oblique muscles and the hollow
/// between the collarbones.
fn height(point: Point, width: f32) -> f32 {
    let side = at(point.x.abs(), point.y);
    let opening = smoothstep(1.75, 2.45, point.y);
    let half = (0.74 + 1.6 * opening * opening) * width;
    let column = 0.72 * (1.0 - (side.x / half).powi(2)).max(0.0).sqrt();
    let muscle = [
        at(0.56 * width, 1.35),
        at(0.36 * width, 1.90),
        at(0.11, 2.34),
    ];
    let raised = 0.045 * bell(distance_to(&muscle, side) / 0.075);
    let hollow = -0.07 * bell(side.x / 0.10) * bell((point.y - 2.36) / 0.10);
    let larynx = 0.030 * bell(side.x / 0.09) * bell((point.y - 2.02) / 0.10);
    column + raised + hollow + larynx
}
