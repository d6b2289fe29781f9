//! Command chaining: one command in several parts (chapter 03 §2, ISO 7816-4 §5.3.3).

use iso7816::{CommandApdu, Ins};
use zeroize::Zeroizing;

use crate::error::Refusal;

/// Bit 5 of the class: another part follows.
pub(crate) const CHAINING: u8 = 0x10;
/// Octets that the parts may have together ([CMD-013]).
const MAX_JOINED: usize = 4_096;

/// The parts that have come. Plain commands: protection is taken off each part before.
#[derive(Default)]
pub(crate) struct Chain {
    header: Option<[u8; 3]>,
    data: Zeroizing<Vec<u8>>,
}

impl Chain {
    /// Whether parts have come that this one does not continue.
    pub(crate) fn is_broken_by(&self, part: &CommandApdu) -> bool {
        let [_, header @ ..] = part.header();
        self.header.is_some_and(|begun| begun != header)
    }

    /// Takes a part. `None` while more must come; the whole command with the last part.
    pub(crate) fn join(&mut self, mut part: CommandApdu) -> Result<Option<CommandApdu>, Refusal> {
        let [_, header @ ..] = part.header();
        if self.header != Some(header) {
            self.forget();
        }
        // There the bit means the next step of a protocol, not the next part of a command ([CMD-015]).
        if part.ins == Ins::GENERAL_AUTHENTICATE {
            return Ok(Some(part));
        }
        if self.data.len() + part.data.len() > MAX_JOINED && self.header.is_some() {
            self.forget();
            return Err(Refusal::ChainTooLong);
        }
        if part.cla & CHAINING != 0 {
            self.header = Some(header);
            self.data.extend_from_slice(&part.data);
            return Ok(None);
        }
        if self.header.take().is_some() {
            self.data.extend_from_slice(&part.data);
            part.data = core::mem::take(&mut self.data);
        }
        Ok(Some(part))
    }

    /// Forgets the parts ([CMD-014]).
    pub(crate) fn forget(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(cla: u8, p1: u8, data: &[u8]) -> CommandApdu {
        CommandApdu::new(cla, Ins::STORE_DATA, p1, 0).with_data(data)
    }

    /// [CMD-012], [CMD-014]
    #[test]
    fn parts_are_joined_and_strangers_end_the_chain() {
        let mut chain = Chain::default();
        assert!(chain.join(part(0x10, 1, &[1, 2])).unwrap().is_none());
        assert!(chain.join(part(0x10, 1, &[3])).unwrap().is_none());
        let whole = chain.join(part(0x00, 1, &[4])).unwrap().unwrap();
        assert_eq!(whole.data[..], [1, 2, 3, 4]);

        assert!(chain.join(part(0x10, 1, &[1])).unwrap().is_none());
        let other = chain.join(part(0x00, 2, &[9])).unwrap().unwrap();
        assert_eq!(other.data[..], [9]);
        let alone = chain.join(part(0x00, 1, &[4])).unwrap().unwrap();
        assert_eq!(alone.data[..], [4]);
    }

    /// [CMD-013]
    #[test]
    fn a_chain_has_an_end() {
        let mut chain = Chain::default();
        for _ in 0..MAX_JOINED / 128 {
            assert!(chain.join(part(0x10, 1, &[0; 128])).unwrap().is_none());
        }
        let refused = chain.join(part(0x10, 1, &[0])).map(drop);
        assert_eq!(refused, Err(Refusal::ChainTooLong));
        let alone = chain.join(part(0x00, 1, &[4])).unwrap().unwrap();
        assert_eq!(alone.data[..], [4]);
    }
}
