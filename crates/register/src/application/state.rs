//! An application as its events make it.

use uuid::Uuid;

use super::event::{
    Check, DuplicateFinding, Erasure, Event, MakeFailure, Priority, Receipt, RefusalReason,
    Resemblance,
};
use crate::Officer;

/// The state of an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    receipt: Receipt,
    check: Option<Check>,
    reviewers: Vec<Officer>,
    approver: Option<Officer>,
    person: Option<Uuid>,
    stage: Stage,
    remakes: u32,
    returns: u32,
    erasure: Option<Erasure>,
}

/// How far an application is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The packet is here.
    Received,
    /// The record is good, and somebody registered resembles the applicant.
    InDuplicateReview,
    /// The record is good and waits for approval.
    Checked,
    /// It is granted and waits for a chip.
    Approved,
    /// A job makes the document.
    InProduction(Uuid),
    /// The chip is locked.
    Produced(Uuid),
    /// The holder has the card.
    Completed(Uuid),
    /// It is not granted.
    Refused(RefusalReason),
    /// It was taken back.
    Withdrawn,
}

/// The stages by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StageKind {
    /// [`Stage::Received`].
    Received,
    /// [`Stage::InDuplicateReview`].
    InDuplicateReview,
    /// [`Stage::Checked`].
    Checked,
    /// [`Stage::Approved`].
    Approved,
    /// [`Stage::InProduction`].
    InProduction,
    /// [`Stage::Produced`].
    Produced,
    /// [`Stage::Completed`].
    Completed,
    /// [`Stage::Refused`].
    Refused,
    /// [`Stage::Withdrawn`].
    Withdrawn,
}

impl Application {
    fn received(receipt: &Receipt) -> Self {
        Self {
            receipt: receipt.clone(),
            check: None,
            reviewers: Vec::new(),
            approver: None,
            person: None,
            stage: Stage::Received,
            remakes: 0,
            returns: 0,
            erasure: None,
        }
    }

