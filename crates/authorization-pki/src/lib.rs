//! Who may read fingers and irises: the public key infrastructure of terminal authentication (Doc 9303-12 §7.2; TR-03110-3
//! annex C), as three entities that certify each other.
//!
//! ```text
//! CVCA  ──link──▶ CVCA        a new key, certified by the one before: chips follow
//!   │
//!   ├─ certifies ─▶ document verifier      request with the key before, or a fingerprint told by a person
//!   │                     │
//!   │                     └─ certifies ─▶ inspection system ──▶ credentials: links, verifier, terminal
//!   └─ trust point ─▶ chip at personalisation
//! ```
//!
//! * [`Entity`]: one of the three, and all it may do. [`Journal`]: its only state, checked row by row when it is read.
//! * [`Grant`]: what an authority gives; [`lifetime`]: for how long.
//! * [`TerminalCredentials`]: what a reader takes along. [`examination`]: what a chip would make of certificates.
//!
//! No file is opened here: octets go in and come out. Time and keys are arguments.

mod asking;
pub mod certificate_row;
mod certifying;
mod credentials;
mod day;
mod entity;
mod error;
pub mod examination;
mod holdings;
mod journal;
mod key_algorithm;
pub mod lifetime;
mod octets;
mod register;
mod settings;
mod state;
mod trust;

pub use certifying::{Answer, Grant};
pub use credentials::TerminalCredentials;
pub use day::day_of;
pub use entity::{Entity, Validity};
pub use error::{Error, JournalFault, Refused, Result};
pub use holdings::OwnKey;
pub use journal::{Event, Journal, Line, MAX_JOURNAL_LEN};
pub use key_algorithm::KeyAlgorithm;
pub use octets::{Fingerprint, NoFingerprint, Octets};
pub use register::{Answered, Identification};
pub use settings::{EntityKind, Settings};
pub use state::State;
pub use trust::Trust;

use protocols::terminal_authentication::{Policy, Profile};

/// What is taken in: the schemes and keys of Doc 9303-11 §7.1.4. Lengths in more octets than needed change nothing of what a
/// certificate says and occur; whoever shows a certificate shows them, too.
pub const POLICY: Policy = Policy {
    profile: Profile::Icao,
    tolerant: true,
};
