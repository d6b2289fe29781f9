//! Erasing: by receipt, or by the age that the settings of the station say.

use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::{Held, Outbox};
use crate::Result;
use crate::station::book::{Event, Packet, Stage, Why};
use crate::station::{Settings, StationError};

/// A packet that was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erasure {
    /// The packet.
    pub id: Uuid,
    /// The days of the policy; nothing where a receipt is the reason.
    pub by_age: Option<u16>,
}

impl Outbox {
    /// Erases one packet that the service has.
    ///
    /// # Errors
    /// [`StationError::NotAcknowledged`], [`StationError::UnknownPacket`].
    pub fn erase(&self, id: Uuid, now: OffsetDateTime) -> Result<Erasure> {
        let mut held = self.hold()?;
        let packet = held.book.packets().get(&id);
        match packet
            .ok_or(StationError::UnknownPacket { packet: id })?
            .stage
        {
            Stage::Sealed | Stage::Sent => Err(StationError::NotAcknowledged { packet: id }.into()),
            Stage::Received => held.erase(id, Why::Receipt, now),
            Stage::Erasing | Stage::Erased => Ok(Erasure { id, by_age: None }),
        }
    }

    /// Erases whatever is due by the settings. What was never sent is never erased.
    ///
    /// # Errors
    /// [`crate::Error::File`]; what was erased before it is erased.
    pub fn erase_due(&self, settings: &Settings, now: OffsetDateTime) -> Result<Vec<Erasure>> {
        let mut held = self.hold()?;
        let packets = held.book.packets().iter();
        let due: Vec<(Uuid, Why)> = packets
            .filter_map(|(id, packet)| Some((*id, due(packet, settings, now)?)))
            .collect();
        let mut erased = Vec::new();
        for (id, why) in due {
            erased.push(held.erase(id, why, now)?);
        }
        Ok(erased)
    }
}

impl Held<'_> {
    /// Written down, renamed, overwritten, removed, written down.
    fn erase(&mut self, id: Uuid, why: Why, now: OffsetDateTime) -> Result<Erasure> {
        self.book.append(now, &Event::Erase(id, why))?;
        self.carry_out(id)?;
        self.finish_erasure(id, now)?;
        let by_age = match why {
            Why::Receipt => None,
            Why::Age(days) => Some(days),
        };
        Ok(Erasure { id, by_age })
    }
}

fn due(packet: &Packet, settings: &Settings, now: OffsetDateTime) -> Option<Why> {
    let is_over = |days: u16| now - packet.since >= Duration::days(days.into());
    match packet.stage {
        Stage::Received => is_over(settings.keep_acknowledged_days).then_some(Why::Receipt),
        Stage::Sent => {
            let days = settings.erase_sent_after_days?;
            is_over(days).then_some(Why::Age(days))
        }
        Stage::Sealed | Stage::Erasing | Stage::Erased => None,
    }
}
