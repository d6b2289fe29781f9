use super::colour::Colour;
use crate::curve::{Point, at};
use crate::raster::{Field, Grid};

/// What is painted on.
#[derive(Debug, Clone)]
pub(crate) struct Canvas {
    grid: Grid,
    pixels: Vec<Colour>,
}

impl Canvas {
    pub(crate) fn of(grid: Grid, colour: impl FnMut(Point) -> Colour) -> Self {
        Self {
            grid,
            pixels: grid.points().map(colour).collect(),
        }
    }

    pub(crate) fn grid(&self) -> Grid {
        self.grid
    }

    pub(crate) fn pixels(&self) -> &[Colour] {
        &self.pixels
    }

    /// Covers what the mask shows with one colour.
    pub(crate) fn paint(&mut self, mask: &Field, colour: Colour) {
        self.change(mask, |_, _| colour);
    }

    /// Changes what the mask shows: `change` gets the place and the colour there.
    pub(crate) fn change(&mut self, mask: &Field, mut change: impl FnMut(Point, Colour) -> Colour) {
        self.change_pixels(mask, |column, row, grid, under| {
            change(grid.point(column, row), under)
        });
    }

    /// Covers what the mask shows with what `colour` makes of each place and its light.
    pub(crate) fn cover<T: Copy>(
        &mut self,
        mask: &Field,
        lights: &Field<T>,
        mut colour: impl FnMut(Point, T) -> Colour,
    ) {
        self.change_pixels(mask, |column, row, grid, under| {
            lights
                .value(column, row)
                .map_or(under, |light| colour(grid.point(column, row), light))
        });
    }

    fn change_pixels(
        &mut self,
        mask: &Field,
        mut change: impl FnMut(usize, usize, Grid, Colour) -> Colour,
    ) {
        let grid = self.grid;
        for (row, parts) in mask.lines() {
            let columns = mask.columns();
            let line = line_of(&mut self.pixels, grid, row, columns.clone());
            for ((pixel, part), column) in line.iter_mut().zip(parts).zip(columns) {
                if *part > 0.0 {
                    let new = change(column, row, grid, *pixel);
                    *pixel = pixel.mix(new, part.min(1.0));
                }
            }
        }
    }

    /// Draws a line through `points`; `brush` gives width and opacity at t from 0 to 1.
    pub(crate) fn stroke(
        &mut self,
        points: &[Point],
        colour: Colour,
        brush: impl Fn(f32) -> (f32, f32),
    ) {
        let segments = points.len().saturating_sub(1).max(1) as f32;
        for (index, pair) in points.windows(2).enumerate() {
            if let [from, to] = *pair {
                let t = |part: f32| (index as f32 + part) / segments;
                self.segment(from, to, colour, |part| brush(t(part)));
            }
        }
    }

    fn segment(
        &mut self,
        from: Point,
        to: Point,
        colour: Colour,
        brush: impl Fn(f32) -> (f32, f32),
    ) {
        let grid = self.grid;
        let pixel = 1.0 / grid.scale;
        let reach = brush(0.0).0.max(brush(1.0).0) * 0.5 + pixel;
        let low = at(from.x.min(to.x) - reach, from.y.min(to.y) - reach);
        let high = at(from.x.max(to.x) + reach, from.y.max(to.y) + reach);
        let window = grid.window(low, high);
        let along = to - from;
        let square = along.dot(along).max(1e-12);
        for row in window.rows {
            let columns = window.columns.clone();
            let line = line_of(&mut self.pixels, grid, row, columns.clone());
            for (under, column) in line.iter_mut().zip(columns) {
                let point = grid.point(column, row);
                let t = (point - from).dot(along) / square;
                // Segments end flat, so that a line does not cover its joints twice.
                if !(0.0..1.0).contains(&t) {
                    continue;
                }
                let distance = (point - from - along * t).length();
                let (width, opacity) = brush(t);
                let covered = ((width * 0.5 - distance) / pixel + 0.5).clamp(0.0, 1.0)
                    * (width / pixel).min(1.0);
                if covered > 0.0 {
                    *under = under.mix(colour, covered * opacity);
                }
            }
        }
    }
}

fn line_of(
    pixels: &mut [Colour],
    grid: Grid,
    row: usize,
    columns: core::ops::Range<usize>,
) -> &mut [Colour] {
    let start = row * grid.width;
    pixels
        .get_mut(start + columns.start..start + columns.end)
        .unwrap_or_default()
}
