//! Portraits and fingerprints: images and what the chip stores of them.
//!
//! * [`image`]: one [`image::Image`] type; decoding of foreign JPEG, PNG and JPEG 2000 files under
//!   limits that are checked before a pixel is decoded; encoding to a byte budget.
//! * [`face::iso19794_5`]: the facial record of EF.DG2 (ISO 19794-5:2005, Doc 9303-10 §4.7.2).
//! * [`finger::iso19794_4`]: the finger image record of EF.DG3 (ISO 19794-4:2005,
//!   Doc 9303-10 §4.7.3).
//!
//! Readers of records are tolerant: what departs from the standard without hiding the content is
//! returned as a [`Deviation`] beside it, because issued chips do depart.
//!
//! ```
//! use biometrics::face::iso19794_5::{FaceImage, FaceRecord};
//! use biometrics::image::{Colour, Image, encode_jpeg2000};
//!
//! let portrait = Image::new(Colour::Rgb8, 413, 531, vec![200; 413 * 531 * 3])?;
//! let encoded = encode_jpeg2000(&portrait, 15_000)?;
//! let record = FaceRecord::new(FaceImage::full_frontal(encoded)?);
//! let (read_back, deviations) = FaceRecord::parse(&record.to_bytes()?)?;
//! assert_eq!(read_back, record);
//! assert!(deviations.is_empty());
//! # Ok::<(), biometrics::Error>(())
//! ```

mod advice;
mod codes;
mod der;
mod deviation;
mod error;
pub mod face;
mod fields;
pub mod finger;
pub mod image;
pub mod iris;
pub mod iso39794_1;
mod record;

pub use advice::Advice;
pub use deviation::Deviation;
pub use error::{Error, Result};
