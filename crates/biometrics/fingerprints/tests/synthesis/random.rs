//! Randomness that is the same everywhere, and smooth fields of it.

/// SplitMix64 (Steele, Lea, Flood 2014).
#[derive(Clone)]
pub struct Random(u64);

impl Random {
    /// A source of its own for each purpose.
    pub fn new(seed: u64, purpose: &str) -> Self {
        let state = purpose
            .bytes()
            .fold(mix(seed), |state, byte| mix(state ^ u64::from(byte)));
        Self(state)
    }

    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// Uniform in 0 ≤ x < 1.
    pub fn unit(&mut self) -> f32 {
        (self.bits() >> 40) as f32 / (1_u32 << 24) as f32
    }

    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// Normal, mean 0 and deviation 1.
    pub fn normal(&mut self) -> f32 {
        (0..12).map(|_| self.unit()).sum::<f32>() - 6.0
    }
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Numbers over a picture, row by row.
#[derive(Clone)]
pub struct Field {
    pub width: usize,
    pub height: usize,
    pub values: Vec<f32>,
}

impl Field {
    pub fn of(width: usize, height: usize, mut value: impl FnMut(usize, usize) -> f32) -> Self {
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

    /// Gaussian noise smoothed over a distance, mean 0 and deviation 1. Drawn on a coarse grid where the distance allows.
    pub fn noise(width: usize, height: usize, distance: f32, random: &mut Random) -> Self {
        let step = (distance / 2.5).floor().max(1.0);
        let size = |pixels: usize| (pixels as f32 / step).ceil() as usize + 2;
        let mut coarse = Self::of(size(width), size(height), |_, _| random.normal());
        coarse.blur(distance / step);
        let count = coarse.values.len() as f32;
        let mean = coarse.values.iter().sum::<f32>() / count;
        let squares: f32 = coarse.values.iter().map(|v| (v - mean).powi(2)).sum();
        let deviation = (squares / count).sqrt().max(1e-6);
        coarse
            .values
            .iter_mut()
            .for_each(|v| *v = (*v - mean) / deviation);
        if step == 1.0 {
            return Self::of(width, height, |x, y| coarse.values[y * coarse.width + x]);
        }
        Self::of(width, height, |x, y| {
            coarse.sample(x as f32 / step, y as f32 / step)
        })
    }

    /// About a Gaussian blur: three running means each way.
    pub fn blur(&mut self, deviation: f32) {
        let radius = ((deviation * deviation * 4.0 + 1.0).sqrt() * 0.5).round() as usize;
        if radius == 0 {
            return;
        }
        for _ in 0..2 {
            for row in self.values.chunks_exact_mut(self.width) {
                (0..3).for_each(|_| running_mean(row, radius));
            }
            *self = Self::of(self.height, self.width, |x, y| {
                self.values[x * self.width + y]
            });
        }
    }

    /// The value between four pixels; that of the border outside.
    pub fn sample(&self, x: f32, y: f32) -> f32 {
        let x = x.clamp(0.0, (self.width - 1) as f32);
        let y = y.clamp(0.0, (self.height - 1) as f32);
        let (left, top) = (x as usize, y as usize);
        let (right, down) = (
            (left + 1).min(self.width - 1),
            (top + 1).min(self.height - 1),
        );
        let (u, v) = (x - left as f32, y - top as f32);
        let value = |x: usize, y: usize| self.values[y * self.width + x];
        let upper = value(left, top) * (1.0 - u) + value(right, top) * u;
        let lower = value(left, down) * (1.0 - u) + value(right, down) * u;
        upper * (1.0 - v) + lower * v
    }
}

fn running_mean(line: &mut [f32], radius: usize) {
    let from = line.to_vec();
    let last = from.len() - 1;
    let at = |index: isize| from[index.clamp(0, last as isize) as usize];
    let reach = radius as isize;
    let mut sum: f32 = (-reach..=reach).map(at).sum();
    for (index, value) in line.iter_mut().enumerate() {
        *value = sum / (2 * radius + 1) as f32;
        let index = index as isize;
        sum += at(index + reach + 1) - at(index - reach);
    }
}
