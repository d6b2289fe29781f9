//! Counting what is said.

use std::time::Duration;

use iso7816::{Channel, ChannelError, CommandApdu, Limits, ResponseApdu};

use crate::Clock;

/// What went over a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Statistics {
    /// Commands sent, answered or not.
    pub round_trips: u64,
    /// Octets of the commands.
    pub bytes_out: u64,
    /// Octets of the answers, status words included.
    pub bytes_in: u64,
    /// Time spent waiting for answers.
    pub waiting: Duration,
    /// The longest wait.
    pub longest: Duration,
}

impl Statistics {
    /// Mean time of one exchange, zero when there was none.
    #[must_use]
    pub fn mean(&self) -> Duration {
        u32::try_from(self.round_trips)
            .ok()
            .and_then(|n| self.waiting.checked_div(n))
            .unwrap_or_default()
    }
}

/// A channel that counts. Directly above the line it counts what the reader carries; above secure messaging, what was meant.
#[derive(Debug)]
pub struct Counted<C> {
    channel: C,
    clock: Clock,
    statistics: Statistics,
}

impl<C: Channel> Counted<C> {
    /// Starts at zero.
    #[must_use]
    pub fn new(channel: C, clock: Clock) -> Self {
        Self {
            channel,
            clock,
            statistics: Statistics::default(),
        }
    }

    /// What has been counted so far.
    #[must_use]
    pub const fn statistics(&self) -> Statistics {
        self.statistics
    }

    /// Gives the channel back.
    #[must_use]
    pub fn into_inner(self) -> C {
        self.channel
    }
}

impl<C: Channel> Channel for Counted<C> {
    fn transmit(
        &mut self,
        command: &CommandApdu,
    ) -> core::result::Result<ResponseApdu, ChannelError> {
        let out = command.to_bytes()?.len();
        let (answer, elapsed) = self.clock.time(|| self.channel.transmit(command));
        if let Err(ChannelError::TooLong { .. } | ChannelError::Refused(_)) = answer {
            return answer; // nothing was sent
        }
        let count = &mut self.statistics;
        count.round_trips += 1;
        count.bytes_out += out as u64;
        count.bytes_in += answer.as_ref().map_or(0, |a| a.data.len() + 2) as u64;
        count.waiting += elapsed;
        count.longest = count.longest.max(elapsed);
        answer
    }

    fn limits(&self) -> Limits {
        self.channel.limits()
    }

    fn reset_card(&mut self) -> core::result::Result<(), ChannelError> {
        self.channel.reset_card()
    }
}

#[cfg(test)]
mod tests {
    use iso7816::{Ins, Le};

    use super::*;
    use crate::MemoryChannel;
    use crate::test_chip::EchoChip;

    #[test]
    fn sums() {
        let mut moments = [0, 5, 10, 30].into_iter().map(Duration::from_millis);
        let clock = Clock::from_fn(move || moments.next().unwrap());
        let channel = MemoryChannel::new(EchoChip::default()).with_limits(Limits::SHORT);
        let mut counted = Counted::new(channel, clock);
        assert_eq!(counted.statistics().mean(), Duration::ZERO);
        let echo = CommandApdu::new(0, EchoChip::ECHO, 0, 0).with_data([1, 2, 3]);
        counted.transmit(&echo).unwrap();
        let read = CommandApdu::new(0, Ins::READ_BINARY, 0, 0).with_le(Le::SHORT_MAX);
        counted.transmit(&read).unwrap();
        let expected = Statistics {
            round_trips: 2,
            bytes_out: 8 + 5,
            bytes_in: 5 + 258,
            waiting: Duration::from_millis(25),
            longest: Duration::from_millis(20),
        };
        assert_eq!(counted.statistics(), expected);
        assert_eq!(counted.statistics().mean(), Duration::from_micros(12_500));
    }

    #[test]
    fn what_was_not_sent_is_not_counted() {
        let channel = MemoryChannel::new(EchoChip::default()).with_limits(Limits::SHORT);
        let mut counted = Counted::new(channel, Clock::monotonic());
        let long = CommandApdu::new(0, EchoChip::ECHO, 0, 0).with_data(vec![0; 300]);
        assert!(counted.transmit(&long).is_err());
        assert_eq!(counted.statistics(), Statistics::default());
    }
}
