//! The finger image record of ISO 39794-4:2019, which EF.DG3 holds in `7F2E { A1 { … } }`
//! (Doc 9303-10 §4.7.3).
//!
//! ```text
//! 64 { A0 version  A1 { 30 {                                                     per finger or slap
//!   A0 position  A1 impression  A2 compression  83 image
//!   A4 date  A5 device  A6 quality  A7 resolution  88 position computed  89 rotation
//!   8A turned upright  8B compressed with loss  AC fingers of a slap
//!   AD fingers that are missing, and why  AE attack detection  AF comments  B0 vendor's own } … } }
//! ```
//!
//! A code is `80 code`, or `A1 { 80 code }` in an extension block; both are read. NOTICE.md has the
//! terms of the schema.

mod codes;

pub use self::codes::{
    AnnotationReason, CaptureTechnology, ImageDataFormat, Impression, SamplingUnit,
};
use super::FingerPosition;
use crate::der::Reading;
use crate::image::{ImageFormat, is_reversible_jpeg2000, sniff};
use crate::iso39794_1::{
    CaptureDateTime, Coordinate, ExtendedData, MAX_REPRESENTATIONS, Octets, PresentationAttack,
    Profile, Quality, RegistryId, ScoreOrError, Version, blocks, read_record, write_record,
};
use crate::record::check_image;
use crate::{Deviation, Error, Result};

/// The tag of the record: application 4, constructed.
pub(crate) const TAG: u8 = 0x64;

/// A finger image record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FingerRecord {
    /// The edition of the standard.
    pub version: Version,
    /// The images; Doc 9303-10 §4.7.3 wants one finger per record.
    pub representations: Vec<Representation>,
}

blocks! {
    /// One image of a finger, or of several, with what is said of it.
    Representation {
        /// Which finger, or which of several.
        position: FingerPosition = 0,
        /// How the print was made.
        impression: Impression = 1,
        /// Compression of the image.
        format: ImageDataFormat = 2,
        /// The image: a file of its format.
        data: Octets = 3,
        /// When it was taken.
        captured: Option<CaptureDateTime> = 4,
        /// What took it.
        device: Option<CaptureDevice> = 5,
        /// What algorithms say of its quality.
        quality: Vec<Quality> = 6,
        /// Its resolution.
        sampling: Option<SpatialSampling> = 7,
        /// Whether the position was found out by the capture system.
        position_computed: Option<bool> = 8,
        /// By how many degrees the finger was turned.
        original_rotation: Option<u16> = 9,
        /// Whether the image was turned upright.
        rotated_to_vertical: Option<bool> = 10,
        /// Whether it was ever compressed with loss.
        lossily_compressed: Option<bool> = 11,
        /// Where the fingers of a slap are.
        segmentations: Vec<Segmentation> = 12,
        /// Which fingers could not be taken, and why.
        annotations: Vec<Annotation> = 13,
        /// What was done against the presentation of something else than a finger.
        presentation_attack: Option<PresentationAttack> = 14,
        /// Comments in ASCII.
        comments: Vec<String> = 15,
        /// The vendor's own data.
        vendor_data: Vec<ExtendedData> = 16,
    }

    /// The device that took an image.
    CaptureDevice {
        /// Its model.
        model: RegistryId = 0,
        /// How it works.
        technology: Option<CaptureTechnology> = 1,
        /// Its certificates.
        certifications: Vec<RegistryId> = 2,
    }

    /// The resolution of an image, both ways.
    #[derive(Copy)]
    SpatialSampling {
        /// Pixels per unit.
        samples: u16 = 0,
        /// The unit.
        unit: SamplingUnit = 1,
    }

    /// Where the fingers of a slap are, by one algorithm.
    Segmentation {
        /// The algorithm.
        algorithm: RegistryId = 0,
        /// The fingers.
        segments: Vec<Segment> = 1,
    }

    /// Where one finger of a slap is.
    Segment {
        /// Which finger.
        position: FingerPosition = 0,
        /// Corners: two of an upright rectangle, or all of a polygon.
        corners: Vec<Coordinate> = 1,
        /// How it is turned, in steps of 360° / 256.
        orientation: Option<u8> = 2,
        /// What algorithms say of its quality.
        quality: Vec<Quality> = 3,
        /// How sure the algorithm is.
        confidence: Option<ScoreOrError> = 4,
    }

    /// A finger that could not be taken, or not well, and why.
    #[derive(Copy)]
    Annotation {
        /// Which finger.
        position: FingerPosition = 0,
        /// Why.
        reason: AnnotationReason = 1,
    }
}

