//! One check of the report.

use core::time::Duration;

use crate::Outcome;

/// What a check counts for in the overall result (BSI TR-03135-1 §5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Counts.
    Mandatory,
    /// Counts where it was done: *not supported* does not spoil the overall result.
    Optional,
    /// Counts where it came to an answer: without the data it needs, it does not spoil the overall result.
    WhereKnown,
    /// Is recorded and does not count, unless it was aborted.
    Evaluatory,
}

impl Weight {
    /// The guideline's word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Mandatory => "mandatory",
            Self::Optional | Self::WhereKnown => "optional",
            Self::Evaluatory => "evaluatory",
        }
    }
}

/// What a check is: the same in every report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckKind {
    /// Stable word for programs.
    pub id: &'static str,
    /// Title for people.
    pub title: &'static str,
    /// Where the check is defined.
    pub clause: &'static str,
    /// What it counts for.
    pub weight: Weight,
}

/// What came out of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The result.
    pub outcome: Outcome,
    /// Why it is not successful, or what was found.
    pub cause: String,
    /// What the person at the counter can do, if there is something.
    pub remedy: Option<&'static str>,
}

impl Finding {
    /// A success; `what` says with what.
    #[must_use]
    pub fn successful(what: impl Into<String>) -> Self {
        Self::new(Outcome::Successful, what)
    }

    /// The document does not have it.
    #[must_use]
    pub fn not_supported(why: impl Into<String>) -> Self {
        Self::new(Outcome::NotSupported, why)
    }

    /// Nothing can be said.
    #[must_use]
    pub fn undetermined(why: impl Into<String>) -> Self {
        Self::new(Outcome::Undetermined, why)
    }

    /// It did not pass.
    #[must_use]
    pub fn failed(why: impl Into<String>) -> Self {
        Self::new(Outcome::Failed, why)
    }

    /// It did not come to its end.
    #[must_use]
    pub fn aborted(why: impl Into<String>) -> Self {
        Self::new(Outcome::Aborted, why)
    }

    /// Adds what to do.
    #[must_use]
    pub const fn remedy(mut self, remedy: &'static str) -> Self {
        self.remedy = Some(remedy);
        self
    }

    fn new(outcome: Outcome, cause: impl Into<String>) -> Self {
        Self {
            outcome,
            cause: cause.into(),
            remedy: None,
        }
    }
}

/// A check with its result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Which check.
    pub kind: CheckKind,
    /// What came out.
    pub finding: Finding,
    /// Departures from the standards that were put up with; tolerance is never silence.
    pub deviations: Vec<String>,
    /// How long it took, commands included.
    pub elapsed: Duration,
}

impl Check {
    /// The result as it counts in the overall result; `None` if it does not.
    ///
    /// *Aborted* counts whatever the weight: an inspection that was cut short has no verdict about the document, even if all
    /// that was cut off is a file that would not have counted.
    #[must_use]
    pub fn counts_as(&self) -> Option<Outcome> {
        match (self.kind.weight, self.finding.outcome) {
            (_, Outcome::Aborted) => Some(Outcome::Aborted),
            (Weight::Evaluatory, _)
            | (Weight::Optional | Weight::WhereKnown, Outcome::NotSupported)
            | (Weight::WhereKnown, Outcome::Undetermined) => None,
            (Weight::Mandatory | Weight::Optional | Weight::WhereKnown, outcome) => Some(outcome),
        }
    }
}
