//! Sending: every packet without a receipt is handed over, again and again, until one comes. The service counts it once.

use enrolment::packet::Status;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Entry, Outbox, State, entry};
use crate::station::book::{Event, Stage};
use crate::station::{Answer, Intake, Outgoing, ServiceFile, StationError};
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
    /// The book is broken or gone: whatever stands in the folder was handed over, and nothing was written down or renamed.
    pub unwritten: Option<Error>,
}

impl Outbox {
    /// Hands over every packet that has no receipt, oldest first. One that fails does not stop the others, and a broken book does not
    /// stop any: see [`Sent::unwritten`].
    ///
    /// # Errors
    /// [`Error::File`] when the folder of the outbox cannot be read; the key of the service.
    pub async fn send<I: Intake>(
        &self,
        intake: &I,
        service: &ServiceFile,
        now: OffsetDateTime,
    ) -> Result<Sent> {
        let key = service.receipt_key()?;
        let mut sent = Sent::default();
        let entries = match self.list() {
            Err(Error::Station(fault @ StationError::BookBroken(_))) => {
                sent.unwritten = Some(fault.into());
                self.unlisted()?
            }
            listed => {
                let mut listed = listed?;
                listed.retain(|entry| entry.state <= State::Sent);
                listed
            }
        };
        for entry in entries {
            let outgoing = Outgoing {
                id: entry.id,
                digest: entry.digest,
                path: &entry.path,
                service: &key,
            };
            let answer = intake.deliver(&outgoing, now).await;
            let writes = sent.unwritten.is_none();
            match answer.and_then(|answer| self.note(&outgoing, answer, writes, now)) {
                Ok(is_acknowledged) => {
                    sent.handed.push(entry.id);
                    sent.acknowledged
                        .extend(is_acknowledged.then_some(entry.id));
                }
                Err(error) => sent.failed.push((entry.id, error)),
            }
        }
        Ok(sent)
    }

    /// The packet files of the folder, whatever the book says; not those that are being overwritten.
    fn unlisted(&self) -> Result<Vec<Entry>> {
        let mut found = entry::all(&self.folder)?;
        found.retain(|entry| entry.state < State::Erasing);
        found.sort_by_key(|entry| entry.id);
        Ok(found)
    }

    /// Writes down what an answer means; whether the service has the packet. A receipt is checked before it means anything.
    fn note(
        &self,
        packet: &Outgoing<'_>,
        answer: Answer,
        writes: bool,
        now: OffsetDateTime,
    ) -> Result<bool> {
        match answer {
            Answer::Handed if writes => self.note_sent(packet.id, now).map(|()| false),
            Answer::Handed => Ok(false),
            Answer::Receipt(receipt) => {
                let said = packet.check(&receipt)?;
                if writes {
                    self.acknowledge(&receipt, packet.service, now)?;
                } else if let Status::Refused(reason) = said.status {
                    let packet = packet.id;
                    return Err(StationError::Refused { packet, reason }.into());
                }
                Ok(true)
            }
        }
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
