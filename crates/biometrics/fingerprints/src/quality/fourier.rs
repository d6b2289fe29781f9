use core::f64::consts::TAU;
use std::sync::LazyLock;

use super::blocks::BLOCK;

type Complex = (f64, f64);
type Spectrum = [Complex; BLOCK];

/// The factors of the transform, each the one before turned once more, as OpenCV makes them.
static TURNS: LazyLock<Spectrum> = LazyLock::new(|| {
    let mut turns = [(1.0, 0.0); BLOCK];
    let (sine, cosine) = (TAU / BLOCK as f64).sin_cos();
    let mut turn: Complex = (1.0, 0.0);
    let (lower, upper) = turns.split_at_mut(BLOCK / 2);
    for (low, high) in lower.iter_mut().skip(1).zip(upper.iter_mut().rev()) {
        turn = if turn == (1.0, 0.0) {
            (cosine, -sine)
        } else {
            product(turn, (cosine, -sine))
        };
        *low = turn;
        *high = (turn.0, -turn.1);
    }
    if let Some(middle) = upper.first_mut() {
        *middle = (-1.0, 0.0);
    }
    turns
});

fn product(a: Complex, b: Complex) -> Complex {
    (a.0 * b.0 - a.1 * b.1, a.0 * b.1 + a.1 * b.0)
}

fn sum(a: Complex, b: Complex) -> Complex {
    (a.0 + b.0, a.1 + b.1)
}

fn difference(a: Complex, b: Complex) -> Complex {
    (a.0 - b.0, a.1 - b.1)
}

/// The amplitudes of all 32 frequencies of a profile.
///
/// A fast transform and not the sum by definition, with the steps of OpenCV 4 (two by radix 4, one by radix 2): equal values cancel
/// exactly, so that a profile without structure has no amplitudes, and of equal ones the same is the strongest.
pub(super) fn amplitudes(profile: &[f64; BLOCK]) -> [f64; BLOCK] {
    let mut values = [(0.0, 0.0); BLOCK];
    for (place, value) in values.iter_mut().enumerate() {
        let mirrored = place.reverse_bits() >> (usize::BITS - BLOCK.ilog2());
        value.0 = profile.get(mirrored).copied().unwrap_or(0.0);
    }
    radix_4(&mut values, 1);
    radix_4(&mut values, 4);
    radix_2(&mut values, 16);
    values.map(|(real, imaginary)| (real * real + imaginary * imaginary).sqrt())
}

/// Joins four transforms of `length` into one, all over.
fn radix_4(values: &mut Spectrum, length: usize) {
    let step = BLOCK / (4 * length);
    for group in values.chunks_exact_mut(4 * length) {
        let (low, high) = group.split_at_mut(2 * length);
        let ((first, third), (second, fourth)) =
            (low.split_at_mut(length), high.split_at_mut(length));
        let parts = first
            .iter_mut()
            .zip(second)
            .zip(third.iter_mut().zip(fourth));
        for (place, ((first, second), (third, fourth))) in parts.enumerate() {
            let turned = |value: Complex, times: usize| {
                let turn = TURNS
                    .get(times * step * place)
                    .copied()
                    .unwrap_or((1.0, 0.0));
                if place == 0 {
                    value
                } else {
                    product(value, turn)
                }
            };
            let (b, c, d) = (turned(*second, 1), turned(*third, 2), turned(*fourth, 3));
            let (even, odd) = (sum(*first, c), difference(*first, c));
            let (plus, minus) = (sum(b, d), difference(b, d));
            // A quarter turn, by exchange of the parts.
            let quarter = (minus.1, -minus.0);
            *first = sum(even, plus);
            *second = difference(even, plus);
            *third = sum(odd, quarter);
            *fourth = difference(odd, quarter);
        }
    }
}

/// Joins two transforms of `length` into one, all over.
fn radix_2(values: &mut Spectrum, length: usize) {
    let step = BLOCK / (2 * length);
    for group in values.chunks_exact_mut(2 * length) {
        let (low, high) = group.split_at_mut(length);
        for ((low, high), &turn) in low.iter_mut().zip(high).zip(TURNS.iter().step_by(step)) {
            let turned = product(*high, turn);
            (*low, *high) = (sum(*low, turned), difference(*low, turned));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_transform_is_that_of_the_definition() {
        let profile: [f64; BLOCK] = core::array::from_fn(|place| ((place * place * 7) % 31) as f64);
        for (frequency, amplitude) in amplitudes(&profile).into_iter().enumerate() {
            let part = |turn: fn(f64) -> f64| -> f64 {
                let angle = |place| TAU * (frequency * place) as f64 / BLOCK as f64;
                profile
                    .iter()
                    .enumerate()
                    .map(|(place, value)| value * turn(angle(place)))
                    .sum()
            };
            let want = part(f64::cos).hypot(part(f64::sin));
            assert!(
                (amplitude - want).abs() < 1e-9,
                "{frequency}: {amplitude} {want}"
            );
        }
    }

    #[test]
    fn an_even_profile_has_no_amplitudes() {
        let amplitudes = amplitudes(&[0.1; BLOCK]);
        assert!(
            amplitudes.iter().skip(1).all(|&amplitude| amplitude == 0.0),
            "{amplitudes:?}"
        );
    }
}
