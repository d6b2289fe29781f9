//! The iris image record of ISO 19794-6:2005, which EF.DG4 holds in DO'5F2E'.
//!
//! ```text
//! "IIR\0" "010\0"  u32 record length  u16 device  u8 number of eyes  u16 header length, 45          45
//! u16 properties  u16 diameter  u16 format  u16 width  u16 height  u8 depth  u8 transformation
//! 16 octets device identifier
//! per eye:    u8 which  u16 number of images                                                         3
//! per image:  u16 number  u8 quality  u16 rotation  u16 uncertainty  u32 length  image data         11
//! ```
//!
//! All numbers are big-endian. Doc 9303-10 §4.7.4 wants one eye per record.

use super::Eye;
use crate::codes::codes;
use crate::deviation::Deviation;
use crate::fields::Fields;
use crate::image::{Colour, Image, ImageFormat, dimensions, sniff};
use crate::record::{check_image, within_limit};
use crate::{Error, Result};

/// Most images of one record.
pub const MAX_IMAGES: usize = 32;

/// A rotation angle or its uncertainty that is not known.
pub const ANGLE_UNDEFINED: u16 = 0xFFFF;

/// The quality of an image that was not measured.
pub const QUALITY_UNKNOWN: u8 = 254;

const FORMAT: &[u8; 4] = b"IIR\0";
const VERSION: &[u8; 4] = b"010\0";
const VERSION_2011: &[u8; 4] = b"020\0";
const HEADER_LEN: u16 = 45;

codes! {
    /// How the images are compressed (§6.5.2).
    Compression(u16) {
        GREY_RAW = 2 => "raw, grey",
        RGB_RAW = 4 => "raw, RGB",
        GREY_JPEG = 6 => "JPEG, grey",
        RGB_JPEG = 8 => "JPEG, RGB",
        GREY_JPEG_LS = 10 => "JPEG-LS, grey",
        RGB_JPEG_LS = 12 => "JPEG-LS, RGB",
        GREY_JPEG2000 = 14 => "JPEG 2000, grey",
        RGB_JPEG2000 = 16 => "JPEG 2000, colour",
    }
}

/// An iris image record: a header for all images, and the images of each eye.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IrisRecord {
    /// The vendor's number of the device, 0 when unspecified.
    pub device: u16,
    /// Orientations, scan type, occlusions, filling, boundary; 0 when all are undefined.
    pub properties: u16,
    /// Diameter of the iris in pixels, 0 when unspecified.
    pub diameter: u16,
    /// Compression of all images.
    pub compression: Compression,
    /// Width in pixels by the header.
    pub width: u16,
    /// Height in pixels by the header.
    pub height: u16,
    /// Bits per pixel.
    pub depth: u8,
    /// Transformation to polar coordinates, 0 when unspecified.
    pub transformation: u8,
    /// The device's own identifier, zeros when unspecified.
    pub device_id: [u8; 16],
    /// The eyes, one on a chip.
    pub eyes: Vec<EyeImages>,
}

/// The images of one eye.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EyeImages {
    /// Which eye.
    pub eye: Eye,
    /// Its images.
    pub images: Vec<IrisImage>,
}

/// One image of an eye.
#[derive(Clone, PartialEq, Eq)]
pub struct IrisImage {
    /// Its number, from 1.
    pub number: u16,
    /// Quality from 0 to 100.
    pub quality: u8,
    /// Rotation of the eye in units of 360° / 65,536, [`ANGLE_UNDEFINED`] when not known.
    pub rotation: u16,
    /// Its uncertainty, [`ANGLE_UNDEFINED`] when not known.
    pub rotation_uncertainty: u16,
    /// The samples, or the file of the record's compression.
    pub data: Vec<u8>,
}

impl IrisRecord {
    /// A record of one image in a JPEG or JPEG 2000 file: size and compression are taken from it,
    /// `colour` says what its samples are.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for another format, [`Error::Malformed`] for broken headers,
    /// [`Error::TooLarge`] for a side above 65,535 pixels.
    pub fn of_file(eye: Eye, colour: Colour, data: Vec<u8>) -> Result<Self> {
        let compression = match (sniff(&data), colour) {
            (Some(ImageFormat::Jpeg), Colour::Grey8) => Compression::GREY_JPEG,
            (Some(ImageFormat::Jpeg), Colour::Rgb8) => Compression::RGB_JPEG,
            (Some(format), Colour::Grey8) if format.is_jpeg2000() => Compression::GREY_JPEG2000,
            (Some(format), Colour::Rgb8) if format.is_jpeg2000() => Compression::RGB_JPEG2000,
            _ => {
                return Err(Error::Unsupported(
                    "an iris image that is neither JPEG nor JPEG 2000",
                ));
            }
        };
        let size = dimensions(&data)?;
        Self::with(eye, colour, compression, size, data)
    }

