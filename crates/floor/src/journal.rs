//! The journal: one JSON object a line, each with its number, its time and its link: the SHA-256 of the link before it and of itself.
//!
//! A line counts when it is whole and synced, and it is written before anybody acts on it or is told. A last line without its end, or
//! with blocks that were never filled, is what a dying machine leaves: it is cut off, nothing rests on it. Any other damage is somebody's
//! doing or a broken disk, and nobody goes on over it.
//!
//! Several programs may use one journal: each takes its turn, and reads what the others have written before it writes.

use core::fmt;
use core::str::FromStr;

use crypto::HashAlgorithm;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::{Error, Event, JournalFault, Refused, Result, State};

/// Longest line: the largest batch, with room to spare.
pub const MAX_LINE: usize = 4 << 20;
/// Longest journal: the life of a floor with a million cards.
pub const MAX_JOURNAL: u64 = 2 << 30;
/// The link before the first line.
const NOTHING_BEFORE: &str = "0000000000000000000000000000000000000000000000000000000000000000";
const LINE_END: u8 = b'\n';
/// What blocks of a file hold that were never filled. No line has it: JSON escapes it.
const NEVER_FILLED: u8 = 0;
/// What stands around the link, which is the last field of a line.
const LINK_BEGIN: &[u8] = b",\"link\":\"";
const LINK_END: &[u8] = b"\"}\n";

/// Where the lines are. What is appended stays, and its order is that of the calls.
pub trait Lines: Send {
    /// Keeps every other program out, until [`Lines::leave`].
    ///
    /// # Errors
    /// When that cannot be had.
    fn enter(&mut self) -> std::io::Result<()>;

    /// Lets other programs in again.
    fn leave(&mut self);

    /// How many octets there are.
    ///
    /// # Errors
    /// When that cannot be told.
    fn length(&mut self) -> std::io::Result<u64>;

    /// All octets from a place on.
    ///
    /// # Errors
    /// When they cannot be read.
    fn read_from(&mut self, offset: u64) -> std::io::Result<Vec<u8>>;

    /// Writes behind what is there, and returns when it would survive the end of the machine.
    ///
    /// # Errors
    /// When that is not certain. Any number of the first octets may be there then.
    fn append(&mut self, octets: &[u8]) -> std::io::Result<()>;

    /// Cuts everything off behind a place.
    ///
    /// # Errors
    /// When that is not certain.
    fn cut(&mut self, length: u64) -> std::io::Result<()>;
}

/// A place in a journal: a line and its link. Who notes it down can come back to what was so then, and see that nothing before it was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Number of the line, from 1.
    pub line: u64,
    /// Its link, in hexadecimal.
    pub link: String,
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.link)
    }
}

impl FromStr for Mark {
    type Err = Refused;

    fn from_str(text: &str) -> core::result::Result<Self, Refused> {
        let (line, link) = text.split_once(':').ok_or(Refused::Mark)?;
        let is_link =
            link.len() == NOTHING_BEFORE.len() && link.bytes().all(|c| c.is_ascii_hexdigit());
        match line.parse() {
            Ok(line) if is_link => Ok(Self {
                line,
                link: link.to_ascii_lowercase(),
            }),
            _ => Err(Refused::Mark),
        }
    }
}

/// The stored form of a line, without its link.
#[derive(Serialize, Deserialize)]
struct Entry {
    n: u64,
    at: String,
    #[serde(flatten)]
    event: Event,
}

/// How far a journal was read, and what it comes to until there.
#[derive(Debug, Clone)]
struct Reading {
    state: State,
    count: u64,
    length: u64,
    link: String,
}

/// A journal, and the state that it comes to.
#[derive(Debug)]
pub struct Journal<L> {
    lines: L,
    reading: Reading,
    is_sound: bool,
    /// Nothing is written into it, and nothing cut off.
    is_looked_at: bool,
}

impl<L: Lines> Journal<L> {
    /// Reads a journal, to go on with it.
    ///
    /// # Errors
    /// [`JournalFault`].
    pub fn open(lines: L) -> Result<Self> {
        Self::read(lines, false)
    }

