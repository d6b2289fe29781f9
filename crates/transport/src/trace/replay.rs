//! A recorded conversation as a channel.

use core::fmt;

use iso7816::{Channel, ChannelError, CommandApdu, Limits, ResponseApdu};

use super::format::{self, Record};
use crate::Result;

/// Plays a recording: each command must be the recorded one, octet by octet, and gets the recorded answer.
#[derive(Debug)]
pub struct Replay {
    records: Vec<Record>,
    position: usize,
    limits: Limits,
    mismatch: Option<Mismatch>,
}

/// Where a conversation left the recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub struct Mismatch {
    /// Position of the exchange, from 0.
    pub position: usize,
    /// Line of the recorded command, if there was one left.
    pub line: Option<usize>,
    /// Header of the recorded command.
    pub recorded: Option<[u8; 4]>,
    /// Header of the command that was sent, if one was.
    pub sent: Option<[u8; 4]>,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "exchange {}: ", self.position)?;
        match (self.recorded, self.sent) {
            (Some(recorded), Some(sent)) if recorded == sent => write!(
                f,
                "the data or lengths of {} differ from the recording",
                hex::encode_upper(sent)
            )?,
            (Some(recorded), Some(sent)) => write!(
                f,
                "sent {}, recorded {}",
                hex::encode_upper(sent),
                hex::encode_upper(recorded)
            )?,
            (Some(recorded), None) => {
                write!(f, "recorded {}, never sent", hex::encode_upper(recorded))?;
            }
            (None, Some(sent)) => write!(
                f,
                "sent {} after the end of the recording",
                hex::encode_upper(sent)
            )?,
            (None, None) => f.write_str("no exchange")?,
        }
        match self.line {
            Some(line) => write!(f, " (line {line})"),
            None => Ok(()),
        }
    }
}

impl Replay {
    /// Reads a recording in which nothing is withheld.
    ///
    /// # Errors
    /// [`crate::Error::Malformed`] with the line.
    pub fn parse(text: &str) -> Result<Self> {
        Ok(Self {
            records: format::parse(text)?,
            position: 0,
            limits: Limits::EXTENDED,
            mismatch: None,
        })
    }

    /// The limits of the line the recording was made on, when they were not those of extended length.
    #[must_use]
    pub const fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Where the conversation left the recording, if it did. The channel can only say *that* it did.
    #[must_use]
    pub const fn mismatch(&self) -> Option<Mismatch> {
        self.mismatch
    }

    /// Checks that the conversation was the recorded one, to its end.
    ///
    /// # Errors
    /// The first difference, or the first command that was never sent.
    pub fn finish(self) -> core::result::Result<(), Mismatch> {
        match (self.mismatch, self.records.get(self.position)) {
            (Some(mismatch), _) => Err(mismatch),
            (None, Some(_)) => Err(self.differs(None)),
            (None, None) => Ok(()),
        }
    }

    fn differs(&self, sent: Option<&CommandApdu>) -> Mismatch {
        let record = self.records.get(self.position);
        Mismatch {
            position: self.position,
            line: record.map(|record| record.line),
            recorded: record.map(|record| record.command.header()),
            sent: sent.map(CommandApdu::header),
        }
    }
}

impl Channel for Replay {
    fn transmit(
        &mut self,
        command: &CommandApdu,
    ) -> core::result::Result<ResponseApdu, ChannelError> {
        if self.mismatch.is_none() {
            let sent = command.to_bytes()?;
            match self.records.get(self.position) {
                Some(record) if record.command.to_bytes()? == sent => {
                    self.position += 1;
                    return record.answer.clone();
                }
                _ => self.mismatch = Some(self.differs(Some(command))),
            }
        }
        Err(ChannelError::Refused(
            "the command is not the recorded one (see Replay::mismatch)",
        ))
    }

    fn limits(&self) -> Limits {
        self.limits
    }
}

#[cfg(test)]
mod tests {
    use iso7816::{Ins, StatusWord};

    use super::*;

    const TRACE: &str = "> 00A4020C Lc 2 011C\n< 9000\n\n> 00B00000 Le 4\n< 6982\n";

    fn select(data: [u8; 2]) -> CommandApdu {
        CommandApdu::new(0, Ins::SELECT, 2, 0x0C).with_data(data)
    }

    fn check(commands: &[CommandApdu], expected: &str) {
        let mut replay = Replay::parse(TRACE).unwrap();
        let mut refused = false;
        for command in commands {
            refused = replay.transmit(command).is_err();
        }
        assert_eq!(refused, replay.mismatch().is_some());
        assert_eq!(replay.finish().unwrap_err().to_string(), expected);
    }

    #[test]
    fn every_difference_is_named() {
        let read = CommandApdu::new(0, Ins::READ_BINARY, 0, 0);
        let read_4 = read.clone().with_le(iso7816::Le::new(4).unwrap());
        check(&[], "exchange 0: recorded 00A4020C, never sent (line 1)");
        check(
            &[select([1, 0x1D])],
            "exchange 0: the data or lengths of 00A4020C differ from the recording (line 1)",
        );
        check(
            std::slice::from_ref(&read_4),
            "exchange 0: sent 00B00000, recorded 00A4020C (line 1)",
        );
        check(
            &[select([1, 0x1C]), read],
            "exchange 1: the data or lengths of 00B00000 differ from the recording (line 4)",
        );
        check(
            &[select([1, 0x1C]), read_4.clone(), read_4],
            "exchange 2: sent 00B00000 after the end of the recording",
        );
    }

    #[test]
    fn after_a_difference_nothing_is_answered() {
        let mut replay = Replay::parse(TRACE).unwrap();
        assert!(replay.transmit(&select([0, 0])).is_err());
        assert!(replay.transmit(&select([1, 0x1C])).is_err());
        assert_eq!(replay.mismatch().unwrap().position, 0);
    }

    #[test]
    fn answers_are_the_recorded_ones() {
        let mut replay = Replay::parse(TRACE).unwrap();
        let answer = replay.transmit(&select([1, 0x1C])).unwrap();
        assert_eq!(answer, ResponseApdu::from_sw(StatusWord::OK));
        assert_eq!(
            replay.finish().unwrap_err().to_string(),
            "exchange 1: recorded 00B00000, never sent (line 4)"
        );
    }
}
