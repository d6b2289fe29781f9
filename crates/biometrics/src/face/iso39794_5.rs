//! The facial record of ISO 39794-5:2019 as ICAO's profile narrows it down, which EF.DG2 holds in
//! `7F2E { A1 { … } }` (Doc 9303-10 §4.7.2). Inspection systems read it since 2026; issuers write
//! it from 2030 (Doc 9303-9 §3.1).
//!
//! ```text
//! 65 { A0 version  A1 { 30 {                                        exactly one representation
//!   80 number
//!   A1 { A0 { A0 { 80 image  A1 what it is  A2 what took it } } }
//!   A2 date  A3 quality  A4 attack detection  85 session  86 derived from  A7 device
//!   A8 the person  A9 landmarks } } }
//! ```
//!
//! A code is `A1 { 80 code }` in the profile and `80 code` in the base standard; both are read, and
//! the second is reported. NOTICE.md has the terms of the schema.

mod check;
mod codes;
mod image;
mod landmarks;
mod person;

pub use self::codes::{
    CaptureTechnology, ColourSpace, EyeColour, Gender, HairColour, ImageDataFormat, ImageKind,
    LossyTransformations,
};
pub use self::image::{
    FaceImage, FaceMeasurements, ImageInformation, ImageSize, PostProcessing, ReferenceColour,
    ReferenceColours, SpectralRange, TwoDimensionalDevice,
};
pub use self::landmarks::{
    AnthropometricCode, Landmark, LandmarkCoordinates, LandmarkKind, SpacePoint, TexturePoint,
};
pub use self::person::{Angle, Expressions, Person, PoseAngles, Properties};
use crate::der::{Children, Reading, Writer};
use crate::iso39794_1::{
    CaptureDateTime, Content, Field, MAX_REPRESENTATIONS, PresentationAttack, Profile, Quality,
    RegistryId, Value, Version, blocks, descend, read_record, write_record,
};
use crate::{Deviation, Error, Result};

/// The tag of the record: application 5, constructed.
pub(crate) const TAG: u8 = 0x65;

/// A facial record: one person's face, once in the ICAO profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaceRecord {
    /// The edition of the standard.
    pub version: Version,
    /// The representations, one on a chip.
    pub representations: Vec<Representation>,
}

/// One image with what is said of the person, the picture and how it was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Representation {
    /// Its number in the record.
    pub id: u32,
    /// The image and what it is.
    pub image: FaceImage,
    /// When it was taken.
    pub captured: Option<CaptureDateTime>,
    /// What algorithms say of its quality.
    pub quality: Vec<Quality>,
    /// What was done against the presentation of something else than the person.
    pub presentation_attack: Option<PresentationAttack>,
    /// Number of the session of captures.
    pub session: Option<u32>,
    /// Number of the representation that this one was made from.
    pub derived_from: Option<u32>,
    /// What took it.
    pub device: Option<CaptureDevice>,
    /// What is seen of the person.
    pub person: Option<Person>,
    /// Marked points of the face.
    pub landmarks: Vec<Landmark>,
}

blocks! {
    /// The device that took an image.
    #[derive(Default)]
    CaptureDevice {
        /// Its model.
        model: Option<RegistryId> = 0,
        /// Its certificates.
        certifications: Vec<RegistryId> = 1,
    }
}

impl FaceRecord {
    /// The least record of one image: its number, the image, and how that is compressed.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for an image that is neither JPEG nor JPEG 2000,
    /// [`Error::Malformed`] for one with broken headers.
    pub fn new(image: Vec<u8>) -> Result<Self> {
        let image = FaceImage::new(image)?;
        Ok(Self::of(Representation::new(image)))
    }

    /// A record of one representation.
    #[must_use]
    pub fn of(representation: Representation) -> Self {
        Self {
            version: Version::FIRST_EDITION,
            representations: vec![representation],
        }
    }

    /// Reads a record, with or without the template `A1` around it, and lists where it departs
    /// from the ICAO profile. The images are looked at, not decoded.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the structure cannot be followed or a mandatory object is
    /// missing, [`Error::TooLarge`] above [`MAX_REPRESENTATIONS`].
    pub fn parse(record: &[u8]) -> Result<(Self, Vec<Deviation>)> {
        let mut reading = Reading::default();
        let what = "facial record (ISO 39794-5)";
        let (version, representations, at) = read_record(record, TAG, what, &mut reading)?;
        let record = Self {
            version,
            representations,
        };
        check::profile(&record, at, &mut reading);
        Ok((record, reading.deviations))
    }

    /// Writes the record in the ICAO profile: the object `65`, which EF.DG2 wraps.
    ///
    /// # Errors
    /// [`Error::Misuse`] when there is not exactly one representation, or a landmark of a kind that
    /// is not known.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        if self.representations.len() != 1 {
            return Err(Error::Misuse(
                "a facial record of the ICAO profile holds one representation",
            ));
        }
        self.to_bytes_as(Profile::Icao)
    }

    /// Writes the record with its codes as a profile has them.
    ///
    /// # Errors
    /// [`Error::Misuse`] when there is no representation, more than [`MAX_REPRESENTATIONS`], or a
    /// landmark of a kind that is not known.
    pub fn to_bytes_as(&self, profile: Profile) -> Result<Vec<u8>> {
        if !(1..=MAX_REPRESENTATIONS).contains(&self.representations.len()) {
            return Err(Error::Misuse(
                "a facial record of no representation or of too many",
            ));
        }
        let mut landmarks = self.representations.iter().flat_map(|one| &one.landmarks);
        if landmarks.any(|landmark| landmark.kind == LandmarkKind::Unknown) {
            return Err(Error::Misuse("a landmark of a kind that is not known"));
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
    /// An image of which nothing else is said.
    #[must_use]
    pub fn new(image: FaceImage) -> Self {
        Self {
            id: 0,
            image,
            captured: None,
            quality: Vec::new(),
            presentation_attack: None,
            session: None,
            derived_from: None,
            device: None,
            person: None,
            landmarks: Vec::new(),
        }
    }
}

/// Arms of the choices around an image: the base arm, then an image of two dimensions.
const TWO_DIMENSIONAL: [u8; 2] = [0, 0];

impl Content for Representation {
    fn from_children(children: &mut Children<'_>, reading: &mut Reading) -> Result<Self> {
        const IMAGE: &str = "image of two dimensions";
        let id = Field::take(children, 0, "number", reading)?;
        let image = children.require(1, IMAGE, reading)?;
        let image = descend(&image, &TWO_DIMENSIONAL, IMAGE, reading)?;
        Ok(Self {
            id,
            image: Value::read(&image, reading)?,
            captured: Field::take(children, 2, "date", reading)?,
            quality: Field::take(children, 3, "quality", reading)?,
            presentation_attack: Field::take(children, 4, "attack detection", reading)?,
            session: Field::take(children, 5, "session", reading)?,
            derived_from: Field::take(children, 6, "derived from", reading)?,
            device: Field::take(children, 7, "capture device", reading)?,
            person: Field::take(children, 8, "person", reading)?,
            landmarks: Field::take(children, 9, "landmarks", reading)?,
        })
    }

    fn write_children(&self, writer: &mut Writer) {
        self.id.put(0, writer);
        writer.template(1, |choice| {
            choice.template(0, |base| self.image.write(0, base));
        });
        self.captured.put(2, writer);
        self.quality.put(3, writer);
        self.presentation_attack.put(4, writer);
        self.session.put(5, writer);
        self.derived_from.put(6, writer);
        self.device.put(7, writer);
        self.person.put(8, writer);
        self.landmarks.put(9, writer);
    }
}
