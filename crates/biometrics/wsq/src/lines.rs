//! One line of samples, split into its bands or joined from them: which samples make which, in what order they are summed.
//!
//! Sums of singles depend on their order. The orders here are those of the reference, so that no pixel differs.

use crate::filters::{FilterBank, starts};

/// A sample and what it is multiplied by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Term {
    pub(crate) sample: usize,
    pub(crate) factor: f32,
}

/// For every sample of the result, the terms of its sum.
#[derive(Default)]
pub(crate) struct Plan {
    terms: Vec<Term>,
    ends: Vec<usize>,
}

/// How a line goes on beyond an end.
#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    /// Mirrored at the last sample.
    Whole,
    /// Mirrored behind it: it is repeated.
    Half,
    /// Mirrored at a zero behind it, with opposite sign.
    Zero,
}

/// A line of samples and what lies beyond it.
#[derive(Clone, Copy)]
struct Extended {
    len: usize,
    left: End,
    right: End,
    /// Mirrored samples change sign.
    odd: bool,
}

impl Extended {
    /// The sample at a place that may lie outside, and its sign. None where there is a zero.
    fn sample(self, place: isize) -> Option<(usize, f32)> {
        let len = isize::try_from(self.len).ok()?;
        let (mut place, mut sign) = (place, 1.0);
        let flipped = if self.odd { -1.0 } else { 1.0 };
        if len == 1 && (self.left, self.right) == (End::Whole, End::Whole) {
            return Some((0, 1.0));
        }
        if len == 0 {
            return None;
        }
        loop {
            if place < 0 {
                place = if self.left == End::Whole {
                    -place
                } else {
                    -1 - place
                };
                sign *= flipped;
            } else if place < len {
                return Some((usize::try_from(place).ok()?, sign));
            } else {
                place = match self.right {
                    End::Whole => 2 * (len - 1) - place,
                    End::Half => 2 * len - 1 - place,
                    End::Zero if place == len => return None,
                    End::Zero => 2 * len - place,
                };
                sign *= flipped;
            }
        }
    }
}

/// Where the bands of a line lie: offset of the low band, its length, offset of the high band, its length.
fn bands(len: usize, high_first: bool) -> [usize; 4] {
    let (low, high) = (len.div_ceil(2), len / 2);
    if high_first {
        [high, low, 0, high]
    } else {
        [0, low, low, high]
    }
}

impl Plan {
    fn close(&mut self) {
        self.ends.push(self.terms.len());
    }

    /// The terms of each sample of the result, in order.
    pub(crate) fn sums(&self) -> impl Iterator<Item = &[Term]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let spans = starts.zip(&self.ends);
        spans.map(|(start, &end)| self.terms.get(start..end).unwrap_or_default())
    }

    /// Splits a line into its bands, with filters of odd lengths.
    pub(crate) fn splitting(len: usize, bank: &FilterBank, high_first: bool) -> Self {
        let line = Extended {
            len,
            left: End::Whole,
            right: End::Whole,
            odd: false,
        };
        let [_, low, _, high] = bands(len, high_first);
        let mut plan = Self::default();
        let mut band = |samples: usize, taps: &[f32], before: usize| {
            for sample in 0..samples {
                let first = 2 * sample as isize - before as isize;
                for (place, &factor) in (first..).zip(taps) {
                    if let Some((sample, _)) = line.sample(place) {
                        plan.terms.push(Term { sample, factor });
                    }
                }
                plan.close();
            }
        };
        let low = (low, bank.low.as_slice(), bank.low.len() / 2);
        let high = (
            high,
            bank.high.as_slice(),
            (bank.high.len() / 2).saturating_sub(1),
        );
        for (samples, taps, before) in if high_first { [high, low] } else { [low, high] } {
            band(samples, taps, before);
        }
        plan
    }

    /// Joins a line from its bands: every second tap, first over the low band, then over the high band.
    pub(crate) fn joining(len: usize, bank: &FilterBank, high_first: bool) -> Self {
        let mut plan = Self::default();
        let Some(starts) = starts(bank.low.len(), bank.high.len()) else {
            return plan;
        };
        let [low_at, _, high_at, _] = bands(len, high_first);
        let (low, high) = extended_bands(len, bank.is_even());
        for sample in 0..len {
            let step = sample + usize::from(!starts.odd_first);
            let (place, tap) = ((step / 2) as isize, 1 - step % 2);
            plan.every_second(&bank.low, tap, low, place + starts.low, low_at);
            plan.every_second(&bank.high, tap, high, place + starts.high, high_at);
            plan.close();
        }
        plan
    }

    fn every_second(&mut self, taps: &[f32], tap: usize, band: Extended, place: isize, at: usize) {
        for (place, &factor) in (place..).zip(taps.iter().skip(tap).step_by(2)) {
            if let Some((sample, sign)) = band.sample(place) {
                let (sample, factor) = (at + sample, sign * factor);
                self.terms.push(Term { sample, factor });
            }
        }
    }
}

