//! What the service has to be told of each batch, in the form in which it takes it.
//!
//! A card that went all the way since the last report is in both halves: first that it was written, then that it is good.
//!
//! What was printed is what is told: the news are those of a line of the journal, and what comes behind that line is told the next time.

use serde::Serialize;
use uuid::Uuid;

use crate::event::StoredReceipt;
use crate::{Card, Reason, Stage, State, Told};

/// The reports of one batch.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct BatchResults {
    /// The batch.
    pub batch: Uuid,
    /// What came of writing.
    pub writing: Half,
    /// What quality control has found.
    pub quality: Half,
    /// Cards that are in the field, and whose receipt of LOCK was lost with its answer: a person tells the service.
    pub lock_receipt_lost: Vec<Uuid>,
    /// Cards of which the service was told that they are good, and that are not, or are gone: a person tells the service, which must not let
    /// such a document be valid.
    pub no_longer_good: Vec<NoLongerGood>,
}

/// A card that was good, and was told of as such.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct NoLongerGood {
    /// The job.
    pub job: Uuid,
    /// Why there is no good card.
    pub reason: Reason,
}

/// The body of one report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Half {
    /// One for each card.
    pub results: Vec<CardResult>,
}

/// What became of one card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum CardResult {
    /// COMMIT.
    Written {
        /// The job.
        job: Uuid,
        /// The chip's receipt.
        commit: StoredReceipt,
    },
    /// It will never be written.
    Spoiled {
        /// The job.
        job: Uuid,
        /// Why.
        reason: Reason,
    },
    /// LOCK.
    Passed {
        /// The job.
        job: Uuid,
        /// The chip's receipt.
        lock: StoredReceipt,
    },
    /// It was written, and is not good.
    Rejected {
        /// The job.
        job: Uuid,
        /// Why.
        reason: Reason,
    },
}

impl BatchResults {
    /// The jobs in it, each once.
    #[must_use]
    pub fn jobs(&self) -> Vec<Uuid> {
        let results = self.writing.results.iter().chain(&self.quality.results);
        let mut jobs: Vec<Uuid> = results
            .map(CardResult::job)
            .chain(self.lock_receipt_lost.iter().copied())
            .chain(self.no_longer_good.iter().map(|card| card.job))
            .collect();
        jobs.sort_unstable();
        jobs.dedup();
        jobs
    }
}

impl CardResult {
    const fn job(&self) -> Uuid {
        match self {
            Self::Written { job, .. }
            | Self::Spoiled { job, .. }
            | Self::Passed { job, .. }
            | Self::Rejected { job, .. } => *job,
        }
    }
}

/// The news of all batches; batches without news are left out.
#[must_use]
pub fn of(state: &State) -> Vec<BatchResults> {
    let mut found = Vec::new();
    for batch in state.batches() {
        let mut results = BatchResults {
            batch: batch.id,
            ..BatchResults::default()
        };
        let cards = batch.chips.iter().filter_map(|chip| state.card(chip));
        for card in cards.filter(|card| card.is_news()) {
            if let Some(job) = card.job() {
                add(&mut results, job, card);
            }
        }
        if !results.jobs().is_empty() {
            found.push(results);
        }
    }
    found
}

/// What the service knows when it was told the news of this state: of each job, where its card was.
#[must_use]
pub fn told(state: &State) -> Vec<Told> {
    let news = state.cards().filter(|card| card.is_news());
    let told = news.filter_map(|card| {
        Some(Told {
            job: card.job()?,
            stage: card.stage,
        })
    });
    told.collect()
}

fn add(results: &mut BatchResults, job: Uuid, card: &Card) {
    if let (Some(commit), None) = (&card.commit, card.reported) {
        let commit = commit.clone();
        results
            .writing
            .results
            .push(CardResult::Written { job, commit });
    }
    match (card.stage, &card.lock) {
        (Stage::Passed | Stage::HandedOver, Some(lock)) => {
            let lock = lock.clone();
            results
                .quality
                .results
                .push(CardResult::Passed { job, lock });
        }
        (Stage::Passed | Stage::HandedOver, None) => results.lock_receipt_lost.push(job),
        (Stage::Rejected | Stage::Missing | Stage::Destroyed, _) => {
            let reason = card.reason.unwrap_or(Reason::LostInProduction);
            if card.was_told_good() {
                results.no_longer_good.push(NoLongerGood { job, reason });
            } else if card.commit.is_some() {
                results
                    .quality
                    .results
                    .push(CardResult::Rejected { job, reason });
            } else {
                results
                    .writing
                    .results
                    .push(CardResult::Spoiled { job, reason });
            }
        }
        _ => {}
    }
}
