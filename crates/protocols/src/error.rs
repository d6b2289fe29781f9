//! What can go wrong in a protocol, by whose fault.

use core::fmt;

use iso7816::tlv::Tag;
use iso7816::{ChannelError, StatusWord};

use crate::PasswordKind;
use crate::terminal_authentication::CertificateFault;

/// An error of a protocol of Doc 9303-11.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Input of the caller does not follow its format.
    #[error("malformed {what} at character {at}")]
    Malformed {
        /// What was being read.
        what: &'static str,
        /// Offset of the fault.
        at: usize,
    },
    /// The card answered a step with a status word other than success.
    #[error("{step}: the card answered {sw}")]
    CardRefused {
        /// The step that was refused.
        step: Step,
        /// The answer.
        sw: StatusWord,
    },
    /// The card gives this password one more try, and the caller has not said that it may be spent
    /// ([`Password::spending_the_last_try`](crate::Password::spending_the_last_try)). The password was not shown.
    #[error("the card gives the {0} one more try, which was not spent")]
    LastTry(PasswordKind),
    /// The card's answer breaks the protocol.
    #[error("{step}: {fault}")]
    CardMisbehaved {
        /// The step that was answered.
        step: Step,
        /// What is wrong with the answer.
        fault: Fault,
    },
    /// A cryptographic check failed: the other end does not know what it should, or somebody altered a message.
    #[error("{0}")]
    Untrusted(Untrusted),
    /// A card verifiable certificate, a request or a chain of them is not what it must be.
    #[error("card verifiable certificate: {0}")]
    Certificate(#[from] CertificateFault),
    /// The card answered a protected command without secure messaging: it has closed the session (Doc 9303-11 §9.8.5).
    #[error("the card closed the secure session with {0}")]
    SessionLost(StatusWord),
    /// An algorithm or parameter that this crate does not carry out.
    #[error("not supported: {0}")]
    Unsupported(&'static str),
    /// The calling program broke a rule of this crate.
    #[error("misuse: {0}")]
    Misuse(&'static str),
    /// A primitive refused what it was given.
    #[error(transparent)]
    Primitive(#[from] crypto::Error),
    /// The line to the card failed.
    #[error(transparent)]
    Transport(#[from] ChannelError),
}

impl Error {
    /// Whether a wrong password (mistyped MRZ or CAN) is the likeliest explanation: the chip refused exactly the step
    /// that shows it the password was known (Doc 9303-11 §4.3.1, §4.4.1).
    #[must_use]
    pub const fn suggests_wrong_password(&self) -> bool {
        matches!(
            self,
            Self::CardRefused {
                step: Step::BacExternalAuthenticate | Step::PaceTokens,
                ..
            }
        )
    }
}

/// Result of this crate.
pub type Result<T> = core::result::Result<T, Error>;

/// A command of a protocol, as a report names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Step {
    /// GET CHALLENGE of BAC.
    BacGetChallenge,
    /// EXTERNAL AUTHENTICATE of BAC.
    BacExternalAuthenticate,
    /// MSE:Set AT of PACE.
    PaceSetAt,
    /// First GENERAL AUTHENTICATE of PACE: encrypted nonce.
    PaceNonce,
    /// Second GENERAL AUTHENTICATE of PACE: map the nonce.
    PaceMapping,
    /// Third GENERAL AUTHENTICATE of PACE: key agreement.
    PaceAgreement,
    /// Fourth GENERAL AUTHENTICATE of PACE: authentication tokens.
    PaceTokens,
    /// Any command under secure messaging.
    SecureMessaging,
    /// MSE:Set KAT of chip authentication.
    ChipAuthenticationSetKat,
    /// MSE:Set AT of chip authentication.
    ChipAuthenticationSetAt,
    /// GENERAL AUTHENTICATE of chip authentication.
    ChipAuthenticationAgreement,
    /// INTERNAL AUTHENTICATE of active authentication.
    ActiveAuthentication,
    /// MSE:Set DST of terminal authentication.
    TerminalAuthenticationSetDst,
    /// PSO:Verify Certificate of terminal authentication.
    TerminalAuthenticationCertificate,
    /// MSE:Set AT of terminal authentication.
    TerminalAuthenticationSetAt,
    /// GET CHALLENGE of terminal authentication.
    TerminalAuthenticationChallenge,
    /// EXTERNAL AUTHENTICATE of terminal authentication.
    TerminalAuthenticationProof,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BacGetChallenge => "BAC, GET CHALLENGE",
            Self::BacExternalAuthenticate => "BAC, EXTERNAL AUTHENTICATE",
            Self::PaceSetAt => "PACE, MSE:Set AT",
            Self::PaceNonce => "PACE, encrypted nonce",
            Self::PaceMapping => "PACE, mapping",
            Self::PaceAgreement => "PACE, key agreement",
            Self::PaceTokens => "PACE, authentication tokens",
            Self::SecureMessaging => "secure messaging",
            Self::ChipAuthenticationSetKat => "chip authentication, MSE:Set KAT",
            Self::ChipAuthenticationSetAt => "chip authentication, MSE:Set AT",
            Self::ChipAuthenticationAgreement => "chip authentication, GENERAL AUTHENTICATE",
            Self::ActiveAuthentication => "active authentication, INTERNAL AUTHENTICATE",
            Self::TerminalAuthenticationSetDst => "terminal authentication, MSE:Set DST",
            Self::TerminalAuthenticationCertificate => {
                "terminal authentication, PSO:Verify Certificate"
            }
            Self::TerminalAuthenticationSetAt => "terminal authentication, MSE:Set AT",
            Self::TerminalAuthenticationChallenge => "terminal authentication, GET CHALLENGE",
            Self::TerminalAuthenticationProof => "terminal authentication, EXTERNAL AUTHENTICATE",
        })
    }
}

