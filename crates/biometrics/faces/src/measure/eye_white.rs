//! The light on a face by the whites of its eyes: a measure of our own.
//!
//! The mean luminance of a face (44) says dark of dark skin in good light and of light skin in bad
//! light alike. The white of the eye is about the same in everybody, so its luminance tells the light.

use super::aligned::Aligned;
use super::luminance::{Histogram, Luminance};
use super::mask::inside_hull;

/// Of the pixels between the lids, the share that is darker than the white: pupil, iris, lashes.
const DARKER: f64 = 0.85;

/// The luminance of the whites of both eyes, 0 to 1; none when the eyes are shut.
pub(crate) fn measure(aligned: &Aligned, luminance: &Luminance) -> Option<f64> {
    let mut histogram = Histogram::new();
    let points = aligned.landmarks().points();
    for eye in [points.get(36..42)?, points.get(42..48)?] {
        for (y, first, end) in inside_hull(eye) {
            let row = aligned.rows().nth(y).unwrap_or_default().as_chunks::<3>().0;
            for &pixel in row.get(first..end).unwrap_or_default() {
                histogram.add(luminance.of(pixel));
            }
        }
    }
    histogram.quantile(DARKER)
}
