//! The offline root of an issuer: requests and answers as signed files, two persons, records to print.
//!
//! ```text
//! online side                         carried by hand                      offline root
//! registrar key, new key   ──▶  request (nonce, two signatures)   ──▶  two persons, policy, CSCA key
//! checks and installs      ◀──  answer (nonce, hash, signature)   ◀──  journal first, then the file
//! ```
//!
//! * [`request`], [`answer`]: what travels. [`two_persons`]: who must be there. [`record`]: what is printed and signed.
//! * [`journal`]: what the root remembers, hash-chained and signed. [`Root`]: what can be done with it.
//!
//! No file is opened here: texts go in and come out. Time and randomness are arguments.

pub mod answer;
mod discard;
mod dismissal;
mod error;
mod foresight;
pub mod issue;
pub mod journal;
pub mod keep;
mod loss;
pub mod octets;
pub mod policy;
pub mod record;
pub mod request;
mod root;
mod seal;
mod text;
pub mod two_persons;

pub use answer::{Answer, Issued, VerifiedAnswer};
pub use error::{Error, Forged, JournalFault, Refused, Result};
pub use foresight::foresee;
pub use journal::{Journal, Settings};
pub use keep::{Backup, KeyCopy};
pub use octets::{Der, Digest, SerialNumber};
pub use record::{Record, Sitting};
pub use request::{Period, Request, RequestBody, VerifiedRequest, Wanted, fingerprint};
pub use root::{Proposal, Root};
pub use two_persons::{ActivationSecret, Person, Role, TwoPersons};
