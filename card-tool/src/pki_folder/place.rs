//! Places of keys in the folders of issuers and roots: what was asked for, and what is meant by it.

use std::path::{Component, Path, PathBuf};

use anyhow::Result;
use crypto::{CryptoRng, SecretBytes};
use key_store::{KeyLocation, KeyProfile};
use pki::KeyStoreFault;

use super::IN_FOLDER;
use crate::exit::Problem;

/// Where a new key goes: a place that was named, or a file.
pub fn place(wanted: &str, file: &str) -> Result<String> {
    if wanted == IN_FOLDER {
        return Ok(format!("file:{file}"));
    }
    match wanted.parse()? {
        KeyLocation::Token(_) => Ok(wanted.to_owned()),
        KeyLocation::File(_) => Err(Problem::usage(
            "a key file lies in the folder",
            "say --key-store file, or pkcs11:…",
        )),
    }
}

/// Refuses the place of a key that is there already. What is noted as being made is destroyed when that breaks off: it must
/// not be the key of somebody else. Of files the making itself sees it.
pub fn refuse_taken(
    location: &KeyLocation,
    profile: &KeyProfile,
    secret: &SecretBytes,
    rng: &mut dyn CryptoRng,
) -> Result<()> {
    let taken = || Err(key_store::Error::from(KeyStoreFault::KeyExists).into());
    if let KeyLocation::File(path) = location {
        return if path.symlink_metadata().is_ok() {
            taken()
        } else {
            Ok(())
        };
    }
    match key_store::open(location, profile, secret, rng) {
        Ok(_) => taken(),
        Err(error) => match error.fault() {
            Some(KeyStoreFault::KeyNotFound) => Ok(()),
            Some(KeyStoreFault::KeyOfAnotherKind | KeyStoreFault::KeyAmbiguous) => taken(),
            _ => Err(error.into()),
        },
    }
}

/// The place of a key: files are named from a folder.
pub fn location(folder: &Path, place: &str) -> Result<KeyLocation> {
    Ok(match place.parse()? {
        KeyLocation::File(name) => KeyLocation::File(folder.join(name)),
        token @ KeyLocation::Token(_) => token,
    })
}

/// A place as people read it: without the way from the ring's folder back to that of the keys.
pub fn shown(location: &KeyLocation) -> String {
    let KeyLocation::File(path) = location else {
        return location.to_string();
    };
    let mut short = PathBuf::new();
    for part in path.components() {
        let back = part == Component::ParentDir;
        if !(back && matches!(short.components().next_back(), Some(Component::Normal(_)))) {
            short.push(part);
        } else {
            short.pop();
        }
    }
    KeyLocation::File(short).to_string()
}
