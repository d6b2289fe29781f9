//! What is around the face: ears, neck, shoulders and clothes.

mod ears;
mod neck;
mod wardrobe;

use super::canvas::Canvas;
use super::look::Look;

pub(super) fn paint(canvas: &mut Canvas, look: &Look) {
    neck::paint(canvas, look);
    wardrobe::paint(canvas, &look.clothes, look.seed);
    ears::paint(canvas, look);
}
