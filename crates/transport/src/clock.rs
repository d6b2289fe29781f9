//! Time for those who measure.

use std::time::{Duration, Instant};

/// A monotonic clock: time since some fixed moment. A test brings its own.
pub struct Clock(Box<dyn FnMut() -> Duration + Send>);

impl Clock {
    /// The clock of the machine.
    #[must_use]
    pub fn monotonic() -> Self {
        let start = Instant::now();
        Self::from_fn(move || start.elapsed())
    }

    /// A clock of one's own.
    #[must_use]
    pub fn from_fn(now: impl FnMut() -> Duration + Send + 'static) -> Self {
        Self(Box::new(now))
    }

    /// Time since the fixed moment.
    pub fn now(&mut self) -> Duration {
        (self.0)()
    }

    /// Runs `work` and says how long it took.
    pub fn time<T>(&mut self, work: impl FnOnce() -> T) -> (T, Duration) {
        let start = self.now();
        let result = work();
        (result, self.now().saturating_sub(start))
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::monotonic()
    }
}

impl core::fmt::Debug for Clock {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Clock")
    }
}
