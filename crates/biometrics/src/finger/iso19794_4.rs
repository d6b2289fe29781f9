//! The finger image record of ISO 19794-4:2005, which EF.DG3 holds in DO'5F2E'.
//!
//! ```text
//! "FIR\0" "010\0"  u48 record length  u16 device  u16 acquisition level  u8 number of fingers      32
//! u8 scale units  2 × u16 scan resolution  2 × u16 image resolution  u8 depth  u8 compression
//! u16 reserved
//! per finger:
//!   u32 block length  position  views  view  quality  impression  u16 width  u16 height  reserved  14
//!   image data
//! ```
//!
//! All numbers are big-endian. Doc 9303-10 §4.7.3 wants one finger per record.

use super::FingerPosition;
use crate::codes::codes;
use crate::deviation::Deviation;
use crate::fields::Fields;
use crate::image::ImageFormat;
use crate::record::{Block, check_image, within_limit};
use crate::{Error, Result};

/// Most images of one record: every view of ten fingers.
pub const MAX_IMAGES: usize = 32;

/// The acquisition level of ISO 19794-4 for identification: 500 pixels per inch, 8 bits.
pub const ACQUISITION_LEVEL_31: u16 = 31;

/// The quality of a print that was not measured.
pub const QUALITY_UNKNOWN: u8 = 254;

const FORMAT: &[u8; 4] = b"FIR\0";
const VERSION: &[u8; 4] = b"010\0";
const VERSION_2011: &[u8; 4] = b"020\0";
const HEADER_LEN: usize = 32;
const IMAGE_HEADER_LEN: usize = 14;

codes! {
    /// How the images are compressed (§7.1.13).
    Compression(u8) {
        UNCOMPRESSED = 0 => "uncompressed",
        BIT_PACKED = 1 => "bit-packed",
        WSQ = 2 => "WSQ",
        JPEG = 3 => "JPEG",
        JPEG2000 = 4 => "JPEG 2000",
        PNG = 5 => "PNG",
    }
}

codes! {
    /// Unit of the resolutions (§7.1.7).
    ScaleUnits(u8) {
        PIXELS_PER_INCH = 1 => "pixels per inch",
        PIXELS_PER_CENTIMETRE = 2 => "pixels per centimetre",
    }
}

codes! {
    /// How the print was made (§7.2.6).
    Impression(u8) {
        LIVE_SCAN_PLAIN = 0 => "live-scan plain",
        LIVE_SCAN_ROLLED = 1 => "live-scan rolled",
        NON_LIVE_SCAN_PLAIN = 2 => "non-live-scan plain",
        NON_LIVE_SCAN_ROLLED = 3 => "non-live-scan rolled",
        LATENT = 7 => "latent",
        SWIPE = 8 => "swipe",
        LIVE_SCAN_CONTACTLESS = 9 => "live-scan contactless",
    }
}

/// A finger image record: a header for all images, and the images.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FingerRecord {
    /// The vendor's number of the device, 0 when unspecified.
    pub device: u16,
    /// Quality class of the scanner, [`ACQUISITION_LEVEL_31`] for identity documents.
    pub acquisition_level: u16,
    /// Unit of the resolutions.
    pub scale_units: ScaleUnits,
    /// Resolution of the scan, horizontal and vertical.
    pub scan_resolution: (u16, u16),
    /// Resolution of the images, horizontal and vertical.
    pub image_resolution: (u16, u16),
    /// Bits per pixel.
    pub depth: u8,
    /// Compression of all images.
    pub compression: Compression,
    /// The images, one on a chip.
    pub images: Vec<FingerImage>,
}

/// One image of a finger.
#[derive(Clone, PartialEq, Eq)]
pub struct FingerImage {
    /// Which finger.
    pub position: FingerPosition,
    /// How many images of this finger the record has.
    pub view_count: u8,
    /// Which of them this is, from 1.
    pub view_number: u8,
    /// Quality from 0 to 100; this edition defines no measure and many records say 254.
    pub quality: u8,
    /// How the print was made.
    pub impression: Impression,
    /// Width in pixels by the header.
    pub width: u16,
    /// Height in pixels by the header.
    pub height: u16,
    /// The samples, or the file of the record's compression.
    pub data: Vec<u8>,
}