/// How the low and the high band of a line go on beyond their ends.
fn extended_bands(len: usize, even_filters: bool) -> (Extended, Extended) {
    let even_line = len.is_multiple_of(2);
    let low_right = if even_line { End::Half } else { End::Whole };
    let high_right = match (even_filters, even_line) {
        (false, true) => End::Whole,
        (false, false) | (true, true) => End::Half,
        (true, false) => End::Zero,
    };
    let low = Extended {
        len: len.div_ceil(2),
        left: if even_filters { End::Half } else { End::Whole },
        right: low_right,
        odd: false,
    };
    let high = Extended {
        len: len / 2,
        left: End::Half,
        right: high_right,
        odd: even_filters,
    };
    (low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(len: usize, left: End, right: End, odd: bool) -> Vec<isize> {
        let line = Extended {
            len,
            left,
            right,
            odd,
        };
        let shown = (-3..len as isize + 3).map(|place| match line.sample(place) {
            Some((sample, sign)) => sign as isize * (sample as isize + 1),
            None => 0,
        });
        shown.collect()
    }

    #[test]
    fn lines_go_on() {
        use End::{Half, Whole, Zero};
        assert_eq!(
            shown(4, Whole, Whole, false),
            [4, 3, 2, 1, 2, 3, 4, 3, 2, 1]
        );
        assert_eq!(shown(4, Whole, Half, false), [4, 3, 2, 1, 2, 3, 4, 4, 3, 2]);
        assert_eq!(
            shown(4, Half, Half, true),
            [-3, -2, -1, 1, 2, 3, 4, -4, -3, -2]
        );
        assert_eq!(shown(3, Half, Zero, true), [-3, -2, -1, 1, 2, 3, 0, -3, -2]);
        assert_eq!(shown(1, Whole, Whole, false), [1; 7]);
        assert_eq!(shown(2, Whole, Whole, false), [2, 1, 2, 1, 2, 1, 2, 1]);
        assert_eq!(shown(0, Half, Whole, false), [0; 6]);
    }

    /// What is split and joined again is what it was, at every length, in double the precision of a single's sums.
    #[test]
    fn joining_undoes_splitting() {
        let mut table = Vec::new();
        FilterBank::analysis().write(&mut table);
        let joined = FilterBank::read(&mut crate::cursor::Cursor::new(&table[2..])).unwrap();
        let apply = |plan: &Plan, line: &[f32]| -> Vec<f32> {
            let sum = |terms: &[Term]| terms.iter().map(|t| t.factor * line[t.sample]).sum();
            plan.sums().map(sum).collect()
        };
        for len in 1..40 {
            for high_first in [false, true] {
                let line: Vec<f32> = (0..len)
                    .map(|i| ((i * i * 7919) % 251) as f32 - 125.0)
                    .collect();
                let split = Plan::splitting(len, &FilterBank::analysis(), high_first);
                let join = Plan::joining(len, &joined, high_first);
                let back = apply(&join, &apply(&split, &line));
                for (a, b) in line.iter().zip(&back) {
                    assert!(
                        (a - b).abs() < 1e-3,
                        "{len} {high_first}: {line:?} {back:?}"
                    );
                }
            }
        }
    }
}
