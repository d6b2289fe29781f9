//! The arithmetic of protected messages, the same for both ends (GPC Amd D §6.2.4 to §6.2.7). No state lives here.

use crypto::{aes_cmac, constant_time_eq, pad2, unpad2};
use iso7816::{CommandApdu, Limits, StatusWord};
use zeroize::Zeroizing;

use super::session_keys::SessionKeys;
use super::{Mode, SecurityLevel};
use crate::{Error, Result};

const BLOCK: usize = 16;
/// Logical channel of the class, which takes no part in the MAC.
const CLA_CHANNEL_MASK: u8 = 0x03;

/// The MAC of the last command: the next one is calculated over it, and so is the answer's.
pub(super) type ChainingValue = [u8; BLOCK];

/// The value before the first command.
pub(super) const FIRST_CHAINING_VALUE: ChainingValue = [0; BLOCK];

/// Which way a message goes: the initialisation vectors differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Command,
    Response,
}

/// The keys of a session with what they are used for.
pub(super) struct Protection {
    pub(super) keys: SessionKeys,
    pub(super) mode: Mode,
    pub(super) level: SecurityLevel,
}

impl Protection {
    /// C-MAC of a command whose data field ends with room for it, or with the MAC to be checked. The data field must be
    /// at least as long as a MAC.
    pub(super) fn c_mac(
        &self,
        chaining_value: &ChainingValue,
        command: &CommandApdu,
    ) -> Result<ChainingValue> {
        let (body, _) = self.split_mac(&command.data)?;
        let [cla, ins, p1, p2] = command.header();
        let lc = if command.is_extended() {
            let [high, low] = u16::try_from(command.data.len())
                .map_err(|_| Error::Misuse("a command this long"))?
                .to_be_bytes();
            vec![0, high, low]
        } else {
            command
                .data
                .len()
                .to_be_bytes()
                .last()
                .copied()
                .into_iter()
                .collect()
        };
        let header = [cla & !CLA_CHANNEL_MASK, ins, p1, p2];
        let message = Zeroizing::new([&chaining_value[..], &header, &lc, body].concat());
        Ok(aes_cmac(self.keys.s_mac.expose(), &message)?)
    }

    /// R-MAC of a response.
    pub(super) fn r_mac(
        &self,
        chaining_value: &ChainingValue,
        data: &[u8],
        sw: StatusWord,
    ) -> Result<ChainingValue> {
        let message = [&chaining_value[..], data, &sw.0.to_be_bytes()].concat();
        Ok(aes_cmac(self.keys.s_rmac.expose(), &message)?)
    }

    /// The part of a MAC that is sent.
    pub(super) fn sent<'a>(&self, mac: &'a ChainingValue) -> &'a [u8] {
        mac.get(..self.mode.field_len()).unwrap_or(mac)
    }

    /// Whether the sent part is that of the MAC.
    pub(super) fn is_mac(&self, sent: &[u8], mac: &ChainingValue) -> bool {
        constant_time_eq(sent, self.sent(mac))
    }

    /// Data and MAC of a protected data field.
    pub(super) fn split_mac<'a>(&self, data: &'a [u8]) -> Result<(&'a [u8], &'a [u8])> {
        data.len()
            .checked_sub(self.mode.field_len())
            .and_then(|at| data.split_at_checked(at))
            .ok_or(Error::Malformed {
                what: "data field without MAC",
                at: data.len(),
            })
    }

    /// Pads and encrypts. Nothing stays nothing.
    pub(super) fn encrypt(&self, way: Direction, counter: u64, data: &[u8]) -> Result<Vec<u8>> {
        if data.is_empty() {
            return Ok(Vec::new());
        }
        let padded = Zeroizing::new(pad2(data, BLOCK));
        let iv = self.initialisation_vector(way, counter)?;
        let key = self.keys.s_enc.expose();
        Ok(self.keys.cipher.cbc_encrypt(key, &iv, &padded)?)
    }

    /// Undoes [`Self::encrypt`].
    pub(super) fn decrypt(&self, way: Direction, counter: u64, data: &[u8]) -> Result<Vec<u8>> {
        if data.is_empty() {
            return Ok(Vec::new());
        }
        let iv = self.initialisation_vector(way, counter)?;
        let key = self.keys.s_enc.expose();
        let padded = Zeroizing::new(self.keys.cipher.cbc_decrypt(key, &iv, data)?);
        Ok(unpad2(&padded)?.to_vec())
    }

    fn initialisation_vector(&self, way: Direction, counter: u64) -> Result<Vec<u8>> {
        let mut block = u128::from(counter).to_be_bytes();
        if way == Direction::Response {
            block[0] = 0x80;
        }
        let key = self.keys.s_enc.expose();
        Ok(self.keys.cipher.encrypt_block(key, &block)?)
    }
}

/// Whether a response is protected: success and warnings are, errors travel bare (GPC Amd D §6.2.5).
pub(super) const fn is_protected(sw: StatusWord) -> bool {
    sw.is_ok() || sw.is_warning()
}

/// How many octets of data one command carries, if a protected command of this size passes the line.
#[must_use]
pub fn max_command_data(mode: Mode, level: SecurityLevel, line: Limits) -> usize {
    let room = if line.allow_extended() {
        line.max_command.saturating_sub(4 + 3 + 2).min(65_535)
    } else {
        line.max_command.saturating_sub(4 + 1 + 1).min(255)
    };
    let room = room.saturating_sub(mode.field_len());
    if level.encrypts_commands() {
        before_padding(room)
    } else {
        room
    }
}

/// How many octets of data one response carries, if a protected response of this size passes the line.
#[must_use]
pub fn max_response_data(mode: Mode, level: SecurityLevel, line: Limits) -> usize {
    let room = line.max_response.saturating_sub(2);
    let room = if level.macs_responses() {
        room.saturating_sub(mode.field_len())
    } else {
        room
    };
    if level.encrypts_responses() {
        before_padding(room)
    } else {
        room
    }
}

/// Octets of a protected response with so much data.
pub(super) fn protected_response_len(mode: Mode, level: SecurityLevel, data: usize) -> usize {
    let data = if level.encrypts_responses() {
        (data + 1).next_multiple_of(BLOCK)
    } else {
        data
    };
    let mac = if level.macs_responses() {
        mode.field_len()
    } else {
        0
    };
    data + mac
}

/// The most that fits into whole blocks with at least one octet of padding.
const fn before_padding(room: usize) -> usize {
    (room - room % BLOCK).saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads() {
        use Mode::{S8, S16};
        use SecurityLevel::{CEnc, CEncREnc, CMac, CMacRMac};
        for (mode, level, line, command, response) in [
            (S8, CEncREnc, Limits::SHORT, 239, 239),
            (S16, CEncREnc, Limits::SHORT, 223, 239),
            (S8, CMac, Limits::SHORT, 247, 256),
            (S16, CMacRMac, Limits::SHORT, 239, 240),
            (S8, CEnc, Limits::SHORT, 239, 256),
            (S16, CEncREnc, Limits::EXTENDED, 65_503, 65_519),
        ] {
            let payload = (
                max_command_data(mode, level, line),
                max_response_data(mode, level, line),
            );
            assert_eq!(payload, (command, response), "{mode:?} {level:?}");
            let longest = protected_response_len(mode, level, response);
            assert!(longest + 2 <= line.max_response);
            assert!(protected_response_len(mode, level, response + 1) + 2 > line.max_response);
        }
    }
}
