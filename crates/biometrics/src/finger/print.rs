use super::{FingerPosition, iso19794_4, iso39794_4};
use crate::image::{ImageFormat, dimensions, sniff};
use crate::iso39794_1::{CaptureDateTime, Quality};
use crate::{Error, Result};

/// A print of one finger as it goes into either record: an encoded image and what is said of it.
#[derive(Clone, PartialEq, Eq)]
pub struct FingerPrint {
    /// Which finger.
    pub position: FingerPosition,
    /// Pixels per inch.
    pub ppi: u16,
    /// A WSQ, JPEG 2000 or PNG file.
    pub data: Vec<u8>,
    /// Its quality from 0 to 100, for ISO 19794-4; that edition names no measure.
    pub score: Option<u8>,
    /// Its quality by algorithms that a registry knows, for ISO 39794-4.
    pub quality: Vec<Quality>,
    /// When it was taken; only ISO 39794-4 has a place for it.
    pub captured: Option<CaptureDateTime>,
    /// Fingers that could not be taken, and why; only ISO 39794-4 has a place for them.
    pub annotations: Vec<iso39794_4::Annotation>,
}

impl FingerPrint {
    /// A print of which nothing else is said.
    #[must_use]
    pub fn new(position: FingerPosition, ppi: u16, data: Vec<u8>) -> Self {
        Self {
            position,
            ppi,
            data,
            score: None,
            quality: Vec::new(),
            captured: None,
            annotations: Vec::new(),
        }
    }

    /// The record of ISO 19794-4:2005.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for another format, [`Error::Malformed`] for broken headers,
    /// [`Error::TooLarge`] for a side above 65,535 pixels.
    pub fn to_iso19794_4(&self) -> Result<iso19794_4::FingerRecord> {
        use iso19794_4::{Compression, FingerImage, FingerRecord};
        let compression = match sniff(&self.data) {
            Some(ImageFormat::Wsq) => Compression::WSQ,
            Some(ImageFormat::Jp2 | ImageFormat::Jpeg2000Codestream) => Compression::JPEG2000,
            Some(ImageFormat::Png) => Compression::PNG,
            Some(ImageFormat::Jpeg) => Compression::JPEG,
            _ => {
                return Err(Error::Unsupported(
                    "a finger image that is neither WSQ, JPEG, JPEG 2000 nor PNG",
                ));
            }
        };
        let (width, height) = dimensions(&self.data)?;
        let side = |pixels: u32| {
            u16::try_from(pixels).map_err(|_| Error::TooLarge {
                what: "side of a finger image in pixels",
                found: pixels.into(),
                limit: u16::MAX.into(),
            })
        };
        let data = self.data.clone();
        let image = FingerImage::live_scan(self.position, side(width)?, side(height)?, data);
        let image = FingerImage {
            quality: self.score.unwrap_or(image.quality),
            ..image
        };
        Ok(FingerRecord::new(self.ppi, compression, image))
    }

    /// The record of ISO 39794-4:2019.
    ///
    /// # Errors
    /// As [`iso39794_4::Representation::live_scan`].
    pub fn to_iso39794_4(&self) -> Result<iso39794_4::FingerRecord> {
        use iso39794_4::{FingerRecord, Representation};
        let print = Representation::live_scan(self.position, self.ppi, self.data.clone())?;
        Ok(FingerRecord::new(Representation {
            captured: self.captured,
            quality: self.quality.clone(),
            annotations: self.annotations.clone(),
            ..print
        }))
    }
}

impl core::fmt::Debug for FingerPrint {
    /// Which finger, and how long it is; the rest is a person's print.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("FingerPrint")
            .field("position", &self.position)
            .field("ppi", &self.ppi)
            .field("bytes", &self.data.len())
            .finish_non_exhaustive()
    }
}
