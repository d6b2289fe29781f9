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
    /// An encoding that BER allows and DER does not.
    NotDer {
        /// What is encoded.
        what: &'static str,
        /// Where the object begins.
        at: usize,
    },
    /// An object that the schema does not name, or a second one of its tag: left out.
    Unexpected {
        /// Its tag.
        tag: u8,
        /// Where it begins.
        at: usize,
    },
    /// An optional object whose content cannot be understood: left out.
    NotUnderstood {
        /// What it should have been.
        what: &'static str,
        /// Where it begins.
        at: usize,
    },
    /// Octets behind the record.
    TrailingBytes {
        /// How many.
        count: usize,
    },
    /// A number of things that is not the one prescribed or stated.
    Count {
        /// What is counted.
        what: &'static str,
        /// How many there should be.
        expected: usize,
        /// How many there are.
        found: usize,
        /// Where the list begins.
        at: usize,
    },
    /// Codes as ISO 39794 itself writes them, where the ICAO profile wants extension blocks.
    BareCode {
        /// Where the first one stands.
        at: usize,
    },
    /// A value that the base standard knows and the ICAO profile does not.
    NotInProfile {
        /// Of which image, from 0.
        image: usize,
        /// Which value.
        what: &'static str,
    },
    /// Tags numbered as a widespread implementation has them, not the schema.
    OtherNumbering {
        /// Where the representation begins.
        at: usize,
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
            Self::NotDer { what, at } => write!(f, "{what} at byte {at}: not DER"),
            Self::Unexpected { tag, at } => {
                write!(
                    f,
                    "object {tag:02X} at byte {at}: not expected there, left out"
                )
            }
            Self::NotUnderstood { what, at } => {
                write!(f, "{what} at byte {at}: not understood, left out")
            }
            Self::TrailingBytes { count } => write!(f, "{count} bytes behind the record"),
            Self::Count {
                what,
                expected,
                found,
                at,
            } => write!(f, "{found} {what}, not {expected} (byte {at})"),
            Self::BareCode { at } => write!(
                f,
                "codes as in ISO 39794, not in extension blocks as in the ICAO profile \
                 (first at byte {at})"
            ),
            Self::NotInProfile { image, what } => {
                write!(
                    f,
                    "image {image}: {what} that the ICAO profile does not know"
                )
            }
            Self::OtherNumbering { at } => write!(
                f,
                "representation at byte {at}: objects numbered otherwise than in the schema"
            ),
        }
    }
}
