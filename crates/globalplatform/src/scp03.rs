//! Secure Channel Protocol 03 (GPC Amd D): mutual authentication and protection with AES.
//!
//! ```text
//! host                                                 card
//!   INITIALIZE UPDATE    host challenge           ──▶
//!                        card challenge, cryptogram ◀──  session keys = KDF(static keys, both challenges)
//!   EXTERNAL AUTHENTICATE  cryptogram, C-MAC      ──▶
//!   any command            C-ENC, C-MAC           ──▶
//!                          R-ENC, R-MAC           ◀──
//! ```
//!
//! [`host`] and [`card`] share what stands in this module and its private children: parameters, layouts, the arithmetic of
//! a MAC. Each keeps its own state.

pub mod card;
pub mod host;
mod initialize_update;
mod protection;
mod session_keys;

pub use self::host::Scp03Channel;
pub use self::protection::{max_command_data, max_response_data};

/// Class of a GlobalPlatform command.
const CLA_GLOBALPLATFORM: u8 = 0x80;
/// Class of EXTERNAL AUTHENTICATE.
const CLA_PROTECTED: u8 = CLA_GLOBALPLATFORM | CLA_SECURE_MESSAGING;
/// The bit of the class that says: GlobalPlatform's secure messaging (GPCS §11.1.4).
const CLA_SECURE_MESSAGING: u8 = 0x04;
/// The bits of the class for secure messaging of any kind.
const CLA_SECURE_MESSAGING_MASK: u8 = 0x0C;
/// Protocol identifier in the answer to INITIALIZE UPDATE.
const SCP03: u8 = 0x03;

/// Length of challenges, cryptograms and MACs (GPC Amd D §5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Eight octets.
    S8,
    /// Sixteen octets.
    #[default]
    S16,
}

impl Mode {
    /// The length.
    #[must_use]
    pub const fn field_len(self) -> usize {
        match self {
            Self::S8 => 8,
            Self::S16 => 16,
        }
    }
}

/// What protects commands and responses: P1 of EXTERNAL AUTHENTICATE (GPC Amd D §7.1.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum SecurityLevel {
    /// `01`: commands carry a MAC.
    CMac,
    /// `03`: commands carry a MAC and are encrypted.
    CEnc,
    /// `11`: commands and responses carry a MAC.
    CMacRMac,
    /// `13`: both carry a MAC, commands are encrypted.
    CEncRMac,
    /// `33`: both carry a MAC and are encrypted. The only level for writing to a card.
    #[default]
    CEncREnc,
}

impl SecurityLevel {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::CMac,
        Self::CEnc,
        Self::CMacRMac,
        Self::CEncRMac,
        Self::CEncREnc,
    ];

    /// The octet.
    #[must_use]
    pub const fn to_byte(self) -> u8 {
        match self {
            Self::CMac => 0x01,
            Self::CEnc => 0x03,
            Self::CMacRMac => 0x11,
            Self::CEncRMac => 0x13,
            Self::CEncREnc => 0x33,
        }
    }

    /// The level of an octet; none for combinations that the protocol does not have.
    #[must_use]
    pub fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.to_byte() == byte)
    }

    /// Whether commands are encrypted.
    #[must_use]
    pub const fn encrypts_commands(self) -> bool {
        self.to_byte() & 0x02 != 0
    }

    /// Whether responses carry a MAC.
    #[must_use]
    pub const fn macs_responses(self) -> bool {
        self.to_byte() & 0x10 != 0
    }

    /// Whether responses are encrypted.
    #[must_use]
    pub const fn encrypts_responses(self) -> bool {
        self.to_byte() & 0x20 != 0
    }
}

/// The parameter "i": what a card can do (GPC Amd D §5.1, Table 5-1). Unknown bits are kept.
///
/// The bit for S16 is b1: so it stands in transcripts of several makers and in the reports of cards in the field. One
/// implementation reads b4 instead, which is why [`host`] goes by the length of the answer and not by this bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CardOptions(pub u8);

impl CardOptions {
    const S16: u8 = 0x01;
    const PSEUDO_RANDOM: u8 = 0x10;
    const R_MAC: u8 = 0x20;
    const R_ENC: u8 = 0x40;

    /// A card that can do all security levels.
    #[must_use]
    pub const fn all_levels(mode: Mode, pseudo_random: bool) -> Self {
        let s16 = match mode {
            Mode::S8 => 0,
            Mode::S16 => Self::S16,
        };
        let challenge = if pseudo_random {
            Self::PSEUDO_RANDOM
        } else {
            0
        };
        Self(Self::R_MAC | Self::R_ENC | challenge | s16)
    }

    /// Whether the card announces what the level needs.
    #[must_use]
    pub const fn support(self, level: SecurityLevel) -> bool {
        (self.0 & Self::R_MAC != 0 || !level.macs_responses())
            && (self.0 & Self::R_ENC != 0 || !level.encrypts_responses())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels() {
        for level in SecurityLevel::ALL {
            assert_eq!(SecurityLevel::from_byte(level.to_byte()), Some(level));
        }
        for byte in [0x00, 0x02, 0x10, 0x21, 0x30, 0x32, 0x73, 0xFF] {
            assert_eq!(SecurityLevel::from_byte(byte), None, "{byte:02X}");
        }
    }

    #[test]
    fn options() {
        use SecurityLevel::{CEnc, CEncREnc, CEncRMac, CMac};
        assert_eq!(CardOptions::all_levels(Mode::S8, true).0, 0x70);
        assert_eq!(CardOptions::all_levels(Mode::S16, true).0, 0x71);
        assert_eq!(CardOptions::all_levels(Mode::S16, false).0, 0x61);
        for (options, level, supported) in [
            (0x00, CMac, true),
            (0x00, CEnc, true),
            (0x00, CEncRMac, false),
            (0x20, CEncRMac, true),
            (0x20, CEncREnc, false),
            (0x60, CEncREnc, true),
        ] {
            assert_eq!(CardOptions(options).support(level), supported, "{options}");
        }
    }
}
