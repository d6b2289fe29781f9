//! The line to a chip that is being made: no longer commands than reader and chip take, no answer in parts.

use iso7816::{
    Channel, ChannelError, CommandApdu, Ins, Le, Limits, ResponseApdu, ResponseChaining,
};
use lds::{EfAtrInfo, File};

/// A line that knows what the chip has said of its buffers (Doc 9303-10 §3.6.4).
pub(crate) struct Line<'c> {
    line: ResponseChaining<&'c mut dyn Channel>,
    chip: Limits,
}

impl<'c> Line<'c> {
    /// Asks the chip, if the reader carries more than short length. Whatever was selected no longer is.
    ///
    /// # Errors
    /// [`ChannelError`] when the line fails; a chip that says nothing takes short length.
    pub(crate) fn to(channel: &'c mut dyn Channel) -> Result<Self, ChannelError> {
        let mut line = ResponseChaining(channel);
        let chip = if line.limits().allow_extended() {
            chip_limits(&mut line)?
        } else {
            Limits::SHORT
        };
        Ok(Self { line, chip })
    }
}

impl Channel for Line<'_> {
    fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        self.line.transmit(command)
    }

    fn limits(&self) -> Limits {
        self.line.limits().and(self.chip)
    }
}

/// What EF.ATR/INFO says; it is there in every state of a living chip ([FILES-002], [LIFE-004]).
fn chip_limits(line: &mut dyn Channel) -> Result<Limits, ChannelError> {
    line.transmit(&CommandApdu::new(0x00, Ins::SELECT, 0x00, 0x0C))?;
    let read = CommandApdu::new(0x00, Ins::READ_BINARY, File::AtrInfo.sfi().as_p1(), 0)
        .with_le(Le::SHORT_MAX);
    let answer = line.transmit(&read)?;
    let limits = EfAtrInfo::parse(&answer.data)
        .ok()
        .and_then(|parsed| parsed.value.extended_length);
    Ok(limits.unwrap_or(Limits::SHORT))
}
