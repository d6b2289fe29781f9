//! A chip in the same process.

use iso7816::{Channel, ChannelError, Chip, CommandApdu, Limits, ResponseApdu};

/// The shortest way to a chip: a function call. The bytes are the same as through a reader.
#[derive(Debug)]
pub struct MemoryChannel<C> {
    chip: C,
    limits: Limits,
}

impl<C: Chip> MemoryChannel<C> {
    /// Puts the chip in and powers it on: it is reset.
    #[must_use]
    pub fn new(mut chip: C) -> Self {
        chip.reset();
        Self {
            chip,
            limits: Limits::EXTENDED,
        }
    }

    /// Behaves as a reader that carries no more than this.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Resets the chip, as a reader does between two programs.
    pub fn reset(&mut self) {
        self.chip.reset();
    }

    /// The chip.
    #[must_use]
    pub const fn chip(&self) -> &C {
        &self.chip
    }

    /// The chip, to be changed behind the terminal's back.
    pub const fn chip_mut(&mut self) -> &mut C {
        &mut self.chip
    }

    /// Takes the chip out. It keeps what only a reset would make it forget.
    #[must_use]
    pub fn into_chip(self) -> C {
        self.chip
    }
}

impl<C: Chip> Channel for MemoryChannel<C> {
    fn transmit(
        &mut self,
        command: &CommandApdu,
    ) -> core::result::Result<ResponseApdu, ChannelError> {
        let bytes = command.to_bytes()?;
        if bytes.len() > self.limits.max_command {
            return Err(ChannelError::TooLong {
                len: bytes.len(),
                max: self.limits.max_command,
            });
        }
        let answer = self.chip.execute(&bytes);
        if answer.len() > self.limits.max_response {
            return Err(ChannelError::Malformed(iso7816::Error::Malformed {
                what: "answer longer than the line carries",
                at: self.limits.max_response,
            }));
        }
        // As in a reader: fewer than two octets are a card that has gone, not an empty answer.
        ResponseApdu::parse(&answer).map_err(|_| ChannelError::CardLost)
    }

    fn limits(&self) -> Limits {
        self.limits
    }

    fn reset_card(&mut self) -> core::result::Result<(), ChannelError> {
        self.reset();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use iso7816::{Ins, Le, StatusWord};

    use super::*;
    use crate::test_chip::EchoChip;

    #[test]
    fn a_command_is_answered_and_a_reset_is_felt() {
        let mut channel = MemoryChannel::new(EchoChip::default());
        assert_eq!(channel.chip().resets, 1, "powered on");
        let answer = channel
            .transmit(&CommandApdu::new(0, EchoChip::ECHO, 0, 0).with_data([1, 2, 3]))
            .unwrap();
        assert_eq!(
            (&answer.data[..], answer.sw),
            (&[1, 2, 3][..], StatusWord::OK)
        );
        channel.reset();
        assert_eq!(channel.into_chip().resets, 2);
    }

    #[test]
    fn limits_hold() {
        let read = |n| CommandApdu::new(0, Ins::READ_BINARY, 0, 0).with_le(Le::saturating(n));
        let mut channel = MemoryChannel::new(EchoChip::default()).with_limits(Limits::SHORT);
        assert_eq!(channel.transmit(&read(256)).unwrap().data.len(), 256);
        let long = CommandApdu::new(0, EchoChip::ECHO, 0, 0).with_data(vec![0; 256]);
        assert_eq!(
            channel.transmit(&long),
            Err(ChannelError::TooLong { len: 263, max: 261 })
        );
        assert!(matches!(
            channel.transmit(&read(300)),
            Err(ChannelError::Malformed(_))
        ));
    }

    #[test]
    fn an_empty_answer_is_a_lost_card() {
        let mut channel = MemoryChannel::new(EchoChip::default());
        let command = CommandApdu::new(0, EchoChip::SILENCE, 0, 0);
        assert_eq!(channel.transmit(&command), Err(ChannelError::CardLost));
    }
}
