//! A software chip in a file: the file is its memory, and stays when the program ends.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use applet_spec::memory::{Cells, MemoryFault, NonVolatileMemory};
use applet_spec::{Chip, ChipMemory, DataSheet};
use crypto::CryptoRng;
use perso::RoleKey;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use zeroize::Zeroizing;

use crate::exit::{Exit, Problem};
use crate::files::{self, Secrecy};

/// Largest chip file that is read: the journal of a chip is rewritten long before.
const MAX_CHIP_FILE: usize = 8 << 20;
/// What the name of a chip file ends with.
const EXTENSION: &str = "json";
/// Octets of the serial number of a new chip.
const SERIAL_LEN: usize = 16;

/// Loads the chip of a file.
pub fn load(path: &Path, data_sheet: DataSheet, rng: &mut dyn CryptoRng) -> Result<Chip> {
    let cells = FileCells::open(path)?;
    Chip::load(Box::new(cells), data_sheet, own_rng(rng)).map_err(|error| no_chip(path, error))
}

/// What the file of a chip holds, secrets included; it stays as it is.
pub fn octets(path: &Path) -> Result<Zeroizing<Vec<u8>>> {
    Ok(Zeroizing::new(FileCells::open(path)?.load()?))
}

/// The memory of the chip of a file, which stays as it is.
pub fn memory(path: &Path) -> Result<ChipMemory> {
    let octets = octets(path)?;
    ChipMemory::from_octets(&octets).map_err(|error| no_chip(path, error))
}

fn no_chip(path: &Path, error: applet_spec::Error) -> anyhow::Error {
    Problem::usage(
        format!("{} is no chip file: {error}", path.display()),
        "`card-tool specimen --out FOLDER` makes one with a card in it, `emulate --new` an empty one",
    )
}

/// Makes a chip as a maker delivers it: with a serial number and transport keys, and nothing else.
pub fn manufacture(
    path: &Path,
    transport: &RoleKey,
    data_sheet: DataSheet,
    rng: &mut dyn CryptoRng,
) -> Result<Chip> {
    if path.exists() {
        return Err(Problem::of(
            Exit::Policy,
            format!("{} exists already", path.display()),
            "a chip is not overwritten; choose another file",
        ));
    }
    files::write(path, &[], Secrecy::OwnerOnly)?;
    let cells = Box::new(FileCells::open(path)?);
    manufacture_in(cells, transport, data_sheet, rng)
}

/// Makes a chip in a folder, in a file that has its serial number for its name.
pub fn manufacture_into(
    folder: &Path,
    transport: &RoleKey,
    data_sheet: DataSheet,
    rng: &mut dyn CryptoRng,
) -> Result<PathBuf> {
    let cells = Cells::new();
    let chip = manufacture_in(Box::new(cells.clone()), transport, data_sheet, rng)?;
    let serial = hex::encode_upper(chip.memory().serial());
    let path = folder.join(serial).with_extension(EXTENSION);
    files::write(&path, &cells.octets(), Secrecy::OwnerOnly)?;
    Ok(path)
}

/// The chip files of a folder, by name.
pub fn in_folder(folder: &Path) -> Result<Vec<PathBuf>> {
    let name = || folder.display().to_string();
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(name)? {
        let path = entry.with_context(name)?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == EXTENSION)
        {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The same, in memory cells of any kind.
pub fn manufacture_in(
    cells: Box<dyn NonVolatileMemory>,
    transport: &RoleKey,
    data_sheet: DataSheet,
    rng: &mut dyn CryptoRng,
) -> Result<Chip> {
    let mut serial = [0; SERIAL_LEN];
    rng.fill_bytes(&mut serial);
    let keys = transport.for_chip(&serial)?;
    Ok(Chip::manufactured_in(
        cells,
        &serial,
        &keys,
        data_sheet,
        own_rng(rng),
    )?)
}

/// Randomness that a chip keeps for itself.
pub fn own_rng(rng: &mut dyn CryptoRng) -> Box<dyn CryptoRng + Send> {
    Box::new(StdRng::from_rng(rng))
}

/// Memory cells in a file, locked: two programs never run the same chip.
struct FileCells {
    path: PathBuf,
    file: File,
}

impl FileCells {
    fn open(path: &Path) -> Result<Self> {
        let name = || path.display().to_string();
        let file = append_to(path).with_context(name)?;
        if !file.metadata().with_context(name)?.is_file() {
            return Err(Problem::usage(
                format!("{} is no file", path.display()),
                "a chip needs a file that remembers",
            ));
        }
        file.try_lock().map_err(|_| {
            Problem::of(
                Exit::Policy,
                format!("{} is in use", path.display()),
                "a chip sits in one reader at a time; stop the other `card-tool emulate` first",
            )
        })?;
        Ok(Self {
            path: path.to_owned(),
            file,
        })
    }
}

fn append_to(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().read(true).append(true).open(path)
}

impl NonVolatileMemory for FileCells {
    fn load(&mut self) -> Result<Vec<u8>, MemoryFault> {
        files::read_at_most(&self.path, MAX_CHIP_FILE).map_err(|_| MemoryFault)
    }

    fn append(&mut self, octets: &[u8]) -> Result<(), MemoryFault> {
        self.file
            .write_all(octets)
            .and_then(|()| self.file.sync_data())
            .map_err(|_| MemoryFault)
    }

    fn replace(&mut self, octets: &[u8]) -> Result<(), MemoryFault> {
        files::write(&self.path, octets, Secrecy::OwnerOnly).map_err(|_| MemoryFault)?;
        // The name now means another file: the handle and the lock must follow it.
        let file = append_to(&self.path).map_err(|_| MemoryFault)?;
        file.try_lock().map_err(|_| MemoryFault)?;
        self.file = file;
        Ok(())
    }
}
