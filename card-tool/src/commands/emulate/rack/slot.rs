//! One slot: a thread that puts chips in, one after another, and what one does to it from outside.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use applet_spec::{DataSheet, LifeCycle, QuirkyChip, Timing};
use crypto::CryptoRng;
use iso7816::Chip as _;
use transport::vpcd::{self, Connection, End, SETTLE, StopHandle};

use super::said::{Said, Why};
use crate::chip_file;
use crate::commands::emulate::PATIENCE;
use crate::commands::emulate::pace::{PacedChip, Pull};

/// What a slot is like.
pub struct SlotPlan {
    /// Where its driver listens.
    pub address: SocketAddr,
    /// What its chips are like.
    pub sheet: DataSheet,
    /// How long they take.
    pub timing: Option<Timing>,
    /// The state that they are to reach; chips that have are not put in.
    pub goal: Option<LifeCycle>,
    /// Randomness, of which each chip gets its own.
    pub rng: Box<dyn CryptoRng + Send>,
}

/// A slot from outside. Its thread ends when this is dropped and the chip is out.
pub struct Slot {
    orders: Sender<PathBuf>,
    hand: Arc<Hand>,
    goal: Option<LifeCycle>,
}

/// What the thread and those outside share.
#[derive(Default)]
struct Hand {
    pull: Arc<Pull>,
    seat: Mutex<Option<Seat>>,
}

/// The chip that is in.
struct Seat {
    stop: StopHandle,
    state: LifeCycle,
    touched: Instant,
}

impl Slot {
    /// Starts the thread, which tells `say` of everything that happens.
    pub fn start(plan: SlotPlan, say: impl Fn(Said) + Send + 'static) -> (Self, JoinHandle<()>) {
        let (orders, cards) = mpsc::channel::<PathBuf>();
        let hand: Arc<Hand> = Arc::default();
        let slot = Self {
            orders,
            hand: Arc::clone(&hand),
            goal: plan.goal,
        };
        let thread = thread::spawn(move || {
            let mut worker = Worker {
                plan,
                hand,
                left: None,
            };
            for card in cards {
                say(worker.serve(&card, &say));
            }
        });
        (slot, thread)
    }

    /// Puts a chip into the slot, which is empty.
    pub fn put_in(&self, card: PathBuf) {
        self.hand.pull.forget();
        // A thread that has died is seen when the rack ends.
        drop(self.orders.send(card));
    }

    /// Cuts the power of whatever is in or on its way.
    pub fn pull(&self) {
        self.hand.pull.pull();
        self.hand.stop();
    }

    /// Whether the chip has reached its state, and was left alone for this long.
    pub fn is_done(&self, settle: Duration) -> bool {
        let seat = self.hand.seat();
        let arrived = |seat: &Seat| self.goal.is_some_and(|goal| seat.state >= goal);
        seat.as_ref()
            .is_some_and(|seat| arrived(seat) && seat.touched.elapsed() >= settle)
    }
}

impl Hand {
    fn seat(&self) -> MutexGuard<'_, Option<Seat>> {
        self.seat.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stop(&self) {
        if let Some(seat) = &*self.seat() {
            seat.stop.stop();
        }
    }

    /// Somebody has spoken to the chip.
    fn touched(&self, state: LifeCycle) {
        if let Some(seat) = &mut *self.seat() {
            seat.state = state;
            seat.touched = Instant::now();
        }
    }
}

/// The thread.
struct Worker {
    plan: SlotPlan,
    hand: Arc<Hand>,
    /// When the last chip left.
    left: Option<Instant>,
}

impl Worker {
    /// A chip's time in the slot, from its file to its last word.
    fn serve(&mut self, card: &Path, say: &impl Fn(Said)) -> Said {
        let chip = match chip_file::load(card, self.plan.sheet.clone(), &mut *self.plan.rng) {
            Ok(chip) => chip,
            Err(error) => return Said::refused(&error),
        };
        let state = chip.memory().life_cycle();
        if self.plan.goal.is_some_and(|goal| state >= goal) {
            return Said::PassedOver { state };
        }
        let chip = PacedChip::at(QuirkyChip::new(chip), self.plan.timing, &self.hand.pull);
        let hand = Arc::clone(&self.hand);
        let mut chip = Watched { chip, hand };
        let line = match self.connect(&chip.atr(), state) {
            Ok(line) => line,
            Err(error) => return Said::no_reader(&error),
        };
        say(Said::In { state });
        let served = line.serve(&mut chip);
        *self.hand.seat() = None;
        self.left = Some(Instant::now());
        let state = chip.chip.chip().memory().life_cycle();
        let (commands, why) = match served {
            Ok(served) if served.end == End::Stopped => (served.commands, Why::Pulled),
            Ok(served) => (served.commands, Why::ReaderClosed),
            Err(_) => (0, Why::Broken),
        };
        Said::Out {
            state,
            commands,
            taken: chip.chip.taken(),
            why,
        }
    }

    /// Puts the card in, where the one before has been out for long enough, and makes it known to those outside.
    fn connect(&self, atr: &[u8], state: LifeCycle) -> transport::Result<Connection> {
        if let Some(left) = self.left {
            thread::sleep(SETTLE.saturating_sub(left.elapsed()));
        }
        let line = vpcd::connect(self.plan.address, atr, PATIENCE)?;
        let seat = Seat {
            stop: line.stop_handle()?,
            state,
            touched: Instant::now(),
        };
        *self.hand.seat() = Some(seat);
        if self.hand.pull.is_pulled() {
            // Until the seat was taken there was nothing to stop.
            self.hand.stop();
        }
        Ok(line)
    }
}

/// A chip that is seen from outside.
struct Watched {
    chip: PacedChip,
    hand: Arc<Hand>,
}

impl Watched {
    fn note(&self) {
        self.hand.touched(self.chip.chip().memory().life_cycle());
    }
}

impl iso7816::Chip for Watched {
    fn atr(&self) -> Vec<u8> {
        self.chip.atr()
    }

    fn reset(&mut self) {
        self.chip.reset();
        self.note();
    }

    fn execute(&mut self, command: &[u8]) -> Vec<u8> {
        let answer = self.chip.execute(command);
        self.note();
        answer
    }
}
