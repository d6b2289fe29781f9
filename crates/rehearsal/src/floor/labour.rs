//! A program that is started again until its work is done, however often somebody kills it.

use std::{
    path::Path,
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
};

use anyhow::{Result, bail, ensure};
use serde_json::Value;

use super::hand::Victim;
use crate::beside::Beside;

/// A program that says nothing so often in a row will not do its work at all.
const MAX_SILENT: u32 = 20;

/// Who starts it.
pub(super) struct Labour<'a> {
    pub(super) victim: &'a Victim,
    pub(super) log: &'a Path,
    pub(super) stop: &'a AtomicBool,
}

impl Labour<'_> {
    /// Starts what `next` gives, until it gives nothing; what is said is heard, with the number of the process. How often it was
    /// started.
    pub(super) fn until_done(
        &self,
        mut next: impl FnMut() -> Result<Option<Command>>,
        mut hear: impl FnMut(&Value, u32) -> Result<()>,
    ) -> Result<u64> {
        let (mut starts, mut silent) = (0, 0);
        while let Some(command) = next()? {
            if self.stop.load(Ordering::Relaxed) {
                bail!("interrupted");
            }
            ensure!(
                silent < MAX_SILENT,
                "{} does nothing; what it says is in {}",
                self.victim.name(),
                self.log.display()
            );
            starts += 1;
            silent += 1;
            let mut running = Beside::start(&command, self.log)?;
            self.victim.runs(running.id());
            // A line that was torn by a kill is the last one.
            while let Ok(said) = running.says() {
                silent = 0;
                hear(&said, running.id())?;
            }
            self.victim.rests();
        }
        Ok(starts)
    }
}
