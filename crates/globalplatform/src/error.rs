//! What can go wrong, by whose fault.

use iso7816::{ChannelError, Ins, StatusWord};

/// A fault in managing a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A message does not follow GlobalPlatform.
    #[error("malformed {what} at byte {at}")]
    Malformed {
        /// What was being read.
        what: &'static str,
        /// Offset of the fault.
        at: usize,
    },
    /// The card refused a command.
    #[error("the card refused {command}: {sw}")]
    CardRefused {
        /// The command.
        command: Ins,
        /// Its answer.
        sw: StatusWord,
    },
    /// The card does what no card should.
    #[error("the card misbehaved: {0}")]
    CardMisbehaved(&'static str),
    /// A cryptogram or check value does not fit: other keys, or another card.
    #[error("not authentic: {0}")]
    Untrusted(&'static str),
    /// The card does not support what was asked for.
    #[error("not supported: {0}")]
    Unsupported(&'static str),
    /// The keys are publicly known ones, and that was not allowed.
    #[error("these are publicly known test keys")]
    PublicTestKeys,
    /// The caller passed something impossible.
    #[error("misuse: {0}")]
    Misuse(&'static str),
    /// The line to the card.
    #[error(transparent)]
    Transport(#[from] ChannelError),
    /// A primitive refused its input.
    #[error(transparent)]
    Crypto(#[from] crypto::Error),
}

/// Result of this crate.
pub type Result<T> = core::result::Result<T, Error>;
