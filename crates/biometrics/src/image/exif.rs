//! The two things that EXIF says of a picture and that count here: how it was held, and its
//! resolution (CIPA DC-008 §4.6.5).

use image::metadata::Orientation;

use super::decode::ppi_from_metres;

/// Most entries of a directory that are looked at.
const MAX_ENTRIES: usize = 256;

const ENTRY_LEN: usize = 12;
const ORIENTATION: u16 = 0x0112;
const X_RESOLUTION: u16 = 0x011A;
const Y_RESOLUTION: u16 = 0x011B;
const RESOLUTION_UNIT: u16 = 0x0128;
const PER_CENTIMETRE: u16 = 3;

/// What EXIF says.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Exif {
    /// How the picture is to be turned.
    pub(super) orientation: Option<Orientation>,
    /// Pixels per inch, when both ways are the same.
    pub(super) ppi: Option<u16>,
}

impl Exif {
    /// Reads the TIFF structure; what it says wrongly, it does not say.
    pub(super) fn of(tiff: &[u8]) -> Self {
        Tiff::of(tiff)
            .and_then(|tiff| tiff.read())
            .unwrap_or_default()
    }
}

struct Tiff<'a> {
    data: &'a [u8],
    is_big_endian: bool,
}

impl<'a> Tiff<'a> {
    fn of(data: &'a [u8]) -> Option<Self> {
        let is_big_endian = match data.first_chunk()? {
            b"MM\0*" => true,
            b"II*\0" => false,
            _ => return None,
        };
        Some(Self {
            data,
            is_big_endian,
        })
    }

    fn read(&self) -> Option<Exif> {
        let directory = self.u32(4)? as usize;
        let count = usize::from(self.u16(directory)?).min(MAX_ENTRIES);
        let mut exif = Exif::default();
        let (mut across, mut down, mut unit) = (None, None, 2);
        for index in 0..count {
            let at = directory.checked_add(2 + index * ENTRY_LEN)?;
            let Some(tag) = self.u16(at) else { break };
            match tag {
                ORIENTATION => {
                    let code = self.u16(at + 8).and_then(|code| u8::try_from(code).ok());
                    exif.orientation = code.and_then(Orientation::from_exif);
                }
                X_RESOLUTION => across = self.rational(at + 8),
                Y_RESOLUTION => down = self.rational(at + 8),
                RESOLUTION_UNIT => unit = self.u16(at + 8).unwrap_or(unit),
                _ => {}
            }
        }
        let density = across.filter(|across| down.is_none_or(|down| down == *across));
        let per_metre = if unit == PER_CENTIMETRE {
            100.0
        } else {
            1.0 / 0.0254
        };
        exif.ppi = density.and_then(|density| ppi_from_metres(density * per_metre));
        Some(exif)
    }

    /// The fraction at the place that is named at a place.
    fn rational(&self, at: usize) -> Option<f64> {
        let place = self.u32(at)? as usize;
        let (numerator, denominator) = (self.u32(place)?, self.u32(place.checked_add(4)?)?);
        (denominator != 0).then(|| f64::from(numerator) / f64::from(denominator))
    }

    fn u16(&self, at: usize) -> Option<u16> {
        let octets = *self.data.get(at..)?.first_chunk()?;
        Some(if self.is_big_endian {
            u16::from_be_bytes(octets)
        } else {
            u16::from_le_bytes(octets)
        })
    }

    fn u32(&self, at: usize) -> Option<u32> {
        let octets = *self.data.get(at..)?.first_chunk()?;
        Some(if self.is_big_endian {
            u32::from_be_bytes(octets)
        } else {
            u32::from_le_bytes(octets)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory(entries: &[(u16, u16, [u8; 4])], behind: &[u8]) -> Vec<u8> {
        let mut tiff = b"MM\0*\0\0\0\x08".to_vec();
        tiff.extend_from_slice(&(entries.len() as u16).to_be_bytes());
        for (tag, kind, value) in entries {
            tiff.extend_from_slice(&tag.to_be_bytes());
            tiff.extend_from_slice(&kind.to_be_bytes());
            tiff.extend_from_slice(&[0, 0, 0, 1]);
            tiff.extend_from_slice(value);
        }
        tiff.extend_from_slice(&[0; 4]);
        tiff.extend_from_slice(behind);
        tiff
    }

    #[test]
    fn orientation_and_resolution() {
        // Two fractions stand behind four entries: 8 + 2 + 48 + 4.
        let fraction = |numerator: u32| [numerator.to_be_bytes(), [0, 0, 0, 1]].concat();
        for (x, y, unit, ppi) in [
            (300, 300, 2, Some(300)),
            (118, 118, 3, Some(300)),
            (300, 200, 2, None),
            (0, 0, 2, None),
        ] {
            let tiff = directory(
                &[
                    (ORIENTATION, 3, [0, 6, 0, 0]),
                    (X_RESOLUTION, 5, [0, 0, 0, 62]),
                    (Y_RESOLUTION, 5, [0, 0, 0, 70]),
                    (RESOLUTION_UNIT, 3, [0, unit, 0, 0]),
                ],
                &[fraction(x), fraction(y)].concat(),
            );
            let exif = Exif::of(&tiff);
            assert_eq!(exif.orientation, Some(Orientation::Rotate90));
            assert_eq!(exif.ppi, ppi, "{x} {y} {unit}");
        }
    }

    #[test]
    fn what_is_cut_short_says_nothing() {
        let tiff = directory(&[(ORIENTATION, 3, [0, 6, 0, 0])], &[]);
        for length in 0..tiff.len() {
            let _ = Exif::of(&tiff[..length]);
        }
        assert_eq!(Exif::of(b"II*\0\xFF\xFF\xFF\xFF"), Exif::default());
        assert_eq!(Exif::of(b""), Exif::default());
    }
}
