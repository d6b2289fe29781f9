//! How a packet gets to the service: a line, a stick that somebody carries, the same process.

use core::future::Future;
use std::path::Path;

use crypto::PublicKey;
use enrolment::packet::{Digest, Receipt, SignedReceipt};
use time::OffsetDateTime;
use uuid::Uuid;

use super::StationError;
use crate::Result;

/// A packet to be handed over.
#[derive(Debug, Clone, Copy)]
pub struct Outgoing<'a> {
    /// The packet.
    pub id: Uuid,
    /// SHA-256 of its file.
    pub digest: Digest,
    /// Its file.
    pub path: &'a Path,
    /// The key that signs receipts for it.
    pub service: &'a PublicKey,
}

impl Outgoing<'_> {
    /// What a receipt says, if the service has signed it for this very file.
    ///
    /// # Errors
    /// [`StationError::OtherPacket`]; [`enrolment::packet::PacketError::ReceiptInvalid`].
    pub fn check<'r>(&self, receipt: &'r SignedReceipt) -> Result<&'r Receipt> {
        let said = receipt.verify(self.service).map_err(StationError::from)?;
        if (said.packet, said.digest) == (self.id, self.digest) {
            Ok(said)
        } else {
            Err(StationError::OtherPacket { packet: self.id }.into())
        }
    }
}

/// What came of handing over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It is on its way.
    Handed,
    /// The service has answered; whether it is the service is for the outbox to check.
    Receipt(SignedReceipt),
}

/// The way to the service. A packet may be handed over any number of times: after a crash the same one comes again.
pub trait Intake: Sync {
    /// Hands a packet over. With [`Answer::Handed`] the way has it, whole; a receipt is looked at before it means anything.
    ///
    /// # Errors
    /// [`crate::Error::File`]; [`super::StationError::Damaged`] when the file is not what was sealed. It was not handed over then.
    fn deliver(
        &self,
        packet: &Outgoing<'_>,
        now: OffsetDateTime,
    ) -> impl Future<Output = Result<Answer>> + Send;
}
