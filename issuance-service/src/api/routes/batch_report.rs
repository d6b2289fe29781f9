//! What is reported of the cards of a batch, and what becomes of it.

use perso::applet::Receipt;
use register::document::VoidReason;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::described;
use crate::api::extract::Json;
use crate::api::problem::Problem;
use crate::personalisation::batch::{CardResult, MAX_JOBS, Outcome, QualityResult};

/// A receipt of a chip.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReceiptWish {
    /// Its number on this chip.
    #[schema(format = Int64, minimum = 0, maximum = 4294967295i64)]
    counter: u32,
    /// 16 octets, hexadecimal.
    #[schema(
        example = "000102030405060708090a0b0c0d0e0f",
        pattern = "^[0-9a-fA-F]{32}$"
    )]
    mac: String,
}

impl ReceiptWish {
    /// `at` is its place in the body.
    fn read(&self, at: &str) -> Result<Receipt, Problem> {
        let mut mac = [0; 16];
        hex::decode_to_slice(&self.mac, &mut mac)
            .map_err(|_| Problem::field(&format!("{at}/mac")))?;
        Ok(Receipt {
            counter: self.counter,
            mac,
        })
    }
}

fn void_reason(at: usize, word: &str) -> Result<VoidReason, Problem> {
    let reason = VoidReason::from_word(word);
    reason.ok_or_else(|| Problem::field(&format!("results/{at}/reason")))
}

/// What is said of one card as it comes. Read in one go, with all fields that there may be: a form that depends on the word of a field is
/// looked at a second time, and its inner places are lost by then.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenOrNot {
    outcome: WritingWord,
    job: Uuid,
    commit: Option<ReceiptWish>,
    reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum WritingWord {
    Written,
    Spoiled,
}

/// The same of quality control.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PassedOrNot {
    outcome: QualityWord,
    job: Uuid,
    lock: Option<ReceiptWish>,
    reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum QualityWord {
    Passed,
    Rejected,
}

/// What does not belong together, in the words of the library that reads.
#[derive(Debug, thiserror::Error)]
enum Form {
    #[error("missing field `{0}`")]
    Missing(&'static str),
    #[error("unknown field `{0}`")]
    Unknown(&'static str),
}

fn only<T>(wanted: Option<T>, name: &'static str, other: Option<&'static str>) -> Result<T, Form> {
    match other {
        Some(other) => Err(Form::Unknown(other)),
        None => wanted.ok_or(Form::Missing(name)),
    }
}

impl TryFrom<WrittenOrNot> for WritingReport {
    type Error = Form;

    fn try_from(said: WrittenOrNot) -> Result<Self, Form> {
        let WrittenOrNot {
            outcome,
            job,
            commit,
            reason,
        } = said;
        Ok(match outcome {
            WritingWord::Written => Self::Written {
                job,
                commit: only(commit, "commit", reason.map(|_| "reason"))?,
            },
            WritingWord::Spoiled => Self::Spoiled {
                job,
                reason: only(reason, "reason", commit.map(|_| "commit"))?,
            },
        })
    }
}

impl TryFrom<PassedOrNot> for QualityReport {
    type Error = Form;

    fn try_from(said: PassedOrNot) -> Result<Self, Form> {
        let PassedOrNot {
            outcome,
            job,
            lock,
            reason,
        } = said;
        Ok(match outcome {
            QualityWord::Passed => Self::Passed {
                job,
                lock: only(lock, "lock", reason.map(|_| "reason"))?,
            },
            QualityWord::Rejected => Self::Rejected {
                job,
                reason: only(reason, "reason", lock.map(|_| "lock"))?,
            },
        })
    }
}

/// What came of one card.
#[derive(Deserialize, ToSchema)]
#[serde(
    try_from = "WrittenOrNot",
    tag = "outcome",
    rename_all = "kebab-case",
    deny_unknown_fields
)]
pub(super) enum WritingReport {
    /// The chip has confirmed every file.
    Written {
        /// The job.
        job: Uuid,
        /// The chip's receipt of COMMIT.
        commit: ReceiptWish,
    },
    /// There will be no card. A second person has to say so as well.
    Spoiled {
        /// The job.
        job: Uuid,
        /// `chip-faulty`, `print-faulty`, `wrong-data`, `application-withdrawn` or `lost-in-production`.
        #[schema(schema_with = described::void_reason)]
        reason: String,
    },
}

impl WritingReport {
    /// `at` is its place among the results.
    pub(super) fn read(&self, at: usize) -> Result<(Uuid, CardResult), Problem> {
        Ok(match self {
            Self::Written { job, commit } => {
                let commit = commit.read(&format!("results/{at}/commit"))?;
                (*job, CardResult::Written(commit))
            }
            Self::Spoiled { job, reason } => (*job, CardResult::Spoiled(void_reason(at, reason)?)),
        })
    }
}

/// What quality control says of one card.
#[derive(Deserialize, ToSchema)]
#[serde(
    try_from = "PassedOrNot",
    tag = "outcome",
    rename_all = "kebab-case",
    deny_unknown_fields
)]
pub(super) enum QualityReport {
    /// It was read back and locked.
    Passed {
        /// The job.
        job: Uuid,
        /// The chip's receipt of LOCK.
        lock: ReceiptWish,
    },
    /// It is set aside. A second person has to say so as well; whoever reported it spoiled is the first.
    Rejected {
        /// The job.
        job: Uuid,
        /// `chip-faulty`, `print-faulty`, `wrong-data`, `application-withdrawn` or `lost-in-production`.
        #[schema(schema_with = described::void_reason)]
        reason: String,
    },
}

impl QualityReport {
    /// `at` is its place among the results.
    pub(super) fn read(&self, at: usize) -> Result<(Uuid, QualityResult), Problem> {
        Ok(match self {
            Self::Passed { job, lock } => {
                let lock = lock.read(&format!("results/{at}/lock"))?;
                (*job, QualityResult::Passed(lock))
            }
            Self::Rejected { job, reason } => {
                (*job, QualityResult::Rejected(void_reason(at, reason)?))
            }
        })
    }
}

/// What came of cards.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Reports<T> {
    /// One for each card, at most 500.
    #[schema(min_items = 1, max_items = 500)]
    pub(super) results: Vec<T>,
}

/// What became of one report.
#[derive(Serialize, ToSchema)]
pub(super) struct OutcomeView {
    /// The job.
    job: Uuid,
    /// `written`, `passed`, `proposed` (waits for a second person), `voided` or `refused`.
    #[schema(example = "written")]
    outcome: &'static str,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "wrote-it")]
    reason: Option<&'static str>,
}

/// What became of the reports.
#[derive(Serialize, ToSchema)]
pub(super) struct Outcomes {
    /// One for each card, in their order.
    items: Vec<OutcomeView>,
}

pub(super) fn outcomes<T>(results: &[(Uuid, T)], outcomes: &[Outcome]) -> Json<Outcomes> {
    let items = results.iter().zip(outcomes).map(|((job, _), outcome)| {
        let reason = match outcome {
            Outcome::Refused(reason) => Some(*reason),
            _ => None,
        };
        OutcomeView {
            job: *job,
            outcome: outcome.word(),
            reason,
        }
    });
    Json(Outcomes {
        items: items.collect(),
    })
}

pub(super) fn of_one_report<T>(results: Vec<T>) -> Result<Vec<T>, Problem> {
    let fits = u32::try_from(results.len()).is_ok_and(|count| (1..=MAX_JOBS).contains(&count));
    if fits {
        Ok(results)
    } else {
        Err(Problem::field("results"))
    }
}
