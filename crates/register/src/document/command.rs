//! What somebody wants to happen.

use uuid::Uuid;

use super::state::Proposed;
use super::{Delivery, EndReason, Entry, HandOver, Signature, SuspendReason, Voiding, Writing};
use crate::Officer;

/// A wish. Whether it is granted, [`super::process`] says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "one at a time is moved, and every document has an entry"
)]
pub enum Command {
    /// Take number, chip and keys for a document, before anything is signed.
    EnterDocument(Entry),
    /// Record that the security object is signed.
    RecordSignature(Signature),
    /// Record that the chip has confirmed every file.
    ConfirmWriting(Writing),
    /// Record that the chip is in the field.
    ConfirmDelivery(Delivery),
    /// Send the card to a counter.
    Ship(Uuid),
    /// Give the card to its holder.
    HandOver(HandOver),
    /// Forbid its use for the moment.
    Suspend {
        /// Why.
        reason: SuspendReason,
        /// Who says so.
        by: Officer,
    },
    /// Allow its use again.
    Reinstate {
        /// Who says so.
        by: Officer,
    },
    /// End it, at the word of one person; `None` where time or the next card ends it.
    End {
        /// Why.
        reason: EndReason,
        /// Who says so.
        by: Option<Officer>,
    },
    /// The first of two persons: void it, or end it in a way that takes two.
    Propose {
        /// What.
        proposed: Proposed,
        /// Who.
        by: Officer,
    },
    /// The second of two persons.
    Confirm {
        /// What.
        proposed: Proposed,
        /// Who.
        by: Officer,
    },
    /// End a document that is not in the field; both persons stand in it.
    VoidDocument(Voiding),
}
