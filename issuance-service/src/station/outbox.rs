//! The outbox: sealed packets as files, from the moment they are on the disk until they are provably gone.
//!
//! One folder. `<id>.<SHA-256>.<state>` is a packet, `book` what happened, `lock` keeps two programs apart. Every change has one
//! order that a crash cannot break: a packet is whole on the disk before it has its name, then it is written down; every later change
//! is written down first, and whoever opens the outbox next carries it out.

mod account;
mod entry;
mod erase;
mod recover;
mod send;

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use enrolment::packet::{Anchor, Digest, PacketError, SealedPacket, SignedReceipt, Status};
use time::OffsetDateTime;
use uuid::Uuid;

use super::book::{Book, Event, Stage};
use super::fault::BookFault;
use super::{StationError, disk};
use crate::{Error, Result, files};

pub use account::Account;
pub use entry::{Entry, State};
pub use erase::Erasure;
pub(super) use recover::hash;
pub use send::Sent;

/// The book.
const BOOK: &str = "book";
/// The lock.
const LOCK: &str = "lock";
/// The ending of a packet that is being written.
const SEALING: &str = "sealing";

/// The outbox of a station. Threads and programs may share it.
#[derive(Debug)]
pub struct Outbox {
    folder: PathBuf,
    lock: File,
    book: core::result::Result<Mutex<Book>, BookFault>,
}

/// What a receipt has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acknowledged {
    /// The packet may be erased now.
    Now(Uuid),
    /// It was acknowledged before.
    Before(Uuid),
}

/// What [`Outbox::put`] has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Put {
    /// The packet is on the disk now.
    Now(SealedPacket),
    /// One of this id was before: this SHA-256.
    Before(Digest),
}

/// The book, up to date, and no other program in the folder.
struct Held<'o> {
    outbox: &'o Outbox,
    book: MutexGuard<'o, Book>,
}

impl Outbox {
    /// Makes an outbox for the key of a station. One that is there stays as it is.
    pub(super) fn create(folder: &Path, station: &Digest, now: OffsetDateTime) -> Result<()> {
        files::make_private_folder(folder)?;
        let book = folder.join(BOOK);
        if !book.exists() {
            Book::create(&book, station, now)?;
        }
        open_lock(folder).map(|_| ())
    }

    /// Opens an outbox and brings to its end what a crash has left in the middle. With a book that is broken, or gone, everything but
    /// [`Self::send`] says so and changes nothing.
    pub(super) fn open(folder: &Path, now: OffsetDateTime) -> Result<Self> {
        let lock = open_lock(folder)?;
        lock.lock().map_err(|source| files::at(folder, source))?;
        let book = Book::open(&folder.join(BOOK));
        let _ = lock.unlock();
        let book = match book {
            Ok(book) => Ok(Mutex::new(book)),
            Err(Error::Station(StationError::BookBroken(fault))) => Err(fault),
            Err(other) => return Err(other),
        };
        let outbox = Self {
            folder: folder.to_owned(),
            lock,
            book,
        };
        if outbox.book.is_ok() {
            outbox.hold()?.recover(now)?;
        }
        Ok(outbox)
    }

    /// The packets that are there, oldest first.
    ///
    /// # Errors
    /// [`Error::File`]; [`StationError::BookBroken`].
    pub fn list(&self) -> Result<Vec<Entry>> {
        let held = self.hold()?;
        held.entries()
    }

    /// How many packets wait for a receipt.
    ///
    /// # Errors
    /// As [`Self::list`].
    pub fn waiting(&self) -> Result<u64> {
        let held = self.hold()?;
        let packets = held.book.packets().values();
        let waiting = packets.filter(|packet| packet.stage < Stage::Received);
        Ok(u64::try_from(waiting.count()).unwrap_or(u64::MAX))
    }

    /// Whether the book says that a packet of this id was sealed here. A book that was broken when the outbox was opened says nothing.
    ///
    /// # Errors
    /// As [`Self::list`].
    pub fn knows(&self, id: Uuid) -> Result<bool> {
        Ok(self.book.is_ok() && self.hold()?.book.packets().contains_key(&id))
    }

    /// The last line of the book and the latest time in it, for the next packet.
    pub(super) fn anchor(&self) -> Result<(Anchor, Option<OffsetDateTime>)> {
        let held = self.hold()?;
        Ok((held.book.anchor(), held.book.latest()))
    }

    pub(super) fn note_draft_erased(&self, draft: Uuid, now: OffsetDateTime) -> Result<()> {
        self.hold()?.book.append(now, &Event::DraftErased(draft))
    }

