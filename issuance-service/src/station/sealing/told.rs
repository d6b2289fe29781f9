//! What the receipt of a person says, kept from the seal on: it must say the same when the packet is sent, and when it is gone.
//!
//! Nothing of the person stands in it.

use std::path::{Path, PathBuf};

use enrolment::packet::Digest;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{Result, files};

/// The folder in that of the station.
const FOLDER: &str = "receipts";
/// Longest file that is read.
const MAX_FILE: usize = 4096;

/// What a receipt says of a packet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::station) struct Told {
    /// The document.
    pub(in crate::station) profile: String,
    /// When it was sealed.
    #[serde(with = "time::serde::rfc3339")]
    pub(in crate::station) sealed_at: OffsetDateTime,
    /// SHA-256 of its file, as soon as there is one.
    pub(in crate::station) digest: Option<String>,
}

impl Told {
    /// Of a packet that is going to be sealed.
    pub(super) fn of(profile: &str, now: OffsetDateTime) -> Self {
        Self {
            profile: profile.to_owned(),
            sealed_at: now.replace_nanosecond(0).unwrap_or(now),
            digest: None,
        }
    }

    pub(super) fn with(self, digest: &Digest) -> Self {
        Self {
            digest: Some(digest.to_string()),
            ..self
        }
    }

    pub(super) fn write(&self, station: &Path, packet: Uuid) -> Result<()> {
        let path = path(station, packet);
        files::make_private_folder(&station.join(FOLDER))?;
        let text = serde_json::to_vec(self).map_err(|source| crate::Error::Json {
            path: path.clone(),
            source,
        })?;
        files::write_private(&path, &text)
    }

    /// Takes it back: there is no such packet.
    pub(super) fn forget(station: &Path, packet: Uuid) {
        // A receipt is shown of packets only that the book knows.
        let _ = std::fs::remove_file(path(station, packet));
    }

    /// What was kept of a packet; nothing of one that was sealed before this was kept.
    pub(in crate::station) fn read(station: &Path, packet: Uuid) -> Option<Self> {
        let text = files::read(&path(station, packet), MAX_FILE).ok()?;
        serde_json::from_slice(&text).ok()
    }
}

fn path(station: &Path, packet: Uuid) -> PathBuf {
    station.join(FOLDER).join(format!("{packet}.json"))
}
