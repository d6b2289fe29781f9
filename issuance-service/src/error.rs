//! What stops the service.

use std::path::PathBuf;

use enrolment::Finding;

use register::OfficerRefusal;
use register::document::Refusal;
use register::store::StoreError;

use crate::station::{CaptureError, StationError};

/// Why the service did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The rules of issuance stand against it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// What was applied for at a desk is voided there.
    #[error("this document was applied for at a desk: it is voided there, by two accounts")]
    AppliedFor,
    /// The rules of an application stand against it.
    #[error(transparent)]
    Application(#[from] register::application::Refusal),
    /// The rules of stock, batches and consignments stand against it.
    #[error(transparent)]
    Personalisation(#[from] crate::personalisation::Refusal),
    /// The rules of the register of people stand against it.
    #[error(transparent)]
    Person(#[from] register::person::Refusal),
    /// The register cannot be opened.
    #[error("{place}")]
    Register {
        /// Where it should be.
        place: String,
        /// Why.
        #[source]
        source: StoreError,
    },
    /// There is no register, and there was one: its keys or its packets are there. A new one would give its numbers a second time.
    #[error("{place}: the keys or packets of a register are here, and it is not")]
    RegisterGone {
        /// Where it should be.
        place: String,
        /// What is there instead.
        #[source]
        source: StoreError,
    },
    /// Somebody has seen an older state.
    #[error("it has changed since it was read")]
    Changed,
    /// Others were faster again and again.
    #[error("too many others are changing this at the moment")]
    Busy,
    /// No chip is in stock for the profile.
    #[error("no prepared chip is in stock for this profile")]
    NoChip,
    /// A series of personal numbers has no more.
    #[error("the personal numbers of this place, sex and year of birth are used up")]
    NumbersUsedUp,
    /// What relying parties are served with stands against it.
    #[error(transparent)]
    Relying(#[from] crate::relying::Fault),
    /// An entry of the audit log cannot be made.
    #[error(transparent)]
    Audit(#[from] audit_log::Error),
    /// The packet's key was erased: nobody opens it any more.
    #[error("the biometrics of this application were erased")]
    Erased,
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
    /// The document signers of an issuer do not sign.
    #[error(transparent)]
    Signers(key_store::Error),
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
    /// Accounts, sessions, devices.
    #[error(transparent)]
    Access(#[from] access::Error),
    /// A request of the service's own was refused.
    #[error("{0}")]
    Problem(&'static str),
    /// A setting cannot work.
    #[error("the configuration: {0}")]
    Setting(&'static str),
    /// A key of the service is not where the others are.
    #[error("{} is missing beside the other keys of the service: restore it from the backup", .0.display())]
    KeyMissing(PathBuf),
    /// The keys of a register are not where they should be.
    #[error("the keys of this register are not in {}", .0.display())]
    KeysGone(PathBuf),
    /// The register belongs to other keys.
    #[error("the keys in {} are those of another service: this register has others", .0.display())]
    KeysOfAnother(PathBuf),
    /// A backup.
    #[error(transparent)]
    Backup(#[from] crate::backup::BackupError),
    /// A key of the service.
    #[error(transparent)]
    ServiceKey(#[from] key_store::Error),
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

impl From<OfficerRefusal> for Error {
    fn from(refusal: OfficerRefusal) -> Self {
        Self::Refused(refusal.into())
    }
}
