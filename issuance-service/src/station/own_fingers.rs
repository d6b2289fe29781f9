//! The fingers of those who work at a station: no operator may lend theirs to a citizen.

use std::fs;
use std::path::Path;

use biometrics::finger::FingerPosition;
use enrolment::packet::Digest;
use fingerprints::matching::Prepared;
use serde::{Deserialize, Serialize};

use super::capture::{CheckedPrint, prepared};
use crate::{Error, Result, files};

/// The folder of the templates in that of a station.
const FOLDER: &str = "own-fingers";
/// Longest file that is read: ten templates.
const MAX_FILE: usize = 64 * 1024;

/// The fingers of one person, as records of ISO 19794-2:2005; no pictures.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnFingers {
    name: String,
    fingers: Vec<OwnFinger>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnFinger {
    position: u8,
    template: String,
}

/// Keeps the fingers of a person who works here, instead of those that were kept before.
///
/// # Errors
/// [`Error::File`].
pub fn keep(folder: &Path, name: &str, prints: &[CheckedPrint]) -> Result<()> {
    let finger = |print: &CheckedPrint| OwnFinger {
        position: print.position.0,
        template: hex::encode(&print.template),
    };
    let own = OwnFingers {
        name: name.to_owned(),
        fingers: prints.iter().map(finger).collect(),
    };
    let folder = folder.join(FOLDER);
    files::make_private_folder(&folder)?;
    // A name is any text; a hash of it is a file name.
    let path = folder.join(format!("{}.json", Digest::of(name.as_bytes())));
    let text = serde_json::to_vec(&own).map_err(|source| Error::Json {
        path: path.clone(),
        source,
    })?;
    files::write_private(&path, &text)
}

/// A finger of somebody who works here.
#[derive(Clone)]
pub struct StaffFinger {
    /// Whose.
    pub name: String,
    /// Which.
    pub position: FingerPosition,
    /// Its print.
    pub print: Prepared,
}

/// All of them.
///
/// # Errors
/// [`Error::File`], [`Error::Json`].
pub fn all(folder: &Path) -> Result<Vec<StaffFinger>> {
    let folder = folder.join(FOLDER);
    let listed = match fs::read_dir(&folder) {
        Ok(listed) => listed,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(files::at(&folder, source)),
    };
    let mut found = Vec::new();
    for entry in listed {
        let path = entry.map_err(|source| files::at(&folder, source))?.path();
        if path.extension() != Some("json".as_ref()) {
            continue;
        }
        let text = files::read(&path, MAX_FILE)?;
        let own: OwnFingers =
            serde_json::from_slice(&text).map_err(|source| Error::Json { path, source })?;
        for finger in own.fingers {
            let template = hex::decode(&finger.template).unwrap_or_default();
            found.extend(prepared(&template).map(|print| StaffFinger {
                name: own.name.clone(),
                position: FingerPosition(finger.position),
                print,
            }));
        }
    }
    Ok(found)
}
