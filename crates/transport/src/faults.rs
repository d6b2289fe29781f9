//! Faults on order, for tests of what must survive them.

use std::collections::BTreeMap;
use std::time::Duration;

use iso7816::{Channel, ChannelError, CommandApdu, Limits, ResponseApdu, StatusWord};

/// What happens to one command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The card is lost before the command reaches it.
    LoseBefore,
    /// The card executes the command and is lost before the answer arrives.
    LoseAfter,
    /// The card answers with this status word and does not execute the command.
    Answer(StatusWord),
    /// One bit of the answer is flipped, counted over data and status word from the first octet's highest bit;
    /// beyond the end it wraps around.
    FlipBit(usize),
    /// The data of the answer is cut to this length; the status word stays.
    Truncate(usize),
    /// The answer comes late.
    Delay(Duration),
}

/// Which command meets which fault. Commands are counted from 0.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FaultPlan {
    once: BTreeMap<u64, Fault>,
    refuse_extended: bool,
    refuse_le_above: Option<u32>,
    answer_at_most: Option<usize>,
}

impl FaultPlan {
    /// Nothing happens.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The command number `at` meets the fault. A second fault for the same command replaces the first.
    #[must_use]
    pub fn at(mut self, at: u64, fault: Fault) -> Self {
        self.once.insert(at, fault);
        self
    }

    /// Every command of extended length is answered `6700` and does not reach the card.
    #[must_use]
    pub const fn refuse_extended(mut self) -> Self {
        self.refuse_extended = true;
        self
    }

    /// Every command that asks for more than `le` octets is answered `6700` and does not reach the card.
    #[must_use]
    pub const fn refuse_le_above(mut self, le: u32) -> Self {
        self.refuse_le_above = Some(le);
        self
    }

    /// Every answer is silently cut to `len` octets of data.
    #[must_use]
    pub const fn answer_at_most(mut self, len: usize) -> Self {
        self.answer_at_most = Some(len);
        self
    }

    fn refuses(&self, command: &CommandApdu) -> bool {
        let le = command.le.map_or(0, iso7816::Le::get);
        (self.refuse_extended && command.is_extended())
            || self.refuse_le_above.is_some_and(|limit| le > limit)
    }
}

/// A channel on which the plan happens. A card that was lost stays lost.
pub struct FaultChannel<C> {
    channel: C,
    plan: FaultPlan,
    sent: u64,
    lost: bool,
    wait: Box<dyn FnMut(Duration) + Send>,
}

impl<C: Channel> FaultChannel<C> {
    /// A channel with faults; delays are slept through.
    #[must_use]
    pub fn new(channel: C, plan: FaultPlan) -> Self {
        Self {
            channel,
            plan,
            sent: 0,
            lost: false,
            wait: Box::new(std::thread::sleep),
        }
    }

    /// Replaces sleeping, so that a test need not wait.
    #[must_use]
    pub fn with_wait(mut self, wait: impl FnMut(Duration) + Send + 'static) -> Self {
        self.wait = Box::new(wait);
        self
    }

    /// How many commands came, those that met a fault included. A run without faults says how many points there are to cut.
    #[must_use]
    pub const fn sent(&self) -> u64 {
        self.sent
    }

    /// Gives the channel back, with the card as the faults left it.
    #[must_use]
    pub fn into_inner(self) -> C {
        self.channel
    }

    fn lose(&mut self) -> ChannelError {
        self.lost = true;
        ChannelError::CardLost
    }
}

impl<C: Channel> Channel for FaultChannel<C> {
    fn transmit(
        &mut self,
        command: &CommandApdu,
    ) -> core::result::Result<ResponseApdu, ChannelError> {
        if self.lost {
            return Err(ChannelError::CardLost);
        }
        let fault = self.plan.once.get(&self.sent).copied();
        self.sent += 1;
        match fault {
            Some(Fault::LoseBefore) => return Err(self.lose()),
            Some(Fault::Answer(sw)) => return Ok(ResponseApdu::from_sw(sw)),
            Some(Fault::Delay(time)) => (self.wait)(time),
            _ => {}
        }
        if self.plan.refuses(command) {
            return Ok(ResponseApdu::from_sw(StatusWord::WRONG_LENGTH));
        }
        let mut answer = self.channel.transmit(command)?;
        match fault {
            Some(Fault::LoseAfter) => return Err(self.lose()),
            Some(Fault::FlipBit(bit)) => answer = flip(&answer, bit)?,
            Some(Fault::Truncate(len)) => answer.data.truncate(len),
            _ => {}
        }
        if let Some(len) = self.plan.answer_at_most {
            answer.data.truncate(len);
        }
        Ok(answer)
    }

    fn limits(&self) -> Limits {
        self.channel.limits()
    }

