//! What the root remembers: a line for each ceremony, chained by hashes and signed by the CSCA, appended and never changed.
//!
//! A line holds the record of the ceremony and its effect; what is true of the root now is the sum of all effects
//! ([`State`]). An answer stands in its line in full, before it is handed out: the same request gets the same answer, even
//! if the power went in between.
//!
//! Chain and signatures show every line that was altered, added or taken out of the middle. Lines cut off at the end leave
//! a good chain; they are found by the last printed record, whose number and hash the next ceremony must continue.

mod effect;
#[cfg(test)]
mod limits;
mod state;

use crypto::PublicKey;
use pki::{Certificate, Signer};
use serde::{Deserialize, Serialize};

use crate::answer::MAX_ANSWER_LEN;
use crate::octets::Digest;
use crate::record::{Act, Fact, Object, Record, Sitting};
use crate::seal::{Purpose, Seal};
use crate::{Error, JournalFault, Refused, Result, text};

pub use effect::{Answered, Effect, Generation, Settings};
pub use state::{Registrar, Revocation, State};

/// Largest journal that is read: some ten thousand ceremonies.
pub const MAX_JOURNAL_LEN: usize = 64 * 1024 * 1024;

/// Free octets that an act needs before it signs anything: the line with the longest answer, in which quotation marks and line
/// ends are written with a second sign.
const LINE_RESERVE: usize = 2 * MAX_ANSWER_LEN;
/// Longest seal of a line: a signature of RSA-4096 in base64, and the words around it.
const MAX_SEAL_LEN: usize = 1024;

/// A line. Stored lines load for ever: fields are added, never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Who, what, when.
    pub record: Record,
    /// What the root remembers of it.
    pub effect: Effect,
    seal: Option<Seal>,
}

impl Line {
    /// Whether the CSCA has signed it. The line behind the last destruction it has not: whoever alters that one leaves a good
    /// chain, and only the printed record tells.
    #[must_use]
    pub const fn is_signed(&self) -> bool {
        self.seal.is_some()
    }
}

/// What is signed.
#[derive(Serialize)]
struct Sealed<'a> {
    record: &'a Record,
    effect: &'a Effect,
}

/// What a ceremony was about.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) act: Act,
    pub(crate) facts: Vec<Fact>,
    pub(crate) objects: Vec<Object>,
    pub(crate) effect: Effect,
}

/// All lines, checked.
#[derive(Debug, Clone)]
pub struct Journal {
    lines: Vec<(Line, Digest)>,
    text: String,
    state: State,
}

impl Journal {
    /// The first line: the root with its first key.
    pub(crate) fn begin(sitting: &Sitting<'_>, entry: Entry, signer: &dyn Signer) -> Result<Self> {
        let Effect::Created {
            settings,
            generation,
        } = &entry.effect
        else {
            return Err(Error::Misuse("a journal begins with the creation of a key"));
        };
        let mut journal = Self {
            lines: Vec::new(),
            text: String::new(),
            state: State::begin(settings.clone(), generation.clone()),
        };
        journal.append(sitting, entry, Some(signer))?;
        Ok(journal)
    }

