//! Places of keys in the folders of issuers and roots: what was asked for, and what is meant by it.

use std::path::{Component, Path, PathBuf};

use anyhow::Result;
use crypto::{CryptoRng, SecretBytes};
use key_store::{KeyLocation, KeyProfile, TokenUri};
use pki::KeyStoreFault;

use super::IN_FOLDER;
use crate::exit::{Exit, Problem};

/// Octets of the identifier of a new key in a token.
const ID_LEN: usize = 16;

/// Where a new key goes: a place that was named, or a file.
pub fn place(wanted: &str, file: &str, rng: &mut dyn CryptoRng) -> Result<String> {
    if wanted == IN_FOLDER {
        return Ok(format!("file:{file}"));
    }
    in_token(wanted, rng)
}

/// The place of a new key in a token, with the identifier (CKA_ID) that it will be made with. By this identifier, which
/// nobody else has, it is noted before it is made, and destroyed if that breaks off: others may use the same label.
pub fn in_token(wanted: &str, rng: &mut dyn CryptoRng) -> Result<String> {
    match wanted.parse()? {
        KeyLocation::Token(uri) if uri.id.is_none() => {
            let mut id = vec![0; ID_LEN];
            rng.fill_bytes(&mut id);
            let named = TokenUri {
                id: Some(id),
                ..uri
            };
            Ok(KeyLocation::Token(named).to_string())
        }
        KeyLocation::Token(_) => Err(Problem::usage(
            "the identifier of a new key is chosen when it is made",
            "name it by object=…, without id=…",
        )),
        KeyLocation::File(_) => Err(Problem::usage(
            "a key file lies in the folder",
            "say --key-store file, or pkcs11:…",
        )),
    }
}

/// Whether a place names one key and never another one: versions of before noted keys in tokens by their label, which
/// somebody else may have used since.
pub const fn is_distinct(location: &KeyLocation) -> bool {
    match location {
        KeyLocation::File(_) => true,
        KeyLocation::Token(uri) => uri.id.is_some(),
    }
}

/// Whether there is a key at a place in a token, of whatever kind.
pub fn is_there(
    location: &KeyLocation,
    secret: &SecretBytes,
    rng: &mut dyn CryptoRng,
) -> Result<bool> {
    let any = KeyProfile::by_word(ANY)?;
    match key_store::open(location, &any, secret, rng) {
        Ok(_) => Ok(true),
        Err(error) => match error.fault() {
            Some(KeyStoreFault::KeyNotFound) => Ok(false),
            Some(KeyStoreFault::KeyOfAnotherKind | KeyStoreFault::KeyAmbiguous) => Ok(true),
            _ => Err(error.into()),
        },
    }
}

/// Any kind: a key of another one is found, too.
const ANY: &str = "ecdsa-p256";

/// What is said of a key that a note of before names by its label only.
pub fn perhaps_of_another(location: &KeyLocation) -> anyhow::Error {
    Problem::of(
        Exit::Policy,
        format!(
            "{location} is noted by its label only, and the key that has it may be somebody else's"
        ),
        "nothing was destroyed; find out whose it is: --lost gives the note up without it, a new root begins in another folder",
    )
}

/// Refuses the place of a key that is there already. What is noted as being made is destroyed when that breaks off: it must
/// not be the key of somebody else. Of files the making itself sees it.
pub fn refuse_taken(
    location: &KeyLocation,
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
    let by_label = match location {
        KeyLocation::Token(uri) if uri.object.is_some() => KeyLocation::Token(TokenUri {
            id: None,
            ..uri.clone()
        }),
        other => other.clone(),
    };
    if is_there(&by_label, secret, rng)? {
        return taken();
    }
    Ok(())
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
