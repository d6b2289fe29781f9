//! A chip of the stock: where it is and what became of it.

mod state;

use perso::{PreparedChip, chip_file};
use register::store::{Change, Entity, EntityChange, EntityKind, Expected, SearchKey, StoreError};
use register::{Digest, Officer};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Refusal, Site, lane};
use crate::Result;

pub use state::{ChipState, RejectReason};

/// Somebody, as rows name him.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The name under which the step stands.
    pub name: String,
    /// The account or device.
    pub account: Option<Uuid>,
}

impl Person {
    /// The same in the words of the register.
    ///
    /// # Errors
    /// [`crate::Error::Refused`] for a name that is none.
    pub fn officer(&self) -> Result<Officer> {
        Ok(match self.account {
            Some(account) => Officer::with_account(&self.name, account)?,
            None => Officer::new(&self.name)?,
        })
    }
}

impl From<&Officer> for Person {
    fn from(officer: &Officer) -> Self {
        Self {
            name: officer.name().to_owned(),
            account: officer.account(),
        }
    }
}

/// What stands in the body of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Body {
    serial: String,
    lane: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    job: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    batch: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<RejectReason>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    destroys: Option<Person>,
    /// The chip file, until the job is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    received_by: Person,
    changed_at: i64,
}

/// A chip as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chip {
    /// Follows from its serial number.
    pub id: Uuid,
    /// Where it is.
    pub site: Site,
    /// How far it is.
    pub state: ChipState,
    body: Body,
    received: i64,
    version: u32,
}

/// The name of a chip: the first octets of SHA-256 of its serial number, so that a chip comes into stock once.
#[must_use]
pub fn chip_id(serial: &[u8]) -> Uuid {
    let digest = Digest::of(&[b"chip/", serial].concat());
    name_of(&digest)
}

/// A name made of a digest (RFC 9562 §5.8).
pub(super) fn name_of(digest: &Digest) -> Uuid {
    let mut octets = [0; 16];
    octets
        .iter_mut()
        .zip(digest.as_octets())
        .for_each(|(to, from)| *to = *from);
    uuid::Builder::from_custom_bytes(octets).into_uuid()
}