    /// Reads a journal and checks every line of it: form, number, chain, signature, sense.
    ///
    /// # Errors
    /// [`Error::Journal`] names the line.
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
            let number = index + 1;
            let text = with_end
                .strip_suffix('\n')
                .ok_or(fault(number, JournalFault::Torn))?;
            let line = read_line(text).ok_or(fault(number, JournalFault::Unreadable))?;
            let mut so_far = match journal.take() {
                Some(journal) => journal,
                None => Self::of_first(&line).ok_or(fault(1, JournalFault::Contradiction))?,
            };
            so_far
                .check(&line)
                .and_then(|()| so_far.push(line, text))
                .map_err(|why| fault(number, why))?;
            journal = Some(so_far);
        }
        journal.ok_or(fault(1, JournalFault::Empty))
    }

    fn of_first(line: &Line) -> Option<Self> {
        let Effect::Created {
            settings,
            generation,
        } = &line.effect
        else {
            return None;
        };
        Some(Self {
            lines: Vec::new(),
            text: String::new(),
            state: State::begin(settings.clone(), generation.clone()),
        })
    }

    /// The file.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Every line with its hash.
    #[must_use]
    pub fn lines(&self) -> &[(Line, Digest)] {
        &self.lines
    }

    /// The last line with its hash.
    #[must_use]
    pub fn last(&self) -> Option<&(Line, Digest)> {
        self.lines.last()
    }

    /// What is true now.
    #[must_use]
    pub const fn state(&self) -> &State {
        &self.state
    }

    fn head(&self) -> Digest {
        self.lines
            .last()
            .map_or(Digest::default(), |(_, hash)| *hash)
    }

    fn next_number(&self) -> u64 {
        u64::try_from(self.lines.len())
            .unwrap_or(u64::MAX)
            .saturating_add(1)
    }

    /// Whether there is room for one more act with its longest answer, and for a list of so many octets. Destruction needs
    /// less: a full journal can still be brought to its end.
    ///
    /// # Errors
    /// [`Refused::JournalFull`].
    pub(crate) fn require_room(&self, list: usize) -> Result<()> {
        self.require(LINE_RESERVE.saturating_add(list.saturating_mul(2)))
    }

    /// What would not be read again is not written.
    fn require(&self, more: usize) -> Result<()> {
        if self.text.len().saturating_add(more) > MAX_JOURNAL_LEN {
            return Err(Refused::JournalFull(MAX_JOURNAL_LEN).into());
        }
        Ok(())
    }

    /// Appends a line. Without a signer only the last one, after which no key is left.
    pub(crate) fn append(
        &mut self,
        sitting: &Sitting<'_>,
        entry: Entry,
        signer: Option<&dyn Signer>,
    ) -> Result<()> {
        let record = Record {
            number: self.next_number(),
            previous: self.head(),
            at: sitting.now.replace_nanosecond(0).unwrap_or(sitting.now),
            persons: sitting.persons.clone(),
            tool: sitting.tool.to_owned(),
            act: entry.act,
            facts: entry.facts,
            objects: entry.objects,
        };
        let effect = entry.effect;
        let sealed = text::canonical(&Sealed {
            record: &record,
            effect: &effect,
        })?;
        self.require(sealed.len().saturating_add(MAX_SEAL_LEN))?;
        let seal = signer
            .map(|signer| Seal::set(Purpose::Journal, &sealed, signer))
            .transpose()?;
        let line = Line {
            record,
            effect,
            seal,
        };
        let text = text::write_line(&line)?;
        self.check(&line)
            .and_then(|()| self.push(line, &text))
            .map_err(|fault| Error::Journal {
                line: self.lines.len() + 1,
                fault,
            })
    }

    fn check(&self, line: &Line) -> core::result::Result<(), JournalFault> {
        if line.record.number != self.next_number() {
            return Err(JournalFault::Number);
        }
        if line.record.previous != self.head() {
            return Err(JournalFault::Chain);
        }
        match &line.seal {
            Some(seal) => {
                let key = self.key().ok_or(JournalFault::Signature)?;
                let sealed = text::canonical(&Sealed {
                    record: &line.record,
                    effect: &line.effect,
                })
                .map_err(|_| JournalFault::Unreadable)?;
                if !seal.is_by(Purpose::Journal, &sealed, &key) {
                    return Err(JournalFault::Signature);
                }
            }
            None if self.state.may_be_unsigned(&line.effect) => {}
            None => return Err(JournalFault::Signature),
        }
        Ok(())
    }

    /// The key whose signature the next line bears.
    fn key(&self) -> Option<PublicKey> {
        let der = &self.state.current().certificate;
        Certificate::parse(der.as_bytes()).ok()?.public_key().ok()
    }

    fn push(&mut self, line: Line, text: &str) -> core::result::Result<(), JournalFault> {
        if !self.lines.is_empty() {
            self.state.apply(&line).ok_or(JournalFault::Contradiction)?;
        }
        self.text.push_str(text);
        self.text.push('\n');
        self.lines.push((line, Digest::of(text.as_bytes())));
        Ok(())
    }
}

fn read_line(text: &str) -> Option<Line> {
    let line: Line = serde_json::from_str(text).ok()?;
    (text::write_line(&line).ok()? == text).then_some(line)
}
