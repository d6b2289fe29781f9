//! What an entity remembers: a line for each act, chained by hashes, appended and never changed. It is the only state:
//! everything else is the sum of the lines ([`State`]), and each line is judged by the same rules when it is read as when it
//! was written, its certificates and requests included.
//!
//! The chain shows damage, and certificates and requests show what is not theirs. It holds no key: whoever may write the file can
//! write another good journal, without an answer that was given. The hash of the last line, noted elsewhere at each act, shows
//! that ([`Journal::lines_since`]); so does an older journal brought back, whose owner begins with numbers that were not used since
//! ([`Settings::first_number`]) and must know which requests were answered.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::day::day_of;
use crate::error::{Error, JournalFault, Refused, Result};
use crate::octets::{Fingerprint, Octets};
use crate::register::Identification;
use crate::settings::Settings;
use crate::state::State;

/// Largest journal that is read: some ten thousand answers.
pub const MAX_JOURNAL_LEN: usize = 64 * 1024 * 1024;

/// What happened. Stored lines load for ever: fields are added, never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Event {
    /// The entity began.
    Created {
        /// Who it is.
        settings: Settings,
        /// Whom it trusts: the CVCA's self-signed certificate and links, an inspection system's verifier behind them. A CVCA
        /// trusts nobody.
        trusted: Octets,
    },
    /// A key got its name and its place; it is made after this line.
    Planned {
        /// Its name.
        holder: String,
        /// Where it lies.
        place: String,
        /// What it is drawn as, and signs by.
        algorithm: String,
    },
    /// A key was given up before it had a certificate. Its name is not given again.
    Withdrawn {
        /// Its name.
        holder: String,
    },
    /// A CVCA certified its planned key.
    SelfCertified {
        /// Self-signed, and from the second key on the link by the one before.
        certificates: Octets,
    },
    /// A certificate was asked for the planned key.
    Requested {
        /// The request.
        request: Octets,
    },
    /// Certificates came: one's own, or those of the authorities above.
    Imported {
        /// Those that were not known.
        certificates: Octets,
    },
    /// A request was answered.
    Answered {
        /// The request.
        request: Octets,
        /// The certificate.
        certificate: Octets,
        /// How the holder was known.
        identification: Identification,
    },
}

/// A line of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Counted from 1.
    pub number: u64,
    /// SHA-256 of the line before.
    pub previous: Fingerprint,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// What.
    pub event: Event,
}

/// All lines, checked.
#[derive(Debug, Clone)]
pub struct Journal {
    lines: Vec<Line>,
    text: String,
    head: Fingerprint,
    state: State,
}

impl Journal {
    /// The first line.
    pub(crate) fn begin(settings: Settings, trusted: Octets, now: OffsetDateTime) -> Result<Self> {
        let event = Event::Created { settings, trusted };
        let line = Line {
            number: 1,
            previous: Fingerprint::default(),
            at: whole_second(now),
            event,
        };
        let text = written(&line)?;
        Self::of_first(line, &text)
    }

    fn of_first(line: Line, text: &str) -> Result<Self> {
        let state = State::begin(&line.event, day_of(line.at)?)?;
        let mut journal = Self {
            lines: Vec::new(),
            text: String::new(),
            head: Fingerprint::default(),
            state,
        };
        journal.push(line, text);
        Ok(journal)
    }

    /// Reads a journal and checks every line of it: form, number, chain, time, sense, certificates.
    ///
    /// # Errors
    /// [`Error::TooLong`]; [`Error::Journal`] names the line.
    pub fn read(file: &[u8]) -> Result<Self> {
        let fault = |line, fault| Error::Journal { line, fault };
        if file.len() > MAX_JOURNAL_LEN {
            return Err(Error::TooLong {
                what: "journal",
                limit: MAX_JOURNAL_LEN,
            });
        }
        let whole = core::str::from_utf8(file).map_err(|_| fault(1, JournalFault::Unreadable))?;
        let mut journal: Option<Self> = None;
        for (index, with_end) in whole.split_inclusive('\n').enumerate() {
            let added = Self::with_line(journal.take(), with_end);
            journal = Some(added.map_err(|why| fault(index + 1, why))?);
        }
        journal.ok_or(fault(1, JournalFault::Empty))
    }

