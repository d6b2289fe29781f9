//! The ledger of a key: every use is a line, and the line is on the disk before the key signs.
//!
//! * Appended only, one line for each content (SHA-256), each chained to the line before; what was changed is found and its
//!   line named. That nothing was cut off at the end cannot be seen from the file alone: keep it where backups do not
//!   overwrite it.
//! * Threads that ask at the same time share one write and one wait for the disk.
//! * Processes take turns by a lock on the file and read what the others wrote before they decide. The file system must be
//!   one whose locks work: a local one.
//! * A file that is moved away, or replaced, under a running process counts no more: two files would be two counts.
//! * What a process that died, or a power cut, has left half written was promised to nobody and is dropped.
//! * The same content is counted once, however often it is asked for; and once it was asked for twice it is not given back
//!   any more, because nobody can know for whom the key has signed.

mod book;
mod file;
mod line;
mod torn;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crypto::{EcParameters, HashAlgorithm, PublicKey};
use pki::{KeyStoreFault, UsageCounter};
use time::OffsetDateTime;

use crate::{Error, Result, whole_file};
pub use book::LedgerState;
use book::{Book, Request};
use line::{Entry, FIRST_LINK};

/// Longest list of names in a ledger, in bytes.
const MAX_NAMES: usize = 512;

/// The count of a key's uses, in a file.
pub struct UsageLedger {
    path: PathBuf,
    book: Mutex<Book>,
    queue: Mutex<Queue>,
    answered: Condvar,
}

/// Who waits for the disk, and who has been served.
#[derive(Default)]
struct Queue {
    waiting: Vec<(u64, Request)>,
    answers: HashMap<u64, pki::Result<()>>,
    /// One of those who wait does the work for all.
    led: bool,
    next: u64,
}

/// What a ledger says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerStatus {
    /// SHA-256 of the key (see [`key_identifier`]).
    pub key: [u8; 32],
    /// Uses taken.
    pub used: u64,
    /// Uses there are.
    pub limit: Option<u64>,
    /// Whether the key may be used.
    pub state: LedgerState,
    /// When the destruction of the key began, if it did.
    pub deletion_begun: Option<OffsetDateTime>,
}

impl LedgerStatus {
    /// Uses left, if they are limited.
    #[must_use]
    pub fn remaining(&self) -> Option<u64> {
        self.limit.map(|limit| limit.saturating_sub(self.used))
    }
}

impl UsageLedger {
    /// Begins the ledger of a key that has not been used.
    ///
    /// # Errors
    /// [`Error::File`], also when there is a ledger already.
    pub fn create(path: &Path, key: &PublicKey, limit: Option<u64>) -> Result<Self> {
        let key_hash = key_identifier(key)?;
        let begin = Entry::Begin {
            key: key_hash,
            limit,
        };
        let (line, _) = begin.write(1, &FIRST_LINK);
        whole_file::create(path, line.as_bytes())
            .map_err(|error| Error::file(path, KeyStoreFault::LedgerUnwritable, &error))?;
        Self::open(path, key)
    }

    /// Opens the ledger of a key. There must be one: a ledger that is gone is no ledger that is empty.
    ///
    /// # Errors
    /// [`Error::Store`] with [`KeyStoreFault::LedgerUnreadable`], [`KeyStoreFault::LedgerDamaged`], or
    /// [`KeyStoreFault::LedgerOfAnother`] when it was begun for another key.
    pub fn open(path: &Path, key: &PublicKey) -> Result<Self> {
        let ledger = Self::open_any(path)?;
        if *ledger.book().key() != key_identifier(key)? {
            return Err(KeyStoreFault::LedgerOfAnother.into());
        }
        Ok(ledger)
    }

