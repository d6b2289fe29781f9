//! The iris: what EF.DG4 stores of it (Doc 9303-10 §4.7.4). The image comes from a file; its
//! quality is not judged here.

pub mod iso19794_6;
pub mod iso39794_6;

use crate::Result;
use crate::codes::codes;
use crate::image::Colour;

codes! {
    /// Which eye, seen by its owner (ISO 19794-6 §6.5.3). In EF.DG4 the number is also the
    /// biometric subtype (Doc 9303-10 §4.7.4).
    Eye(u8) {
        UNKNOWN = 0 => "unknown eye",
        RIGHT = 1 => "right eye",
        LEFT = 2 => "left eye",
    }
}

/// An image of an eye as it goes into either record.
#[derive(Clone, PartialEq, Eq)]
pub struct EyeImage {
    /// Which eye.
    pub eye: Eye,
    /// What its samples are.
    pub colour: Colour,
    /// A JPEG 2000 file; ISO 19794-6 also takes JPEG, ISO 39794-6 PNG.
    pub data: Vec<u8>,
}

impl EyeImage {
    /// The record of ISO 19794-6:2005.
    ///
    /// # Errors
    /// As [`iso19794_6::IrisRecord::of_file`].
    pub fn to_iso19794_6(&self) -> Result<iso19794_6::IrisRecord> {
        iso19794_6::IrisRecord::of_file(self.eye, self.colour, self.data.clone())
    }

    /// The record of ISO 39794-6:2021.
    ///
    /// # Errors
    /// As [`iso39794_6::Representation::new`].
    pub fn to_iso39794_6(&self) -> Result<iso39794_6::IrisRecord> {
        iso39794_6::Representation::new(self.eye, self.colour, self.data.clone())
            .map(iso39794_6::IrisRecord::new)
    }
}

impl core::fmt::Debug for EyeImage {
    /// Which eye, and how long it is; the rest is a person's eye.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("EyeImage")
            .field("eye", &self.eye)
            .field("bytes", &self.data.len())
            .finish_non_exhaustive()
    }
}
