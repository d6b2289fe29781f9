//! The register as `perso` sees it while it issues: the moment between the content gate and the signature.

use perso::{DocumentEntry, DocumentRegister, RegisterError};
use register::Documents;
use register::document::Entry;
use register::store::{Change, Store};
use tokio::runtime::Handle;

/// Enters one document, with what `perso` does not know of it. Lives on a thread that may block.
pub(crate) struct StoreRegister<S> {
    pub(crate) documents: Documents<S>,
    pub(crate) runtime: Handle,
    pub(crate) entry: Entry,
    /// What happens in the same transaction.
    pub(crate) change: Change,
}

impl<S: Store> DocumentRegister for StoreRegister<S> {
    fn enter(&mut self, document: &DocumentEntry) -> Result<(), RegisterError> {
        if *document != self.entry.document {
            // What is entered must be what was granted, and what is signed must be what is entered.
            return Err(RegisterError::JobDiffers);
        }
        let entering = self.documents.enter(&self.entry, self.change.clone());
        self.runtime.block_on(entering).map(drop)
    }
}
