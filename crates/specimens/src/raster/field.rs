use core::ops::Range;

use super::{Grid, Window};
use crate::curve::{Point, at};

/// A value for each pixel of a window, usually a number that is 0 outside of it: a mask from 0 to
/// 1, or a relief.
#[derive(Debug, Clone)]
pub(crate) struct Field<T = f32> {
    grid: Grid,
    window: Window,
    values: Vec<T>,
}

impl<T: Copy> Field<T> {
    /// Other values for the same pixels, row by row.
    pub(crate) fn carrying<U>(&self, values: impl Iterator<Item = U>) -> Field<U> {
        Field {
            grid: self.grid,
            window: self.window.clone(),
            values: values.collect(),
        }
    }

    pub(crate) fn grid(&self) -> Grid {
        self.grid
    }

    /// All values of the window, row by row.
    pub(crate) fn values(&self) -> &[T] {
        &self.values
    }

    /// The value of a pixel of the window.
    pub(crate) fn value(&self, column: usize, row: usize) -> Option<T> {
        let index = self.window.index(column, row)?;
        self.values.get(index).copied()
    }

    /// The columns of the window.
    pub(crate) fn columns(&self) -> Range<usize> {
        self.window.columns.clone()
    }

    /// The rows of the window with their numbers.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &[T])> {
        let width = self.window.width().max(1);
        let lines = self.values.chunks_exact(width);
        self.window.rows.clone().zip(lines)
    }
}

impl Field {
    /// A field over the whole grid.
    pub(crate) fn of(grid: Grid, value: impl FnMut(Point) -> f32) -> Self {
        Self::in_window(grid, grid.whole(), value)
    }

    /// A field over the box from `low` to `high`.
    pub(crate) fn within(
        grid: Grid,
        low: Point,
        high: Point,
        value: impl FnMut(Point) -> f32,
    ) -> Self {
        Self::in_window(grid, grid.window(low, high), value)
    }

    /// 1 inside a closed polygon (even-odd), 0 outside, the covered part at its edge.
    pub(crate) fn polygon(grid: Grid, corners: &[Point]) -> Self {
        const LINES_PER_PIXEL: usize = 4;
        let (low, high) = bounds(corners);
        let window = grid.window(low, high);
        let mut values = vec![0.0; window.width() * window.height()];
        let weight = 1.0 / LINES_PER_PIXEL as f32;
        let corner = at(window.columns.start as f32, window.rows.start as f32);
        let pixels = corners
            .iter()
            .map(|p| *p * grid.scale + grid.origin - corner);
        let pixels: Vec<Point> = pixels.collect();
        let edges: Vec<(Point, Point)> = pixels
            .iter()
            .copied()
            .zip(pixels.iter().copied().cycle().skip(1))
            .collect();
        for (row, line) in values.chunks_exact_mut(window.width().max(1)).enumerate() {
            for part in 0..LINES_PER_PIXEL {
                let y = row as f32 + (part as f32 + 0.5) * weight;
                let mut crossings: Vec<f32> = edges
                    .iter()
                    .filter(|(from, to)| (from.y <= y) != (to.y <= y))
                    .map(|(from, to)| from.x + (y - from.y) / (to.y - from.y) * (to.x - from.x))
                    .collect();
                crossings.sort_by(f32::total_cmp);
                for span in crossings.chunks_exact(2) {
                    if let [from, to] = *span {
                        cover(line, from, to, weight);
                    }
                }
            }
        }
        Self {
            grid,
            window,
            values,
        }
    }

    fn in_window(grid: Grid, window: Window, value: impl FnMut(Point) -> f32) -> Self {
        let values = window.points(grid).map(value).collect();
        Self {
            grid,
            window,
            values,
        }
    }

    /// Each value changed; 0 has to stay 0.
    pub(crate) fn map(mut self, change: impl Fn(f32) -> f32) -> Self {
        for value in &mut self.values {
            *value = change(*value);
        }
        self
    }

    /// Each value changed in the light of where it lies; 0 has to stay 0.
    pub(crate) fn map_at(mut self, mut change: impl FnMut(Point, f32) -> f32) -> Self {
        for (value, point) in self.values.iter_mut().zip(self.window.points(self.grid)) {
            *value = change(point, *value);
        }
        self
    }

    pub(crate) fn times(self, other: &Self) -> Self {
        self.with(other, |a, b| a * b)
    }