    /// Reads a journal and leaves it as it is, with the torn line that it may end with.
    ///
    /// # Errors
    /// [`JournalFault`].
    pub fn look(lines: L) -> Result<Self> {
        Self::read(lines, true)
    }

    fn read(lines: L, is_looked_at: bool) -> Result<Self> {
        let mut journal = Self {
            lines,
            reading: Reading::new(),
            is_sound: true,
            is_looked_at,
        };
        journal.refresh()?;
        Ok(journal)
    }

    /// What it came to when it was last read or written.
    #[must_use]
    pub const fn state(&self) -> &State {
        &self.reading.state
    }

    /// How many lines it has.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.reading.count
    }

    /// The link of the last line, in hexadecimal: who notes it down can see later that nothing before it was changed.
    #[must_use]
    pub fn link(&self) -> &str {
        &self.reading.link
    }

    /// Its last line.
    #[must_use]
    pub fn mark(&self) -> Mark {
        Mark {
            line: self.reading.count,
            link: self.reading.link.clone(),
        }
    }

    /// What it came to at an earlier line.
    ///
    /// # Errors
    /// [`Refused::OtherMark`] for the mark of another journal; [`JournalFault`].
    pub fn state_at(&mut self, mark: &Mark) -> Result<State> {
        self.alone(|journal| {
            let octets = journal.lines.read_from(0).map_err(JournalFault::Storage)?;
            let mut past = Reading::new();
            let mut lines = octets.split_inclusive(|octet| *octet == LINE_END);
            while past.count < mark.line.min(journal.reading.count) {
                past.take(lines.next().unwrap_or_default())?;
            }
            if past.count != mark.line || past.link != mark.link {
                return Err(Refused::OtherMark(mark.line).into());
            }
            Ok(past.state)
        })
    }

    /// Reads what other programs have written.
    ///
    /// # Errors
    /// [`JournalFault`].
    pub fn refresh(&mut self) -> Result<()> {
        self.alone(|_| Ok(()))
    }

    /// Writes an event down, if it can follow and may. When this returns it has happened.
    ///
    /// # Errors
    /// [`Refused`]: nothing was written. [`JournalFault`]: whether it was written shows when the journal is opened again.
    pub fn append(&mut self, now: OffsetDateTime, event: &Event) -> Result<()> {
        if self.is_looked_at {
            return Err(JournalFault::OnlyLookedAt.into());
        }
        self.alone(|journal| {
            let change = journal.reading.state.next_change(now, event)?;
            let (text, link) = journal.reading.text(now, event)?;
            journal.is_sound = false;
            journal.lines.append(&text).map_err(JournalFault::Storage)?;
            journal.is_sound = true;
            journal.reading.state.carry_out(change);
            journal.reading.note(&text, link);
            Ok(())
        })
    }

    /// Whether an event can follow, and may. Nothing is written.
    ///
    /// # Errors
    /// [`Refused`]; [`JournalFault`].
    pub fn check(&mut self, now: OffsetDateTime, event: &Event) -> Result<()> {
        self.alone(|journal| {
            journal.reading.state.next_change(now, event)?;
            Ok(())
        })
    }

    /// Does something while no other program writes, with a state that is up to date.
    fn alone<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if !self.is_sound {
            return Err(JournalFault::Closed.into());
        }
        self.lines.enter().map_err(JournalFault::Storage)?;
        let done = self.catch_up().and_then(|()| work(self));
        self.lines.leave();
        done
    }

    /// Reads on from where this stands, and cuts off what a dying machine has left.
    fn catch_up(&mut self) -> Result<()> {
        let length = self.lines.length().map_err(JournalFault::Storage)?;
        if length < self.reading.length {
            return Err(JournalFault::Shorter.into());
        }
        if length > MAX_JOURNAL {
            return Err(JournalFault::Full.into());
        }
        if length == self.reading.length {
            return Ok(());
        }
        let octets = self
            .lines
            .read_from(self.reading.length)
            .map_err(JournalFault::Storage)?;
        let mut lines = octets
            .split_inclusive(|octet| *octet == LINE_END)
            .peekable();
        while let Some(text) = lines.next() {
            if !is_torn(text, lines.peek().is_none()) {
                self.reading.take(text)?;
            } else if !self.is_looked_at {
                self.lines
                    .cut(self.reading.length)
                    .map_err(JournalFault::Storage)?;
            }
        }
        Ok(())
    }
}