    /// The application that a series of events has made; `None` when nothing has happened.
    #[must_use]
    pub fn replay<'e>(events: impl IntoIterator<Item = &'e Event>) -> Option<Self> {
        events.into_iter().fold(None, Self::apply)
    }

    /// What an event makes of an application. Cannot fail: an event that [`super::process`] would not have allowed here, which no store
    /// can hold, changes what it says and nothing else.
    #[must_use]
    pub fn apply(application: Option<Self>, event: &Event) -> Option<Self> {
        let Some(mut after) = application else {
            return match event {
                Event::ApplicationReceived(receipt) => Some(Self::received(receipt)),
                _ => None,
            };
        };
        match event {
            Event::ApplicationReceived(_) => {}
            Event::ApplicationChecked(check) => after.checked(check),
            Event::ResemblanceFound { resembling } => after.resembles(resembling),
            Event::DuplicatesReviewed { finding, by } => after.reviewed(*finding, by),
            Event::ApplicationApproved { by } => {
                after.approver = Some(by.clone());
                after.stage = Stage::Approved;
            }
            Event::PersonAssigned { person } => after.person = Some(*person),
            Event::ProductionBegun { job } => after.stage = Stage::InProduction(*job),
            Event::ProductionFailed { reason, .. } | Event::ComplaintRaised { reason, .. } => {
                after.remake(*reason);
            }
            Event::DocumentProduced { job } => after.stage = Stage::Produced(*job),
            Event::ApplicationCompleted { job } => after.stage = Stage::Completed(*job),
            Event::ApplicationRefused { reason, .. } => after.stage = Stage::Refused(*reason),
            Event::ApplicationWithdrawn { .. } => after.stage = Stage::Withdrawn,
            Event::BiometricsErased(erasure) => after.erasure = Some(erasure.clone()),
        }
        Some(after)
    }

    fn checked(&mut self, check: &Check) {
        self.person = check.person;
        self.stage = if check.resembling.is_empty() {
            Stage::Checked
        } else {
            Stage::InDuplicateReview
        };
        self.check = Some(check.clone());
    }

    /// Who grants it must have seen what the review says of everybody.
    fn resembles(&mut self, found: &[Resemblance]) {
        if let Some(check) = &mut self.check {
            let known = &check.resembling;
            let is_new = |one: &&Resemblance| known.iter().all(|other| other.person != one.person);
            let new: Vec<Resemblance> = found.iter().filter(is_new).cloned().collect();
            check.resembling.extend(new);
        }
        self.approver = None;
        self.returns += 1;
        self.stage = Stage::InDuplicateReview;
    }

    fn reviewed(&mut self, finding: DuplicateFinding, by: &Officer) {
        if let DuplicateFinding::KnownPerson(person) = finding {
            self.person = Some(person);
        }
        self.reviewers.push(by.clone());
        self.stage = Stage::Checked;
    }

    /// Wrong data are not made again: somebody has to look at the record first.
    fn remake(&mut self, reason: MakeFailure) {
        self.remakes += 1;
        self.stage = if reason == MakeFailure::WrongData {
            Stage::Refused(RefusalReason::DataWrong)
        } else {
            Stage::Approved
        };
    }

    /// The packet that it came in.
    #[must_use]
    pub const fn receipt(&self) -> &Receipt {
        &self.receipt
    }

    /// The result of the checks, once they were made.
    #[must_use]
    pub const fn check(&self) -> Option<&Check> {
        self.check.as_ref()
    }

    /// Who looked at duplicates last.
    #[must_use]
    pub fn reviewer(&self) -> Option<&Officer> {
        self.reviewers.last()
    }

    /// Everybody who looked at duplicates.
    #[must_use]
    pub fn reviewers(&self) -> &[Officer] {
        &self.reviewers
    }

    /// Who granted it.
    #[must_use]
    pub const fn approver(&self) -> Option<&Officer> {
        self.approver.as_ref()
    }

    /// The person of the register, where known.
    #[must_use]
    pub const fn person(&self) -> Option<Uuid> {
        self.person
    }

    /// How far it is.
    #[must_use]
    pub const fn stage(&self) -> Stage {
        self.stage
    }

    /// How often a card was made in vain.
    #[must_use]
    pub const fn remakes(&self) -> u32 {
        self.remakes
    }

    /// How often it has waited for production anew: after a remake, or because somebody who resembles was registered.
    #[must_use]
    pub const fn rounds(&self) -> u32 {
        self.remakes + self.returns
    }

    /// The proof that the biometrics are gone.
    #[must_use]
    pub const fn erasure(&self) -> Option<&Erasure> {
        self.erasure.as_ref()
    }

    /// How urgent it is now: a remake goes before everything else.
    #[must_use]
    pub const fn priority(&self) -> Priority {
        if self.remakes > 0 {
            Priority::Remake
        } else {
            self.receipt.priority
        }
    }
}

impl Stage {
    /// The name of the stage.
    #[must_use]
    pub const fn kind(self) -> StageKind {
        match self {
            Self::Received => StageKind::Received,
            Self::InDuplicateReview => StageKind::InDuplicateReview,
            Self::Checked => StageKind::Checked,
            Self::Approved => StageKind::Approved,
            Self::InProduction(_) => StageKind::InProduction,
            Self::Produced(_) => StageKind::Produced,
            Self::Completed(_) => StageKind::Completed,
            Self::Refused(_) => StageKind::Refused,
            Self::Withdrawn => StageKind::Withdrawn,
        }
    }

    /// The job of its document, where one is made or was.
    #[must_use]
    pub const fn job(self) -> Option<Uuid> {
        match self {
            Self::InProduction(job) | Self::Produced(job) | Self::Completed(job) => Some(job),
            _ => None,
        }
    }
}

impl StageKind {
    /// All stages.
    pub const ALL: [Self; 9] = [
        Self::Received,
        Self::InDuplicateReview,
        Self::Checked,
        Self::Approved,
        Self::InProduction,
        Self::Produced,
        Self::Completed,
        Self::Refused,
        Self::Withdrawn,
    ];

    /// The word of the stage in requests, reports and the register.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::InDuplicateReview => "in-duplicate-review",
            Self::Checked => "checked",
            Self::Approved => "approved",
            Self::InProduction => "in-production",
            Self::Produced => "produced",
            Self::Completed => "completed",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The stage of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.word() == word)
    }

    /// Whether nothing more can come of it.
    #[must_use]
    pub const fn is_end(self) -> bool {
        matches!(self, Self::Completed | Self::Refused | Self::Withdrawn)
    }
}
