//! The lines of a trace. Their grammar stands in the parent module.

use core::fmt;

use iso7816::{ChannelError, CommandApdu, Ins, Le, ResponseApdu, StatusWord};

use crate::{Error, Result};

/// More exchanges than any reading or personalisation of a card has.
const MAX_RECORDS: usize = 100_000;
/// Longest data field of an answer.
const MAX_ANSWER: usize = 65_536;
const WITHHELD: &str = "*";

/// One exchange read from text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    /// The command's line, from 1.
    pub(super) line: usize,
    pub(super) command: CommandApdu,
    pub(super) answer: core::result::Result<ResponseApdu, ChannelError>,
}

pub(super) fn write_command(
    f: &mut fmt::Formatter<'_>,
    command: &CommandApdu,
    show: bool,
) -> fmt::Result {
    write!(f, "> {}", hex::encode_upper(command.header()))?;
    write_data(f, "Lc", &command.data, show)?;
    if let Some(le) = command.le {
        write!(f, " Le {}", le.get())?;
    }
    let needs_extended = command.data.len() > 255 || command.le.is_some_and(|le| !le.is_short());
    if command.is_extended() && !needs_extended {
        f.write_str(" extended")?;
    }
    Ok(())
}

pub(super) fn write_answer(
    f: &mut fmt::Formatter<'_>,
    answer: &core::result::Result<ResponseApdu, ChannelError>,
    show: bool,
) -> fmt::Result {
    match answer {
        Ok(answer) => {
            write!(f, "< {:04X}", answer.sw.0)?;
            write_data(f, "La", &answer.data, show)
        }
        Err(error) => write!(f, "! {}", error_word(error)),
    }
}

fn write_data(f: &mut fmt::Formatter<'_>, name: &str, data: &[u8], show: bool) -> fmt::Result {
    match (data, show) {
        ([], _) => Ok(()),
        (data, true) => write!(f, " {name} {} {}", data.len(), hex::encode_upper(data)),
        (data, false) => write!(f, " {name} {} {WITHHELD}", data.len()),
    }
}

const fn error_word(error: &ChannelError) -> &'static str {
    match error {
        ChannelError::CardLost => "lost",
        ChannelError::CardReset => "reset",
        ChannelError::ReaderLost => "reader",
        ChannelError::Timeout => "timeout",
        _ => "refused",
    }
}

fn error_of(word: &str) -> Option<ChannelError> {
    Some(match word {
        "lost" => ChannelError::CardLost,
        "reset" => ChannelError::CardReset,
        "reader" => ChannelError::ReaderLost,
        "timeout" => ChannelError::Timeout,
        "refused" => ChannelError::Refused("as recorded"),
        _ => return None,
    })
}

/// Reads a whole trace. Nothing in it may be withheld.
///
/// # Errors
/// [`Error::Malformed`] with the line.
pub(super) fn parse(text: &str) -> Result<Vec<Record>> {
    let mut records = Vec::new();
    let mut waiting: Option<(usize, CommandApdu)> = None;
    for (line, content) in (1..).zip(text.lines()) {
        let mut words = Words {
            line,
            words: content.split_whitespace(),
        };
        let answer = match (words.next(), waiting.take()) {
            (None, pending) => {
                waiting = pending;
                continue;
            }
            (Some(mark), pending) if mark.starts_with('#') => {
                waiting = pending;
                continue;
            }
            (Some(">"), None) => {
                waiting = Some((line, words.command()?));
                continue;
            }
            (Some("<"), Some(command)) => (command, Ok(words.answer()?)),
            (Some("!"), Some(command)) => (command, Err(words.failure()?)),
            _ => return Err(words.malformed("order of lines")),
        };
        let ((line, command), answer) = answer;
        if records.len() == MAX_RECORDS {
            return Err(words.malformed("number of exchanges"));
        }
        records.push(Record {
            line,
            command,
            answer,
        });
    }
    match waiting {
        None => Ok(records),
        Some((line, _)) => Err(Error::Malformed {
            what: "command without an answer",
            line,
        }),
    }
}

/// The words of one line.
struct Words<'a> {
    line: usize,
    words: core::str::SplitWhitespace<'a>,
}

