use core::f64::consts::PI;

use super::blocks::Grid;

/// Turns up to this many degrees from block to block are those of any finger.
const LEAST: f64 = 4.0;
const DEGREE: f64 = PI / 180.0;
const WHOLE_TURN: f64 = DEGREE * 360.0;
/// The blocks around a block.
const AROUND: [(isize, isize); 8] = [
    (-1, -1),
    (0, -1),
    (1, -1),
    (-1, 0),
    (1, 0),
    (-1, 1),
    (0, 1),
    (1, 1),
];

/// Orientation flow (ISO 29794-4:2024): how far the direction of each inner block is from those around it.
pub(super) fn values(grid: &Grid) -> Vec<f64> {
    let (least, span) = (LEAST * DEGREE, (90.0 - LEAST) * DEGREE);
    let turns = (0..grid.cells.len()).filter_map(|place| turn(grid, place));
    turns
        .filter(|&turn| turn > least)
        .map(|turn| (turn - least) / span)
        .collect()
}

/// The mean angle between a block and its eight neighbours; none when one of them is no foreground.
fn turn(grid: &Grid, place: usize) -> Option<f64> {
    let centre = grid.cells.get(place).filter(|cell| cell.foreground)?;
    let (column, row) = (place % grid.columns, place / grid.columns);
    let mut sum = 0.0;
    for (dx, dy) in AROUND {
        let column = column
            .checked_add_signed(dx)
            .filter(|&column| column < grid.columns)?;
        let row = row.checked_add_signed(dy)?;
        let cell = grid
            .cells
            .get(row * grid.columns + column)
            .filter(|cell| cell.foreground)?;
        let difference = (centre.normal - cell.normal).abs();
        sum += difference.min(WHOLE_TURN - difference);
    }
    Some(sum / AROUND.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::super::blocks::Cell;
    use super::*;

    fn grid(normal: impl Fn(usize) -> f64, background: Option<usize>) -> Grid {
        let cell = |place| Cell {
            x: 0,
            y: 0,
            foreground: Some(place) != background,
            normal: normal(place),
        };
        Grid {
            cells: (0..12).map(cell).collect(),
            columns: 4,
        }
    }

    #[test]
    fn only_inner_blocks_of_the_finger_count() {
        assert_eq!(values(&grid(|_| 1.0, None)), []);
        let one = |place| if place == 5 { PI / 2.0 } else { 0.0 };
        let (full, eighth) = (1.0, (90.0 / 8.0 - 4.0) / 86.0);
        for (background, want) in [
            (None, vec![full, eighth]),
            (Some(11), vec![full]),
            (Some(0), vec![eighth]),
            (Some(6), vec![]),
        ] {
            let got = values(&grid(one, background));
            assert_eq!(got.len(), want.len(), "{background:?}");
            assert!(
                got.iter().zip(&want).all(|(a, b)| (a - b).abs() < 1e-12),
                "{got:?}"
            );
        }
    }
}
