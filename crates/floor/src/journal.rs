//! The journal: one JSON object a line, each with its number, its time and its link: the SHA-256 of the link before it and of itself.
//!
//! A line counts when it is whole and synced, and it is written before anybody acts on it or is told. A last line without its end is
//! what a dying machine leaves: it is cut off, nothing rests on it. Any other damage is somebody's doing or a broken disk, and nobody
//! goes on over it.
//!
//! Several programs may use one journal: each takes its turn, and reads what the others have written before it writes.

use crypto::HashAlgorithm;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::{Event, JournalFault, Result, State};

/// Longest line: the largest batch, with room to spare.
pub const MAX_LINE: usize = 4 << 20;
/// Longest journal: the life of a floor with a million cards.
pub const MAX_JOURNAL: u64 = 2 << 30;
/// The link before the first line.
const NOTHING_BEFORE: &str = "0000000000000000000000000000000000000000000000000000000000000000";
const LINE_END: u8 = b'\n';
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

/// The stored form of a line, without its link.
#[derive(Serialize, Deserialize)]
struct Line {
    n: u64,
    at: String,
    #[serde(flatten)]
    event: Event,
}

/// A journal, and the state that it comes to.
#[derive(Debug)]
pub struct Journal<L> {
    lines: L,
    state: State,
    count: u64,
    length: u64,
    link: String,
    is_sound: bool,
}

impl<L: Lines> Journal<L> {
    /// Reads a journal.
    ///
    /// # Errors
    /// [`JournalFault`].
    pub fn open(lines: L) -> Result<Self> {
        let mut journal = Self {
            lines,
            state: State::default(),
            count: 0,
            length: 0,
            link: NOTHING_BEFORE.to_owned(),
            is_sound: true,
        };
        journal.refresh()?;
        Ok(journal)
    }

    /// What it came to when it was last read or written.
    #[must_use]
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// How many lines it has.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// The link of the last line, in hexadecimal: who notes it down can see later that nothing before it was changed.
    #[must_use]
    pub fn link(&self) -> &str {
        &self.link
    }

    /// Reads what other programs have written.
    ///
    /// # Errors
    /// [`JournalFault`].
    pub fn refresh(&mut self) -> Result<()> {
        self.alone(|_| Ok(()))
    }

    /// Writes an event down, if it can follow. When this returns it has happened.
    ///
    /// # Errors
    /// [`crate::Refused`]: nothing was written. [`JournalFault`]: whether it was written shows when the journal is opened again.
    pub fn append(&mut self, now: OffsetDateTime, event: &Event) -> Result<()> {
        self.alone(|journal| {
            let change = journal.state.change(now, event)?;
            let (text, link) = journal.text(now, event)?;
            journal.is_sound = false;
            journal.lines.append(&text).map_err(JournalFault::Storage)?;
            journal.is_sound = true;
            journal.note(&text, link);
            journal.state.carry_out(change);
            Ok(())
        })
    }

    /// Whether an event can follow. Nothing is written.
    ///
    /// # Errors
    /// [`crate::Refused`]; [`JournalFault`].
    pub fn check(&mut self, now: OffsetDateTime, event: &Event) -> Result<()> {
        self.alone(|journal| {
            journal.state.change(now, event)?;
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

    /// The line of an event, and its link.
    fn text(&self, now: OffsetDateTime, event: &Event) -> Result<(Vec<u8>, String)> {
        let at = now.to_offset(time::UtcOffset::UTC).format(&Rfc3339);
        let line = Line {
            n: self.count + 1,
            at: at.map_err(|error| self.damaged(error.to_string()))?,
            event: event.clone(),
        };
        let whole = serde_json::to_vec(&line).map_err(|error| self.damaged(error.to_string()))?;
        let body = whole.strip_suffix(b"}").unwrap_or(&whole);
        let link = link(&self.link, body);
        let text = [body, LINK_BEGIN, link.as_bytes(), LINK_END].concat();
        if text.len() > MAX_LINE {
            return Err(self
                .damaged(format!("longer than {MAX_LINE} octets"))
                .into());
        }
        let grown = self.length + u64::try_from(text.len()).unwrap_or(u64::MAX);
        if grown > MAX_JOURNAL {
            return Err(JournalFault::Full.into());
        }
        Ok((text, link))
    }

    /// Reads on from where this stands, and cuts off what a dying machine has left.
    fn catch_up(&mut self) -> Result<()> {
        let length = self.lines.length().map_err(JournalFault::Storage)?;
        if length < self.length {
            return Err(JournalFault::Shorter.into());
        }
        if length > MAX_JOURNAL {
            return Err(JournalFault::Full.into());
        }
        if length == self.length {
            return Ok(());
        }
        let octets = self
            .lines
            .read_from(self.length)
            .map_err(JournalFault::Storage)?;
        for text in octets.split_inclusive(|octet| *octet == LINE_END) {
            if text.last() == Some(&LINE_END) {
                self.read(text)?;
            } else {
                self.lines.cut(self.length).map_err(JournalFault::Storage)?;
            }
        }
        Ok(())
    }

    /// Takes one whole line in.
    fn read(&mut self, text: &[u8]) -> Result<()> {
        if text.len() > MAX_LINE {
            return Err(self
                .damaged(format!("longer than {MAX_LINE} octets"))
                .into());
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
        let line: Line = serde_json::from_slice(&[body, b"}"].concat())
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
