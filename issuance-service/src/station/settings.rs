//! `station.toml`: what was set for a station.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::{Error, Result, files};

/// The name of the file.
const FILE: &str = "station.toml";
/// Longest file that is read.
const MAX_FILE: usize = 64 * 1024;
/// Packets without a receipt above which nobody is enrolled any more.
const MAX_WAITING: u64 = 2000;
/// Room that must be there before a person sits down: draft and packet of one person fit several times.
const ROOM_BYTES: u64 = 16 << 20;

/// What was set for a station.
///
/// ```toml
/// name = "Tram so 1"
/// max-waiting = 2000
/// room-bytes = 16777216
/// keep-acknowledged-days = 0
/// seal-unmeasured = false
/// erase-sent-after-days = 90   # without this line a packet without a receipt is never erased
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// The name under which the service knows the station.
    pub name: String,
    /// Packets without a receipt above which nobody is enrolled any more.
    #[serde(default = "max_waiting")]
    pub max_waiting: u64,
    /// Room that must be on the disk before a person sits down, in bytes.
    #[serde(default = "room_bytes")]
    pub room_bytes: u64,
    /// For how many days a packet is kept after its receipt came.
    #[serde(default)]
    pub keep_acknowledged_days: u16,
    /// Whether people may be sealed whose pictures no check of this station has seen: taken over from another station, or tests.
    #[serde(default)]
    pub seal_unmeasured: bool,
    /// After how many days a packet that was sent is erased without a receipt: where the law limits how long a station may hold a
    /// person's data. A packet that was never sent is never erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erase_sent_after_days: Option<u16>,
}

const fn max_waiting() -> u64 {
    MAX_WAITING
}

const fn room_bytes() -> u64 {
    ROOM_BYTES
}

/// The file in the folder of a station.
pub(super) fn path(folder: &Path) -> PathBuf {
    folder.join(FILE)
}

impl Settings {
    /// What a new station has.
    #[must_use]
    pub fn of(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            max_waiting: MAX_WAITING,
            room_bytes: ROOM_BYTES,
            keep_acknowledged_days: 0,
            seal_unmeasured: false,
            erase_sent_after_days: None,
        }
    }

    /// Reads the file.
    ///
    /// # Errors
    /// [`Error::File`], [`Error::Toml`].
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let path = path(folder);
        let text = files::read_text(&path, MAX_FILE)?;
        toml::from_str(&text).map_err(|source| Error::Toml {
            path,
            source: Box::new(source),
        })
    }

    /// Writes the file.
    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let path = path(folder);
        let text = toml::to_string(self).map_err(|_| Error::NotText(path.clone()))?;
        files::write_private(&path, text.as_bytes())
    }
}
