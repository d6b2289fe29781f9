//! The file of a ledger and what stands in it, under the lock.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use pki::{KeyStoreFault, NotPermitted};

use super::line::{Entry, FIRST_LINK, Hash, Link, MAX_LINE};

/// What somebody asks of the ledger.
#[derive(Debug, Clone)]
pub(super) enum Request {
    Reserve(Hash),
    Release(Hash),
    /// A line of an own kind: retire, close.
    Write(Entry),
    /// Only what others have written.
    Read,
}

/// How far a key has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LedgerState {
    /// It may be used.
    Open,
    /// It is about to be destroyed.
    Retiring,
    /// It has been destroyed.
    Closed,
}

/// The file, and its content as far as it has been read.
pub(super) struct Book {
    file: File,
    key: Hash,
    limit: Option<u64>,
    state: LedgerState,
    /// How often each content was asked for; a content in here counts once.
    uses: HashMap<Hash, u32>,
    /// Lines and bytes that have been read, and the link of the last line.
    lines: u64,
    length: u64,
    link: Link,
    /// A disk that takes no more.
    #[cfg(test)]
    append_to: Option<File>,
}

type Faulty<T> = Result<T, KeyStoreFault>;

impl Book {
    /// Opens the file and reads it.
    pub(super) fn open(path: &Path) -> Faulty<Self> {
        let file = OpenOptions::new()
            .read(true)
            .append(true)
            .open(path)
            .map_err(|_| KeyStoreFault::LedgerUnreadable)?;
        let mut book = Self {
            file,
            key: Hash::default(),
            limit: None,
            state: LedgerState::Open,
            uses: HashMap::new(),
            lines: 0,
            length: 0,
            link: FIRST_LINK,
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
            if !text.is_empty() && book.append(&text).is_err() {
                // What we know is not what is on the disk, and what is there was promised to nobody.
                let _ = book.file.set_len(before);
                book.forget();
                return Err(KeyStoreFault::LedgerUnwritable);
            }
            Ok(answers)
        })
    }

    /// The lock keeps other processes, and other openings of the same file in this one, out.
    fn under_lock<T>(&mut self, work: impl FnOnce(&mut Self) -> Faulty<T>) -> Faulty<T> {
        while let Err(error) = self.file.lock() {
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
        (self.lines, self.length, self.link) = (0, 0, FIRST_LINK);
    }

    /// Reads what others have appended. A line without its end at the end of the file was being written when its process
    /// died: nobody was told of it, and it is taken away.
    fn catch_up(&mut self) -> Faulty<()> {
        let metadata = self
            .file
            .metadata()
            .map_err(|_| KeyStoreFault::LedgerUnreadable)?;
        #[cfg(unix)]
        if std::os::unix::fs::MetadataExt::nlink(&metadata) == 0 {
            // Somebody put another file in its place: what is counted here would count for nobody.
            return Err(KeyStoreFault::LedgerUnreadable);
        }
        if metadata.len() < self.length {
            return Err(KeyStoreFault::LedgerDamaged { line: self.lines });
        }
        if metadata.len() == self.length {
            return Ok(());
        }
        let file = self
            .file
            .try_clone()
            .map_err(|_| KeyStoreFault::LedgerUnreadable)?;
        let mut reader = BufReader::new(file);
        reader
            .seek(SeekFrom::Start(self.length))
            .map_err(|_| KeyStoreFault::LedgerUnreadable)?;
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
        let damaged = KeyStoreFault::LedgerDamaged {
            line: self.lines + 1,
        };
        let Some(text) = line.strip_suffix(b"\n") else {
            // After a power cut there may be zeros where the rest of a line should be.
            if self.lines == 0
                || !only_zeros(reader).map_err(|_| KeyStoreFault::LedgerUnreadable)?
            {
                return Err(damaged);
            }
            return self
                .file
                .set_len(self.length)
                .and_then(|()| self.file.sync_data())
                .map(|()| false)
                .map_err(|_| KeyStoreFault::LedgerUnwritable);
        };
        let (entry, link) = Entry::parse(text, self.lines + 1, &self.link).ok_or(damaged)?;
        if !self.may_follow(&entry) {
            return Err(damaged);
        }
        self.apply(&entry);
        self.link = link;
        self.lines += 1;
        self.length += read as u64;
        Ok(true)
    }

    /// Whether we would have written this line here.
    fn may_follow(&self, entry: &Entry) -> bool {
        match entry {
            Entry::Begin { .. } => self.lines == 0,
            _ if self.lines == 0 => false,
            Entry::Reserve(content) => {
                self.state == LedgerState::Open
                    && !self.uses.contains_key(content)
                    && self.has_room()
            }
            Entry::Again(content) | Entry::Release(content) => self.uses.get(content) == Some(&1),
            Entry::Retire { .. } => self.state == LedgerState::Open,
            Entry::Close { .. } => self.state == LedgerState::Retiring,
        }
    }

    fn has_room(&self) -> bool {
        self.limit.is_none_or(|limit| self.used() < limit)
    }

    fn apply(&mut self, entry: &Entry) {
        match entry {
            Entry::Begin { key, limit } => (self.key, self.limit) = (*key, *limit),
            Entry::Reserve(content) => {
                self.uses.insert(*content, 1);
            }
            Entry::Again(content) => {
                self.uses.insert(*content, 2);
            }
            Entry::Release(content) => {
                self.uses.remove(content);
            }
            Entry::Retire { .. } => self.state = LedgerState::Retiring,
            Entry::Close { .. } => self.state = LedgerState::Closed,
        }
    }

    /// The line that a request needs, if it is granted and needs one.
    fn decide(&self, request: &Request) -> pki::Result<Option<Entry>> {
        let entry = match request {
            Request::Reserve(_) if self.state != LedgerState::Open => {
                return Err(pki::Error::NotPermitted(NotPermitted::KeyRetired));
            }
            Request::Reserve(content) => match self.uses.get(content) {
                None if !self.has_room() => {
                    return Err(pki::Error::NotPermitted(NotPermitted::UsageLimit));
                }
                None => Some(Entry::Reserve(*content)),
                Some(1) => Some(Entry::Again(*content)),
                Some(_) => None,
            },
            Request::Release(content) => {
                (self.uses.get(content) == Some(&1)).then_some(Entry::Release(*content))
            }
            // Who resumes after a crash finds the line there already.
            Request::Write(entry) => self.may_follow(entry).then(|| entry.clone()),
            Request::Read => None,
        };
        Ok(entry)
    }
}

/// Whether there is nothing more to come but zeros.
fn only_zeros(reader: &mut BufReader<File>) -> io::Result<bool> {
    loop {
        let part = reader.fill_buf()?;
        if part.is_empty() {
            return Ok(true);
        }
        if part.iter().any(|byte| *byte != 0) {
            return Ok(false);
        }
        let read = part.len();
        reader.consume(read);
    }
}

#[cfg(test)]
impl Book {
    /// As if the disk behind the file were another one from now on.
    pub(super) fn write_to(&mut self, path: &Path) {
        self.append_to = Some(OpenOptions::new().append(true).open(path).unwrap());
    }
}