impl FingerRecord {
    /// A record of one image with 8 bits per pixel at `ppi` pixels per inch, as Doc 9303-10 §4.7.3
    /// wants it.
    #[must_use]
    pub fn new(ppi: u16, compression: Compression, image: FingerImage) -> Self {
        Self {
            device: 0,
            acquisition_level: ACQUISITION_LEVEL_31,
            scale_units: ScaleUnits::PIXELS_PER_INCH,
            scan_resolution: (ppi, ppi),
            image_resolution: (ppi, ppi),
            depth: 8,
            compression,
            images: vec![image],
        }
    }

    /// Reads a record and lists where it departs from the standard. The images are looked at, not
    /// decoded.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the structure cannot be followed, [`Error::Unsupported`] for
    /// another edition, [`Error::TooLarge`] above [`MAX_IMAGES`].
    pub fn parse(record: &[u8]) -> Result<(Self, Vec<Deviation>)> {
        let mut fields = Fields::new(record);
        let mut deviations = Vec::new();
        let (mut finger_record, count) =
            Self::read_header(&mut fields, record.len() as u64, &mut deviations)?;
        for index in 0..count {
            let image = FingerImage::read(&mut fields, index, &mut deviations)?;
            finger_record.check(&image, index, &mut deviations);
            finger_record.images.push(image);
        }
        Ok((finger_record, deviations))
    }

    /// Writes the record.
    ///
    /// # Errors
    /// [`Error::Misuse`] when there is no image, more than [`MAX_IMAGES`], or one longer than the
    /// length field can count.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        if self.images.is_empty() || self.images.len() > MAX_IMAGES {
            return Err(Error::Misuse("a finger record of no image or of too many"));
        }
        let mut body = Vec::new();
        for image in &self.images {
            image.write(&mut body)?;
        }
        let [_, _, length @ ..] = ((HEADER_LEN + body.len()) as u64).to_be_bytes();
        let mut record = [FORMAT.as_slice(), VERSION, &length].concat();
        record.extend_from_slice(&self.device.to_be_bytes());
        record.extend_from_slice(&self.acquisition_level.to_be_bytes());
        record.extend_from_slice(&[self.images.len() as u8, self.scale_units.0]);
        for (horizontal, vertical) in [self.scan_resolution, self.image_resolution] {
            record.extend_from_slice(&horizontal.to_be_bytes());
            record.extend_from_slice(&vertical.to_be_bytes());
        }
        record.extend_from_slice(&[self.depth, self.compression.0, 0, 0]);
        record.extend_from_slice(&body);
        Ok(record)
    }

    /// Reads the header; returns a record without images and the number of images that follow.
    fn read_header(
        fields: &mut Fields<'_>,
        found: u64,
        deviations: &mut Vec<Deviation>,
    ) -> Result<(Self, usize)> {
        const WHAT: &str = "finger record header";
        let malformed = |at| Error::Malformed { what: WHAT, at };
        if &fields.array(WHAT)? != FORMAT {
            return Err(malformed(0));
        }
        match &fields.array(WHAT)? {
            VERSION => {}
            VERSION_2011 => return Err(Error::Unsupported("ISO 19794-4:2011")),
            _ => return Err(malformed(FORMAT.len())),
        }
        let declared = fields.u48(WHAT)?;
        if declared != found {
            deviations.push(Deviation::RecordLength { declared, found });
        }
        let (device, acquisition_level) = (fields.u16(WHAT)?, fields.u16(WHAT)?);
        let count = usize::from(fields.u8(WHAT)?);
        let record = Self {
            device,
            acquisition_level,
            scale_units: ScaleUnits(fields.u8(WHAT)?),
            scan_resolution: (fields.u16(WHAT)?, fields.u16(WHAT)?),
            image_resolution: (fields.u16(WHAT)?, fields.u16(WHAT)?),
            depth: fields.u8(WHAT)?,
            compression: Compression(fields.u8(WHAT)?),
            images: Vec::new(),
        };
        fields.u16(WHAT)?;
        if count == 0 {
            return Err(malformed(fields.at()));
        }
        within_limit("number of finger images", count, MAX_IMAGES)?;
        Ok((record, count))
    }

    /// Compares the headers with an image itself.
    fn check(&self, image: &FingerImage, index: usize, deviations: &mut Vec<Deviation>) {
        let expected = match self.compression {
            Compression::UNCOMPRESSED | Compression::BIT_PACKED => {
                self.check_samples(image, index, deviations);
                return;
            }
            Compression::WSQ => Some(ImageFormat::Wsq),
            Compression::JPEG => Some(ImageFormat::Jpeg),
            Compression::JPEG2000 => Some(ImageFormat::Jp2),
            Compression::PNG => Some(ImageFormat::Png),
            _ => None,
        };
        check_image(
            &image.data,
            Some(image.size()),
            index,
            deviations,
            |format| {
                Some(format) == expected
                    || (format.is_jpeg2000() && expected == Some(ImageFormat::Jp2))
            },
        );
    }

    /// Uncompressed samples must fill the image; if not, its size cannot be told.
    fn check_samples(&self, image: &FingerImage, index: usize, deviations: &mut Vec<Deviation>) {
        let pixels = u64::from(image.width) * u64::from(image.height);
        let bits = pixels * u64::from(self.depth);
        if bits.div_ceil(8) != image.data.len() as u64 {
            deviations.push(Deviation::UnknownImage { image: index });
        }
    }
}

