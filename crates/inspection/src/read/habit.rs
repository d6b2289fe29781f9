//! Ways of a chip that reading puts up with: told once, in the step in which they show.

use core::fmt;

use iso7816::StatusWord;

/// A way in which a chip departs from what Doc 9303-10 §3.6 lets a terminal expect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Habit {
    /// It has no short file identifiers, or not in this place.
    NoShortIdentifiers,
    /// It refuses the longest short answer, or loses its session over it, and gives this many octets.
    SmallerBlocks(u32),
    /// It refuses extended length although it announces it.
    NoExtendedLength,
    /// It answers a command of extended length with nothing.
    EmptyExtendedAnswer,
    /// It adds a warning to data.
    Warning(StatusWord),
    /// It gives octets behind the end of the file.
    Surplus,
    /// EF.CardAccess was not to be had by its short identifier.
    MasterFileSelected,
}

impl fmt::Display for Habit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoShortIdentifiers => f.write_str("the chip knows no short file identifiers"),
            Self::SmallerBlocks(most) => {
                write!(
                    f,
                    "the chip gives no more than {most} bytes with one command"
                )
            }
            Self::NoExtendedLength => {
                f.write_str("the chip announces extended length and refuses it")
            }
            Self::EmptyExtendedAnswer => {
                f.write_str("the chip answers nothing to commands of extended length")
            }
            Self::Warning(sw) => write!(f, "the chip adds a warning to what it gives: {sw}"),
            Self::Surplus => f.write_str("the chip gives bytes behind the end of the file"),
            Self::MasterFileSelected => {
                f.write_str("EF.CardAccess cannot be read by its short identifier; it was selected")
            }
        }
    }
}
