//! Commands to documents: what happens to a card happens to its application in the same transaction.

use access::Permission;
use register::application::{self, MakeFailure};
use register::document::{
    Command, Document, EndReason, Event, Proposed, Refusal, VoidReason, process,
};
use register::store::{Change, Claim, ClaimChange, ClaimKind, Store, StoreError};
use register::{ApplicationHistory, Applications, History, append_document};
use time::OffsetDateTime;
use uuid::Uuid;

use super::applications::{MAX_ATTEMPTS, complained_of};
use super::notice::{self, NoticeKind};
use super::{Hand, Office, audit};
use crate::personalisation::{consignment, stock};
use crate::relying::status;
use crate::{Error, Result};

/// The subject of audit entries.
pub(super) const SUBJECT: &str = "document";
/// The action of audit entries of cards that end because the next one is in the hand of their holder.
const RENEW: &str = "document.renew";

/// The action of audit entries of cards that end because somebody has complained of them.
const COMPLAINED_OF: &str = "document.complaint";

impl Office {
    /// Carries a command to a document, and its consequences to the application and to the card that it replaces.
    ///
    /// # Errors
    /// [`Error::Refused`]: nothing happened then, and the refusal is audited.
    pub async fn document(
        &self,
        job: Uuid,
        command: &Command,
        permission: Permission,
        hand: &Hand,
        now: OffsetDateTime,
    ) -> Result<Document> {
        self.document_seen(job, None, command, permission, hand, now)
            .await
    }

