use core::f64::consts::FRAC_PI_2;

use super::blocks::{BLOCK, Grid};
use super::fourier::amplitudes;
use super::frame::Frame;
use super::slant::{Neighbourhood, Surroundings};

/// Pixels along the ridges that are averaged.
const ALONG: usize = BLOCK / 2;
/// Frequencies of a profile of [`BLOCK`] values, without the constant and the mirrored ones.
const FREQUENCIES: usize = BLOCK / 2;
/// Weight of the neighbours of the strongest frequency.
const NEIGHBOURS: f64 = 0.3;

/// Frequency domain analysis (ISO 29794-4:2024): how much of the profile across the ridges is one frequency.
pub(super) fn values(frame: &Frame, grid: &Grid) -> Vec<f64> {
    let cells = grid.foreground();
    cells
        .map(|cell| {
            share(&profile(
                &Neighbourhood::of(frame, cell.x, cell.y),
                cell.normal,
            ))
        })
        .collect()
}

/// The mean grey level of each line along the ridges.
fn profile(block: &Neighbourhood, normal: f64) -> [f64; BLOCK] {
    let turned: [[u8; ALONG]; BLOCK] = block.turned(normal + FRAC_PI_2, Surroundings::Used);
    turned.map(|row| f64::from(row.iter().map(|&grey| u32::from(grey)).sum::<u32>()) / ALONG as f64)
}

/// The strongest frequency with its neighbours, in proportion to the sum of all; 1 when the strongest is the lowest one.
///
/// The mirrored frequencies above the middle are looked at too: where two frequencies are equally strong, the last bit decides.
fn share(profile: &[f64; BLOCK]) -> f64 {
    let amplitudes = amplitudes(profile);
    let strongest =
        amplitudes
            .iter()
            .enumerate()
            .skip(1)
            .fold(
                (1, 0.0),
                |best, (place, &value)| {
                    if value > best.1 { (place, value) } else { best }
                },
            );
    let (place, value) = strongest;
    if place <= 1 || place + 1 >= BLOCK {
        return 1.0;
    }
    let at = |place: usize| amplitudes.get(place).copied().unwrap_or(0.0);
    let sum: f64 = amplitudes.iter().take(FREQUENCIES).skip(1).sum();
    (value + NEIGHBOURS * (at(place - 1) + at(place + 1))) / sum
}

#[cfg(test)]
mod tests {
    use core::f64::consts::TAU;

    use super::*;

    fn wave(period: f64) -> [f64; BLOCK] {
        core::array::from_fn(|place| 100.0 + 50.0 * (TAU * place as f64 / period).cos())
    }

    #[test]
    fn one_frequency_has_all_of_the_profile() {
        for (period, want) in [(8.0, 1.0), (4.0, 1.0), (32.0, 1.0)] {
            assert!((share(&wave(period)) - want).abs() < 1e-9, "{period}");
        }
        assert_eq!(share(&[9.0; BLOCK]), 1.0, "no structure");
        assert!(share(&wave(9.0)) < 0.7);
    }
}
