//! Separable filters over a grey plane, with the kernels and the mirrored border of OpenCV (on which
//! OFIQ's features are defined). Vertical passes add whole rows, so that they vectorise.

/// A kernel of one dimension, of odd length.
pub(crate) struct Kernel(Vec<i32>);

impl Kernel {
    /// The derivative kernel of Sobel: a binomial, differenced `order` times. Size 1 takes three
    /// taps for a derivative and one for smoothing.
    pub(crate) fn derivative(order: usize, size: usize) -> Self {
        let size = if size == 1 && order > 0 { 3 } else { size };
        let mut taps = vec![1];
        for step in 1..size {
            let sign = if step <= order { -1 } else { 1 };
            taps = convolved(&taps, sign);
        }
        Self(taps)
    }

    fn ones(size: usize) -> Self {
        Self(vec![1; size])
    }

    fn reach(&self) -> usize {
        self.0.len() / 2
    }
}

/// Taps convolved with (1, 1) or, by sign, (−1, 1).
fn convolved(taps: &[i32], sign: i32) -> Vec<i32> {
    let shifted = core::iter::once(&0).chain(taps);
    let kept = taps.iter().chain(core::iter::once(&0));
    shifted
        .zip(kept)
        .map(|(before, tap)| before + sign * tap)
        .collect()
}

/// Whole numbers in rows.
pub(crate) struct Plane {
    values: Vec<i32>,
    width: usize,
    height: usize,
}

/// The place inside `0..length` that mirrors `at − reach`, without doubling the edge.
fn mirrored(at: usize, reach: usize, length: usize) -> usize {
    if length < 2 {
        return 0;
    }
    let period = 2 * (length - 1);
    let folded = (at + period * reach.div_ceil(period) - reach) % period;
    folded.min(period - folded)
}

