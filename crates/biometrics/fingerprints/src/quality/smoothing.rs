/// A Gaussian blur as OpenCV 4 computes it on bytes: weights in 256ths, rows kept in 256ths, rounded once at the end, the picture
/// mirrored at its edges without repeating the edge. `taps` is odd; the deviation follows from it.
pub(super) fn blur(pixels: &[u8], width: usize, taps: usize) -> Vec<u8> {
    let weights = weights(taps);
    let height = pixels.len().checked_div(width).unwrap_or(0);
    // Values up to 65,280 are kept less 32,768, so that a product is one of signed 16 bits.
    let rows: Vec<i16> = pixels
        .chunks_exact(width.max(1))
        .flat_map(|row| across(row, &weights))
        .collect();
    let line = |place: isize| {
        let start = mirrored(place, height) * width;
        rows.get(start..start + width).unwrap_or_default()
    };
    let mut out = Vec::with_capacity(pixels.len());
    let mut sums = vec![0_i32; width];
    for y in 0..height as isize {
        sums.fill((256 << 15) + (1 << 15));
        for (sum, &value) in sums.iter_mut().zip(line(y)) {
            *sum += i32::from(weights.middle) * i32::from(value);
        }
        for (distance, &weight) in (1..).zip(&weights.sides) {
            for ((sum, &above), &below) in sums
                .iter_mut()
                .zip(line(y - distance))
                .zip(line(y + distance))
            {
                *sum += i32::from(weight) * i32::from(above) + i32::from(weight) * i32::from(below);
            }
        }
        out.extend(sums.iter().map(|&sum| (sum >> 16) as u8));
    }
    out
}

/// One row in 256ths, less 32,768.
fn across(row: &[u8], weights: &Weights) -> Vec<i16> {
    let reach = weights.sides.len();
    let places = -(reach as isize)..(row.len() + reach) as isize;
    let padded: Vec<u16> = places
        .map(|place| {
            row.get(mirrored(place, row.len()))
                .copied()
                .unwrap_or(0)
                .into()
        })
        .collect();
    let shifted = |places: usize| padded.get(places..).unwrap_or_default();
    let mut sums: Vec<u16> = shifted(reach)
        .iter()
        .take(row.len())
        .map(|&value| weights.middle as u16 * value)
        .collect();
    for (distance, &weight) in (1..).zip(&weights.sides) {
        let pairs = shifted(reach - distance)
            .iter()
            .zip(shifted(reach + distance));
        for (sum, (&left, &right)) in sums.iter_mut().zip(pairs) {
            *sum = sum.wrapping_add((weight as u16).wrapping_mul(left + right));
        }
    }
    sums.into_iter().map(|sum| (sum ^ 0x8000) as i16).collect()
}

/// The place in a line of `length` that stands for one beyond its ends: mirrored, the end itself not repeated.
fn mirrored(place: isize, length: usize) -> usize {
    if length < 2 {
        return 0;
    }
    let period = 2 * (length as isize - 1);
    let within = place.rem_euclid(period);
    within.min(period - within) as usize
}

/// Weights in 256ths that sum up to 256: the middle one, and those beside it from the nearest on.
struct Weights {
    middle: i16,
    sides: Vec<i16>,
}

/// Each weight is rounded with what the ones outside of it left over; the middle takes the rest.
fn weights(taps: usize) -> Weights {
    let deviation = taps as f64 * 0.15 + 0.35;
    let bell =
        |distance: usize| (-((distance * distance) as f64) / (2.0 * deviation * deviation)).exp();
    let sum = 1.0 + 2.0 * (1..=taps / 2).map(bell).sum::<f64>();
    let mut rest = 0.0;
    let rounded = (1..=taps / 2).rev().map(|distance| {
        let exact = bell(distance) / sum * 256.0 + rest;
        rest = exact - exact.round_ties_even();
        exact.round_ties_even() as i16
    });
    let mut sides: Vec<i16> = rounded.skip_while(|&weight| weight == 0).collect();
    sides.reverse();
    Weights {
        middle: 256 - 2 * sides.iter().sum::<i16>(),
        sides,
    }
}

/// The least of the 5 × 5 pixels around each pixel; what lies outside does not count.
pub(super) fn eroded(pixels: &[u8], width: usize) -> Vec<u8> {
    const REACH: usize = 2;
    let width = width.max(1);
    let mut across = pixels.to_vec();
    for (target, row) in across
        .chunks_exact_mut(width)
        .zip(pixels.chunks_exact(width))
    {
        for distance in 1..=REACH {
            least(target, row.get(distance..).unwrap_or_default());
            least(target.get_mut(distance..).unwrap_or_default(), row);
        }
    }
    let mut out = across.clone();
    for distance in 1..=REACH {
        least(&mut out, across.get(distance * width..).unwrap_or_default());
        least(out.get_mut(distance * width..).unwrap_or_default(), &across);
    }
    out
}

