//! What can go wrong in a primitive.

/// A failure of a primitive. Never says anything about a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An encoded key, point, signature or ciphertext does not follow its format.
    #[error("malformed {0}")]
    Malformed(&'static str),
    /// A point does not lie on the curve, or is the point at infinity.
    #[error("not a valid point of the curve")]
    InvalidPoint,
    /// A value is not in the subgroup of a Diffie-Hellman group, or is its 1.
    #[error("not a valid value of the Diffie-Hellman group")]
    InvalidValue,
    /// The chip authentication data of PACE do not fit the chip's keys: it does not have the private number of its static key.
    #[error("the chip authentication data do not fit the keys")]
    ChipAuthenticationDataWrong,
    /// A signature does not verify.
    #[error("the signature does not verify")]
    SignatureInvalid,
    /// An algorithm, curve or parameter set that is not implemented.
    #[error("unsupported: {0}")]
    Unsupported(&'static str),
    /// A password does not open a key, or the key's file was altered: the two cannot be told apart.
    #[error("wrong password, or a damaged key file")]
    PasswordWrong,
    /// The caller passed something impossible, such as a key of the wrong length.
    #[error("misuse: {0}")]
    Misuse(&'static str),
}

/// Result of this crate.
pub type Result<T> = core::result::Result<T, Error>;
