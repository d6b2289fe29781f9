//! Slots of the virtual readers that `cargo xtask test` starts, each lent to one test at a time, and cards in them.

use std::path::Path;
use std::process::Command;
use std::sync::{Condvar, Mutex, PoisonError};

use serde_json::Value;

use super::{Ended, Running, card_tool, end, until, word};

/// The slots in use, by number.
static TAKEN: Mutex<Vec<usize>> = Mutex::new(Vec::new());
static RETURNED: Condvar = Condvar::new();

/// A slot that nobody else in this program uses until it is dropped.
pub struct Slot {
    number: usize,
    /// What PC/SC calls its reader.
    pub reader: String,
    /// Where its card connects.
    pub address: String,
}

impl Slot {
    /// Waits for a slot. Test programs run one after another, so all slots are ours.
    pub fn take() -> Self {
        let list = |variable: &str, separator: char| -> Vec<String> {
            let list = std::env::var(variable)
                .unwrap_or_else(|_| panic!("{variable} is not set: `cargo xtask test` sets it"));
            list.split(separator).map(str::to_owned).collect()
        };
        let addresses = list("CARD_TOOLCHAIN_VPCD", ',');
        let readers = list("CARD_TOOLCHAIN_READERS", ';');
        assert_eq!(addresses.len(), readers.len());
        let mut taken = TAKEN.lock().unwrap();
        let number = loop {
            match (0..readers.len()).find(|number| !taken.contains(number)) {
                Some(number) => break number,
                None => taken = RETURNED.wait(taken).unwrap(),
            }
        };
        taken.push(number);
        drop(taken);
        let slot = Self {
            number,
            reader: readers[number].clone(),
            address: addresses[number].clone(),
        };
        // The card of a test that has failed may not have been missed yet.
        until("the empty reader", || slot.state()["slot"] == "empty");
        slot
    }

    /// Puts the chip of a file in, and waits until PC/SC sees it.
    #[track_caller]
    pub fn insert(&self, card: &Path, more: &[&str]) -> Running {
        let emulate = ["emulate", "--card", word(card), "--vpcd", &self.address];
        let mut card = Running::start(&mut card_tool([&emulate[..], more].concat()));
        until("the card in the reader", || {
            let ended = card.child.try_wait().unwrap();
            assert!(ended.is_none(), "emulate has ended: {ended:?}");
            self.state()["slot"] == "card"
        });
        card
    }

    /// Takes the card out with a signal, waits until PC/SC sees that, and says how `emulate` ended.
    #[track_caller]
    pub fn remove(&self, card: Running, signal: &str) -> Ended {
        card.signal(signal);
        let ended = card.end();
        until("the empty reader", || self.state()["slot"] == "empty");
        ended
    }

    /// What `card-tool readers` says of this reader.
    #[track_caller]
    pub fn state(&self) -> Value {
        let listed = end(&mut real(["readers", "--output-format", "json"])).expect(0);
        let readers = listed.json()["readers"].as_array().unwrap().clone();
        let ours = readers.iter().find(|row| row["name"] == *self.reader);
        ours.unwrap_or_else(|| panic!("{readers:?}")).clone()
    }

    /// `card-tool` with the reader of this slot.
    pub fn command(&self, arguments: &[&str]) -> Command {
        real([arguments, &["--reader", &self.reader]].concat())
    }

    /// Runs `card-tool` with the reader of this slot.
    #[track_caller]
    pub fn run(&self, arguments: &[&str]) -> Ended {
        end(&mut self.command(arguments))
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        // A test that has failed while it waited for a slot has not spoiled the list.
        let mut taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
        taken.retain(|number| *number != self.number);
        RETURNED.notify_one();
    }
}

/// `card-tool` that meets the daemon of the test run.
pub fn real<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = card_tool(arguments);
    let socket = std::env::var_os("PCSCLITE_CSOCK_NAME").expect("`cargo xtask test` sets it");
    command.env("PCSCLITE_CSOCK_NAME", socket);
    command
}
