//! Status lists: which documents are suspended or ended, signed, for verifiers who are off line.
//!
//! ```text
//! card is locked ── assign ─▶ place (list, index), claimed for the job         the next place, under a permutation that nobody can read
//! card ends      ── notice ─▶ follow ─▶ the list's octets, in the store        one process at a time succeeds, any of them
//! GET            ── token  ─▶ signed when something changed, or after an hour
//! ```
//!
//! Places are given out list by list. Within a list the order is a permutation under a key of the register, so that an index tells neither
//! how many documents there are nor which came next, and no two draws ever meet.

mod publisher;

use crypto::FormatPreservingKey;
use register::document::StageKind;
use register::store::{
    BlobChange, BlobName, Change, Claim, ClaimChange, ClaimKind, Entity, EntityChange, EntityKind,
    Expected, Store, StoreError, Topic,
};
use serde::{Deserialize, Serialize};
use status_list::shard::ENTRIES_OF_LIST;
use status_list::{Bits, Shard, Status, StatusList};
use time::OffsetDateTime;
use uuid::Uuid;

use super::reference::keyed;
use super::{Fault, Result};
use crate::Vault;
use crate::office::{Notice, NoticeKind};

pub use publisher::{LIFE, Published, Publisher, SIGN_AGAIN, TIME_TO_LIVE};

/// The counter of places. A restore moves it on.
pub(crate) const PLACES: &str = "status-list-places";
/// The purpose of the key that permutes them.
const ORDER: &str = "status-list-order";
/// Decimal digits that hold an index: the permutation is one of decimal numbers.
const DIGITS: usize = 7;
/// Notices that are followed at once.
const AT_ONCE: u32 = 500;
/// The state of the row that says how far the notices were followed.
const CURSOR: &str = "status-cursor";
/// The state of rows of lists.
const LIST: &str = "status-list";

/// Gives a document its place: to be called in the change that records that its card was locked. A document that has one keeps it.
///
/// # Errors
/// Those of the store.
pub async fn assign(
    store: &impl Store,
    vault: &Vault,
    change: &mut Change,
    job: Uuid,
) -> Result<Shard> {
    if let Some(place) = place(store, job).await? {
        return Ok(place);
    }
    let number = store.take_numbers(PLACES, 1).await?;
    let place = place_of_number(vault, number)?;
    let text = place.to_string();
    change.claims.push(ClaimChange::Take {
        claim: Claim::new(ClaimKind::StatusIndex, text.as_str()),
        holder: job,
    });
    // The place is no secret: it is told to whoever checks the chip.
    change.blobs.push(BlobChange::Put {
        owner: job,
        name: BlobName::Setting,
        sealed: text.into_bytes(),
    });
    Ok(place)
}

/// Where a document stands, if anywhere.
///
/// # Errors
/// Those of the store.
pub async fn place(store: &impl Store, job: Uuid) -> Result<Option<Shard>> {
    let corrupt = StoreError::Corrupt {
        id: job,
        what: "place in the status lists",
    };
    let Some(text) = store.blob(job, BlobName::Setting).await? else {
        return Ok(None);
    };
    let place = core::str::from_utf8(&text)
        .ok()
        .and_then(|text| text.parse().ok());
    Ok(Some(place.ok_or(corrupt)?))
}

/// The place of a number: the list is counted, the index is permuted. Numbers beyond the list are permuted again until one is within
/// (cycle walking, which keeps a permutation one).
fn place_of_number(vault: &Vault, number: u64) -> Result<Shard> {
    let entries = u64::from(ENTRIES_OF_LIST);
    let (list, mut index) = (number / entries, number % entries);
    let list = u32::try_from(list).map_err(|_| Fault::State("status lists are full"))?;
    let key = vault.key_for(ORDER);
    let key = FormatPreservingKey::new(key.secret())?;
    loop {
        index = key.encrypt_number(&list.to_be_bytes(), index, DIGITS)?;
        if index < entries {
            return Ok(Shard::new(list, u32::try_from(index).unwrap_or(u32::MAX))?);
        }
    }
}

/// How far the notices were followed.
#[derive(Default, Serialize, Deserialize)]
struct Followed {
    next: u64,
}

fn cursor_id(vault: &Vault) -> Uuid {
    keyed(vault, CURSOR)
}

pub(super) fn list_id(vault: &Vault, list: u32) -> Uuid {
    keyed(vault, &format!("{LIST}/{list}"))
}

