//! The end of a document signer's key, in steps of which each can be the last before a crash:
//!
//! 1. the ledger says that the key retires: nothing is reserved any more;
//! 2. the key is found where it is kept, and the ledger says that its deletion begins;
//! 3. the key is destroyed and looked for;
//! 4. the record is written;
//! 5. the ledger is closed over the record.
//!
//! A key that is not found although its deletion was never begun lives somewhere else: nothing says that it is destroyed.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crypto::{PublicKey, SecretBytes};
use pki::{KeyStoreFault, Signer as _};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use unicode_normalization::UnicodeNormalization as _;

use super::Secrets;
use super::entry::{Entry, read};
use crate::ledger::{key_identifier, sha256};
use crate::pkcs11::TokenSigner;
use crate::{Error, KeyLocation, LedgerState, Result, RingFault, file, whole_file};

/// Two persons delete a key together (TR-03145-1 PRC.Req.14).
const PERSONS: usize = 2;

/// Who retires a key, and what they know of it.
#[derive(Debug, Clone, Copy)]
pub struct RetirementOrder<'a> {
    /// Those present. The same name in other letters or spaces is one person.
    pub persons: &'a [&'a str],
    /// Now.
    pub at: OffsetDateTime,
    /// Also while the key might still be used.
    pub early: bool,
    /// The key is known to be lost: where it is not found, the account is closed without it, and the record says so. A key
    /// that is found is destroyed all the same.
    pub lost: bool,
}

/// The account of a key that is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retirement {
    /// The text to be printed and signed.
    pub record: String,
    /// Its SHA-256, as the ledger has it.
    pub hash: [u8; 32],
    /// Its file.
    pub path: PathBuf,
}

/// What became of the key.
#[derive(Clone, Copy)]
enum Found {
    /// It was found and destroyed.
    Key,
    /// An earlier run had begun to destroy it then, and did not see the end.
    Begun(OffsetDateTime),
    /// It was not there, and nobody had begun to destroy it.
    Nothing,
}

