//! The register as `perso` sees it while it issues: the moment between the content gate and the signature.

use std::sync::Arc;

use perso::{DocumentEntry, DocumentRegister, RegisterError};
use time::OffsetDateTime;
use tokio::runtime::Handle;

use crate::application::Entry;
use crate::store::Store;

/// Enters one document, with what `perso` does not know of it. Lives on a thread that may block.
pub(crate) struct StoreRegister<S> {
    pub(crate) store: Arc<S>,
    pub(crate) runtime: Handle,
    pub(crate) entry: Entry,
    pub(crate) now: OffsetDateTime,
}

impl<S: Store> DocumentRegister for StoreRegister<S> {
    fn enter(&mut self, document: &DocumentEntry) -> Result<(), RegisterError> {
        if *document != self.entry.document {
            // What is entered must be what was granted, and what is signed must be what is entered.
            return Err(RegisterError::JobDiffers);
        }
        let entering = self.store.enter(&self.entry, self.now);
        self.runtime.block_on(entering).map(drop)
    }
}
