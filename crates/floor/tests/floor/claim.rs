//! Batches from the service: whatever ends in the middle, the same call goes on, and no job is lost or taken twice.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use floor::claim::{ClaimedBatch, ClaimedCard, Service, Shelf, fetch};
use floor::{ChipSerial, Error, Event, Source, Stage};
use uuid::Uuid;

use crate::hall::{Fuse, Hall, MemoryDesk, Moment, WRITER, What, job, person, serial};

const CARDS: usize = 4;
const KEY: Uuid = Uuid::from_u128(0xA);
const URL: &str = "https://register.example";

/// A service that gives each key one batch; `dies` ends a call in the middle.
struct Office<'h> {
    hall: &'h Hall,
    batches: BTreeMap<Uuid, Uuid>,
    left: Cell<u64>,
    files: BTreeMap<Uuid, Option<Vec<u8>>>,
}

impl<'h> Office<'h> {
    fn new(hall: &'h Hall) -> Self {
        let files = hall
            .jobs
            .iter()
            .map(|(job, file)| (*job, Some(file.clone())));
        Self {
            hall,
            batches: BTreeMap::new(),
            left: Cell::new(u64::MAX),
            files: files.collect(),
        }
    }

    fn act(&self) -> Result<(), Error> {
        let left = self.left.get();
        self.left.set(left.saturating_sub(1));
        match left {
            0 => Err(Error::Service("the line is gone".to_owned())),
            _ => Ok(()),
        }
    }
}

impl Service for Office<'_> {
    fn claim(&mut self, key: Uuid) -> floor::Result<Option<ClaimedBatch>> {
        let number = self.batches.len() as u128;
        // It was claimed, whether the answer comes or not.
        let batch = *self
            .batches
            .entry(key)
            .or_insert(Uuid::from_u128(0xB000 + number));
        self.act()?;
        if number > 0 && self.batches[&key] != Uuid::from_u128(0xB000) {
            return Ok(None);
        }
        let card = |number: usize| ClaimedCard {
            job: self.hall.chips[number].1,
            chip: ChipSerial::new(&serial(number)).unwrap(),
            waits: true,
        };
        let cards = (0..CARDS).map(card).collect();
        Ok(Some(ClaimedBatch { batch, cards }))
    }

    fn job(&mut self, _: Uuid, job: Uuid) -> floor::Result<Option<Vec<u8>>> {
        self.act()?;
        Ok(self.files[&job].clone())
    }
}

/// Files that survive.
#[derive(Default)]
struct Jobs {
    files: RefCell<BTreeMap<Uuid, Vec<u8>>>,
}

impl Shelf for Jobs {
    fn keep(&self, job: Uuid, file: &[u8]) -> floor::Result<()> {
        self.files.borrow_mut().insert(job, file.to_vec());
        Ok(())
    }
}

fn open(hall: &Hall) {
    let desk = hall.desk(&Fuse::none());
    hall.paper.lock().unwrap().clear();
    drop(desk);
    let opened = Event::Opened { by: person(WRITER) };
    floor::Desk::note(&hall.desk(&Fuse::none()), &opened).unwrap();
}

fn taken(desk: &MemoryDesk) -> (usize, usize, Vec<Option<Source>>) {
    let journal = desk.journal.lock().unwrap();
    let state = journal.state();
    let batches = state.batches().iter().map(|batch| batch.source.clone());
    let reserved = state.cards().filter(|card| card.stage == Stage::Reserved);
    (reserved.count(), state.batches().len(), batches.collect())
}

#[test]
fn a_batch_of_the_service_is_taken_once_whatever_ends_in_between() {
    let hall = Hall::of(CARDS);
    let by = person(WRITER);
    let mut ended = 0;
    for (at, moment) in (0..12)
        .flat_map(|at| [Moment::Before, Moment::Torn, Moment::After].map(|moment| (at, moment)))
    {
        open(&hall);
        let jobs = Jobs::default();
        let mut office = Office::new(&hall);
        // The line goes at this call; the paper of the journal is torn at its only line.
        office.left.set(at);
        let fuse = Fuse::new(What::Process, u64::from(at < CARDS as u64 + 1), moment);
        let first = fetch(&mut office, KEY, URL, &hall.desk(&fuse), &jobs, &by);
        ended += usize::from(first.is_err());
        office.left.set(u64::MAX);
        let desk = hall.desk(&Fuse::none());
        let again = fetch(&mut office, KEY, URL, &desk, &jobs, &by).unwrap();
        assert_eq!(again.taken + again.before, CARDS, "{at} {moment:?}");
        assert_eq!(office.batches.len(), 1, "{at} {moment:?}: claimed twice");
        let url = URL.to_owned();
        assert_eq!(
            taken(&desk),
            (CARDS, 1, vec![Some(Source::Service { url })]),
            "{at} {moment:?}"
        );
        assert_eq!(*jobs.files.borrow(), *hall.jobs, "{at} {moment:?}");
    }
    assert!(ended > 12, "{ended} were ended only");
}

/// One bad record holds up nobody; what was withdrawn is named; without jobs there is no batch.
#[test]
fn what_the_service_does_not_give_is_named() {
    let hall = Hall::of(CARDS);
    let by = person(WRITER);
    open(&hall);
    let jobs = Jobs::default();
    let mut office = Office::new(&hall);
    office.files.insert(job(1), None);
    let other = hall.jobs[&job(3)].clone();
    office.files.insert(job(2), Some(other));
    let desk = hall.desk(&Fuse::none());
    let fetched = fetch(&mut office, KEY, URL, &desk, &jobs, &by).unwrap();
    assert_eq!((fetched.taken, &fetched.gone[..]), (2, &[job(1)][..]));
    assert_eq!(
        fetched.damaged,
        [(job(2), "its file is that of another job".to_owned())]
    );
    assert_eq!(taken(&desk).0, 2);
    // The service has set it right: the batch is completed.
    office
        .files
        .insert(job(2), Some(hall.jobs[&job(2)].clone()));
    let fetched = fetch(&mut office, KEY, URL, &desk, &jobs, &by).unwrap();
    assert_eq!((fetched.taken, fetched.before), (1, 2));
    let (reserved, batches, _) = taken(&desk);
    assert_eq!((reserved, batches), (3, 1));
    let none = fetch(&mut office, Uuid::from_u128(0xC), URL, &desk, &jobs, &by).unwrap();
    assert_eq!((none.batch, none.taken), (None, 0));
}
