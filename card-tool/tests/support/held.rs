//! A card that stops in the middle of a reading until somebody lets it go on, or takes it away.

use std::path::Path;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use applet_spec::memory::Cells;
use applet_spec::{Chip, DataSheet};
use iso7816::Chip as _;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use transport::vpcd::{self, StopHandle};

use super::slot::Slot;
use super::until;

/// No reader takes as long to come.
const PATIENCE: Duration = Duration::from_secs(20);

/// The card, in a reader.
pub struct HeldCard {
    gate: Sender<()>,
    reached: Receiver<()>,
    stop: StopHandle,
    served: JoinHandle<()>,
}

/// A chip that waits at its gate before one command.
struct Waiting {
    chip: Chip,
    left: usize,
    reached: Sender<()>,
    gate: Receiver<()>,
}

impl iso7816::Chip for Waiting {
    fn atr(&self) -> Vec<u8> {
        self.chip.atr()
    }

    fn reset(&mut self) {
        self.chip.reset();
    }

    fn execute(&mut self, command: &[u8]) -> Vec<u8> {
        if self.left == 0 {
            // Both ends are gone when the test has failed elsewhere.
            let _ = self.reached.send(());
            let _ = self.gate.recv();
            self.left = usize::MAX;
        }
        self.left -= 1;
        self.chip.execute(command)
    }
}

impl HeldCard {
    /// Puts the chip of a file, which stays as it is, into a reader. It takes short commands and stops before the one of this number.
    #[track_caller]
    pub fn insert(slot: &Slot, card: &Path, before: usize) -> Self {
        let cells = Cells::from_octets(std::fs::read(card).unwrap());
        let rng = Box::new(StdRng::seed_from_u64(5));
        let chip = Chip::load(Box::new(cells), DataSheet::short_length_only(), rng).unwrap();
        let (gate, at_gate) = mpsc::channel();
        let (has_reached, reached) = mpsc::channel();
        let connection = vpcd::connect(&*slot.address, &chip.atr(), PATIENCE).unwrap();
        let stop = connection.stop_handle().unwrap();
        let mut chip = Waiting {
            chip,
            left: before,
            reached: has_reached,
            gate: at_gate,
        };
        let served = thread::spawn(move || {
            // The reader's end may close first.
            let _ = connection.serve(&mut chip);
        });
        until("the card in the reader", || slot.state()["slot"] == "card");
        Self {
            gate,
            reached,
            stop,
            served,
        }
    }

    /// Waits until the card has stopped.
    #[track_caller]
    pub fn has_stopped(&self) {
        self.reached
            .recv_timeout(PATIENCE)
            .expect("the reading ended before");
    }

    /// Lets it go on.
    pub fn go_on(&self) {
        self.gate.send(()).unwrap();
    }

    /// Takes it out, and waits until PC/SC sees that.
    #[track_caller]
    pub fn pull(self, slot: &Slot) {
        self.stop.stop();
        drop(self.gate);
        self.served.join().unwrap();
        until("the empty reader", || slot.state()["slot"] == "empty");
    }
}
