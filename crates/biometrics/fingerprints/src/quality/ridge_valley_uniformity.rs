use super::blocks::{BLOCK, Grid};
use super::frame::Frame;
use super::ridge_profile::RidgeProfile;
use super::slant::{Neighbourhood, Surroundings};

/// Ridge valley uniformity (ISO 29794-4:2024): the widths of ridges in proportion to the valleys beside them, of all blocks.
pub(super) fn values(frame: &Frame, grid: &Grid) -> Vec<f64> {
    let mut ratios = Vec::new();
    for cell in grid.foreground() {
        let block = Neighbourhood::of(frame, cell.x, cell.y);
        push_ratios(
            &RidgeProfile::of(&block, cell.normal, Surroundings::Used).ridge,
            &mut ratios,
        );
    }
    ratios
}

/// Widths of whole ridges and valleys, from the last to the first, each in proportion to its neighbour. As in the reference a
/// change at the last column is not seen, and the first whole width is left out.
fn push_ratios(ridge: &[bool; BLOCK], ratios: &mut Vec<f64>) {
    let seen = ridge
        .get(..BLOCK - 1)
        .unwrap_or_default()
        .windows(2)
        .enumerate();
    let mut changes = [0; BLOCK];
    let mut count = 0;
    for (place, _) in seen.filter(|(_, pair)| pair.first() != pair.last()) {
        if let Some(change) = changes.get_mut(count) {
            *change = place;
        }
        count += 1;
    }
    let changes = changes.get(..count).unwrap_or_default();
    let Some((first, later)) = changes.split_first() else {
        return;
    };
    // Of one pixel only, the reference sees no ridge nor valley.
    if later.last().is_none_or(|last| last - first < 2) {
        return;
    }
    let begins_with_ridge = ridge.get(first + 1).copied().unwrap_or(false);
    let widths = later.windows(2).rev().map(|pair| match pair {
        [start, end] => (end - start) as f64,
        _ => 0.0,
    });
    let pairs = widths.clone().zip(widths.skip(1));
    ratios.extend(pairs.enumerate().map(|(place, (width, next))| {
        let turned = place >= usize::from(begins_with_ridge)
            && (place - usize::from(begins_with_ridge)) % 2 == 0;
        if turned {
            1.0 / (width / next)
        } else {
            width / next
        }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratios(widths: &[usize]) -> Vec<f64> {
        let mut ridge = [false; BLOCK];
        let mut place = 0;
        for (turn, &width) in widths.iter().enumerate() {
            ridge[place..place + width].fill(turn % 2 == 1);
            place += width;
        }
        assert_eq!(place, BLOCK);
        let mut ratios = Vec::new();
        push_ratios(&ridge, &mut ratios);
        ratios
    }

    #[test]
    fn ratios_of_whole_ridges_and_valleys() {
        assert_eq!(ratios(&[32]), []);
        assert_eq!(ratios(&[10, 1, 21]), []);
        assert_eq!(ratios(&[4, 5, 6, 17]), []);
        // Whole: 5 (left out), 4, 6, 3; the first whole one is a ridge: every second ratio is turned, from the second on.
        assert_eq!(ratios(&[4, 5, 4, 6, 3, 10]), [3.0 / 6.0, 1.0 / (6.0 / 4.0)]);
        // A change at the last column is not seen.
        assert_eq!(ratios(&[4, 5, 4, 6, 12, 1]), [1.5]);
    }
}
