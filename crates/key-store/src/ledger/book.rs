//! The file of a ledger and what stands in it, under the lock.

mod rules;

use std::collections::HashMap;
use std::fs::File;
#[cfg(test)]
use std::fs::OpenOptions;
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use crypto::HashAlgorithm;
use pki::KeyStoreFault;
use time::OffsetDateTime;

use super::file;
use super::line::{Entry, FIRST_LINK, Hash, Link, MAX_LINE};
use super::torn::{self, MAX_TAIL};

/// What somebody asks of the ledger.
#[derive(Debug, Clone)]
pub(super) enum Request {
    Reserve(Hash),
    Release(Hash),
    /// A line of an own kind: retire, delete, close.
    Write(Entry),
    /// Only what others have written.
    Read,
}

/// How far a key has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LedgerState {
    /// It may be used.
    Open,
    /// Nothing is signed with it any more: it is about to be destroyed.
    Retiring,
    /// It was found, and its destruction has begun.
    Deleting,
    /// The account is closed: it has been destroyed, or could not be found.
    Closed,
}

/// The file, and its content as far as it has been read.
pub(super) struct Book {
    file: File,
    /// Whether it can be appended to: where it cannot, its status is told and nothing is granted.
    writable: bool,
    path: PathBuf,
    key: Hash,
    limit: Option<u64>,
    state: LedgerState,
    deletion_begun: Option<OffsetDateTime>,
    /// How often each content was asked for; a content in here counts once.
    uses: HashMap<Hash, u32>,
    /// Lines and bytes that have been read, and the link of the last line.
    lines: u64,
    length: u64,
    link: Link,
    /// Lines were read whose writer may have died before they were on the disk.
    perhaps_unsynced: bool,
    /// A disk that takes no more.
    #[cfg(test)]
    append_to: Option<File>,
}

type Faulty<T> = Result<T, KeyStoreFault>;

impl Book {
    /// Opens the file and reads it.
    pub(super) fn open(path: &Path) -> Faulty<Self> {
        // Whole: the process may go to another folder.
        let path = std::path::absolute(path).map_err(|_| KeyStoreFault::LedgerUnreadable)?;
        let (file, writable) = file::open(&path).map_err(|_| KeyStoreFault::LedgerUnreadable)?;
        let mut book = Self {
            file,
            writable,
            path,
            key: Hash::default(),
            limit: None,
            state: LedgerState::Open,
            deletion_begun: None,
            uses: HashMap::new(),
            lines: 0,
            length: 0,
            link: FIRST_LINK,
            perhaps_unsynced: false,
            #[cfg(test)]
            append_to: None,
        };
        book.under_lock(Self::catch_up)?;
        if book.lines == 0 {
            return Err(KeyStoreFault::LedgerDamaged { line: 1 });
        }
        Ok(book)
    }

    pub(super) const fn key(&self) -> &Hash {
        &self.key
    }

    pub(super) const fn limit(&self) -> Option<u64> {
        self.limit
    }

    pub(super) const fn state(&self) -> LedgerState {
        self.state
    }

    pub(super) const fn deletion_begun(&self) -> Option<OffsetDateTime> {
        self.deletion_begun
    }

    pub(super) fn used(&self) -> u64 {
        self.uses.len() as u64
    }

    /// Does what is asked, all with one write and one wait for the disk. Nothing is answered before that.
    pub(super) fn commit(&mut self, requests: &[Request]) -> Faulty<Vec<pki::Result<()>>> {
        self.under_lock(|book| {
            book.catch_up()?;
            let mut text = String::new();
            let before = book.length;
            let mut answers = Vec::with_capacity(requests.len());
            for request in requests {
                answers.push(book.decide(request).map(|entry| {
                    if let Some(entry) = entry {
                        let (line, link) = entry.write(book.lines + 1, &book.link);
                        book.apply(&entry);
                        book.link = link;
                        book.lines += 1;
                        book.length += line.len() as u64;
                        text += &line;
                    }
                }));
            }
            let unsynced = book.writable && book.perhaps_unsynced;
            if (!text.is_empty() || unsynced) && book.append(&text).is_err() {
                // What we know is not what is on the disk, and what is there was promised to nobody.
                let _ = book.file.set_len(before);
                book.forget();
                return Err(KeyStoreFault::LedgerUnwritable);
            }
            book.perhaps_unsynced = false;
            // A copy that was made of it meanwhile may lack these lines: they count here, and are promised to nobody.
            book.still_there()?;
            Ok(answers)
        })
    }

