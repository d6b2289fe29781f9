//! Why a wish is not granted.

use uuid::Uuid;

use super::StageKind;

/// Why a command changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The application is not in the register.
    #[error("the register knows no such application")]
    Unknown,
    /// The application exists, out of another packet.
    #[error("the application was made of another packet")]
    OtherPacket,
    /// The application is at a stage where this cannot happen.
    #[error("the application is {}: this cannot happen to it", .0.word())]
    Stage(StageKind),
    /// One person cannot do two steps of one application.
    #[error("whoever has {} this application seems to be the same person: somebody else has to do this", .0.word())]
    SamePerson(Part),
    /// Nobody of this id resembles the applicant.
    #[error("person {0} is not among those who were to be compared")]
    NotResembling(Uuid),
    /// Somebody who resembles the applicant was registered in the meantime.
    #[error(
        "somebody who resembles the applicant was registered in the meantime: compare them first"
    )]
    Resembling,
    /// Another person was assigned before.
    #[error("the application is about person {0}")]
    OtherPerson(Uuid),
    /// Another job makes the document.
    #[error("the document is made by job {0}")]
    OtherJob(Uuid),
    /// The biometrics are gone: nothing can be made of the application any more.
    #[error("the biometrics of this application were erased: nothing can be made of it any more")]
    Erased,
    /// The document is on its way: the biometrics are needed.
    #[error("the biometrics are still needed: the application is {}", .0.word())]
    StillNeeded(StageKind),
}

/// What somebody has done with an application before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Collected it.
    Enrolled,
    /// Let something through against a rule.
    Released,
    /// Looked at duplicates.
    Reviewed,
}

impl Part {
    /// What was done, as a participle.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Enrolled => "enrolled",
            Self::Released => "released",
            Self::Reviewed => "reviewed",
        }
    }
}

impl Refusal {
    /// The word of the refusal in the audit log and in problems.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "unknown-application",
            Self::OtherPacket => "other-packet",
            Self::Stage(_) => "wrong-stage",
            Self::SamePerson(_) => "same-person",
            Self::NotResembling(_) => "not-resembling",
            Self::Resembling => "resembling",
            Self::OtherPerson(_) => "other-person",
            Self::OtherJob(_) => "other-job",
            Self::Erased => "biometrics-erased",
            Self::StillNeeded(_) => "still-needed",
        }
    }
}
