//! What a journal comes to.

use std::collections::{BTreeMap, BTreeSet};

use crypto::PublicKey;
use perso::batch_file::BatchSigner;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::shift::{Shift, Shifts};
use crate::station::{Standing, Stations};
use crate::stock::{Book, Numbers};
use crate::{
    Assignment, Card, ChipSerial, Event, JobEntry, Person, Refused, Source, Stage, Told, rules,
    transition,
};

/// Most jobs of one batch.
pub const MAX_JOBS: usize = 10_000;

/// A batch: the jobs that were taken together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Its name.
    pub id: Uuid,
    /// Whether its cards take the place of rejects.
    pub remake: bool,
    /// When it was taken.
    pub taken_at: OffsetDateTime,
    /// Where it comes from.
    pub source: Option<Source>,
    /// Who has taken it.
    pub by: Person,
    /// The chips of its jobs, in their order.
    pub chips: Vec<ChipSerial>,
}

/// Everything that is known of a floor. It changes by events only.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    opened: bool,
    cards: BTreeMap<ChipSerial, Card>,
    chips: BTreeMap<Uuid, ChipSerial>,
    batches: Vec<Batch>,
    book: Book,
    taken: u64,
    shifts: Shifts,
    signers: Vec<BatchSigner>,
    stations: Stations,
}

/// What an event changes; made before it is written down, carried out after.
#[derive(Debug)]
pub(crate) struct Change {
    cards: Vec<Card>,
    batch: Option<Batch>,
    shifts: Option<Shifts>,
    book: Book,
    signer: Option<BatchSigner>,
    stations: Option<Stations>,
}

impl Change {
    fn of(cards: Vec<Card>) -> Self {
        Self {
            cards,
            batch: None,
            shifts: None,
            book: Book::default(),
            signer: None,
            stations: None,
        }
    }
}

impl State {
    /// What an event would change that is about to happen.
    ///
    /// # Errors
    /// [`Refused`]: it cannot follow, or must not.
    pub(crate) fn next_change(&self, at: OffsetDateTime, event: &Event) -> Result<Change, Refused> {
        let change = self.change(at, event)?;
        rules::may(self, event)?;
        Ok(change)
    }

    /// What an event would change, or has changed.
    ///
    /// # Errors
    /// [`Refused`]: it cannot follow.
    pub(crate) fn change(&self, at: OffsetDateTime, event: &Event) -> Result<Change, Refused> {
        let change = self.of_event(at, event)?;
        Ok(Change {
            book: self.book.with(self, event),
            ..change
        })
    }

    fn of_event(&self, at: OffsetDateTime, event: &Event) -> Result<Change, Refused> {
        match (event, self.opened) {
            (Event::Opened { .. }, false) => return Ok(Change::of(Vec::new())),
            (Event::Opened { .. }, true) => return Err(Refused::Opened),
            (_, false) => return Err(Refused::NotOpened),
            (_, true) => {}
        }
        match event {
            Event::Received { chips, .. } => self.received(chips),
            Event::Taken {
                batch,
                remake,
                jobs,
                source,
                by,
            } => {
                let batch = Batch {
                    id: *batch,
                    remake: *remake,
                    taken_at: at,
                    source: source.clone(),
                    by: by.clone(),
                    chips: jobs.iter().map(|entry| entry.chip.clone()).collect(),
                };
                self.taken(batch, jobs)
            }
            Event::Reported { jobs, told, .. } => self.told(jobs, told),
            Event::HandedOver { chips, .. } => self.handed_over(chips, event),
            Event::ShiftOpened { .. } | Event::Counted { .. } | Event::ShiftClosed { .. } => {
                Ok(Change {
                    shifts: Some(self.shifts.after(at, event, &self.numbers())?),
                    ..Change::of(Vec::new())
                })
            }
            Event::SignerTrusted { key, .. } => Ok(Change {
                signer: Some(signer(key)?),
                ..Change::of(Vec::new())
            }),
            Event::Station { .. } => Ok(self.at_station(event)?),
            one => Ok(Change::of(vec![transition::after(
                self.subject(one)?,
                one,
            )?])),
        }
    }

    /// Carries a change out.
    pub(crate) fn carry_out(&mut self, change: Change) {
        self.opened = true;
        for card in change.cards {
            if let Some(job) = card.job() {
                self.chips.insert(job, card.chip.clone());
            }
            self.cards.insert(card.chip.clone(), card);
        }
        self.book = change.book;
        if let Some(batch) = change.batch {
            self.taken += u64::try_from(batch.chips.len()).unwrap_or(u64::MAX);
            match self.batches.iter_mut().find(|known| known.id == batch.id) {
                Some(known) => known.chips.extend(batch.chips),
                None => self.batches.push(batch),
            }
        }
        if let Some(shifts) = change.shifts {
            self.shifts = shifts;
        }
        if let Some(signer) = change.signer
            && !self.signers.contains(&signer)
        {
            self.signers.push(signer);
        }
        if let Some(stations) = change.stations {
            self.stations = stations;
        }
    }

