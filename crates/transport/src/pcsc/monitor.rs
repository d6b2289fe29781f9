//! Waiting for cards and readers to come and go.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ::pcsc::{Context, ReaderState, State};

use super::reader::states;
use super::{Reader, ReaderSelector, establish, service};
use crate::{Error, Result};

/// A cancellation that comes just before a wait begins is noticed after this time at the latest.
const LONGEST_SLEEP: Duration = Duration::from_millis(500);

/// Watches all readers. Waiting costs no time on the processor.
pub struct Monitor {
    context: Context,
    cancelled: Arc<AtomicBool>,
}

/// Ends the waits of one [`Monitor`], from any thread.
#[derive(Clone)]
pub struct CancelHandle {
    context: Context,
    cancelled: Arc<AtomicBool>,
}

impl CancelHandle {
    /// Ends the wait in progress and all later ones with [`Error::Cancelled`].
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Release);
        // Fails when nobody waits; then the flag does the work.
        let _ = self.context.cancel();
    }
}

impl Monitor {
    /// Connects to the service.
    ///
    /// # Errors
    /// [`Error::NoService`], [`Error::AccessDenied`].
    pub fn new() -> Result<Self> {
        Ok(Self {
            context: establish()?,
            cancelled: Arc::default(),
        })
    }

    /// A handle that ends the waits.
    #[must_use]
    pub fn cancel_handle(&self) -> CancelHandle {
        CancelHandle {
            context: self.context.clone(),
            cancelled: Arc::clone(&self.cancelled),
        }
    }

    /// Waits until there is a card in the reader that the selector means, and gives that reader.
    /// A reader that is not there yet may still be plugged in.
    ///
    /// # Errors
    /// [`Error::Timeout`], [`Error::Cancelled`], [`Error::NoService`]; [`Error::AmbiguousReader`] as soon as it is so.
    pub fn wait_for_card(
        &self,
        selector: &ReaderSelector,
        timeout: Option<Duration>,
    ) -> Result<Reader> {
        self.wait_until(timeout, |readers| match selector.select(readers) {
            Ok(reader) if reader.has_card() => Some(Ok(reader.clone())),
            Err(error @ Error::AmbiguousReader { .. }) => Some(Err(error)),
            _ => None,
        })?
    }

    /// Waits until the reader is empty or gone.
    ///
    /// Whoever puts the next card in must wait for this: within one poll of the service (0.4 s) two cards are one.
    ///
    /// # Errors
    /// [`Error::Timeout`], [`Error::Cancelled`], [`Error::NoService`].
    pub fn wait_for_removal(&self, reader: &str, timeout: Option<Duration>) -> Result<()> {
        self.wait_until(timeout, |readers| {
            let still_there = readers.iter().any(|r| r.name == reader && r.has_card());
            (!still_there).then_some(())
        })
    }

    /// Waits until `done` finds in the list of readers what it looks for. It is asked at once and after every change.
    ///
    /// # Errors
    /// [`Error::Timeout`], [`Error::Cancelled`], [`Error::NoService`].
    pub fn wait_until<T>(
        &self,
        timeout: Option<Duration>,
        mut done: impl FnMut(&[Reader]) -> Option<T>,
    ) -> Result<T> {
        let deadline = timeout.map(|timeout| Instant::now() + timeout);
        loop {
            if self.cancelled.load(Ordering::Acquire) {
                return Err(Error::Cancelled);
            }
            let states = states(&self.context)?;
            let readers: Vec<Reader> = states.iter().map(Reader::from_state).collect();
            if let Some(found) = done(&readers) {
                return Ok(found);
            }
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            if left == Some(Duration::ZERO) {
                return Err(Error::Timeout);
            }
            self.sleep_until_change(states, left)?;
        }
    }

    fn sleep_until_change(
        &self,
        mut states: Vec<ReaderState>,
        left: Option<Duration>,
    ) -> Result<()> {
        for state in &mut states {
            state.sync_current_state();
        }
        states.push(ReaderState::new(::pcsc::PNP_NOTIFICATION(), State::UNAWARE));
        let sleep = left.map_or(LONGEST_SLEEP, |left| left.min(LONGEST_SLEEP));
        match self.context.get_status_change(sleep, &mut states) {
            // A reader that was unplugged meanwhile is found missing in the next list.
            Ok(()) | Err(::pcsc::Error::Timeout | ::pcsc::Error::UnknownReader) => Ok(()),
            Err(error) => Err(service(error)),
        }
    }
}

impl core::fmt::Debug for Monitor {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Monitor")
    }
}

impl core::fmt::Debug for CancelHandle {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("CancelHandle")
    }
}