/// How an answer breaks its protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The data objects are cut, nested wrongly or not there at all.
    #[error("the answer is no row of well-formed data objects")]
    Encoding,
    /// A required data object is not there.
    #[error("the answer lacks data object {0}")]
    Missing(Tag),
    /// A data object that has no place in this answer, or comes twice.
    #[error("the answer holds a data object that does not belong there")]
    Surplus,
    /// A value of the wrong length.
    #[error("the answer has a value of {found} bytes, not {expected}")]
    Length {
        /// What the protocol says.
        expected: usize,
        /// What came.
        found: usize,
    },
    /// The value is longer than a short answer under secure messaging, extended length was not to be had, and what came is as
    /// much as such an answer holds: cut for want of room.
    #[error("the answer has the first {found} of {expected} bytes, cut for want of room")]
    Cut {
        /// What the protocol says.
        expected: usize,
        /// What came.
        found: usize,
    },
    /// The encrypted nonce is no whole number of blocks, or longer than [`crate::pace::MAX_NONCE_LEN`].
    #[error("the encrypted nonce has an impossible length of {0} bytes")]
    NonceLength(usize),
    /// A public key that is none of its domain parameters: no point of the curve, the point at infinity, a number outside
    /// the subgroup.
    #[error("the card's public key is not a valid key of its domain parameters")]
    PublicKey,
    /// The card sent the terminal's own public key back.
    #[error("the card sent the terminal's own public key back")]
    ReflectedKey,
    /// The agreement or the mapping ended at the neutral element.
    #[error("the key agreement ended at the neutral element")]
    DegenerateAgreement,
    /// The plain status word is another than the protected one.
    #[error("the protected and the plain status word differ")]
    StatusMismatch,
    /// Decrypted data without valid padding.
    #[error("the decrypted data have no valid padding")]
    Padding,
    /// Data without a MAC behind them: plain, or cut, where only protected data may come.
    #[error("the answer has data, but no MAC at their end")]
    Unprotected,
}

/// Which cryptographic check failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Untrusted {
    /// MAC of the card's cryptogram in BAC.
    #[error("BAC: the MAC of the card's answer is wrong")]
    BacMac,
    /// The nonces inside the card's cryptogram are not the ones of this run.
    #[error("BAC: the card's answer belongs to another run")]
    BacNonce,
    /// The card's authentication token of PACE.
    #[error("PACE: the card's authentication token is wrong")]
    PaceToken,
    /// The chip's data of chip authentication mapping do not fit its static key.
    #[error("PACE: the chip has not the private key to its static key")]
    PaceMappingProof,
    /// MAC of an answer under secure messaging.
    #[error("secure messaging: the MAC of the answer is wrong")]
    ResponseMac,
    /// The signature of active authentication.
    #[error("active authentication: the signature is wrong")]
    ActiveAuthenticationSignature,
}
