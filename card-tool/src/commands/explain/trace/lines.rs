//! The lines of a recording. Unlike the player of [`transport::trace`], this reader goes on where data were withheld.

use iso7816::Ins;

/// Longest data field that is taken up: that of extended length.
const MAX_DATA: usize = 65_536;
const WITHHELD: &str = "*";

/// One line.
pub(super) enum Line {
    /// Blank, or a remark.
    Empty,
    /// `>`.
    Command(Command),
    /// `<` or `!`.
    Answer(Answer),
    /// Something else.
    Other,
}

/// A command and its answer, each with its line.
pub(super) struct Exchange {
    pub(super) line: usize,
    pub(super) command: Command,
    pub(super) answer: Option<(usize, Answer)>,
}

/// A command.
pub(super) struct Command {
    pub(super) header: [u8; 4],
    pub(super) data: Data,
    pub(super) le: Option<u32>,
}

/// What came of a command.
pub(super) enum Answer {
    Status {
        sw: u16,
        data: Data,
        micros: Option<u64>,
    },
    Failure(&'static str),
}

/// A data field: its length, and its octets unless they were withheld.
#[derive(Default)]
pub(super) struct Data {
    pub(super) length: usize,
    pub(super) octets: Option<Vec<u8>>,
}

impl Command {
    pub(super) const fn cla(&self) -> u8 {
        self.header[0]
    }

    pub(super) const fn ins(&self) -> Ins {
        Ins(self.header[1])
    }

    pub(super) const fn p1(&self) -> u8 {
        self.header[2]
    }

    pub(super) const fn p2(&self) -> u8 {
        self.header[3]
    }

    /// Whether Doc 9303 protects it: interindustry class, header authenticated (ISO 7816-4 §5.4.1).
    pub(super) const fn is_secure_messaging(&self) -> bool {
        self.cla() & 0xEC == 0x0C
    }

    /// By what the command is protected.
    pub(super) const fn protection(&self) -> Option<&'static str> {
        match self.cla() {
            _ if self.is_secure_messaging() => Some("secure messaging"),
            0x84 | 0x94 => Some("secure channel of SCP03"),
            _ => None,
        }
    }
}

impl Exchange {
    /// The data field of the answer.
    pub(super) fn received(&self) -> Option<&Data> {
        match &self.answer {
            Some((_, Answer::Status { data, .. })) => Some(data),
            _ => None,
        }
    }

    /// How long the answer took.
    pub(super) fn micros(&self) -> Option<u64> {
        match &self.answer {
            Some((_, Answer::Status { micros, .. })) => *micros,
            _ => None,
        }
    }
}

/// Reads a line.
pub(super) fn read(line: &str) -> Line {
    let mut words = line.split_whitespace();
    match words.next() {
        None => Line::Empty,
        Some(mark) if mark.starts_with('#') => Line::Empty,
        Some(">") => command(&mut words).map_or(Line::Other, Line::Command),
        Some("<") => status(&mut words).map_or(Line::Other, Line::Answer),
        Some("!") => failure(words.next()).map_or(Line::Other, Line::Answer),
        Some(_) => Line::Other,
    }
}

fn command<'a>(words: &mut impl Iterator<Item = &'a str>) -> Option<Command> {
    let mut command = Command {
        header: hexadecimal(words.next()?)?,
        data: Data::default(),
        le: None,
    };
    while let Some(word) = words.next() {
        match word {
            "Lc" => command.data = data(words)?,
            "Le" => command.le = Some(words.next()?.parse().ok()?),
            "extended" => {}
            _ => return None,
        }
    }
    Some(command)
}

fn status<'a>(words: &mut impl Iterator<Item = &'a str>) -> Option<Answer> {
    let sw = u16::from_be_bytes(hexadecimal(words.next()?)?);
    let (mut field, mut micros) = (Data::default(), None);
    while let Some(word) = words.next() {
        if word == "La" {
            field = data(words)?;
        } else {
            micros = Some(word.parse().ok()?);
            words.next().filter(|unit| *unit == "us")?;
        }
    }
    Some(Answer::Status {
        sw,
        data: field,
        micros,
    })
}

fn failure(word: Option<&str>) -> Option<Answer> {
    Some(Answer::Failure(match word? {
        "lost" => "the card was taken away",
        "reset" => "the card was reset by someone else",
        "reader" => "the reader is gone",
        "timeout" => "the card did not answer in time",
        "refused" => "the reader did not pass the command on",
        _ => return None,
    }))
}

fn data<'a>(words: &mut impl Iterator<Item = &'a str>) -> Option<Data> {
    let length: usize = words
        .next()?
        .parse()
        .ok()
        .filter(|length| *length <= MAX_DATA)?;
    let octets = match words.next()? {
        WITHHELD => None,
        digits => Some(
            hex::decode(digits)
                .ok()
                .filter(|octets| octets.len() == length)?,
        ),
    };
    Some(Data { length, octets })
}

fn hexadecimal<const N: usize>(word: &str) -> Option<[u8; N]> {
    let mut octets = [0; N];
    hex::decode_to_slice(word, &mut octets).ok()?;
    Some(octets)
}
