//! What becomes of a card: handed over, lost, damaged, suspended, revoked, expired.

use access::Permission;
use enrolment::Expiry;
use register::Digest;
use register::document::{
    Command, Document, EndReason, HandOver, Proposed, ReadOut, Recipient, Refusal as Rules, Stage,
    SuspendReason, VoidReason, Whereabouts,
};
use register::store::{Change, Queue, Store as _, Task, TaskChange};
use time::{Duration, OffsetDateTime, Time};
use uuid::Uuid;

use super::Refusal;
use super::chip::name_of;
use crate::office::{Done, Hand, Office};
use crate::{Error, Result};

/// The subject of audit entries.
const SUBJECT: &str = "document";
/// When a card that has run out before it was made is looked at again.
const LOOK_AGAIN: Duration = Duration::days(1);

/// What somebody says of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Its holder has it.
    HandOver {
        /// Who took it.
        to: Recipient,
        /// What the chip said.
        read_out: ReadOut,
    },
    /// It is lost or stolen.
    Lost,
    /// It cannot be used any more.
    Damaged,
    /// Data on it are wrong or have changed.
    Corrected,
    /// Nobody has collected it.
    NotCollected,
    /// It may not be used for the moment.
    Suspend(SuspendReason),
    /// It may be used again.
    Reinstate,
    /// The first of two persons wants to take it from its holder, or to end it because the holder has died.
    Propose(TwoPersonEnd),
    /// The second of two persons wants it too.
    Confirm(TwoPersonEnd),
    /// The first of two persons: it will never be a card.
    ProposeVoid(VoidReason),
    /// The second of two persons.
    ConfirmVoid(VoidReason),
}

/// Ends that take two persons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TwoPersonEnd {
    /// It is taken from its holder by decision.
    Revoked,
    /// The holder has died.
    HolderDied,
}

impl TwoPersonEnd {
    const fn proposed(self) -> Proposed {
        Proposed::End(match self {
            Self::Revoked => EndReason::Revoked,
            Self::HolderDied => EndReason::HolderDied,
        })
    }
}

impl Act {
    /// The right that it takes.
    #[must_use]
    pub const fn permission(self) -> Permission {
        match self {
            Self::HandOver { .. } => Permission::HandOver,
            Self::Lost | Self::Suspend(_) | Self::Reinstate => Permission::DocumentLost,
            Self::Damaged => Permission::DocumentDamaged,
            Self::Corrected => Permission::DocumentCorrect,
            Self::NotCollected => Permission::DocumentShip,
            Self::Propose(_) | Self::Confirm(_) => Permission::DocumentRevoke,
            Self::ProposeVoid(_) | Self::ConfirmVoid(_) => Permission::QualityRecord,
        }
    }

    fn command(self, hand: &Hand) -> Command {
        let by = hand.officer.clone();
        let end = |reason, by| Command::End {
            reason,
            by: Some(by),
        };
        match self {
            Self::HandOver { to, read_out } => Command::HandOver(HandOver { by, to, read_out }),
            Self::Lost => end(EndReason::Lost, by),
            Self::Damaged => end(EndReason::Damaged, by),
            Self::Corrected => end(EndReason::Corrected, by),
            Self::NotCollected => end(EndReason::NotCollected, by),
            Self::Suspend(reason) => Command::Suspend { reason, by },
            Self::Reinstate => Command::Reinstate { by },
            Self::Propose(end) => Command::Propose {
                proposed: end.proposed(),
                by,
            },
            Self::Confirm(end) => Command::Confirm {
                proposed: end.proposed(),
                by,
            },
            Self::ProposeVoid(reason) => Command::Propose {
                proposed: Proposed::Void(reason),
                by,
            },
            Self::ConfirmVoid(reason) => Command::Confirm {
                proposed: Proposed::Void(reason),
                by,
            },
        }
    }
}

impl Office {
    /// Does something to a card. What was done before is done.
    ///
    /// # Errors
    /// [`Error::Refused`], [`Error::Personalisation`]: nothing happened then, and the refusal is audited.
    pub async fn card(
        &self,
        job: Uuid,
        act: Act,
        hand: &Hand,
        now: OffsetDateTime,
    ) -> Result<Document> {
        self.card_seen(job, act, None, hand, now).await
    }

