//! The hall: chips in memory, jobs for them, a journal on paper that can tear, and a fuse that ends things in the middle.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use applet_spec::memory::Cells;
use applet_spec::{Chip, ChipMemory, DataSheet, LifeCycle};
use floor::lane::Done;
use floor::quality::{Border, Judged};
use floor::shift::Count;
use floor::station::Standing;
use floor::{
    Card, ChipSerial, Desk, Error, Event, JobEntry, Journal, Lane, Lines, Person, Stage, intake,
};
use iso7816::{Channel, ChannelError, CommandApdu, Limits, ResponseApdu};
use lds::File;
use perso::{CardImage, MemoryRegister};
use pki::TrustStore;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use transport::MemoryChannel;
use uuid::Uuid;

use crate::office::{CITIZEN_CARD, Kind, NOW, Office};

pub const WRITER: &str = "TEST Writer";
pub const JUDGE: &str = "TEST Judge";

/// When something ends in the middle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// It was not done.
    Before,
    /// Half of what was to be written down is there. A command to a card is not done.
    Torn,
    /// It was done, and nobody was told.
    After,
}

pub const MOMENTS: [Moment; 3] = [Moment::Before, Moment::Torn, Moment::After];

/// What ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// The card is pulled. Commands are counted.
    Card,
    /// The process dies. Commands and lines of the journal are counted.
    Process,
}

/// Ends something at the n-th act.
#[derive(Debug)]
pub struct Fuse {
    what: What,
    at: u64,
    moment: Moment,
    acts: AtomicU64,
    blown: AtomicBool,
}

impl Fuse {
    pub fn new(what: What, at: u64, moment: Moment) -> Arc<Self> {
        Arc::new(Self {
            what,
            at,
            moment,
            acts: AtomicU64::new(0),
            blown: AtomicBool::new(false),
        })
    }

    /// One that never blows.
    pub fn none() -> Arc<Self> {
        Self::new(What::Card, u64::MAX, Moment::Before)
    }

    pub fn has_blown(&self) -> bool {
        self.blown.load(Ordering::SeqCst)
    }

    /// Counts an act, and says how it ends if this is the one.
    fn act(&self) -> Option<Moment> {
        let blows = self.acts.fetch_add(1, Ordering::SeqCst) == self.at;
        if blows {
            self.blown.store(true, Ordering::SeqCst);
        }
        blows.then_some(self.moment)
    }

    fn is_dead(&self) -> bool {
        self.what == What::Process && self.has_blown()
    }
}

/// A line to a chip with a fuse in it.
pub struct Wire<C> {
    card: C,
    fuse: Arc<Fuse>,
    lost: bool,
}

impl<C: Channel> Wire<C> {
    pub fn new(card: C, fuse: &Arc<Fuse>) -> Self {
        Self {
            card,
            fuse: Arc::clone(fuse),
            lost: false,
        }
    }
}

impl<C: Channel> Channel for Wire<C> {
    fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        if self.lost || self.fuse.is_dead() {
            return Err(ChannelError::CardLost);
        }
        let moment = self.fuse.act();
        self.lost = moment.is_some();
        if matches!(moment, Some(Moment::Before | Moment::Torn)) {
            return Err(ChannelError::CardLost);
        }
        let answer = self.card.transmit(command)?;
        // A chip whose memory has failed says nothing that could be trusted.
        if moment.is_some() || answer.sw.0 == 0x6F00 {
            self.lost = true;
            return Err(ChannelError::CardLost);
        }
        Ok(answer)
    }

    fn limits(&self) -> Limits {
        self.card.limits()
    }

    fn reset_card(&mut self) -> Result<(), ChannelError> {
        if self.lost || self.fuse.is_dead() {
            return Err(ChannelError::CardLost);
        }
        self.card.reset_card()
    }
}

