//! What a generated key is for.

/// Purpose of a key pair, with the tag that names it in P2 (ISO 7816-4 §11.5.11: templates for key agreement and
/// authentication).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Purpose {
    /// Active authentication.
    ActiveAuthentication = 0xA4,
    /// Chip authentication.
    ChipAuthentication = 0xA6,
}

impl Purpose {
    /// The octet in commands, status and receipts.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The purpose behind an octet.
    #[must_use]
    pub const fn from_code(code: u8) -> Option<Self> {
        match code {
            0xA4 => Some(Self::ActiveAuthentication),
            0xA6 => Some(Self::ChipAuthentication),
            _ => None,
        }
    }
}
