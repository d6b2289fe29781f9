//! Light and colour of both cheeks (ISO 29794-5, ids 43 and 4B).

use super::MeasureId;
use super::aligned::Aligned;
use super::luminance::{Histogram, Luminance, linear};
use super::mask::FaceMask;
use super::points::lips;
use crate::Point;

/// The native value of NaturalColour for what is no colour of skin at all.
const UNNATURAL: f64 = 100.0;

/// A square of the aligned picture.
struct Square {
    left: usize,
    top: usize,
    side: usize,
}

/// The squares of side 0.3 inter-eye distances, from the centre of each eye towards the nose, that
/// begin half way between the eyes and the mouth.
fn squares(aligned: &Aligned) -> [Square; 2] {
    let landmarks = aligned.landmarks();
    // OFIQ rounds each of these midpoints.
    let rounded = |p: Point| Point::new(p.x.round().max(0.0), p.y.round().max(0.0));
    let [left, right] = [landmarks.left_eye(), landmarks.right_eye()].map(rounded);
    let mouth = rounded(lips(landmarks));
    let side = (0.3 * f64::from(left.distance(right))) as usize;
    let below = (rounded(left.midway(right)).distance(mouth) / 2.0) as usize;
    let square = |x: f32, y: f32, leftwards: usize| Square {
        left: (x as usize).saturating_sub(leftwards),
        top: (y as usize).saturating_add(below),
        side,
    };
    [square(left.x, left.y, 0), square(right.x, right.y, side)]
}

/// What is summed up of one cheek.
struct Cheek {
    histogram: Histogram,
    sums: [u64; 3],
    pixels: u64,
    coloured: bool,
}

/// Sums up a square; what lies outside of the mask counts as black, as in OFIQ.
fn cheek(aligned: &Aligned, mask: &FaceMask, luminance: &Luminance, square: &Square) -> Cheek {
    let mut found = Cheek {
        histogram: Histogram::new(),
        sums: [0; 3],
        pixels: 0,
        coloured: false,
    };
    for (y, row) in aligned
        .rows()
        .enumerate()
        .skip(square.top)
        .take(square.side)
    {
        let (first, end) = mask.span(y);
        let pixels = row
            .as_chunks::<3>()
            .0
            .iter()
            .enumerate()
            .skip(square.left)
            .take(square.side);
        for (x, &pixel) in pixels {
            let pixel = if (first..end).contains(&x) {
                pixel
            } else {
                [0; 3]
            };
            found.histogram.add(luminance.of(pixel));
            for (sum, channel) in found.sums.iter_mut().zip(pixel) {
                *sum += u64::from(channel);
            }
            found.coloured |= pixel.iter().any(|&channel| channel != pixel[0]);
            found.pixels += 1;
        }
    }
    found
}

/// IlluminationUniformity and NaturalColour; nothing when the cheeks are outside of the picture.
pub(crate) fn measures(
    aligned: &Aligned,
    mask: &FaceMask,
    luminance: &Luminance,
) -> Vec<(MeasureId, f64)> {
    let [left, right] = squares(aligned).map(|square| cheek(aligned, mask, luminance, &square));
    if left.pixels == 0 || right.pixels == 0 {
        return Vec::new();
    }
    let pixels = (left.pixels + right.pixels) as f64;
    let mut sums = left
        .sums
        .iter()
        .zip(&right.sums)
        .map(|(one, other)| (one + other) as f64);
    let mean: [f64; 3] = core::array::from_fn(|_| sums.next().unwrap_or_default() / pixels / 255.0);
    let colour = if left.coloured || right.coloured {
        unnaturalness(mean)
    } else {
        UNNATURAL
    };
    vec![
        (
            MeasureId::IlluminationUniformity,
            left.histogram.likeness(&right.histogram),
        ),
        (MeasureId::NaturalColour, colour),
    ]
}

/// CIELAB a* and b* under D50 of an sRGB colour, 0 to 1 (matrix and constants of OFIQ 1.0.3).
fn lab([r, g, b]: [f64; 3]) -> (f64, f64) {
    let (r, g, b) = (linear(r), linear(g), linear(b));
    let x = 0.43605 * r + 0.38508 * g + 0.14309 * b;
    let y = 0.22249 * r + 0.71689 * g + 0.06062 * b;
    let z = 0.01393 * r + 0.09710 * g + 0.71419 * b;
    let root = |t: f64| {
        if t <= 216.0 / 24389.0 {
            (24289.0 / 27.0 * t + 16.0) / 116.0
        } else {
            t.cbrt()
        }
    };
    let (x, y, z) = (root(x / 0.964_221), root(y), root(z / 0.825_211));
    (500.0 * (x - y), 200.0 * (y - z))
}

/// How far a colour is from a* 5 to 25 and b* 5 to 35.
fn unnaturalness(rgb: [f64; 3]) -> f64 {
    let (a, b) = lab(rgb);
    if a < 0.0 || b < 0.0 {
        return UNNATURAL;
    }
    let beyond = |v: f64, most: f64| (5.0 - v).max(v - most).max(0.0);
    beyond(a, 25.0).hypot(beyond(b, 35.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// a* and b* under D50 by an outside program (colour tables of ICC sRGB under D50).
    #[test]
    fn colours_are_far_from_skin_or_not() {
        for (rgb, want) in [
            ([200, 150, 120], 0.0),
            ([90, 60, 45], 0.0),
            ([0, 255, 0], UNNATURAL),
            ([0, 0, 255], UNNATURAL),
        ] {
            let found = unnaturalness(rgb.map(|c| f64::from(c) / 255.0));
            assert!((found - want).abs() < 1e-9, "{rgb:?}: {found}");
        }
        let (a, b) = lab([1.0, 0.0, 0.0]);
        assert!(
            (a - 80.8).abs() < 0.2 && (b - 69.9).abs() < 0.2,
            "red: {a} {b}"
        );
        let red = unnaturalness([1.0, 0.0, 0.0]);
        assert!((red - (a - 25.0).hypot(b - 35.0)).abs() < 1e-9, "{red}");
    }
}
