//! Pictures as pixels: where they lie, and fields of numbers over them.

mod field;

use core::ops::Range;

pub(crate) use self::field::{Field, bounds};
use crate::curve::{Point, at};

/// Which pixels there are and where they lie in the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Grid {
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// Pixels of one unit.
    pub(crate) scale: f32,
    /// The pixel at the origin.
    pub(crate) origin: Point,
}

impl Grid {
    /// The middle of a pixel.
    pub(crate) fn point(self, column: usize, row: usize) -> Point {
        at(
            (column as f32 + 0.5 - self.origin.x) / self.scale,
            (row as f32 + 0.5 - self.origin.y) / self.scale,
        )
    }

    /// The middles of all pixels, row by row.
    pub(crate) fn points(self) -> impl Iterator<Item = Point> {
        self.whole().points(self)
    }

    fn whole(self) -> Window {
        Window {
            columns: 0..self.width,
            rows: 0..self.height,
        }
    }

    /// The pixels that a box of the picture touches.
    pub(crate) fn window(self, low: Point, high: Point) -> Window {
        let range = |low: f32, high: f32, origin: f32, length: usize| {
            let from = (low * self.scale + origin - 1.0).floor().max(0.0) as usize;
            let to = (high * self.scale + origin + 2.0).ceil().max(0.0) as usize;
            from.min(length)..to.min(length)
        };
        Window {
            columns: range(low.x, high.x, self.origin.x, self.width),
            rows: range(low.y, high.y, self.origin.y, self.height),
        }
    }
}

/// A part of the grid.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Window {
    pub(crate) columns: Range<usize>,
    pub(crate) rows: Range<usize>,
}

impl Window {
    fn width(&self) -> usize {
        self.columns.len()
    }

    fn height(&self) -> usize {
        self.rows.len()
    }

    fn points(&self, grid: Grid) -> impl Iterator<Item = Point> + use<> {
        let columns = self.columns.clone();
        self.rows
            .clone()
            .flat_map(move |row| columns.clone().map(move |column| grid.point(column, row)))
    }

    /// Larger by `margin` pixels on each side, as far as the grid goes.
    fn grown(&self, margin: usize, grid: Grid) -> Self {
        let grow = |range: &Range<usize>, length: usize| {
            range.start.saturating_sub(margin)..(range.end + margin).min(length)
        };
        Self {
            columns: grow(&self.columns, grid.width),
            rows: grow(&self.rows, grid.height),
        }
    }

    /// Where a pixel's value lies among those of the window.
    fn index(&self, column: usize, row: usize) -> Option<usize> {
        (self.columns.contains(&column) && self.rows.contains(&row))
            .then(|| (row - self.rows.start) * self.width() + column - self.columns.start)
    }
}
