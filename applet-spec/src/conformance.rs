//! Conformance cases as data, and what runs them against a chip: in this process, in a virtual reader, or any card.
//!
//! A case ([`Case`]) says which requirements it proves, what it needs, what to send and what must come back. The cases stand in
//! `conformance/*.toml`; adding one there adds a test. What only the owner of a card knows (passwords, SecurityInfos) is
//! [`Knowledge`]; the card itself is a [`Device`].

mod alteration;
mod case;
mod line;
mod pattern;
mod runner;
mod session;

pub use alteration::Alteration;
pub use case::{Action, Case, Dialogue, Feature, Step, Suite};
pub use pattern::{DataPattern, StatusPattern};
pub use runner::{Device, Failure, Knowledge, run};
