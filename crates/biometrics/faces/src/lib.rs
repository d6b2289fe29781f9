//! Faces in a picture: where they are, 68 landmarks, which way they look, and the portrait cut out
//! of it.
//!
//! * [`find`]: every face of a [`Picture`] with its [`Landmarks`] and [`Pose`], by two small
//!   convolutional networks that are built in (0.7 MB, `models/README.md`) and run by this crate:
//!   no neural runtime, the same bits on every machine, bounded time for any size.
//! * [`crop`]: the upright portrait with the head where a travel document wants it.
//! * [`measure`], [`thresholds`], [`advice`], [`report`]: the quality of the face (ISO 29794-5).
//!
//! ```
//! use faces::{Picture, crop, find};
//!
//! # fn main() -> faces::Result<()> {
//! let picture = Picture::new(vec![127; 640 * 480 * 3], 640, 480)?;
//! let found = find(&picture)?;
//! match found.as_slice() {
//!     [] => println!("nobody is there"),
//!     [face] => {
//!         let chip = crop::Geometry::CHIP;
//!         let cut = crop::portrait(&picture, &face.landmarks, &chip, crop::Border::Refuse)?;
//!         assert_eq!(cut.picture.width(), 413);
//!     }
//!     more => println!("{} people", more.len()),
//! }
//! # Ok(())
//! # }
//! ```

pub mod advice;
pub mod crop;
mod detector;
mod error;
mod face;
mod find;
mod frame;
mod landmarks;
pub mod measure;
mod mesh;
mod network;
mod picture;
pub mod pose;
pub mod report;
mod sigmoid;
pub mod thresholds;

pub use error::{Error, Result};
pub use face::{Face, FaceBox, Pose};
pub use find::{MAX_FACES, WORKING_SIDE, find};
pub use landmarks::{Landmarks, Point};
pub use picture::{MAX_PIXELS, MAX_SIDE, MIN_SIDE, Picture};
