//! From the packet of a station to the card in somebody's hand.
//!
//! ```text
//! received ─▶ checked ───────────────────┬─▶ approved ─▶ in-production ─▶ produced ─▶ completed
//!     │          ▲                       │      ▲              │              │
//!     ├─▶ in-duplicate-review ───────────┤      └── remake ────┴── complaint ─┘
//!     │                                  │
//!     └──────────────────────────────────┴─▶ refused, withdrawn
//! ```
//!
//! | step | event | who |
//! |---|---|---|
//! | *received* | the packet is here, whole and signed by a station | station |
//! | *checked* | the record obeys its profile; nobody like it is registered | the service |
//! | *in-duplicate-review* | somebody like it is: a person looks at both, side by side | approver |
//! | *approved* | another person than enrolled, released or reviewed says yes | approver |
//! | *in-production* | a number and a chip are taken, a job is signed | the service |
//! | *produced* | the chip is locked | quality control |
//! | *completed* | the holder has the card | operator |
//!
//! What is wrong with a card makes a remake: the same application is approved again and goes before the others. Every command
//! names who may give it: [`Command::permission`].

mod command;
mod event;
mod process;
mod refusal;
mod state;
pub mod stored;

pub use command::Command;
pub use event::{
    Check, DuplicateFinding, Erasure, ErasureCause, Event, MakeFailure, Priority, Receipt,
    RefusalReason, Resemblance,
};
pub use process::process;
pub use refusal::{Part, Refusal};
pub use state::{Application, Stage, StageKind};
