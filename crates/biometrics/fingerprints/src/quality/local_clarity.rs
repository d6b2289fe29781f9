use super::blocks::{BLOCK, Grid};
use super::frame::Frame;
use super::ridge_profile::{ALONG, RidgeProfile};
use super::slant::{Neighbourhood, Surroundings};

/// The widest that a ridge or valley can be: 5 pixels at 125 ppi.
const WIDEST: f64 = 500.0 / 125.0 * 5.0;
/// Mean widths of ridges and valleys that are plausible, in pixels.
const RIDGES: (f64, f64) = (3.0, 10.0);
const VALLEYS: (f64, f64) = (2.0, 10.0);

/// Local clarity (ISO 29794-4:2024): how few pixels of ridges are light, and of valleys dark.
pub(super) fn values(frame: &Frame, grid: &Grid) -> Vec<f64> {
    let cells = grid.foreground();
    let profiles = cells.map(|cell| {
        RidgeProfile::of(
            &Neighbourhood::of(frame, cell.x, cell.y),
            cell.normal,
            Surroundings::Black,
        )
    });
    profiles
        .map(|profile| {
            if plausible(&profile.ridge) {
                clarity(&profile)
            } else {
                0.0
            }
        })
        .collect()
}

/// Whether ridges and valleys alternate, and are as wide as those of a finger. The last one is not looked at; the first one
/// counts a pixel less than it has.
fn plausible(ridge: &[bool; BLOCK]) -> bool {
    let changes = ridge
        .windows(2)
        .enumerate()
        .filter(|(_, pair)| pair.first() != pair.last())
        .map(|(place, _)| place);
    let mut widths = [[0.0; BLOCK]; 2];
    let mut counts = [0; 2];
    let mut last = 0;
    let first_is_ridge = ridge.first().copied().unwrap_or(false);
    for (turn, change) in changes.enumerate() {
        let valley = usize::from(first_is_ridge != (turn % 2 == 0));
        if let (Some(widths), Some(count)) = (widths.get_mut(valley), counts.get_mut(valley)) {
            if let Some(width) = widths.get_mut(*count) {
                *width = (change - last) as f64 / WIDEST;
            }
            *count += 1;
        }
        last = change;
    }
    let mut within =
        widths
            .iter()
            .zip(counts)
            .zip([RIDGES, VALLEYS])
            .map(|((widths, count), (least, most))| {
                let mean = mean(widths.get(..count).unwrap_or_default());
                mean >= least / WIDEST && mean <= most / WIDEST
            });
    within.all(|within| within)
}

/// A mean as OpenCV sums it, four by four: widths on the very limit depend on the last bit. 0 of nothing.
fn mean(values: &[f64]) -> f64 {
    let fours = values.chunks_exact(4);
    let rest = fours.remainder();
    let sum = fours.map(|four| four.iter().sum::<f64>()).sum::<f64>();
    let sum = rest.iter().fold(sum, |sum, value| sum + value);
    if values.is_empty() {
        0.0
    } else {
        sum * (1.0 / values.len() as f64)
    }
}

/// 1 when every pixel of a ridge is darker than the trend and every one of a valley is not.
fn clarity(profile: &RidgeProfile) -> f64 {
    let (mut ridges, mut light, mut valleys, mut dark) = (0, 0, 0, 0);
    for (place, (&ridge, &trend)) in profile.ridge.iter().zip(&profile.trend).enumerate() {
        let column = profile.pixels.iter().filter_map(|row| row.get(place));
        let above = column.filter(|&&grey| f64::from(grey) >= trend).count();
        if ridge {
            ridges += ALONG;
            light += above;
        } else {
            valleys += ALONG;
            dark += ALONG - above;
        }
    }
    let share = |part: usize, whole: usize| {
        if whole == 0 {
            0.0
        } else {
            part as f64 / whole as f64
        }
    };
    1.0 - (share(dark, valleys) + share(light, ridges)) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(ridge: usize, valley: usize) -> [bool; BLOCK] {
        core::array::from_fn(|place| place % (ridge + valley) < ridge)
    }

    #[test]
    fn only_the_widths_of_a_finger_are_plausible() {
        for (ridge, valley, want) in [
            (4, 5, true),
            (3, 2, false),
            (4, 2, true),
            (4, 1, false),
            (10, 5, true),
            (11, 5, false),
            (40, 1, false),
        ] {
            assert_eq!(plausible(&pattern(ridge, valley)), want, "{ridge} {valley}");
        }
        assert!(!plausible(&[false; BLOCK]));
    }

    #[test]
    fn clear_ridges_are_clear() {
        let row = core::array::from_fn(|place| if place % 8 < 4 { 20 } else { 220 });
        let mut profile = RidgeProfile {
            pixels: [row; ALONG],
            trend: [120.0; BLOCK],
            ridge: pattern(4, 4),
        };
        assert_eq!(clarity(&profile), 1.0);
        profile.pixels[0] = row.map(|grey| 240 - grey);
        assert_eq!(clarity(&profile), 1.0 - 1.0 / 16.0);
    }
}
