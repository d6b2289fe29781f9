use core::fmt;

use crate::image::ImageFormat;

/// Something in a record that departs from its standard while the content stays readable.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Deviation {
    /// The record's length field does not say how many bytes there are.
    RecordLength {
        /// What the field says.
        declared: u64,
        /// How many bytes there are.
        found: u64,
    },
    /// An image's block length leads beyond the record, which ends a few bytes earlier.
    BlockLength {
        /// Which image, from 0.
        image: usize,
        /// What the field says.
        declared: u64,
        /// How many bytes are left for it.
        found: u64,
    },
    /// The header gives another size than the compressed image has. The image is right.
    ImageSize {
        /// Which image, from 0.
        image: usize,
        /// Width and height of the header.
        declared: (u32, u32),
        /// Width and height of the image.
        found: (u32, u32),
    },
    /// The header names another compression than the image uses. The image is right.
    ImageFormat {
        /// Which image, from 0.
        image: usize,
        /// What the image is.
        found: ImageFormat,
    },
    /// The image's first bytes belong to no format known here, or its header is broken.
    UnknownImage {
        /// Which image, from 0.
        image: usize,
    },
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RecordLength { declared, found } => {
                write!(f, "the record says {declared} bytes and has {found}")
            }
            Self::BlockLength {
                image,
                declared,
                found,
            } => write!(
                f,
                "image {image}: the block says {declared} bytes and has {found}"
            ),
            Self::ImageSize {
                image,
                declared: (width, height),
                found: (true_width, true_height),
            } => write!(
                f,
                "image {image}: the header says {width} x {height}, \
                 the image is {true_width} x {true_height}"
            ),
            Self::ImageFormat { image, found } => write!(
                f,
                "image {image}: the data is {found}, which is not what the header says"
            ),
            Self::UnknownImage { image } => {
                write!(f, "image {image}: the data is of no known image format")
            }
        }
    }
}
