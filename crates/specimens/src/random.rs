//! Randomness that is the same on every machine and in every release: fixtures must not change
//! because a library chose another generator.

/// SplitMix64 (Steele, Lea, Flood 2014): small, and good enough for drawing.
#[derive(Debug, Clone)]
pub(crate) struct Random {
    state: u64,
}

impl Random {
    /// A source of its own for each purpose, so that one more hair does not move the pores.
    pub(crate) fn new(seed: u64, purpose: &str) -> Self {
        let state = purpose
            .bytes()
            .fold(mix(seed), |state, byte| mix(state ^ u64::from(byte)));
        Self { state }
    }

    pub(crate) fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.state)
    }

    /// Uniform in 0 ≤ x < 1.
    pub(crate) fn unit(&mut self) -> f32 {
        (self.bits() >> 40) as f32 / (1_u32 << 24) as f32
    }

    /// Uniform in `low` ≤ x < `high`.
    pub(crate) fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// Normal with mean 0 and deviation 1: the sum of twelve uniform numbers, which needs no
    /// function that differs between mathematical libraries.
    pub(crate) fn normal(&mut self) -> f32 {
        (0..12).map(|_| self.unit()).sum::<f32>() - 6.0
    }
}

/// Smooth noise in −1 … 1 over the plane, with features of the size 1.
pub(crate) fn noise(x: f32, y: f32, seed: u64) -> f32 {
    let (column, row) = (x.floor(), y.floor());
    let (u, v) = (fade(x - column), fade(y - row));
    let corner = |dx: f32, dy: f32| {
        let cell = ((column + dx) as i64 as u64)
            .wrapping_mul(0x9E37_79B9_7F4A_7C15)
            .wrapping_add(((row + dy) as i64 as u64).wrapping_mul(0xC2B2_AE3D_27D4_EB4F));
        let bits = mix(cell ^ seed);
        (bits >> 40) as f32 / (1_u32 << 23) as f32 - 1.0
    };
    let upper = corner(0.0, 0.0) + (corner(1.0, 0.0) - corner(0.0, 0.0)) * u;
    let lower = corner(0.0, 1.0) + (corner(1.0, 1.0) - corner(0.0, 1.0)) * u;
    upper + (lower - upper) * v
}

fn fade(t: f32) -> f32 {
    t * t * (3.0 - 2.0 * t)
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Other numbers would be other fixtures.
    #[test]
    fn numbers_never_change() {
        let mut random = Random { state: 1_234_567 };
        assert_eq!(random.bits(), 6_457_827_717_110_365_317);
        assert_eq!(random.bits(), 3_203_168_211_198_807_973);
        assert_ne!(Random::new(1, "a").bits(), Random::new(1, "b").bits());
        assert_ne!(Random::new(1, "a").bits(), Random::new(2, "a").bits());
    }

    #[test]
    fn normal_numbers_are_normal() {
        let mut random = Random::new(3, "test");
        let numbers: Vec<f32> = (0..20_000).map(|_| random.normal()).collect();
        let mean = numbers.iter().sum::<f32>() / 20_000.0;
        let square = numbers.iter().map(|n| n * n).sum::<f32>() / 20_000.0;
        assert!(mean.abs() < 0.03 && (square - 1.0).abs() < 0.05);
    }

    #[test]
    fn noise_is_smooth_and_bounded() {
        for i in 0..2_000 {
            let (x, y) = (i as f32 * 0.037 - 20.0, i as f32 * 0.011 - 7.0);
            let here = noise(x, y, 5);
            assert!((-1.0..=1.0).contains(&here));
            assert!((noise(x + 0.001, y, 5) - here).abs() < 0.01);
        }
    }
}
