use super::frame::Frame;
use super::gradient::Gradients;

/// Side of a block in pixels (NFIQ 2.3: the local region).
pub(super) const BLOCK: usize = 32;
/// Pixels around a block that are needed to turn it.
pub(super) const MARGIN: usize = 2;
/// A block is foreground when its grey levels deviate by more than this share of the whole print's deviation.
const FOREGROUND: f64 = 0.1;

/// A block of the inner grid, which leaves a margin around the print so that every block can be turned.
pub(super) struct Cell {
    /// Column of its neighbourhood in the frame: that of the block less the margin.
    pub(super) x: usize,
    /// Row of its neighbourhood.
    pub(super) y: usize,
    /// Whether every block of the outer grid that it touches is foreground.
    pub(super) foreground: bool,
    /// The direction across its ridges, from the x axis.
    pub(super) normal: f64,
}

/// The blocks of the inner grid, row by row.
pub(super) struct Grid {
    pub(super) cells: Vec<Cell>,
    /// Blocks of a row.
    pub(super) columns: usize,
}

impl Grid {
    pub(super) fn of(frame: &Frame) -> Self {
        let mask = Foreground::of(frame);
        let fit = |side: usize| side.saturating_sub(2 * MARGIN) / BLOCK;
        let (columns, rows) = (fit(frame.width), fit(frame.height));
        let places = (0..rows).flat_map(|row| (0..columns).map(move |column| (column, row)));
        let cells = places.map(|(column, row)| {
            let (x, y) = (column * BLOCK, row * BLOCK);
            let block = frame.block(x + MARGIN, y + MARGIN, BLOCK, BLOCK);
            let foreground = [(0, 0), (1, 0), (0, 1), (1, 1)]
                .iter()
                .all(|(dx, dy)| mask.has(column + dx, row + dy));
            Cell {
                x,
                y,
                foreground,
                normal: Gradients::of(block).normal(BLOCK * BLOCK),
            }
        });
        Self {
            cells: cells.collect(),
            columns,
        }
    }

    /// The blocks that show the finger.
    pub(super) fn foreground(&self) -> impl Iterator<Item = &Cell> {
        self.cells.iter().filter(|cell| cell.foreground)
    }
}

/// The blocks of the outer grid that show the finger (NFIQ 2.3: segmentation by the deviation of blocks).
struct Foreground {
    blocks: Vec<bool>,
    columns: usize,
}

impl Foreground {
    fn of(frame: &Frame) -> Self {
        let limit =
            FOREGROUND * FOREGROUND * variance(frame.block(0, 0, frame.width, frame.height));
        let columns = frame.width.div_ceil(BLOCK);
        let corners = (0..frame.height)
            .step_by(BLOCK)
            .flat_map(|y| (0..frame.width).step_by(BLOCK).map(move |x| (x, y)));
        let blocks = corners.map(|(x, y)| variance(frame.block(x, y, BLOCK, BLOCK)) > limit);
        Self {
            blocks: blocks.collect(),
            columns,
        }
    }

    fn has(&self, column: usize, row: usize) -> bool {
        self.blocks
            .get(row * self.columns + column)
            .copied()
            .unwrap_or(false)
    }
}

/// How the grey levels of a block vary around their mean.
pub(super) fn variance<'a>(rows: impl Iterator<Item = &'a [u8]>) -> f64 {
    let (mut count, mut sum, mut squares) = (0_u64, 0_u64, 0_u64);
    for row in rows {
        count += row.len() as u64;
        // A row of a print holds few pixels: its sums fit.
        sum += u64::from(row.iter().map(|&grey| u32::from(grey)).sum::<u32>());
        squares += u64::from(
            row.iter()
                .map(|&grey| u32::from(grey) * u32::from(grey))
                .sum::<u32>(),
        );
    }
    if count == 0 {
        return 0.0;
    }
    let spread = u128::from(count) * u128::from(squares) - u128::from(sum) * u128::from(sum);
    spread as f64 / (count as f64 * count as f64)
}

/// The mean grey level of a block; 0 of an empty one.
pub(super) fn mean<'a>(rows: impl Iterator<Item = &'a [u8]>) -> f64 {
    let (mut count, mut sum) = (0_u64, 0_u64);
    for row in rows {
        count += row.len() as u64;
        sum += u64::from(row.iter().map(|&grey| u32::from(grey)).sum::<u32>());
    }
    if count == 0 {
        0.0
    } else {
        sum as f64 / count as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Print;

    #[test]
    fn the_inner_grid_leaves_its_margin() {
        for (width, height, columns, rows) in [
            (64, 64, 1, 1),
            (67, 68, 1, 2),
            (100, 99, 3, 2),
            (68, 4, 2, 0),
        ] {
            let side = |side: u32| side.max(64);
            let mut print = vec![255; (side(width) * side(height)) as usize];
            for row in print.chunks_mut(side(width) as usize).take(height as usize) {
                row.fill(0);
            }
            let grid = Grid::of(&Frame::of(
                &Print::new(print, side(width), side(height), 500).unwrap(),
            ));
            // One white row stays below the black ones.
            assert_eq!(
                (grid.columns, grid.cells.len()),
                (columns, columns * rows),
                "{width} {height}"
            );
        }
    }

    #[test]
    fn variance_and_mean_of_blocks() {
        let rows: [&[u8]; 2] = [&[1, 3], &[1, 3]];
        assert_eq!(
            (variance(rows.into_iter()), mean(rows.into_iter())),
            (1.0, 2.0)
        );
        assert_eq!((variance([].into_iter()), mean([].into_iter())), (0.0, 0.0));
    }
}
