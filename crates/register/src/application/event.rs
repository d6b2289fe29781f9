//! What has happened to an application. Events are facts: they are kept for ever, and hold neither names nor biometrics.

use time::OffsetDateTime;
use uuid::Uuid;

use crate::{Digest, Officer};

/// Something that has happened to an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The packet is here.
    ApplicationReceived(Receipt),
    /// The record obeys its profile.
    ApplicationChecked(Check),
    /// Somebody who resembles the applicant was registered after the checks: it is looked at again, and what was granted is not granted.
    ResemblanceFound {
        /// Who were not known at the checks.
        resembling: Vec<Resemblance>,
    },
    /// Somebody has looked at those who resemble the applicant.
    DuplicatesReviewed {
        /// What was found.
        finding: DuplicateFinding,
        /// Who looked.
        by: Officer,
    },
    /// The application is granted.
    ApplicationApproved {
        /// Who grants it.
        by: Officer,
    },
    /// The person is in the register.
    PersonAssigned {
        /// Who.
        person: Uuid,
    },
    /// A job makes its document.
    ProductionBegun {
        /// The job.
        job: Uuid,
    },
    /// The job has made none: the application waits for a remake.
    ProductionFailed {
        /// The job.
        job: Uuid,
        /// Why.
        reason: MakeFailure,
    },
    /// The chip is locked.
    DocumentProduced {
        /// The job.
        job: Uuid,
    },
    /// The card is not as it should be, said by somebody who has seen it: it is made again.
    ComplaintRaised {
        /// The job of the card.
        job: Uuid,
        /// Why.
        reason: MakeFailure,
        /// Who says so.
        by: Officer,
    },
    /// The holder has the card.
    ApplicationCompleted {
        /// The job of the card.
        job: Uuid,
    },
    /// The application is not granted.
    ApplicationRefused {
        /// Why.
        reason: RefusalReason,
        /// The rules that the record breaks, where rules refused it.
        rules: Vec<String>,
        /// Who refuses; nobody where rules did.
        by: Option<Officer>,
    },
    /// The applicant does not want it any more.
    ApplicationWithdrawn {
        /// Who was told so.
        by: Officer,
    },
    /// Portrait and prints are gone, with the key that opened them.
    BiometricsErased(Erasure),
}

/// A packet that was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// SHA-256 of its file.
    pub packet: Digest,
    /// The issuer profile that the record was made for.
    pub profile: String,
    /// Why the document is asked for, by the word of the profile.
    pub reason: Option<String>,
    /// The station.
    pub station: String,
    /// Who enrolled.
    pub operator: Officer,
    /// Who released what was overridden.
    pub supervisor: Option<Officer>,
    /// When it was sealed, by the clock of the station.
    pub sealed_at: OffsetDateTime,
    /// How urgent it is.
    pub priority: Priority,
}

/// How urgent an application is: the lower, the sooner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// Somebody has waited for a card that was spoiled.
    Remake,
    /// There is a reason to hurry.
    Urgent,
    /// In the order of coming.
    Normal,
}

/// The result of the checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// SHA-256 over the record as it is in the packet: what is approved is exactly this.
    pub record: Digest,
    /// The registered person who has the personal number of the record.
    pub person: Option<Uuid>,
    /// Registered persons who resemble the applicant, the most similar first.
    pub resembling: Vec<Resemblance>,
    /// How many rules were overridden at the station.
    pub overrides: u32,
}

/// A registered person who resembles the applicant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resemblance {
    /// Who.
    pub person: Uuid,
    /// The rule of the duplicate policy.
    pub rule: String,
    /// 0 to 100.
    pub score: u8,
}

/// What a review of duplicates has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DuplicateFinding {
    /// Nobody of them is the applicant.
    NewPerson,
    /// The applicant is this person.
    KnownPerson(Uuid),
}

/// Why an application is not granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalReason {
    /// The record breaks rules of its profile.
    RulesBroken,
    /// The packet cannot be opened or does not hold what it says.
    PacketUnreadable,
    /// The applicant has no right to the document.
    NotEligible,
    /// The applicant is registered as somebody else.
    IdentityInDoubt,
    /// Pictures or prints are not good enough.
    BiometricsUnusable,
    /// Papers are missing or do not prove what they should.
    EvidenceMissing,
    /// The data are wrong: the applicant comes again.
    DataWrong,
    /// The same was asked for before and is on its way.
    AskedBefore,
}

/// Why a card has to be made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MakeFailure {
    /// The chip is mute, refuses or misbehaves.
    ChipFaulty,
    /// The card is printed or laminated badly.
    PrintFaulty,
    /// The record was wrong, although it was approved.
    WrongData,
    /// The card is not where it should be.
    LostInProduction,
}

/// The proof that biometrics are gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// Why.
    pub cause: ErasureCause,
    /// SHA-256 of the sealed file that was removed.
    pub file: Digest,
}

/// Why biometrics are erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErasureCause {
    /// The holder has the card.
    HandedOver,
    /// The application was refused or withdrawn.
    Ended,
    /// The time that the policy allows is over.
    TimeOver,
}

macro_rules! words {
    ($name:ident, $count:literal, $($variant:ident => $word:literal),+ $(,)?) => {
        impl $name {
            /// All of them.
            pub const ALL: [Self; $count] = [$(Self::$variant),+];

            /// The word in requests, reports and the register.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }

            /// The one of a word.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|one| one.word() == word)
            }
        }
    };
}

words!(Priority, 3, Remake => "remake", Urgent => "urgent", Normal => "normal");
words!(RefusalReason, 8,
    RulesBroken => "rules-broken",
    PacketUnreadable => "packet-unreadable",
    NotEligible => "not-eligible",
    IdentityInDoubt => "identity-in-doubt",
    BiometricsUnusable => "biometrics-unusable",
    EvidenceMissing => "evidence-missing",
    DataWrong => "data-wrong",
    AskedBefore => "asked-before",
);
words!(MakeFailure, 4,
    ChipFaulty => "chip-faulty",
    PrintFaulty => "print-faulty",
    WrongData => "wrong-data",
    LostInProduction => "lost-in-production",
);
words!(ErasureCause, 3,
    HandedOver => "handed-over",
    Ended => "ended",
    TimeOver => "time-over",
);
