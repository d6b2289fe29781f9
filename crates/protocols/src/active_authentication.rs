//! Active authentication: the chip signs a challenge with a key that never leaves it (Doc 9303-11 §6.1).
//!
//! ```text
//! terminal                               chip
//! 88 00 00 08 RND.IFD 00           →
//!                                  ←     signature
//! ```
//!
//! RSA keys sign by ISO 9796-2 scheme 1 with partial recovery, keys on curves by plain ECDSA. It proves something only
//! when EF.DG15 is authentic and EF.DG1 is the document's printed zone (Doc 9303-11 §6.1.6).

pub mod chip;
mod iso9796_2;
pub mod terminal;
mod verification;

pub use verification::{Deviation, Verified, verify};

/// Octets of RND.IFD: these, and no other number (Doc 9303-11 §6.1.3).
pub const CHALLENGE_LEN: usize = 8;
