//! One server for one station: two of them would each save what the other has not seen.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::net::SocketAddr;

use time::OffsetDateTime;

use crate::station::refusal::CaptureError;
use crate::station::{DRAFTS, Station};
use crate::{Result, files};

/// The lock, in the folder of the drafts. It goes with the program, however that ends.
const LOCK: &str = "serving";
/// What is read of it.
const MAX_LOCK: usize = 256;

/// No other program serves this station while this is kept.
pub struct Alone {
    _lock: File,
}

/// Takes the lock, and erases what can be read by nobody: drafts whose key is gone.
///
/// # Errors
/// [`CaptureError::ServedAlready`]; [`crate::Error::File`].
pub fn take(station: &Station, address: SocketAddr, now: OffsetDateTime) -> Result<Alone> {
    let path = station.folder().join(DRAFTS).join(LOCK);
    let fault = |source| files::at(&path, source);
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    let mut lock = options.open(&path).map_err(fault)?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(fs::TryLockError::WouldBlock) => {
            let by = files::read_text(&path, MAX_LOCK).unwrap_or_default();
            return Err(CaptureError::ServedAlready(by.trim().to_owned()).into());
        }
        Err(fs::TryLockError::Error(source)) => return Err(fault(source)),
    }
    let by = format!("process {} at http://{address}\n", std::process::id());
    lock.set_len(0)
        .and_then(|()| lock.write_all(by.as_bytes()))
        .map_err(fault)?;
    for draft in station.erase_orphans(now)? {
        eprintln!("station: draft {draft} had no key and could be read by nobody: erased");
    }
    Ok(Alone { _lock: lock })
}