    pub(crate) fn without(self, other: &Self) -> Self {
        self.with(other, |a, b| a * (1.0 - b))
    }

    /// Each value combined with that of `other` at the same pixel.
    pub(crate) fn with(mut self, other: &Self, combine: impl Fn(f32, f32) -> f32) -> Self {
        let width = self.window.width().max(1);
        let rows = self
            .window
            .rows
            .clone()
            .zip(self.values.chunks_exact_mut(width));
        for (row, line) in rows {
            for (column, value) in self.window.columns.clone().zip(line) {
                let other = other.value(column, row).unwrap_or(0.0);
                *value = combine(*value, other);
            }
        }
        self
    }

    /// The value between the middles of four pixels.
    pub(crate) fn between(&self, point: Point) -> f32 {
        let pixel = point * self.grid.scale + self.grid.origin - at(0.5, 0.5);
        let (left, top) = (pixel.x.floor(), pixel.y.floor());
        let (right, down) = (pixel.x - left, pixel.y - top);
        let value = |dx: f32, dy: f32| {
            let (column, row) = ((left + dx).max(0.0), (top + dy).max(0.0));
            self.value(column as usize, row as usize).unwrap_or(0.0)
        };
        let upper = value(0.0, 0.0) * (1.0 - right) + value(1.0, 0.0) * right;
        let lower = value(0.0, 1.0) * (1.0 - right) + value(1.0, 1.0) * right;
        upper * (1.0 - down) + lower * down
    }

    /// Smoothed by about a Gaussian of this deviation in units: three running means each way.
    pub(crate) fn blurred(self, deviation: f32) -> Self {
        let pixels = deviation * self.grid.scale;
        let radius = ((pixels * pixels * 4.0 + 1.0).sqrt() * 0.5).round() as usize;
        if radius == 0 {
            return self;
        }
        let mut field = self.in_wider_window(3 * radius);
        let (width, height) = (field.window.width().max(1), field.window.height().max(1));
        let mut turned = vec![0.0; field.values.len()];
        smooth_lines(&mut field.values, width, radius);
        transpose(&field.values, width, &mut turned);
        smooth_lines(&mut turned, height, radius);
        transpose(&turned, height, &mut field.values);
        field
    }

    fn in_wider_window(&self, margin: usize) -> Self {
        let window = self.window.grown(margin, self.grid);
        let mut values = Vec::with_capacity(window.width() * window.height());
        let (left, right) = (
            self.window.columns.start - window.columns.start,
            window.columns.end - self.window.columns.end,
        );
        let above = self.window.rows.start - window.rows.start;
        values.resize(above * window.width(), 0.0);
        for (_, line) in self.lines() {
            values.resize(values.len() + left, 0.0);
            values.extend_from_slice(line);
            values.resize(values.len() + right, 0.0);
        }
        values.resize(window.width() * window.height(), 0.0);
        Self {
            grid: self.grid,
            window,
            values,
        }
    }

    /// Moved by a vector in units.
    pub(crate) fn shifted(&self, by: Point) -> Self {
        let (right, down) = (
            (by.x * self.grid.scale).round() as isize,
            (by.y * self.grid.scale).round() as isize,
        );
        let margin = right.unsigned_abs().max(down.unsigned_abs());
        let window = self.window.grown(margin, self.grid);
        let value = |column: usize, row: usize| {
            let column = column.checked_add_signed(-right)?;
            self.value(column, row.checked_add_signed(-down)?)
        };
        let mut values = Vec::with_capacity(window.width() * window.height());
        for row in window.rows.clone() {
            let line = window.columns.clone();
            values.extend(line.map(|column| value(column, row).unwrap_or(0.0)));
        }
        Self {
            grid: self.grid,
            window,
            values,
        }
    }

    /// The slopes of a relief to the right and downwards, per unit, over its window.
    pub(crate) fn slopes(&self) -> impl Iterator<Item = Point> {
        let (width, height) = (self.window.width(), self.window.height());
        let value = move |column: usize, row: usize| {
            let index = row.min(height - 1) * width + column.min(width - 1);
            self.values.get(index).copied().unwrap_or(0.0)
        };
        let half = self.grid.scale * 0.5;
        (0..height).flat_map(move |row| {
            (0..width).map(move |column| {
                at(
                    value(column + 1, row) - value(column.saturating_sub(1), row),
                    value(column, row + 1) - value(column, row.saturating_sub(1)),
                ) * half
            })
        })
    }
}

