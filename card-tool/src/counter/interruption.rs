//! Somebody ends the program: what is being read is cut off, and what is on the screen is taken away in order.

use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;

use anyhow::{Context as _, Result};
use iso7816::{Channel, ChannelError, CommandApdu, Limits, ResponseApdu};

use super::Signal;
use crate::exit::Exit;

/// Whether somebody ends the program.
#[derive(Debug, Clone, Default)]
pub struct Interruption(Arc<AtomicBool>);

impl Interruption {
    /// Hears Ctrl-C and the signals that end a program. A second one ends it at once.
    ///
    /// # Errors
    /// The system does not tell us.
    pub fn hear(out: Sender<Signal>) -> Result<Self> {
        let interruption = Self::default();
        let seen = interruption.clone();
        ctrlc::set_handler(move || {
            if seen.0.swap(true, Ordering::AcqRel) {
                process::exit(Exit::Interrupted as i32);
            }
            // Nobody may be listening any more.
            let _ = out.send(Signal::Interrupted);
        })
        .context("signal handler")?;
        Ok(interruption)
    }

    /// Whether it is there.
    pub fn is_there(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// A line on which nothing more goes to the card once it is there.
    pub const fn line<'a>(&'a self, line: &'a mut dyn Channel) -> Interruptible<'a> {
        Interruptible {
            interruption: self,
            line,
        }
    }

    /// It is there, for a test.
    #[cfg(test)]
    pub fn come(&self) {
        self.0.store(true, Ordering::Release);
    }
}

/// A line that ends with the program.
pub struct Interruptible<'a> {
    interruption: &'a Interruption,
    line: &'a mut dyn Channel,
}

impl Channel for Interruptible<'_> {
    fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        if self.interruption.is_there() {
            return Err(ChannelError::CardLost);
        }
        self.line.transmit(command)
    }

    fn limits(&self) -> Limits {
        self.line.limits()
    }
}
