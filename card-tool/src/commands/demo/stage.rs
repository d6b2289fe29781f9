//! Where the chips of the demo are: in this process, or in virtual readers of the running pcscd.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use applet_spec::{Chip, DataSheet};
use iso7816::Chip as _;
use transport::pcsc::{Monitor, Options};
use transport::{MemoryChannel, PcscChannel, ReaderSelector, vpcd};

use crate::chip_file;
use crate::commands::Context;
use crate::exit::{Exit, Problem};
use crate::reader::Card;

/// Environment variable with the addresses of the slots of the virtual reader, separated by commas.
const SLOTS_VARIABLE: &str = "CARD_TOOLCHAIN_VPCD";
/// Environment variable with the names of their readers in the same order, separated by semicolons.
const READERS_VARIABLE: &str = "CARD_TOOLCHAIN_READERS";
/// How long the driver and pcscd may take to notice a card, or that it is gone.
const PATIENCE: Duration = Duration::from_secs(10);

/// The stage.
pub enum Stage {
    /// Chips in this process.
    Memory,
    /// Chips in slots of virtual readers, used in turn.
    Readers {
        /// The slots.
        slots: Vec<Slot>,
        /// The one that is used next.
        next: usize,
    },
}

/// A slot of a virtual reader.
pub struct Slot {
    address: SocketAddr,
    reader: String,
}

impl Stage {
    /// The slots that the environment names.
    pub fn readers() -> Result<Self> {
        let hint = "`cargo xtask demo` starts pcscd with virtual readers and names them; --transport memory needs none";
        let variable = |name: &str| {
            std::env::var(name)
                .map_err(|_| Problem::of(Exit::Reader, format!("{name} is not set"), hint))
        };
        let (addresses, readers) = (variable(SLOTS_VARIABLE)?, variable(READERS_VARIABLE)?);
        let slots: Vec<Slot> = addresses
            .split(',')
            .zip(readers.split(';'))
            .map(|(address, reader)| {
                Ok(Slot {
                    address: address.trim().parse().context(SLOTS_VARIABLE)?,
                    reader: reader.trim().to_owned(),
                })
            })
            .collect::<Result<_>>()?;
        if slots.is_empty() {
            return Err(Problem::of(
                Exit::Reader,
                format!("{SLOTS_VARIABLE} names no slot"),
                hint,
            ));
        }
        Ok(Self::Readers { slots, next: 0 })
    }

    /// What to call the place in a report.
    pub fn name(&self) -> String {
        match self {
            Self::Memory => "memory".to_owned(),
            Self::Readers { slots, .. } => format!("{} virtual readers of pcscd", slots.len()),
        }
    }

    /// Puts the chip of a file in, lets `work` talk to it, takes it out.
    pub fn with_card<T>(
        &mut self,
        path: &Path,
        context: &mut Context,
        work: impl FnOnce(&mut dyn Card, &mut Context) -> Result<T>,
    ) -> Result<T> {
        let chip = chip_file::load(path, DataSheet::default(), &mut *context.rng)?;
        match self {
            Self::Memory => work(&mut MemoryChannel::new(chip), context),
            Self::Readers { slots, next } => {
                let slot = slots.get(*next % slots.len()).context("no slot")?;
                *next += 1;
                slot.with_chip(chip, context, work)
            }
        }
    }
}

impl Slot {
    fn with_chip<T>(
        &self,
        mut chip: Chip,
        context: &mut Context,
        work: impl FnOnce(&mut dyn Card, &mut Context) -> Result<T>,
    ) -> Result<T> {
        let monitor = Monitor::new()?;
        let slot = vpcd::connect(self.address, &chip.atr(), PATIENCE)?;
        let stop = slot.stop_handle()?;
        std::thread::scope(|scope| {
            let served = scope.spawn(move || slot.serve(&mut chip));
            let result = self.meet(&monitor, context, work);
            stop.stop();
            let served = served
                .join()
                .map_err(|_| anyhow::anyhow!("the software chip panicked"))?;
            let result = result?;
            served?;
            monitor.wait_for_removal(&self.reader, Some(PATIENCE))?;
            Ok(result)
        })
    }

    fn meet<T>(
        &self,
        monitor: &Monitor,
        context: &mut Context,
        work: impl FnOnce(&mut dyn Card, &mut Context) -> Result<T>,
    ) -> Result<T> {
        let selector = ReaderSelector::Matching(self.reader.clone());
        monitor.wait_for_card(&selector, Some(PATIENCE))?;
        let mut channel = PcscChannel::open(&selector, Options::default())?;
        work(&mut channel, context)
    }
}