/// The paper of a journal: what is on it survives.
#[derive(Debug, Clone)]
pub struct Paper {
    pub octets: Arc<Mutex<Vec<u8>>>,
    fuse: Arc<Fuse>,
}

impl Paper {
    pub fn new(octets: &Arc<Mutex<Vec<u8>>>, fuse: &Arc<Fuse>) -> Self {
        Self {
            octets: Arc::clone(octets),
            fuse: Arc::clone(fuse),
        }
    }

    pub fn of(octets: &[u8]) -> Self {
        Self::new(&Arc::new(Mutex::new(octets.to_vec())), &Fuse::none())
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.octets.lock().unwrap().clone()).unwrap()
    }
}

impl Lines for Paper {
    fn enter(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn leave(&mut self) {}

    fn length(&mut self) -> io::Result<u64> {
        Ok(self.octets.lock().unwrap().len() as u64)
    }

    fn read_from(&mut self, offset: u64) -> io::Result<Vec<u8>> {
        Ok(self.octets.lock().unwrap()[usize::try_from(offset).unwrap()..].to_vec())
    }

    fn append(&mut self, octets: &[u8]) -> io::Result<()> {
        let dead = || io::Error::other("the process is dead");
        if self.fuse.is_dead() {
            return Err(dead());
        }
        let moment = match self.fuse.what {
            What::Process => self.fuse.act(),
            What::Card => None,
        };
        let kept = match moment {
            None | Some(Moment::After) => octets.len(),
            Some(Moment::Torn) => octets.len() / 2,
            Some(Moment::Before) => 0,
        };
        let mut paper = self.octets.lock().unwrap();
        paper.extend_from_slice(&octets[..kept]);
        moment.map_or(Ok(()), |_| Err(dead()))
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        let mut paper = self.octets.lock().unwrap();
        paper.truncate(usize::try_from(length).unwrap());
        Ok(())
    }
}

/// A journal and job files, as a process has them open.
pub struct MemoryDesk {
    pub journal: Mutex<Journal<Paper>>,
    jobs: Arc<BTreeMap<Uuid, Vec<u8>>>,
}

impl Desk for MemoryDesk {
    fn card(&self, chip: &ChipSerial) -> floor::Result<Option<Card>> {
        let mut journal = self.journal.lock().unwrap();
        journal.refresh()?;
        Ok(journal.state().card(chip).cloned())
    }

    fn being_locked(&self) -> floor::Result<Vec<Card>> {
        let journal = self.journal.lock().unwrap();
        let cards = journal.state().being_locked().into_iter();
        Ok(cards.cloned().collect())
    }

    fn station(&self, name: &str) -> floor::Result<Standing> {
        Ok(self.journal.lock().unwrap().state().station(name))
    }

    fn note(&self, event: &Event) -> floor::Result<()> {
        self.journal.lock().unwrap().append(NOW, event)
    }

    fn image(&self, job: Uuid) -> floor::Result<CardImage> {
        let journal = self.journal.lock().unwrap();
        let card = journal.state().card_of_job(job).cloned();
        let taken = card.and_then(|card| card.assignment).unwrap().sha256;
        intake::image(job, taken.as_deref(), &self.jobs[&job])
    }
}

/// A chip out of its reader: its memory.
pub struct Spot(pub Cells);

impl Spot {
    pub fn of(octets: &[u8]) -> Self {
        Self(Cells::from_octets(octets.to_vec()))
    }

    pub fn octets(&self) -> Vec<u8> {
        self.0.octets().to_vec()
    }

    pub fn memory(&self) -> ChipMemory {
        ChipMemory::from_octets(&self.octets()).unwrap()
    }

