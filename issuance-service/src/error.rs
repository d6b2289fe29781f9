//! What stops the service.

use std::path::PathBuf;

use enrolment::Finding;

use crate::application::Refusal;
use crate::station::{CaptureError, StationError};
use crate::store::StoreError;

/// Why the service did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The rules of issuance stand against it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The record breaks rules of its profile.
    #[error("the record is not accepted: {}", list(.0))]
    NotAccepted(Vec<Finding>),
    /// The record was made for a profile that does not exist.
    #[error("the record was made for an unknown issuer profile")]
    UnknownProfile,
    /// The keys of the chip are not those that the profile asks for.
    #[error("the chip was prepared for another issuer profile: it has other keys")]
    ChipPreparedOtherwise,
    /// A file of settings is no such TOML.
    #[error("{}", path.display())]
    Toml {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, and where.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// Nothing can be signed here: the configuration names no PKI.
    #[error("this service has no document signer: it only takes packets in")]
    NoPki,
    /// The PKI folder names an algorithm that no signer has.
    #[error("{}: unknown signature algorithm", .0.display())]
    UnknownAlgorithm(PathBuf),
    /// A file of the key store does not hold what it should.
    #[error("{}", path.display())]
    KeyStore {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: pki::Error,
    },
    /// A file cannot be read or written.
    #[error("{}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        #[source]
        source: std::io::Error,
    },
    /// Something is there already that is never overwritten.
    #[error("{} exists already", .0.display())]
    Exists(PathBuf),
    /// A file is longer than anything that could be meant.
    #[error("{} is longer than {limit} bytes", path.display())]
    TooLong {
        /// The file.
        path: PathBuf,
        /// The limit.
        limit: usize,
    },
    /// A text file is not UTF-8.
    #[error("{} is not UTF-8 text", .0.display())]
    NotText(PathBuf),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The job could not be built, or the register or the content gate refused it.
    #[error(transparent)]
    Perso(#[from] perso::Error),
    /// The record.
    #[error(transparent)]
    Enrolment(#[from] enrolment::Error),
    /// A key.
    #[error(transparent)]
    Crypto(#[from] crypto::Error),
    /// A file is no such JSON.
    #[error("{}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, and where.
        #[source]
        source: serde_json::Error,
    },
    /// The station, or what came from one.
    #[error(transparent)]
    Station(#[from] StationError),
    /// Something that a page or a folder asked of the station.
    #[error(transparent)]
    Capture(#[from] CaptureError),
    /// The work was given up in the middle. Nothing is half-done.
    #[error("signing was interrupted")]
    Interrupted,
}

/// Result of this crate.
pub type Result<T> = core::result::Result<T, Error>;

fn list(findings: &[Finding]) -> String {
    findings
        .iter()
        .map(|finding| format!("\n  {finding}"))
        .collect()
}