/// Follows the notices: what was suspended, reinstated or ended is so in its list. Says how many notices were looked at; 0 also when
/// another process was faster. It stops before a notice that this release cannot read: one that was passed over would leave a revoked
/// document valid for good.
///
/// # Errors
/// [`StoreError::Corrupt`] where the next notice cannot be read; those of the store.
pub async fn follow(store: &impl Store, vault: &Vault, now: OffsetDateTime) -> Result<usize> {
    let id = cursor_id(vault);
    let cursor = store.entity(EntityKind::Setting, id).await?;
    let followed = cursor
        .as_ref()
        .map(|cursor| serde_json::from_str::<Followed>(&cursor.body))
        .transpose();
    let followed = followed
        .map_err(|_| StoreError::Corrupt {
            id,
            what: "status cursor",
        })?
        .unwrap_or_default();
    let entries = store.journal(Topic::Notice, followed.next, AT_ONCE).await?;
    let mut notices = Vec::new();
    for entry in &entries {
        match Notice::read(entry) {
            Ok(notice) => notices.push(notice),
            // Those before it are followed; the next look begins with it, and ends there. Whoever can read it goes on.
            Err(_) if !notices.is_empty() => break,
            Err(error) => return Err(error.into()),
        }
    }
    let last = notices.len().checked_sub(1).and_then(|at| entries.get(at));
    let Some(last) = last.and_then(|entry| entry.number) else {
        return Ok(0);
    };
    let mut change = Change::new(now);
    let mut lists: Vec<Open> = Vec::new();
    for notice in &notices {
        let is_told = matches!(
            notice.kind,
            NoticeKind::DocumentSuspended
                | NoticeKind::DocumentReinstated
                | NoticeKind::DocumentEnded
        );
        if !is_told {
            continue;
        }
        let Some(place) = place(store, notice.subject).await? else {
            continue;
        };
        let status = status(store, notice.subject).await?;
        let at = match lists.iter().position(|open| open.number == place.list()) {
            Some(at) => at,
            None => {
                lists.push(Open::read(store, vault, place.list()).await?);
                lists.len().saturating_sub(1)
            }
        };
        if let Some(open) = lists.get_mut(at) {
            open.list.set(u64::from(place.index()), status)?;
        }
    }
    lists.iter().for_each(|open| open.put(&mut change));
    put_row(
        &mut change,
        id,
        CURSOR,
        0,
        cursor.map_or(0, |cursor| cursor.version),
        &Followed { next: last + 1 },
    );
    match store.commit(&change).await {
        Ok(()) => Ok(notices.len()),
        Err(StoreError::EntityChanged { .. }) => Ok(0),
        Err(error) => Err(error.into()),
    }
}

/// What the list says of a document as it stands now: the notice only says where to look.
async fn status(store: &impl Store, job: Uuid) -> Result<Status> {
    let row = store.entity(EntityKind::Document, job).await?;
    let stage = row.and_then(|row| StageKind::from_word(&row.state));
    Ok(match stage {
        Some(StageKind::Suspended) => Status::Suspended,
        Some(StageKind::Ended | StageKind::Voided) | None => Status::Invalid,
        Some(_) => Status::Valid,
    })
}

/// A list that is changed.
struct Open {
    number: u32,
    id: Uuid,
    version: u32,
    list: StatusList,
}

impl Open {
    async fn read(store: &impl Store, vault: &Vault, number: u32) -> Result<Self> {
        let id = list_id(vault, number);
        let row = store.entity(EntityKind::Setting, id).await?;
        let list = octets(store, id).await?;
        Ok(Self {
            number,
            id,
            version: row.map_or(0, |row| row.version),
            list,
        })
    }

    fn put(&self, change: &mut Change) {
        let sealed = self.list.compress();
        change.blobs.push(BlobChange::Put {
            owner: self.id,
            name: BlobName::Setting,
            sealed,
        });
        put_row(
            change,
            self.id,
            LIST,
            i64::from(self.number),
            self.version,
            &self.number,
        );
    }
}

/// The list as it is kept; one in which everything is valid is not.
pub(super) async fn octets(store: &impl Store, id: Uuid) -> Result<StatusList> {
    match store.blob(id, BlobName::Setting).await? {
        Some(compressed) => Ok(StatusList::decompress(Bits::Two, &compressed)?),
        None => Ok(Shard::empty_list(Bits::Two)?),
    }
}

/// How many lists there are: as many as have a place that was given out, and one at least.
///
/// # Errors
/// Those of the store.
pub async fn lists(store: &impl Store) -> Result<u32> {
    // Strangers ask this: it is read, and nobody who takes a place waits for it.
    let taken = store.numbers_taken(PLACES).await?;
    let lists = taken.div_ceil(u64::from(ENTRIES_OF_LIST)).max(1);
    Ok(u32::try_from(lists).unwrap_or(u32::MAX))
}

fn put_row(
    change: &mut Change,
    id: Uuid,
    state: &str,
    order: i64,
    version: u32,
    body: &impl Serialize,
) {
    change.entities.push(EntityChange::Put {
        entity: Entity {
            kind: EntityKind::Setting,
            id,
            state: state.to_owned(),
            place: String::new(),
            order,
            version: 0,
            body: serde_json::to_string(body).unwrap_or_default(),
        },
        expected: match version {
            0 => Expected::New,
            version => Expected::Version(version),
        },
        keys: None,
    });
}
