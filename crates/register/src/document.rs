//! One card, from the moment its number is taken to its end.
//!
//! ```text
//!   Command ──▶ process ──▶ Event ──▶ apply ──▶ Document
//!                  │                               │
//!               Refusal                            └──▶ the next process
//!
//! entered ─▶ signed ─▶ written ─▶ delivered ─▶ shipped ─▶ handed-over ─▶ ended
//!    │         │          │           └──────────┴─────────────┴─ suspended: found again, or ended
//!    └─────────┴──────────┴─▶ voided
//! ```
//!
//! * *entered*: number, chip and keys are taken; *signed*: the job is made;
//! * *written*: the chip has confirmed every file (COMMIT); *delivered*: another person has read it and locked it (LOCK). A bureau that
//!   does both in one go records them together, as every release did;
//! * *shipped*, *handed-over*: where the card is; *ended*: lost, damaged, replaced, revoked, expired;
//! * *voided*: there is no document and never will be. The chip is spoiled.
//!
//! [`process`] may refuse and changes nothing; [`Document::apply`] cannot fail, because what has happened has happened.

mod command;
mod event;
mod life;
mod process;
mod refusal;
mod state;
pub mod stored;

pub use command::Command;
pub use event::{Delivery, Entry, Event, Signature, VoidReason, Voiding, Writing};
pub use life::{
    End, EndReason, Ended, HandOver, Life, ReadOut, Recipient, SuspendReason, Whereabouts,
};
pub use process::process;
pub use refusal::Refusal;
pub use state::{Document, Proposal, Proposed, Stage, StageKind};
