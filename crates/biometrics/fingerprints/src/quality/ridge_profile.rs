use super::blocks::BLOCK;
use super::slant::{Neighbourhood, Surroundings};

/// Pixels along the ridges that a profile averages.
pub(super) const ALONG: usize = BLOCK / 2;

/// A block turned so that its ridges stand upright, and which of its columns are ridges.
pub(super) struct RidgeProfile {
    /// The turned block.
    pub(super) pixels: [[u8; BLOCK]; ALONG],
    /// The grey level at which each column changes from ridge to valley: the line fitted to the columns' means.
    pub(super) trend: [f64; BLOCK],
    /// Whether each column is darker than the trend.
    pub(super) ridge: [bool; BLOCK],
}

impl RidgeProfile {
    pub(super) fn of(block: &Neighbourhood, normal: f64, surroundings: Surroundings) -> Self {
        let pixels: [[u8; BLOCK]; ALONG] = block.turned(normal, surroundings);
        let mut sums = [0_i32; BLOCK];
        for row in &pixels {
            for (sum, &grey) in sums.iter_mut().zip(row) {
                *sum += i32::from(grey);
            }
        }
        let means = sums.map(|sum| f64::from(sum) / ALONG as f64);
        let (intercept, slope) = line(&sums);
        let mut trend = [0.0; BLOCK];
        let mut ridge = [false; BLOCK];
        for (place, ((trend, ridge), mean)) in
            trend.iter_mut().zip(&mut ridge).zip(means).enumerate()
        {
            *trend = (place + 1) as f64 * slope + intercept;
            *ridge = mean < *trend;
        }
        Self {
            pixels,
            trend,
            ridge,
        }
    }
}

/// The least-squares line through the columns' means, columns counted from 1; both numbers to ten decimals as the reference has them.
fn line(sums: &[i32; BLOCK]) -> (f64, f64) {
    let columns = BLOCK as f64;
    let middle = (columns + 1.0) / 2.0;
    let squares = columns * (columns * columns - 1.0) / 12.0;
    let total = f64::from(sums.iter().sum::<i32>());
    // Twice the distance from the middle is whole.
    let moment: i32 = (0..)
        .zip(sums)
        .map(|(place, sum)| (2 * place + 1 - BLOCK as i32) * sum)
        .sum();
    let slope = f64::from(moment) / (2.0 * squares * ALONG as f64);
    let intercept = total / (columns * ALONG as f64) - middle * slope;
    let decimals = |value: f64| (value * 1e10).round() / 1e10;
    (decimals(intercept), decimals(slope))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_found_again() {
        for (intercept, slope) in [(0, 0), (16, 0), (160, 32), (1600, -16)] {
            let sums = core::array::from_fn(|place| intercept + slope * (place as i32 + 1));
            assert_eq!(
                line(&sums),
                (f64::from(intercept) / 16.0, f64::from(slope) / 16.0)
            );
        }
    }
}
