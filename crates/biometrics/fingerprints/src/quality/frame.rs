use crate::Print;

/// Rows and columns whose mean grey level is above this belong to the white frame (NFIQ 2.3).
const WHITE: f64 = 250.0;

/// The part of a print that NFIQ 2 looks at: without its white frame.
pub(super) struct Frame {
    pixels: Vec<u8>,
    pub(super) width: usize,
    pub(super) height: usize,
    /// Columns of the print to its left.
    pub(super) left: usize,
    /// Rows of the print above it.
    pub(super) top: usize,
}

impl Frame {
    /// Cuts the white frame off. A print that is white everywhere stays whole.
    pub(super) fn of(print: &Print) -> Self {
        let (width, height) = (print.width() as usize, print.height() as usize);
        let mut columns = vec![0_u64; width];
        let mut rows = Vec::with_capacity(height);
        for row in print.rows() {
            rows.push(row.iter().map(|&grey| u64::from(grey)).sum());
            for (sum, &grey) in columns.iter_mut().zip(row) {
                *sum += u64::from(grey);
            }
        }
        let (top, bottom) = ends(&rows, width);
        let (left, right) = ends(&columns, height);
        let kept = print.rows().take(bottom + 1).skip(top);
        let pixels = kept
            .flat_map(|row| row.get(left..=right).unwrap_or_default())
            .copied()
            .collect();
        Self {
            pixels,
            width: right - left + 1,
            height: bottom - top + 1,
            left,
            top,
        }
    }

    pub(super) fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// The rows of a block, without what lies outside.
    pub(super) fn block(
        &self,
        x: usize,
        y: usize,
        width: usize,
        height: usize,
    ) -> impl Iterator<Item = &[u8]> + Clone {
        let right = self.width.min(x.saturating_add(width));
        let rows = self.pixels.chunks_exact(self.width).skip(y).take(height);
        rows.map(move |row| row.get(x..right).unwrap_or_default())
    }
}

/// First and last of the lines that are not white; all of them if none is.
fn ends(sums: &[u64], pixels: usize) -> (usize, usize) {
    let inked = |&sum: &u64| sum as f64 / pixels as f64 <= WHITE;
    let last = sums.len().saturating_sub(1);
    (
        sums.iter().position(inked).unwrap_or(0),
        sums.iter().rposition(inked).unwrap_or(last),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_white_frame_is_cut_off() {
        let mut pixels = vec![255; 100 * 80];
        for (y, row) in pixels.chunks_mut(100).enumerate() {
            if (10..70).contains(&y) {
                row[20..=98].fill(0);
            }
        }
        let frame = Frame::of(&Print::new(pixels, 100, 80, 500).unwrap());
        assert_eq!(
            (frame.left, frame.top, frame.width, frame.height),
            (20, 10, 79, 60)
        );
        assert_eq!(frame.block(77, 58, 9, 9).collect::<Vec<_>>(), [[0, 0]; 2]);
        assert_eq!(frame.block(79, 60, 9, 9).count(), 0);
        assert_eq!(frame.pixels().len(), 79 * 60);
    }

    #[test]
    fn a_white_print_stays_whole() {
        let frame = Frame::of(&Print::new(vec![255; 64 * 65], 64, 65, 500).unwrap());
        assert_eq!(
            (frame.left, frame.top, frame.width, frame.height),
            (0, 0, 64, 65)
        );
    }
}
