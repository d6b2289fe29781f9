//! The face: what EF.DG2 stores of it (Doc 9303-10 §4.7.2).

pub mod iso19794_5;
pub mod iso39794_5;

use crate::Result;
use crate::image::Colour;
use crate::iso39794_1::CaptureDateTime;

/// A portrait as it goes into either record: an encoded image and what the issuer says of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Portrait {
    /// A JPEG or JPEG 2000 file.
    pub data: Vec<u8>,
    /// What its samples are.
    pub colour: Colour,
    /// Sex of the person, if it shall be said.
    pub sex: Option<Sex>,
    /// When it was taken; only ISO 39794-5 has a place for it.
    pub captured: Option<CaptureDateTime>,
}

/// Sex as both records know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sex {
    /// Male.
    Male,
    /// Female.
    Female,
}

impl Portrait {
    /// A portrait of which nothing else is said.
    #[must_use]
    pub fn new(data: Vec<u8>, colour: Colour) -> Self {
        Self {
            data,
            colour,
            sex: None,
            captured: None,
        }
    }

    /// The record of ISO 19794-5:2005: a full frontal image.
    ///
    /// # Errors
    /// As [`iso19794_5::FaceImage::full_frontal`].
    pub fn to_iso19794_5(&self) -> Result<iso19794_5::FaceRecord> {
        use iso19794_5::{ColourSpace, FaceImage, FaceRecord, Gender};
        Ok(FaceRecord::new(FaceImage {
            gender: match self.sex {
                Some(Sex::Male) => Gender::MALE,
                Some(Sex::Female) => Gender::FEMALE,
                None => Gender::UNSPECIFIED,
            },
            colour_space: match self.colour {
                Colour::Grey8 => ColourSpace::GREY8,
                Colour::Rgb8 => ColourSpace::RGB24,
            },
            ..FaceImage::full_frontal(self.data.clone())?
        }))
    }

    /// The record of ISO 39794-5:2019 in the ICAO profile.
    ///
    /// # Errors
    /// As [`iso39794_5::FaceImage::portrait`].
    pub fn to_iso39794_5(&self) -> Result<iso39794_5::FaceRecord> {
        use iso39794_5::{ColourSpace, FaceImage, FaceRecord, Gender, Person, Representation};
        let colour_space = match self.colour {
            Colour::Grey8 => ColourSpace::GREY8,
            Colour::Rgb8 => ColourSpace::RGB24,
        };
        let gender = self.sex.map(|sex| match sex {
            Sex::Male => Gender::MALE,
            Sex::Female => Gender::FEMALE,
        });
        let image = FaceImage::portrait(self.data.clone(), colour_space)?;
        Ok(FaceRecord::of(Representation {
            captured: self.captured,
            person: gender.map(|gender| Person {
                gender: Some(gender),
                ..Person::default()
            }),
            ..Representation::new(image)
        }))
    }
}

impl core::fmt::Debug for Portrait {
    /// How long it is; the rest is a person's face.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Portrait")
            .field("colour", &self.colour)
            .field("bytes", &self.data.len())
            .finish_non_exhaustive()
    }
}
