//! Secure messaging: every command and answer encrypted and authenticated (Doc 9303-11 §9.8; TR-03110-3 annex F).
//!
//! ```text
//! command  0C INS P1 P2  Lc  [87 L 01‖E(data) | 85 L E(data)]  [97 L Le]  8E 08 MAC  00
//! answer                     [87 L 01‖E(data) | 85 L E(data)]  99 02 SW   8E 08 MAC  SW
//! ```
//!
//! DO'85' takes the place of DO'87' for odd instructions. The send sequence counter rises before every command and
//! every answer and is part of every MAC.
//!
//! * terminal: [`SecureChannel`] for everyday use, [`TerminalSession`] underneath;
//! * chip: [`ChipSession`];
//! * both: [`SessionKeys`], [`max_plain_response`], [`max_plain_command`].

mod channel;
pub mod chip;
mod keys;
mod limits;
mod objects;
mod ssc;
pub mod terminal;
#[cfg(test)]
mod worked_example;

pub use channel::{MAX_PLAIN_LENGTH_REFUSALS, SecureChannel};
pub use chip::{ChipSession, SmFault};
pub use keys::SessionKeys;
pub use limits::{max_plain_command, max_plain_response};
pub(crate) use ssc::Ssc;
pub use terminal::TerminalSession;

/// b4 and b3 of an interindustry class byte: secure messaging with the header in the MAC (ISO 7816-4 §5.4.1).
const SM_CLASS_BITS: u8 = 0x0C;

/// Whether a class byte says secure messaging with an authenticated header: `0C`, chained `1C`, proprietary `8C` and
/// `9C` (Doc 9303-11 §9.8.4). The two other forms of ISO 7816-4 are not used and count as plain.
#[must_use]
pub const fn is_protected_class(cla: u8) -> bool {
    cla & 0x6C == SM_CLASS_BITS
}

#[cfg(test)]
mod tests {
    use super::is_protected_class;

    #[test]
    fn classes_that_say_secure_messaging_with_an_authenticated_header() {
        let protected: Vec<u8> = (0..=0xFF).filter(|cla| is_protected_class(*cla)).collect();
        assert_eq!(
            protected,
            [
                0x0C, 0x0D, 0x0E, 0x0F, 0x1C, 0x1D, 0x1E, 0x1F, 0x8C, 0x8D, 0x8E, 0x8F, 0x9C, 0x9D,
                0x9E, 0x9F
            ]
        );
    }
}