impl FingerImage {
    /// The only view of a plain live-scan print, of unknown quality.
    #[must_use]
    pub fn live_scan(position: FingerPosition, width: u16, height: u16, data: Vec<u8>) -> Self {
        Self {
            position,
            view_count: 1,
            view_number: 1,
            quality: QUALITY_UNKNOWN,
            impression: Impression::LIVE_SCAN_PLAIN,
            width,
            height,
            data,
        }
    }

    fn size(&self) -> (u32, u32) {
        (self.width.into(), self.height.into())
    }

    fn read(
        fields: &mut Fields<'_>,
        index: usize,
        deviations: &mut Vec<Deviation>,
    ) -> Result<Self> {
        const WHAT: &str = "finger image header";
        let block = Block::open(fields, index)?;
        let mut image = Self {
            position: FingerPosition(fields.u8(WHAT)?),
            view_count: fields.u8(WHAT)?,
            view_number: fields.u8(WHAT)?,
            quality: fields.u8(WHAT)?,
            impression: Impression(fields.u8(WHAT)?),
            width: fields.u16(WHAT)?,
            height: fields.u16(WHAT)?,
            data: Vec::new(),
        };
        fields.u8(WHAT)?;
        image.data = block.rest(fields, deviations)?.to_vec();
        Ok(image)
    }

    fn write(&self, record: &mut Vec<u8>) -> Result<()> {
        let length = u32::try_from(IMAGE_HEADER_LEN + self.data.len())
            .map_err(|_| Error::Misuse("a finger image longer than its length field"))?;
        record.extend_from_slice(&length.to_be_bytes());
        record.extend_from_slice(&[self.position.0, self.view_count, self.view_number]);
        record.extend_from_slice(&[self.quality, self.impression.0]);
        record.extend_from_slice(&self.width.to_be_bytes());
        record.extend_from_slice(&self.height.to_be_bytes());
        record.push(0);
        record.extend_from_slice(&self.data);
        Ok(())
    }
}

impl core::fmt::Debug for FingerImage {
    /// Which finger and its size; the rest is a person's print.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("FingerImage")
            .field("position", &self.position)
            .field("width", &self.width)
            .field("height", &self.height)
            .field("bytes", &self.data.len())
            .finish_non_exhaustive()
    }
}