pub(super) fn retire(
    entry: &Entry,
    order: &RetirementOrder<'_>,
    secrets: Secrets<'_>,
) -> Result<Retirement> {
    let fault = |why| Error::Ring {
        path: entry.record_path(),
        why,
    };
    let status = entry.status()?;
    if status.state == LedgerState::Closed {
        return recorded(entry);
    }
    let names = distinct(order.persons).ok_or_else(|| fault(RingFault::Persons))?;
    let spent = status.remaining() == Some(0) || order.at > entry.right().ends();
    if status.state == LedgerState::Open && !spent && !order.early {
        return Err(fault(RingFault::StillInUse));
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let secret = secrets(entry.location())?;
    entry.ledger().retire(&names, order.at)?;
    entry.forget_key();
    let found = end_key(entry, &names, order, status.deletion_begun, &secret)?;
    let path = entry.record_path();
    match whole_file::create(&path, record(entry, &names, order.at, found)?.as_bytes()) {
        // Written by the run that was interrupted, which knew more.
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(Error::file(&path, KeyStoreFault::FileUnwritable, &error)),
        Ok(()) => {}
    }
    let retirement = recorded(entry)?;
    entry.ledger().close(&names, order.at, retirement.hash)?;
    Ok(retirement)
}

/// Destroys the key, or finds out why there is none to destroy.
fn end_key(
    entry: &Entry,
    persons: &[&str],
    order: &RetirementOrder<'_>,
    begun: Option<OffsetDateTime>,
    secret: &SecretBytes,
) -> Result<Found> {
    let is_missing = |error: &Error| error.fault() == Some(KeyStoreFault::KeyNotFound);
    if let Some(begun) = begun {
        return match crate::destroy_further(entry.location(), secret) {
            Err(error) if is_missing(&error) => Ok(Found::Begun(begun)),
            ended => ended.map(|()| Found::Key),
        };
    }
    match look_for(entry, secret) {
        Err(error) if is_missing(&error) && order.lost => return Ok(Found::Nothing),
        looked => looked?,
    }
    entry.ledger().begin_deletion(persons, order.at)?;
    crate::destroy(entry.location(), secret)?;
    Ok(Found::Key)
}

/// The key is where it should be, and no other key is there. A file that the secret does not open is taken at its word: who
/// has forgotten its password can still destroy it.
fn look_for(entry: &Entry, secret: &SecretBytes) -> Result<()> {
    let public: PublicKey = match entry.location() {
        KeyLocation::File(path) => match file::load(path, secret) {
            Err(Error::Store(KeyStoreFault::PasswordIncorrect) | Error::Crypto(_)) => return Ok(()),
            loaded => loaded?.public(),
        },
        KeyLocation::Token(uri) => TokenSigner::of(uri, entry.profile(), secret)?
            .public_key()
            .clone(),
    };
    if key_identifier(&public)? != *entry.key() {
        return Err(KeyStoreFault::KeyOfAnotherKind.into());
    }
    Ok(())
}

/// The names as they are recorded, if they are those of enough persons: one person may be written in several ways.
fn distinct(persons: &[&str]) -> Option<Vec<String>> {
    let mut names = BTreeMap::new();
    for name in persons.iter().map(|name| name.trim()) {
        if name.chars().any(char::is_control) {
            return None;
        }
        let shown: String = name
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .nfc()
            .collect();
        let same: String = shown.to_lowercase().nfc().collect();
        if !same.is_empty() {
            names.entry(same).or_insert(shown);
        }
    }
    (names.len() >= PERSONS).then(|| names.into_values().collect())
}

fn recorded(entry: &Entry) -> Result<Retirement> {
    let path = entry.record_path();
    let content = read(&path)?;
    let hash = sha256(&content);
    let record =
        String::from_utf8(content).map_err(|_| Error::Store(KeyStoreFault::FileUnreadable))?;
    Ok(Retirement { record, hash, path })
}

fn record(entry: &Entry, persons: &[&str], now: OffsetDateTime, found: Found) -> Result<String> {
    let (status, ledger) = entry.ledger().snapshot()?;
    let limit = status
        .limit
        .map_or_else(|| "no limit".to_owned(), |limit| format!("of {limit}"));
    let written = |time: OffsetDateTime| time.format(&Rfc3339).unwrap_or_default();
    let outcome = match found {
        Found::Key => "destroyed; looked for afterwards and not found".to_owned(),
        Found::Begun(at) => format!(
            "not found any more where it was kept; its deletion had begun at {} and been interrupted",
            written(at)
        ),
        Found::Nothing => {
            "NOT FOUND where it was kept, and declared lost; not shown to be destroyed".to_owned()
        }
    };
    // A PIN source is nobody's business.
    let place = entry.location().to_string();
    let place = place.split("&pin-source=").next().unwrap_or_default();
    let title = match found {
        Found::Key | Found::Begun(_) => "RECORD OF THE DELETION OF A DOCUMENT SIGNER KEY",
        Found::Nothing => "RECORD OF THE LOSS OF A DOCUMENT SIGNER KEY",
    };
    let mut text = format!("{title}\n\n");
    for (what, value) in [
        ("document signer", entry.name()),
        (
            "certificate SHA-256",
            &hex::encode(sha256(entry.certificate().as_der())),
        ),
        ("public key SHA-256", &hex::encode(status.key)),
        ("kind of key", entry.profile().word),
        ("place of the key", place),
        ("documents signed", &format!("{} ({limit})", status.used)),
        ("ledger SHA-256", &hex::encode(ledger)),
        ("the key was", &outcome),
        ("time", &written(now)),
    ] {
        text += &format!("{what:20} {value}\n");
    }
    text += "\npresent\n";
    for person in persons {
        text += &format!("  {person:40} signature: ______________________\n");
    }
    Ok(text)
}