impl Plane {
    /// Rows of `width` pixels; what does not fill a row is left out.
    pub(crate) fn of(grey: &[u8], width: usize) -> Self {
        let height = grey.len().checked_div(width).unwrap_or(0);
        Self {
            values: grey
                .iter()
                .take(width * height)
                .map(|&pixel| i32::from(pixel))
                .collect(),
            width,
            height,
        }
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = &[i32]> {
        self.values.chunks_exact(self.width.max(1))
    }

    fn row(&self, y: usize) -> &[i32] {
        let start = y * self.width;
        self.values
            .get(start..start + self.width)
            .unwrap_or_default()
    }

    /// The sum of products: each pair is the kernel along x and the kernel along y.
    pub(crate) fn filtered(&self, terms: &[(&Kernel, &Kernel)]) -> Self {
        let mut values = vec![0; self.values.len()];
        let reach = terms
            .iter()
            .map(|(across, _)| across.reach())
            .max()
            .unwrap_or(0);
        let mut line = vec![0; self.width + 2 * reach];
        for (y, target) in values.chunks_exact_mut(self.width.max(1)).enumerate() {
            for (across, down) in terms {
                self.down(y, down, &mut line, reach);
                let skip = reach - across.reach();
                for (offset, &tap) in across.0.iter().enumerate() {
                    add_scaled(target, line.get(skip + offset..).unwrap_or_default(), tap);
                }
            }
        }
        Self {
            values,
            width: self.width,
            height: self.height,
        }
    }

    /// One row of the vertical pass, with `reach` mirrored pixels on both sides.
    fn down(&self, y: usize, kernel: &Kernel, line: &mut [i32], reach: usize) {
        line.fill(0);
        let Some(middle) = line.get_mut(reach..reach + self.width) else {
            return;
        };
        for (offset, &tap) in kernel.0.iter().enumerate() {
            add_scaled(
                middle,
                self.row(mirrored(y + offset, kernel.reach(), self.height)),
                tap,
            );
        }
        for at in 0..reach {
            let left = line.get(reach + mirrored(at, reach, self.width)).copied();
            let beyond = reach + self.width + at;
            let right = line
                .get(reach + mirrored(self.width + at, 0, self.width))
                .copied();
            if let (Some(target), Some(value)) = (line.get_mut(at), left) {
                *target = value;
            }
            if let (Some(target), Some(value)) = (line.get_mut(beyond), right) {
                *target = value;
            }
        }
    }

    /// A Gaussian of 3 × 3, rounded to whole grey values.
    pub(crate) fn gaussian(&self) -> Self {
        let binomial = Kernel::derivative(0, 3);
        self.filtered(&[(&binomial, &binomial)])
            .mapped(|sum| (sum + 8) >> 4)
    }

    /// The difference to a box blur that is rounded to whole grey values.
    pub(crate) fn less_blurred(&self, size: usize) -> Self {
        let ones = Kernel::ones(size);
        let area = (size * size) as i32;
        let mut blurred = self
            .filtered(&[(&ones, &ones)])
            .mapped(|sum| (2 * sum + area) / (2 * area));
        for (value, own) in blurred.values.iter_mut().zip(&self.values) {
            *value = own - *value;
        }
        blurred
    }

    /// The mean square of the difference to a box blur, unrounded, in `first..end` of each row.
    pub(crate) fn energy_within(&self, size: usize, spans: &[(usize, usize)]) -> f64 {
        let ones = Kernel::ones(size);
        let area = (size * size) as i32;
        let sums = self.filtered(&[(&ones, &ones)]);
        let (mut squares, mut count) = (0.0, 0_u32);
        for ((own, sums), &(first, end)) in self.rows().zip(sums.rows()).zip(spans) {
            let pairs = own.get(first..end).zip(sums.get(first..end));
            for (own, sum) in pairs
                .into_iter()
                .flat_map(|(own, sums)| own.iter().zip(sums))
            {
                let difference = f64::from(area * own - sum);
                squares += difference * difference;
                count += 1;
            }
        }
        squares / (f64::from(area) * f64::from(area) * f64::from(count.max(1)))
    }

    fn mapped(mut self, change: impl Fn(i32) -> i32) -> Self {
        for value in &mut self.values {
            *value = change(*value);
        }
        self
    }
}

fn add_scaled(target: &mut [i32], source: &[i32], factor: i32) {
    for (target, source) in target.iter_mut().zip(source) {
        *target += factor * source;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kernels_are_those_of_sobel() {
        for (order, size, want) in [
            (0, 1, &[1][..]),
            (1, 1, &[-1, 0, 1]),
            (2, 1, &[1, -2, 1]),
            (0, 3, &[1, 2, 1]),
            (1, 3, &[-1, 0, 1]),
            (2, 3, &[1, -2, 1]),
            (1, 5, &[-1, -2, 0, 2, 1]),
            (2, 5, &[1, 0, -2, 0, 1]),
            (0, 5, &[1, 4, 6, 4, 1]),
            (1, 7, &[-1, -4, -5, 0, 5, 4, 1]),
            (2, 9, &[1, 4, 4, -4, -10, -4, 4, 4, 1]),
        ] {
            assert_eq!(
                Kernel::derivative(order, size).0,
                want,
                "order {order}, size {size}"
            );
        }
    }

    #[test]
    fn borders_are_mirrored_without_their_edge() {
        let want = [3, 2, 1, 0, 1, 2, 3, 4, 3, 2, 1];
        for (at, want) in want.into_iter().enumerate() {
            assert_eq!(mirrored(at, 3, 5), want, "{at}");
        }
        assert_eq!(mirrored(0, 9, 2), 1);
        assert_eq!(mirrored(4, 2, 1), 0);
    }

    #[test]
    fn planes_are_filtered() {
        let ramp: Vec<u8> = (0..40).map(|n| n % 8 * 10).collect();
        let plane = Plane::of(&ramp, 8);
        let (first, smooth) = (Kernel::derivative(1, 3), Kernel::derivative(0, 3));
        let slope = plane.filtered(&[(&first, &smooth)]);
        assert_eq!(slope.row(2), [0, 80, 80, 80, 80, 80, 80, 0]);
        let upright = plane.filtered(&[(&smooth, &first)]);
        assert!(upright.values.iter().all(|&value| value == 0));
        assert_eq!(plane.gaussian().row(0), [5, 10, 20, 30, 40, 50, 60, 65]);
        assert_eq!(plane.less_blurred(3).row(4), [-7, 0, 0, 0, 0, 0, 0, 7]);
        // Only the ends of each row differ from their surroundings, by 20/3.
        let energy = plane.energy_within(3, &[(0, 8); 5]);
        assert!((energy - 100.0 / 9.0).abs() < 1e-9, "{energy}");
        assert!(plane.energy_within(3, &[(1, 7); 5]) < 1e-9);
    }
}
