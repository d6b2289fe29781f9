//! What can go wrong before there is a channel. What goes wrong on it is an [`iso7816::ChannelError`].

/// A fault of the reader, of the service behind it, or of a recording.
///
/// The variants are told apart because each has its own cure.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The PC/SC service is not running, or its socket cannot be reached.
    #[error("the PC/SC service does not answer")]
    NoService,
    /// The PC/SC service runs but refuses this user (polkit).
    #[error("the PC/SC service refuses access")]
    AccessDenied,
    /// No reader is connected.
    #[error("no card reader is connected")]
    NoReader,
    /// No reader has the name, nor a part of it, nor the number.
    #[error("no reader matches \"{wanted}\"; connected: {}", found.join(", "))]
    UnknownReader {
        /// What was asked for.
        wanted: String,
        /// Names of the connected readers.
        found: Vec<String>,
    },
    /// Several readers match.
    #[error("several readers match: {}", candidates.join(", "))]
    AmbiguousReader {
        /// Their names: one of them, or a part that only one has, is needed.
        candidates: Vec<String>,
    },
    /// The readers that were meant hold no card.
    #[error("no card in {}", readers.join(", "))]
    NoCard {
        /// Names of the readers.
        readers: Vec<String>,
    },
    /// There is something in the reader, but it gives no answer to reset.
    #[error("the card in {reader} does not answer: wrong way round, not a chip card, or defective")]
    MuteCard {
        /// Name of the reader.
        reader: String,
    },
    /// Another program holds the card.
    #[error("another program uses the card in {reader}")]
    Sharing {
        /// Name of the reader.
        reader: String,
    },
    /// The reader was unplugged.
    #[error("the reader {reader} is gone")]
    ReaderGone {
        /// Name of the reader.
        reader: String,
    },
    /// Nothing happened in the time given.
    #[error("nothing happened in the time given")]
    Timeout,
    /// The wait was ended by a [`crate::pcsc::CancelHandle`].
    #[error("cancelled")]
    Cancelled,
    /// Any other answer of the PC/SC service.
    #[error("PC/SC: {0}")]
    Pcsc(#[source] ::pcsc::Error),
    /// The virtual reader cannot be reached or broke off within a message.
    #[error("virtual reader: {what}")]
    VirtualReader {
        /// What was being done.
        what: &'static str,
        /// Why it failed.
        #[source]
        source: std::io::Error,
    },
    /// The virtual reader took the connection but does not power the card: another one is in that slot.
    #[error("the virtual reader does not power this card: another one is in its slot")]
    SlotTaken,
    /// A trace does not follow its format ([`crate::trace`]).
    #[error("trace: malformed {what} in line {line}")]
    Malformed {
        /// What was being read.
        what: &'static str,
        /// Line of the fault, from 1.
        line: usize,
    },
}

/// Result of this crate.
pub type Result<T> = core::result::Result<T, Error>;
