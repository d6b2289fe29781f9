//! Those who rely on the register: insurers, banks, civil status, checkpoints. They ask and are told; the register's data stay here.
//!
//! ```text
//! relying party ── agreement: what it may ask, why, how often
//!   │
//!   ├─ verification   number or document + attributes + purpose + consent ─▶ match, no-match, not-known; never the data
//!   ├─ batch          the same for 100,000 lines, in and out as they come
//!   ├─ chip           EF.SOD or its hashes ─▶ issued here, valid, suspended, ended
//!   ├─ status         signed lists for those who are off line
//!   ├─ birth          a number for a newborn, exactly once; cancelled and set up again by two persons
//!   └─ changes        CloudEvents: asked for, or brought by webhook or NATS
//! ```
//!
//! # What nobody learns
//!
//! * No answer holds anything that the register knows of a person, but for the number that a birth register has asked for.
//! * Whoever knows neither name nor date of birth is told `no-match` for everything, and cannot tell a wrong name from a number that was
//!   never given: the answer has the same form, and the register reads as often ([`verification`]).
//! * Guessing ends: so many differing attempts for one subject, so many misses a day ([`guessing`]).
//! * People and documents have another name for each party ([`reference`]): two parties cannot put together what they were told.

pub mod agreement;
pub mod attribute;
mod audit;
pub mod birth;
pub mod carriers;
pub mod changes;
pub mod chip;
pub mod courier;
pub mod desk;
mod fault;
pub mod guessing;
pub mod keys;
pub mod lines;
pub mod nats;
pub mod pace;
pub mod receiver;
mod records;
pub mod reference;
pub mod room;
pub mod status;
pub mod subject;
pub mod subscription;
pub mod verification;

pub use agreement::Agreement;
pub use desk::{Party, RelyingDesk};
pub use fault::{Fault, Result};
pub use room::Room;

#[cfg(test)]
mod tests;