impl FingerRecord {
    /// A record of one image, as Doc 9303-10 §4.7.3 wants it.
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
        let what = "finger image record (ISO 39794-4)";
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

    /// Writes the record as the standard has it: the object `64`, which EF.DG3 wraps.
    ///
    /// # Errors
    /// [`Error::Misuse`] when there is no image, more than [`MAX_REPRESENTATIONS`], or a comment
    /// that is not ASCII.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        self.to_bytes_as(Profile::Base)
    }

    /// Writes the record with its codes as a profile has them.
    ///
    /// # Errors
    /// As [`FingerRecord::to_bytes`].
    pub fn to_bytes_as(&self, profile: Profile) -> Result<Vec<u8>> {
        if !(1..=MAX_REPRESENTATIONS).contains(&self.representations.len()) {
            return Err(Error::Misuse("a finger record of no image or of too many"));
        }
        let mut comments = self.representations.iter().flat_map(|one| &one.comments);
        if !comments.all(|text| text.bytes().all(|octet| matches!(octet, 0x20..=0x7E))) {
            return Err(Error::Misuse("a comment on a finger that is not ASCII"));
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
    /// A plain print of a finger or slap at a resolution in pixels per inch, in a file of which the
    /// format is found out.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a format that the standard has no code for, [`Error::Malformed`]
    /// for broken headers of JPEG 2000.
    pub fn live_scan(position: FingerPosition, ppi: u16, data: Vec<u8>) -> Result<Self> {
        let format = format_of(&data)?;
        Ok(Self {
            position,
            impression: Impression::PLAIN_CONTACT,
            format,
            data: Octets(data),
            captured: None,
            device: None,
            quality: Vec::new(),
            sampling: Some(SpatialSampling {
                samples: ppi,
                unit: SamplingUnit::INCH,
            }),
            position_computed: None,
            original_rotation: None,
            rotated_to_vertical: None,
            lossily_compressed: Some(format.is_lossy()),
            segmentations: Vec::new(),
            annotations: Vec::new(),
            presentation_attack: None,
            comments: Vec::new(),
            vendor_data: Vec::new(),
        })
    }

    fn check(&self, index: usize, reading: &mut Reading) {
        if self.format == ImageDataFormat::PGM && self.data.0.starts_with(b"P5") {
            return;
        }
        let mut found = Vec::new();
        check_image(&self.data.0, None, index, &mut found, |format| {
            self.format.is_of(format)
        });
        for deviation in found {
            reading.note(deviation);
        }
    }
}

impl SpatialSampling {
    /// Pixels per inch.
    #[must_use]
    pub fn ppi(self) -> Option<u16> {
        match self.unit {
            SamplingUnit::INCH => Some(self.samples),
            SamplingUnit::CENTIMETRE => {
                // An inch is 127/50 cm; half of the divisor rounds.
                u16::try_from((u32::from(self.samples) * 127 + 25) / 50).ok()
            }
            _ => None,
        }
    }
}

fn format_of(data: &[u8]) -> Result<ImageDataFormat> {
    match sniff(data) {
        Some(ImageFormat::Wsq) => Ok(ImageDataFormat::WSQ),
        Some(ImageFormat::Png) => Ok(ImageDataFormat::PNG),
        Some(ImageFormat::Jp2 | ImageFormat::Jpeg2000Codestream) => {
            Ok(if is_reversible_jpeg2000(data)? {
                ImageDataFormat::JPEG2000_LOSSLESS
            } else {
                ImageDataFormat::JPEG2000_LOSSY
            })
        }
        None if data.starts_with(b"P5") => Ok(ImageDataFormat::PGM),
        _ => Err(Error::Unsupported(
            "a finger image that is neither WSQ, JPEG 2000, PNG nor PGM",
        )),
    }
}
