//! Luminance of the face and what its histogram tells (ISO 29794-5, ids 44 to 48).

use super::MeasureId;

/// sRGB to luminance, by tables for each channel.
pub(crate) struct Luminance {
    red: [f32; 256],
    green: [f32; 256],
    blue: [f32; 256],
}

/// sRGB to linear light, 0 to 1.
pub(crate) fn linear(c: f64) -> f64 {
    if c > 0.04045 {
        ((c + 0.055) / 1.055).powf(2.4)
    } else {
        c / 12.92
    }
}

impl Luminance {
    pub(crate) fn new() -> Self {
        let table = |weight: f64| {
            core::array::from_fn(|level| (255.0 * weight * linear(level as f64 / 255.0)) as f32)
        };
        Self {
            red: table(0.2126),
            green: table(0.7152),
            blue: table(0.0722),
        }
    }

    /// `⌊255·Y + 0.5⌋` with `Y = 0.2126 R + 0.7152 G + 0.0722 B` in linear light.
    pub(crate) fn of(&self, [r, g, b]: [u8; 3]) -> u8 {
        let share = |table: &[f32; 256], level: u8| {
            table.get(usize::from(level)).copied().unwrap_or_default()
        };
        let y = share(&self.red, r) + share(&self.green, g) + share(&self.blue, b);
        (y + 0.5) as u8
    }
}

/// How many pixels have each luminance.
#[derive(Clone, Copy)]
pub(crate) struct Histogram {
    counts: [u32; 256],
}

impl Histogram {
    pub(crate) const fn new() -> Self {
        Self { counts: [0; 256] }
    }

    pub(crate) fn add(&mut self, luminance: u8) {
        if let Some(count) = self.counts.get_mut(usize::from(luminance)) {
            *count += 1;
        }
    }

    fn total(&self) -> f64 {
        self.counts.iter().map(|&count| f64::from(count)).sum()
    }

    fn shares(&self) -> impl Iterator<Item = (f64, f64)> {
        let total = self.total();
        self.counts
            .iter()
            .enumerate()
            .map(move |(level, &count)| (level as f64 / 255.0, f64::from(count) / total))
    }

    /// The sum of the lesser of the two shares of each level: 1 for the same distribution.
    pub(crate) fn likeness(&self, other: &Self) -> f64 {
        self.shares()
            .zip(other.shares())
            .map(|((_, one), (_, other))| one.min(other))
            .sum()
    }

    /// The luminance, 0 to 1, that a share of the pixels does not exceed; none of none.
    pub(crate) fn quantile(&self, share: f64) -> Option<f64> {
        let wanted = share * self.total();
        let mut sum = 0.0;
        let reached = |&count: &u32| {
            sum += f64::from(count);
            sum > 0.0 && sum >= wanted
        };
        self.counts
            .iter()
            .position(reached)
            .map(|level| level as f64 / 255.0)
    }

    /// Mean luminance, 0 to 1.
    pub(crate) fn mean(&self) -> f64 {
        self.shares().map(|(level, share)| level * share).sum()
    }

    /// The measures of a face's histogram; nothing when it is empty.
    pub(crate) fn measures(&self) -> [(MeasureId, f64); 5] {
        let mean = self.mean();
        let (mut variance, mut dark, mut bright, mut entropy) = (0.0, 0.0, 0.0, 0.0);
        for (step, (level, share)) in self.shares().enumerate() {
            variance += share * (level - mean) * (level - mean);
            match step {
                0..=25 => dark += share,
                247.. => bright += share,
                _ => {}
            }
            if share > 0.0 {
                entropy -= share * share.log2();
            }
        }
        [
            (MeasureId::LuminanceMean, mean),
            (MeasureId::LuminanceVariance, variance),
            (MeasureId::UnderExposurePrevention, dark),
            (MeasureId::OverExposurePrevention, bright),
            (MeasureId::DynamicRange, entropy),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn luminance_is_linear_light() {
        let luminance = Luminance::new();
        for (rgb, want) in [
            ([0, 0, 0], 0),
            ([255, 255, 255], 255),
            ([255, 0, 0], 54),     // 255 · 0.2126 = 54.2
            ([0, 255, 0], 182),    // 182.4
            ([0, 0, 255], 18),     // 18.4
            ([128, 128, 128], 55), // ((128/255 + 0.055)/1.055)^2.4 = 0.21586, · 255 = 55.04
            ([10, 10, 10], 1),     // 10/255/12.92 · 255 = 0.774
        ] {
            assert_eq!(luminance.of(rgb), want, "{rgb:?}");
        }
    }

    /// Mean, variance, dark share, bright share, entropy: by hand.
    #[test]
    fn histograms_are_summed_up() {
        let check = |levels: &[u8], want: [f64; 5]| {
            let mut histogram = Histogram::new();
            for &level in levels {
                histogram.add(level);
            }
            for ((id, found), want) in histogram.measures().into_iter().zip(want) {
                assert!((found - want).abs() < 1e-9, "{id}: {found}, not {want}");
            }
        };
        check(&[51; 9], [0.2, 0.0, 0.0, 0.0, 0.0]);
        check(&[0, 255], [0.5, 0.25, 0.5, 0.5, 1.0]);
        check(
            &[25, 26, 246, 247],
            [136.0 / 255.0, 12210.5 / 65025.0, 0.25, 0.25, 2.0],
        );
        let ramp: Vec<u8> = (0..=255).collect();
        check(
            &ramp,
            [
                0.5,
                65535.0 / 12.0 / 65025.0,
                26.0 / 256.0,
                9.0 / 256.0,
                8.0,
            ],
        );
    }

    #[test]
    fn likeness_is_the_common_share() {
        let of = |levels: &[u8]| {
            let mut histogram = Histogram::new();
            levels.iter().for_each(|&level| histogram.add(level));
            histogram
        };
        for (one, other, want) in [
            (&[7_u8, 7][..], &[7_u8; 5][..], 1.0),
            (&[7], &[8], 0.0),
            (&[1, 2, 3, 4], &[3, 4, 5, 6], 0.5),
            (&[1, 1, 1, 2], &[1, 2, 2, 2], 0.5),
        ] {
            assert!(
                (of(one).likeness(&of(other)) - want).abs() < 1e-12,
                "{one:?} {other:?}"
            );
        }
    }
}
