//! A packet in the folder: its name says what it is and how far it has come.

use std::fs;
use std::path::{Path, PathBuf};

use enrolment::packet::Digest;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{Result, files};

/// How far a packet has come; the ending of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// On the disk.
    Pending,
    /// Handed over at least once.
    Sent,
    /// The service has it.
    Acknowledged,
    /// Being overwritten.
    Erasing,
}

impl State {
    /// All of them, in order.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Sent, Self::Acknowledged, Self::Erasing];

    /// The ending.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sent => "sent",
            Self::Acknowledged => "acknowledged",
            Self::Erasing => "erasing",
        }
    }
}

/// A packet in the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The packet.
    pub id: Uuid,
    /// SHA-256 of its file when it was sealed.
    pub digest: Digest,
    /// How far it has come.
    pub state: State,
    /// Its length in bytes.
    pub length: u64,
    /// When it came to this state.
    pub since: Option<OffsetDateTime>,
    /// The receipt by which the service has refused it.
    pub refusal: Option<Vec<u8>>,
    /// Its file.
    pub(in crate::station) path: PathBuf,
}

impl Entry {
    /// A packet by the name of its file.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let mut parts = path.file_name()?.to_str()?.split('.');
        let (id, digest) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        let word = parts.next()?;
        let state = State::ALL.into_iter().find(|state| state.word() == word)?;
        parts.next().is_none().then(|| Self {
            id,
            digest,
            state,
            length: 0,
            since: None,
            refusal: None,
            path: path.to_owned(),
        })
    }
}

/// The packet files of a folder, as their names say.
pub(super) fn all(folder: &Path) -> Result<Vec<Entry>> {
    let fault = |source| files::at(folder, source);
    let mut found = Vec::new();
    for file in fs::read_dir(folder).map_err(fault)? {
        found.extend(Entry::of(&file.map_err(fault)?.path()));
    }
    Ok(found)
}

pub(super) fn name(id: Uuid, digest: &Digest, state: State) -> String {
    format!("{id}.{digest}.{}", state.word())
}
