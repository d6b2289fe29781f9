//! Commands to applications.

use access::Permission;
use register::ApplicationHistory;
use register::application::{Application, Command, Event, MakeFailure, process};
use register::document::EndReason;
use register::store::{Change, Store as _, StoreError};
use time::OffsetDateTime;
use uuid::Uuid;

use super::notice::{self, NoticeKind};
use super::{Hand, Office, audit};
use crate::{Error, Result};

/// How often something is decided anew because somebody else was faster.
pub(super) const MAX_ATTEMPTS: usize = 8;

/// The subject of audit entries.
pub(super) const SUBJECT: &str = "application";

impl Office {
    /// Carries a command to an application. `expected` is the version that its giver has seen; another one is a conflict.
    ///
    /// # Errors
    /// [`Error::Application`], [`Error::Changed`]: nothing happened then, and the refusal is audited.
    pub async fn application(
        &self,
        id: Uuid,
        command: &Command,
        expected: Option<u32>,
        hand: &Hand,
        now: OffsetDateTime,
    ) -> Result<Application> {
        if matches!(command, Command::Approve { .. }) {
            self.compared_before_approval(id, command, hand, now)
                .await?;
        }
        self.application_with(id, command, expected, hand, Change::new(now))
            .await
    }

    /// The same, together with what a change holds already.
    pub(super) async fn application_with(
        &self,
        id: Uuid,
        command: &Command,
        expected: Option<u32>,
        hand: &Hand,
        with: Change,
    ) -> Result<Application> {
        let now = with.at;
        for _ in 0..MAX_ATTEMPTS {
            let mut history = self.applications.history(id).await?;
            if expected.is_some_and(|version| version != history.version()) {
                return Err(Error::Changed);
            }
            let granted = process(history.application().as_ref(), command);
            let event = match granted {
                Ok(Some(event)) => event,
                Ok(None) => return history.application().ok_or(Error::Interrupted),
                Err(refusal) => {
                    if let Some(permission) = command.permission() {
                        let subject = (SUBJECT, id);
                        self.refuse(hand, permission, subject, refusal.code(), now)
                            .await?;
                    }
                    return Err(refusal.into());
                }
            };
            let mut change = with.clone();
            add(&mut change, &mut history, event)?;
            self.end_complained_of(&mut change, &history, hand).await?;
            audit_command(&mut change, hand, command.permission(), id)?;
            match self.store.commit(&change).await {
                Ok(()) => return history.application().ok_or(Error::Interrupted),
                Err(StoreError::Conflict(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Busy)
    }
}

/// The cards of an application that somebody has complained of, with why they end: they are handed over to nobody.
pub(super) fn complained_of(history: &ApplicationHistory) -> Vec<(Uuid, EndReason)> {
    let complaint = |event: &Event| match event {
        Event::ComplaintRaised { job, reason, .. } => Some((*job, ending(*reason))),
        _ => None,
    };
    let events = history.events.iter();
    events.filter_map(|(_, event)| complaint(event)).collect()
}

const fn ending(reason: MakeFailure) -> EndReason {
    match reason {
        MakeFailure::ChipFaulty | MakeFailure::PrintFaulty => EndReason::Damaged,
        MakeFailure::WrongData => EndReason::Corrected,
        MakeFailure::LostInProduction => EndReason::Lost,
    }
}

/// Adds an event of an application with what others are told of it.
pub(super) fn add(
    change: &mut Change,
    history: &mut ApplicationHistory,
    event: Event,
) -> Result<()> {
    if let Event::ApplicationRefused { reason, .. } = &event {
        let person = history
            .application()
            .and_then(|application| application.person());
        let reason = Some(reason.word());
        notice::add(
            change,
            NoticeKind::ApplicationRefused,
            history.id,
            person,
            reason,
        );
    }
    Ok(history.append(change, event)?)
}

fn audit_command(
    change: &mut Change,
    hand: &Hand,
    permission: Option<Permission>,
    id: Uuid,
) -> Result<()> {
    match permission {
        Some(permission) => audit::done(change, hand, permission, (SUBJECT, id)),
        None => audit::by_service(change, hand, "application.work", (SUBJECT, id)),
    }
}
