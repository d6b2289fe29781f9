//! Enrolment packets in the register: once, by their id. A packet that is taken in is an application from that moment on.

use enrolment::packet::{Digest, Manifest, SignedReceipt};
use register::Officer;
use register::application::{Command, Priority, Receipt, process};
use register::store::{
    BlobChange, BlobName, Change, Cursor, Entity, EntityChange, EntityKind, Expected, Query, Store,
    StoreError,
};
use register::{ApplicationHistory, Applications};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use super::Accounts;
use crate::{Error, Result};

/// The state of every packet: it was received.
const RECEIVED: &str = "received";

/// A packet as it is remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PacketRow {
    /// Its id, which is also that of the application.
    pub id: Uuid,
    /// SHA-256 of its file.
    pub digest: Digest,
    /// Length of its file in bytes.
    pub length: u64,
    /// The issuer profile.
    pub profile: String,
    /// The station.
    pub station: String,
    /// The device that brought it: nothing where it came on a stick, or in a release before there were such.
    pub device: Option<Uuid>,
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
    /// The name of the sealed file; packets of earlier releases lie as they came.
    pub file: Option<Uuid>,
}

/// Packets of a store.
#[derive(Debug, Clone)]
pub struct Packets<S> {
    store: S,
}

#[derive(Serialize, Deserialize)]
struct Body {
    digest: String,
    length: u64,
    profile: String,
    station: String,
    operator: String,
    supervisor: Option<String>,
    book_line: Option<u64>,
    book_link: Option<String>,
    sealed_at: i64,
    received_at: i64,
    receipt: String,
    #[serde(default)]
    file: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    device: Option<Uuid>,
}

impl<S: Store> Packets<S> {
    /// The packets of a store.
    pub const fn new(store: S) -> Self {
        Self { store }
    }

    /// Remembers a packet with the sealed key of its file and makes an application of it, if there is none of its id; what is there
    /// then, this one or an earlier one.
    ///
    /// # Errors
    /// [`Error::Store`]. Nothing was remembered then.
    pub async fn remember(
        &self,
        packet: &PacketRow,
        manifest: &Manifest,
        accounts: Accounts,
        sealed_key: Vec<u8>,
    ) -> Result<PacketRow> {
        let mut change = Change::new(packet.received_at);
        change.entities.push(EntityChange::Put {
            entity: packet.entity()?,
            expected: Expected::New,
            keys: None,
        });
        change.blobs.push(BlobChange::Put {
            owner: packet.id,
            name: BlobName::Key,
            sealed: sealed_key,
        });
        let command = Command::Receive(receipt(packet, manifest, accounts)?);
        let mut history = ApplicationHistory::empty(packet.id);
        if let Some(event) = process(None, &command)? {
            history.append(&mut change, event)?;
        }
        match self.store.commit(&change).await {
            Ok(()) => Ok(packet.clone()),
            Err(error @ (StoreError::EntityChanged { .. } | StoreError::Conflict(_))) => {
                let before = self.packet(packet.id).await?;
                before.ok_or(Error::Store(error))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The packet of an id.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn packet(&self, id: Uuid) -> Result<Option<PacketRow>> {
        let entity = self.store.entity(EntityKind::Packet, id).await?;
        Ok(entity.map(|entity| PacketRow::of(&entity)).transpose()?)
    }

    /// Packets in the order of their coming, after one.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn packets(&self, after: Option<Uuid>, limit: u32) -> Result<Vec<PacketRow>> {
        let after = match after {
            Some(id) => self.store.entity(EntityKind::Packet, id).await?,
            None => None,
        };
        let query = Query {
            after: after.map(|entity| Cursor {
                order: entity.order,
                id: entity.id,
            }),
            ..Query::of(EntityKind::Packet, limit)
        };
        let entities = self.store.list(&query).await?;
        let rows: core::result::Result<_, StoreError> =
            entities.iter().map(PacketRow::of).collect();
        Ok(rows?)
    }

    /// The applications of the same store.
    #[must_use]
    pub fn applications(&self) -> Applications<S> {
        Applications::new(self.store.clone())
    }
}

/// What the application keeps of its packet: who has made it, with the accounts that they have.
fn receipt(packet: &PacketRow, manifest: &Manifest, accounts: Accounts) -> Result<Receipt> {
    let officer = |name: &str, account: Option<Uuid>| {
        let officer = match account {
            Some(account) => Officer::with_account(name, account),
            None => Officer::new(name),
        };
        officer.map_err(register::document::Refusal::from)
    };
    let reason = manifest.fields.get("request_reason").cloned();
    Ok(Receipt {
        packet: register::Digest::from_octets(packet.digest.as_bytes().as_slice()).ok_or(
            StoreError::Corrupt {
                id: packet.id,
                what: "digest",
            },
        )?,
        profile: packet.profile.clone(),
        reason,
        station: packet.station.clone(),
        operator: officer(&packet.operator, accounts.operator)?,
        supervisor: packet
            .supervisor
            .as_deref()
            .map(|name| officer(name, accounts.supervisor))
            .transpose()?,
        sealed_at: packet.sealed_at,
        priority: Priority::Normal,
    })
}

impl PacketRow {
    fn entity(&self) -> core::result::Result<Entity, StoreError> {
        let corrupt = |what| StoreError::Corrupt { id: self.id, what };
        let receipt = self.receipt.to_bytes().map_err(|_| corrupt("receipt"))?;
        let (book_line, book_link) = self.book.clone().unzip();
        let body = Body {
            digest: self.digest.to_string(),
            length: self.length,
            profile: self.profile.clone(),
            station: self.station.clone(),
            operator: self.operator.clone(),
            supervisor: self.supervisor.clone(),
            book_line,
            book_link,
            sealed_at: milliseconds(self.sealed_at),
            received_at: milliseconds(self.received_at),
            receipt: String::from_utf8(receipt).map_err(|_| corrupt("receipt"))?,
            file: self.file,
            device: self.device,
        };
        Ok(Entity {
            kind: EntityKind::Packet,
            id: self.id,
            state: RECEIVED.to_owned(),
            place: self.station.clone(),
            order: milliseconds(self.received_at),
            version: 0,
            body: serde_json::to_string(&body).map_err(|_| corrupt("row"))?,
        })
    }

    fn of(entity: &Entity) -> core::result::Result<Self, StoreError> {
        let id = entity.id;
        let corrupt = |what| StoreError::Corrupt { id, what };
        let body: Body = serde_json::from_str(&entity.body).map_err(|_| corrupt("row"))?;
        let receipt = SignedReceipt::parse(body.receipt.as_bytes());
        let instant = |milliseconds| instant(milliseconds).ok_or(corrupt("time"));
        Ok(Self {
            id,
            digest: body.digest.parse().map_err(|_| corrupt("digest"))?,
            length: body.length,
            profile: body.profile,
            station: body.station,
            operator: body.operator,
            supervisor: body.supervisor,
            book: body.book_line.zip(body.book_link),
            sealed_at: instant(body.sealed_at)?,
            received_at: instant(body.received_at)?,
            receipt: receipt.map_err(|_| corrupt("receipt"))?,
            file: body.file,
            device: body.device,
        })
    }
}

/// Milliseconds since 1970.
fn milliseconds(instant: OffsetDateTime) -> i64 {
    instant.unix_timestamp() * 1000 + i64::from(instant.millisecond())
}

fn instant(milliseconds: i64) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(milliseconds) * 1_000_000).ok()
}