    /// Lets an event happen, if it can.
    ///
    /// # Errors
    /// [`Refused`]: nothing changed.
    pub fn apply(&mut self, at: OffsetDateTime, event: &Event) -> Result<(), Refused> {
        let change = self.next_change(at, event)?;
        self.carry_out(change);
        Ok(())
    }

    fn received(&self, chips: &[ChipSerial]) -> Result<Change, Refused> {
        let mut once = BTreeSet::new();
        for chip in chips {
            if self.cards.contains_key(chip) || !once.insert(chip) {
                return Err(Refused::ChipKnown(chip.clone()));
            }
        }
        Ok(Change::of(chips.iter().cloned().map(Card::new).collect()))
    }

    fn taken(&self, batch: Batch, jobs: &[JobEntry]) -> Result<Change, Refused> {
        if jobs.is_empty() || jobs.len() > MAX_JOBS {
            return Err(Refused::BatchSize);
        }
        // What was damaged when the others were taken comes later.
        let is_other = |known: &Batch| known.remake != batch.remake || !is_alike(known, &batch);
        let before = self.batches.iter().find(|known| known.id == batch.id);
        if before.is_some_and(is_other) {
            return Err(Refused::BatchTaken(batch.id));
        }
        let (mut chips, mut names) = (BTreeSet::new(), BTreeSet::new());
        let mut cards = Vec::with_capacity(jobs.len());
        for (entry, order) in jobs.iter().zip(self.taken..) {
            if self.chips.contains_key(&entry.job) || !names.insert(entry.job) {
                return Err(Refused::JobTaken(entry.job));
            }
            let card = self.cards.get(&entry.chip);
            let other = card.and_then(Card::job);
            if other.is_some() || !chips.insert(&entry.chip) {
                return Err(Refused::ChipTaken {
                    chip: entry.chip.clone(),
                    job: other.unwrap_or(entry.job),
                });
            }
            let card = card.cloned();
            let card = card.unwrap_or_else(|| Card::new(entry.chip.clone()));
            if card.stage != Stage::Stock {
                return Err(Refused::Stage {
                    chip: card.chip,
                    stage: card.stage,
                    what: "a job",
                });
            }
            cards.push(Card {
                stage: Stage::Reserved,
                assignment: Some(Assignment {
                    job: entry.job,
                    batch: batch.id,
                    number: entry.number.clone(),
                    sha256: entry.sha256.clone(),
                    remake: batch.remake,
                    order,
                }),
                ..card
            });
        }
        Ok(Change {
            batch: Some(batch),
            ..Change::of(cards)
        })
    }

    /// What the service was told, by job; of those without a stage, all that is so now.
    fn told(&self, jobs: &[Uuid], told: &[Told]) -> Result<Change, Refused> {
        let before = jobs.iter().map(|job| (*job, None));
        let told = told.iter().map(|told| (told.job, Some(told.stage)));
        let mut cards: BTreeMap<ChipSerial, Card> = BTreeMap::new();
        for (job, stage) in before.chain(told) {
            let card = self.card_of_job(job).ok_or(Refused::UnknownJob(job))?;
            let card = cards.get(&card.chip).unwrap_or(card);
            let card = transition::told(card, stage)?;
            cards.insert(card.chip.clone(), card);
        }
        Ok(Change::of(cards.into_values().collect()))
    }

    /// Good cards leave, each once.
    fn handed_over(&self, chips: &[ChipSerial], event: &Event) -> Result<Change, Refused> {
        let mut cards: BTreeMap<&ChipSerial, Card> = BTreeMap::new();
        for chip in chips {
            let card = self
                .card(chip)
                .ok_or_else(|| Refused::Stranger(chip.clone()))?;
            if cards
                .insert(chip, transition::after(card, event)?)
                .is_some()
            {
                return Err(Refused::Twice(chip.clone()));
            }
        }
        if cards.is_empty() {
            return Err(Refused::NoGoodCard);
        }
        Ok(Change::of(cards.into_values().collect()))
    }

