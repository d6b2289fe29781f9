//! What can go wrong in this crate, by whose fault.

use const_oid::ObjectIdentifier;

/// A failure of this crate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Foreign bytes do not follow their format, beyond what is tolerated.
    #[error("malformed {what} at byte {at}")]
    Malformed {
        /// What was being read.
        what: &'static str,
        /// Offset of the fault from the start of the object.
        at: usize,
    },
    /// Well-formed, but not to be relied on.
    #[error("{0}")]
    Untrusted(Untrusted),
    /// An algorithm that is not implemented.
    #[error("unsupported algorithm {0}")]
    UnsupportedAlgorithm(ObjectIdentifier),
    /// A document signer asked for what its certificate does not allow.
    #[error("the document signer may not sign this: {0}")]
    NotPermitted(NotPermitted),
    /// The caller asked for something the profiles of Doc 9303-12 forbid.
    #[error("misuse: {0}")]
    Misuse(&'static str),
    /// A key or signature could not be processed.
    #[error(transparent)]
    Crypto(#[from] crypto::Error),
    /// The content of a security object could not be processed.
    #[error(transparent)]
    Lds(#[from] lds::Error),
    /// A structure of ours could not be encoded: a field of the profile is out of its range.
    #[error("encoding: {0}")]
    Encoding(der::Error),
}

/// Why a certificate is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Untrusted {
    /// A certificate offered as trust anchor is that of no certification authority.
    #[error("the certificate is not that of a certification authority")]
    NotACertificationAuthority,
    /// A link certificate that no certificate of the trust store has signed.
    #[error("no certificate of the trust store has signed this link certificate")]
    LinkWithoutIssuer,
}

/// What a document signer certificate does not allow (Doc 9303-12 §7.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotPermitted {
    /// The document code is not in the DocumentType list of the certificate.
    #[error("the document type is not in the list of its certificate")]
    DocumentType,
    /// The private key is not in use yet.
    #[error("its private key usage period has not begun")]
    BeforeUsagePeriod,
    /// The private key is no longer in use.
    #[error("its private key usage period is over")]
    AfterUsagePeriod,
    /// The certificate is not valid at this time.
    #[error("its certificate is not valid now")]
    Validity,
}

impl From<der::Error> for Error {
    fn from(error: der::Error) -> Self {
        Self::Encoding(error)
    }
}

/// Result of this crate.
pub type Result<T> = core::result::Result<T, Error>;
