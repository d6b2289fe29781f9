//! Chips that answer as fast as they can, or as a real one would; and the hand that pulls a card in the middle of it.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use applet_spec::timing::{KeyGeneration, Stopwatch};
use applet_spec::{Chip, QuirkyChip, TimedChip, Timing};

use crate::args::Emulate;

/// Whether a card is to leave its reader. Who waits for time to pass hears of it at once.
#[derive(Default)]
pub struct Pull {
    pulled: Mutex<bool>,
    told: Condvar,
}

impl Pull {
    /// The card is to leave.
    pub fn pull(&self) {
        *self.lock() = true;
        self.told.notify_all();
    }

    /// Another card comes.
    pub fn forget(&self) {
        *self.lock() = false;
    }

    /// Whether the card is to leave.
    pub fn is_pulled(&self) -> bool {
        *self.lock()
    }

    /// Returns after this time, or when the card is pulled.
    fn wait(&self, time: Duration) {
        // Which of the two it was does not matter: a chip without power has no time left to take.
        drop(
            self.told
                .wait_timeout_while(self.lock(), time, |pulled| !*pulled),
        );
    }

    fn lock(&self) -> MutexGuard<'_, bool> {
        self.pulled.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The time of this machine.
struct MachineTime {
    begun: Instant,
    pull: Arc<Pull>,
}

impl Stopwatch for MachineTime {
    fn start(&mut self) {
        self.begun = Instant::now();
    }

    fn wait(&mut self, elapsed: Duration) {
        self.pull.wait(elapsed.saturating_sub(self.begun.elapsed()));
    }
}

/// The timing that was asked for.
pub fn timing(args: &Emulate) -> Option<Timing> {
    let key_generation = args.slow_keys.then_some(KeyGeneration::MEASURED);
    args.timing.map(|link| Timing {
        key_generation,
        ..Timing::of(link.into())
    })
}

/// A chip at the pace that was asked for.
pub enum PacedChip {
    /// As fast as it can.
    AtOnce(QuirkyChip),
    /// As a real one.
    Timed(TimedChip),
}

impl PacedChip {
    /// The chip at the pace of the arguments, until `pull`.
    pub fn new(chip: QuirkyChip, args: &Emulate, pull: &Arc<Pull>) -> Self {
        Self::at(chip, timing(args), pull)
    }

    /// The chip at this pace.
    pub fn at(chip: QuirkyChip, timing: Option<Timing>, pull: &Arc<Pull>) -> Self {
        let Some(timing) = timing else {
            return Self::AtOnce(chip);
        };
        let time = MachineTime {
            begun: Instant::now(),
            pull: Arc::clone(pull),
        };
        Self::Timed(TimedChip::new(chip, timing, Box::new(time)))
    }

    /// The chip itself.
    pub const fn chip(&self) -> &Chip {
        match self {
            Self::AtOnce(chip) => chip.chip(),
            Self::Timed(chip) => chip.chip(),
        }
    }

    /// How long the commands have taken in the model of its timing; nothing without one.
    pub const fn taken(&self) -> Option<Duration> {
        match self {
            Self::AtOnce(_) => None,
            Self::Timed(chip) => Some(chip.taken()),
        }
    }

    fn as_chip(&self) -> &dyn iso7816::Chip {
        match self {
            Self::AtOnce(chip) => chip,
            Self::Timed(chip) => chip,
        }
    }

    fn as_chip_mut(&mut self) -> &mut dyn iso7816::Chip {
        match self {
            Self::AtOnce(chip) => chip,
            Self::Timed(chip) => chip,
        }
    }
}

impl iso7816::Chip for PacedChip {
    fn atr(&self) -> Vec<u8> {
        self.as_chip().atr()
    }

    fn reset(&mut self) {
        self.as_chip_mut().reset();
    }

    fn execute(&mut self, command: &[u8]) -> Vec<u8> {
        self.as_chip_mut().execute(command)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn a_chip_takes_its_time_and_no_more() {
        let mut time = MachineTime {
            begun: Instant::now(),
            pull: Arc::default(),
        };
        time.start();
        let begun = time.begun;
        time.wait(Duration::from_millis(30));
        assert!(begun.elapsed() >= Duration::from_millis(30));
        time.wait(Duration::from_millis(20));
        assert!(begun.elapsed() < LONG, "that time has passed already");
    }

    #[test]
    fn nobody_waits_for_a_card_that_is_pulled() {
        let pull: Arc<Pull> = Arc::default();
        let mut time = MachineTime {
            begun: Instant::now(),
            pull: Arc::clone(&pull),
        };
        let begun = Instant::now();
        let hand = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(20));
            pull.pull();
        });
        time.wait(LONG);
        assert!(begun.elapsed() < LONG);
        hand.join().unwrap();
        time.wait(LONG);
        assert!(begun.elapsed() < LONG, "and it stays pulled");
        time.pull.forget();
        assert!(!time.pull.is_pulled());
    }
}