    /// Opens a ledger of whatever key: to look at it, or to finish the account of a key that is gone.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_any(path: &Path) -> Result<Self> {
        Ok(Self {
            path: path.to_owned(),
            book: Mutex::new(Book::open(path)?),
            queue: Mutex::default(),
            answered: Condvar::new(),
        })
    }

    /// Its file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What it says now, with what other processes have written.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn status(&self) -> Result<LedgerStatus> {
        self.ask(Request::Read)?;
        Ok(status_of(&self.book()))
    }

    /// What it says, and the SHA-256 of the file that says so: of one moment, under the lock.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn snapshot(&self) -> Result<(LedgerStatus, [u8; 32])> {
        let mut book = self.book();
        let hash = book.snapshot()?;
        Ok((status_of(&book), hash))
    }

    /// The key is about to be destroyed by these persons: from now on nothing is reserved. Does nothing where that has been
    /// said already.
    ///
    /// # Errors
    /// [`KeyStoreFault::LedgerUnwritable`], [`KeyStoreFault::LedgerDamaged`]; [`Error::Ring`] for names that are too long.
    pub fn retire(&self, persons: &[&str], at: OffsetDateTime) -> Result<()> {
        let persons = checked(&self.path, persons)?;
        Ok(self.ask(Request::Write(Entry::Retire { at, persons }))?)
    }

    /// The retired key has been found, and these persons begin to destroy it now. Does nothing where that has been said
    /// already, or where the key has not been retired.
    ///
    /// # Errors
    /// As [`Self::retire`].
    pub fn begin_deletion(&self, persons: &[&str], at: OffsetDateTime) -> Result<()> {
        let persons = checked(&self.path, persons)?;
        Ok(self.ask(Request::Write(Entry::Delete { at, persons }))?)
    }

    /// The account of the key is closed by these persons, over a record with this SHA-256. Does nothing where that has been
    /// said already, or where the key has not been retired. Where no deletion was begun, the key has not been found.
    ///
    /// # Errors
    /// As [`Self::retire`].
    pub fn close(&self, persons: &[&str], at: OffsetDateTime, record: [u8; 32]) -> Result<()> {
        let persons = checked(&self.path, persons)?;
        Ok(self.ask(Request::Write(Entry::Close {
            at,
            persons,
            record,
        }))?)
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits in the queue until somebody, perhaps this thread itself, has written down all that waits in it.
    fn ask(&self, request: Request) -> pki::Result<()> {
        let mut queue = self.queue();
        let ticket = queue.next;
        queue.next += 1;
        queue.waiting.push((ticket, request));
        loop {
            if let Some(answer) = queue.answers.remove(&ticket) {
                return answer;
            }
            if queue.led {
                queue = self
                    .answered
                    .wait(queue)
                    .unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            queue.led = true;
            let (tickets, requests): (Vec<u64>, Vec<Request>) =
                core::mem::take(&mut queue.waiting).into_iter().unzip();
            drop(queue);
            let answers = self
                .book()
                .commit(&requests)
                .unwrap_or_else(|fault| vec![Err(pki::Error::KeyStore(fault)); requests.len()]);
            queue = self.queue();
            queue.led = false;
            queue.answers.extend(tickets.into_iter().zip(answers));
            self.answered.notify_all();
        }
    }
}

impl UsageCounter for UsageLedger {
    fn reserve(&self, content: &[u8; 32]) -> pki::Result<()> {
        self.ask(Request::Reserve(*content))
    }

    fn release(&self, content: &[u8; 32]) -> pki::Result<()> {
        self.ask(Request::Release(*content))
    }
}

impl core::fmt::Debug for UsageLedger {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "UsageLedger({})", self.path.display())
    }
}

/// SHA-256 of the SubjectPublicKeyInfo with the curve by name: by this a key is known to its ledger and its record.
///
/// # Errors
/// [`Error::Crypto`] for a key that cannot be encoded.
pub fn key_identifier(key: &PublicKey) -> Result<[u8; 32]> {
    Ok(sha256(&key.to_spki(EcParameters::Named)?))
}

/// SHA-256 of some bytes.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    for (to, from) in hash.iter_mut().zip(HashAlgorithm::Sha256.digest(bytes)) {
        *to = from;
    }
    hash
}

fn status_of(book: &Book) -> LedgerStatus {
    LedgerStatus {
        key: *book.key(),
        used: book.used(),
        limit: book.limit(),
        state: book.state(),
        deletion_begun: book.deletion_begun(),
    }
}

fn checked(path: &Path, persons: &[&str]) -> Result<Vec<String>> {
    let length: usize = persons.iter().map(|name| name.len() + 1).sum();
    if persons.is_empty() || length > MAX_NAMES {
        return Err(Error::Ring {
            path: path.to_owned(),
            why: crate::error::RingFault::Persons,
        });
    }
    Ok(persons.iter().map(|name| (*name).to_owned()).collect())
}

#[cfg(test)]
mod tests;
