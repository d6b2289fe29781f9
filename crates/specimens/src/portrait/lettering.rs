//! The word that tells the drawing of a person who does not exist from a photograph.

use super::canvas::Canvas;
use super::colour::Colour;
use crate::curve::{Point, at};

const HEIGHT: f32 = 0.085;
const ADVANCE: f32 = 0.098;

/// The letters of SPECIMEN as lines in a box 0.7 wide and 1 high.
const LETTERS: [&[&[(f32, f32)]]; 8] = [S, P, E, C, I, M, E, N];
const S: &[&[(f32, f32)]] = &[&[
    (0.68, 0.16),
    (0.50, 0.02),
    (0.20, 0.02),
    (0.03, 0.16),
    (0.03, 0.34),
    (0.20, 0.47),
    (0.50, 0.53),
    (0.67, 0.66),
    (0.67, 0.84),
    (0.50, 0.98),
    (0.20, 0.98),
    (0.02, 0.84),
]];
const P: &[&[(f32, f32)]] = &[&[
    (0.04, 1.0),
    (0.04, 0.02),
    (0.46, 0.02),
    (0.66, 0.14),
    (0.66, 0.40),
    (0.46, 0.52),
    (0.04, 0.52),
]];
const E: &[&[(f32, f32)]] = &[
    &[(0.62, 0.02), (0.04, 0.02), (0.04, 0.98), (0.64, 0.98)],
    &[(0.04, 0.49), (0.54, 0.49)],
];
const C: &[&[(f32, f32)]] = &[&[
    (0.67, 0.20),
    (0.50, 0.02),
    (0.24, 0.02),
    (0.04, 0.22),
    (0.04, 0.78),
    (0.24, 0.98),
    (0.50, 0.98),
    (0.67, 0.80),
]];
const I: &[&[(f32, f32)]] = &[&[(0.34, 0.0), (0.34, 1.0)]];
const M: &[&[(f32, f32)]] = &[&[
    (0.02, 1.0),
    (0.02, 0.0),
    (0.36, 0.62),
    (0.70, 0.0),
    (0.70, 1.0),
]];
const N: &[&[(f32, f32)]] = &[&[(0.04, 1.0), (0.04, 0.0), (0.66, 1.0), (0.66, 0.0)]];

/// Writes SPECIMEN on the clothes at the lower right edge, light with a dark rim.
pub(super) fn paint(canvas: &mut Canvas) {
    const START: Point = at(0.98, 2.445);
    let (dark, light) = (Colour([0.02; 3]), Colour([0.92; 3]));
    for (colour, width, opacity) in [(dark, 0.024, 0.35), (light, 0.0125, 0.9)] {
        for (place, letter) in (0_u8..).zip(LETTERS) {
            let corner = START + at(ADVANCE * f32::from(place), 0.0);
            for line in letter {
                let points = line.iter().map(|(x, y)| corner + at(*x, *y) * HEIGHT);
                canvas.stroke(&points.collect::<Vec<_>>(), colour, |_| (width, opacity));
            }
        }
    }
}
