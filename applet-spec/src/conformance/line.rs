//! The way from a case to the card, with alterations on it.

use iso7816::{Channel, ChannelError, CommandApdu, Limits, ResponseApdu, StatusWord};

use super::Alteration;
use super::runner::{Device, whole};

/// A line to a device that counts the commands of a step and alters some of them.
pub(super) struct Line<'a> {
    device: &'a mut dyn Device,
    alterations: &'a [Alteration],
    sent: usize,
    last: StatusWord,
}

impl<'a> Line<'a> {
    pub(super) fn new(device: &'a mut dyn Device, alterations: &'a [Alteration]) -> Self {
        Self {
            device,
            alterations,
            sent: 0,
            last: StatusWord::NO_PRECISE_DIAGNOSIS,
        }
    }

    /// The status word of the last answer.
    pub(super) const fn last(&self) -> StatusWord {
        self.last
    }

    /// Sends octets as they are.
    pub(super) fn send(&mut self, octets: &[u8]) -> Result<ResponseApdu, ChannelError> {
        let answer = ResponseApdu::parse(&self.device.exchange(octets)?)?;
        self.last = answer.sw;
        Ok(answer)
    }

    /// Sends a command that is not counted and not altered.
    pub(super) fn prepare(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        self.send(&command.to_bytes()?)
    }

    fn altered(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        self.sent += 1;
        let mut command = command.clone();
        let mut twice = false;
        let (alterations, number) = (self.alterations, self.sent);
        for alteration in alterations.iter().filter(|change| change.at == number) {
            if let Some(stranger) = &alteration.insert {
                self.send(stranger)?;
            }
            twice |= alteration.twice;
            command = alteration.apply(command);
        }
        if twice {
            self.prepare(&command)?;
        }
        self.prepare(&command)
    }
}

impl Channel for Line<'_> {
    /// Fetches the rest of an answer that comes in parts, as the driver of a reader does.
    fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        let first = self.altered(command)?;
        whole(first, |get_response| self.prepare(get_response))
    }

    fn limits(&self) -> Limits {
        Limits::EXTENDED
    }
}
