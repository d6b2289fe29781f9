//! What can be wrong with a file of the chip.

/// A fault in a file, or in what a caller wants to write into one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes do not have the structure of the file.
    #[error("malformed {what} at byte {at}")]
    Malformed {
        /// What was being read.
        what: &'static str,
        /// Offset of the fault from the start of the file.
        at: usize,
    },
    /// The bytes are well formed and ask for something this crate does not know.
    #[error("unsupported: {0}")]
    Unsupported(&'static str),
    /// A caller asked for content that the standard does not allow.
    #[error("{0}")]
    Misuse(&'static str),
}

/// Result of this crate.
pub type Result<T> = core::result::Result<T, Error>;

impl From<iso7816::Error> for Error {
    fn from(error: iso7816::Error) -> Self {
        match error {
            iso7816::Error::Malformed { what, at } => Self::Malformed { what, at },
            iso7816::Error::OutOfRange(what) => Self::Misuse(what),
            _ => Self::Unsupported("a form of data object"),
        }
    }
}
