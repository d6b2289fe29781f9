//! Who writes in an issuer's folder has it to himself: what was looked at is as it was when it is acted upon.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use super::{IssuerFolder, RegistrarNote};
use crate::exit::{Exit, Problem};
use crate::files;

const LOCK: &str = "work.lock";
/// How long somebody else's run is waited for. One that asks its user takes longer.
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(50);

impl IssuerFolder {
    /// Opens the folder to write in it; nobody else does as long as this is held.
    pub fn open_to_write(path: &Path) -> Result<Self> {
        // Whether it is one at all, before anything is made in it.
        Self::open(path)?;
        let lock = lock(path)?;
        let mut folder = Self::open(path)?;
        folder.lock = Some(lock);
        // The settings name the registrar's key: it is finished.
        RegistrarNote::settle(path)?;
        // One that is lost or does not read is told of by who needs it.
        let _ = folder.revocations().settle();
        Ok(folder)
    }
}

/// Locks a folder in which an issuer works, or begins to.
pub fn lock(path: &Path) -> Result<File> {
    let name = path.join(LOCK);
    let file = files::open_lock(&name)?;
    let end = Instant::now() + PATIENCE;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if Instant::now() < end => std::thread::sleep(PAUSE),
            Err(TryLockError::WouldBlock) => {
                return Err(Problem::of(
                    Exit::Policy,
                    format!("somebody else works in {}", path.display()),
                    "nothing was changed; wait for the end of the other run",
                ));
            }
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| name.display().to_string());
            }
        }
    }
}
