//! Terminal authentication, version 1: the terminal shows that the issuing state lets it read fingers and irises
//! (Doc 9303-11 §7.1), with the card verifiable certificates it does so by (Doc 9303-12 §7.2; TR-03110-3 annexes C, D).
//!
//! ```text
//! terminal                                            chip
//! 22 81B6  83 authority                         →     9000       for each certificate: links, verifier, terminal
//! 2A 00BE  7F4E body  5F37 signature            →     9000
//! 22 81A4  83 terminal                          →     9000
//! 84 0000  Le 08                                →     r_IC, 9000
//! 82 0000  Sign(ID_IC ‖ r_IC ‖ Comp(PK_IFD))    →     9000
//! ```
//!
//! | what | where |
//! |---|---|
//! | certificates and requests, read and signed | [`Certificate`], [`Request`] |
//! | keys in them, algorithms | [`CvPublicKey`], [`SignatureScheme`], [`Profile`] |
//! | role and rights | [`Chat`], [`Role`], [`Rights`] |
//! | what a chip makes of a certificate | [`chain::validate`], [`TrustPoints`] |
//! | the two ends | [`chip::TerminalAuthentication`], [`terminal::authenticate`] |
//!
//! Everything goes under secure messaging of chip authentication, which comes before. The profile of Doc 9303 is the
//! default; [`Profile::Tr03110`] adds what only TR-03110 lists.

mod algorithm;
mod binding;
mod body;
mod certificate;
pub mod chain;
pub mod chip;
mod dates;
mod fault;
mod holder_authorization;
mod objects;
mod public_key;
mod reference;
mod request;
mod signer;
pub mod terminal;
mod trust;
#[cfg(test)]
mod worked_example;

pub use algorithm::{Profile, SignatureScheme};
pub use binding::Binding;
pub use body::{CertificateBody, Extension, MAX_EXTENSIONS};
pub use certificate::{Certificate, MAX_CERTIFICATE_LEN};
pub use chain::{Authorization, Policy};
pub use dates::{DATE_LEN, Date, Period};
pub use fault::{CertificateFault, Deviation};
pub use holder_authorization::{Chat, Rights, Role, TerminalType};
pub use public_key::{CvPublicKey, MAX_EXPONENT_LEN, VerificationKey};
pub use reference::{AuthorityReference, HolderReference};
pub use request::{Request, RequestBody};
pub use signer::{InMemory, Signer};
pub use trust::{MAX_TRUST_POINTS, TrustPoint, TrustPoints};

/// Octets of r_IC (Doc 9303-11 §7.1.2).
pub const CHALLENGE_LEN: usize = 8;
/// Most link certificates that a terminal presents: with keys of at least half a year, a document of ten years needs at most
/// twenty.
pub const MAX_LINKS: usize = 20;
/// Most certificates that a terminal presents: the links, the document verifier's and its own.
pub const MAX_CHAIN_LEN: usize = MAX_LINKS + 2;

/// P1 P2 of MSE:Set DST: set for verification (Doc 9303-11 §7.1.5.1).
const SET_DST: [u8; 2] = [0x81, 0xB6];
/// P1 P2 of MSE:Set AT: set for external authentication (Doc 9303-11 §7.1.5.3).
const SET_AT: [u8; 2] = [0x81, 0xA4];
/// P1 P2 of PSO:Verify Certificate (Doc 9303-11 §7.1.5.2).
const VERIFY_CERTIFICATE: [u8; 2] = [0x00, 0xBE];
