//! Where commands go, and where they arrive.

use crate::{CommandApdu, Error, ResponseApdu, StatusWord};

/// A line to a card. One command, one answer.
pub trait Channel {
    /// Sends a command and waits for the answer.
    ///
    /// # Errors
    /// [`ChannelError`] when there is no trustworthy answer; any status word is an answer.
    fn transmit(
        &mut self,
        command: &CommandApdu,
    ) -> core::result::Result<ResponseApdu, ChannelError>;

    /// What the line itself can carry (reader, driver, wrapping). What the card can take stands in EF.ATR/INFO.
    fn limits(&self) -> Limits {
        Limits::SHORT
    }

    /// Takes the power from the card and gives it back, or resets it: everything volatile on the card is gone. Some cards do not
    /// authenticate a second time without it.
    ///
    /// # Errors
    /// [`ChannelError::Refused`] when the line has no means to do so, which leaves the card as it was; else as
    /// [`Channel::transmit`].
    fn reset_card(&mut self) -> core::result::Result<(), ChannelError> {
        Err(ChannelError::Refused("this line cannot reset its card"))
    }
}

impl<C: Channel + ?Sized> Channel for &mut C {
    fn transmit(
        &mut self,
        command: &CommandApdu,
    ) -> core::result::Result<ResponseApdu, ChannelError> {
        (**self).transmit(command)
    }
    fn limits(&self) -> Limits {
        (**self).limits()
    }
    fn reset_card(&mut self) -> core::result::Result<(), ChannelError> {
        (**self).reset_card()
    }
}

impl<C: Channel + ?Sized> Channel for Box<C> {
    fn transmit(
        &mut self,
        command: &CommandApdu,
    ) -> core::result::Result<ResponseApdu, ChannelError> {
        (**self).transmit(command)
    }
    fn limits(&self) -> Limits {
        (**self).limits()
    }
    fn reset_card(&mut self) -> core::result::Result<(), ChannelError> {
        (**self).reset_card()
    }
}

/// The longest APDUs a line carries, in octets of the whole APDU.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest command.
    pub max_command: usize,
    /// Longest answer, status word included.
    pub max_response: usize,
}

impl Limits {
    /// Short length only (ISO 7816-4 §5.1).
    pub const SHORT: Self = Self {
        max_command: 4 + 1 + 255 + 1,
        max_response: 256 + 2,
    };
    /// All of extended length.
    pub const EXTENDED: Self = Self {
        max_command: 4 + 3 + 65_535 + 2,
        max_response: 65_536 + 2,
    };

    /// Whether extended length passes.
    #[must_use]
    pub const fn allow_extended(self) -> bool {
        self.max_command > Self::SHORT.max_command
    }

    /// The smaller of two limits, part by part.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            max_command: self.max_command.min(other.max_command),
            max_response: self.max_response.min(other.max_response),
        }
    }
}

/// Why there is no trustworthy answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChannelError {
    /// The card is gone, or lost power within the command.
    #[error("the card was removed or lost power")]
    CardLost,
    /// Somebody else reset the card: whatever was set up on it is void.
    #[error("the card was reset by another program")]
    CardReset,
    /// The reader is gone.
    #[error("the reader was disconnected")]
    ReaderLost,
    /// No answer in time.
    #[error("the card did not answer in time")]
    Timeout,
    /// The APDU does not fit the line. Nothing was sent.
    #[error("an APDU of {len} bytes does not fit, at most {max}")]
    TooLong {
        /// Length of the APDU.
        len: usize,
        /// Longest the line takes.
        max: usize,
    },
    /// The answer is no APDU, or the command could not be encoded.
    #[error(transparent)]
    Malformed(#[from] Error),
    /// An answer failed its check under secure messaging. The session is over.
    #[error("secure messaging: {what}")]
    SecureMessaging {
        /// Which check failed.
        what: &'static str,
    },
    /// The card answered without secure messaging: it has closed the session (Doc 9303-11 §9.8.5).
    #[error("the card closed the secure session with {0}")]
    SessionLost(StatusWord),
    /// The line refuses the command for a reason of its own. Nothing was sent.
    #[error("not sent: {0}")]
    Refused(&'static str),
}

/// The card side: what sits at the other end of a [`Channel`].
pub trait Chip {
    /// Answer to reset, as a reader reports it.
    fn atr(&self) -> Vec<u8>;
    /// Power off, power on or reset: everything volatile is gone.
    fn reset(&mut self);
    /// Executes one command APDU, whatever the bytes, and gives the answer: at least SW1 SW2.
    fn execute(&mut self, command: &[u8]) -> Vec<u8>;
}

impl<C: Chip + ?Sized> Chip for Box<C> {
    fn atr(&self) -> Vec<u8> {
        (**self).atr()
    }
    fn reset(&mut self) {
        (**self).reset();
    }
    fn execute(&mut self, command: &[u8]) -> Vec<u8> {
        (**self).execute(command)
    }
}

impl<C: Chip + ?Sized> Chip for &mut C {
    fn atr(&self) -> Vec<u8> {
        (**self).atr()
    }
    fn reset(&mut self) {
        (**self).reset();
    }
    fn execute(&mut self, command: &[u8]) -> Vec<u8> {
        (**self).execute(command)
    }
}
