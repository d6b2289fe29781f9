//! What somebody wants to happen.

use super::{Delivery, Entry, Signature, Voiding};

/// A wish. Whether it is granted, [`super::process`] says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Take number, chip and keys for a document, before anything is signed.
    EnterDocument(Entry),
    /// Record that the security object is signed.
    RecordSignature(Signature),
    /// Record that the chip is in the field.
    ConfirmDelivery(Delivery),
    /// End a document that is not in the field.
    VoidDocument(Voiding),
}
