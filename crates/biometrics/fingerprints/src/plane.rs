//! Numbers over the pixels or blocks of a picture, reached without an index that can fail.

/// A value for each pixel, row by row from the top.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Plane<T> {
    width: usize,
    height: usize,
    values: Vec<T>,
}

impl<T: Copy + Default> Plane<T> {
    pub(crate) fn filled(width: usize, height: usize, value: T) -> Self {
        Self {
            width,
            height,
            values: vec![value; width * height],
        }
    }

    /// Rows of `width` values; what does not fill a row is left out.
    pub(crate) fn from_values(width: usize, mut values: Vec<T>) -> Self {
        let height = values.len() / width.max(1);
        values.truncate(width * height);
        Self {
            width,
            height,
            values,
        }
    }

    pub(crate) fn of(
        width: usize,
        height: usize,
        mut value: impl FnMut(usize, usize) -> T,
    ) -> Self {
        let mut values = Vec::with_capacity(width * height);
        for y in 0..height {
            values.extend((0..width).map(|x| value(x, y)));
        }
        Self {
            width,
            height,
            values,
        }
    }

    pub(crate) const fn width(&self) -> usize {
        self.width
    }

    pub(crate) const fn height(&self) -> usize {
        self.height
    }

    pub(crate) fn values(&self) -> &[T] {
        &self.values
    }

    pub(crate) fn row(&self, y: usize) -> &[T] {
        let start = y.saturating_mul(self.width);
        let row = self.values.get(start..start.saturating_add(self.width));
        row.unwrap_or_default()
    }

    pub(crate) fn row_mut(&mut self, y: usize) -> &mut [T] {
        let start = y.saturating_mul(self.width);
        let row = self.values.get_mut(start..start.saturating_add(self.width));
        row.unwrap_or_default()
    }

    pub(crate) fn rows_mut(&mut self) -> impl Iterator<Item = &mut [T]> {
        self.values.chunks_exact_mut(self.width.max(1))
    }

    /// The value there; the default outside.
    pub(crate) fn at(&self, x: usize, y: usize) -> T {
        if x >= self.width {
            return T::default();
        }
        let value = self
            .values
            .get(y.saturating_mul(self.width).saturating_add(x));
        value.copied().unwrap_or_default()
    }

    /// The value there; the default outside, also left of and above the picture.
    pub(crate) fn at_signed(&self, x: i32, y: i32) -> T {
        match (usize::try_from(x), usize::try_from(y)) {
            (Ok(x), Ok(y)) => self.at(x, y),
            _ => T::default(),
        }
    }

    /// The value of the nearest pixel of the picture.
    pub(crate) fn near(&self, x: i32, y: i32) -> T {
        let clamp = |v: i32, length: usize| (v.max(0) as usize).min(length.saturating_sub(1));
        self.at(clamp(x, self.width), clamp(y, self.height))
    }

    pub(crate) fn set(&mut self, x: usize, y: usize, value: T) {
        if x < self.width
            && let Some(place) = self
                .values
                .get_mut(y.saturating_mul(self.width).saturating_add(x))
        {
            *place = value;
        }
    }

    pub(crate) fn map<U>(&self, change: impl FnMut(T) -> U) -> Plane<U> {
        Plane {
            width: self.width,
            height: self.height,
            values: self.values.iter().copied().map(change).collect(),
        }
    }

    /// Each value combined with that of a plane of the same size.
    pub(crate) fn with<U: Copy, V>(
        &self,
        other: &Plane<U>,
        mut combine: impl FnMut(T, U) -> V,
    ) -> Plane<V> {
        let pairs = self.values.iter().zip(&other.values);
        Plane {
            width: self.width,
            height: self.height,
            values: pairs.map(|(a, b)| combine(*a, *b)).collect(),
        }
    }

    /// Rows become columns.
    pub(crate) fn transposed(&self) -> Self {
        let mut turned = Self::filled(self.height, self.width, T::default());
        for (x, row) in self.values.chunks_exact(self.width.max(1)).enumerate() {
            let column = turned.values.iter_mut().skip(x).step_by(self.height.max(1));
            for (to, from) in column.zip(row) {
                *to = *from;
            }
        }
        turned
    }
}

impl Plane<f32> {
    /// The value between the middles of four pixels; at the border that of the nearest.
    pub(crate) fn sample(&self, x: f32, y: f32) -> f32 {
        let (left, top) = (x.floor(), y.floor());
        let (right, down) = (x - left, y - top);
        let (left, top) = (left as i32, top as i32);
        let inside = usize::try_from(left)
            .ok()
            .zip(usize::try_from(top).ok())
            .and_then(|(left, top)| {
                let start = top.checked_mul(self.width)?.checked_add(left)?;
                let upper = self.values.get(start..start + 2)?;
                let lower = self
                    .values
                    .get(start + self.width..start + self.width + 2)?;
                (left + 1 < self.width).then_some((upper, lower))
            });
        let (a, b, c, d) = match inside {
            Some((&[a, b], &[c, d])) => (a, b, c, d),
            _ => (
                self.near(left, top),
                self.near(left + 1, top),
                self.near(left, top + 1),
                self.near(left + 1, top + 1),
            ),
        };
        let upper = a + (b - a) * right;
        let lower = c + (d - c) * right;
        upper + (lower - upper) * down
    }

