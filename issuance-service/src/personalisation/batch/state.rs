//! A batch as it stands.

use register::Officer;
use register::store::{Entity, EntityChange, EntityKind, Expected, StoreError};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::Put;
use crate::Result;
use crate::personalisation::chip::{ChipState, Person, key, milliseconds};
use crate::personalisation::{Chip, Site, json};

/// After so long without a report an open batch is shown as stalled: longer than any shift.
pub const STALLED: Duration = Duration::hours(12);

/// How far a batch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchState {
    /// Jobs wait to be written.
    Open,
    /// All that will be written is, and some wait for quality control.
    Written,
    /// Every card is good or a recorded reject.
    Closed,
    /// It was given up before anything was written.
    Released,
}

impl BatchState {
    /// All states.
    pub const ALL: [Self; 4] = [Self::Open, Self::Written, Self::Closed, Self::Released];

    /// The word of the state.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Written => "written",
            Self::Closed => "closed",
            Self::Released => "released",
        }
    }

    /// The state of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// How far the cards of a batch are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// To be written.
    pub waiting: usize,
    /// Written, and not yet passed or rejected.
    pub written: usize,
    /// Passed.
    pub passed: usize,
    /// Rejected, missing or destroyed.
    pub rejected: usize,
}

impl Progress {
    /// What the chips of a batch say.
    #[must_use]
    pub fn of<'c>(chips: impl IntoIterator<Item = &'c Chip>) -> Self {
        let mut progress = Self::default();
        for chip in chips {
            let count = match chip.state {
                ChipState::InStock | ChipState::Reserved => &mut progress.waiting,
                ChipState::Written => &mut progress.written,
                ChipState::Used => &mut progress.passed,
                ChipState::Rejected | ChipState::Missing | ChipState::Destroyed => {
                    &mut progress.rejected
                }
            };
            *count += 1;
        }
        progress
    }

    const fn state(&self) -> BatchState {
        match self {
            Self { waiting: 1.., .. } => BatchState::Open,
            Self { written: 1.., .. } => BatchState::Written,
            Self {
                passed: 0,
                rejected: 0,
                ..
            } => BatchState::Released,
            _ => BatchState::Closed,
        }
    }
}

/// A job of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Which one.
    pub job: Uuid,
    /// How urgent it was.
    pub priority: i16,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Body {
    profile: String,
    by: Person,
    jobs: Vec<Job>,
    reported_at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    released_by: Option<Person>,
}

/// A batch as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Its name.
    pub id: Uuid,
    /// Where it is written.
    pub site: Site,
    /// How far it is.
    pub state: BatchState,
    /// When it was taken, in milliseconds.
    pub claimed_at: i64,
    /// Raised with every change.
    pub version: u32,
    body: Body,
}

impl Batch {
    /// A batch that is taken now.
    #[must_use]
    pub fn new(
        id: Uuid,
        site: &Site,
        profile: &str,
        jobs: Vec<Job>,
        by: &Officer,
        now: OffsetDateTime,
    ) -> Self {
        let claimed_at = milliseconds(now);
        let profile = profile.to_owned();
        Self {
            id,
            site: site.clone(),
            state: BatchState::Open,
            claimed_at,
            version: 0,
            body: Body {
                profile,
                by: by.into(),
                jobs,
                reported_at: claimed_at,
                released_by: None,
            },
        }
    }

    /// The batch of a row.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn of(entity: &Entity) -> core::result::Result<Self, StoreError> {
        let corrupt = |what| StoreError::Corrupt {
            id: entity.id,
            what,
        };
        Ok(Self {
            id: entity.id,
            site: Site::new(&entity.place).map_err(|_| corrupt("site of a batch"))?,
            state: BatchState::from_word(&entity.state).ok_or(corrupt("state of a batch"))?,
            claimed_at: entity.order,
            version: entity.version,
            body: serde_json::from_str(&entity.body).map_err(|_| corrupt("row of a batch"))?,
        })
    }

    /// The issuer profile.
    #[must_use]
    pub fn profile(&self) -> &str {
        &self.body.profile
    }

    /// Who has it.
    #[must_use]
    pub const fn by(&self) -> &Person {
        &self.body.by
    }

    /// Who gave it up, if somebody has.
    #[must_use]
    pub const fn released_by(&self) -> Option<&Person> {
        self.body.released_by.as_ref()
    }

    /// Its jobs, most urgent first, as they were taken.
    #[must_use]
    pub fn jobs(&self) -> &[Job] {
        &self.body.jobs
    }

    /// When something was last reported, in milliseconds.
    #[must_use]
    pub const fn reported_at(&self) -> i64 {
        self.body.reported_at
    }

    /// Whether nobody has reported anything for long.
    #[must_use]
    pub fn is_stalled(&self, now: OffsetDateTime) -> bool {
        let silent = i128::from(milliseconds(now)) - i128::from(self.body.reported_at);
        self.state == BatchState::Open && silent > STALLED.whole_milliseconds()
    }

    /// Somebody gives it up.
    pub(super) fn release(&mut self, by: &Officer) {
        self.body.released_by = Some(by.into());
    }

    /// Its state follows from its chips.
    pub(super) fn follows(&mut self, progress: &Progress, reported: Option<OffsetDateTime>) {
        self.state = progress.state();
        if let Some(at) = reported {
            self.body.reported_at = self.body.reported_at.max(milliseconds(at));
        }
    }

    /// As a new row.
    pub(super) fn put_new(&self) -> Result<Put> {
        self.row(Expected::New)
    }

    /// As the next version of its row.
    pub(super) fn put(&self) -> Result<Put> {
        self.row(Expected::Version(self.version))
    }

    fn row(&self, expected: Expected) -> Result<Put> {
        let is_open = self.state == BatchState::Open;
        let owner = self.body.by.account.filter(|_| is_open);
        Ok(EntityChange::Put {
            entity: Entity {
                kind: EntityKind::Batch,
                id: self.id,
                state: self.state.word().to_owned(),
                place: self.site.to_string(),
                order: self.claimed_at,
                version: 0,
                body: json(&self.body)?,
            },
            expected,
            // Found by its owner while there is something to do.
            keys: Some(owner.into_iter().map(key).collect()),
        })
    }
}