    /// A record of one uncompressed image.
    ///
    /// # Errors
    /// [`Error::TooLarge`] for a side above 65,535 pixels.
    pub fn raw(eye: Eye, image: &Image) -> Result<Self> {
        let compression = match image.colour() {
            Colour::Grey8 => Compression::GREY_RAW,
            Colour::Rgb8 => Compression::RGB_RAW,
        };
        let size = (image.width(), image.height());
        let samples = image.samples().to_vec();
        Self::with(eye, image.colour(), compression, size, samples)
    }

    fn with(
        eye: Eye,
        colour: Colour,
        compression: Compression,
        (width, height): (u32, u32),
        data: Vec<u8>,
    ) -> Result<Self> {
        let side = |pixels: u32| {
            u16::try_from(pixels).map_err(|_| Error::TooLarge {
                what: "side of an iris image in pixels",
                found: pixels.into(),
                limit: u16::MAX.into(),
            })
        };
        Ok(Self {
            device: 0,
            properties: 0,
            diameter: 0,
            compression,
            width: side(width)?,
            height: side(height)?,
            depth: 8 * colour.channels() as u8,
            transformation: 0,
            device_id: [0; 16],
            eyes: vec![EyeImages {
                eye,
                images: vec![IrisImage {
                    number: 1,
                    quality: QUALITY_UNKNOWN,
                    rotation: ANGLE_UNDEFINED,
                    rotation_uncertainty: ANGLE_UNDEFINED,
                    data,
                }],
            }],
        })
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
        let (mut iris_record, eyes) =
            Self::read_header(&mut fields, record.len() as u64, &mut deviations)?;
        let mut index = 0;
        for _ in 0..eyes {
            let eye = EyeImages::read(&mut fields, &mut index)?;
            iris_record.eyes.push(eye);
        }
        if fields.remaining() > 0 {
            let count = fields.remaining();
            deviations.push(Deviation::TrailingBytes { count });
        }
        let images = iris_record.eyes.iter().flat_map(|eye| &eye.images);
        for (index, image) in images.enumerate() {
            iris_record.check(image, index, &mut deviations);
        }
        Ok((iris_record, deviations))
    }

