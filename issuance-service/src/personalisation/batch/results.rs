//! What came of the cards of a batch: each card by itself.

use access::Permission;
use perso::applet::Receipt;
use register::document::{
    Command, Delivery, Document, Proposed, Refusal as Rules, Stage, VoidReason, Writing,
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::claim::must_own;
use crate::office::{Hand, Office};
use crate::personalisation::Refusal;
use crate::{Error, Result};

/// What a personaliser says of a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CardResult {
    /// The chip has confirmed every file: its receipt of COMMIT.
    Written(Receipt),
    /// There will be no card: a second person has to say so as well.
    Spoiled(VoidReason),
}

/// What quality control says of a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QualityResult {
    /// It was read back and locked: the chip's receipt of LOCK.
    Passed(Receipt),
    /// It is set aside: a second person has to say so as well.
    Rejected(VoidReason),
}

/// What became of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is recorded: the card is written.
    Written,
    /// It is recorded: the card is good.
    Passed,
    /// It is recorded and waits for a second person.
    Proposed,
    /// Two persons have said so: there is no such card.
    Voided,
    /// It is not recorded, and why.
    Refused(&'static str),
}

impl Outcome {
    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Written => "written",
            Self::Passed => "passed",
            Self::Proposed => "proposed",
            Self::Voided => "voided",
            Self::Refused(_) => "refused",
        }
    }
}

impl Office {
    /// Records what a personaliser says of cards of his batch. The answers are in the order of the results.
    ///
    /// # Errors
    /// [`Refusal::UnknownBatch`], [`Refusal::OthersBatch`]; [`Error::Store`]: the same request again goes on where this one ended.
    pub async fn report_batch(
        &self,
        id: Uuid,
        results: &[(Uuid, CardResult)],
        hand: &Hand,
        now: OffsetDateTime,
    ) -> Result<Vec<Outcome>> {
        let batch = self.batch(id).await?;
        if let Err(error) = must_own(&batch, hand) {
            let subject = (super::SUBJECT, id);
            self.refuse(
                hand,
                Permission::ResultSubmit,
                subject,
                Refusal::OthersBatch.code(),
                now,
            )
            .await?;
            return Err(error);
        }
        let chips = self.chips_of_batch(id).await?;
        let mut outcomes = Vec::with_capacity(results.len());
        for (job, result) in results {
            outcomes.push(if !chips.contains_key(job) {
                Outcome::Refused(Refusal::NotInBatch.code())
            } else {
                match result {
                    CardResult::Written(commit) => {
                        self.record_writing(*job, commit, hand, now).await?
                    }
                    CardResult::Spoiled(reason) => {
                        self.void_by_two(*job, *reason, Permission::ResultSubmit, hand, now)
                            .await?
                    }
                }
            });
        }
        self.refresh_batch(id, true, now).await?;
        Ok(outcomes)
    }

    /// Records what quality control says of cards of a batch.
    ///
    /// # Errors
    /// [`Refusal::UnknownBatch`], [`Refusal::SamePerson`] for who has taken the batch to write it; [`Error::Store`].
    pub async fn judge_batch(
        &self,
        id: Uuid,
        results: &[(Uuid, QualityResult)],
        hand: &Hand,
        now: OffsetDateTime,
    ) -> Result<Vec<Outcome>> {
        let batch = self.batch(id).await?;
        if must_own(&batch, hand).is_ok() {
            let subject = (super::SUBJECT, id);
            self.refuse(
                hand,
                Permission::QualityRecord,
                subject,
                Refusal::SamePerson.code(),
                now,
            )
            .await?;
            return Err(Refusal::SamePerson.into());
        }
        let chips = self.chips_of_batch(id).await?;
        let mut outcomes = Vec::with_capacity(results.len());
        for (job, result) in results {
            outcomes.push(if !chips.contains_key(job) {
                Outcome::Refused(Refusal::NotInBatch.code())
            } else {
                match result {
                    QualityResult::Passed(lock) => self.record_lock(*job, lock, hand, now).await?,
                    QualityResult::Rejected(reason) => {
                        self.void_by_two(*job, *reason, Permission::QualityRecord, hand, now)
                            .await?
                    }
                }
            });
        }
        self.refresh_batch(id, false, now).await?;
        Ok(outcomes)
    }

    async fn record_writing(
        &self,
        job: Uuid,
        commit: &Receipt,
        hand: &Hand,
        now: OffsetDateTime,
    ) -> Result<Outcome> {
        let command = Command::ConfirmWriting(Writing {
            commit: commit.clone(),
            by: hand.officer.clone(),
        });
        let done = self
            .document(job, &command, Permission::ResultSubmit, hand, now)
            .await;
        outcome(done, |_| Outcome::Written)
    }

    async fn record_lock(
        &self,
        job: Uuid,
        lock: &Receipt,
        hand: &Hand,
        now: OffsetDateTime,
    ) -> Result<Outcome> {
        let document = self
            .documents()
            .history(job)
            .await?
            .document()
            .ok_or(Rules::UnknownJob)?;
        let commit = match document.stage() {
            Stage::Written { writing, .. } => writing.commit.clone(),
            Stage::Delivered { delivery, .. } => delivery.commit.clone(),
            stage => {
                let refusal = Rules::Stage(stage.kind());
                let subject = ("document", job);
                self.refuse(
                    hand,
                    Permission::QualityRecord,
                    subject,
                    refusal.code(),
                    now,
                )
                .await?;
                return Ok(Outcome::Refused(refusal.code()));
            }
        };
        let by = Some(hand.officer.clone());
        let command = Command::ConfirmDelivery(Delivery {
            commit,
            lock: lock.clone(),
            by,
        });
        let done = self
            .document(job, &command, Permission::QualityRecord, hand, now)
            .await;
        outcome(done, |_| Outcome::Passed)
    }

    /// The first who says so proposes, and the second confirms.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn void_by_two(
        &self,
        job: Uuid,
        reason: VoidReason,
        permission: Permission,
        hand: &Hand,
        now: OffsetDateTime,
    ) -> Result<Outcome> {
        let proposed = Proposed::Void(reason);
        let document = self.documents().history(job).await?.document();
        if let Some(Stage::Voided { voiding, .. }) = document.as_ref().map(Document::stage)
            && voiding.reason == reason
        {
            return Ok(Outcome::Voided);
        }
        let proposal = document.as_ref().and_then(Document::proposal);
        let is_second =
            proposal.is_some_and(|first| first.proposed == proposed && !first.by.is(&hand.officer));
        let by = hand.officer.clone();
        let command = if is_second {
            Command::Confirm { proposed, by }
        } else {
            Command::Propose { proposed, by }
        };
        let done = self.document(job, &command, permission, hand, now).await;
        outcome(done, |document| match document.stage() {
            Stage::Voided { .. } => Outcome::Voided,
            _ => Outcome::Proposed,
        })
    }
}

/// A refusal concerns one card; a store that fails concerns all.
fn outcome(done: Result<Document>, granted: impl FnOnce(&Document) -> Outcome) -> Result<Outcome> {
    Ok(match done {
        Ok(document) => granted(&document),
        Err(Error::Refused(refusal)) => Outcome::Refused(refusal.code()),
        Err(Error::Application(refusal)) => Outcome::Refused(refusal.code()),
        Err(Error::Personalisation(refusal)) => Outcome::Refused(refusal.code()),
        Err(Error::Busy) => Outcome::Refused("busy"),
        Err(error) => return Err(error),
    })
}
