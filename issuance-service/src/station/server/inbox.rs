//! The folder that a scanner's program writes to.
//!
//! The contract: the program writes a file under a name that begins with a dot or ends with `.part` or `.tmp`, and renames it when it
//! is whole. `right-index.png`, `right-index-2.wsq`, `left-four.png`, `thumbs.bmp`: a name that begins with the word of a finger or
//! slap says what it is. The station only reads; the program, or whoever cares for the folder, removes.

use std::collections::HashMap;
use std::fs;
use std::time::{Duration, SystemTime};

use axum::Json;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::problem::Answer;
use super::{Inner, Shared, aside, lock, views};
use crate::station::positions;
use crate::station::refusal::CaptureError;
use crate::{Result, files};

/// Most files that are listed, the newest.
const MOST: usize = 200;
/// The slaps by what a name begins with, and by the word of their address.
const SLAPS: [(&str, &str); 5] = [
    ("right-four", "right"),
    ("left-four", "left"),
    ("thumbs", "thumbs"),
    ("right-slap", "right"),
    ("left-slap", "left"),
];
/// The endings of pictures.
const ENDINGS: [&str; 7] = ["png", "wsq", "jp2", "j2k", "jpg", "jpeg", "bmp"];

/// By how much the time of a new file may be behind the clock.
const TICK: Duration = Duration::from_millis(20);

#[derive(Deserialize)]
pub struct Since {
    draft: Option<Uuid>,
}

/// Who has sat down here, and when: what the scanner wrote before is of somebody else.
#[derive(Default)]
pub struct Seats {
    last: Option<Uuid>,
    since: HashMap<Uuid, SystemTime>,
}

impl Seats {
    /// A person is begun or shown. Who was shown last still sits here.
    pub fn sits(&mut self, id: Uuid) {
        if self.last.replace(id) != Some(id) {
            // The time of a file is that of the last tick.
            let now = SystemTime::now();
            self.since.insert(id, now.checked_sub(TICK).unwrap_or(now));
        }
    }

    fn since(&mut self, id: Uuid) -> SystemTime {
        let now = SystemTime::now();
        *self.since.entry(id).or_insert(now)
    }
}

/// The files that came since the person sat down, or sat down again.
pub async fn list(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Query(since): Query<Since>,
) -> Answer<Json<Value>> {
    shared.operator(&headers)?;
    aside(&shared, move |inner| {
        let began = since.draft.map(|id| lock(&inner.seats).since(id));
        Ok(Json(Value::Array(listed(inner, began)?)))
    })
    .await
}

fn listed(inner: &Inner, began: Option<SystemTime>) -> Result<Vec<Value>> {
    let Some(folder) = &inner.config.inbox else {
        return Ok(Vec::new());
    };
    let fault = |source| files::at(folder, source);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(fault)? {
        let entry = entry.map_err(fault)?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        let Ok(known) = entry.path().symlink_metadata() else {
            continue;
        };
        let changed = known.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        if is_name(&name) && known.is_file() && began.is_none_or(|began| changed >= began) {
            found.push((changed, name, known.len()));
        }
    }
    found.sort();
    let newest = found.into_iter().rev().take(MOST);
    let row = |(changed, name, size): (SystemTime, String, u64)| {
        let (position, slap) = place(&name);
        let changed = views::instant(OffsetDateTime::from(changed));
        json!({ "name": name, "size": size, "changed": changed, "position": position, "slap": slap })
    };
    Ok(newest.map(row).collect())
}

/// A file of the folder by its name: never a path, a link or a device.
pub fn read(inner: &Inner, name: &str, limit: usize) -> Result<Vec<u8>> {
    let folder = inner
        .config
        .inbox
        .as_ref()
        .ok_or(CaptureError::NoInboxFile)?;
    let path = folder.join(name);
    let is_file = path.symlink_metadata().is_ok_and(|known| known.is_file());
    if !is_name(name) || !is_file {
        return Err(CaptureError::NoInboxFile.into());
    }
    files::read(&path, limit)
}

/// Whether a name is that of a finished picture in the folder itself.
fn is_name(name: &str) -> bool {
    let ending = name
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_ascii_lowercase());
    !name.starts_with('.')
        && !name.contains(['/', '\\', '\0'])
        && name.len() <= 200
        && !name.chars().any(char::is_control)
        && ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}

/// What a name says the picture is of.
fn place(name: &str) -> (Option<&'static str>, Option<&'static str>) {
    let name = name.to_ascii_lowercase().replace('_', "-");
    let is_of = |word: &str| {
        let rest = name.strip_prefix(word);
        rest.is_some_and(|rest| rest.starts_with(['.', '-']))
    };
    let finger = positions::TEN.iter().find(|finger| is_of(finger.word));
    let slap = SLAPS.iter().find(|(word, _)| is_of(word));
    (
        finger.map(|finger| finger.word),
        slap.map(|(_, word)| *word),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain_and_say_what_they_are() {
        for (name, fits) in [
            ("right-index.png", true),
            ("scan 1.WSQ", true),
            (".right-index.png", false),
            ("right-index.png.part", false),
            ("../right-index.png", false),
            ("a/b.png", false),
            ("b\\c.png", false),
            ("notes.txt", false),
            ("png", false),
            ("a\n.png", false),
        ] {
            assert_eq!(is_name(name), fits, "{name}");
        }
        assert_eq!(place("Right_Index-2.wsq"), (Some("right-index"), None));
        assert_eq!(place("left-four.png"), (None, Some("left")));
        assert_eq!(place("thumbs.png"), (None, Some("thumbs")));
        assert_eq!(place("right-indexes.png"), (None, None));
    }
}
