//! Chips come in: each of a delivery is taken or refused by itself.

use std::collections::BTreeSet;

use access::Permission;
use crypto::HashAlgorithm;
use perso::{PreparedChip, chip_file};
use register::store::{
    Change, Claim, ClaimChange, ClaimKind, EntityKind, Queue, Store as _, StoreError, Task,
    TaskChange,
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::chip::chip_id;
use super::lane::{lane_of_chip, lane_of_profile};
use super::{Chip, Site};
use crate::office::{Hand, Office};
use crate::{Error, Result};

/// Chips of one delivery at most.
pub const MAX_CHIPS: usize = 500;
/// The subject of audit entries.
const SUBJECT: &str = "chip-delivery";

/// What became of one chip of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reception {
    /// It is in stock.
    Received,
    /// It came in before.
    Known,
    /// It is not taken.
    Refused(NotTaken),
}

/// Why a chip is not taken into stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotTaken {
    /// It is no chip file.
    Malformed,
    /// No issuer profile asks for such keys.
    NoProfile,
    /// It came in before with other keys.
    OtherKeys,
    /// It came in at another site.
    Elsewhere,
    /// A document has it.
    Used,
    /// Another chip has one of its keys: its random numbers cannot be trusted.
    KeyRepeated,
}

impl Reception {
    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Known => "known",
            Self::Refused(_) => "refused",
        }
    }
}

impl NotTaken {
    /// The word of the reason.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::NoProfile => "no-profile",
            Self::OtherKeys => "other-keys",
            Self::Elsewhere => "elsewhere",
            Self::Used => "used",
            Self::KeyRepeated => "key-repeated",
        }
    }
}

/// A chip of a delivery that can be read.
struct Candidate {
    place: usize,
    chip: PreparedChip,
    keys: Vec<Vec<u8>>,
}

impl Office {
    /// Takes chips into the stock of a site. The answers are in the order of the files.
    ///
    /// # Errors
    /// [`Error::Store`]: nothing was taken then.
    pub async fn receive_chips(
        &self,
        delivery: Uuid,
        site: &Site,
        files: &[Vec<u8>],
        hand: &Hand,
        now: OffsetDateTime,
    ) -> Result<Vec<Reception>> {
        let mut answers = vec![Reception::Refused(NotTaken::Malformed); files.len()];
        let mut candidates = Vec::new();
        let lanes = known_lanes()?;
        for (place, file) in files.iter().enumerate() {
            let Ok(chip) = chip_file::read(file) else {
                continue;
            };
            if lanes.contains(&lane_of_chip(&chip)) {
                let keys = fingerprints(&chip)?;
                candidates.push(Candidate { place, chip, keys });
            } else {
                set(&mut answers, place, Reception::Refused(NotTaken::NoProfile));
            }
        }
        loop {
            let mut wanted = Wanted::default();
            for candidate in &candidates {
                let answer = self.look(candidate, site, &mut wanted).await?;
                set(&mut answers, candidate.place, answer);
            }
            candidates
                .retain(|candidate| answers.get(candidate.place) == Some(&Reception::Received));
            let mut change = Change::new(now);
            for candidate in &candidates {
                take_in(&mut change, candidate, site, hand)?;
            }
            if candidates.is_empty() {
                self.refuse(
                    hand,
                    Permission::StockReceive,
                    (SUBJECT, delivery),
                    "no-new-chip",
                    now,
                )
                .await?;
                return Ok(answers);
            }
            match self
                .commit(change, hand, Permission::StockReceive, (SUBJECT, delivery))
                .await
            {
                // Somebody else has taken one of them in the meantime: look again. Each look leaves fewer.
                Err(Error::Store(
                    StoreError::Claimed { .. } | StoreError::EntityChanged { .. },
                )) => {}
                Err(error) => return Err(error),
                Ok(()) => return Ok(answers),
            }
        }
    }

    /// What the register and the stock say of a chip.
    async fn look(
        &self,
        candidate: &Candidate,
        site: &Site,
        wanted: &mut Wanted,
    ) -> Result<Reception> {
        let id = chip_id(&candidate.chip.serial);
        if let Some(entity) = self.store().entity(EntityKind::Chip, id).await? {
            let before = Chip::of(&entity)?;
            for key in &candidate.keys {
                let claim = Claim::new(ClaimKind::StockKey, key.as_slice());
                if self.store().holder(&claim).await? != Some(id) {
                    return Ok(Reception::Refused(NotTaken::OtherKeys));
                }
            }
            let is_here = before.site == *site;
            return Ok(if is_here {
                Reception::Known
            } else {
                Reception::Refused(NotTaken::Elsewhere)
            });
        }
        let serial = Claim::new(ClaimKind::ChipSerial, candidate.chip.serial.as_slice());
        if self.store().holder(&serial).await?.is_some() {
            return Ok(Reception::Refused(NotTaken::Used));
        }
        for key in &candidate.keys {
            for kind in [ClaimKind::StockKey, ClaimKind::ChipKey] {
                if self
                    .store()
                    .holder(&Claim::new(kind, key.as_slice()))
                    .await?
                    .is_some()
                {
                    return Ok(Reception::Refused(NotTaken::KeyRepeated));
                }
            }
        }
        Ok(wanted.take(id, &candidate.keys))
    }
}

/// What earlier chips of the same delivery take.
#[derive(Default)]
struct Wanted {
    chips: BTreeSet<Uuid>,
    keys: BTreeSet<Vec<u8>>,
}

impl Wanted {
    fn take(&mut self, id: Uuid, keys: &[Vec<u8>]) -> Reception {
        if self.chips.contains(&id) {
            let known = keys.iter().all(|key| self.keys.contains(key));
            return if known {
                Reception::Known
            } else {
                Reception::Refused(NotTaken::OtherKeys)
            };
        }
        if keys.iter().any(|key| self.keys.contains(key)) {
            return Reception::Refused(NotTaken::KeyRepeated);
        }
        self.chips.insert(id);
        self.keys.extend(keys.iter().cloned());
        Reception::Received
    }
}

fn take_in(change: &mut Change, candidate: &Candidate, site: &Site, hand: &Hand) -> Result<()> {
    let chip = Chip::received(&candidate.chip, site, &hand.officer, change.at)?;
    change
        .claims
        .extend(candidate.keys.iter().map(|key| ClaimChange::Take {
            claim: Claim::new(ClaimKind::StockKey, key.as_slice()),
            holder: chip.id,
        }));
    change.tasks.push(TaskChange::Add(Task {
        id: chip.id,
        queue: Queue::Chip,
        lane: chip.lane().to_owned(),
        subject: chip.id,
        priority: 0,
        run_at: change.at,
        attempts: 0,
    }));
    chip.put_new(change)
}

fn set(answers: &mut [Reception], place: usize, answer: Reception) {
    if let Some(own) = answers.get_mut(place) {
        *own = answer;
    }
}

/// The lanes that some profile takes chips from.
fn known_lanes() -> Result<BTreeSet<String>> {
    enrolment::profiles::ALL
        .iter()
        .map(|profile| lane_of_profile(*profile))
        .collect()
}

/// SHA-256 of each public key, as the register has it.
fn fingerprints(chip: &PreparedChip) -> Result<Vec<Vec<u8>>> {
    let keys = chip.keys.iter().map(|key| {
        let octets = key.public.to_spki()?;
        Ok::<_, crypto::Error>(HashAlgorithm::Sha256.digest(&octets))
    });
    Ok(keys.collect::<core::result::Result<_, _>>()?)
}
