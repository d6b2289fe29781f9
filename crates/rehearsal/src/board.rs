//! For a person who watches: which step, how many, how fast, how long still. Without a terminal, a line for each step.

use std::{
    io::IsTerminal as _,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressState, ProgressStyle};

/// The steps that were done.
#[derive(Debug, Default)]
pub struct Board {
    steps: Vec<Step>,
}

/// What a step took.
#[derive(Debug, Clone)]
pub struct Step {
    /// Its name.
    pub name: &'static str,
    /// How many it was done for.
    pub count: u64,
    /// How long it took.
    pub time: Duration,
    /// It went on beside other steps, and this is the time that was waited for the rest of it: it says nothing of a rate.
    pub is_wait: bool,
}

/// A step that is being done.
#[derive(Debug)]
pub struct Running {
    name: &'static str,
    bar: ProgressBar,
    begun: Instant,
    count: u64,
    is_wait: bool,
}

impl Board {
    /// Begins a step for so many.
    #[must_use]
    pub fn begin(&self, name: &'static str, count: usize) -> Running {
        Self::running(name, count, false)
    }

    /// Begins to wait for what the service does by itself.
    #[must_use]
    pub fn wait(&self, name: &'static str, count: usize) -> Running {
        Self::running(name, count, true)
    }

    fn running(name: &'static str, count: usize, is_wait: bool) -> Running {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        let bar = if std::io::stderr().is_terminal() {
            ProgressBar::new(count)
        } else {
            ProgressBar::hidden()
        };
        let template = "{msg:34} {wide_bar} {pos:>4}/{len:4} {rate:>8} {eta:>4}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            // The library's own rate has ten decimals.
            bar.set_style(style.with_key("rate", rate));
        }
        bar.set_message(name);
        bar.enable_steady_tick(Duration::from_millis(200));
        Running {
            name,
            bar,
            begun: Instant::now(),
            count,
            is_wait,
        }
    }

    /// Ends a step; steps of the same name are added up.
    pub fn end(&mut self, step: &Running) {
        step.bar.finish_and_clear();
        let time = step.begun.elapsed();
        eprintln!(
            "{:34} {:4}  {:7.1} s",
            step.name,
            step.count,
            time.as_secs_f64()
        );
        match self.steps.iter_mut().find(|known| known.name == step.name) {
            Some(known) => {
                known.count += step.count;
                known.time += time;
            }
            None => self.steps.push(Step {
                name: step.name,
                count: step.count,
                time,
                is_wait: step.is_wait,
            }),
        }
    }

    /// What was done, in order.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }
}

impl Running {
    /// One more is done.
    pub fn one(&self) {
        self.bar.inc(1);
    }

    /// So many are done.
    pub fn at(&self, done: usize) {
        self.bar
            .set_position(u64::try_from(done).unwrap_or(u64::MAX));
    }
}

/// How many a second, as it is shown.
fn rate(state: &ProgressState, out: &mut dyn core::fmt::Write) {
    // A bar that cannot be written to shows nothing.
    let _ = write!(out, "{:.1}/s", state.per_sec());
}