    /// The chip as if it had just been put into a reader.
    pub fn power_on(&self) -> MemoryChannel<Chip> {
        static DRAWS: AtomicU64 = AtomicU64::new(3);
        let rng = StdRng::seed_from_u64(DRAWS.fetch_add(1, Ordering::Relaxed));
        let cells = Box::new(self.0.clone());
        MemoryChannel::new(Chip::load(cells, DataSheet::default(), Box::new(rng)).unwrap())
    }
}

/// Chips with jobs, as they lie on the floor at the beginning of a shift.
pub struct Hall {
    pub office: Office,
    pub trust: TrustStore,
    pub chips: Vec<(Spot, Uuid)>,
    pub paper: Arc<Mutex<Vec<u8>>>,
    pub jobs: Arc<BTreeMap<Uuid, Vec<u8>>>,
}

pub fn serial(number: usize) -> Vec<u8> {
    format!("SPECIMEN-{number:07}").into_bytes()
}

pub fn job(number: usize) -> Uuid {
    Uuid::from_u128(0x0193_4f00_0000_7000_8000_0000_0000_0001 + number as u128)
}

pub fn person(name: &str) -> Person {
    Person::new(name).unwrap()
}

/// A floor is opened, and its first shift.
pub fn begin(desk: &dyn Desk) {
    let by = person(WRITER);
    desk.note(&Event::Opened { by: by.clone() }).unwrap();
    let count = counted(0, 0, 0);
    let as_closed = false;
    desk.note(&Event::ShiftOpened {
        by,
        count,
        as_closed,
    })
    .unwrap();
}

pub const fn counted(remaining: u64, good: u64, rejects: u64) -> Count {
    Count {
        remaining,
        good: Some(good),
        rejects,
    }
}

impl Hall {
    /// So many prepared chips with a job for each.
    pub fn of(count: usize) -> Self {
        let mut office = Office::of(CITIZEN_CARD);
        let mut chips = Vec::new();
        let mut jobs = BTreeMap::new();
        for number in 0..count {
            let socket = office.manufacture(&serial(number), Kind::Extended);
            office.initialise(&mut socket.power_on()).unwrap();
            let prepared = office.prepare(&mut socket.power_on()).unwrap();
            office.register = MemoryRegister::default();
            let image = office.issue(&prepared, job(number)).unwrap();
            let file = image.to_job_file().unwrap();
            jobs.insert(job(number), file.expose().to_vec());
            chips.push((Spot::of(&socket.octets()), job(number)));
        }
        let mut trust = TrustStore::new();
        trust.add(&office.csca, "the border's").unwrap();
        Self {
            office,
            trust,
            chips,
            paper: Arc::default(),
            jobs: Arc::new(jobs),
        }
    }

    /// A process that opens the journal.
    pub fn desk(&self, fuse: &Arc<Fuse>) -> MemoryDesk {
        let journal = Journal::open(Paper::new(&self.paper, fuse)).unwrap();
        MemoryDesk {
            journal: Mutex::new(journal),
            jobs: Arc::clone(&self.jobs),
        }
    }

    /// Opens the floor and takes all jobs as one batch.
    pub fn take(&self) {
        let desk = self.desk(&Fuse::none());
        let by = person(WRITER);
        begin(&desk);
        let jobs = self.entries();
        let batch = Uuid::from_u128(1);
        let taken = Event::Taken {
            batch,
            remake: false,
            jobs,
            source: None,
            by,
        };
        desk.note(&taken).unwrap();
    }

    pub fn entries(&self) -> Vec<JobEntry> {
        let entries = self.chips.iter().enumerate();
        entries
            .map(|(number, (_, job))| JobEntry {
                job: *job,
                chip: ChipSerial::new(&serial(number)).unwrap(),
                number: format!("X{number:08}"),
                sha256: Some(intake::digest(&self.jobs[job])),
            })
            .collect()
    }

    /// Puts a chip into a reader to be written.
    pub fn write(&self, desk: &dyn Desk, chip: usize, fuse: &Arc<Fuse>) -> Result<Done, Error> {
        self.write_at("R", desk, &mut self.insert(chip, fuse))
    }

