//! One step of a protocol, as a terminal takes it.

use iso7816::{Channel, CommandApdu};

use crate::{Error, Result, Step};

/// Sends a command and insists on `9000`: a warning ends a protocol as an error does (Doc 9303-11 §4.4.4).
pub(crate) fn exchange(
    channel: &mut dyn Channel,
    command: &CommandApdu,
    step: Step,
) -> Result<Vec<u8>> {
    let answer = channel.transmit(command)?;
    if answer.sw.is_ok() {
        Ok(answer.data)
    } else {
        Err(Error::CardRefused {
            step,
            sw: answer.sw,
        })
    }
}
