//! Fingers of nobody, after the published SFinGe method (Cappelli, Maio, Maltoni 2002), made fast enough for hundreds: the same idea
//! as the specimens' fingers, whose drawing depends on this crate's users and therefore cannot be used here.

use std::f32::consts::{PI, TAU};

use super::random::{Field, Random};

/// Size of the ridges of one finger in pixels at 500 ppi: larger than what one impression shows.
pub const WIDTH: usize = 464;
pub const HEIGHT: usize = 608;
/// Pixels that share a filter.
const BLOCK: usize = 8;
const RADIUS: usize = 10;
const TAPS: usize = 2 * RADIUS + 1;
const ROUNDS: usize = 26;

/// The pattern of the ridges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    RightLoop,
    LeftLoop,
    Whorl,
    Arch,
}

/// The ridges of a finger: 1 on a ridge, −1 in a valley.
pub struct Finger {
    pub seed: u64,
    pub class: Class,
    pub ridges: Field,
}

impl Finger {
    /// The finger of a seed, its class about as often as among people.
    pub fn grow(seed: u64) -> Self {
        let class = match Random::new(seed, "class").unit() {
            share if share < 0.33 => Class::RightLoop,
            share if share < 0.66 => Class::LeftLoop,
            share if share < 0.94 => Class::Whorl,
            _ => Class::Arch,
        };
        Self::grow_as(seed, class)
    }

    pub fn grow_as(seed: u64, class: Class) -> Self {
        let mut random = Random::new(seed, "ridges");
        let columns = WIDTH / BLOCK;
        let period = random.between(8.0, 10.2);
        let wider = Field::noise(WIDTH / BLOCK, HEIGHT / BLOCK, 9.0, &mut random);
        let direction = directions(seed, class);
        let filters: Vec<Filter> = (0..columns * (HEIGHT / BLOCK))
            .map(|block| {
                let period = period * (1.0 + 0.05 * wider.values[block].clamp(-2.0, 2.0));
                Filter::of(direction(block % columns, block / columns), period)
            })
            .collect();
        let mut ridges = Field::of(WIDTH, HEIGHT, |_, _| 0.0);
        let starts = random.between(110.0, 220.0) as usize;
        for _ in 0..starts {
            let (x, y) = (random.unit() * WIDTH as f32, random.unit() * HEIGHT as f32);
            ridges.values[y as usize * WIDTH + x as usize] = 1.0;
        }
        for _ in 0..ROUNDS {
            ridges = one_round(&ridges, &filters);
        }
        Self {
            seed,
            class,
            ridges,
        }
    }
}

/// The direction of the ridges of each block, by the zero-pole model of Sherlock and Monro, gently bent.
fn directions(seed: u64, class: Class) -> impl Fn(usize, usize) -> f32 {
    let mut random = Random::new(seed, "orientation");
    let mut near = |points: &[(f32, f32)]| -> Vec<(f32, f32)> {
        let point = |(x, y): &(f32, f32)| (x + 16.0 * random.normal(), y + 16.0 * random.normal());
        points.iter().map(point).collect()
    };
    let (loops, deltas) = match class {
        Class::RightLoop => (near(&[(0.0, 20.0)]), near(&[(-80.0, -110.0)])),
        Class::LeftLoop => (near(&[(0.0, 20.0)]), near(&[(80.0, -110.0)])),
        Class::Whorl => (
            near(&[(0.0, 45.0), (0.0, -15.0)]),
            near(&[(-105.0, -110.0), (105.0, -110.0)]),
        ),
        Class::Arch => (Vec::new(), Vec::new()),
    };
    let steepness = 1.2 + 0.2 * random.normal();
    let bend = Field::noise(WIDTH / BLOCK, HEIGHT / BLOCK, 10.0, &mut random);
    move |column, row| {
        let middle =
            |block: usize, length: usize| (block * BLOCK + BLOCK / 2) as f32 - length as f32 / 2.0;
        let (x, y) = (middle(column, WIDTH), -middle(row, HEIGHT));
        let turns = |points: &[(f32, f32)]| -> f32 {
            points.iter().map(|(px, py)| (y - py).atan2(x - px)).sum()
        };
        let angle = if class == Class::Arch {
            let height = ((y + 60.0) / 150.0).powi(2);
            let slope = -steepness * (PI * x / WIDTH as f32).sin() * (-height).exp();
            slope.clamp(-3.0, 3.0).atan()
        } else {
            0.5 * (turns(&loops) - turns(&deltas))
        };
        -(angle + 0.06 * bend.values[row * (WIDTH / BLOCK) + column])
    }
}

/// A Gabor filter under a round Gaussian, as two products of a line and a column.
struct Filter {
    line: [[f32; TAPS]; 2],
    column: [[f32; TAPS]; 2],
}

impl Filter {
    fn of(direction: f32, period: f32) -> Self {
        let (u, v) = (
            -direction.sin() * TAU / period,
            direction.cos() * TAU / period,
        );
        let mut filter = Self {
            line: [[0.0; TAPS]; 2],
            column: [[0.0; TAPS]; 2],
        };
        let mut total = 0.0;
        for tap in 0..TAPS {
            let d = tap as f32 - RADIUS as f32;
            let weight = (-0.5 * (d / (0.42 * period)).powi(2)).exp();
            total += weight;
            filter.line[0][tap] = weight * (u * d).cos();
            filter.line[1][tap] = weight * (u * d).sin();
            filter.column[0][tap] = weight * (v * d).cos();
            filter.column[1][tap] = weight * (v * d).sin();
        }
        let scale = 2.0 / (total * total);
        filter
            .column
            .iter_mut()
            .flatten()
            .for_each(|value| *value *= scale);
        filter
    }
}

fn one_round(from: &Field, filters: &[Filter]) -> Field {
    let stride = WIDTH + 2 * RADIUS;
    let mut padded = vec![0.0_f32; stride * (HEIGHT + 2 * RADIUS)];
    for (y, row) in from.values.chunks_exact(WIDTH).enumerate() {
        let start = (y + RADIUS) * stride + RADIUS;
        padded[start..start + WIDTH].copy_from_slice(row);
    }
    let mut next = from.clone();
    for (number, filter) in filters.iter().enumerate() {
        let (x, y) = (
            number % (WIDTH / BLOCK) * BLOCK,
            number / (WIDTH / BLOCK) * BLOCK,
        );
        let mut sums = [[0.0_f32; BLOCK]; BLOCK];
        for step in 0..BLOCK + 2 * RADIUS {
            let pixels = &padded[(y + step) * stride + x..][..BLOCK + 2 * RADIUS];
            let (mut even, mut odd) = ([0.0_f32; BLOCK], [0.0_f32; BLOCK]);
            for (tap, window) in pixels.windows(BLOCK).take(TAPS).enumerate() {
                for i in 0..BLOCK {
                    even[i] += filter.line[0][tap] * window[i];
                    odd[i] += filter.line[1][tap] * window[i];
                }
            }
            for (row, line) in sums.iter_mut().enumerate() {
                if let Some(tap) = step.checked_sub(row).filter(|tap| *tap < TAPS) {
                    for i in 0..BLOCK {
                        line[i] += filter.column[0][tap] * even[i] - filter.column[1][tap] * odd[i];
                    }
                }
            }
        }
        for (row, line) in sums.iter().enumerate() {
            let start = (y + row) * WIDTH + x;
            let to = next.values[start..start + BLOCK].iter_mut();
            to.zip(line)
                .for_each(|(to, sum)| *to = (sum * 9.0).clamp(-1.0, 1.0));
        }
    }
    next
}
