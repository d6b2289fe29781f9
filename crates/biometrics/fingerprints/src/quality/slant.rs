use core::f64::consts::PI;

use super::blocks::{BLOCK, MARGIN};
use super::frame::Frame;

/// Side of the square that a block and its margin make.
const SIDE: usize = BLOCK + 2 * MARGIN;
/// The same with the surroundings.
const WIDE: usize = SIDE + 2 * MARGIN;
/// Bits of a fixed-point place in the turned block.
const BITS: u32 = 10;

/// A block with its margin and what surrounds them, ready to be turned.
pub(super) struct Neighbourhood {
    pixels: [u8; WIDE * WIDE],
}

/// Whether the two pixels around block and margin are used where the turned block reaches them; else they count as black.
///
/// The reference uses them in two of its measures, turns around the middle of the wide square and cuts out as if it were the
/// narrow one: its window is off by two pixels then, and so is ours.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Surroundings {
    Used,
    Black,
}

impl Neighbourhood {
    /// Of the block whose margin begins at this column and row of the frame. What lies outside the frame is black.
    pub(super) fn of(frame: &Frame, x: usize, y: usize) -> Self {
        let mut pixels = [0; WIDE * WIDE];
        let (cut_left, cut_above) = (MARGIN.saturating_sub(x), MARGIN.saturating_sub(y));
        let rows = frame.block(
            x.saturating_sub(MARGIN),
            y.saturating_sub(MARGIN),
            WIDE - cut_left,
            WIDE - cut_above,
        );
        for (target, row) in pixels.chunks_exact_mut(WIDE).skip(cut_above).zip(rows) {
            for (target, &grey) in target.iter_mut().skip(cut_left).zip(row) {
                *target = grey;
            }
        }
        Self { pixels }
    }

    /// The middle `W × H` pixels of the neighbourhood turned by `angle`, each taken from the nearest pixel.
    ///
    /// Places are computed as OpenCV 4 does (`getRotationMatrix2D`, `warpAffine` with the nearest neighbour): the inverse of the
    /// rotation in 1024ths of a pixel, the column's and the row's part rounded each on its own.
    pub(super) fn turned<const W: usize, const H: usize>(
        &self,
        angle: f64,
        surroundings: Surroundings,
    ) -> [[u8; W]; H] {
        let side = if surroundings == Surroundings::Used {
            WIDE
        } else {
            SIDE
        };
        let inverse = inverse_rotation(angle, (side / 2) as f64);
        let scale = f64::from(1_u32 << BITS);
        let fixed = |value: f64| (value * scale).round_ties_even() as i32;
        let half = 1 << (BITS - 1);
        let mut columns = [(0, 0); W];
        for (place, column) in columns.iter_mut().enumerate() {
            let x = (place + (SIDE - W) / 2) as f64;
            *column = (
                ((inverse[0] * x) * scale).round_ties_even() as i32,
                ((inverse[3] * x) * scale).round_ties_even() as i32,
            );
        }
        let mut out = [[0; W]; H];
        for (place, row) in out.iter_mut().enumerate() {
            let y = (place + (SIDE - H) / 2) as f64;
            let start = (
                fixed(inverse[1] * y + inverse[2]) + half,
                fixed(inverse[4] * y + inverse[5]) + half,
            );
            for (target, column) in row.iter_mut().zip(&columns) {
                let (x, y) = ((start.0 + column.0) >> BITS, (start.1 + column.1) >> BITS);
                *target = self.pixel(x, y, side);
            }
        }
        out
    }

    /// A pixel of the middle square of this side.
    fn pixel(&self, x: i32, y: i32, side: usize) -> u8 {
        let inside = |place: i32| {
            usize::try_from(place)
                .ok()
                .filter(|&place| place < side)
                .map(|place| place + (WIDE - side) / 2)
        };
        let place = inside(x).zip(inside(y)).map(|(x, y)| y * WIDE + x);
        place
            .and_then(|place| self.pixels.get(place))
            .copied()
            .unwrap_or(0)
    }
}

/// From the turned picture's places to the original's, two rows of three; the order of operations is the reference's.
fn inverse_rotation(angle: f64, centre: f64) -> [f64; 6] {
    let radians = (angle * (180.0 / PI)) * (PI / 180.0);
    let (sine, cosine) = radians.sin_cos();
    let shift = (
        (1.0 - cosine) * centre - sine * centre,
        sine * centre + (1.0 - cosine) * centre,
    );
    let determinant = cosine * cosine + sine * sine;
    let scale = if determinant == 0.0 {
        0.0
    } else {
        1.0 / determinant
    };
    let (diagonal, above, below) = (cosine * scale, sine * -scale, -sine * -scale);
    let x = -diagonal * shift.0 - above * shift.1;
    let y = -below * shift.0 - diagonal * shift.1;
    [diagonal, above, x, below, diagonal, y]
}
