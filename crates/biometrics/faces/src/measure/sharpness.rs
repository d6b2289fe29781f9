//! The 26 features of ISO 29794-5's sharpness (49), and a measure of our own over two of them.
//!
//! OFIQ 1.0.3 asks a random forest about the features; the forest is on the ISO portal only, so there
//! is no measure 49 here. [`focus_features`] is for whoever has the forest.
//!
//! `FaceDetail` is ours: the least of three ratios, on the aligned face (113 pixels from eye to eye).
//! With D(n) the mean size and E(n) the mean square of what an n × n box blur takes away:
//!
//! * D(3) / D(7): a smooth surface gives (3² − 1)/(7² − 1) = 1/6, a sharp edge about 0.4, white noise
//!   about 0.95. It tells blurs of about a pixel; of stronger ones it sees but the noise of rounding
//!   and compression, which looks sharp;
//! * 2/3 · √((E(7) − E(3) − 0.4) / (E(15) − E(7))) and
//! * 3/5 · √((E(15) − E(7) − 0.4) / (E(31) − E(15))): octaves by the next coarser ones, of which a blur
//!   takes the finer first. White noise is about the same in each E and cancels; 0.4 (in squared grey
//!   values) is what JPEG of quality 50 leaves in an octave of a smooth face.
//!
//! The weights bring sharp faces to the scale of the first ratio. Being ratios they depend neither on
//! contrast nor on the tone of the skin, as long as the detail stands out of that noise.

use super::filter::{Kernel, Plane};
use super::{Aligned, FaceMask};

/// Sizes of the derivative kernels.
const DERIVATIVES: [usize; 5] = [1, 3, 5, 7, 9];
/// Sizes of the box blurs.
const BLURS: [usize; 3] = [3, 5, 7];

/// Boxes whose energies bound the octaves of `FaceDetail`.
const BOXES: [usize; 4] = [3, 7, 15, 31];
/// Weights of the octaves' ratios: the softest of the faces that were measured as sharp give 0.3.
const WEIGHTS: [f64; 2] = [2.0 / 3.0, 3.0 / 5.0];
/// What compression leaves in an octave of a smooth face, in squared grey values.
const NOISE: f64 = 0.4;

/// Mean and deviation over the masked pixels of a feature.
type Moments = [f64; 2];

/// Mean and deviation of: the absolute Laplacian of sizes 1, 3, 5, 7, 9 after a 3 × 3 Gaussian; grey
/// less its box blur of 3, 5, 7; the absolute mixed derivative of sizes 1, 3, 5, 7, 9 (ISO 29794-5).
///
/// `grey` holds rows of `width` pixels from the top, `spans` the face's columns `first..end` of each row.
#[must_use]
pub fn focus_features(grey: &[u8], width: usize, spans: &[(usize, usize)]) -> [[f64; 2]; 13] {
    let plane = Plane::of(grey, width);
    let smooth = plane.gaussian();
    let laplacians = DERIVATIVES.map(|size| {
        let (second, smoothing) = (Kernel::derivative(2, size), Kernel::derivative(0, size));
        moments(
            &smooth.filtered(&[(&second, &smoothing), (&smoothing, &second)]),
            spans,
        )
    });
    let blurs = BLURS.map(|size| moments(&plane.less_blurred(size), spans));
    let mixed = DERIVATIVES.map(|size| {
        let first = Kernel::derivative(1, size);
        moments(&plane.filtered(&[(&first, &first)]), spans)
    });
    let mut all = laplacians.into_iter().chain(blurs).chain(mixed);
    core::array::from_fn(|_| all.next().unwrap_or_default())
}

/// Mean and deviation of absolute values under a mask.
fn moments(plane: &Plane, spans: &[(usize, usize)]) -> Moments {
    let (mut sum, mut squares, mut count) = (0_u64, 0_f64, 0_u64);
    for (row, &(first, end)) in plane.rows().zip(spans) {
        for &value in row.get(first..end).unwrap_or_default() {
            let size = value.unsigned_abs();
            sum += u64::from(size);
            squares += f64::from(size) * f64::from(size);
            count += 1;
        }
    }
    if count == 0 {
        return [0.0; 2];
    }
    let mean = sum as f64 / count as f64;
    [mean, (squares / count as f64 - mean * mean).max(0.0).sqrt()]
}

/// Red, green and blue to grey with the weights of ITU-R BT.601 in 15 bits, as OpenCV has it.
pub(crate) fn grey([r, g, b]: [u8; 3]) -> u8 {
    ((9798 * u32::from(r) + 19235 * u32::from(g) + 3735 * u32::from(b) + (1 << 14)) >> 15) as u8
}

/// The native value of `FaceDetail`; none for a face without any detail.
pub(crate) fn face_detail(aligned: &Aligned, mask: &FaceMask) -> Option<f64> {
    let bounds = mask.bounds()?;
    let width = bounds.right - bounds.left;
    let mut pixels = Vec::with_capacity(width * (bounds.bottom - bounds.top));
    for row in aligned.rows().take(bounds.bottom).skip(bounds.top) {
        let part = row.as_chunks::<3>().0.get(bounds.left..bounds.right)?;
        pixels.extend(part.iter().map(|&pixel| grey(pixel)));
    }
    let spans: Vec<_> = (bounds.top..bounds.bottom)
        .map(|y| mask.span(y))
        .map(|(first, end)| {
            (
                first.saturating_sub(bounds.left),
                end.saturating_sub(bounds.left),
            )
        })
        .collect();
    let plane = Plane::of(&pixels, width);
    let [fine, _] = moments(&plane.less_blurred(3), &spans);
    let [coarse, _] = moments(&plane.less_blurred(7), &spans);
    if coarse <= 0.0 {
        return None;
    }
    let energies = BOXES.map(|size| plane.energy_within(size, &spans));
    let contrasts = WEIGHTS.iter().zip(energies.windows(3));
    let ratios = contrasts.map(|(weight, around)| weight * band_ratio(around));
    Some(ratios.fold(fine / coarse, f64::min))
}

/// The root of an octave's energy by that of the next, from the energies within three boxes. White
/// noise is nearly the same in all and cancels; what compression leaves is taken off.
fn band_ratio(energies: &[f64]) -> f64 {
    let &[small, middle, large] = energies else {
        return f64::INFINITY;
    };
    let detail = middle - small - NOISE;
    if detail <= 0.0 {
        return 0.0;
    }
    (detail / (large - middle).max(f64::MIN_POSITIVE)).sqrt()
}