    fn reset_card(&mut self) -> core::result::Result<(), ChannelError> {
        if self.lost {
            return Err(ChannelError::CardLost);
        }
        self.channel.reset_card()
    }
}

impl<C: core::fmt::Debug> core::fmt::Debug for FaultChannel<C> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("FaultChannel")
            .field("channel", &self.channel)
            .field("plan", &self.plan)
            .field("sent", &self.sent)
            .field("lost", &self.lost)
            .finish_non_exhaustive()
    }
}

fn flip(answer: &ResponseApdu, bit: usize) -> core::result::Result<ResponseApdu, ChannelError> {
    let mut bytes = answer.to_bytes();
    let at = (bit / 8) % bytes.len();
    if let Some(byte) = bytes.get_mut(at) {
        *byte ^= 0x80 >> (bit % 8);
    }
    Ok(ResponseApdu::parse(&bytes)?)
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use iso7816::{Ins, Le};

    use super::*;
    use crate::MemoryChannel;
    use crate::test_chip::EchoChip;

    fn remember(value: u8) -> CommandApdu {
        CommandApdu::new(0, EchoChip::REMEMBER, value, 0)
    }

    /// Sends REMEMBER 1, 2, 3 and gives the answers, and what the chip remembers in the end.
    fn run(plan: FaultPlan) -> (Vec<core::result::Result<Vec<u8>, ChannelError>>, u8) {
        let mut channel = FaultChannel::new(MemoryChannel::new(EchoChip::default()), plan);
        let answers = (1..=3)
            .map(|n| channel.transmit(&remember(n)).map(|a| a.to_bytes()))
            .collect();
        assert!(channel.sent() <= 3);
        (answers, channel.into_inner().into_chip().remembered)
    }

    #[test]
    fn each_fault_at_its_command() {
        let ok = |before| Ok(vec![before, 0x90, 0]);
        let lost = Err(ChannelError::CardLost);
        for (fault, expected, remembered) in [
            (None, vec![ok(0), ok(1), ok(2)], 3),
            (
                Some(Fault::LoseBefore),
                vec![ok(0), lost.clone(), lost.clone()],
                1,
            ),
            (Some(Fault::LoseAfter), vec![ok(0), lost.clone(), lost], 2),
            (
                Some(Fault::Answer(StatusWord::NO_PRECISE_DIAGNOSIS)),
                vec![ok(0), Ok(vec![0x6F, 0]), ok(1)],
                3,
            ),
            (
                Some(Fault::FlipBit(0)),
                vec![ok(0), Ok(vec![0x81, 0x90, 0]), ok(2)],
                3,
            ),
            (
                Some(Fault::FlipBit(3 * 8 + 15)),
                vec![ok(0), Ok(vec![1, 0x91, 0]), ok(2)],
                3,
            ),
            (
                Some(Fault::Truncate(0)),
                vec![ok(0), Ok(vec![0x90, 0]), ok(2)],
                3,
            ),
        ] {
            let plan = fault.map_or_else(FaultPlan::new, |fault| FaultPlan::new().at(1, fault));
            assert_eq!(run(plan), (expected, remembered), "{fault:?}");
        }
    }

    #[test]
    fn standing_faults() {
        let read = |n| CommandApdu::new(0, Ins::READ_BINARY, 0, 0).with_le(Le::saturating(n));
        for (plan, command, data, sw) in [
            (FaultPlan::new().refuse_extended(), read(257), 0, 0x6700),
            (FaultPlan::new().refuse_extended(), read(256), 256, 0x9000),
            (FaultPlan::new().refuse_le_above(192), read(193), 0, 0x6700),
            (
                FaultPlan::new().refuse_le_above(192),
                read(192),
                192,
                0x9000,
            ),
            (FaultPlan::new().answer_at_most(100), read(256), 100, 0x9000),
        ] {
            let mut channel =
                FaultChannel::new(MemoryChannel::new(EchoChip::default()), plan.clone());
            let answer = channel.transmit(&command).unwrap();
            assert_eq!(
                (answer.data.len(), answer.sw),
                (data, StatusWord(sw)),
                "{plan:?} {command:?}"
            );
        }
    }

    #[test]
    fn a_delay_waits() {
        let waited = Arc::new(Mutex::new(Duration::ZERO));
        let total = Arc::clone(&waited);
        let plan = FaultPlan::new().at(0, Fault::Delay(Duration::from_secs(9)));
        let mut channel = FaultChannel::new(MemoryChannel::new(EchoChip::default()), plan)
            .with_wait(move |time| *total.lock().unwrap() += time);
        assert!(channel.transmit(&remember(1)).unwrap().sw.is_ok());
        assert_eq!(*waited.lock().unwrap(), Duration::from_secs(9));
    }
}
