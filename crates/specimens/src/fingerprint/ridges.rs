use core::f32::consts::PI;

use super::impression::finger_reach;
use crate::curve::{Point, at};
use crate::random::Random;
use crate::raster::{Field, Grid};

/// Distance from ridge to ridge in pixels at 500 per inch: least and most, of one finger and another.
const PERIODS: (f32, f32) = (8.4, 9.6);
/// Deviation of the Gaussian of the filter, in periods.
const DEVIATION: f32 = 0.42;
/// Radius of the filter in pixels: beyond it the Gaussian is below 6 %.
const RADIUS: usize = 9;
/// Directions that have a filter of their own.
const DIRECTIONS: usize = 24;
/// Points where ridges start to grow.
const SEEDS: usize = 160;
/// Rounds of growth: after twenty the finger is full, then the ridges settle.
const ROUNDS: usize = 32;
/// What a filter's answer is multiplied with before it is cut to −1 … 1.
const GAIN: f32 = 9.0;
/// How far beyond the contact area ridges are grown.
const REACH: f32 = 1.3;

/// Grows ridges (1) and valleys (−1) along the directions. Where growth from two points meets out
/// of step, a minutia appears.
pub(super) fn grow(seed: u64, directions: &Field) -> Field {
    let period = Random::new(seed, "period").between(PERIODS.0, PERIODS.1);
    let filters: Vec<Filter> = (0..DIRECTIONS)
        .map(|direction| Filter::of(direction, period))
        .collect();
    let mut ridges = Ridges::start(seed, directions, &filters);
    for _ in 0..ROUNDS {
        ridges.grow();
    }
    directions.carrying(ridges.inner())
}

/// A Gabor filter for one direction: a wave across the ridges under a Gaussian.
struct Filter {
    /// Row by row, a square of side 2 × RADIUS + 1.
    weights: Vec<f32>,
}

impl Filter {
    const SIDE: usize = 2 * RADIUS + 1;

    fn of(direction: usize, period: f32) -> Self {
        let (sin, cos) = (direction as f32 * PI / DIRECTIONS as f32).sin_cos();
        let steps = || (0..Self::SIDE).map(|step| step as f32 - RADIUS as f32);
        let weights: Vec<f32> = steps()
            .flat_map(|y| steps().map(move |x| (x, y)))
            .map(|(x, y)| {
                let across = y * cos - x * sin;
                let distance = at(x, y).length() / (DEVIATION * period);
                (-0.5 * distance * distance).exp() * (2.0 * PI * across / period).cos()
            })
            .collect();
        let mean = weights.iter().sum::<f32>() / weights.len() as f32;
        let total: f32 = weights.iter().map(|weight| (weight - mean).abs()).sum();
        Self {
            weights: weights
                .iter()
                .map(|weight| (weight - mean) / total)
                .collect(),
        }
    }
}

/// The state of growth, with a margin of RADIUS pixels around the picture.
struct Ridges<'a> {
    grid: Grid,
    stride: usize,
    values: Vec<f32>,
    /// The filter of each pixel, row by row; none where the finger does not reach.
    filters: Vec<Option<&'a Filter>>,
}

impl<'a> Ridges<'a> {
    fn start(seed: u64, directions: &Field, filters: &'a [Filter]) -> Self {
        let grid = directions.grid();
        let stride = grid.width + 2 * RADIUS;
        let mut values = vec![0.0; stride * (grid.height + 2 * RADIUS)];
        let mut random = Random::new(seed, "ridges");
        for _ in 0..SEEDS {
            let column = (random.unit() * grid.width as f32) as usize;
            let row = (random.unit() * grid.height as f32) as usize;
            if let Some(value) = values.get_mut((row + RADIUS) * stride + column + RADIUS) {
                *value = 1.0;
            }
        }
        let places = directions.values().iter().zip(grid.points());
        let filter = |(angle, point): (&f32, Point)| {
            let is_near = finger_reach(grid, point) < REACH;
            filters.get(nearest(*angle)).filter(|_| is_near)
        };
        Self {
            grid,
            stride,
            values,
            filters: places.map(filter).collect(),
        }
    }

    /// One round: each pixel becomes the answer of its filter.
    fn grow(&mut self) {
        let mut next = self.values.clone();
        let lines = next.chunks_exact_mut(self.stride).skip(RADIUS);
        let filters = self.filters.chunks_exact(self.grid.width);
        for ((row, line), filters) in lines.enumerate().zip(filters) {
            let pixels = line.iter_mut().skip(RADIUS).zip(filters).enumerate();
            for (column, (value, filter)) in pixels {
                if let Some(filter) = filter {
                    *value = (GAIN * self.answer(filter, column, row)).clamp(-1.0, 1.0);
                }
            }
        }
        self.values = next;
    }

    /// The answer of a filter whose middle lies on a pixel of the picture.
    fn answer(&self, filter: &Filter, column: usize, row: usize) -> f32 {
        let lines = filter.weights.chunks_exact(Filter::SIDE).zip(row..);
        lines
            .map(|(weights, row)| {
                let start = row * self.stride + column;
                let line = self.values.get(start..start + Filter::SIDE);
                let pairs = weights.iter().zip(line.unwrap_or_default());
                pairs.map(|(weight, value)| weight * value).sum::<f32>()
            })
            .sum()
    }

    /// The picture without its margin.
    fn inner(&self) -> impl Iterator<Item = f32> {
        let lines = self.values.chunks_exact(self.stride).skip(RADIUS);
        lines
            .take(self.grid.height)
            .flat_map(|line| line.iter().copied().skip(RADIUS).take(self.grid.width))
    }
}

/// The number of the filter nearest to an angle.
fn nearest(angle: f32) -> usize {
    let steps = (angle.rem_euclid(PI) / PI * DIRECTIONS as f32).round() as usize;
    steps % DIRECTIONS
}
