use super::blocks::BLOCK;

/// Sums of the products of a block's grey-level gradients.
///
/// The gradients are central differences inside and plain differences at the block's edges, here doubled so that everything stays
/// whole: the sums are four times those of NFIQ 2.3, and exact.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Gradients {
    pub(super) xx: i64,
    pub(super) yy: i64,
    pub(super) xy: i64,
}

impl Gradients {
    /// Of a block of at most [`BLOCK`] columns. A block of one row or column has no gradient along it.
    pub(super) fn of<'a>(rows: impl Iterator<Item = &'a [u8]> + Clone) -> Self {
        let mut sums = Self::default();
        let first = rows.clone().take(1);
        let last = rows.clone().skip(1).chain(rows.clone().last());
        let above = first.chain(rows.clone());
        let count = rows.clone().count();
        for (place, ((above, row), below)) in above.zip(rows).zip(last).enumerate() {
            let edge = place == 0 || place + 1 == count;
            let down = down(above, below, if edge { 2 } else { 1 });
            for (x, y) in across(row).into_iter().zip(down).take(row.len()) {
                sums.xx += i64::from(x * x);
                sums.yy += i64::from(y * y);
                sums.xy += i64::from(x * y);
            }
        }
        sums
    }

    /// The mean squares and the mean product of a block of `pixels`.
    pub(super) fn means(self, pixels: usize) -> (f64, f64, f64) {
        let scale = 0.25 / pixels as f64;
        (
            self.xx as f64 * scale,
            self.yy as f64 * scale,
            self.xy as f64 * scale,
        )
    }

    /// The direction across the ridges, from the x axis.
    pub(super) fn normal(self, pixels: usize) -> f64 {
        let (a, b, c) = self.means(pixels);
        let denominator = (c * c + (a - b) * (a - b)) + f64::EPSILON;
        (c / denominator).atan2((a - b) / denominator) / 2.0
    }

    /// 1 when grey levels change in one direction only, 0 when in all alike; none without any change.
    pub(super) fn certainty(self, pixels: usize) -> Option<f64> {
        let (a, b, c) = self.means(pixels);
        let root = ((a - b) * (a - b) + 4.0 * (c * c)).sqrt();
        let (largest, smallest) = (((a + b) + root) / 2.0, ((a + b) - root) / 2.0);
        (largest != 0.0).then(|| 1.0 - smallest / largest)
    }

    /// The length of the mean squared gradient in proportion to the mean length; 0 without any change.
    pub(super) fn coherence(self) -> f64 {
        let (along, diagonal) = ((self.xx - self.yy) as f64, (2 * self.xy) as f64);
        // The length of a squared gradient is the square of its length.
        let lengths = (self.xx + self.yy) as f64;
        if lengths == 0.0 {
            0.0
        } else {
            (along * along + diagonal * diagonal).sqrt() / lengths
        }
    }
}

fn down(above: &[u8], below: &[u8], scale: i32) -> [i32; BLOCK] {
    let mut out = [0; BLOCK];
    for ((out, &above), &below) in out.iter_mut().zip(above).zip(below) {
        *out = scale * (i32::from(below) - i32::from(above));
    }
    out
}

fn across(row: &[u8]) -> [i32; BLOCK] {
    let mut out = [0; BLOCK];
    let inner = out.iter_mut().skip(1).zip(row.windows(3));
    for (out, window) in inner {
        if let [left, _, right] = window {
            *out = i32::from(*right) - i32::from(*left);
        }
    }
    if let ([first, second, ..], Some(out)) = (row, out.first_mut()) {
        *out = 2 * (i32::from(*second) - i32::from(*first));
    }
    if let ([.., last_but_one, last], Some(out)) = (row, out.get_mut(row.len().saturating_sub(1))) {
        *out = 2 * (i32::from(*last) - i32::from(*last_but_one));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(rows: &[&[u8]]) -> Gradients {
        Gradients::of(rows.iter().copied())
    }

    #[test]
    fn gradients_of_small_blocks() {
        let rows: [&[&[u8]]; 5] = [
            &[&[7]],
            &[&[1, 4]],
            &[&[1], &[4], &[5]],
            &[&[0, 1], &[2, 3]],
            &[],
        ];
        let sums = [
            (0, 0, 0),
            (72, 0, 0),
            (0, 36 + 16 + 4, 0),
            (16, 64, 32),
            (0, 0, 0),
        ];
        for (rows, (xx, yy, xy)) in rows.into_iter().zip(sums) {
            assert_eq!(of(rows), Gradients { xx, yy, xy }, "{rows:?}");
        }
    }

    #[test]
    fn a_slope_is_certain_and_noise_is_not() {
        let slope = of(&[&[0, 1, 2], &[0, 1, 2], &[0, 1, 2]]);
        assert_eq!(
            (slope.certainty(9), slope.coherence(), slope.normal(9)),
            (Some(1.0), 1.0, 0.0)
        );
        let even = Gradients {
            xx: 8,
            yy: 8,
            xy: 0,
        };
        assert_eq!((even.certainty(4), even.coherence()), (Some(0.0), 0.0));
        let none = Gradients::default();
        assert_eq!(
            (none.certainty(4), none.coherence(), none.normal(4)),
            (None, 0.0, 0.0)
        );
    }
}
