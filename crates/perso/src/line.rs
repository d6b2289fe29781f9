//! The line to a chip that is being made: no longer commands than reader and chip take, no answer in parts.

use iso7816::{CardLine, Channel, ChannelError, CommandApdu, Ins, Le, Limits};
use lds::{EfAtrInfo, File};

/// Asks the chip what it takes, if the reader carries more than short length. Whatever was selected no longer is.
///
/// # Errors
/// [`ChannelError`] when the line fails; a chip that says nothing takes short length.
pub(crate) fn to_chip(
    reader: &mut dyn Channel,
) -> Result<CardLine<&mut dyn Channel>, ChannelError> {
    let mut line = CardLine::new(reader);
    if line.reader_limits().allow_extended() {
        let limits = chip_limits(&mut line)?;
        line.card_takes(limits);
    }
    Ok(line)
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