impl Reading {
    /// Nothing was read.
    fn new() -> Self {
        Self {
            state: State::default(),
            count: 0,
            length: 0,
            link: NOTHING_BEFORE.to_owned(),
        }
    }

    /// The line of an event, and its link.
    fn text(&self, now: OffsetDateTime, event: &Event) -> Result<(Vec<u8>, String)> {
        let at = now.to_offset(time::UtcOffset::UTC).format(&Rfc3339);
        let line = Entry {
            n: self.count + 1,
            at: at.map_err(|error| self.damaged(error.to_string()))?,
            event: event.clone(),
        };
        let whole = serde_json::to_vec(&line).map_err(|error| self.damaged(error.to_string()))?;
        let body = whole.strip_suffix(b"}").unwrap_or(&whole);
        let link = link(&self.link, body);
        let text = [body, LINK_BEGIN, link.as_bytes(), LINK_END].concat();
        if text.len() > MAX_LINE {
            return Err(self.too_long());
        }
        let grown = self.length + u64::try_from(text.len()).unwrap_or(u64::MAX);
        if grown > MAX_JOURNAL {
            return Err(JournalFault::Full.into());
        }
        Ok((text, link))
    }

    /// Takes one whole line in. What stands in it has happened: it must be able to follow, and today's rules are not asked.
    fn take(&mut self, text: &[u8]) -> Result<()> {
        if text.len() > MAX_LINE {
            return Err(self.too_long());
        }
        let (body, written) =
            unlinked(text).ok_or_else(|| self.damaged("it has no link".to_owned()))?;
        let link = link(&self.link, body);
        if link.as_bytes() != written {
            return Err(self
                .damaged(
                    "its link does not fit: it was changed, or one before it is gone".to_owned(),
                )
                .into());
        }
        let line: Entry = serde_json::from_slice(&[body, b"}"].concat())
            .map_err(|error| self.damaged(error.to_string()))?;
        if line.n != self.count + 1 {
            return Err(self.damaged(format!("its number is {}", line.n)).into());
        }
        let at = OffsetDateTime::parse(&line.at, &Rfc3339)
            .map_err(|error| self.damaged(error.to_string()))?;
        let change = self
            .state
            .change(at, &line.event)
            .map_err(|refused| self.damaged(refused.to_string()))?;
        self.state.carry_out(change);
        self.note(text, link);
        Ok(())
    }

    fn note(&mut self, text: &[u8], link: String) {
        self.count += 1;
        self.length += u64::try_from(text.len()).unwrap_or(u64::MAX);
        self.link = link;
    }

    /// A fault of the line behind those that were read.
    const fn damaged(&self, what: String) -> JournalFault {
        JournalFault::Damaged {
            line: self.count + 1,
            what,
        }
    }

    fn too_long(&self) -> Error {
        self.damaged(format!("longer than {MAX_LINE} octets"))
            .into()
    }
}

/// Whether a line is what a dying machine leaves: it has no end, or it is the last one and blocks of it were never filled.
fn is_torn(text: &[u8], is_last: bool) -> bool {
    text.last() != Some(&LINE_END) || (is_last && text.contains(&NEVER_FILLED))
}

/// A line without its link, and the link.
fn unlinked(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = text.strip_suffix(LINK_END)?;
    let (rest, link) = rest.split_at_checked(rest.len().checked_sub(NOTHING_BEFORE.len())?)?;
    Some((rest.strip_suffix(LINK_BEGIN)?, link))
}

fn link(before: &str, body: &[u8]) -> String {
    let mut hasher = HashAlgorithm::Sha256.hasher();
    hasher.update(before.as_bytes());
    hasher.update(body);
    hex::encode(hasher.finalize())
}
