//! How much more likely a meeting of minutiae is of one finger than of two.

use core::f32::consts::TAU;

use super::alignment::{Motion, Pair};
use super::prepared::{Place, Prepared, is_within};

/// Deviations of a true pair after the displacement is known: pixels and radians.
const DISTANCE: f32 = 3.2;
const ANGLE: f32 = 0.15;
/// The part of true pairs that such deviations do not explain: errors of the extractor.
const STRAY: f32 = 0.06;
/// Deviation of the ridges' flow between two fingers laid upon each other, in radians: half of the minutiae that meet by chance have
/// headings as alike as that, or opposite ones.
const FLOW: f32 = 0.3;
/// How likely a clear minutia is found again in another print.
const FOUND: f32 = 0.88;
/// How much is added when both are endings or both forks, and taken away when not: pressure changes one into the other.
const SAME_KIND: f32 = 0.35;
const OTHER_KIND: f32 = -0.45;
/// Pixels beyond the outermost minutiae that still belong to the other print.
const MARGIN: f32 = 6.0;

/// The logarithm of the likelihood ratio, summed over what meets and what does not.
pub(super) fn of(
    first: &Prepared,
    second: &Prepared,
    motion: &Motion,
    moved: &[Place],
    pairs: &[Pair],
) -> f32 {
    let density = first.density.max(second.density);
    let met: f32 = pairs
        .iter()
        .map(|pair| meeting(first, second, pair, density))
        .sum();
    let mut alone = [[true; super::prepared::MAX_COMPARED]; 2];
    let [first_alone, second_alone] = &mut alone;
    for pair in pairs {
        for (flags, number) in [(&mut *first_alone, pair.a), (&mut *second_alone, pair.b)] {
            if let Some(flag) = flags.get_mut(usize::from(number)) {
                *flag = false;
            }
        }
    }
    let missing = |weight: f32| (1.0 - FOUND * weight).ln();
    let here = first.places.iter().zip(first_alone.iter());
    let missed_here: f32 = here
        .filter(|(place, alone)| {
            let (x, y) = motion.back(place.x, place.y);
            **alone && is_within(&second.hull, x, y, MARGIN)
        })
        .map(|(place, _)| missing(place.weight))
        .sum();
    let there = moved.iter().zip(second_alone.iter());
    let missed_there: f32 = there
        .filter(|(place, alone)| **alone && is_within(&first.hull, place.x, place.y, MARGIN))
        .map(|(place, _)| missing(place.weight))
        .sum();
    met + 0.5 * (missed_here + missed_there)
}

fn meeting(first: &Prepared, second: &Prepared, pair: &Pair, density: f32) -> f32 {
    let a = first
        .places
        .get(usize::from(pair.a))
        .copied()
        .unwrap_or_default();
    let b = second
        .places
        .get(usize::from(pair.b))
        .copied()
        .unwrap_or_default();
    let distance = (-0.5 * (pair.distance / DISTANCE).powi(2)).exp() / (TAU * DISTANCE * DISTANCE);
    let angle = (-0.5 * (pair.angle / ANGLE).powi(2)).exp() / (TAU.sqrt() * ANGLE);
    let flow = (-0.5 * (pair.angle / FLOW).powi(2)).exp() / (TAU.sqrt() * FLOW);
    let chance = density * (0.5 / TAU + 0.25 * flow);
    let ratio = FOUND * (distance * angle / chance + STRAY);
    let kind = match (a.kind, b.kind) {
        (0, _) | (_, 0) => 0.0,
        (a, b) if a == b => SAME_KIND,
        _ => OTHER_KIND,
    };
    // A doubtful minutia proves less.
    ratio.ln() * (a.weight * b.weight).sqrt().max(0.5) + kind
}
