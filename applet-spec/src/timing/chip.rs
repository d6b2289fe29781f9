//! A chip that takes its time.

use core::time::Duration;

use super::Timing;
use crate::{Chip, QuirkyChip};

/// How time passes: really, or on paper in a test.
pub trait Stopwatch: Send {
    /// A command has come.
    fn start(&mut self);

    /// Returns when this long has passed since it came. What the chip in here took for itself is part of that time.
    fn wait(&mut self, elapsed: Duration);
}

/// A chip that answers when a real one would.
pub struct TimedChip {
    chip: QuirkyChip,
    timing: Timing,
    stopwatch: Box<dyn Stopwatch>,
    taken: Duration,
}

impl TimedChip {
    /// The chip on the line of a timing.
    #[must_use]
    pub const fn new(chip: QuirkyChip, timing: Timing, stopwatch: Box<dyn Stopwatch>) -> Self {
        Self {
            chip,
            timing,
            stopwatch,
            taken: Duration::ZERO,
        }
    }

    /// How long all commands until now have taken in the model.
    #[must_use]
    pub const fn taken(&self) -> Duration {
        self.taken
    }

    /// The chip itself.
    #[must_use]
    pub const fn chip(&self) -> &Chip {
        self.chip.chip()
    }
}

impl iso7816::Chip for TimedChip {
    fn atr(&self) -> Vec<u8> {
        self.chip.atr()
    }

    fn reset(&mut self) {
        self.chip.reset();
    }

    fn execute(&mut self, command: &[u8]) -> Vec<u8> {
        self.stopwatch.start();
        let before = *self.chip().work();
        let answer = self.chip.execute(command);
        let work = self.chip().work().since(&before);
        let time = self.timing.of_exchange(command.len(), answer.len(), &work);
        self.taken += time;
        self.stopwatch.wait(time);
        answer
    }
}
