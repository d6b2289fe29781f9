//! A line that alters what passes through it.

use iso7816::{Channel, ChannelError, CommandApdu, Limits, ResponseApdu};

/// Lets `alter` change the answer to each command; it gets the number of the command, counted from 0.
pub(crate) struct Tampering<C, F> {
    pub(crate) line: C,
    alter: F,
    count: usize,
}

impl<C, F> Tampering<C, F>
where
    C: Channel,
    F: FnMut(usize, &CommandApdu, ResponseApdu) -> ResponseApdu,
{
    pub(crate) fn new(line: C, alter: F) -> Self {
        Self {
            line,
            alter,
            count: 0,
        }
    }
}

impl<C, F> Channel for Tampering<C, F>
where
    C: Channel,
    F: FnMut(usize, &CommandApdu, ResponseApdu) -> ResponseApdu,
{
    fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        let answer = self.line.transmit(command)?;
        let answer = (self.alter)(self.count, command, answer);
        self.count += 1;
        Ok(answer)
    }

    fn limits(&self) -> Limits {
        self.line.limits()
    }
}

/// Gives fixed answers, whatever is asked.
pub(crate) struct Answers(pub(crate) Vec<ResponseApdu>);

impl Channel for Answers {
    fn transmit(&mut self, _: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        if self.0.is_empty() {
            return Err(ChannelError::CardLost);
        }
        Ok(self.0.remove(0))
    }

    fn limits(&self) -> Limits {
        Limits::EXTENDED
    }
}
