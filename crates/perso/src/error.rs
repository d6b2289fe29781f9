//! What stops a personalisation.

use iso7816::{ChannelError, StatusWord};
use uuid::Uuid;

use crate::applet::{LawVersion, LifeCycle, Need};
use crate::content_gate::Finding;

/// Why a card image could not be made, or could not be brought into a chip.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An answer of the chip or a job file does not follow its format.
    #[error("malformed {what}")]
    Malformed {
        /// What was being read.
        what: &'static str,
    },
    /// A chip file does not follow its format.
    #[error("chip file: malformed {what}{}", of_key(*.key))]
    MalformedChip {
        /// What was being read.
        what: &'static str,
        /// Which of the keys it belongs to, from 0, if to any.
        key: Option<usize>,
    },
    /// A chip file is no such JSON.
    #[error("chip file: not the JSON of a chip file")]
    ChipJson(#[source] serde_json::Error),
    /// The chip refused a step.
    #[error("the chip refused {step} with {sw}")]
    CardRefused {
        /// The step, as named in chapter 05 of the applet's law.
        step: &'static str,
        /// Its answer.
        sw: StatusWord,
    },
    /// The chip did something that the applet's law forbids.
    #[error("the chip misbehaves: {0}")]
    CardMisbehaved(&'static str),
    /// The chip is in a state in which the step is impossible.
    #[error("the chip is {found}, {step} needs it to be {wanted}")]
    WrongState {
        /// The step.
        step: &'static str,
        /// State of the chip.
        found: LifeCycle,
        /// State that is needed.
        wanted: LifeCycle,
    },
    /// The chip obeys a law that does not know what the document needs.
    #[error("{need} takes a chip of law {}, this one obeys {obeys}", .need.law())]
    LawTooOld {
        /// What is needed.
        need: Need,
        /// The law of the chip.
        obeys: LawVersion,
    },
    /// The chip holds another job.
    #[error("the chip holds job {found}, not {wanted}: finish or void that one first")]
    OtherJob {
        /// Job on the chip.
        found: Uuid,
        /// Job to be done.
        wanted: Uuid,
    },
    /// The job was made for another chip.
    #[error("the job was made for the chip {wanted}, this one is {found}")]
    OtherChip {
        /// Serial number in the job, hexadecimal.
        wanted: String,
        /// Serial number of the chip, hexadecimal.
        found: String,
    },
    /// The chip has got its keys for another profile.
    #[error(
        "the chip has a key of {purpose} of another kind than is asked for: it was prepared for another profile"
    )]
    OtherProfile {
        /// What the key is for.
        purpose: &'static str,
    },
    /// The job names a key that the chip does not have.
    #[error(
        "the job names another key of {purpose} than the chip has: it was made for keys that the chip never had, or has no more"
    )]
    OtherKey {
        /// What the key is for.
        purpose: &'static str,
    },
    /// What was read back is not what was written.
    #[error("{file} read back differs from the job")]
    ReadBackDiffers {
        /// The file.
        file: lds::File,
    },
    /// The content must not be signed.
    #[error("the content gate refuses to sign: {}", list(.0))]
    ContentGate(Vec<Finding>),
    /// The register refuses the document.
    #[error(transparent)]
    Register(#[from] crate::register::RegisterError),
    /// A trust point of terminal authentication cannot be given to a chip.
    #[error("trust point: {0}")]
    TrustPoint(&'static str),
    /// A key is not fit for its purpose.
    #[error("misuse: {0}")]
    Misuse(&'static str),
    /// The logical data structure could not be built.
    #[error(transparent)]
    Lds(#[from] lds::Error),
    /// Images could not be brought into the form of the chip.
    #[error(transparent)]
    Biometrics(#[from] biometrics::Error),
    /// The holder's data do not fit the profile.
    #[error(transparent)]
    Enrolment(#[from] enrolment::Error),
    /// Certificates or signatures.
    #[error(transparent)]
    Pki(#[from] pki::Error),
    /// A primitive failed.
    #[error(transparent)]
    Crypto(#[from] crypto::Error),
    /// The secure channel of personalisation.
    #[error(transparent)]
    SecureChannel(#[from] globalplatform::Error),
    /// A password.
    #[error(transparent)]
    Protocol(#[from] protocols::Error),
    /// The line to the card.
    #[error(transparent)]
    Transport(#[from] ChannelError),
}

/// Result of this crate.
pub type Result<T> = core::result::Result<T, Error>;

fn list(findings: &[Finding]) -> String {
    findings
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("; ")
}

fn of_key(key: Option<usize>) -> String {
    key.map_or_else(String::new, |at| format!(" of key {at}"))
}
