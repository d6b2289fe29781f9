//! What keeps a restored register from giving a number twice, and from going on before somebody has looked.
//!
//! A backup is the past: its counters stand where they stood, and what was given afterwards is known to nobody here. A fence is put into the
//! register before the register is put in place:
//!
//! * each series of numbers goes on so many blocks behind where the backup left off, those that the backup does not know of as well;
//! * blocks that were leased to a data centre count as used up: the lives of the register have counters of their own;
//! * places in the status lists go on so many behind;
//! * the audit log goes on under another name: two trees of one size under one name would be a log that was changed;
//! * whoever was signed in is not any more, and links that were open are not: what was ended or used afterwards would be valid again;
//! * until somebody has accepted it, the register is only looked at.
//!
//! That no number comes twice is certain as long as not more was given after the backup than was passed over. See [`Since`].

use enrolment::personal_number::{BLOCK, Blocks};
use register::store::{
    Change, Entity, EntityChange, EntityKind, Expected, Query, Store, StoreError,
};
use serde::{Deserialize, Serialize};
use status_list::shard::ENTRIES_OF_LIST;
use time::OffsetDateTime;
use uuid::Uuid;

use super::BackupError;
use crate::api::audit::{Audit, system};
use crate::relying::status::PLACES;
use crate::{Error, Result};

/// The row. There is one at most (RFC 9562 §5.8).
const ROW: Uuid = Uuid::from_u128(0x7265_7374_6f72_8564_8000_0066_656e_6365);
/// The state of a register that was restored and is not accepted.
const RESTORED: &str = "restored";
/// That of one that is.
const ACCEPTED: &str = "accepted";
/// Without a bound, one of so many parts of each series is passed over: of a million, a hundred thousand.
const PART_OF_SERIES: u64 = 10;
/// Without a bound, so many status lists are.
const LISTS: u32 = 4;
/// Numbers are drawn more often than documents are made: what somebody else has is passed over, a worker that is killed has drawn.
const DRAWN: u32 = 2;
/// Blocks beside those that a bound says: data centres, and workers that have leased at the same moment.
const SPARE_BLOCKS: u64 = 64;
/// Places beside those that a bound says.
const SPARE_PLACES: u32 = 1024;
/// Sessions and links that are removed in one change.
const REMOVED_AT_ONCE: u32 = 500;
/// Most documents that a bound may say: twice as many are a number of 32 bits.
pub const MAX_ISSUED: u32 = 1_000_000_000;

/// What the operator knows of the time after the backup.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Since {
    /// Documents that were given at most, all data centres together; [`MAX_ISSUED`] at most. `None`: a generous part of each series.
    pub issued: Option<u32>,
    /// How often this backup was restored before, where numbers were given afterwards: each time as much is passed over again.
    pub restored_before: u8,
}

/// How many blocks of a series are passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Passed {
    /// One of so many parts.
    Part(u64),
    /// So many.
    Blocks(u64),
}

/// The fence of a register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fence {
    /// The lives of the register, one for each restore.
    lives: Vec<Uuid>,
    passed: Vec<Passed>,
    /// When the backup was taken.
    #[serde(with = "time::serde::rfc3339")]
    pub made: OffsetDateTime,
    /// When it was restored.
    #[serde(with = "time::serde::rfc3339")]
    pub restored: OffsetDateTime,
    #[serde(skip)]
    is_accepted: bool,
    #[serde(skip)]
    version: u32,
}