    /// The mean over the square that reaches `radius` to each side; the border counts on.
    pub(crate) fn box_blurred(mut self, radius: usize) -> Self {
        if radius == 0 {
            return self;
        }
        let mut line = Vec::new();
        for row in self.rows_mut() {
            running_mean(row, radius, &mut line);
        }
        let mut turned = self.transposed();
        for row in turned.rows_mut() {
            running_mean(row, radius, &mut line);
        }
        turned.transposed()
    }

    /// Smoothed by a Gaussian: exactly, for planes of blocks and small deviations.
    pub(crate) fn gaussian(&self, deviation: f32) -> Self {
        let radius = (2.5 * deviation).ceil().max(1.0) as i32;
        let weights: Vec<f32> = (-radius..=radius)
            .map(|d| (-0.5 * (d as f32 / deviation).powi(2)).exp())
            .collect();
        let total: f32 = weights.iter().sum();
        let weights: Vec<f32> = weights.iter().map(|weight| weight / total).collect();
        let mut smooth = self.smoothed_rows(&weights).transposed();
        smooth = smooth.smoothed_rows(&weights).transposed();
        smooth
    }

    fn smoothed_rows(&self, weights: &[f32]) -> Self {
        let radius = weights.len() / 2;
        let mut smooth = Self::filled(self.width, self.height, 0.0);
        let mut padded = Vec::new();
        let rows = self.values.chunks_exact(self.width.max(1));
        for (to, from) in smooth.rows_mut().zip(rows) {
            pad(from, radius, &mut padded);
            for (shift, weight) in weights.iter().enumerate() {
                let shifted = padded.iter().skip(shift);
                for (to, from) in to.iter_mut().zip(shifted) {
                    *to += weight * from;
                }
            }
        }
        smooth
    }
}

/// The line with its ends repeated `margin` times.
fn pad(line: &[f32], margin: usize, padded: &mut Vec<f32>) {
    let first = line.first().copied().unwrap_or_default();
    let last = line.last().copied().unwrap_or_default();
    padded.clear();
    padded.extend(core::iter::repeat_n(first, margin));
    padded.extend_from_slice(line);
    padded.extend(core::iter::repeat_n(last, margin));
}

fn running_mean(line: &mut [f32], radius: usize, padded: &mut Vec<f32>) {
    pad(line, radius + 1, padded);
    let length = 2 * radius + 1;
    let scale = 1.0 / length as f64;
    let mut sum: f64 = padded.iter().take(length).map(|v| f64::from(*v)).sum();
    let (leaving, entering) = (padded.iter(), padded.iter().skip(length));
    for ((value, leaving), entering) in line.iter_mut().zip(leaving).zip(entering) {
        sum += f64::from(*entering) - f64::from(*leaving);
        *value = (sum * scale) as f32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outside_is_nothing_or_the_nearest() {
        let plane = Plane::of(3, 2, |x, y| (10 * y + x) as f32);
        assert_eq!(
            (plane.at(2, 1), plane.at(3, 0), plane.at(0, 2)),
            (12.0, 0.0, 0.0)
        );
        assert_eq!((plane.at_signed(-1, 0), plane.near(-5, 9)), (0.0, 10.0));
        assert_eq!(
            (plane.sample(0.5, 0.5), plane.sample(9.0, -4.0)),
            (5.5, 2.0)
        );
        assert_eq!(plane.transposed().row(2), &[2.0, 12.0]);
        assert_eq!(plane.row(7), &[] as &[f32]);
    }

    #[test]
    fn blurs_keep_a_plain_and_spread_a_point() {
        let plain = Plane::filled(9, 7, 4.0_f32);
        let point = Plane::of(41, 41, |x, y| if (x, y) == (20, 20) { 1.0 } else { 0.0 });
        for blur in [
            |p: &Plane<f32>| p.gaussian(2.0),
            |p: &Plane<f32>| p.clone().box_blurred(4),
        ] {
            assert!(blur(&plain).values().iter().all(|v| (v - 4.0).abs() < 1e-4));
            let spread = blur(&point);
            assert!((spread.values().iter().sum::<f32>() - 1.0).abs() < 1e-4);
            assert!((spread.at(18, 20) - spread.at(20, 22)).abs() < 1e-6);
        }
    }
}
