//! The iris image record of ISO 39794-6:2021, which EF.DG4 holds in `7F2E { A1 { … } }`
//! (Doc 9303-10 §4.7.4).
//!
//! ```text
//! 66 { A0 version  A1 { 30 {                                                             per image
//!   80 eye  A1 kind  82 bits per pixel  A3 compression  84 85 orientation  86 compression history
//!   A7 date  88 image  A9 distance  AA device  AB quality  AC roll angle  AD where the iris is
//!   AE attack detection } … } }
//! ```
//!
//! A widespread implementation numbers three objects otherwise: `A7` distance, `A8` date, `89`
//! image; both are read, and the second is reported. NOTICE.md has the terms of the schema.

mod codes;

pub use self::codes::{
    CaptureTechnology, CompressionHistory, HorizontalOrientation, ImageDataFormat, ImageKind,
    RangingError, VerticalOrientation,
};
use super::Eye;
use crate::der::{Children, Object, Reading, Writer};
use crate::image::{Colour, ImageFormat, is_reversible_jpeg2000, sniff};
use crate::iso39794_1::{
    CaptureDateTime, Content, Field, MAX_REPRESENTATIONS, Octets, PresentationAttack, Profile,
    Quality, RegistryId, Value, Version, blocks, read_record, write_record,
};
use crate::record::check_image;
use crate::{Deviation, Error, Result};

/// The tag of the record: application 6, constructed.
pub(crate) const TAG: u8 = 0x66;

/// An iris image record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IrisRecord {
    /// The edition of the standard.
    pub version: Version,
    /// The images, one on a chip.
    pub representations: Vec<Representation>,
}

/// One image of an eye with what is said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Representation {
    /// Which eye.
    pub eye: Eye,
    /// What part of the eye it shows.
    pub kind: ImageKind,
    /// Bits per pixel.
    pub depth: u8,
    /// Its compression.
    pub format: ImageDataFormat,
    /// How it lies from side to side.
    pub horizontal: HorizontalOrientation,
    /// How it lies from top to bottom.
    pub vertical: VerticalOrientation,
    /// How it was compressed before.
    pub compression_history: CompressionHistory,
    /// When it was taken.
    pub captured: Option<CaptureDateTime>,
    /// The image: a file of its format.
    pub data: Octets,
    /// Distance of the camera.
    pub range: Option<Range>,
    /// What took it.
    pub device: Option<CaptureDevice>,
    /// What algorithms say of its quality.
    pub quality: Vec<Quality>,
    /// How the eye is turned.
    pub roll: Option<RollAngle>,
    /// Where the iris is.
    pub localisation: Option<Localisation>,
    /// What was done against the presentation of something else than an eye.
    pub presentation_attack: Option<PresentationAttack>,
}

/// Distance of the camera from the eye.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Range {
    /// In millimetres.
    Millimetres(u16),
    /// Not known, for this reason.
    Error(RangingError),
}

blocks! {
    /// The device that took an image.
    CaptureDevice {
        /// Its model.
        model: RegistryId = 0,
        /// How it works.
        technology: Option<CaptureTechnology> = 1,
        /// Its certificates.
        certifications: Vec<RegistryId> = 2,
    }

    /// How an eye is turned.
    #[derive(Copy)]
    RollAngle {
        /// In units of the standard.
        angle: u32 = 0,
        /// How far it may be off.
        uncertainty: Option<u32> = 1,
    }

    /// Where the iris is, as ranges of its centre and diameter in pixels.
    #[derive(Copy, Default)]
    Localisation {
        /// Smallest distance of the centre from the left.
        centre_x_smallest: Option<u16> = 0,
        /// Largest distance of the centre from the left.
        centre_x_largest: Option<u16> = 1,
        /// Smallest distance of the centre from the top.
        centre_y_smallest: Option<u16> = 2,
        /// Largest distance of the centre from the top.
        centre_y_largest: Option<u16> = 3,
        /// Smallest diameter.
        diameter_smallest: Option<u16> = 4,
        /// Largest diameter.
        diameter_largest: Option<u16> = 5,
    }
}

