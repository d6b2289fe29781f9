use crate::image::decode::ppi_from_metres;
use crate::image::exif::Exif;
use crate::{Error, Result};

use image::metadata::Orientation;

/// Most scans of one file. Progressive encoders write about ten; each scan may cost a pass over
/// all coefficients, so that a small file of thousands would keep a decoder busy for minutes.
const MAX_SCANS: usize = 100;

const SOI: u8 = 0xD8;
const EOI: u8 = 0xD9;
const SOS: u8 = 0xDA;
const APP0: u8 = 0xE0;
const APP1: u8 = 0xE1;

/// How far to read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Until {
    FirstScan,
    EndOfImage,
}

/// What the markers of a JPEG file say (ISO 10918-1 annex B), read without decoding.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Survey {
    pub(super) width: u16,
    pub(super) height: u16,
    pub(super) components: u8,
    /// The process is sequential Huffman (SOF0, SOF1), not progressive.
    pub(super) is_sequential: bool,
    pub(super) scans: usize,
    /// Pixels per inch by the JFIF header.
    jfif_ppi: Option<u16>,
    /// What EXIF says.
    exif: Option<Exif>,
}

impl Survey {
    /// Reads up to the first scan.
    pub(super) fn of_header(data: &[u8]) -> Result<Self> {
        Self::walk(data, Until::FirstScan)
    }

    /// Reads the whole file, which must reach its end marker.
    pub(super) fn of_file(data: &[u8]) -> Result<Self> {
        Self::walk(data, Until::EndOfImage)
    }

    fn walk(data: &[u8], until: Until) -> Result<Self> {
        let mut survey = Self::default();
        let mut markers = Markers { data, at: 0 };
        if markers.next()? != SOI {
            return Err(markers.malformed("JPEG start of image"));
        }
        loop {
            let marker = markers.next()?;
            if marker == EOI {
                return survey.complete(&markers);
            }
            // TEM and stray restart markers stand alone.
            if matches!(marker, 0x01 | 0xD0..=0xD7) {
                continue;
            }
            let segment = markers.segment()?;
            match marker {
                0xC0..=0xCF if !matches!(marker, 0xC4 | 0xC8 | 0xCC) => {
                    survey
                        .read_frame(marker, segment)
                        .ok_or_else(|| markers.malformed("JPEG frame header"))?;
                }
                APP0 => survey.jfif_ppi = survey.jfif_ppi.or(jfif_density(segment)),
                APP1 if survey.exif.is_none() => {
                    survey.exif = segment.strip_prefix(b"Exif\0\0").map(Exif::of);
                }
                SOS => {
                    survey.count_scan()?;
                    if until == Until::FirstScan {
                        return survey.complete(&markers);
                    }
                }
                _ => {}
            }
        }
    }

    /// Pixels per inch, by the JFIF header or else by EXIF.
    pub(super) fn ppi(&self) -> Option<u16> {
        self.jfif_ppi.or_else(|| self.exif?.ppi)
    }

    /// How the picture is to be turned.
    pub(super) fn orientation(&self) -> Option<Orientation> {
        self.exif?.orientation
    }

    /// SOFn: precision, height, width, number of components.
    fn read_frame(&mut self, marker: u8, segment: &[u8]) -> Option<()> {
        let &[_, h1, h0, w1, w0, components] = segment.first_chunk()?;
        self.height = u16::from_be_bytes([h1, h0]);
        self.width = u16::from_be_bytes([w1, w0]);
        self.components = components;
        self.is_sequential = matches!(marker, 0xC0 | 0xC1);
        Some(())
    }

    fn count_scan(&mut self) -> Result<()> {
        self.scans += 1;
        if self.scans > MAX_SCANS {
            return Err(Error::TooLarge {
                what: "number of JPEG scans",
                found: self.scans as u64,
                limit: MAX_SCANS as u64,
            });
        }
        Ok(())
    }

    fn complete(self, markers: &Markers<'_>) -> Result<Self> {
        if self.components == 0 || self.scans == 0 {
            return Err(markers.malformed("JPEG frame and scan"));
        }
        Ok(self)
    }
}

/// The pixel density of a JFIF APP0 segment: units 1 is per inch, 2 per centimetre.
fn jfif_density(segment: &[u8]) -> Option<u16> {
    let &[_, _, units, x1, x0, y1, y0] = segment.strip_prefix(b"JFIF\0")?.first_chunk()?;
    if (x1, x0) != (y1, y0) {
        return None;
    }
    let density = u16::from_be_bytes([x1, x0]);
    match units {
        1 => (density != 0).then_some(density),
        2 => ppi_from_metres(f64::from(density) * 100.0),
        _ => None,
    }
}

/// Goes from marker to marker, over segments and entropy-coded data.
struct Markers<'a> {
    data: &'a [u8],
    at: usize,
}

impl<'a> Markers<'a> {
    /// The next marker: FF, fill bytes FF, then neither 00 (a stuffed FF) nor, amid
    /// entropy-coded data, anything that is not a marker.
    fn next(&mut self) -> Result<u8> {
        while let Some(rest) = self.data.get(self.at..) {
            let Some(skip) = rest.iter().position(|byte| *byte == 0xFF) else {
                break;
            };
            let fill = rest.get(skip..).map_or(0, |run| {
                run.iter().take_while(|byte| **byte == 0xFF).count()
            });
            self.at += skip + fill;
            match self.data.get(self.at) {
                Some(0) => {}
                Some(marker) => {
                    self.at += 1;
                    return Ok(*marker);
                }
                None => break,
            }
        }
        Err(Error::Malformed {
            what: "JPEG marker: the file is cut short",
            at: self.data.len(),
        })
    }

    /// The content of the segment behind a marker: a length that counts itself, then the content.
    fn segment(&mut self) -> Result<&'a [u8]> {
        let rest = self.data.get(self.at..).unwrap_or_default();
        let segment = rest.first_chunk().and_then(|length| {
            let length = usize::from(u16::from_be_bytes(*length));
            rest.get(2..length)
        });
        let segment = segment.ok_or_else(|| self.malformed("JPEG segment"))?;
        self.at += 2 + segment.len();
        Ok(segment)
    }

    fn malformed(&self, what: &'static str) -> Error {
        Error::Malformed { what, at: self.at }
    }
}
