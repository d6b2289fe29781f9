//! What a list can say of a document (draft-ietf-oauth-status-list-21 §7).

use core::fmt;

/// The status of one entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// 0: valid, correct, legal. Also what an index says that was never given out.
    Valid,
    /// 1: revoked for good.
    Invalid,
    /// 2: not valid for the time being.
    Suspended,
    /// 3 and above: what issuer and reader agreed on. Whoever does not know it must not take it for valid.
    Application(u8),
}

impl Status {
    /// From the number in the list.
    #[must_use]
    pub const fn from_value(value: u8) -> Self {
        match value {
            0 => Self::Valid,
            1 => Self::Invalid,
            2 => Self::Suspended,
            other => Self::Application(other),
        }
    }

    /// The number in the list.
    #[must_use]
    pub const fn value(self) -> u8 {
        match self {
            Self::Valid => 0,
            Self::Invalid => 1,
            Self::Suspended => 2,
            Self::Application(value) => value,
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Valid => f.write_str("valid"),
            Self::Invalid => f.write_str("invalid"),
            Self::Suspended => f.write_str("suspended"),
            Self::Application(value) => write!(f, "application-specific {value}"),
        }
    }
}
