//! The floor: where thousands of cards are made, at several readers at once, by people who go home at the end of a shift.
//!
//! ```text
//! chips ─ received ─▶ STOCK ─ taken with a job ─▶ RESERVED ─▶ IN PERSO ─▶ WRITTEN ─ read back ─▶ PASSED ─ counted ─▶ HANDED OVER
//!                       └─────────────────────────────┴──────────┴───────────┴─────────────────────┴─▶ REJECTED ─ two persons ─▶ DESTROYED
//! ```
//!
//! * [`Journal`]: what happened, in a chain of hashes; what is not in it did not happen, and what is in it is never done twice.
//! * [`State`]: what the journal comes to; an event that cannot follow, or must not, is refused before it is written.
//! * [`claim`]: a batch straight from the service.
//! * [`intake`]: a job file is the one that was taken, octet by octet.
//! * [`lane`]: the work at one reader, over a line to a chip. After a crash the chip says how far it is.
//! * [`quality`]: another person with other keys reads the card as a border would; only then is it locked.
//! * [`station`]: machines that feed cards to a reader by themselves.
//! * [`Line`]: when to take a reader out, and when to stop all of them.
//! * [`report`]: the same on paper, for two signatures.
//! * [`results`]: what the service has to be told.
//! * [`stock`] and [`shift`]: every chip that came in is somewhere, or the shift stays open.
//!
//! A job is made for one chip, and a chip says its serial number: who puts a card in need not know whose it is, no job comes into
//! two cards, and no card gets two jobs.

pub mod card;
pub mod claim;
mod error;
pub mod event;
pub mod intake;
mod journal;
pub mod lane;
mod line;
mod person;
pub mod quality;
pub mod report;
pub mod results;
mod rules;
pub mod shift;
mod state;
pub mod station;
pub mod stock;
mod transition;

pub use card::{Assignment, Card, Stage};
pub use error::{Error, JournalFault, Refused, Result};
pub use event::{ChipSerial, Event, JobEntry, Reason, Source, Told, Work};
pub use journal::{Journal, Lines, MAX_JOURNAL, MAX_LINE, Mark};
pub use lane::{Desk, Lane};
pub use line::{Limits, Line, Standing};
pub use person::{Pair, Person};
pub use state::{Batch, MAX_JOBS, State};