/// Milliseconds since 1970.
pub(super) fn milliseconds(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

impl Chip {
    /// A chip that comes in.
    ///
    /// # Errors
    /// [`crate::Error::Perso`] for one whose keys cannot be written.
    pub fn received(
        prepared: &PreparedChip,
        site: &Site,
        by: &Officer,
        at: OffsetDateTime,
    ) -> Result<Self> {
        Ok(Self {
            id: chip_id(&prepared.serial),
            site: site.clone(),
            state: ChipState::InStock,
            body: Body {
                serial: hex::encode(&prepared.serial),
                lane: lane::lane_of_chip(prepared),
                job: None,
                batch: None,
                reason: None,
                destroys: None,
                file: Some(chip_file::write(prepared)?),
                received_by: by.into(),
                changed_at: milliseconds(at),
            },
            received: milliseconds(at),
            version: 0,
        })
    }

    /// The chip of a row.
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
            site: Site::new(&entity.place).map_err(|_| corrupt("site of a chip"))?,
            state: ChipState::from_word(&entity.state).ok_or(corrupt("state of a chip"))?,
            body: serde_json::from_str(&entity.body).map_err(|_| corrupt("row of a chip"))?,
            received: entity.order,
            version: entity.version,
        })
    }

    /// Serial number, hexadecimal.
    #[must_use]
    pub fn serial(&self) -> &str {
        &self.body.serial
    }

    /// The lane that it waits in.
    #[must_use]
    pub fn lane(&self) -> &str {
        &self.body.lane
    }

    /// The job that has it.
    #[must_use]
    pub const fn job(&self) -> Option<Uuid> {
        self.body.job
    }

    /// The batch that its job is in.
    #[must_use]
    pub const fn batch(&self) -> Option<Uuid> {
        self.body.batch
    }

    /// Why it was set aside.
    #[must_use]
    pub const fn reason(&self) -> Option<RejectReason> {
        self.body.reason
    }

    /// Who wants to destroy it.
    #[must_use]
    pub const fn destroys(&self) -> Option<&Person> {
        self.body.destroys.as_ref()
    }

    /// Raised with every change.
    #[must_use]
    pub const fn version(&self) -> u32 {
        self.version
    }

    /// The prepared chip, until its job is made.
    ///
    /// # Errors
    /// [`Refusal::ChipState`] when it was used; [`crate::Error::Perso`] for a row that does not hold one.
    pub fn prepared(&self) -> Result<PreparedChip> {
        let file = self
            .body
            .file
            .as_ref()
            .ok_or(Refusal::ChipState(self.state))?;
        Ok(chip_file::read(file.as_bytes())?)
    }

    /// Puts it into a change as new.
    ///
    /// # Errors
    /// [`crate::Error::Store`] for a row that cannot be written.
    pub fn put_new(&self, change: &mut Change) -> Result<()> {
        count(change, &self.site, "received", 1);
        count(change, &self.site, self.state.word(), 1);
        self.put(change, Expected::New, None)
    }

    /// A job takes it.
    ///
    /// # Errors
    /// [`Refusal::ChipState`].
    pub fn reserve(mut self, change: &mut Change, job: Uuid) -> Result<()> {
        self.must_be(&[ChipState::InStock])?;
        self.body.job = Some(job);
        self.keyed(change, ChipState::Reserved, Some(vec![key(job)]))
    }

    /// A batch takes its job.
    ///
    /// # Errors
    /// [`Refusal::ChipState`].
    pub fn into_batch(mut self, change: &mut Change, batch: Uuid) -> Result<()> {
        self.must_be(&[ChipState::Reserved])?;
        if self.body.batch.is_some() {
            return Err(Refusal::ChipState(self.state).into());
        }
        self.body.batch = Some(batch);
        self.put(change, Expected::Version(self.version), Some(self.keys()))
    }

    /// A chip is found by its job and by its batch.
    fn keys(&self) -> Vec<SearchKey> {
        self.body
            .job
            .into_iter()
            .chain(self.body.batch)
            .map(key)
            .collect()
    }

    /// Its batch is given up: the job waits again.
    ///
    /// # Errors
    /// [`Refusal::ChipState`].
    pub fn out_of_batch(mut self, change: &mut Change) -> Result<()> {
        self.must_be(&[ChipState::Reserved])?;
        self.body.batch = None;
        self.put(change, Expected::Version(self.version), Some(self.keys()))
    }

    /// It has confirmed every file.
    ///
    /// # Errors
    /// [`Refusal::ChipState`].
    pub fn written(self, change: &mut Change) -> Result<()> {
        self.must_be(&[ChipState::Reserved])?;
        self.goes(change, ChipState::Written)
    }

    /// It is locked and good.
    ///
    /// # Errors
    /// [`Refusal::ChipState`].
    pub fn used(mut self, change: &mut Change) -> Result<()> {
        self.must_be(&[ChipState::Reserved, ChipState::Written])?;
        self.body.file = None;
        self.goes(change, ChipState::Used)
    }

    /// It is set aside.
    ///
    /// # Errors
    /// [`Refusal::ChipState`].
    pub fn reject(mut self, change: &mut Change, reason: RejectReason) -> Result<()> {
        self.must_be(&[ChipState::InStock, ChipState::Reserved, ChipState::Written])?;
        self.body.reason = Some(reason);
        self.body.file = None;
        count(change, &self.site, &format!("reason/{}", reason.word()), 1);
        self.goes(change, reason.leads_to())
    }

    /// The card came back after its end.
    ///
    /// # Errors
    /// [`Refusal::ChipState`].
    pub fn returned(mut self, change: &mut Change) -> Result<()> {
        self.must_be(&[ChipState::Used])?;
        self.body.reason = Some(RejectReason::Returned);
        count(change, &self.site, "reason/returned", 1);
        self.goes(change, ChipState::Rejected)
    }

    /// What was missing is there again: it goes to the rejects.
    ///
    /// # Errors
    /// [`Refusal::ChipState`].
    pub fn found(self, change: &mut Change) -> Result<()> {
        self.must_be(&[ChipState::Missing])?;
        self.goes(change, ChipState::Rejected)
    }

    /// The first of two persons wants to destroy it.
    ///
    /// # Errors
    /// [`Refusal::ChipState`].
    pub fn propose_destruction(mut self, change: &mut Change, by: &Officer) -> Result<()> {
        self.must_be(&[ChipState::Rejected])?;
        self.must_not_be_received_by(by)?;
        self.body.destroys = Some(by.into());
        self.put(change, Expected::Version(self.version), None)
    }

    /// The second of two persons has seen it destroyed.
    ///
    /// # Errors
    /// [`Refusal::ChipState`], [`Refusal::NotProposed`], [`Refusal::SamePerson`], [`Refusal::ReceivedIt`].
    pub fn destroy(self, change: &mut Change, by: &Officer) -> Result<()> {
        self.must_be(&[ChipState::Rejected])?;
        self.must_not_be_received_by(by)?;
        let first = self.body.destroys.as_ref().ok_or(Refusal::NotProposed)?;
        if first.officer()?.is(by) {
            return Err(Refusal::SamePerson.into());
        }
        self.goes(change, ChipState::Destroyed)
    }

    fn must_not_be_received_by(&self, by: &Officer) -> Result<()> {
        if self.body.received_by.officer()?.is(by) {
            Err(Refusal::ReceivedIt.into())
        } else {
            Ok(())
        }
    }

    fn must_be(&self, states: &[ChipState]) -> Result<()> {
        if states.contains(&self.state) {
            Ok(())
        } else {
            Err(Refusal::ChipState(self.state).into())
        }
    }

    /// Into another state: what is one less here is one more there, in the same transaction.
    fn goes(self, change: &mut Change, to: ChipState) -> Result<()> {
        self.keyed(change, to, None)
    }

    fn keyed(
        mut self,
        change: &mut Change,
        to: ChipState,
        keys: Option<Vec<SearchKey>>,
    ) -> Result<()> {
        count(change, &self.site, self.state.word(), -1);
        count(change, &self.site, to.word(), 1);
        self.state = to;
        self.put(change, Expected::Version(self.version), keys)
    }

    fn put(
        &self,
        change: &mut Change,
        expected: Expected,
        keys: Option<Vec<SearchKey>>,
    ) -> Result<()> {
        let body = Body {
            changed_at: milliseconds(change.at),
            ..self.body.clone()
        };
        change.entities.push(EntityChange::Put {
            entity: Entity {
                kind: EntityKind::Chip,
                id: self.id,
                state: self.state.word().to_owned(),
                place: self.site.to_string(),
                order: self.received,
                version: 0,
                body: super::json(&body)?,
            },
            expected,
            keys,
        });
        Ok(())
    }
}

/// The key by which the chips of a job or of a batch are found.
pub(super) const fn key(of: Uuid) -> SearchKey {
    SearchKey(of.into_bytes())
}

fn count(change: &mut Change, site: &Site, what: &str, by: i64) {
    change.tallies.push(register::store::Tally {
        name: format!("{TALLIES}{site}/{what}"),
        day: change.at.date(),
        count: by,
    });
}

/// What the tallies of the stock begin with.
pub(super) const TALLIES: &str = "stock/";