    /// Brings the book up to date; SHA-256 of the file as far as it is known then. One moment for both.
    pub(super) fn snapshot(&mut self) -> Faulty<Hash> {
        self.under_lock(|book| {
            book.catch_up()?;
            let mut content = Vec::new();
            book.reader_at(0)
                .and_then(|reader| reader.take(book.length).read_to_end(&mut content))
                .map_err(|_| KeyStoreFault::LedgerUnreadable)?;
            let mut hash = Hash::default();
            for (to, from) in hash.iter_mut().zip(HashAlgorithm::Sha256.digest(&content)) {
                *to = from;
            }
            Ok(hash)
        })
    }

    /// Another file in its place would be counted in by those who open it now, and this one by us.
    fn still_there(&self) -> Faulty<()> {
        match file::is_at(&self.file, &self.path) {
            Ok(true) => Ok(()),
            _ => Err(KeyStoreFault::LedgerUnreadable),
        }
    }

    fn reader_at(&self, offset: u64) -> io::Result<BufReader<File>> {
        let mut reader = BufReader::new(self.file.try_clone()?);
        reader.seek(SeekFrom::Start(offset))?;
        Ok(reader)
    }

    /// The lock keeps other processes, and other openings of the same file in this one, out.
    fn under_lock<T>(&mut self, work: impl FnOnce(&mut Self) -> Faulty<T>) -> Faulty<T> {
        while let Err(error) = self.file.lock() {
            if !self.writable {
                // Not every such medium knows locks, and what is only read harms nobody.
                break;
            }
            if error.kind() != io::ErrorKind::Interrupted {
                return Err(KeyStoreFault::LedgerUnwritable);
            }
        }
        let done = work(self);
        // Without it the next one waits until this file is closed; that is all that can go wrong.
        let _ = self.file.unlock();
        done
    }

    fn append(&mut self, text: &str) -> io::Result<()> {
        #[cfg(test)]
        if let Some(other) = &mut self.append_to {
            other.write_all(text.as_bytes())?;
        }
        self.file.write_all(text.as_bytes())?;
        self.file.sync_data()
    }

    fn forget(&mut self) {
        self.uses.clear();
        self.state = LedgerState::Open;
        self.deletion_begun = None;
        (self.lines, self.length, self.link) = (0, 0, FIRST_LINK);
    }

    /// Reads what others have appended. What is torn at the end of the file (see [`torn`]) is taken away.
    fn catch_up(&mut self) -> Faulty<()> {
        let metadata = self
            .file
            .metadata()
            .map_err(|_| KeyStoreFault::LedgerUnreadable)?;
        self.still_there()?;
        if metadata.len() < self.length {
            return Err(KeyStoreFault::LedgerDamaged { line: self.lines });
        }
        if metadata.len() == self.length {
            return Ok(());
        }
        let mut reader = self
            .reader_at(self.length)
            .map_err(|_| KeyStoreFault::LedgerUnreadable)?;
        self.perhaps_unsynced = true;
        while self.read_line(&mut reader)? {}
        Ok(())
    }

    /// Whether there may be another line.
    fn read_line(&mut self, reader: &mut BufReader<File>) -> Faulty<bool> {
        let mut line = Vec::new();
        let read = reader
            .by_ref()
            .take(MAX_LINE as u64)
            .read_until(b'\n', &mut line)
            .map_err(|_| KeyStoreFault::LedgerUnreadable)?;
        if read == 0 {
            return Ok(false);
        }
        let next = line
            .strip_suffix(b"\n")
            .and_then(|text| Entry::parse(text, self.lines + 1, &self.link))
            .filter(|(entry, _)| self.may_follow(entry));
        let Some((entry, link)) = next else {
            return self.drop_torn().map(|()| false);
        };
        self.apply(&entry);
        self.link = link;
        self.lines += 1;
        self.length += read as u64;
        Ok(true)
    }

    /// Takes away what a power cut or a killed process has left behind the last whole line, if it is that. Where nothing can
    /// be written it stays, and counts for nothing.
    fn drop_torn(&self) -> Faulty<()> {
        let mut tail = Vec::new();
        self.reader_at(self.length)
            .and_then(|reader| reader.take(MAX_TAIL + 1).read_to_end(&mut tail))
            .map_err(|_| KeyStoreFault::LedgerUnreadable)?;
        if self.lines == 0 || !torn::is_torn(&tail, self.length) {
            return Err(KeyStoreFault::LedgerDamaged {
                line: self.lines + 1,
            });
        }
        if !self.writable {
            return Ok(());
        }
        self.file
            .set_len(self.length)
            .and_then(|()| self.file.sync_data())
            .map_err(|_| KeyStoreFault::LedgerUnwritable)
    }
}

#[cfg(test)]
impl Book {
    /// As if the disk behind the file were another one from now on.
    pub(super) fn write_to(&mut self, path: &Path) {
        self.append_to = Some(OpenOptions::new().append(true).open(path).unwrap());
    }

    pub(super) const fn is_perhaps_unsynced(&self) -> bool {
        self.perhaps_unsynced
    }
}