    /// Puts a packet on the disk, once for each id: `write` fills a file that nobody sees yet. When this returns the packet is whole,
    /// synced, named and written down.
    pub(super) fn put(
        &self,
        id: Uuid,
        now: OffsetDateTime,
        write: impl FnOnce(&mut File) -> core::result::Result<SealedPacket, PacketError>,
    ) -> Result<Put> {
        if let Some(packet) = self.hold()?.book.packets().get(&id) {
            return Ok(Put::Before(packet.digest));
        }
        let unique = format!("{id}.{}.{}", Uuid::now_v7(), SEALING);
        let temporary = self.folder.join(unique);
        let written = disk::new_locked(&temporary).and_then(|mut file| {
            let sealed = write(&mut file).map_err(|error| explain(&temporary, error))?;
            file.sync_all()
                .map_err(|source| files::at(&temporary, source))?;
            Ok((sealed, file))
        });
        let named = written.and_then(|(sealed, _file)| {
            let mut held = self.hold()?;
            if let Some(packet) = held.book.packets().get(&id) {
                return Ok(Put::Before(packet.digest));
            }
            held.name(&temporary, &sealed, now)?;
            Ok(Put::Now(sealed))
        });
        if !matches!(named, Ok(Put::Now(_))) {
            // What has no name is of no use to anybody.
            let _ = fs::remove_file(&temporary);
        }
        named
    }

    /// Takes a receipt in: whatever says that it is one of this service is checked here.
    ///
    /// # Errors
    /// [`PacketError::ReceiptInvalid`]; [`StationError::UnknownPacket`], [`StationError::OtherPacket`]; [`StationError::Refused`] when the
    /// service has not taken the packet, which is written down.
    pub fn acknowledge(
        &self,
        receipt: &SignedReceipt,
        service: &crypto::PublicKey,
        now: OffsetDateTime,
    ) -> Result<Acknowledged> {
        let said = receipt.verify(service).map_err(StationError::from)?;
        let bytes = receipt.to_bytes().map_err(StationError::from)?;
        let id = said.packet;
        let mut held = self.hold()?;
        let packet = held.book.packets().get(&id);
        let packet = packet.ok_or(StationError::UnknownPacket { packet: id })?;
        if packet.digest != said.digest {
            return Err(StationError::OtherPacket { packet: id }.into());
        }
        if packet.stage >= Stage::Received {
            return Ok(Acknowledged::Before(id));
        }
        if let Status::Refused(reason) = said.status {
            if packet.refusal.as_deref() != Some(&bytes[..]) {
                held.book.append(now, &Event::Refused(id, bytes))?;
            }
            return Err(StationError::Refused { packet: id, reason }.into());
        }
        held.book.append(now, &Event::Received(id, bytes))?;
        held.carry_out(id)?;
        Ok(Acknowledged::Now(id))
    }

    /// Keeps other programs and threads out, and reads what they have written.
    fn hold(&self) -> Result<Held<'_>> {
        let book = self.book.as_ref();
        let book = book.map_err(|fault| StationError::BookBroken(*fault))?;
        let book = book.lock().unwrap_or_else(PoisonError::into_inner);
        self.lock
            .lock()
            .map_err(|source| files::at(&self.folder, source))?;
        let mut held = Held { outbox: self, book };
        held.book.refresh()?;
        Ok(held)
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        // A lock that cannot be given back goes with the program.
        let _ = self.outbox.lock.unlock();
    }
}

impl Held<'_> {
    /// Gives a packet its name, and writes it down.
    fn name(&mut self, temporary: &Path, sealed: &SealedPacket, now: OffsetDateTime) -> Result<()> {
        let path = self.path(sealed.id, &sealed.digest, State::Pending);
        disk::rename(temporary, &path)?;
        let event = Event::Sealed {
            id: sealed.id,
            digest: sealed.digest,
            length: sealed.length,
        };
        let noted = self.book.append(now, &event);
        if noted.is_err() {
            // Nobody was told that it is there, and the next try would find it: it must not be there.
            let _ = fs::remove_file(&path);
        }
        noted
    }

    fn path(&self, id: Uuid, digest: &Digest, state: State) -> PathBuf {
        self.outbox.folder.join(entry::name(id, digest, state))
    }

    /// Every packet file of the folder.
    fn entries(&self) -> Result<Vec<Entry>> {
        let mut found = entry::all(&self.outbox.folder)?;
        for entry in &mut found {
            let packet = self.book.packets().get(&entry.id);
            if let Some(packet) = packet.filter(|packet| packet.digest == entry.digest) {
                entry.length = packet.length;
                entry.since = Some(packet.since);
                entry.refusal = packet.refusal.clone();
            }
        }
        found.sort_by_key(|entry| (entry.since, entry.id));
        Ok(found)
    }
}

fn open_lock(folder: &Path) -> Result<File> {
    let path = folder.join(LOCK);
    OpenOptions::new()
        .append(true)
        .create(true)
        .open(&path)
        .map_err(|source| files::at(&path, source))
}

/// A disk that fails while a packet is written is a fault of the file, not of the packet.
fn explain(path: &Path, error: PacketError) -> Error {
    match error {
        PacketError::Io(source) => files::at(path, source),
        other => StationError::from(other).into(),
    }
}
