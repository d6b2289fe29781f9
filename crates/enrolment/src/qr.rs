//! QR codes (ISO 18004): the text that a profile prints, as modules or as a picture.

use core::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

use crate::{Error, Result};

/// The most bytes a QR code can hold at the correction level used here.
pub const MAX_TEXT_BYTES: usize = 2331;

/// The light frame around the modules, in modules (ISO 18004 §6.3.8).
const QUIET_ZONE: usize = 4;

/// The modules of a QR code, correction level M: a card is scratched before it is lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    width: usize,
    modules: Vec<bool>,
}

impl Matrix {
    /// The code of a text in UTF-8.
    ///
    /// # Errors
    /// [`Error::TooLarge`] beyond [`MAX_TEXT_BYTES`].
    pub fn of(text: &str) -> Result<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M);
        let code = code.map_err(|_| Error::TooLarge {
            what: "bytes of a QR code",
            limit: MAX_TEXT_BYTES,
        })?;
        let width = code.width();
        let colors = code.into_colors();
        let modules = colors.into_iter().map(|color| color == Color::Dark);
        Ok(Self {
            width,
            modules: modules.collect(),
        })
    }

    /// Modules in a row, and rows.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// The rows from the top, each of [`Self::width`] modules; `true` is dark.
    pub fn rows(&self) -> impl Iterator<Item = &[bool]> {
        self.modules.chunks_exact(self.width)
    }

    /// A scalable picture with its quiet zone, one unit for each module.
    #[must_use]
    pub fn to_svg(&self) -> String {
        let side = self.width + 2 * QUIET_ZONE;
        let mut path = String::new();
        for (y, row) in self.rows().enumerate() {
            let mut x = 0;
            for run in row.chunk_by(|a, b| a == b) {
                if run.first() == Some(&true) {
                    let (left, top, length) = (x + QUIET_ZONE, y + QUIET_ZONE, run.len());
                    // Writing into a String cannot fail.
                    let _ = write!(path, "M{left} {top}h{length}v1h-{length}z");
                }
                x += run.len();
            }
        }
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
             <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path d=\"{path}\"/></svg>"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_what_it_promises() {
        let largest = Matrix::of(&"ộ".repeat(MAX_TEXT_BYTES / 3)).unwrap();
        assert_eq!(largest.width(), 177);
        let beyond = Matrix::of(&"a".repeat(MAX_TEXT_BYTES + 1));
        assert!(matches!(beyond, Err(Error::TooLarge { .. })));
    }

    /// The three finder patterns stand in their corners, and the picture has every dark module.
    #[test]
    fn draws_its_modules() {
        let matrix = Matrix::of("001099000001|012345678|HỌ TÊN MẪU").unwrap();
        let rows: Vec<&[bool]> = matrix.rows().collect();
        let last = matrix.width() - 7;
        for (top, left) in [(0, 0), (0, last), (last, 0)] {
            assert!(rows[top][left..left + 7].iter().all(|dark| *dark));
            assert!(rows[top + 3][left + 3]);
            assert!(!rows[top + 1][left + 1]);
        }
        let dark = rows.concat().iter().filter(|dark| **dark).count();
        let svg = matrix.to_svg();
        let drawn: usize = svg
            .split("v1h-")
            .skip(1)
            .map(|rest| rest.split('z').next().unwrap().parse::<usize>().unwrap())
            .sum();
        assert_eq!(drawn, dark);
        let side = matrix.width() + 8;
        assert!(svg.contains(&format!("viewBox=\"0 0 {side} {side}\"")));
    }
}
