//! The register: people, applications and documents; what may happen to them, and where it is remembered.
//!
//! ```text
//!                 Command ──▶ process ──▶ Event ──▶ apply ──▶ state            pure: no database, no clock
//!                                │                              │
//!                             Refusal                           └──▶ the next process
//!
//! packet ─▶ application ─▶ person ─▶ document ─▶ handed over ─▶ lost, renewed, revoked, expired
//! ```
//!
//! * [`application`]: from the packet of a station to the card in somebody's hand.
//! * [`document`]: one card, from the moment its number is taken to its end.
//! * [`person`]: who has which personal number.
//! * [`store`]: where all of it is kept: [`store::SqliteStore`] in one file, [`store::PostgresStore`] for a country. What must be unique
//!   is unique by constraints of the database.
//! * [`Applications`], [`Documents`], [`People`]: each of them on a store.
//!
//! `process` may refuse and changes nothing; `apply` cannot fail, because what has happened has happened. Events are stored in forms
//! that are never changed; they hold no names and no biometrics.

pub mod application;
mod applications;
mod digest;
pub mod document;
mod documents;
mod instant;
mod officer;
mod people;
pub mod person;
pub mod store;
mod stored_parts;

pub use applications::{
    ApplicationHistory, ApplicationPage, ApplicationSummary, Applications, LONGEST_KEPT,
    erase_tasks, priority_number,
};
pub use digest::Digest;
pub use documents::{
    DocumentSummary, Documents, History, Key, Page, Recorded, append as append_document,
};
pub use officer::{Approval, Officer, OfficerRefusal};
pub use people::{Details, People, PersonHistory, PersonRow};
