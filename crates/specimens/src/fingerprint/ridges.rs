use core::f32::consts::PI;

use super::impression::finger_reach;
use crate::curve::at;
use crate::random::Random;
use crate::raster::{Field, Grid};

/// Distance from ridge to ridge in pixels at 500 per inch.
const PERIOD: f32 = 9.0;
/// Deviation of the Gaussian of the filter.
const DEVIATION: f32 = 0.42 * PERIOD;
/// Radius of the filter in pixels.
const RADIUS: usize = 9;
/// Directions that have a filter of their own.
const DIRECTIONS: usize = 24;
/// Points where ridges start to grow.
const SEEDS: usize = 160;
/// Most rounds of growth.
const ROUNDS: usize = 60;
/// What a filter's answer is multiplied with before it is cut to −1 … 1.
const GAIN: f32 = 9.0;
/// Pixels of a tile; a tile in whose neighbourhood nothing moves any more is not filtered again.
const TILE: usize = 16;
/// Change below which a pixel is at rest.
const REST: f32 = 0.02;

/// Grows ridges (1) and valleys (−1) along the directions. Where growth from two points meets out
/// of step, a minutia appears.
pub(super) fn grow(seed: u64, directions: &Field) -> Field {
    let grid = directions.grid();
    let filters: Vec<Filter> = (0..DIRECTIONS).map(Filter::of).collect();
    let mut ridges = Ridges::start(seed, directions);
    for _ in 0..ROUNDS {
        if !ridges.round(&filters) {
            break;
        }
    }
    let width = grid.width;
    Field::of(grid, |_| 0.0).carrying(
        (0..grid.height)
            .flat_map(|row| (0..width).map(move |column| (column, row)))
            .map(|(column, row)| ridges.value(column, row)),
    )
}

/// A Gabor filter for one direction: a wave across the ridges under a Gaussian.
struct Filter {
    /// Row by row, a square of side 2 × RADIUS + 1.
    weights: Vec<f32>,
}

impl Filter {
    const SIDE: usize = 2 * RADIUS + 1;

    fn of(direction: usize) -> Self {
        let (sin, cos) = (direction as f32 * PI / DIRECTIONS as f32).sin_cos();
        let steps = || (0..Self::SIDE).map(|step| step as f32 - RADIUS as f32);
        let weights: Vec<f32> = steps()
            .flat_map(|y| steps().map(move |x| (x, y)))
            .map(|(x, y)| {
                let across = y * cos - x * sin;
                let distance = at(x, y).length() / DEVIATION;
                (-0.5 * distance * distance).exp() * (2.0 * PI * across / PERIOD).cos()
            })
            .collect();
        let mean = weights.iter().sum::<f32>() / weights.len() as f32;
        let total: f32 = weights.iter().map(|weight| (weight - mean).abs()).sum();
        Self {
            weights: weights.iter().map(|weight| (weight - mean) / total).collect(),
        }
    }
}

/// The state of growth, with a margin of RADIUS pixels around the picture.
struct Ridges {
    grid: Grid,
    stride: usize,
    values: Vec<f32>,
    /// Which filter belongs to each pixel; none where the finger does not reach.
    filter: Vec<Option<u8>>,
    tiles_across: usize,
    moving: Vec<bool>,
}

impl Ridges {
    fn start(seed: u64, directions: &Field) -> Self {
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
        let filter = directions
            .values()
            .iter()
            .zip(grid.whole().points(grid))
            .map(|(angle, point)| (finger_reach(grid, point) < 1.3).then(|| nearest(*angle)))
            .collect();
        let tiles_across = grid.width.div_ceil(TILE);
        Self {
            grid,
            stride,
            values,
            filter,
            tiles_across,
            moving: vec![true; tiles_across * grid.height.div_ceil(TILE)],
        }
    }

    fn value(&self, column: usize, row: usize) -> f32 {
        let index = (row + RADIUS) * self.stride + column + RADIUS;
        self.values.get(index).copied().unwrap_or(0.0)
    }

    /// Filters all tiles in whose neighbourhood something moves. Says whether anything moved.
    fn round(&mut self, filters: &[Filter]) -> bool {
        let mut next = self.values.clone();
        let mut moved = vec![false; self.moving.len()];
        for (tile, moved) in moved.iter_mut().enumerate() {
            if self.is_near_movement(tile) {
                *moved = self.filter_tile(tile, filters, &mut next);
            }
        }
        self.values = next;
        self.moving = moved;
        self.moving.contains(&true)
    }

    fn is_near_movement(&self, tile: usize) -> bool {
        let (column, row) = (tile % self.tiles_across, tile / self.tiles_across);
        (row.saturating_sub(1)..=row + 1).any(|row| {
            let columns = column.saturating_sub(1)..=(column + 1).min(self.tiles_across - 1);
            let start = row * self.tiles_across;
            let tiles = self.moving.get(start + columns.start()..=start + columns.end());
            tiles.is_some_and(|tiles| tiles.contains(&true))
        })
    }

    fn filter_tile(&self, tile: usize, filters: &[Filter], next: &mut [f32]) -> bool {
        let (left, top) = (
            tile % self.tiles_across * TILE,
            tile / self.tiles_across * TILE,
        );
        let mut moved = false;
        for row in top..(top + TILE).min(self.grid.height) {
            for column in left..(left + TILE).min(self.grid.width) {
                let pixel = row * self.grid.width + column;
                let filter = self.filter.get(pixel).copied().flatten();
                let Some(filter) = filter.and_then(|filter| filters.get(usize::from(filter))) else {
                    continue;
                };
                let answer = self.answer(filter, column, row);
                let index = (row + RADIUS) * self.stride + column + RADIUS;
                if let Some(value) = next.get_mut(index) {
                    let new = (GAIN * answer).clamp(-1.0, 1.0);
                    moved |= (new - *value).abs() > REST;
                    *value = new;
                }
            }
        }
        moved
    }

    /// The answer of a filter whose middle lies on a pixel of the picture.
    fn answer(&self, filter: &Filter, column: usize, row: usize) -> f32 {
        filter
            .weights
            .chunks_exact(Filter::SIDE)
            .zip(row..)
            .map(|(weights, row)| {
                let start = row * self.stride + column;
                let line = self.values.get(start..start + Filter::SIDE).unwrap_or_default();
                weights.iter().zip(line).map(|(w, v)| w * v).sum::<f32>()
            })
            .sum()
    }
}

/// The number of the filter nearest to an angle.
fn nearest(angle: f32) -> u8 {
    let steps = (angle.rem_euclid(PI) / PI * DIRECTIONS as f32).round() as usize;
    (steps % DIRECTIONS) as u8
}
