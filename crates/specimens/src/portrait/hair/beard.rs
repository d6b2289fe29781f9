use super::Dye;
use crate::portrait::brush::{Hair, about};
use crate::portrait::colour::{Colour, srgb};
use crate::curve::{at, bell, lerp, smoothstep};
use crate::portrait::look::{Beard, Look};
use crate::portrait::canvas::Canvas;
use crate::raster::Field;
use crate::portrait::relief;
use crate::portrait::skin::bearded;
use crate::random::Random;

/// Paints a full beard: a shade on the skin, then hairs from the cheeks down to the chin.
pub(in crate::portrait) fn paint(canvas: &mut Canvas, look: &Look, beard: &Beard) {
    const HAIRS: usize = 16_000;
    let grid = canvas.grid();
    let face = Field::polygon(grid, &relief::outline(&look.face)).blurred(0.02);
    let shade = face.map_at(|point, part| 0.72 * part * bearded(at(point.x.abs(), point.y)));
    let colour = srgb(beard.colour);
    canvas.change(&shade, |_, c| c.mix(c.filtered(Colour([0.30, 0.25, 0.23])), 0.5).mix(colour, 0.35));
    let dye = Dye {
        base: colour,
        gloss: srgb(0xC8_BE_B2),
        grey: beard.grey,
    };
    let mut random = Random::new(look.seed, "beard");
    for _ in 0..HAIRS {
        let root = at(random.between(-1.05, 1.05), random.between(0.25, 1.80));
        let side = at(root.x.abs(), root.y);
        if random.unit() > bearded(side) || !inside(look, root) {
            continue;
        }
        let moustache = bell((side.y - 0.98) / 0.08) * smoothstep(0.55, 0.35, side.x);
        let outwards = root.x.signum() * lerp(0.10 + 0.25 * side.x, 0.9, moustache);
        let lit = 0.50 + 0.55 * bell((root.x + 0.35) / 0.9) - 0.20 * smoothstep(1.45, 1.85, root.y);
        let hair = Hair {
            root,
            direction: at(outwards + about(&mut random, 0.0, 0.35), lerp(1.0, 0.65, moustache)).unit(),
            length: lerp(0.05, 0.10, smoothstep(0.7, 1.5, root.y)) * random.between(0.7, 1.3),
            bend: about(&mut random, 0.0, 0.25),
            width: 0.0075,
        };
        hair.draw(canvas, dye.strand(&mut random, 0.0) * lit, 0.62);
    }
}

/// Whether a hair can grow there: within the outline of the face.
fn inside(look: &Look, point: crate::curve::Point) -> bool {
    let outline = relief::outline(&look.face);
    let half = outline
        .iter()
        .filter(|corner| corner.x > 0.0)
        .min_by(|a, b| (a.y - point.y).abs().total_cmp(&(b.y - point.y).abs()))
        .map_or(0.0, |corner| corner.x);
    point.x.abs() < half
}