    fn with_line(
        journal: Option<Self>,
        with_end: &str,
    ) -> core::result::Result<Self, JournalFault> {
        let text = with_end.strip_suffix('\n').ok_or(JournalFault::Torn)?;
        let line: Line = serde_json::from_str(text).map_err(|_| JournalFault::Unreadable)?;
        if !written(&line).is_ok_and(|written| written == text) {
            return Err(JournalFault::Unreadable);
        }
        let contradiction = |error| JournalFault::Contradiction(Box::new(error));
        let (number, head) = journal
            .as_ref()
            .map_or((1, Fingerprint::default()), |journal| {
                (journal.next_number(), journal.head)
            });
        if line.number != number {
            return Err(JournalFault::Number);
        }
        if line.previous != head {
            return Err(JournalFault::Chain);
        }
        match journal {
            None => Self::of_first(line, text).map_err(contradiction),
            Some(mut journal) => {
                // The state is this reading's own: with a line that is refused the whole of it is given up.
                journal.check_clock(line.at).map_err(contradiction)?;
                let today = day_of(line.at).map_err(contradiction)?;
                let applied = journal.state.apply(&line.event, today);
                applied.map_err(contradiction)?;
                journal.push(line, text);
                Ok(journal)
            }
        }
    }

    /// Appends a line, if the rules allow what it says: nothing has changed otherwise.
    pub(crate) fn append(&mut self, event: Event, now: OffsetDateTime) -> Result<()> {
        let line = Line {
            number: self.next_number(),
            previous: self.head,
            at: whole_second(now),
            event,
        };
        let text = written(&line)?;
        if self.text.len().saturating_add(text.len()) >= MAX_JOURNAL_LEN {
            return Err(Refused::JournalFull.into());
        }
        self.accept(&line)?;
        self.push(line, &text);
        Ok(())
    }

    /// Days and rules: the state changes wholly or not at all, for its owner goes on with it.
    fn accept(&mut self, line: &Line) -> Result<()> {
        self.check_clock(line.at)?;
        let mut state = self.state.clone();
        state.apply(&line.event, day_of(line.at)?)?;
        self.state = state;
        Ok(())
    }

    /// Periods begin on the day of the clock: one that runs behind its own journal is set before anything is signed.
    pub(crate) fn check_clock(&self, now: OffsetDateTime) -> Result<()> {
        match self.lines.last() {
            Some(last) if whole_second(now) < last.at => Err(Refused::ClockBehind.into()),
            _ => Ok(()),
        }
    }

    fn push(&mut self, line: Line, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
        self.head = Fingerprint::of(text.as_bytes());
        self.lines.push(line);
    }

    fn next_number(&self) -> u64 {
        u64::try_from(self.lines.len())
            .unwrap_or(u64::MAX)
            .saturating_add(1)
    }

    /// Every line.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The file.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// SHA-256 of the last line, which names the whole journal.
    #[must_use]
    pub const fn head(&self) -> Fingerprint {
        self.head
    }

    /// How many lines came behind the one whose hash was noted away from the file ([`Self::head`] was it then). `None` where no
    /// line has that hash: it was taken away with all that came behind it, or something before it is not what it was.
    #[must_use]
    pub fn lines_since(&self, noted: Fingerprint) -> Option<usize> {
        let hashes = self.lines.iter().skip(1).map(|line| line.previous);
        let mut hashes = hashes.chain([self.head]).rev();
        hashes.position(|hash| hash == noted)
    }

    /// What is true now.
    #[must_use]
    pub const fn state(&self) -> &State {
        &self.state
    }
}

/// As it is written down.
fn whole_second(moment: OffsetDateTime) -> OffsetDateTime {
    moment.replace_nanosecond(0).unwrap_or(moment)
}

fn written(line: &Line) -> Result<String> {
    serde_json::to_string(line).map_err(|_| Error::Misuse("a moment that RFC 3339 cannot write"))
}
