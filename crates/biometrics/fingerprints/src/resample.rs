//! Pictures brought to 500 ppi.

use crate::plane::Plane;
use crate::print::{NOMINAL_PPI, Print};

/// So many pixels at so many ppi, as pixels at 500 ppi.
pub(crate) fn nominal(pixels: u32, ppi: u16) -> u32 {
    if ppi.abs_diff(NOMINAL_PPI) <= crate::print::PPI_TOLERANCE {
        return pixels;
    }
    (u64::from(pixels) * u64::from(NOMINAL_PPI) / u64::from(ppi.max(1))) as u32
}

/// The grey levels at 500 ppi: means of what a pixel covers where the picture is finer.
pub(crate) fn to_nominal(print: &Print) -> Plane<f32> {
    let width = print.width() as usize;
    let levels = print.pixels().iter().map(|level| f32::from(*level));
    let grey = Plane::from_values(width, levels.collect());
    if print.is_nominal() {
        return grey;
    }
    let step = f32::from(print.ppi()) / f32::from(NOMINAL_PPI);
    let smooth = if step > 1.2 {
        grey.gaussian(0.45 * step)
    } else {
        grey
    };
    let (width, height) = (
        nominal(print.width(), print.ppi()),
        nominal(print.height(), print.ppi()),
    );
    Plane::of(width as usize, height as usize, |x, y| {
        let from = |v: usize| (v as f32 + 0.5) * step - 0.5;
        smooth.sample(from(x), from(y))
    })
}