impl IrisRecord {
    /// A record of one image.
    #[must_use]
    pub fn new(representation: Representation) -> Self {
        Self {
            version: Version::FIRST_EDITION,
            representations: vec![representation],
        }
    }

    /// Reads a record, with or without the template `A1` around it, and lists where it departs
    /// from the standard. The images are looked at, not decoded.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the structure cannot be followed or a mandatory object is
    /// missing, [`Error::TooLarge`] above [`MAX_REPRESENTATIONS`].
    pub fn parse(record: &[u8]) -> Result<(Self, Vec<Deviation>)> {
        let mut reading = Reading::default();
        let what = "iris image record (ISO 39794-6)";
        let (version, representations, _) = read_record(record, TAG, what, &mut reading)?;
        for (index, representation) in representations.iter().enumerate() {
            Representation::check(representation, index, &mut reading);
        }
        let record = Self {
            version,
            representations,
        };
        Ok((record, reading.deviations))
    }

    /// Writes the record as the standard has it: the object `66`, which EF.DG4 wraps.
    ///
    /// # Errors
    /// [`Error::Misuse`] when there is no image or more than [`MAX_REPRESENTATIONS`].
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        self.to_bytes_as(Profile::Base)
    }

    /// Writes the record with its codes as a profile has them.
    ///
    /// # Errors
    /// As [`IrisRecord::to_bytes`].
    pub fn to_bytes_as(&self, profile: Profile) -> Result<Vec<u8>> {
        if !(1..=MAX_REPRESENTATIONS).contains(&self.representations.len()) {
            return Err(Error::Misuse("an iris record of no image or of too many"));
        }
        Ok(write_record(
            TAG,
            self.version,
            &self.representations,
            profile,
        ))
    }
}

impl Representation {
    /// An uncropped image of an eye in a PNG or JPEG 2000 file, of which nothing else is known.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for another format, [`Error::Malformed`] for broken headers of
    /// JPEG 2000.
    pub fn new(eye: Eye, colour: Colour, data: Vec<u8>) -> Result<Self> {
        let (format, compression_history) = format_of(&data)?;
        Ok(Self {
            eye,
            kind: ImageKind::UNCROPPED,
            depth: 8 * colour.channels() as u8,
            format,
            horizontal: HorizontalOrientation::UNDEFINED,
            vertical: VerticalOrientation::UNDEFINED,
            compression_history,
            captured: None,
            data: Octets(data),
            range: None,
            device: None,
            quality: Vec::new(),
            roll: None,
            localisation: None,
            presentation_attack: None,
        })
    }

    fn check(&self, index: usize, reading: &mut Reading) {
        let pixmap: &[u8] = match self.format {
            ImageDataFormat::PGM => b"P5",
            ImageDataFormat::PPM => b"P6",
            _ => b"",
        };
        if !pixmap.is_empty() && self.data.0.starts_with(pixmap) {
            return;
        }
        let mut found = Vec::new();
        check_image(&self.data.0, None, index, &mut found, |format| {
            match self.format {
                ImageDataFormat::PNG => format == ImageFormat::Png,
                ImageDataFormat::JPEG2000_LOSSLESS | ImageDataFormat::JPEG2000_LOSSY => {
                    format.is_jpeg2000()
                }
                _ => false,
            }
        });
        for deviation in found {
            reading.note(deviation);
        }
    }
}

