//! Memory in an array.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use zeroize::Zeroizing;

use super::{MemoryFault, NonVolatileMemory};

/// Memory cells that never fail. A clone is another handle to the same cells: whoever holds one can put them into another
/// chip, as a laboratory does.
#[derive(Clone, Default)]
pub struct Cells(Arc<Mutex<Zeroizing<Vec<u8>>>>);

impl Cells {
    /// Empty cells.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Cells that hold what [`Cells::octets`] once gave.
    #[must_use]
    pub fn from_octets(octets: Vec<u8>) -> Self {
        Self(Arc::new(Mutex::new(Zeroizing::new(octets))))
    }

    /// Everything in the cells, secrets included.
    #[must_use]
    pub fn octets(&self) -> Zeroizing<Vec<u8>> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Zeroizing<Vec<u8>>> {
        // Octets are octets, whoever panicked while holding them.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl NonVolatileMemory for Cells {
    fn load(&mut self) -> Result<Vec<u8>, MemoryFault> {
        Ok(self.lock().to_vec())
    }

    fn append(&mut self, octets: &[u8]) -> Result<(), MemoryFault> {
        self.lock().extend_from_slice(octets);
        Ok(())
    }

    fn replace(&mut self, octets: &[u8]) -> Result<(), MemoryFault> {
        *self.lock() = Zeroizing::new(octets.to_vec());
        Ok(())
    }
}
