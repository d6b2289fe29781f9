//! Chip authentication, version 1: agreement with a static key of the chip, which renews the session (Doc 9303-11
//! §6.2).
//!
//! ```text
//!          terminal                                   chip
//! 3DES     22 41A6  91 key  [84 key id]         →     9000
//! AES      22 41A4  80 OID  [84 key id]         →     9000
//!          86       7C { 80 key }               →     7C {}
//! ```
//!
//! The last answer still goes under the old session. The chip has proven itself when the first answer under the new
//! keys is right *and* passive authentication has shown the static key to be the issuer's; neither happens in here.

pub mod chip;
mod selection;
pub mod terminal;
#[cfg(test)]
mod worked_example;

pub use selection::Selection;

/// P1 P2 of MSE:Set KAT: set for key agreement (Doc 9303-11 §6.2.4.1).
const SET_KAT: [u8; 2] = [0x41, 0xA6];
/// P1 P2 of MSE:Set AT: set for internal authentication (Doc 9303-11 §6.2.4.2).
const SET_AT: [u8; 2] = [0x41, 0xA4];

/// Data objects of the commands.
mod tag {
    use iso7816::tlv::Tag;

    /// MSE:Set KAT: the terminal's key.
    pub(super) const EPHEMERAL_KEY: Tag = Tag::new(0x91);
    /// Both MSE:Set: the chip's key.
    pub(super) const KEY_ID: Tag = Tag::new(0x84);
    /// MSE:Set AT: the protocol.
    pub(super) const PROTOCOL: Tag = Tag::new(0x80);
    /// GENERAL AUTHENTICATE: the terminal's key.
    pub(super) const AGREEMENT_KEY: Tag = Tag::new(0x80);
}

/// A key id as DO'84' carries it: an unsigned number in the fewest octets (Doc 9303-11 §9.4.1).
fn key_id_octets(id: u64) -> Vec<u8> {
    let octets = id.to_be_bytes();
    let zeros = octets.iter().take_while(|octet| **octet == 0).count();
    octets
        .into_iter()
        .skip(zeros.min(octets.len() - 1))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::key_id_octets;

    #[test]
    fn key_ids_are_as_short_as_they_can_be() {
        for (id, octets) in [
            (0, &[0][..]),
            (0x7F, &[0x7F]),
            (0xC3, &[0xC3]),
            (0x0100, &[1, 0]),
            (u64::MAX, &[0xFF; 8]),
        ] {
            assert_eq!(key_id_octets(id), octets);
        }
    }
}
