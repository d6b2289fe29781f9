//! Progress of what takes long: a bar on a terminal, nothing in a pipe.

use std::io::IsTerminal as _;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar with a message.
pub struct Progress(ProgressBar);

impl Progress {
    /// A bar, shown only where a person looks.
    pub fn new(visible: bool) -> Self {
        let bar = ProgressBar::new(0);
        let shown = visible && std::io::stderr().is_terminal();
        bar.set_draw_target(if shown {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        });
        if let Ok(style) =
            ProgressStyle::with_template("{spinner} {msg:40} {wide_bar} {percent:>3} %")
        {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(100));
        Self(bar)
    }

    /// What is being done.
    pub fn step(&self, what: impl Into<String>) {
        self.0.set_message(what.into());
    }

    /// How much of it.
    pub fn at(&self, done: usize, total: usize) {
        self.0.set_length(total.try_into().unwrap_or(u64::MAX));
        self.0.set_position(done.try_into().unwrap_or(u64::MAX));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