impl Fence {
    /// That of a register; `None` where it was never restored.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn of(store: &impl Store) -> Result<Option<Self>> {
        let Some(row) = store.entity(EntityKind::Setting, ROW).await? else {
            return Ok(None);
        };
        let mut fence: Self = serde_json::from_str(&row.body).map_err(|_| corrupt())?;
        fence.is_accepted = row.state == ACCEPTED;
        fence.version = row.version;
        Ok(Some(fence))
    }

    /// Refuses a register that was restored and not accepted.
    ///
    /// # Errors
    /// [`BackupError::NotAccepted`]; those of the store.
    pub async fn must_be_open(store: &impl Store) -> Result<()> {
        match Self::of(store).await? {
            Some(fence) if !fence.is_accepted => Err(BackupError::NotAccepted(fence.made).into()),
            _ => Ok(()),
        }
    }

    /// Whether somebody has accepted it.
    #[must_use]
    pub const fn is_accepted(&self) -> bool {
        self.is_accepted
    }

    /// How many blocks of a series are passed over.
    #[must_use]
    pub fn blocks(&self, of: &Blocks) -> u64 {
        let passed = self.passed.iter().map(|passed| match passed {
            Passed::Part(part) => of.count().div_ceil((*part).max(1)),
            Passed::Blocks(blocks) => *blocks,
        });
        passed.fold(0, u64::saturating_add)
    }

    /// The word of the register's life: counters of data centres begin anew with it.
    #[must_use]
    pub fn life(&self) -> String {
        self.lives
            .last()
            .copied()
            .unwrap_or_default()
            .simple()
            .to_string()
    }

    /// The names of the audit log: the present one first.
    #[must_use]
    pub fn log_names(&self, first: &str) -> Vec<String> {
        let later = self.lives.iter().rev();
        let mut names: Vec<String> = later
            .map(|life| format!("{first}/restored-{}", life.simple()))
            .collect();
        names.push(first.to_owned());
        names
    }

    /// Somebody has compared the register with the world: it goes on. Told in the audit log.
    ///
    /// # Errors
    /// Those of the store: another call may have been faster.
    pub async fn accept(&self, store: &impl Store, now: OffsetDateTime) -> Result<()> {
        let change = self.change("register.accepted", ACCEPTED, now)?;
        Ok(store.commit(&change).await?)
    }

    fn change(&self, action: &'static str, state: &str, now: OffsetDateTime) -> Result<Change> {
        let mut change = Change::new(now);
        change.entities.push(EntityChange::Put {
            entity: Entity {
                kind: EntityKind::Setting,
                id: ROW,
                state: state.to_owned(),
                place: String::new(),
                order: 0,
                version: 0,
                body: serde_json::to_string(self).map_err(|_| Error::Interrupted)?,
            },
            expected: match self.version {
                0 => Expected::New,
                version => Expected::Version(version),
            },
            keys: None,
        });
        let life = self.lives.last().copied().unwrap_or_default();
        Audit::by(system(), action, "register", life)
            .put(&mut change)
            .map_err(|problem| crate::api::start::as_error(&problem))?;
        Ok(change)
    }
}

/// Puts the fence into a register that nobody uses yet. Called once for a restore: called again it passes over as much again.
pub(super) async fn raise(
    store: &impl Store,
    since: Since,
    made: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<()> {
    let (passed, places) = match since.issued {
        None => (
            Passed::Part(PART_OF_SERIES),
            LISTS.saturating_mul(ENTRIES_OF_LIST),
        ),
        Some(issued) => {
            let drawn = issued.min(MAX_ISSUED).saturating_mul(DRAWN);
            let blocks = u64::from(drawn).div_ceil(BLOCK) + SPARE_BLOCKS;
            (Passed::Blocks(blocks), drawn.saturating_add(SPARE_PLACES))
        }
    };
    sign_everybody_out(store, now).await?;
    let before = Fence::of(store).await?;
    let mut fence = before.unwrap_or(Fence {
        lives: Vec::new(),
        passed: Vec::new(),
        made,
        restored: now,
        is_accepted: false,
        version: 0,
    });
    fence.lives.push(Uuid::now_v7());
    fence.made = made;
    fence.restored = now;
    for _ in 0..=since.restored_before {
        fence.passed.push(passed);
        store.take_numbers(PLACES, places).await?;
    }
    let change = fence.change("register.restored", RESTORED, now)?;
    Ok(store.commit(&change).await?)
}

/// Removes sessions and one-time links.
async fn sign_everybody_out(store: &impl Store, now: OffsetDateTime) -> Result<()> {
    for kind in [EntityKind::Session, EntityKind::Link] {
        loop {
            let open = store.list(&Query::of(kind, REMOVED_AT_ONCE)).await?;
            if open.is_empty() {
                break;
            }
            let mut change = Change::new(now);
            let gone = open.into_iter().map(|entity| EntityChange::Remove {
                kind,
                id: entity.id,
            });
            change.entities.extend(gone);
            store.commit(&change).await?;
        }
    }
    Ok(())
}

fn corrupt() -> Error {
    let what = "fence of a restored register";
    StoreError::Corrupt { id: ROW, what }.into()
}
