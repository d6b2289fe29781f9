//! Whether the register takes changes, asked by everybody and tried every few seconds.

use std::time::{Duration, Instant};

use register::store::StoreError;
use tokio::sync::Mutex;

use super::Api;

/// For so long a change that was possible counts. One that was not is tried again at once.
const TRIED_FOR: Duration = Duration::from_secs(5);

/// When a change was possible last.
#[derive(Debug, Default)]
pub(super) struct Writable(Mutex<Option<Instant>>);

impl Api {
    /// Tries to write to the register; nothing of it stays.
    ///
    /// # Errors
    /// Those of the store, as a change would meet them.
    pub async fn takes_changes(&self) -> Result<(), StoreError> {
        // One tries, the others wait for what he finds.
        let mut tried = self.writable.0.lock().await;
        if tried.is_some_and(|tried| tried.elapsed() < TRIED_FOR) {
            return Ok(());
        }
        self.store.try_write().await?;
        *tried = Some(Instant::now());
        Ok(())
    }
}
