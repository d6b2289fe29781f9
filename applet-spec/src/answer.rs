//! Answers that are longer than the command allows, and GET RESPONSE (chapter 03 §2, ISO 7816-4 §5.3.4).

use iso7816::{CommandApdu, Ins, Limits, ResponseApdu, StatusWord};

use crate::error::Refusal;

const STATUS_WORD_LEN: usize = 2;
/// Bits of the class that say secure messaging, of either kind.
const PROTECTED: u8 = 0x0C;

/// The rest of an answer, until GET RESPONSE fetches it or another command comes.
#[derive(Default)]
pub(crate) struct Answer {
    rest: Option<Rest>,
}

struct Rest {
    cla: u8,
    data: Vec<u8>,
    sw: StatusWord,
}

impl Answer {
    /// Forgets the rest ([CMD-018]).
    pub(crate) fn forget(&mut self) {
        self.rest = None;
    }

    /// Whether the command asks for the rest of this answer: then it is no command of its own ([CMD-017]).
    pub(crate) fn is_continued_by(&self, command: &CommandApdu) -> bool {
        let class = |rest: &Rest| command.cla == 0 || command.cla == rest.cla;
        command.ins == Ins::GET_RESPONSE && self.rest.as_ref().is_some_and(class)
    }

    /// The next part.
    pub(crate) fn next(
        &mut self,
        command: &CommandApdu,
        limits: Limits,
    ) -> Result<ResponseApdu, Refusal> {
        let rest = self.rest.take().ok_or(Refusal::Order)?;
        if (command.p1, command.p2) != (0, 0) {
            return Err(Refusal::Parameters);
        }
        if !command.data.is_empty() || command.le.is_none() {
            return Err(Refusal::Length);
        }
        Ok(self.part(
            rest.cla,
            ResponseApdu::new(rest.data, rest.sw),
            room(command, limits),
        ))
    }

    /// The answer to a command, or its first part.
    pub(crate) fn first(
        &mut self,
        command: &CommandApdu,
        answer: ResponseApdu,
        limits: Limits,
    ) -> ResponseApdu {
        self.part(command.cla, answer, room(command, limits))
    }

    fn part(&mut self, cla: u8, mut answer: ResponseApdu, room: usize) -> ResponseApdu {
        if answer.data.len() <= room {
            return answer;
        }
        let data = answer.data.split_off(room);
        let left = u8::try_from(data.len()).unwrap_or(0);
        let sw = StatusWord(u16::from_be_bytes([0x61, left]));
        self.rest = Some(Rest {
            cla,
            data,
            sw: answer.sw,
        });
        ResponseApdu::new(answer.data, sw)
    }
}

/// Octets of data that an answer to this command may hold.
fn room(command: &CommandApdu, limits: Limits) -> usize {
    let longest = limits.max_response - STATUS_WORD_LEN;
    match command.le {
        Some(le) => usize::try_from(le.get()).map_or(longest, |le| le.min(longest)),
        // Drivers of T=0 drop the Le of a protected command, whose answer always has data.
        None if command.cla & PROTECTED != 0 => Limits::SHORT.max_response - STATUS_WORD_LEN,
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use iso7816::Le;

    use super::*;

    fn get_response(cla: u8, le: u32) -> CommandApdu {
        CommandApdu::new(cla, Ins::GET_RESPONSE, 0, 0).with_le(Le::new(le).unwrap())
    }

    fn long_answer() -> (Answer, ResponseApdu) {
        let mut answer = Answer::default();
        let command = CommandApdu::new(0x0C, Ins::INTERNAL_AUTHENTICATE, 0, 0)
            .with_data([0; 8])
            .with_le(Le::SHORT_MAX);
        let data = (0..600u16).map(|n| n.to_be_bytes()[1]).collect();
        let first = answer.first(
            &command,
            ResponseApdu::new(data, StatusWord::OK),
            Limits::SHORT,
        );
        (answer, first)
    }

    /// [CMD-016], [CMD-017], [SW-004]
    #[test]
    fn a_long_answer_comes_in_parts() {
        let (mut answer, first) = long_answer();
        assert_eq!((first.data.len(), first.sw.0), (256, 0x6100));
        let mut all = first.data;
        for (cla, le, len, sw) in [(0x00, 100, 100, 0x61F4), (0x0C, 256, 244, 0x9000)] {
            let command = get_response(cla, le);
            assert!(answer.is_continued_by(&command));
            let part = answer.next(&command, Limits::SHORT).unwrap();
            assert_eq!((part.data.len(), part.sw.0), (len, sw));
            all.extend(part.data);
        }
        assert_eq!(all.len(), 600);
        assert!(
            all.iter()
                .zip(0u16..)
                .all(|(a, n)| *a == n.to_be_bytes()[1])
        );
        assert!(!answer.is_continued_by(&get_response(0, 256)));
    }

    /// [CMD-018]
    #[test]
    fn what_does_not_fetch_the_rest() {
        let (mut answer, _) = long_answer();
        assert!(!answer.is_continued_by(&get_response(0x80, 256)));
        answer.forget();
        assert!(!answer.is_continued_by(&get_response(0, 256)));

        let (mut answer, _) = long_answer();
        let mut wrong = get_response(0, 256);
        wrong.p2 = 1;
        assert_eq!(answer.next(&wrong, Limits::SHORT), Err(Refusal::Parameters));
        assert_eq!(
            answer.next(&get_response(0, 256), Limits::SHORT),
            Err(Refusal::Order)
        );
    }

    /// Drivers of T=0 drop the Le of a protected command.
    #[test]
    fn without_le_only_protected_answers_have_room() {
        for (cla, len) in [(0x00, 0), (0x80, 0), (0x0C, 256), (0x84, 256)] {
            let command = CommandApdu::new(cla, Ins::INTERNAL_AUTHENTICATE, 0, 0);
            let long = ResponseApdu::new(vec![0; 300], StatusWord::OK);
            let first = Answer::default().first(&command, long, Limits::EXTENDED);
            assert_eq!(first.data.len(), len, "{cla:02X}");
        }
    }
}
