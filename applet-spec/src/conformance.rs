//! Conformance cases as data, and what runs them against a chip: in this process, in a virtual reader, or any card.
//!
//! A case ([`Case`]) says which requirements it proves, what it needs, what to send and what must come back. The cases stand in
//! `conformance/`, one file for each unit ([`Suite`]); [`suites`] gives them all. What a card offers and what its files hold is
//! [`Knowledge`]; the card itself is a [`Device`].

mod alteration;
mod case;
mod catalogue;
mod certificates;
mod chip_key;
pub mod content;
mod dialogue;
mod exchange;
mod feature;
mod hindrance;
mod knowledge;
mod line;
mod octets;
mod pattern;
mod runner;
mod session;
mod shaped;
mod suite;
mod values;

pub use alteration::{Alteration, At};
pub use case::{Action, Case, KeySet, Protection, Step};
pub use catalogue::{FILES, suites};
pub use certificates::{Authority, AuthorityKey, CertificateSet};
pub use dialogue::{Agreement, Dialogue, Mapping, PaceForm, Protocol, Shape, Turn};
pub use exchange::Exchange;
pub use feature::Feature;
pub use hindrance::Hindrance;
pub use knowledge::Knowledge;
pub use octets::{Octets, Unknown};
pub use pattern::{DataPattern, StatusPattern};
pub use runner::{Device, Failure, Outcome, Permission, examine, run};
pub use suite::{Suite, SuiteError};