    pub fn write_at(
        &self,
        reader: &str,
        desk: &dyn Desk,
        card: &mut dyn Channel,
    ) -> Result<Done, Error> {
        let by = person(WRITER);
        let by = &by;
        let lane = Lane { reader, by, desk };
        let role = &self.office.keys.personalisation;
        lane.write(card, role, &mut StdRng::seed_from_u64(7), &mut |_, _| {})
    }

    /// Puts a chip into a reader to be judged.
    pub fn judge(&self, desk: &dyn Desk, chip: usize, fuse: &Arc<Fuse>) -> Result<Judged, Error> {
        self.judge_as(JUDGE, desk, &mut self.insert(chip, fuse))
    }

    pub fn judge_as(
        &self,
        name: &str,
        desk: &dyn Desk,
        card: &mut dyn Channel,
    ) -> Result<Judged, Error> {
        let by = person(name);
        let lane = Lane {
            reader: "Q",
            by: &by,
            desk,
        };
        let border = Border {
            trust: &self.trust,
            now: NOW,
            clock: &|| Duration::ZERO,
        };
        let role = &self.office.keys.quality;
        let rng = &mut StdRng::seed_from_u64(8);
        lane.judge(card, role, &border, rng, &mut |_, _| {})
    }

    /// Reads a card as the judge does.
    pub fn read_back(&self, chip: usize, image: &CardImage) -> Result<(), Error> {
        let border = Border {
            trust: &self.trust,
            now: NOW,
            clock: &|| Duration::ZERO,
        };
        let mut card = self.insert(chip, &Fuse::none());
        border.read_back(&mut card, image, &mut StdRng::seed_from_u64(9), &mut |_| {})
    }

    pub fn insert(&self, chip: usize, fuse: &Arc<Fuse>) -> impl Channel + use<> {
        Wire::new(self.chips[chip].0.power_on(), fuse)
    }

    pub fn life_cycle(&self, chip: usize) -> LifeCycle {
        self.chips[chip].0.memory().life_cycle()
    }

    pub fn stage(&self, chip: usize) -> Stage {
        let desk = self.desk(&Fuse::none());
        let serial = ChipSerial::new(&serial(chip)).unwrap();
        desk.card(&serial).unwrap().unwrap().stage
    }

    /// A chip that a reader would take for a card has all of its job and nothing else.
    pub fn no_half_card(&self) {
        for (socket, job) in &self.chips {
            let memory = socket.memory();
            let is_card = matches!(
                memory.life_cycle(),
                LifeCycle::Written | LifeCycle::Operational
            );
            if is_card {
                let image = CardImage::from_job_file(&self.jobs[job]).unwrap();
                for file in File::all() {
                    let wanted = image.files().get(&file).map(Vec::as_slice);
                    assert_eq!(memory.file(file), wanted, "{file}");
                }
            }
        }
    }

    /// How many lines of the journal say this of a job.
    pub fn lines(&self, what: &str, job: Uuid) -> usize {
        let text = String::from_utf8(self.paper.lock().unwrap().clone()).unwrap();
        let what = format!("\"what\":\"{what}\"");
        let job = job.to_string();
        let lines = text.lines();
        lines
            .filter(|line| line.contains(&what) && line.contains(&job))
            .count()
    }

    /// Every chip became one good card, and the journal says so once.
    pub fn all_good(&self) {
        self.no_half_card();
        let desk = self.desk(&Fuse::none());
        let journal = desk.journal.lock().unwrap();
        let numbers = journal.state().numbers();
        assert!(numbers.adds_up());
        assert_eq!(numbers.in_stage(Stage::Passed), self.chips.len() as u64);
        for (chip, (_, job)) in self.chips.iter().enumerate() {
            assert_eq!(self.life_cycle(chip), LifeCycle::Operational);
            assert_eq!(self.lines("written", *job), 1);
            assert_eq!(self.lines("passed", *job), 1);
        }
    }
}
