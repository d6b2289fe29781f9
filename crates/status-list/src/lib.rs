//! Which documents are revoked or suspended, in a file small enough for a verifier who is seldom on line.
//!
//! ```text
//!  register ─▶ StatusList: 2 bits × 2²⁰ ─▶ ZLIB ─▶ JWT `statuslist+jwt` ─▶ any web server, any mirror, any stick
//!                 ▲ Shard (list, index)                    ES256, the status signer's key
//!  document ──────┘                                                │
//!                     verifier:  VerifiedStatusList::open(token, key, uri, now) ─▶ status(index)
//! ```
//!
//! The format is IETF's Token Status List, draft-ietf-oauth-status-list-21 of June 2026 (approved, to become an RFC): §4 the list, §5.1 the
//! token, §7 the statuses, §8.3 the rules. The other forms of the draft (CWT, aggregation) are not here.
//!
//! * [`Shard`] says where a document stands. Lists have 2²⁰ entries, always, so that the size of a list tells nothing and who fetches one
//!   tells only that he met one document of a million.
//! * [`StatusList`] is the list, [`token::sign`] makes the token, [`VerifiedStatusList`] is the only way to look into a foreign one.
//! * [`jws`] signs and verifies compact JWS with our own keys; it is there for whoever else needs one.
//!
//! # What it costs
//!
//! A token of 2²⁰ entries, revoked at random (`cargo run --release -p status-list --example sizes`), in bytes:
//!
//! | revoked | 1 bit | 2 bits |
//! |---|---|---|
//! | none | 542 | 767 |
//! | 0.01 % | 1,117 | 1,449 |
//! | 0.1 % | 5,234 | 5,507 |
//! | 1 % | 27,530 | 28,962 |
//! | 10 % | 130,510 | 141,597 |
//!
//! The second bit costs next to nothing, so lists have two.
//!
//! # What it does not say
//!
//! A list says how things were at `iat`. Until `exp` somebody who can hold back newer lists can show this one, so the life of a list is how
//! long a revocation can be hidden: a day for those on line, as long as the longest journey of an inspector for the others. A token without
//! `exp` is refused. Beyond its end a list says nothing, and an application-specific status that one does not know is not valid.

pub mod error;
pub mod jws;
pub mod list;
pub mod shard;
mod status;
pub mod token;

pub use error::{Error, Result};
pub use list::{Bits, StatusList};
pub use shard::Shard;
pub use status::Status;
pub use token::{Claims, VerifiedStatusList};
