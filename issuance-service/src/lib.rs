//! The register of issued documents: records become signed personalisation jobs.
//!
//! ```text
//! record ┐
//! chip   ├─ issue ─▶ register ─▶ sign ─▶ job file ─▶ card-tool ─▶ receipts ─▶ delivered
//! staff  ┘             (once)                                          └──▶ voided
//! ```
//!
//! * [`application`]: the core. Commands, events and the state of a document, without I/O.
//! * [`store`]: where events are kept. What must be unique is unique by constraints of the database.
//! * [`IssuanceService`]: carries a command through core, store and signer. Whatever crashes, a document is issued once or
//!   not at all.
//! * [`record_folder`], [`load_chip`], [`signers`], [`JobFolder`]: what comes in and goes out as files.
//!
//! This service never talks to a card: it makes jobs, card-tool delivers them.

pub mod application;
mod config;
mod error;
mod files;
pub mod intake;
mod job_folder;
mod order;
pub mod record_folder;
mod register;
mod service;
pub mod signers;
pub mod station;
pub mod store;

pub use config::{CONFIG, Config};
pub use error::{Error, Result};
pub use job_folder::JobFolder;
pub use order::{DocumentOrder, load_chip};
pub use service::{IssuanceService, Issued};