    /// The same by somebody who has seen a version of the card: another one is a conflict.
    ///
    /// # Errors
    /// As [`Self::card`]; [`Error::Changed`].
    pub async fn card_seen(
        &self,
        job: Uuid,
        act: Act,
        expected: Option<u32>,
        hand: &Hand,
        now: OffsetDateTime,
    ) -> Result<Document> {
        if matches!(act, Act::HandOver { .. } | Act::NotCollected)
            && let Err(error) = self.may_go(job, act, hand).await
        {
            if let Error::Personalisation(refusal) = &error {
                self.refuse(hand, act.permission(), (SUBJECT, job), refusal.code(), now)
                    .await?;
            }
            return Err(error);
        }
        let document = self
            .document_seen(
                job,
                expected,
                &act.command(hand),
                act.permission(),
                hand,
                now,
            )
            .await?;
        if let (Act::ConfirmVoid(_), Some(chip)) = (act, self.chip_of_document(&document).await?)
            && let Some(batch) = chip.batch()
        {
            self.refresh_batch(batch, false, now).await?;
        }
        Ok(document)
    }

    /// A card is handed over where it has arrived, by somebody who did not approve it; one in a hand was collected.
    async fn may_go(&self, job: Uuid, act: Act, hand: &Hand) -> Result<()> {
        let document = self
            .documents()
            .history(job)
            .await?
            .document()
            .ok_or(Rules::UnknownJob)?;
        let Some(life) = document.life() else {
            return Ok(());
        };
        let is_hand_over = matches!(act, Act::HandOver { .. });
        match &life.whereabouts {
            Whereabouts::HandedOver(_) if !is_hand_over && life.end.is_none() => {
                Err(Refusal::Collected.into())
            }
            Whereabouts::HandedOver(_) => Ok(()),
            _ if is_hand_over && document.entry().approval.approver().is(&hand.officer) => {
                Err(Refusal::ApprovedIt.into())
            }
            Whereabouts::Shipped(consignment) if is_hand_over => {
                let consignment = self.consignment(*consignment).await?;
                if consignment.has_arrived(job) {
                    Ok(())
                } else {
                    Err(Refusal::NotArrived.into())
                }
            }
            Whereabouts::Shipped(_) | Whereabouts::Personalised => Ok(()),
        }
    }

    async fn chip_of_document(&self, document: &Document) -> Result<Option<super::Chip>> {
        let id = super::chip::chip_id(&document.entry().document.chip_serial);
        super::pool::Pool::new(self.store().clone()).chip(id).await
    }

    /// Ends the card whose time was over first.
    ///
    /// # Errors
    /// [`Error::Store`]; everything else is [`Done::Later`].
    pub async fn expire_next(&self, now: OffsetDateTime) -> Result<Done> {
        let tasks = self
            .store()
            .lease(Queue::Expire, "", 1, now, now + crate::office::LEASE)
            .await?;
        let Some(task) = tasks.into_iter().next() else {
            return Ok(Done::Nothing);
        };
        let document = self.documents().history(task.subject).await?.document();
        match document.as_ref().map(Document::stage) {
            Some(Stage::Delivered { life, .. }) if life.end.is_none() => {
                let hand = Hand::service("expire", now);
                let command = Command::End {
                    reason: EndReason::Expired,
                    by: None,
                };
                let done = self
                    .document(task.subject, &command, Permission::DocumentShip, &hand, now)
                    .await;
                match done {
                    Ok(_) | Err(Error::Refused(_)) => self.expired(task.id, now).await,
                    Err(error) => {
                        self.store()
                            .postpone(task.id, task.attempts, now + Duration::MINUTE)
                            .await?;
                        Ok(Done::Later(error))
                    }
                }
            }
            // It may still be made: then it ends at once.
            Some(Stage::Entered | Stage::Signed(_) | Stage::Written { .. }) => {
                self.store()
                    .postpone(task.id, task.attempts, now + LOOK_AGAIN)
                    .await?;
                Ok(Done::One)
            }
            _ => self.expired(task.id, now).await,
        }
    }

    async fn expired(&self, task: Uuid, now: OffsetDateTime) -> Result<Done> {
        let mut change = Change::new(now);
        change.tasks.push(TaskChange::Finish(task));
        self.store().commit(&change).await?;
        Ok(Done::One)
    }
}

/// The task by which a card ends when its time is over: at midnight, UTC, after its last day. Into the change that records the signature.
#[must_use]
pub fn expiry_task(job: Uuid, expiry: Expiry) -> Option<Task> {
    let Expiry::On(last) = expiry else {
        return None;
    };
    let run_at = last.next_day()?.with_time(Time::MIDNIGHT).assume_utc();
    let name = Digest::of(&[b"expiry/", job.as_bytes().as_slice()].concat());
    Some(Task {
        id: name_of(&name),
        queue: Queue::Expire,
        lane: String::new(),
        subject: job,
        priority: 0,
        run_at,
        attempts: 0,
    })
}
