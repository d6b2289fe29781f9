//! APDUs over the character protocol T=0 (ISO 7816-3 §12.2), where a command carries data in one direction only.

use iso7816::{ChannelError, CommandApdu, Ins, Le, Limits, ResponseApdu};

/// A card that has never enough: more octets than any APDU holds end the exchange.
const LONGEST_ANSWER: usize = Limits::EXTENDED.max_response;

/// Carries a short command: Le goes away where there is data, the answer is fetched by GET RESPONSE, and a wrong Le is put right.
pub(super) fn transmit(
    command: &CommandApdu,
    mut send: impl FnMut(&CommandApdu) -> Result<ResponseApdu, ChannelError>,
) -> Result<ResponseApdu, ChannelError> {
    let mut tpdu = command.clone();
    if !tpdu.data.is_empty() {
        tpdu.le = None;
    }
    let mut answer = send(&tpdu)?;
    if let (Some(le), true) = (answer.sw.corrected_le(), tpdu.data.is_empty()) {
        answer = send(&tpdu.with_le(Le::saturating(le)))?;
    }
    let mut data = core::mem::take(&mut answer.data);
    while let Some(remaining) = answer.sw.remaining() {
        if data.len() + remaining > LONGEST_ANSWER {
            return Err(too_long());
        }
        let get_response = CommandApdu::new(command.cla & 0x03, Ins::GET_RESPONSE, 0, 0);
        answer = send(&get_response.with_le(Le::saturating(remaining)))?;
        if answer.data.is_empty() && answer.sw.remaining().is_some() {
            return Err(too_long());
        }
        data.append(&mut answer.data);
    }
    Ok(ResponseApdu::new(data, answer.sw))
}

fn too_long() -> ChannelError {
    ChannelError::Malformed(iso7816::Error::Malformed {
        what: "answer by GET RESPONSE without end",
        at: LONGEST_ANSWER,
    })
}

#[cfg(test)]
mod tests {
    use iso7816::StatusWord;

    use super::*;

    /// Plays (command sent, answer) pairs.
    fn check(
        command: &CommandApdu,
        script: &[(&[u8], &[u8], u16)],
    ) -> Result<ResponseApdu, ChannelError> {
        let mut script = script.iter();
        let result = transmit(command, |tpdu| {
            let (expected, data, sw) = script.next().expect("one command too many");
            assert_eq!(&tpdu.to_bytes().unwrap()[..], *expected);
            Ok(ResponseApdu::new(data.to_vec(), StatusWord(*sw)))
        });
        assert!(script.next().is_none(), "a command is missing");
        result
    }

    #[test]
    fn data_both_ways_becomes_two_commands() {
        let command = CommandApdu::new(0x0C, Ins::INTERNAL_AUTHENTICATE, 0, 0)
            .with_data([1, 2])
            .with_le(Le::SHORT_MAX);
        let answer = check(
            &command,
            &[
                (&[0x0C, 0x88, 0, 0, 2, 1, 2], &[], 0x6103),
                (&[0, 0xC0, 0, 0, 3], &[7, 8], 0x6101),
                (&[0, 0xC0, 0, 0, 1], &[9], 0x9000),
            ],
        );
        assert_eq!(answer, Ok(ResponseApdu::new(vec![7, 8, 9], StatusWord::OK)));
    }

    #[test]
    fn a_wrong_le_is_put_right() {
        let command = CommandApdu::new(0, Ins::READ_BINARY, 0, 0).with_le(Le::SHORT_MAX);
        let answer = check(
            &command,
            &[
                (&[0, 0xB0, 0, 0, 0], &[], 0x6C02),
                (&[0, 0xB0, 0, 0, 2], &[1, 2], 0x9000),
            ],
        );
        assert_eq!(answer.unwrap().data, [1, 2]);
    }

    #[test]
    fn an_endless_answer_ends() {
        let command = CommandApdu::new(0, Ins::READ_BINARY, 0, 0);
        let endless = transmit(&command, |_| {
            Ok(ResponseApdu::new(vec![0; 255], StatusWord(0x6100)))
        });
        assert!(matches!(endless, Err(ChannelError::Malformed(_))));
        let empty = transmit(&command, |_| Ok(ResponseApdu::from_sw(StatusWord(0x6101))));
        assert!(matches!(empty, Err(ChannelError::Malformed(_))));
    }
}
