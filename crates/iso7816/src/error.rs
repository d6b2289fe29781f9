//! What can be wrong with bytes of ISO 7816-4.

/// A fault in an APDU or a TLV structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes do not follow ISO 7816-4.
    #[error("malformed {what} at byte {at}")]
    Malformed {
        /// What was being read.
        what: &'static str,
        /// Offset of the fault from the start of the input.
        at: usize,
    },
    /// A value lies outside what the standard allows.
    #[error("{0}")]
    OutOfRange(&'static str),
}

/// Result of this crate.
pub type Result<T> = core::result::Result<T, Error>;