impl Content for Representation {
    fn from_children(children: &mut Children<'_>, reading: &mut Reading) -> Result<Self> {
        let mut take = Taking { children, reading };
        let (eye, kind) = (take.field(0, "eye")?, take.field(1, "kind of image")?);
        let depth = take.field(2, "bits per pixel")?;
        let format = take.field(3, "compression")?;
        let horizontal = take.field(4, "horizontal orientation")?;
        let vertical = take.field(5, "vertical orientation")?;
        let compression_history = take.field(6, "compression history")?;
        let (captured, data, range) = take.date_image_and_distance()?;
        Ok(Self {
            eye,
            kind,
            depth,
            format,
            horizontal,
            vertical,
            compression_history,
            captured,
            data,
            range,
            device: take.field(10, "capture device")?,
            quality: take.field(11, "quality")?,
            roll: take.field(12, "roll angle")?,
            localisation: take.field(13, "place of the iris")?,
            presentation_attack: take.field(14, "attack detection")?,
        })
    }

    fn write_children(&self, writer: &mut Writer) {
        self.eye.put(0, writer);
        self.kind.put(1, writer);
        self.depth.put(2, writer);
        self.format.put(3, writer);
        self.horizontal.put(4, writer);
        self.vertical.put(5, writer);
        self.compression_history.put(6, writer);
        self.captured.put(7, writer);
        self.data.put(8, writer);
        self.range.put(9, writer);
        self.device.put(10, writer);
        self.quality.put(11, writer);
        self.roll.put(12, writer);
        self.localisation.put(13, writer);
        self.presentation_attack.put(14, writer);
    }
}

struct Taking<'c, 'a> {
    children: &'c mut Children<'a>,
    reading: &'c mut Reading,
}

impl Taking<'_, '_> {
    fn field<F: Field>(&mut self, number: u8, what: &'static str) -> Result<F> {
        F::take(self.children, number, what, self.reading)
    }

    /// Three objects whose numbers differ; the image, the only one that is primitive, tells how.
    fn date_image_and_distance(&mut self) -> Result<DateImageAndDistance> {
        const NAMES: [&str; 3] = ["date", "image", "distance"];
        let [date, image, distance] = NAMES;
        if self.children.has(0x89) && !self.children.has(0x88) {
            let at = self.children.at();
            self.reading.note(Deviation::OtherNumbering { at });
            let range = self.field(7, distance)?;
            return Ok((self.field(8, date)?, self.field(9, image)?, range));
        }
        Ok((
            self.field(7, date)?,
            self.field(8, image)?,
            self.field(9, distance)?,
        ))
    }
}

type DateImageAndDistance = (Option<CaptureDateTime>, Octets, Option<Range>);

impl Value for Range {
    fn read(object: &Object<'_>, reading: &mut Reading) -> Result<Self> {
        let arm = object.children(reading)?.only("distance", reading)?;
        match arm.tag {
            0x80 => u16::read(&arm, reading).map(Self::Millimetres),
            0x81 => u8::read(&arm, reading).map(|code| Self::Error(RangingError(code))),
            _ => Err(arm.malformed("distance")),
        }
    }

    fn write(&self, number: u8, writer: &mut Writer) {
        writer.template(number, |choice| match self {
            Self::Millimetres(distance) => choice.integer(0, (*distance).into()),
            Self::Error(error) => choice.integer(1, error.0.into()),
        });
    }
}

fn format_of(data: &[u8]) -> Result<(ImageDataFormat, CompressionHistory)> {
    match sniff(data) {
        Some(ImageFormat::Png) => Ok((ImageDataFormat::PNG, CompressionHistory::LOSSLESS_OR_NONE)),
        Some(ImageFormat::Jp2 | ImageFormat::Jpeg2000Codestream) => {
            Ok(if is_reversible_jpeg2000(data)? {
                (
                    ImageDataFormat::JPEG2000_LOSSLESS,
                    CompressionHistory::LOSSLESS_OR_NONE,
                )
            } else {
                (ImageDataFormat::JPEG2000_LOSSY, CompressionHistory::LOSSY)
            })
        }
        _ => Err(Error::Unsupported(
            "an iris image that is neither PNG nor JPEG 2000",
        )),
    }
}
