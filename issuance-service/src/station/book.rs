//! The book of an outbox: a line for everything that happened to a packet, each chained to the one before.
//!
//! `number time word fields link`: the link is the first half of SHA-256 over the link before and the text of the line, so that no line
//! can be changed, taken out or put in without the next one showing it. That lines were cut off at the end the service sees: every
//! packet carries the last link at its time.

mod line;

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use enrolment::packet::{Anchor, Digest};
use time::OffsetDateTime;
use uuid::Uuid;

pub(super) use line::{Event, Why};

use super::StationError;
use super::fault::BookFault;
use crate::{Error, Result, files};
use line::{FIRST_LINK, Link, MAX_LINE};

/// Longest book that is read: hundreds of thousands of packets.
const MAX_BOOK: u64 = 1 << 30;

/// How far a packet has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// On the disk.
    Sealed,
    /// Handed over at least once.
    Sent,
    /// The service has it.
    Received,
    /// Its erasure was begun.
    Erasing,
    /// It is gone.
    Erased,
}

/// What the book says of a packet.
#[derive(Debug, Clone)]
pub(super) struct Packet {
    pub(super) digest: Digest,
    pub(super) length: u64,
    pub(super) stage: Stage,
    /// When it came to this stage.
    pub(super) since: OffsetDateTime,
    /// The receipt that ended it.
    pub(super) receipt: Option<Vec<u8>>,
    /// The last refusal.
    pub(super) refusal: Option<Vec<u8>>,
    /// Why it was erased.
    pub(super) why: Option<Why>,
}

/// The book, read so far.
#[derive(Debug)]
pub(super) struct Book {
    path: PathBuf,
    file: File,
    end: u64,
    lines: u64,
    link: Link,
    latest: Option<OffsetDateTime>,
    packets: BTreeMap<Uuid, Packet>,
}

impl Book {
    /// Makes a book for a station.
    pub(super) fn create(path: &Path, station: &Digest, now: OffsetDateTime) -> Result<()> {
        let (first, _) = Event::Begin(*station).write(1, now, &FIRST_LINK);
        files::write_private(path, first.as_bytes())
    }

    /// Opens a book and reads it. Only with the lock of the outbox held: what follows the last whole line is what a crash has left of
    /// a line that nobody was told about, and goes.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let file = OpenOptions::new()
            .read(true)
            .append(true)
            .open(path)
            .map_err(|source| match source.kind() {
                ErrorKind::NotFound => broken(BookFault::Missing),
                _ => files::at(path, source),
            })?;
        let mut book = Self {
            path: path.to_owned(),
            file,
            end: 0,
            lines: 0,
            link: FIRST_LINK,
            latest: None,
            packets: BTreeMap::new(),
        };
        book.refresh()?;
        if book.lines == 0 {
            return Err(broken(BookFault::Line(1)));
        }
        Ok(book)
    }

    /// Reads what other programs have written since. Only with the lock held.
    pub(super) fn refresh(&mut self) -> Result<()> {
        let mut added = Vec::new();
        let io = |path: &Path, source| files::at(path, source);
        self.file
            .seek(SeekFrom::Start(self.end))
            .and_then(|_| {
                std::io::Read::by_ref(&mut self.file)
                    .take(MAX_BOOK)
                    .read_to_end(&mut added)
            })
            .map_err(|source| io(&self.path, source))?;
        let mut rest = added.as_slice();
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let (line, after) = rest.split_at(end);
            self.take(line)?;
            rest = after.get(1..).unwrap_or_default();
            self.end += u64::try_from(end).unwrap_or_default() + 1;
        }
        if !rest.is_empty() {
            self.cut()?;
        }
        Ok(())
    }

    /// Appends what happened, on the disk when this returns.
    pub(super) fn append(&mut self, now: OffsetDateTime, event: &Event) -> Result<()> {
        let (text, link) = event.write(self.lines + 1, now, &self.link);
        let written = self
            .file
            .write_all(text.as_bytes())
            .and_then(|()| self.file.sync_data());
        if let Err(source) = written {
            // A full disk takes half a line: that half must not stand before the next one.
            let _ = self.cut();
            return Err(files::at(&self.path, source));
        }
        self.end += u64::try_from(text.len()).unwrap_or_default();
        self.lines += 1;
        self.link = link;
        self.note(now, event);
        Ok(())
    }

    pub(super) const fn packets(&self) -> &BTreeMap<Uuid, Packet> {
        &self.packets
    }

    /// The latest time that was ever written down.
    pub(super) const fn latest(&self) -> Option<OffsetDateTime> {
        self.latest
    }

    /// The last line, for the next packet.
    pub(super) fn anchor(&self) -> Anchor {
        Anchor {
            line: self.lines,
            link: hex::encode(self.link),
        }
    }

    fn take(&mut self, line: &[u8]) -> Result<()> {
        let number = self.lines + 1;
        let fault = || broken(BookFault::Line(number));
        if line.len() > MAX_LINE {
            return Err(fault());
        }
        let (at, event, link) = Event::parse(line, number, &self.link).ok_or_else(fault)?;
        if matches!(event, Event::Begin(_)) != (number == 1) || !self.follows(&event) {
            return Err(fault());
        }
        self.lines = number;
        self.link = link;
        self.note(at, &event);
        Ok(())
    }

    /// Whether it can have happened: to a packet that is there, and to none twice.
    fn follows(&self, event: &Event) -> bool {
        let stage = |id: &Uuid| self.packets.get(id).map(|packet| packet.stage);
        match event {
            Event::Sealed { id, .. } => stage(id).is_none(),
            Event::Sent(id) | Event::Received(id, _) | Event::Refused(id, _) => {
                stage(id).is_some_and(|stage| stage < Stage::Erasing)
            }
            Event::Erase(id, _) => stage(id).is_some_and(|stage| stage < Stage::Erasing),
            Event::Erased(id) => stage(id) == Some(Stage::Erasing),
            Event::Begin(_) | Event::DraftErased(_) => true,
        }
    }

    fn note(&mut self, at: OffsetDateTime, event: &Event) {
        self.latest = self.latest.max(Some(at));
        if let Event::Sealed { id, digest, length } = event {
            let packet = Packet {
                digest: *digest,
                length: *length,
                stage: Stage::Sealed,
                since: at,
                receipt: None,
                refusal: None,
                why: None,
            };
            self.packets.insert(*id, packet);
            return;
        }
        let Some(packet) = event.packet().and_then(|id| self.packets.get_mut(id)) else {
            return;
        };
        let stage = match event {
            Event::Sent(_) => packet.stage.max(Stage::Sent),
            Event::Received(_, receipt) => {
                packet.receipt = Some(receipt.clone());
                Stage::Received
            }
            Event::Refused(_, receipt) => {
                packet.refusal = Some(receipt.clone());
                packet.stage
            }
            Event::Erase(_, why) => {
                packet.why = Some(*why);
                Stage::Erasing
            }
            Event::Erased(_) => Stage::Erased,
            Event::Begin(_) | Event::Sealed { .. } | Event::DraftErased(_) => packet.stage,
        };
        if stage != packet.stage {
            packet.stage = stage;
            packet.since = at;
        }
    }

    fn cut(&self) -> Result<()> {
        self.file
            .set_len(self.end)
            .and_then(|()| self.file.sync_data())
            .map_err(|source| files::at(&self.path, source))
    }
}

fn broken(fault: BookFault) -> Error {
    StationError::BookBroken(fault).into()
}

#[cfg(test)]
mod tests;