/// The corners of the smallest box around points.
pub(crate) fn bounds(points: &[Point]) -> (Point, Point) {
    points.iter().fold(
        (at(f32::MAX, f32::MAX), at(f32::MIN, f32::MIN)),
        |(low, high), point| {
            (
                at(low.x.min(point.x), low.y.min(point.y)),
                at(high.x.max(point.x), high.y.max(point.y)),
            )
        },
    )
}

/// Adds `weight` to the pixels between two edges of a line, in part where an edge cuts a pixel.
fn cover(line: &mut [f32], from: f32, to: f32, weight: f32) {
    let (from, to) = (from.max(0.0), to.min(line.len() as f32));
    if to <= from {
        return;
    }
    let (first, last) = (from as usize, to as usize);
    for (column, cell) in line.iter_mut().enumerate().take(last + 1).skip(first) {
        let left = from.max(column as f32);
        let right = to.min(column as f32 + 1.0);
        *cell += (right - left).max(0.0) * weight;
    }
}

fn smooth_lines(values: &mut [f32], length: usize, radius: usize) {
    for line in values.chunks_exact_mut(length) {
        for _ in 0..3 {
            running_mean(line, radius);
        }
    }
}

/// Replaces each value by the mean of those at most `radius` away; the ends count on.
fn running_mean(values: &mut [f32], radius: usize) {
    let (Some(first), Some(last)) = (values.first().copied(), values.last().copied()) else {
        return;
    };
    let padded: Vec<f32> = core::iter::repeat_n(first, radius + 1)
        .chain(values.iter().copied())
        .chain(core::iter::repeat_n(last, radius + 1))
        .collect();
    let scale = 1.0 / (2 * radius + 1) as f32;
    let mut sum: f64 = padded
        .iter()
        .take(2 * radius + 1)
        .map(|v| f64::from(*v))
        .sum();
    let (leaving, entering) = (padded.iter(), padded.iter().skip(2 * radius + 1));
    for ((value, leaving), entering) in values.iter_mut().zip(leaving).zip(entering) {
        sum += f64::from(*entering) - f64::from(*leaving);
        *value = sum as f32 * scale;
    }
}

/// Columns become rows.
fn transpose(values: &[f32], width: usize, turned: &mut [f32]) {
    let height = values.len() / width.max(1);
    for (row, line) in values.chunks_exact(width.max(1)).enumerate() {
        let column = turned.iter_mut().skip(row).step_by(height.max(1));
        for (value, to) in line.iter().zip(column) {
            *to = *value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRID: Grid = Grid {
        width: 40,
        height: 30,
        scale: 10.0,
        origin: at(20.0, 15.0),
    };

    fn sum(field: &Field) -> f32 {
        field.values().iter().sum()
    }

    fn square() -> Field {
        let corners = [at(-0.5, -0.5), at(0.55, -0.5), at(0.55, 0.5), at(-0.5, 0.5)];
        Field::polygon(GRID, &corners)
    }

    #[test]
    fn a_polygon_covers_its_area() {
        assert!((sum(&square()) - 105.0).abs() < 0.1);
    }

    #[test]
    fn blurring_and_shifting_keep_the_sum() {
        for changed in [
            square().blurred(0.1),
            square().shifted(at(0.5, -0.3)),
            square().shifted(at(-0.4, 0.2)).blurred(0.05),
        ] {
            assert!((sum(&changed) - 105.0).abs() < 0.5, "{}", sum(&changed));
        }
        let outside = square().shifted(at(9.0, 0.0));
        assert_eq!(sum(&outside), 0.0);
    }

    #[test]
    fn fields_of_different_windows_meet_at_the_same_pixel() {
        let right = Field::of(GRID, |point| if point.x > 0.0 { 1.0 } else { 0.0 });
        assert!((sum(&square().times(&right)) - 55.0).abs() < 0.1);
        assert!((sum(&square().without(&right)) - 50.0).abs() < 0.1);
        let corner = Field::within(GRID, at(0.3, 0.3), at(9.0, 9.0), |_| 1.0);
        let cut = sum(&square().times(&corner));
        assert!(cut > 4.0 && cut < 25.0, "{cut}");
    }

    #[test]
    fn slopes_are_per_unit() {
        let plane = Field::of(GRID, |point| 2.0 * point.x - 3.0 * point.y);
        let slope = plane.slopes().nth(40 * 15 + 20).unwrap();
        assert!((slope - at(2.0, -3.0)).length() < 1e-3);
    }
}
