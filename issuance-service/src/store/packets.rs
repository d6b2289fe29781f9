//! Where enrolment packets are remembered: once, by their id.

use core::future::Future;

use enrolment::packet::{Digest, SignedReceipt};
use time::OffsetDateTime;
use uuid::Uuid;

use super::StoreError;

/// A packet as it is remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PacketRow {
    /// Its id.
    pub id: Uuid,
    /// SHA-256 of its file.
    pub digest: Digest,
    /// Length of its file in bytes.
    pub length: u64,
    /// The issuer profile.
    pub profile: String,
    /// The station.
    pub station: String,
    /// Who enrolled.
    pub operator: String,
    /// Who released what was overridden.
    pub supervisor: Option<String>,
    /// The last line of the station's book and its link.
    pub book: Option<(u64, String)>,
    /// When it was sealed, by the clock of the station.
    pub sealed_at: OffsetDateTime,
    /// When it came, by ours.
    pub received_at: OffsetDateTime,
    /// What was answered.
    pub receipt: SignedReceipt,
}

/// A memory of packets that survives the process.
pub trait PacketStore: Send + Sync {
    /// Remembers a packet, if there is none of its id; what is there then, this one or an earlier one.
    ///
    /// # Errors
    /// [`StoreError`]. Nothing was remembered then.
    fn remember(
        &self,
        packet: &PacketRow,
    ) -> impl Future<Output = Result<PacketRow, StoreError>> + Send;

    /// The packet of an id.
    ///
    /// # Errors
    /// [`StoreError`].
    fn packet(
        &self,
        id: Uuid,
    ) -> impl Future<Output = Result<Option<PacketRow>, StoreError>> + Send;

    /// Packets in the order of their ids, after one.
    ///
    /// # Errors
    /// [`StoreError`].
    fn packets(
        &self,
        after: Option<Uuid>,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<PacketRow>, StoreError>> + Send;
}
