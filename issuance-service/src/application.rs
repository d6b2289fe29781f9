//! The core: what may happen to a document, without a database, a file or a clock.
//!
//! ```text
//!                      Command ──▶ process ──▶ Event ──▶ apply ──▶ Document
//!                                     │                               │
//!                                  Refusal                            └──▶ the next process
//! ```
//!
//! [`process`] may refuse and changes nothing; [`Document::apply`] cannot fail, because what has happened has happened. A
//! document is rebuilt from its events by [`Document::replay`].
//!
//! ```text
//! entered ──▶ signed ──▶ delivered
//!    │           │
//!    └─────┬─────┘
//!          ▼
//!        voided
//! ```

mod approval;
mod command;
mod digest;
mod document;
mod event;
mod process;
mod refusal;

pub use approval::{Approval, Officer};
pub use command::Command;
pub use digest::Digest;
pub use document::{Document, Stage, StageKind};
pub use event::{Delivery, Entry, Event, Signature, VoidReason, Voiding};
pub use process::process;
pub use refusal::Refusal;
