//! Which blocks show the finger.

use super::ridges::{BLOCK, Ridges, blocks};
use crate::plane::Plane;

/// Blocks of a patch that is kept: a fifth of an inch square.
const LEAST_PATCH: usize = 140;

/// How faint a finger's block may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Faintness {
    /// Least contrast in grey levels.
    contrast: f32,
    /// The same as a part of the picture's high contrast.
    share: f32,
    /// Least agreement of the gradients: where ridges are faint, it tells them from noise.
    coherence: f32,
}

impl Faintness {
    /// For matching: where the finger only begins to touch, ridges end that do not.
    pub(super) const CLEAR: Self = Self {
        contrast: 9.0,
        share: 0.28,
        coherence: 0.22,
    };
    /// For quality: the reference's extractor finds minutiae in fainter borders too (fitted, see [`super::extraction`]).
    pub(super) const FAINT: Self = Self {
        contrast: 4.0,
        share: 0.12,
        coherence: 0.3,
    };
}

/// The blocks of the finger: contrast and direction, without holes and crumbs.
pub(super) fn blocks_of_finger(
    deviation: &Plane<f32>,
    ridges: &Ridges,
    limits: &Faintness,
) -> Plane<bool> {
    let contrast = Plane::of(
        blocks(deviation.width()),
        blocks(deviation.height()),
        |x, y| {
            let middle = |block: usize| (block * BLOCK + BLOCK / 2) as i32;
            deviation.near(middle(x), middle(y))
        },
    );
    let mut sorted = contrast.values().to_vec();
    sorted.sort_by(f32::total_cmp);
    let high = sorted
        .get(sorted.len() * 9 / 10)
        .copied()
        .unwrap_or_default();
    let least = limits.contrast.max(limits.share * high);
    let coherence = ridges.coherence.gaussian(1.2);
    let found = contrast.with(&coherence, |contrast, coherence| {
        contrast > least && coherence > limits.coherence
    });
    without_crumbs(&majority(&majority(&found)))
}

/// Each block as most of its neighbours are.
fn majority(mask: &Plane<bool>) -> Plane<bool> {
    Plane::of(mask.width(), mask.height(), |x, y| {
        let (x, y) = (x as i32, y as i32);
        let near = (-1..=1).flat_map(|dy| (-1..=1).map(move |dx| (dx, dy)));
        let count = near
            .filter(|(dx, dy)| mask.at_signed(x + dx, y + dy))
            .count();
        count >= 5
    })
}

/// Patches of enough blocks, their holes filled.
fn without_crumbs(mask: &Plane<bool>) -> Plane<bool> {
    let patches = Patches::of(mask);
    let kept = patches.of_at_least(LEAST_PATCH.min(mask.values().len() / 8));
    let ground = Patches::of(&kept.map(|inside| !inside));
    let (width, height) = (kept.width(), kept.height());
    let mut outside = vec![false; ground.sizes.len()];
    for y in 0..height {
        for x in 0..width {
            let is_border = x == 0 || y == 0 || x + 1 == width || y + 1 == height;
            let number = ground.numbers.at(x, y);
            if is_border && let Some(flag) = outside.get_mut(number) {
                *flag = true;
            }
        }
    }
    Plane::of(width, height, |x, y| {
        let number = ground.numbers.at(x, y);
        number == 0 || !outside.get(number).copied().unwrap_or_default()
    })
}

/// Connected patches of a mask, neighbours by side, numbered from 1.
pub(crate) struct Patches {
    /// The number of each pixel's patch, 0 outside of the mask.
    pub(crate) numbers: Plane<usize>,
    /// How many pixels each patch has; that of number 0 is not counted.
    pub(crate) sizes: Vec<usize>,
}

impl Patches {
    pub(crate) fn of(mask: &Plane<bool>) -> Self {
        let mut numbers = Plane::filled(mask.width(), mask.height(), 0_usize);
        let mut sizes = vec![0];
        let mut open = Vec::new();
        for y in 0..mask.height() {
            for x in 0..mask.width() {
                if !mask.at(x, y) || numbers.at(x, y) != 0 {
                    continue;
                }
                let number = sizes.len();
                let mut size = 0;
                numbers.set(x, y, number);
                open.push((x, y));
                while let Some((x, y)) = open.pop() {
                    size += 1;
                    let sides = [
                        (x.wrapping_sub(1), y),
                        (x + 1, y),
                        (x, y.wrapping_sub(1)),
                        (x, y + 1),
                    ];
                    for (x, y) in sides {
                        if mask.at(x, y) && numbers.at(x, y) == 0 {
                            numbers.set(x, y, number);
                            open.push((x, y));
                        }
                    }
                }
                sizes.push(size);
            }
        }
        Self { numbers, sizes }
    }

    /// The pixels of patches of at least so many pixels.
    pub(crate) fn of_at_least(&self, size: usize) -> Plane<bool> {
        self.numbers
            .map(|number| number != 0 && self.sizes.get(number).is_some_and(|has| *has >= size))
    }
}

/// For each block how many blocks it lies inside the finger, by its sides; 0 outside. Beyond the
/// picture there is no finger, unless it `goes_on`.
pub(super) fn depth(mask: &Plane<bool>, goes_on: bool) -> Plane<u16> {
    let (width, height) = (mask.width(), mask.height());
    let mut depth = mask.map(|inside| if inside { u16::MAX } else { 0 });
    let beyond = if goes_on { u16::MAX } else { 0 };
    let at = |depth: &Plane<u16>, x: usize, y: usize| {
        if x < width && y < height {
            depth.at(x, y)
        } else {
            beyond
        }
    };
    for y in 0..height {
        for x in 0..width {
            let least = at(&depth, x.wrapping_sub(1), y).min(at(&depth, x, y.wrapping_sub(1)));
            depth.set(x, y, depth.at(x, y).min(least.saturating_add(1)));
        }
    }
    for y in (0..height).rev() {
        for x in (0..width).rev() {
            let least = at(&depth, x + 1, y).min(at(&depth, x, y + 1));
            depth.set(x, y, depth.at(x, y).min(least.saturating_add(1)));
        }
    }
    depth
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_counts_from_the_edge_of_the_finger_or_of_the_picture() {
        let mask = Plane::of(5, 5, |x, y| (x, y) != (0, 0));
        let seen = depth(&mask, false);
        assert_eq!((seen.at(0, 0), seen.at(2, 2), seen.at(4, 2)), (0, 3, 1));
        let seen = depth(&mask, true);
        assert_eq!((seen.at(0, 0), seen.at(2, 2), seen.at(4, 2)), (0, 4, 6));
        assert_eq!(depth(&Plane::filled(3, 3, true), true).at(1, 1), u16::MAX);
    }
}