    /// Writes the record.
    ///
    /// # Errors
    /// [`Error::Misuse`] when there is no image, more than [`MAX_IMAGES`], or more bytes than the
    /// length fields can count.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let images: usize = self.eyes.iter().map(|eye| eye.images.len()).sum();
        if images == 0 || images > MAX_IMAGES || self.eyes.len() > MAX_IMAGES {
            return Err(Error::Misuse("an iris record of no image or of too many"));
        }
        let mut body = Vec::new();
        for eye in &self.eyes {
            eye.write(&mut body)?;
        }
        let length = u32::try_from(usize::from(HEADER_LEN) + body.len())
            .map_err(|_| Error::Misuse("an iris record longer than its length field"))?;
        let mut record = [FORMAT.as_slice(), VERSION, &length.to_be_bytes()].concat();
        record.extend_from_slice(&self.device.to_be_bytes());
        record.push(self.eyes.len() as u8);
        for number in [
            HEADER_LEN,
            self.properties,
            self.diameter,
            self.compression.0,
            self.width,
            self.height,
        ] {
            record.extend_from_slice(&number.to_be_bytes());
        }
        record.extend_from_slice(&[self.depth, self.transformation]);
        record.extend_from_slice(&self.device_id);
        record.extend_from_slice(&body);
        Ok(record)
    }

    /// Reads the header; returns a record without images and the number of eyes that follow.
    fn read_header(
        fields: &mut Fields<'_>,
        found: u64,
        deviations: &mut Vec<Deviation>,
    ) -> Result<(Self, usize)> {
        const WHAT: &str = "iris record header";
        let malformed = |at| Error::Malformed { what: WHAT, at };
        if &fields.array(WHAT)? != FORMAT {
            return Err(malformed(0));
        }
        match &fields.array(WHAT)? {
            VERSION => {}
            VERSION_2011 => return Err(Error::Unsupported("ISO 19794-6:2011")),
            _ => return Err(malformed(FORMAT.len())),
        }
        let declared = u64::from(fields.u32(WHAT)?);
        if declared != found {
            deviations.push(Deviation::RecordLength { declared, found });
        }
        let device = fields.u16(WHAT)?;
        let eyes = usize::from(fields.u8(WHAT)?);
        if fields.u16(WHAT)? != HEADER_LEN {
            return Err(malformed(fields.at() - 2));
        }
        let record = Self {
            device,
            properties: fields.u16(WHAT)?,
            diameter: fields.u16(WHAT)?,
            compression: Compression(fields.u16(WHAT)?),
            width: fields.u16(WHAT)?,
            height: fields.u16(WHAT)?,
            depth: fields.u8(WHAT)?,
            transformation: fields.u8(WHAT)?,
            device_id: fields.array(WHAT)?,
            eyes: Vec::new(),
        };
        if eyes == 0 {
            return Err(malformed(14));
        }
        within_limit("number of eyes", eyes, MAX_IMAGES)?;
        Ok((record, eyes))
    }

    /// Compares the header with an image itself.
    fn check(&self, image: &IrisImage, index: usize, deviations: &mut Vec<Deviation>) {
        let samples = u64::from(self.width) * u64::from(self.height);
        let raw_length = match self.compression {
            Compression::GREY_RAW => Some(samples),
            Compression::RGB_RAW => Some(samples * 3),
            _ => None,
        };
        if let Some(length) = raw_length {
            if length != image.data.len() as u64 {
                deviations.push(Deviation::UnknownImage { image: index });
            }
            return;
        }
        let declared = (self.width.into(), self.height.into());
        check_image(
            &image.data,
            Some(declared),
            index,
            deviations,
            |format| match self.compression {
                Compression::GREY_JPEG | Compression::RGB_JPEG => format == ImageFormat::Jpeg,
                Compression::GREY_JPEG2000 | Compression::RGB_JPEG2000 => format.is_jpeg2000(),
                _ => false,
            },
        );
    }
}

impl EyeImages {
    /// Reads the images of one eye; `before` counts those of the whole record.
    fn read(fields: &mut Fields<'_>, before: &mut usize) -> Result<Self> {
        const WHAT: &str = "eye";
        let eye = Eye(fields.u8(WHAT)?);
        let count = usize::from(fields.u16(WHAT)?);
        *before += count;
        within_limit("number of iris images", *before, MAX_IMAGES)?;
        let images = (0..count)
            .map(|_| IrisImage::read(fields))
            .collect::<Result<_>>()?;
        Ok(Self { eye, images })
    }

    fn write(&self, record: &mut Vec<u8>) -> Result<()> {
        record.push(self.eye.0);
        record.extend_from_slice(&(self.images.len() as u16).to_be_bytes());
        for image in &self.images {
            let length = u32::try_from(image.data.len())
                .map_err(|_| Error::Misuse("an iris image longer than its length field"))?;
            record.extend_from_slice(&image.number.to_be_bytes());
            record.push(image.quality);
            record.extend_from_slice(&image.rotation.to_be_bytes());
            record.extend_from_slice(&image.rotation_uncertainty.to_be_bytes());
            record.extend_from_slice(&length.to_be_bytes());
            record.extend_from_slice(&image.data);
        }
        Ok(())
    }
}

impl IrisImage {
    fn read(fields: &mut Fields<'_>) -> Result<Self> {
        const WHAT: &str = "iris image header";
        let (number, quality) = (fields.u16(WHAT)?, fields.u8(WHAT)?);
        let (rotation, rotation_uncertainty) = (fields.u16(WHAT)?, fields.u16(WHAT)?);
        let length = fields.u32(WHAT)?;
        let data = fields.bytes(usize::try_from(length).unwrap_or(usize::MAX), "iris image")?;
        Ok(Self {
            number,
            quality,
            rotation,
            rotation_uncertainty,
            data: data.to_vec(),
        })
    }
}

impl core::fmt::Debug for IrisImage {
    /// Its number and length; the rest is a person's eye.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("IrisImage")
            .field("number", &self.number)
            .field("bytes", &self.data.len())
            .finish_non_exhaustive()
    }
}
