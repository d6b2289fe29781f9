//! Into a chip: a holder's record becomes a card image, and the image becomes a card.
//!
//! ```text
//! AcceptedRecord ┐
//! PreparedChip   ├─ issue ─▶ CardImage ─ write_job ─▶ WRITTEN ─ read back ─ lock ─▶ in the field
//! DocumentSigner ┘    │
//!                content gate, register
//! ```
//!
//! * [`issue`]: builds the data groups, checks them as a stranger would, enters the document into the register, signs.
//! * [`personalise`]: the procedure at the chip, step by step; each step resumes after a torn card.
//! * [`applet`]: the commands of the personalisation application, chapter 05 of the applet's law.
//! * [`PreparedChip`] travels as a [`chip_file`].
//! * [`CardImage`] travels as a job file; it belongs to one chip, because it names that chip's keys. What belongs together travels as a
//!   signed [`batch_file`].

pub mod applet;
pub mod batch_file;
mod biometric_records;
mod card_image;
pub mod chip_file;
pub mod content_gate;
mod data_groups;
mod error;
mod holder_pin;
mod issue;
mod job;
mod line;
mod manifest;
mod named_keys;
mod order;
pub mod personalise;
pub mod register;
mod terminal_trust;

pub use biometric_records::EncodedBiometrics;
pub use card_image::CardImage;
pub use error::{Error, Result};
pub use holder_pin::{CountedPassword, HolderPin};
pub use issue::{SignedLds, build_and_sign, issue};
pub use job::MAX_JOB_FILE;
pub use manifest::{Entry, Manifest};
pub use order::{Order, key_requests};
pub use personalise::{
    PreparedChip, Progress, Role, RoleKey, initialise, lock, prepare, void, write_job,
};
pub use register::{
    DocumentEntry, DocumentRegister, Entered, MemoryRegister, RegisterError, check_unique,
};
pub use terminal_trust::TerminalTrust;