    /// What is said of a station, and of the card in it. A chip that never came in is named, and is no card of this floor.
    fn at_station(&self, event: &Event) -> Result<Change, Refused> {
        let Event::Station {
            station,
            note,
            chip,
            why,
            ..
        } = event
        else {
            return Err(Refused::Opened);
        };
        let card = chip.as_ref().and_then(|chip| self.card(chip));
        let card = card
            .map(|card| transition::after(card, event))
            .transpose()?;
        let stations = self
            .stations
            .after(station, *note, chip.as_ref(), why.as_deref());
        Ok(Change {
            stations: Some(stations),
            ..Change::of(card.into_iter().collect())
        })
    }

    /// Whose batches are taken.
    #[must_use]
    pub fn signers(&self) -> &[BatchSigner] {
        &self.signers
    }

    /// The stations.
    #[must_use]
    pub const fn stations(&self) -> &Stations {
        &self.stations
    }

    /// A station; one of which nothing is known is empty.
    #[must_use]
    pub fn station(&self, name: &str) -> Standing {
        self.stations.standing(name)
    }

    /// The card that an event is about.
    fn subject(&self, event: &Event) -> Result<&Card, Refused> {
        match event {
            Event::Started { job, .. }
            | Event::Written { job, .. }
            | Event::Failed { job, .. }
            | Event::Locking { job, .. }
            | Event::NotLocked { job, .. }
            | Event::Passed { job, .. } => self.card_of_job(*job).ok_or(Refused::UnknownJob(*job)),
            Event::Rejected { chip, .. }
            | Event::Voided { chip, .. }
            | Event::Destroyed { chip, .. }
            | Event::Missing { chip, .. }
            | Event::Found { chip, .. } => self
                .card(chip)
                .ok_or_else(|| Refused::Stranger(chip.clone())),
            _ => Err(Refused::Opened),
        }
    }

    /// A card by its chip.
    #[must_use]
    pub fn card(&self, chip: &ChipSerial) -> Option<&Card> {
        self.cards.get(chip)
    }

    /// A card by its job.
    #[must_use]
    pub fn card_of_job(&self, job: Uuid) -> Option<&Card> {
        self.cards.get(self.chips.get(&job)?)
    }

    /// Cards that somebody means by a word: the chip's serial number, the job, or the number that is printed on it. Printed numbers
    /// should be unique, and here it shows if they are not.
    #[must_use]
    pub fn find(&self, word: &str) -> Vec<&Card> {
        let chip = word.parse::<ChipSerial>().ok();
        let job = Uuid::parse_str(word).ok();
        let means = |card: &&Card| {
            chip.as_ref() == Some(&card.chip)
                || job.is_some() && card.job() == job
                || !word.is_empty() && card.number() == word
        };
        self.cards.values().filter(means).collect()
    }

    /// All cards, by serial number.
    pub fn cards(&self) -> impl Iterator<Item = &Card> {
        self.cards.values()
    }

    /// What is to be written next: remakes first, then what came first.
    #[must_use]
    pub fn next(&self) -> Vec<&Card> {
        let mut waiting: Vec<(&Assignment, &Card)> = self
            .cards()
            .filter(|card| card.stage.waits())
            .filter_map(|card| Some((card.assignment.as_ref()?, card)))
            .collect();
        waiting.sort_by_key(|(assignment, _)| (!assignment.remake, assignment.order));
        waiting.into_iter().map(|(_, card)| card).collect()
    }

    /// Cards that were being locked, and of which it is not known whether they are.
    #[must_use]
    pub fn being_locked(&self) -> Vec<&Card> {
        self.cards().filter(|card| card.lock_is_open()).collect()
    }

    /// The batches, in the order in which they were taken.
    #[must_use]
    pub fn batches(&self) -> &[Batch] {
        &self.batches
    }

    /// How many chips are where.
    #[must_use]
    pub fn numbers(&self) -> Numbers {
        Numbers::of(&self.book, self.cards())
    }

    /// The shift that is open.
    #[must_use]
    pub const fn open_shift(&self) -> Option<&Shift> {
        self.shifts.open()
    }

    /// Shifts that were closed.
    #[must_use]
    pub fn closed_shifts(&self) -> &[Shift] {
        self.shifts.closed()
    }
}

/// Whether two parts of a batch come from the same place.
fn is_alike(one: &Batch, other: &Batch) -> bool {
    match (&one.source, &other.source) {
        (Some(Source::Signed { signer: one, .. }), Some(Source::Signed { signer: other, .. })) => {
            one == other
        }
        (one, other) => one == other,
    }
}

fn signer(key: &str) -> Result<BatchSigner, Refused> {
    let key = hex::decode(key).map_err(|_| Refused::SignerKey)?;
    let key = PublicKey::from_spki(&key).map_err(|_| Refused::SignerKey)?;
    BatchSigner::new(key).map_err(|_| Refused::SignerKey)
}
