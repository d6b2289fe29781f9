//! Carrying out what is written down, and writing down what is there.

use std::fs::File;
use std::io;
use std::path::Path;

use crypto::HashAlgorithm;
use enrolment::packet::Digest;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Held, SEALING, State};
use crate::station::book::{Event, Stage};
use crate::station::disk;
use crate::{Result, files};

impl Held<'_> {
    /// Brings to its end whatever was in the middle.
    pub(super) fn recover(&mut self, now: OffsetDateTime) -> Result<()> {
        disk::remove_orphans(&self.outbox.folder, SEALING)?;
        for entry in self.entries()? {
            let is_known = self.book.packets().contains_key(&entry.id);
            // It got its name whole and synced, and the program died before it could write it down.
            if !is_known && entry.state == State::Pending {
                let (digest, length) = hash(&entry.path)?;
                if digest == entry.digest {
                    let id = entry.id;
                    self.book
                        .append(now, &Event::Sealed { id, digest, length })?;
                }
            }
        }
        let unfinished: Vec<Uuid> = self.book.packets().keys().copied().collect();
        for id in unfinished {
            self.carry_out(id)?;
            self.finish_erasure(id, now)?;
        }
        Ok(())
    }

    /// Gives the file of a packet the state that the book says.
    pub(super) fn carry_out(&self, id: Uuid) -> Result<()> {
        let Some(packet) = self.book.packets().get(&id) else {
            return Ok(());
        };
        let state = match packet.stage {
            Stage::Sealed => State::Pending,
            Stage::Sent => State::Sent,
            Stage::Received => State::Acknowledged,
            Stage::Erasing => State::Erasing,
            Stage::Erased => return Ok(()),
        };
        let path = self.path(id, &packet.digest, state);
        let earlier = State::ALL.into_iter().filter(|earlier| *earlier < state);
        for earlier in earlier {
            let from = self.path(id, &packet.digest, earlier);
            if from.exists() {
                disk::rename(&from, &path)?;
            }
        }
        Ok(())
    }

    /// Overwrites and removes what is to be erased, and writes down that it is gone.
    pub(super) fn finish_erasure(&mut self, id: Uuid, now: OffsetDateTime) -> Result<()> {
        let packet = self.book.packets().get(&id);
        let Some(packet) = packet.filter(|packet| packet.stage == Stage::Erasing) else {
            return Ok(());
        };
        disk::erase(&self.path(id, &packet.digest, State::Erasing))?;
        self.book.append(now, &Event::Erased(id))
    }
}

/// SHA-256 and length of a file.
pub(in crate::station) fn hash(path: &Path) -> Result<(Digest, u64)> {
    let mut hasher = Hashing(HashAlgorithm::Sha256.hasher());
    let copied = File::open(path).and_then(|mut file| io::copy(&mut file, &mut hasher));
    let length = copied.map_err(|source| files::at(path, source))?;
    Ok((Digest::from_hash(&hasher.0.finalize()), length))
}

struct Hashing(crypto::Hasher);

impl io::Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
