//! Sending: every packet without a receipt is handed over, again and again, until one comes. The service counts it once.

use time::OffsetDateTime;
use uuid::Uuid;

use super::{Outbox, State};
use crate::station::book::{Event, Stage};
use crate::station::{Answer, Intake, Outgoing, ServiceFile};
use crate::{Error, Result};

/// What a run of sending has done.
#[derive(Debug, Default)]
pub struct Sent {
    /// Packets that were handed over.
    pub handed: Vec<Uuid>,
    /// Those of them for which a receipt came at once.
    pub acknowledged: Vec<Uuid>,
    /// Packets that could not be handed over, or that the service refuses: they stay.
    pub failed: Vec<(Uuid, Error)>,
}

impl Outbox {
    /// Hands over every packet that has no receipt, oldest first. One that fails does not stop the others.
    ///
    /// # Errors
    /// [`Error::File`] of the outbox itself; [`crate::station::StationError::BookBroken`].
    pub async fn send<I: Intake>(
        &self,
        intake: &I,
        service: &ServiceFile,
        now: OffsetDateTime,
    ) -> Result<Sent> {
        let key = service.receipt_key()?;
        let mut sent = Sent::default();
        let entries = self.list()?;
        let waiting = entries
            .into_iter()
            .filter(|entry| entry.state <= State::Sent);
        for entry in waiting {
            let outgoing = Outgoing {
                id: entry.id,
                digest: entry.digest,
                path: &entry.path,
            };
            let answer = match intake.deliver(&outgoing, now).await {
                Ok(answer) => answer,
                Err(error) => {
                    sent.failed.push((entry.id, error));
                    continue;
                }
            };
            self.note_sent(entry.id, now)?;
            sent.handed.push(entry.id);
            if let Answer::Receipt(receipt) = answer {
                match self.acknowledge(&receipt, &key, now) {
                    Ok(_) => sent.acknowledged.push(entry.id),
                    Err(error) => sent.failed.push((entry.id, error)),
                }
            }
        }
        Ok(sent)
    }

    fn note_sent(&self, id: Uuid, now: OffsetDateTime) -> Result<()> {
        let mut held = self.hold()?;
        let packet = held.book.packets().get(&id);
        if packet.is_some_and(|packet| packet.stage == Stage::Sealed) {
            held.book.append(now, &Event::Sent(id))?;
            held.carry_out(id)?;
        }
        Ok(())
    }
}
