//! What a file of samples cannot say itself, and what must be said of every print: its size and its
//! resolution. Both are checked, never assumed.

use super::{Colour, DecodeLimits, Image};
use crate::{Error, Result};

/// How far a resolution may be off: one part in this many (ISO 19794-4 §7.1, 500 ± 5 pixels per
/// inch).
pub const PPI_TOLERANCE: u16 = 100;

/// What the operator or the scanner's program says of a file of bare samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawSize {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Pixels per inch.
    pub ppi: u16,
}

/// Takes a file of bare 8-bit grey samples, rows from the top.
///
/// # Errors
/// [`Error::RawLength`] when there are more or fewer samples than the size has pixels,
/// [`Error::TooLarge`] for a size above the limits, [`Error::EmptyFile`],
/// [`Error::NoResolution`] for 0 pixels per inch.
pub fn decode_raw(data: &[u8], size: RawSize, limits: &DecodeLimits) -> Result<Image> {
    limits.check_bytes(data)?;
    limits.check_size((size.width, size.height))?;
    let expected = u64::from(size.width) * u64::from(size.height);
    if expected != data.len() as u64 || expected == 0 {
        return Err(Error::RawLength {
            width: size.width,
            height: size.height,
            found: data.len() as u64,
        });
    }
    if size.ppi == 0 {
        return Err(Error::NoResolution);
    }
    let image = Image::new(Colour::Grey8, size.width, size.height, data.to_vec())?;
    Ok(image.with_ppi(size.ppi))
}

impl Image {
    /// Checks that the image has this resolution, within one part in [`PPI_TOLERANCE`].
    ///
    /// # Errors
    /// [`Error::NoResolution`] when its file does not say, [`Error::OtherResolution`].
    pub fn require_ppi(&self, wanted: u16) -> Result<()> {
        let found = self.ppi.ok_or(Error::NoResolution)?;
        if found.abs_diff(wanted) > wanted / PPI_TOLERANCE {
            return Err(Error::OtherResolution { found, wanted });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_must_be_as_many_as_pixels() {
        let size = RawSize {
            width: 3,
            height: 4,
            ppi: 500,
        };
        for (samples, fits) in [(12, true), (11, false), (13, false), (0, false)] {
            let image = decode_raw(&vec![7; samples], size, &DecodeLimits::UPLOAD);
            assert_eq!(image.is_ok(), fits, "{samples}");
        }
        let silent = RawSize { ppi: 0, ..size };
        let refused = decode_raw(&[7; 12], silent, &DecodeLimits::UPLOAD);
        assert!(matches!(refused, Err(Error::NoResolution)));
        let bomb = RawSize {
            width: u32::MAX,
            ..size
        };
        let refused = decode_raw(&[7; 12], bomb, &DecodeLimits::UPLOAD);
        assert!(matches!(refused, Err(Error::TooLarge { .. })));
    }

    #[test]
    fn resolutions_within_one_percent_are_accepted() {
        let image = || Image::new(Colour::Grey8, 1, 1, vec![0]).unwrap();
        for (ppi, accepted) in [
            (495, true),
            (500, true),
            (505, true),
            (494, false),
            (506, false),
        ] {
            let checked = image().with_ppi(ppi).require_ppi(500);
            assert_eq!(checked.is_ok(), accepted, "{ppi}");
        }
        assert!(matches!(image().require_ppi(500), Err(Error::NoResolution)));
    }
}
