//! What kept a case from being run.

use lds::File;
use protocols::PasswordKind;

/// Why a case that applies to the card, or may, was not run. It is for who tests to bring, or to allow, what was missing: the card
/// is neither better nor worse for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Hindrance {
    /// No key of a CVCA that the card trusts is at hand.
    #[error("the key of a CVCA that the card trusts is not at hand")]
    NoAuthority,
    /// A password that the case shows is not known.
    #[error("the {0} of the card is not known")]
    NoPassword(PasswordKind),
    /// The card gives a password one more try, which is not for tests to use up: it was not shown.
    #[error("one try of the {0} is left, and it was not used")]
    LastTry(PasswordKind),
    /// The card no longer takes a password, since its tries are used up.
    #[error("the {0} of the card is blocked")]
    Blocked(PasswordKind),
    /// What is printed on the card is not known.
    #[error("the printed zone is not known")]
    NoPrintedZone,
    /// A file that opens to terminals with rights only, and was not read as one.
    #[error("{0} could not be read")]
    Unread(File),
    /// The reading of the card before the cases was broken off: nobody knows what it would have brought.
    #[error("the card was not read to its end, for it kept the reader busy")]
    Endless,
    /// The case changes the card for good, and that was not allowed.
    #[error("it changes the card for good")]
    NotAllowed,
    /// The case is of the law of this crate, by which other cards are not bound.
    #[error("it is of the law of this program's own chips")]
    OtherLaw,
    /// The reader keeps to itself what the case sends.
    #[error("the reader does not pass on {0}")]
    Reader(&'static str),
}
