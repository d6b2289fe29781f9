//! What was said on a channel, as text: written for people and tools, and played back in tests.
//!
//! Two lines for each exchange, words parted by blanks; empty lines and lines that begin with `#` are ignored:
//!
//! ```text
//! # select the application, read a file by its short identifier
//! > 00A4040C Lc 7 A0000002471001
//! < 9000 812 us
//! > 00B09E00 Le 256
//! < 9000 La 3 600161 1544 us
//! > 84E28800 Lc 255 *
//! ! lost 95 us
//! ```
//!
//! | Line | Words |
//! |---|---|
//! | `>` command | CLA INS P1 P2, then as needed: `Lc` *n* *data*, `Le` *n*, `extended` (the extended form where the short one would do) |
//! | `<` answer | SW1 SW2, then as needed: `La` *n* *data*, *n* `us` |
//! | `!` no answer | `lost`, `reset`, `reader`, `timeout` or `refused` (see [`iso7816::ChannelError`]), *n* `us` |
//!
//! Data are hexadecimal, or `*` where they were withheld ([`Redaction`]); lengths are decimal.

mod format;
mod redaction;
mod replay;

use core::fmt;
use std::time::Duration;

use iso7816::{Channel, ChannelError, CommandApdu, Limits, ResponseApdu, StatusWord};

pub use self::redaction::Redaction;
pub use self::replay::{Mismatch, Replay};
use crate::Clock;

/// A command and what came of it. `Display` writes it in the format of this module, under the recorder's [`Redaction`].
pub struct Exchange<'a> {
    number: u64,
    command: &'a CommandApdu,
    answer: &'a core::result::Result<ResponseApdu, ChannelError>,
    elapsed: Duration,
    redaction: Redaction,
}

impl Exchange<'_> {
    /// Position in the recording, from 0.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// CLA INS P1 P2.
    #[must_use]
    pub const fn header(&self) -> [u8; 4] {
        self.command.header()
    }

    /// Octets of the command's data field.
    #[must_use]
    pub fn lc(&self) -> usize {
        self.command.data.len()
    }

    /// Octets of the answer's data field, 0 without an answer.
    #[must_use]
    pub fn la(&self) -> usize {
        self.answer.as_ref().map_or(0, |answer| answer.data.len())
    }

    /// The status word.
    ///
    /// # Errors
    /// Why there is none.
    pub fn status_word(&self) -> core::result::Result<StatusWord, ChannelError> {
        self.answer
            .as_ref()
            .map(|answer| answer.sw)
            .map_err(|&error| error)
    }

    /// Time until the answer.
    #[must_use]
    pub const fn elapsed(&self) -> Duration {
        self.elapsed
    }
}

impl fmt::Display for Exchange<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let show = self.redaction;
        format::write_command(f, self.command, show.shows_command(self.command))?;
        f.write_str("\n")?;
        format::write_answer(f, self.answer, show.shows_answer(self.command))?;
        write!(f, " {} us", self.elapsed.as_micros())
    }
}

impl fmt::Debug for Exchange<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A channel that shows every exchange to an observer. It belongs directly above the line, below secure messaging.
pub struct Recorder<'a, C> {
    channel: C,
    observer: &'a mut dyn FnMut(&Exchange<'_>),
    clock: Clock,
    redaction: Redaction,
    recorded: u64,
}

impl<'a, C: Channel> Recorder<'a, C> {
    /// Records without showing a secret.
    #[must_use]
    pub fn new(channel: C, observer: &'a mut dyn FnMut(&Exchange<'_>)) -> Self {
        Self {
            channel,
            observer,
            clock: Clock::monotonic(),
            redaction: Redaction::default(),
            recorded: 0,
        }
    }

    /// Changes what is withheld.
    #[must_use]
    pub const fn with_redaction(mut self, redaction: Redaction) -> Self {
        self.redaction = redaction;
        self
    }

    /// Changes the clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Gives the channel back.
    #[must_use]
    pub fn into_inner(self) -> C {
        self.channel
    }
}

impl<C: Channel> Channel for Recorder<'_, C> {
    fn transmit(
        &mut self,
        command: &CommandApdu,
    ) -> core::result::Result<ResponseApdu, ChannelError> {
        let (answer, elapsed) = self.clock.time(|| self.channel.transmit(command));
        (self.observer)(&Exchange {
            number: self.recorded,
            command,
            answer: &answer,
            elapsed,
            redaction: self.redaction,
        });
        self.recorded += 1;
        answer
    }

    fn limits(&self) -> Limits {
        self.channel.limits()
    }

    fn reset_card(&mut self) -> core::result::Result<(), ChannelError> {
        self.channel.reset_card()
    }
}

impl<C: fmt::Debug> fmt::Debug for Recorder<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder")
            .field("channel", &self.channel)
            .field("redaction", &self.redaction)
            .field("recorded", &self.recorded)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use iso7816::{Ins, Le};

    use super::*;
    use crate::test_chip::EchoChip;
    use crate::{Fault, FaultChannel, FaultPlan, MemoryChannel};

    fn echo(data: &[u8]) -> CommandApdu {
        CommandApdu::new(0, EchoChip::ECHO, 0, 0).with_data(data)
    }

    fn conversation() -> [CommandApdu; 4] {
        [
            echo(&[0xAB, 0xCD]),
            CommandApdu::new(0, Ins::READ_BINARY, 0x9E, 0).with_le(Le::new(3).unwrap()),
            echo(&[1]).with_le(Le::SHORT_MAX).extended(),
            CommandApdu::new(0, Ins::SELECT, 4, 0x0C),
        ]
    }

    fn record(redaction: Redaction, plan: FaultPlan) -> String {
        let mut text = String::new();
        let mut observer = |exchange: &Exchange<'_>| text += &format!("{exchange}\n");
        let mut ticks = 0;
        let clock = Clock::from_fn(move || {
            ticks += 1;
            Duration::from_micros(ticks * 100)
        });
        let line = FaultChannel::new(MemoryChannel::new(EchoChip::default()), plan);
        let mut channel = Recorder::new(line, &mut observer)
            .with_redaction(redaction)
            .with_clock(clock);
        for command in conversation() {
            let _ = channel.transmit(&command);
        }
        text
    }

    #[test]
    fn the_text() {
        assert_eq!(
            record(Redaction::Nothing, FaultPlan::new()),
            "> 00010000 Lc 2 ABCD\n< 9000 La 2 ABCD 100 us\n\
             > 00B09E00 Le 3\n< 9000 La 3 A5A5A5 100 us\n\
             > 00010000 Lc 1 01 Le 256 extended\n< 9000 La 1 01 100 us\n\
             > 00A4040C\n< 6D00 100 us\n"
        );
        assert_eq!(
            record(
                Redaction::Secrets,
                FaultPlan::new().at(2, Fault::LoseBefore)
            ),
            "> 00010000 Lc 2 *\n< 9000 La 2 * 100 us\n\
             > 00B09E00 Le 3\n< 9000 La 3 * 100 us\n\
             > 00010000 Lc 1 * Le 256 extended\n! lost 100 us\n\
             > 00A4040C\n! lost 100 us\n"
        );
    }

    #[test]
    fn a_recording_is_played_back() {
        let plan = FaultPlan::new().at(3, Fault::LoseAfter);
        let text = record(Redaction::Nothing, plan.clone());
        let mut replay = Replay::parse(&text).unwrap();
        let mut line = FaultChannel::new(MemoryChannel::new(EchoChip::default()), plan);
        for command in conversation() {
            assert_eq!(replay.transmit(&command), line.transmit(&command));
        }
        replay.finish().unwrap();
    }
}
