//! Answers that come in parts (ISO 7816-4 §5.3.4).

use crate::{Channel, ChannelError, CommandApdu, Error, Ins, Le, Limits, ResponseApdu};

/// Longest answer that is put together: that of one extended command with room for secure messaging. A card that goes on
/// promising more is stopped here.
pub const MAX_ANSWER: usize = 70_000;

/// Most parts of one answer: twice what the longest one needs with short length. A card that answers octet by octet is stopped
/// here.
pub const MAX_PARTS: usize = 512;

/// Octets that each part must bring, on average and after the first few: short answers bring eight times as many. A card that
/// gives less wants to keep the terminal busy.
pub const MIN_OCTETS_PER_PART: usize = 32;
const FIRST_PARTS: usize = 8;

/// A line that fetches the rest of an answer by GET RESPONSE while the card says `61xx`.
///
/// It belongs directly above the line and below secure messaging: the parts make sense together only, and GET RESPONSE itself is
/// never protected.
pub struct ResponseChaining<C>(pub C);

impl<C: Channel> Channel for ResponseChaining<C> {
    fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        let mut answer = self.0.transmit(command)?;
        let mut parts = 1;
        while let Some(promised) = answer.sw.remaining() {
            let next =
                CommandApdu::new(0x00, Ins::GET_RESPONSE, 0, 0).with_le(Le::saturating(promised));
            let part = self.0.transmit(&next)?;
            // Some cards promise more although everything has been sent: what has come is the answer.
            if part.data.is_empty() && part.sw.is_error() && !answer.data.is_empty() {
                return Ok(answer);
            }
            if part.data.is_empty() && part.sw.remaining().is_some() {
                return Err(Error::Malformed {
                    what: "chain of answers without content",
                    at: answer.data.len(),
                }
                .into());
            }
            answer.data.extend_from_slice(&part.data);
            answer.sw = part.sw;
            parts += 1;
            let len = answer.data.len();
            let is_endless = len > MAX_ANSWER || parts > MAX_PARTS;
            let is_in_crumbs = parts > FIRST_PARTS + len / MIN_OCTETS_PER_PART;
            if is_endless || is_in_crumbs {
                return Err(Error::Malformed {
                    what: "chain of answers without end",
                    at: len,
                }
                .into());
            }
        }
        Ok(answer)
    }

    fn limits(&self) -> Limits {
        self.0.limits()
    }

    fn reset_card(&mut self) -> Result<(), ChannelError> {
        self.0.reset_card()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::StatusWord;

    /// Promises `parts` more answers of some octets each.
    struct InParts {
        parts: usize,
        octets: usize,
        get_responses: usize,
    }

    impl Channel for InParts {
        fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
            self.get_responses += usize::from(command.ins == Ins::GET_RESPONSE);
            let left = self.parts - self.get_responses;
            let sw = if left > 0 {
                StatusWord(0x6100)
            } else {
                StatusWord::OK
            };
            Ok(ResponseApdu::new(vec![0xAA; self.octets], sw))
        }
    }

    fn fetch(parts: usize, octets: usize) -> Result<ResponseApdu, ChannelError> {
        let chip = InParts {
            parts,
            octets,
            get_responses: 0,
        };
        ResponseChaining(chip).transmit(&CommandApdu::new(0, Ins::INTERNAL_AUTHENTICATE, 0, 0))
    }

    #[test]
    fn the_parts_become_one_answer() {
        assert_eq!(fetch(0, 10).unwrap().data.len(), 10);
        assert_eq!(
            fetch(3, 10).unwrap(),
            ResponseApdu::new(vec![0xAA; 40], StatusWord::OK)
        );
    }

    #[test]
    fn crumbs_are_no_answer() {
        for (parts, octets, is_whole) in [(7, 1, true), (8, 1, false), (300, 40, true)] {
            assert_eq!(fetch(parts, octets).is_ok(), is_whole, "{parts} × {octets}");
        }
    }

    /// Promises more, and has nothing more.
    struct EmptyPromise;

    impl Channel for EmptyPromise {
        fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
            Ok(match command.ins {
                Ins::GET_RESPONSE => ResponseApdu::from_sw(StatusWord::CONDITIONS_NOT_SATISFIED),
                _ => ResponseApdu::new(vec![0xAA; 10], StatusWord(0x6100)),
            })
        }
    }

    #[test]
    fn a_promise_of_more_that_is_not_kept_costs_nothing() {
        let command = CommandApdu::new(0, Ins::INTERNAL_AUTHENTICATE, 0, 0);
        let answer = ResponseChaining(EmptyPromise).transmit(&command).unwrap();
        assert_eq!(
            answer,
            ResponseApdu::new(vec![0xAA; 10], StatusWord(0x6100))
        );
    }

    #[test]
    fn chains_without_content_or_end_are_stopped() {
        assert!(fetch(3, 0).is_err());
        assert!(fetch(usize::MAX, 256).is_err());
        assert!(fetch(MAX_PARTS - 1, MIN_OCTETS_PER_PART).is_ok());
        assert!(fetch(MAX_PARTS, MIN_OCTETS_PER_PART).is_err());
    }
}
