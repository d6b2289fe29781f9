use super::Dye;
use crate::curve::{Point, at, bell, lerp, smoothstep};
use crate::portrait::brush::{Hair, about};
use crate::portrait::canvas::Canvas;
use crate::portrait::colour::{Colour, srgb};
use crate::portrait::look::{Beard, Look};
use crate::portrait::relief;
use crate::portrait::skin::bearded;
use crate::random::Random;
use crate::raster::Field;

const TRIES: usize = 16_000;

/// Paints a full beard: a shade on the skin, then its hairs.
pub(in crate::portrait) fn paint(canvas: &mut Canvas, look: &Look, beard: &Beard) {
    let outline = relief::outline(&look.face);
    let colour = srgb(beard.colour);
    let face = Field::polygon(canvas.grid(), &outline).blurred(0.02);
    let shade = face.map_at(|point, part| 0.72 * part * bearded(at(point.x.abs(), point.y)));
    canvas.change(&shade, |_, c| {
        c.mix(c.filtered(Colour([0.30, 0.25, 0.23])), 0.5)
            .mix(colour, 0.35)
    });
    let dye = Dye {
        base: colour,
        gloss: srgb(0xC8_BE_B2),
        grey: beard.grey,
    };
    let mut random = Random::new(look.seed, "beard");
    for _ in 0..TRIES {
        let root = at(random.between(-1.05, 1.05), random.between(0.25, 1.80));
        let grows = random.unit() < bearded(at(root.x.abs(), root.y));
        if grows && root.x.abs() < half_width(&outline, root.y) {
            paint_hair(canvas, root, &dye, &mut random);
        }
    }
}

/// One hair: down and outwards on the cheeks, aside on the lip.
fn paint_hair(canvas: &mut Canvas, root: Point, dye: &Dye, random: &mut Random) {
    let side = root.x.abs();
    let moustache = bell((root.y - 0.98) / 0.08) * smoothstep(0.55, 0.35, side);
    let outwards = root.x.signum() * lerp(0.10 + 0.25 * side, 0.9, moustache);
    let lit = 0.50 + 0.55 * bell((root.x + 0.35) / 0.9) - 0.20 * smoothstep(1.45, 1.85, root.y);
    let hair = Hair {
        root,
        direction: at(
            outwards + about(random, 0.0, 0.35),
            lerp(1.0, 0.65, moustache),
        )
        .unit(),
        length: lerp(0.05, 0.10, smoothstep(0.7, 1.5, root.y)) * random.between(0.7, 1.3),
        bend: about(random, 0.0, 0.25),
        width: 0.0075,
    };
    let colour = dye.strand(random, 0.0) * lit;
    hair.draw(canvas, colour, 0.62);
}

/// How far the face reaches to the side at a height.
fn half_width(outline: &[Point], y: f32) -> f32 {
    let distance = |corner: &&Point| (corner.y - y).abs();
    outline
        .iter()
        .min_by(|a, b| distance(a).total_cmp(&distance(b)))
        .map_or(0.0, |corner| corner.x.abs())
}
