use crate::image::ImageFormat;

/// What can go wrong with an image or a biometric record.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes are not what their format says.
    #[error("malformed at byte {at}: {what}")]
    Malformed {
        /// What was expected.
        what: &'static str,
        /// Where, in bytes from the start of the file or record.
        at: usize,
    },
    /// More than a limit allows; nothing was decoded.
    #[error("{what}: {found} exceeds the limit of {limit}")]
    TooLarge {
        /// Which measure.
        what: &'static str,
        /// What the file has or claims.
        found: u64,
        /// What is allowed.
        limit: u64,
    },
    /// A file of no bytes.
    #[error("the file is empty")]
    EmptyFile,
    /// A file whose first bytes belong to no format that is read.
    #[error("the file is neither JPEG, PNG, JPEG 2000, BMP nor WSQ")]
    UnknownFormat,
    /// A JPEG in the four colours of printing.
    #[error("the picture is in the colours of printing (CMYK)")]
    Cmyk,
    /// A picture that is transparent somewhere.
    #[error("the picture is partly transparent")]
    Transparent,
    /// A file of bare samples that do not fill the size that was said.
    #[error("{found} samples do not fill {width} x {height} pixels")]
    RawLength {
        /// Width that was said.
        width: u32,
        /// Height that was said.
        height: u32,
        /// Samples that there are.
        found: u64,
    },
    /// A picture that does not say how many of its pixels make an inch, both ways the same.
    #[error("the picture does not say its resolution")]
    NoResolution,
    /// A picture at another resolution than is needed.
    #[error("the picture has {found} pixels per inch, not {wanted}")]
    OtherResolution {
        /// What the file says.
        found: u16,
        /// What is needed.
        wanted: u16,
    },
    /// Well formed as far as seen, but not something this crate reads.
    #[error("not supported: {0}")]
    Unsupported(&'static str),
    /// The decoder of the format gave up on the compressed data.
    #[error("the {format} data cannot be decoded")]
    Undecodable {
        /// The format that the first bytes announce.
        format: ImageFormat,
        /// What the decoder said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// An image cannot be encoded in so few bytes.
    #[error("the image does not fit in {target} bytes; the least is {least}")]
    DoesNotFit {
        /// The bytes asked for.
        target: usize,
        /// The bytes of the coarsest encoding.
        least: usize,
    },
    /// The caller asked for something that makes no sense; never the fault of foreign data.
    #[error("misuse: {0}")]
    Misuse(&'static str),
}

/// The result of this crate's functions.
pub type Result<T> = core::result::Result<T, Error>;