fn least(target: &mut [u8], other: &[u8]) {
    for (target, &other) in target.iter_mut().zip(other) {
        *target = (*target).min(other);
    }
}

/// White where a pixel is above the threshold that parts the grey levels best (Otsu), black elsewhere.
pub(super) fn binarized(pixels: &[u8]) -> Vec<u8> {
    let threshold = otsu(pixels);
    pixels
        .iter()
        .map(|&grey| if grey > threshold { 255 } else { 0 })
        .collect()
}

/// The lowest level at which the variance between the two classes is greatest, summed up in the order of OpenCV; 0 of one level.
fn otsu(pixels: &[u8]) -> u8 {
    let mut counts = [0_u32; 256];
    for &grey in pixels {
        if let Some(count) = counts.get_mut(usize::from(grey)) {
            *count += 1;
        }
    }
    let scale = 1.0 / pixels.len() as f64;
    let mean = (0_u32..)
        .zip(counts)
        .map(|(level, count)| f64::from(level) * f64::from(count))
        .sum::<f64>()
        * scale;
    let small = f64::from(f32::EPSILON);
    let (mut below_mean, mut below) = (0.0, 0.0);
    let (mut best, mut threshold) = (0.0, 0);
    for (level, count) in (0..=u8::MAX).zip(counts) {
        let share = f64::from(count) * scale;
        below_mean *= below;
        below += share;
        let above = 1.0 - below;
        if below.min(above) < small || below.max(above) > 1.0 - small {
            continue;
        }
        below_mean = (below_mean + f64::from(level) * share) / below;
        let above_mean = (mean - below * below_mean) / above;
        let between = below * above * (below_mean - above_mean) * (below_mean - above_mean);
        if between > best {
            (best, threshold) = (between, level);
        }
    }
    threshold
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_sum_up_to_one() {
        for taps in [1, 3, 41, 91] {
            let weights = weights(taps);
            assert_eq!(
                weights.middle + 2 * weights.sides.iter().sum::<i16>(),
                256,
                "{taps}"
            );
            assert!(
                weights
                    .sides
                    .iter()
                    .all(|&side| (0..=weights.middle).contains(&side)),
                "{taps}"
            );
        }
    }

    #[test]
    fn a_blur_spreads_a_dot_and_keeps_what_is_even() {
        assert_eq!(blur(&[200; 7 * 5], 7, 41), [200; 35]);
        assert_eq!(blur(&[255; 3], 3, 91), [255; 3]);
        assert_eq!(blur(&[], 0, 41), []);
        let mut dot = vec![0; 101 * 101];
        dot[50 * 101 + 50] = 255;
        let spread = blur(&dot, 101, 3);
        let weights = weights(3);
        let weight = |distance: isize| {
            i32::from(if distance == 0 {
                weights.middle
            } else {
                weights.sides[0]
            })
        };
        for (dx, dy) in [(0, 0), (1, 0), (1, 1)] {
            let want = (255 * weight(dx) * weight(dy) + (1 << 15)) >> 16;
            assert_eq!(
                i32::from(spread[(50 + dy as usize) * 101 + 50 + dx as usize]),
                want
            );
        }
        assert_eq!(spread[0], 0);
    }

    #[test]
    fn ends_are_mirrored() {
        for (place, length, want) in [
            (-1, 5, 1),
            (0, 5, 0),
            (5, 5, 3),
            (8, 5, 0),
            (-9, 5, 1),
            (7, 1, 0),
            (3, 0, 0),
            (3, 2, 1),
        ] {
            assert_eq!(mirrored(place, length), want, "{place} of {length}");
        }
    }

    #[test]
    fn erosion_takes_the_darkest_of_five_by_five() {
        let mut pixels = vec![9; 7 * 6];
        pixels[3 * 7 + 3] = 1;
        let out = eroded(&pixels, 7);
        for (place, &value) in out.iter().enumerate() {
            let near = (place % 7).abs_diff(3) <= 2 && (place / 7).abs_diff(3) <= 2;
            assert_eq!(value, if near { 1 } else { 9 }, "{place}");
        }
    }

    #[test]
    fn two_levels_are_parted() {
        assert_eq!(binarized(&[10, 10, 200, 201]), [0, 0, 255, 255]);
        assert_eq!(
            binarized(&[10, 10]),
            [255, 255],
            "one level: the threshold is 0"
        );
        assert_eq!(binarized(&[0, 0]), [0, 0]);
    }
}
