//! A rack of virtual readers: a chip is put in, something is done with it, the next one comes.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use crate::{
    beside::Beside,
    client::{list, text},
    program::{self, Programs},
};

/// A reader sees a card within a second; a busy machine gets more.
const SEEN_WITHIN: Duration = Duration::from_secs(30);

/// Readers that are there, and the programs that use them.
#[derive(Debug)]
pub struct Rack {
    slots: Vec<Slot>,
    programs: Programs,
    log: PathBuf,
}

/// A reader with the place where its card connects.
#[derive(Debug, Clone)]
pub struct Slot {
    reader: String,
    address: String,
}

impl Rack {
    /// The readers that `cargo xtask` has started.
    ///
    /// # Errors
    /// It has not.
    pub fn of_environment(programs: &Programs, log: &Path) -> Result<Self> {
        let list = |name: &str, separator: char| -> Result<Vec<String>> {
            let list = env::var(name)
                .with_context(|| format!("{name}: run this through `cargo xtask`"))?;
            Ok(list.split(separator).map(str::to_owned).collect())
        };
        let addresses = list("CARD_TOOLCHAIN_VPCD", ',')?;
        let readers = list("CARD_TOOLCHAIN_READERS", ';')?;
        let slots: Vec<Slot> = readers
            .into_iter()
            .zip(addresses)
            .map(|(reader, address)| Slot { reader, address })
            .collect();
        ensure!(!slots.is_empty(), "no reader");
        Ok(Self {
            slots,
            programs: programs.clone(),
            log: log.to_owned(),
        })
    }

    /// Where the cards of all readers connect, as `card-tool emulate` takes it.
    #[must_use]
    pub fn places(&self) -> String {
        let places: Vec<&str> = self.slots.iter().map(|slot| &*slot.address).collect();
        places.join(",")
    }

    /// The first reader.
    #[must_use]
    pub fn first(&self) -> Option<&Slot> {
        self.slots.first()
    }

    /// How many readers there are.
    #[must_use]
    pub fn readers(&self) -> usize {
        self.slots.len()
    }

    /// Does something with each chip, as many at once as there are readers, and gives what came of each in their order. The first failure
    /// ends it.
    ///
    /// # Errors
    /// That of a chip; an interruption.
    pub fn each<C: Sync, T: Send>(
        &self,
        chips: &[C],
        stop: &AtomicBool,
        work: impl Fn(&C, &Slot) -> Result<T> + Sync,
    ) -> Result<Vec<T>> {
        let next = Mutex::new(chips.iter().enumerate());
        let done = Mutex::new(Vec::new());
        let failed = AtomicBool::new(false);
        let one = |slot: &Slot| -> Result<()> {
            loop {
                let taken = next.lock().unwrap_or_else(PoisonError::into_inner).next();
                let Some((number, chip)) = taken else {
                    return Ok(());
                };
                if failed.load(Ordering::Relaxed) {
                    return Ok(());
                }
                if stop.load(Ordering::Relaxed) {
                    bail!("interrupted");
                }
                let came =
                    work(chip, slot).inspect_err(|_| failed.store(true, Ordering::Relaxed))?;
                done.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push((number, came));
            }
        };
        thread::scope(|scope| {
            let hands: Vec<_> = self
                .slots
                .iter()
                .map(|slot| scope.spawn(move || one(slot)))
                .collect();
            let mut ends = hands.into_iter().map(thread::ScopedJoinHandle::join);
            ends.try_for_each(|end| end.unwrap_or_else(|_| bail!("a reader's thread died")))
        })?;
        let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.sort_by_key(|(number, _)| *number);
        Ok(done.into_iter().map(|(_, came)| came).collect())
    }

    /// Puts the chip of a file into a reader, runs `work`, and takes it out again.
    ///
    /// # Errors
    /// The reader does not see it; those of `work`.
    pub fn with_chip<T>(
        &self,
        slot: &Slot,
        chip: &Path,
        new: Option<&Path>,
        work: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        let mut emulate = self.programs.card_tool();
        emulate
            .arg("emulate")
            .arg("--card")
            .arg(chip)
            .args(["--vpcd", &slot.address]);
        if let Some(keys) = new {
            emulate.args(["--new", "--keys"]).arg(keys);
        }
        let mut card = Beside::start(&emulate, &self.log)?;
        let said = card.says().context("a chip did not come into its reader")?;
        ensure!(said.get("error").is_none(), "{}: {said}", chip.display());
        self.until(slot, "card")?;
        let done = work();
        drop(card);
        self.until(slot, "empty")?;
        done
    }

    fn until(&self, slot: &Slot, state: &str) -> Result<()> {
        let deadline = Instant::now() + SEEN_WITHIN;
        while Instant::now() < deadline {
            let listed = program::said(self.programs.card_tool().arg("readers"))?;
            let of_slot = |row: &&Value| text(row, "name").is_ok_and(|name| name == slot.reader);
            let row = list(&listed, "readers")?.iter().find(of_slot);
            if row.and_then(|row| text(row, "slot").ok()) == Some(state) {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(20));
        }
        bail!("{} is not seen as `{state}` in time", slot.reader)
    }

    /// `card-tool` with the reader of a slot.
    #[must_use]
    pub fn card_tool(&self, slot: &Slot, verb: &str) -> Command {
        let mut command = self.programs.card_tool();
        command.args([verb, "--reader", &slot.reader]);
        command
    }
}
