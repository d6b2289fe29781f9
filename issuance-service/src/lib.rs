//! The register of issued documents: records become signed personalisation jobs.
//!
//! ```text
//! record ┐
//! chip   ├─ issue ─▶ register ─▶ sign ─▶ job file ─▶ card-tool ─▶ receipts ─▶ delivered
//! staff  ┘             (once)                                          └──▶ voided
//! ```
//!
//! * The crate `register` decides and remembers: what may happen to a document, an application, a person.
//! * [`IssuanceService`]: carries a command through core, store and signer. Whatever crashes, a document is issued once or
//!   not at all.
//! * [`record_folder`], [`load_chip`], [`signers`], [`JobFolder`]: what comes in and goes out as files.
//!
//! This service never talks to a card: it makes jobs, card-tool delivers them.

pub mod api;
pub mod backup;
mod config;
mod desk;
mod entering;
mod error;
mod files;
pub mod intake;
mod job_folder;
pub mod office;
mod order;
mod pages;
mod person_texts;
pub mod personalisation;
pub mod places;
pub mod record_folder;
pub mod relying;
mod service;
pub mod signers;
mod signing;
pub mod station;
pub mod times;
mod vault;

pub use config::{
    CONFIG, Config, NatsConfig, OidcConfig, RelyingConfig, ServeConfig, SessionConfig,
    SigningConfig, TelemetryConfig,
};
pub use error::{Error, Result};
pub use job_folder::JobFolder;
pub use order::{DocumentOrder, load_chip};
pub use service::{IssuanceService, Issued};
pub use vault::{FileKey, Vault};
