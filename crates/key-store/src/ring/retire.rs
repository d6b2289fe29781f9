//! The end of a document signer's key, in steps of which each can be the last before a crash:
//!
//! 1. the ledger says that the key retires: nothing is reserved any more;
//! 2. the key is destroyed and looked for;
//! 3. the record is written;
//! 4. the ledger is closed over the record.

use std::collections::BTreeSet;
use std::path::PathBuf;

use pki::KeyStoreFault;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::Secrets;
use super::entry::{Entry, read};
use crate::ledger::sha256;
use crate::{Error, LedgerState, Result, RingFault, new_file};

/// Two persons delete a key together (TR-03145-1 PRC.Req.14).
const PERSONS: usize = 2;

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

/// Whether there was still a key to destroy.
#[derive(Clone, Copy)]
enum Found {
    Key,
    /// An earlier run had destroyed it and was interrupted.
    Nothing,
}

pub(super) fn retire(
    entry: &Entry,
    persons: &[&str],
    now: OffsetDateTime,
    early: bool,
    secrets: Secrets<'_>,
) -> Result<Retirement> {
    let fault = |why| Error::Ring {
        path: entry.record_path(),
        why,
    };
    let state = entry.status()?.state;
    if state == LedgerState::Closed {
        return recorded(entry);
    }
    let names: BTreeSet<&str> = persons
        .iter()
        .map(|name| name.trim())
        .filter(|name| !name.is_empty())
        .collect();
    if names.len() < PERSONS || names.iter().any(|name| name.chars().any(char::is_control)) {
        return Err(fault(RingFault::Persons));
    }
    let status = entry.status()?;
    let spent = status.remaining() == Some(0) || now > entry.right().ends();
    if state == LedgerState::Open && !spent && !early {
        return Err(fault(RingFault::StillInUse));
    }
    let names: Vec<&str> = names.into_iter().collect();
    let secret = secrets(entry.location())?;
    entry.ledger().retire(&names, now)?;
    entry.forget_key();
    let found = match crate::destroy(entry.location(), &secret) {
        Ok(()) => Found::Key,
        Err(error)
            if error.fault() == Some(KeyStoreFault::KeyNotFound)
                && state == LedgerState::Retiring =>
        {
            Found::Nothing
        }
        Err(error) => return Err(error),
    };
    let path = entry.record_path();
    match new_file::create(&path, record(entry, &names, now, found)?.as_bytes()) {
        // Written by the run that was interrupted, which knew more.
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(Error::file(&path, KeyStoreFault::FileUnwritable, &error)),
        Ok(()) => {}
    }
    let retirement = recorded(entry)?;
    entry.ledger().close(&names, now, retirement.hash)?;
    Ok(retirement)
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
    let status = entry.status()?;
    let limit = status
        .limit
        .map_or_else(|| "no limit".to_owned(), |limit| format!("of {limit}"));
    let outcome = match found {
        Found::Key => "destroyed; looked for afterwards and not found",
        Found::Nothing => {
            "not found any more where it was kept; an earlier deletion had been interrupted"
        }
    };
    // A PIN source is nobody's business.
    let place = entry.location().to_string();
    let place = place.split("&pin-source=").next().unwrap_or_default();
    let time = now.format(&Rfc3339).unwrap_or_default();
    let ledger = sha256(&read_ledger(entry)?);
    let mut text = String::from("RECORD OF THE DELETION OF A DOCUMENT SIGNER KEY\n\n");
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
        ("the key was", outcome),
        ("time", &time),
    ] {
        text += &format!("{what:20} {value}\n");
    }
    text += "\npresent\n";
    for person in persons {
        text += &format!("  {person:40} signature: ______________________\n");
    }
    Ok(text)
}

/// The whole ledger: it ends here but for its last line.
fn read_ledger(entry: &Entry) -> Result<Vec<u8>> {
    let path = entry.ledger().path();
    std::fs::read(path).map_err(|error| Error::file(path, KeyStoreFault::LedgerUnreadable, &error))
}