impl<'a> Words<'a> {
    fn next(&mut self) -> Option<&'a str> {
        self.words.next()
    }

    fn command(&mut self) -> Result<CommandApdu> {
        let [cla, ins, p1, p2] = self.hex("header")?;
        let mut command = CommandApdu::new(cla, Ins(ins), p1, p2);
        let mut word = self.next();
        if word == Some("Lc") {
            command = command.with_data(self.data(iso7816::apdu::MAX_COMMAND_DATA)?);
            word = self.next();
        }
        if word == Some("Le") {
            let le = self.number("Le")?;
            let le = Le::new(le).map_err(|_| self.malformed("Le"))?;
            command = command.with_le(le);
            word = self.next();
        }
        if word == Some("extended") {
            command = command.extended();
            word = self.next();
        }
        match word {
            None => Ok(command),
            Some(_) => Err(self.malformed("end of the command")),
        }
    }

    fn answer(&mut self) -> Result<ResponseApdu> {
        let sw = StatusWord(u16::from_be_bytes(self.hex("status word")?));
        let mut answer = ResponseApdu::from_sw(sw);
        let mut word = self.next();
        if word == Some("La") {
            answer.data = self.data(MAX_ANSWER)?;
            word = self.next();
        }
        self.time(word)?;
        Ok(answer)
    }

    fn failure(&mut self) -> Result<ChannelError> {
        let error = self.next().and_then(error_of);
        let error = error.ok_or_else(|| self.malformed("reason"))?;
        let word = self.next();
        self.time(word)?;
        Ok(error)
    }

    /// The time, of which nothing is kept: a replay takes none.
    fn time(&mut self, first: Option<&str>) -> Result<()> {
        match (first.map(str::parse::<u64>), self.next(), self.next()) {
            (None, ..) | (Some(Ok(_)), Some("us"), None) => Ok(()),
            _ => Err(self.malformed("time")),
        }
    }

    fn data(&mut self, max: usize) -> Result<Vec<u8>> {
        let len: usize = self.number("length")?;
        let word = self.next().ok_or_else(|| self.malformed("data"))?;
        if word == WITHHELD {
            return Err(self.malformed("data (withheld, this trace cannot be played)"));
        }
        if len > max || word.len() != 2 * len {
            return Err(self.malformed("length"));
        }
        hex::decode(word).map_err(|_| self.malformed("data"))
    }

    fn hex<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        self.next()
            .and_then(|word| hex::decode_to_slice(word, &mut bytes).ok())
            .ok_or_else(|| self.malformed(what))?;
        Ok(bytes)
    }

    fn number<T: core::str::FromStr>(&mut self, what: &'static str) -> Result<T> {
        self.next()
            .and_then(|word| word.parse().ok())
            .ok_or_else(|| self.malformed(what))
    }

    fn malformed(&self, what: &'static str) -> Error {
        Error::Malformed {
            what,
            line: self.line,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    struct Text<'a>(
        &'a CommandApdu,
        &'a core::result::Result<ResponseApdu, ChannelError>,
    );

    impl fmt::Display for Text<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write_command(f, self.0, true)?;
            f.write_str("\n")?;
            write_answer(f, self.1, true)?;
            f.write_str(" 17 us\n")
        }
    }

    fn check(text: &str, expected: &str) {
        let error = parse(text).map(|records| records.len()).unwrap_err();
        assert_eq!(error.to_string(), format!("trace: malformed {expected}"));
    }

    #[test]
    fn faults_are_named_with_their_line() {
        for (text, expected) in [
            ("< 9000", "order of lines in line 1"),
            ("> 00A40400\n> 00A40400", "order of lines in line 2"),
            ("# c\n\n? 00", "order of lines in line 3"),
            ("> 00A40400", "command without an answer in line 1"),
            ("> 00A4", "header in line 1"),
            ("> 00A404001", "header in line 1"),
            ("> 00A40400 Lc 2 AB", "length in line 1"),
            ("> 00A40400 Lc 1 XY", "data in line 1"),
            (
                "> 00A40400 Lc 70000 *",
                "data (withheld, this trace cannot be played) in line 1",
            ),
            ("> 00A40400 Le 0", "Le in line 1"),
            ("> 00A40400 Le 65537", "Le in line 1"),
            ("> 00A40400 Le 1 more", "end of the command in line 1"),
            ("> 00A40400\n< 90", "status word in line 2"),
            ("> 00A40400\n< 9000 12", "time in line 2"),
            ("> 00A40400\n< 9000 12 us us", "time in line 2"),
            ("> 00A40400\n! vanished", "reason in line 2"),
        ] {
            check(text, expected);
        }
    }

    #[test]
    fn blank_lines_and_comments_are_ignored() {
        let records = parse("# a\n\n> 00A40400\n# between\n\n< 6A82\n").unwrap();
        assert_eq!(records.len(), 1);
        assert_eq!(records[0].line, 3);
        assert_eq!(
            records[0].answer,
            Ok(ResponseApdu::from_sw(StatusWord::FILE_NOT_FOUND))
        );
    }

    proptest! {
        #[test]
        fn reading_never_panics(text in "(\\PC|[ \n><!#*])*") {
            let _ = parse(&text);
        }

        #[test]
        fn writing_is_undone_by_reading(
            header: [u8; 4],
            data in proptest::collection::vec(any::<u8>(), 0..600),
            le in proptest::option::of(1u32..=65_536),
            extended: bool,
            answer in proptest::collection::vec(any::<u8>(), 2..600),
            lost: bool,
        ) {
            let [cla, ins, p1, p2] = header;
            let mut command = CommandApdu::new(cla, Ins(ins), p1, p2).with_data(data);
            command.le = le.map(|le| Le::new(le).unwrap());
            if extended {
                command = command.extended();
            }
            let answer = if lost { Err(ChannelError::CardLost) } else { Ok(ResponseApdu::parse(&answer).unwrap()) };
            let read = parse(&Text(&command, &answer).to_string()).unwrap();
            prop_assert_eq!(read.len(), 1);
            prop_assert_eq!(read[0].command.to_bytes().unwrap(), command.to_bytes().unwrap());
            prop_assert_eq!(&read[0].answer, &answer);
        }
    }
}
