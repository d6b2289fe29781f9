//! Certificates, security object and passive authentication (Doc 9303-12, -10 and -11).
//!
//! * **Issuing**: a [`Signer`] holds a key; the profiles of [`profile`] are the kinds of certificate; a
//!   [`DocumentSigner`] signs EF.SOD by [`security_object::sign`].
//! * **Reading**: [`Certificate`], [`SignedData`] and [`SecurityObject`] are read from foreign bytes, BER or DER; what is
//!   against the rules is accepted where it can be and recorded as [`Deviation`]. Reading verifies nothing.
//! * **Verifying**: a [`TrustStore`] holds CSCA certificates; [`passive_authentication::authenticate`] gives one
//!   [`CheckResult`] for each check, and [`VerifiedLds`] if the data may be relied on; [`CardSecurity::authenticate`] does the same
//!   for EF.CardSecurity.
//!
//! `der` and `x509-cert` write what is ours, `asn1-rs` walks what is others'; both have their one place. The time is
//! always an argument, and so is randomness.

mod algorithm;
mod ber;
pub mod card_security;
pub mod certificate;
mod chain;
pub mod check;
pub mod cms;
pub mod crl;
pub mod deviation;
pub mod deviation_list;
mod document_signer;
mod document_type;
mod error;
pub mod issuing_state;
pub mod ldif;
pub mod lint;
mod list_signer;
pub mod master_list;
mod name;
pub mod oids;
pub mod passive_authentication;
pub mod profile;
pub mod revocation;
pub mod security_object;
mod signer;
pub mod trust_store;
pub mod usage;
mod verification;
mod written_time;

pub use algorithm::AlgorithmIdentifier;
pub use card_security::CardSecurity;
pub use certificate::{Certificate, Validity};
pub use check::{Cause, CheckResult};
pub use cms::SignedData;
pub use crl::Crl;
pub use deviation::{Deviation, DeviationKind};
pub use deviation_list::DeviationList;
pub use document_signer::{DocumentSigner, SigningRight};
pub use error::{Error, KeyStoreFault, NotPermitted, Result, Untrusted};
pub use list_signer::ListSigner;
pub use master_list::MasterList;
pub use name::{Attribute, Name};
pub use passive_authentication::{
    DataGroup, DataGroupResult, Report, SignerReport, VerifiedLds, authenticate,
};
pub use security_object::SecurityObject;
pub use signer::{Signer, SoftwareSigner};
pub use trust_store::{Acceptance, Fingerprint, TrustAnchor, TrustStore};
pub use usage::UsageCounter;
