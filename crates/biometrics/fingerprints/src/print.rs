use crate::{Error, Result};

/// Fewest pixels of a side: below it there is no ridge pattern to speak of.
pub const MIN_SIDE: u32 = 64;
/// Most pixels of a side: an inch-and-a-half slap scanner at 1000 ppi gives 3200.
pub const MAX_SIDE: u32 = 4096;
/// Lowest resolution at which ridges (a tenth of an inch holds five) are still sampled well enough.
pub const MIN_PPI: u16 = 300;
/// Highest resolution of scanners in use, with some room.
pub const MAX_PPI: u16 = 1200;
/// The resolution of civil fingerprinting (ISO 19794-4:2005, level 31).
pub const NOMINAL_PPI: u16 = 500;
/// How far a resolution may be from [`NOMINAL_PPI`] and still count as it, in ppi (ISO 19794-4:2005: one per cent).
pub const PPI_TOLERANCE: u16 = 5;

/// A grey picture of a finger or of a slap: 8 bits a pixel, rows from the top, dark ridges on a light ground, resolution known.
#[derive(Clone, PartialEq, Eq)]
pub struct Print {
    pixels: Vec<u8>,
    width: u32,
    height: u32,
    ppi: u16,
}

impl Print {
    /// A print of `width × height` grey pixels at `ppi` pixels per inch.
    ///
    /// # Errors
    /// [`Error::Size`] when a side is out of [`MIN_SIDE`] … [`MAX_SIDE`], [`Error::Pixels`] when there are not `width × height`
    /// pixels, [`Error::Resolution`] when `ppi` is out of [`MIN_PPI`] … [`MAX_PPI`].
    pub fn new(pixels: Vec<u8>, width: u32, height: u32, ppi: u16) -> Result<Self> {
        let sides = MIN_SIDE..=MAX_SIDE;
        if !sides.contains(&width) || !sides.contains(&height) {
            return Err(Error::Size { width, height });
        }
        let needed = width as usize * height as usize;
        if pixels.len() != needed {
            return Err(Error::Pixels {
                needed,
                given: pixels.len(),
            });
        }
        if !(MIN_PPI..=MAX_PPI).contains(&ppi) {
            return Err(Error::Resolution { ppi });
        }
        Ok(Self {
            pixels,
            width,
            height,
            ppi,
        })
    }

    /// Pixels of a row.
    #[must_use]
    pub const fn width(&self) -> u32 {
        self.width
    }

    /// Rows.
    #[must_use]
    pub const fn height(&self) -> u32 {
        self.height
    }

    /// Pixels per inch.
    #[must_use]
    pub const fn ppi(&self) -> u16 {
        self.ppi
    }

    /// Whether the resolution counts as 500 ppi.
    #[must_use]
    pub const fn is_nominal(&self) -> bool {
        self.ppi.abs_diff(NOMINAL_PPI) <= PPI_TOLERANCE
    }

    /// All pixels, rows from the top; 0 is black, a ridge.
    #[must_use]
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// The pixels of row `y`; none below the picture.
    #[must_use]
    pub fn row(&self, y: u32) -> &[u8] {
        let width = self.width as usize;
        let start = (y as usize).saturating_mul(width);
        let row = self.pixels.get(start..start.saturating_add(width));
        row.unwrap_or_default()
    }

    /// The pixel at column `x` of row `y`, if the picture has it.
    #[must_use]
    pub fn pixel(&self, x: u32, y: u32) -> Option<u8> {
        self.row(y).get(x as usize).copied()
    }

    /// The rows from the top.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.pixels.chunks_exact(self.width as usize)
    }
}

/// A fingerprint is personal data: sizes are shown, pixels are not.
impl core::fmt::Debug for Print {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let (width, height, ppi) = (self.width, self.height, self.ppi);
        write!(f, "Print({width} × {height} at {ppi} ppi)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_sizes_are_refused() {
        let size = |width, height| Err(Error::Size { width, height });
        let pixels = |needed, given| Err(Error::Pixels { needed, given });
        let cases = [
            (0, 64, 64, 500, pixels(4096, 0)),
            (4095, 64, 64, 500, pixels(4096, 4095)),
            (4097, 64, 64, 500, pixels(4096, 4097)),
            (0, 0, 0, 500, size(0, 0)),
            (0, u32::MAX, u32::MAX, 500, size(u32::MAX, u32::MAX)),
            (63 * 64, 63, 64, 500, size(63, 64)),
            (64 * 4097, 64, 4097, 500, size(64, 4097)),
            (4096, 64, 64, 0, Err(Error::Resolution { ppi: 0 })),
            (4096, 64, 64, 1201, Err(Error::Resolution { ppi: 1201 })),
            (4096, 64, 64, 500, Ok(())),
        ];
        for (count, width, height, ppi, want) in cases {
            let made = Print::new(vec![0; count], width, height, ppi);
            assert_eq!(made.map(|_| ()), want, "{count} {width} {height} {ppi}");
        }
    }

    #[test]
    fn rows_are_those_of_the_picture() {
        let pixels: Vec<u8> = (0..65 * 64).map(|i| (i % 65) as u8).collect();
        let print = Print::new(pixels, 65, 64, 500).unwrap();
        assert_eq!(print.rows().len(), 64);
        assert!(print.rows().all(|row| row.last() == Some(&64)));
        assert_eq!((print.row(63).len(), print.row(64).len()), (65, 0));
        assert_eq!((print.pixel(64, 63), print.pixel(65, 63)), (Some(64), None));
        assert_eq!(print.row(u32::MAX), &[] as &[u8]);
    }

    #[test]
    fn a_print_is_not_shown() {
        let print = Print::new(vec![7; 4096], 64, 64, 500).unwrap();
        assert_eq!(format!("{print:?}"), "Print(64 × 64 at 500 ppi)");
        assert!(print.is_nominal());
    }
}
