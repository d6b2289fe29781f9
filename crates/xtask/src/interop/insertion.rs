//! A card in a virtual reader, and out again.

use std::{
    ffi::OsString,
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::{
    companion::{Companion, Plan},
    pcscd::Pcscd,
    process,
};

/// The daemon looks every 0.4 s whether a card came or went. A card on a Java machine takes 10 to 25 s before it comes.
const SEEN_WITHIN: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// The reader in which every card is judged.
const SLOT: usize = 0;

/// A program that is a card, and takes the address of a reader's slot as `--vpcd`.
pub(super) struct Insertion {
    words: Vec<OsString>,
}

impl Insertion {
    /// A card image that `card-tool emulate` is to keep in a reader.
    pub(super) fn of(card_tool: &Path, image: &Path) -> Self {
        Self::program([
            card_tool.into(),
            "emulate".into(),
            "--card".into(),
            image.into(),
        ])
    }

    /// The same, with the time that a real one takes at a rate.
    pub(super) fn timed(mut self, rate: &str) -> Self {
        self.words.extend(["--timing".into(), rate.into()]);
        self
    }

    /// Any other.
    pub(super) fn program(words: impl IntoIterator<Item = OsString>) -> Self {
        Self {
            words: words.into_iter().collect(),
        }
    }

    /// Puts the card in, once the one before it is seen to be out.
    ///
    /// # Errors
    /// The emulator ends or the reader does not show the card.
    pub(super) fn put_in<'d>(&self, daemon: &'d Pcscd) -> Result<Inserted<'d>> {
        let (reader, address) = daemon.slot(SLOT)?;
        let environment = daemon.environment();
        let [(variable, socket), ..] = &environment;
        wait_for(reader, variable, socket, false, None)?;
        let emulator = Companion::start(Plan {
            words: self
                .words
                .iter()
                .cloned()
                .chain(["--vpcd".into(), address.into()])
                .collect(),
            log: process::scratch().join("interop/emulate.log"),
            folder: None,
            sudo: false,
        })?;
        wait_for(reader, variable, socket, true, Some(&emulator))?;
        Ok(Inserted {
            _emulator: emulator,
            reader,
            daemon,
        })
    }
}

/// A card that is in the reader for as long as this lives.
pub(super) struct Inserted<'d> {
    _emulator: Companion,
    reader: &'d str,
    daemon: &'d Pcscd,
}

impl Inserted<'_> {
    pub(super) fn reader(&self) -> &str {
        self.reader
    }

    /// Takes from the card what the last reader left in it: selected files, keys.
    ///
    /// # Errors
    /// The reader says no.
    pub(super) fn reset(&self) -> Result<()> {
        let mut reset = process::program("opensc-tool")?;
        // Without a driver it would try all of them first, with commands that not every card of others survives.
        reset
            .args(["--card-driver", "default", "--reader", self.reader])
            .arg("--reset")
            .envs(self.daemon.environment());
        process::output(&mut reset).map(drop)
    }
}

fn wait_for(
    reader: &str,
    variable: &str,
    socket: &std::ffi::OsStr,
    present: bool,
    emulator: Option<&Companion>,
) -> Result<()> {
    let opensc = process::find("opensc-tool").context("`opensc-tool` is not installed")?;
    let deadline = Instant::now() + SEEN_WITHIN;
    while Instant::now() < deadline {
        let listed = process::output(
            Command::new(&opensc)
                .arg("--list-readers")
                .env(variable, socket),
        )?;
        if shows(&listed, reader) == Some(present) {
            return Ok(());
        }
        if let Some(emulator) = emulator.filter(|emulator| emulator.has_ended()) {
            bail!("the card's program ended:\n{}", emulator.last_words());
        }
        thread::sleep(LOOK_EVERY);
    }
    bail!(
        "the reader `{reader}` does not show that the card {}",
        if present { "came" } else { "went" }
    )
}

/// Whether the list of readers shows a card in this one: `0    Yes             Specimen Reader 1 00 00`.
fn shows(list: &str, reader: &str) -> Option<bool> {
    let line = list
        .lines()
        .find(|line| line.trim_end().ends_with(reader))?;
    Some(line.split_whitespace().nth(1) == Some("Yes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_readers_is_understood() {
        let list = "# Detected readers (pcsc)\nNr.  Card  Features  Name\n0    Yes             Specimen Reader 1 00 00\n1    No              Specimen Reader 1 00 01\n";
        assert_eq!(shows(list, "Specimen Reader 1 00 00"), Some(true));
        assert_eq!(shows(list, "Specimen Reader 1 00 01"), Some(false));
        assert_eq!(shows(list, "Specimen Reader 2 00 00"), None);
    }
}
