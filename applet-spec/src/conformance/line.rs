//! The way from a case to the card, with alterations on it.

use iso7816::{Channel, ChannelError, CommandApdu, Limits, ResponseApdu, StatusWord};

use super::Alteration;
use super::runner::{Device, Exchange, whole};

/// A line to a device that counts the commands of a step, alters some of them and remembers all.
pub(super) struct Line<'a> {
    device: &'a mut dyn Device,
    alterations: &'a [Alteration],
    sent: usize,
    last: ResponseApdu,
    diverted: bool,
    exchanges: Vec<Exchange>,
}

impl<'a> Line<'a> {
    pub(super) fn new(device: &'a mut dyn Device, alterations: &'a [Alteration]) -> Self {
        Self {
            device,
            alterations,
            sent: 0,
            last: ResponseApdu::from_sw(StatusWord::NO_PRECISE_DIAGNOSIS),
            diverted: false,
            exchanges: Vec::new(),
        }
    }

    /// The last answer.
    pub(super) const fn last(&self) -> &ResponseApdu {
        &self.last
    }

    /// Whether a foreign command was sent in place of one of a dialogue, which ends there.
    pub(super) const fn is_diverted(&self) -> bool {
        self.diverted
    }

    /// Everything that went over the line.
    pub(super) fn into_exchanges(self) -> Vec<Exchange> {
        self.exchanges
    }

    /// Takes the power away and gives it back.
    pub(super) fn reset(&mut self) -> Result<(), ChannelError> {
        self.device.reset()
    }

    /// Sends octets as they are.
    pub(super) fn send(&mut self, octets: &[u8]) -> Result<ResponseApdu, ChannelError> {
        let received = self.device.exchange(octets)?;
        self.exchanges.push(Exchange {
            sent: octets.to_vec(),
            received: received.clone(),
        });
        self.last = ResponseApdu::parse(&received)?;
        Ok(self.last.clone())
    }

    /// Sends a command that is not counted and not altered.
    pub(super) fn prepare(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        self.send(&command.to_bytes()?)
    }

    fn altered(&mut self, original: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        self.sent += 1;
        let mut command = original.clone();
        let mut twice = false;
        let (alterations, number) = (self.alterations, self.sent);
        for alteration in alterations
            .iter()
            .filter(|change| change.at.means(number, original))
        {
            if let Some(stranger) = &alteration.insert {
                self.send(stranger)?;
            }
            if let Some(stranger) = &alteration.instead {
                self.diverted = true;
                return self.send(stranger);
            }
            twice |= alteration.twice;
            let nothing_to_alter =
                ChannelError::Refused("an object that the command does not have");
            command = alteration.apply(command).map_err(|_| nothing_to_alter)?;
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
