//! The way from a case to the card, with alterations on it.

use iso7816::{Channel, ChannelError, CommandApdu, Limits, ResponseApdu, StatusWord};

use super::case::Step;
use super::dialogue::Turn;
use super::runner::{Device, whole};
use super::{Alteration, Exchange};

/// A line to a device that counts the commands of a step, alters some of them and remembers all.
pub(super) struct Line<'a> {
    device: &'a mut dyn Device,
    alterations: &'a [Alteration],
    /// Up to which command the answer to an altered one may wait.
    until: Option<Turn>,
    sent: usize,
    last: ResponseApdu,
    diverted: bool,
    /// For each alteration whether a command was sent on which it had an effect.
    had_effect: Vec<bool>,
    /// The answer that says what the card thinks of the altered command.
    to_altered: Option<StatusWord>,
    /// The first answer to a command that was sent twice.
    to_first_of_two: Option<StatusWord>,
    exchanges: Vec<Exchange>,
}

/// What the alterations of a step brought, where it is not what the step is about.
pub(super) enum Unaltered {
    /// This alteration, the first one being 1, met no command, or changed nothing on it.
    WithoutEffect(usize),
    /// The command that was to be sent twice was refused the first time.
    RefusedOnce(StatusWord),
}

impl<'a> Line<'a> {
    /// A line that alters nothing.
    pub(super) fn new(device: &'a mut dyn Device) -> Self {
        Self::altering(device, &[], None)
    }

    /// The line of a step.
    pub(super) fn of(step: &'a Step, device: &'a mut dyn Device) -> Self {
        Self::altering(device, &step.alter, step.until)
    }

    fn altering(
        device: &'a mut dyn Device,
        alterations: &'a [Alteration],
        until: Option<Turn>,
    ) -> Self {
        Self {
            device,
            alterations,
            until,
            sent: 0,
            last: ResponseApdu::from_sw(StatusWord::NO_PRECISE_DIAGNOSIS),
            diverted: false,
            had_effect: vec![false; alterations.len()],
            to_altered: None,
            to_first_of_two: None,
            exchanges: Vec::new(),
        }
    }

    /// The answer to the last altered command, or the one that may come as late as `until` says.
    pub(super) const fn to_altered(&self) -> Option<StatusWord> {
        self.to_altered
    }

    /// Whether every alteration was made; a dialogue that ended before says nothing of what the step is about.
    pub(super) fn check_altered(&self) -> Result<(), Unaltered> {
        if let Some(number) = self.had_effect.iter().position(|had_effect| !had_effect) {
            return Err(Unaltered::WithoutEffect(number + 1));
        }
        match self.to_first_of_two {
            Some(word) if !word.is_ok() => Err(Unaltered::RefusedOnce(word)),
            _ => Ok(()),
        }
    }

    /// The last answer.
    pub(super) const fn last(&self) -> &ResponseApdu {
        &self.last
    }

    /// Whether the last command was the one that shows the card that the password is known (Doc 9303-11 §4.3.1, §4.4.1).
    pub(super) fn has_shown_password(&self) -> bool {
        let last = self.exchanges.last();
        let command = last.and_then(|exchange| CommandApdu::parse(&exchange.sent).ok());
        let turn = command.and_then(|command| Turn::of(&command));
        matches!(turn, Some(Turn::Token | Turn::Authenticate))
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
        const ENDED: ChannelError = ChannelError::Refused("commands after a foreign one");
        if self.diverted {
            return Err(ENDED);
        }
        self.sent += 1;
        let mut command = original.clone();
        let mut twice = false;
        let mut is_altered = false;
        let mut believed = None;
        let (alterations, number) = (self.alterations, self.sent);
        for (alteration, place) in alterations.iter().zip(0..) {
            if !alteration.at.means(number, original) {
                continue;
            }
            let Ok(changed) = alteration.apply(command.clone()) else {
                continue;
            };
            let effect = changed != command || alteration.is_beside();
            if let Some(had_effect) = self.had_effect.get_mut(place) {
                *had_effect |= effect;
            }
            is_altered |= effect;
            if let Some(stranger) = &alteration.insert {
                self.send(stranger)?;
            }
            if let Some(stranger) = &alteration.instead {
                self.diverted = true;
                self.to_altered = Some(self.send(stranger)?.sw);
                return Err(ENDED);
            }
            twice |= alteration.twice;
            believed = alteration.believe.as_ref().or(believed);
            command = changed;
        }
        if twice {
            self.to_first_of_two = Some(self.prepare(&command)?.sw);
        }
        let answer = self.prepare(&command)?;
        let waited = self.to_altered.is_some() && self.until == Turn::of(original);
        if is_altered || waited && self.until.is_some() {
            self.to_altered = Some(answer.sw);
        }
        let believed = believed.map(|data| ResponseApdu::new(data.clone(), StatusWord::OK));
        Ok(believed.unwrap_or(answer))
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