    /// The same by somebody who has seen a version of the document: another one is a conflict.
    ///
    /// # Errors
    /// As [`Self::document`]; [`Error::Changed`].
    pub async fn document_seen(
        &self,
        job: Uuid,
        expected: Option<u32>,
        command: &Command,
        permission: Permission,
        hand: &Hand,
        now: OffsetDateTime,
    ) -> Result<Document> {
        for _ in 0..MAX_ATTEMPTS {
            let history = self.documents.history(job).await?;
            if expected.is_some_and(|version| version != history.version()) {
                return Err(Error::Changed);
            }
            let before = history.document().ok_or(Refusal::UnknownJob)?;
            let event = match process(Some(&before), command) {
                Ok(Some(event)) => event,
                Ok(None) => return Ok(before),
                Err(refusal) => {
                    let subject = (SUBJECT, job);
                    self.refuse(hand, permission, subject, refusal.code(), now)
                        .await?;
                    return Err(refusal.into());
                }
            };
            let mut change = Change::new(now);
            append_document(&mut change, &history, &event)?;
            self.follow(&mut change, &before, &event, hand).await?;
            audit::done(&mut change, hand, permission, (SUBJECT, job))?;
            match self.store.commit(&change).await {
                Ok(()) => {
                    return Document::apply(Some(before), &event).ok_or(Error::Interrupted);
                }
                // The card that is replaced was replaced by somebody else in this moment.
                Err(
                    StoreError::Conflict(_)
                    | StoreError::Claimed { .. }
                    | StoreError::EntityChanged { .. },
                ) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Busy)
    }

    /// A card that somebody has complained of ends with the complaint: another one is made, or none, and this one is handed over to nobody. What
    /// was complained of before this was so ends with whatever is decided next. Into the change that decides on the application.
    pub(super) async fn end_complained_of(
        &self,
        change: &mut Change,
        application: &ApplicationHistory,
        hand: &Hand,
    ) -> Result<()> {
        for (job, reason) in complained_of(application) {
            let history = self.documents.history(job).await?;
            let by = Some(hand.officer.clone());
            let command = Command::End { reason, by };
            // One that has ended otherwise is not ended again.
            if let (Some(before), Ok(Some(event))) = (
                history.document(),
                process(history.document().as_ref(), &command),
            ) {
                append_document(change, &history, &event)?;
                self.follow(change, &before, &event, hand).await?;
                audit::by_service(change, hand, COMPLAINED_OF, (SUBJECT, job))?;
            }
        }
        Ok(())
    }

    /// What follows for the application, for the card that is replaced, and for those who are told.
    async fn follow(
        &self,
        change: &mut Change,
        document: &Document,
        event: &Event,
        hand: &Hand,
    ) -> Result<()> {
        let job = document.job();
        let application = document.entry().application;
        let person = match application {
            Some(id) => self.person_of(id).await?,
            None => None,
        };
        application_follows(&self.applications, change, document, event).await?;
        match (event, person) {
            (Event::DocumentHandedOver(_), Some(person)) => {
                self.replace(change, document, person, hand).await?;
            }
            (Event::DocumentEnded(_), Some(person)) => {
                let claim = live_claim(document, person);
                change
                    .claims
                    .push(ClaimChange::Release { claim, holder: job });
            }
            _ => {}
        }
        if let Some((kind, reason)) = told(event) {
            notice::add(change, kind, job, person, reason);
        }
        if matches!(event, Event::DocumentDelivered(_)) {
            // From now on a verifier may see it: it has a place in the status lists.
            status::assign(&self.store, self.desk.vault(), change, job).await?;
        }
        consignment::follow(&self.store, change, document, event).await?;
        stock::follow(&self.store, change, document, event).await
    }

    async fn person_of(&self, application: Uuid) -> Result<Option<Uuid>> {
        let summary = self.applications.summary(application).await?;
        Ok(summary.and_then(|summary| summary.person))
    }

    /// A person has one card of a kind in hand: the one before ends when this one is handed over.
    async fn replace(
        &self,
        change: &mut Change,
        document: &Document,
        person: Uuid,
        hand: &Hand,
    ) -> Result<()> {
        let claim = live_claim(document, person);
        if let Some(before) = self.store.holder(&claim).await? {
            self.renewed(change, before, person, hand).await?;
            let claim = claim.clone();
            change.claims.push(ClaimChange::Release {
                claim,
                holder: before,
            });
        }
        change.claims.push(ClaimChange::Take {
            claim,
            holder: document.job(),
        });
        Ok(())
    }

    async fn renewed(
        &self,
        change: &mut Change,
        job: Uuid,
        person: Uuid,
        hand: &Hand,
    ) -> Result<()> {
        let history: History = self.documents.history(job).await?;
        let command = Command::End {
            reason: EndReason::Renewed,
            by: None,
        };
        // One that has ended otherwise is not ended again.
        if let Ok(Some(event)) = process(history.document().as_ref(), &command) {
            append_document(change, &history, &event)?;
            audit::by_service(change, hand, RENEW, (SUBJECT, job))?;
            if let Some((kind, reason)) = told(&event) {
                notice::add(change, kind, job, Some(person), reason);
            }
        }
        Ok(())
    }
}

/// What happens to the application of a card, in the same transaction.
pub(crate) async fn application_follows<S: Store>(
    applications: &Applications<S>,
    change: &mut Change,
    document: &Document,
    event: &Event,
) -> Result<()> {
    let command = for_application(document.job(), event);
    let (Some(id), Some(command)) = (document.entry().application, command) else {
        return Ok(());
    };
    let mut history = applications.history(id).await?;
    if let Some(event) = application::process(history.application().as_ref(), &command)? {
        super::applications::add(change, &mut history, event)?;
    }
    Ok(())
}

fn live_claim(document: &Document, person: Uuid) -> Claim {
    let code = &document.entry().document.document_code;
    Claim::new(ClaimKind::LiveDocument, format!("{person}/{code}"))
}

/// What an event of a card means for its application.
fn for_application(job: Uuid, event: &Event) -> Option<application::Command> {
    Some(match event {
        Event::DocumentDelivered(_) => application::Command::RecordProduct { job },
        Event::DocumentHandedOver(_) => application::Command::Complete { job },
        Event::DocumentVoided(voiding) => match failure(voiding.reason) {
            Some(reason) => application::Command::RecordFailure { job, reason },
            None => application::Command::RecordWithdrawal {
                job,
                by: voiding.approval.operator().clone(),
            },
        },
        _ => return None,
    })
}

/// Why the card is made again, or why it cannot be; nothing where nobody wants it any more.
const fn failure(reason: VoidReason) -> Option<MakeFailure> {
    Some(match reason {
        VoidReason::ChipFaulty => MakeFailure::ChipFaulty,
        VoidReason::PrintFaulty => MakeFailure::PrintFaulty,
        VoidReason::WrongData => MakeFailure::WrongData,
        VoidReason::LostInProduction => MakeFailure::LostInProduction,
        VoidReason::ApplicationWithdrawn => return None,
    })
}

fn told(event: &Event) -> Option<(NoticeKind, Option<&'static str>)> {
    Some(match event {
        Event::DocumentDelivered(_) => (NoticeKind::DocumentIssued, None),
        Event::DocumentHandedOver(_) => (NoticeKind::DocumentHandedOver, None),
        Event::DocumentSuspended { reason, .. } => {
            (NoticeKind::DocumentSuspended, Some(reason.word()))
        }
        Event::DocumentReinstated { .. } => (NoticeKind::DocumentReinstated, None),
        Event::DocumentEnded(end) => (NoticeKind::DocumentEnded, Some(end.reason.word())),
        _ => return None,
    })
}

/// The right that a command to a document takes.
#[must_use]
pub const fn permission_of(command: &Command) -> Permission {
    match command {
        Command::EnterDocument(_) | Command::RecordSignature(_) => Permission::DocumentIssue,
        Command::ConfirmWriting(_) => Permission::ResultSubmit,
        Command::ConfirmDelivery(_) => Permission::QualityRecord,
        Command::Ship(_) => Permission::DocumentShip,
        Command::HandOver(_) => Permission::HandOver,
        Command::Suspend { .. } | Command::Reinstate { .. } => Permission::DocumentLost,
        Command::End { reason, .. } => end_permission(*reason),
        Command::Propose { proposed, .. } | Command::Confirm { proposed, .. } => match proposed {
            Proposed::Void(_) => Permission::QualityRecord,
            Proposed::End(reason) => end_permission(*reason),
        },
        Command::VoidDocument(_) => Permission::QualityRecord,
    }
}

const fn end_permission(reason: EndReason) -> Permission {
    match reason {
        EndReason::Lost => Permission::DocumentLost,
        EndReason::Damaged => Permission::DocumentDamaged,
        EndReason::Corrected => Permission::DocumentCorrect,
        EndReason::Renewed | EndReason::Expired | EndReason::NotCollected => {
            Permission::DocumentShip
        }
        EndReason::Revoked | EndReason::HolderDied => Permission::DocumentRevoke,
    }
}
