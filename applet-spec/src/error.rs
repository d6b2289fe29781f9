//! Why a chip refuses, and the one place where a reason becomes a status word (chapter 07).

use iso7816::StatusWord;

/// An error outside the conversation with a terminal: of whoever builds or keeps a chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Stored memory is not what this crate wrote.
    #[error("malformed {what} at byte {at} of the chip's memory")]
    Malformed {
        /// What was being read.
        what: &'static str,
        /// Offset from the start of the stored memory.
        at: usize,
    },
    /// The caller broke a rule of this crate.
    #[error("{0}")]
    Misuse(&'static str),
    /// A card has not what a quirk is about.
    #[error("{quirk} needs {need}, which this card does not have")]
    Unfit {
        /// The quirk.
        quirk: crate::Quirk,
        /// What is missing.
        need: crate::quirk::Need,
    },
    /// The memory could not be read or written.
    #[error(transparent)]
    Memory(#[from] crate::memory::MemoryFault),
}

/// Result of this crate.
pub type Result<T> = core::result::Result<T, Error>;

/// Why a command is refused. Several reasons may share a status word: a terminal learns no more than the law says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The octets are no command APDU ([CMD-004]).
    NotAnApdu,
    /// Data field or Le missing, surplus or of the wrong length ([CMD-004]).
    Length,
    /// Extended length, on a chip that has short length only ([CMD-010]).
    ExtendedLength,
    /// Longer than EF.ATR/INFO says ([CMD-011]).
    TooLong,
    /// More than a chain may hold ([CMD-013]).
    ChainTooLong,
    /// The class ([CMD-001]).
    Class,
    /// The instruction ([CMD-002]).
    Instruction,
    /// P1 P2 ([CMD-003]).
    Parameters,
    /// The file is closed to this terminal ([ACCESS-001]), or the command needs access.
    Access,
    /// The role may not use the command ([PERSO-010]).
    Role,
    /// No secure channel, or one that does not verify ([PERSO-026]).
    SecureChannel,
    /// The last try of a key set is gone ([PERSO-024]).
    Blocked,
    /// Not in this state of the life cycle.
    State,
    /// Not now: the command before it is missing ([CMD-018], [CMD-022], [CMD-037], [PERSO-023]).
    Order,
    /// READ BINARY of the current EF without one ([FILES-020]).
    NoCurrentFile,
    /// The content of the data field, and what is wrong with it.
    Content(&'static str),
    /// No such file or application ([FILES-012], [FILES-014]).
    NoSuchFile,
    /// No room ([PERSO-053], [PERSO-064]).
    NoRoom,
    /// No such key ([PERSO-021], [PERSO-053], [PERSO-065]).
    NoSuchKey,
    /// The offset lies outside the file ([FILES-024], [PERSO-072]).
    OutsideFile,
    /// A cryptogram is wrong ([PERSO-023]).
    NotAuthentic,
    /// The word of a protocol's chip half (Doc 9303-11), which is the law's.
    Protocol(StatusWord),
    /// The non-volatile memory failed ([SW-005]).
    Memory,
}

impl Refusal {
    /// The answer to the terminal.
    pub(crate) const fn status_word(self) -> StatusWord {
        match self {
            Self::NotAnApdu
            | Self::Length
            | Self::ExtendedLength
            | Self::TooLong
            | Self::ChainTooLong => StatusWord::WRONG_LENGTH,
            Self::Class => StatusWord::CLA_NOT_SUPPORTED,
            Self::Instruction => StatusWord::INS_NOT_SUPPORTED,
            Self::Parameters => StatusWord::INCORRECT_P1_P2,
            Self::Access | Self::Role | Self::SecureChannel => {
                StatusWord::SECURITY_STATUS_NOT_SATISFIED
            }
            Self::Blocked => StatusWord::AUTHENTICATION_BLOCKED,
            Self::State | Self::Order => StatusWord::CONDITIONS_NOT_SATISFIED,
            Self::NoCurrentFile => StatusWord::NO_CURRENT_FILE,
            Self::Content(_) => StatusWord::WRONG_DATA,
            Self::NoSuchFile => StatusWord::FILE_NOT_FOUND,
            Self::NoRoom => StatusWord::NOT_ENOUGH_MEMORY,
            Self::NoSuchKey => StatusWord::REFERENCED_DATA_NOT_FOUND,
            Self::OutsideFile => StatusWord::WRONG_OFFSET,
            Self::NotAuthentic => StatusWord::AUTHENTICATION_FAILED,
            Self::Protocol(word) => word,
            Self::Memory => StatusWord::NO_PRECISE_DIAGNOSIS,
        }
    }
}

impl From<StatusWord> for Refusal {
    fn from(word: StatusWord) -> Self {
        Self::Protocol(word)
    }
}

impl From<crate::memory::MemoryFault> for Refusal {
    fn from(_: crate::memory::MemoryFault) -> Self {
        Self::Memory
    }
}

#[cfg(test)]
mod tests {
    use super::Refusal;

    /// Chapter 07 in numbers.
    #[test]
    fn every_reason_has_its_word() {
        for (reason, word) in [
            (Refusal::NotAnApdu, 0x6700),
            (Refusal::Length, 0x6700),
            (Refusal::ExtendedLength, 0x6700),
            (Refusal::TooLong, 0x6700),
            (Refusal::ChainTooLong, 0x6700),
            (Refusal::Class, 0x6E00),
            (Refusal::Instruction, 0x6D00),
            (Refusal::Parameters, 0x6A86),
            (Refusal::Access, 0x6982),
            (Refusal::Role, 0x6982),
            (Refusal::SecureChannel, 0x6982),
            (Refusal::Blocked, 0x6983),
            (Refusal::State, 0x6985),
            (Refusal::Order, 0x6985),
            (Refusal::NoCurrentFile, 0x6986),
            (Refusal::Content("manifest"), 0x6A80),
            (Refusal::NoSuchFile, 0x6A82),
            (Refusal::NoRoom, 0x6A84),
            (Refusal::NoSuchKey, 0x6A88),
            (Refusal::OutsideFile, 0x6B00),
            (Refusal::NotAuthentic, 0x6300),
            (Refusal::Protocol(0x6883.into()), 0x6883),
            (Refusal::Memory, 0x6F00),
        ] {
            assert_eq!(reason.status_word().0, word, "{reason:?}");
        }
    }
}
