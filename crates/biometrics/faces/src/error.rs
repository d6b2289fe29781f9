/// What can go wrong in this crate.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A side of the picture is out of range.
    #[error("a picture of {width} x {height} pixels: each side must have {least} to {most}")]
    Side {
        /// Pixels from left to right.
        width: u32,
        /// Pixels from top to bottom.
        height: u32,
        /// The least a side may have.
        least: u32,
        /// The most a side may have.
        most: u32,
    },
    /// More pixels than a picture may have.
    #[error("a picture of {found} pixels; at most {limit}: take it at a lower resolution")]
    TooManyPixels {
        /// Width × height.
        found: u64,
        /// What is allowed.
        limit: u64,
    },
    /// The bytes are not three for each pixel.
    #[error("{found} bytes of RGB where width x height x 3 = {wanted}")]
    Samples {
        /// Bytes given.
        found: u64,
        /// Bytes that the size asks for.
        wanted: u64,
    },
    /// A network of `models/` is damaged: a fault of the build, never of a picture.
    #[error("a network built into this program is damaged: build it again from a clean tree")]
    Model,
    /// The portrait would reach beyond the picture.
    #[error(
        "the portrait reaches beyond the picture by {left} pixels left, {top} above, {right} right, \
         {bottom} below: leave more room around the head"
    )]
    BeyondBorder {
        /// Pixels of the picture that are missing on the left.
        left: u32,
        /// Above.
        top: u32,
        /// On the right.
        right: u32,
        /// Below.
        bottom: u32,
    },
    /// The eyes are too close together, or the wanted portrait is too small or too large, to cut one.
    #[error(
        "no portrait of {width} x {height} pixels can be cut for eyes {eye_distance} pixels apart"
    )]
    Portrait {
        /// Wanted pixels from left to right.
        width: u32,
        /// Wanted pixels from top to bottom.
        height: u32,
        /// Inter-eye distance found, in whole pixels.
        eye_distance: u32,
    },
}

/// The result of this crate's functions.
pub type Result<T> = core::result::Result<T, Error>;
