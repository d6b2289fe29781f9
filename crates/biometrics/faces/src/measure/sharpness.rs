//! The 26 features of ISO 29794-5's sharpness (49), and a measure of our own over two of them.
//!
//! OFIQ 1.0.3 asks a random forest about the features; the forest is on the ISO portal only, so there
//! is no measure 49 here. [`focus_features`] is for whoever has the forest. `FaceDetail` is ours: the
//! detail lost by a 3 × 3 blur, by the detail lost by a 7 × 7 blur, on the aligned face. A smooth
//! surface gives (3² − 1)/(7² − 1) = 1/6, a sharp edge about 0.4, white noise about 0.95. Being a ratio
//! it depends neither on contrast nor on the tone of the skin.

use super::filter::{Kernel, Plane};
use super::{Aligned, FaceMask};

/// Sizes of the derivative kernels.
const DERIVATIVES: [usize; 5] = [1, 3, 5, 7, 9];
/// Sizes of the box blurs.
const BLURS: [usize; 3] = [3, 5, 7];

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
    (coarse > 0.0).then(|| fine / coarse)
}
