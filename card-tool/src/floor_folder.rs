//! The folder of a floor: its journal, which programs lock in turn while they read or write a line, and the jobs that wait.
//!
//! ```text
//! journal.jsonl   what happened
//! chips/          what the issuer has to know of each chip of the pool
//! jobs/           one job file for each card that is not finished; it goes when the card is good or a reject
//! ```

mod lines;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Context as _, Result};
use floor::station::Standing;
use floor::{Card, ChipSerial, Desk, Event, Journal, Mark, Stage, State, intake};
use key_store::whole_file;
use perso::chip_file::MAX_CHIP_FILE;
use perso::{CardImage, MAX_JOB_FILE, PreparedChip};
use time::OffsetDateTime;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::exit::{Exit, Problem};
use crate::files::{self, Secrecy};
use lines::FileLines;

const JOURNAL: &str = "journal.jsonl";
const JOBS: &str = "jobs";
const CHIPS: &str = "chips";
/// The ending of a job file.
pub const JOB_ENDING: &str = ".job.json";
/// The file that says which jobs of a folder belong together, and who has signed them.
pub const BATCH_FILE: &str = "batch.json";

/// A floor. Threads share it, and other programs may have it open as well.
pub struct FloorFolder {
    folder: PathBuf,
    journal: Mutex<Journal<FileLines>>,
}

impl FloorFolder {
    /// Makes the folder of a new floor, which is not open before its first event.
    pub fn create(folder: &Path) -> Result<Self> {
        let journal = folder.join(JOURNAL);
        files::make_folder(&folder.join(JOBS))?;
        match whole_file::create(&journal, &[]) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(error).with_context(|| journal.display().to_string());
            }
            // A journal without a line is that of a beginning that came to no end.
            _ => {}
        }
        let floor = Self::open(folder)?;
        if floor.head().0 > 0 {
            return Err(Problem::of(
                Exit::Policy,
                format!("{} is there", journal.display()),
                "a floor is opened once; `card-tool floor status` shows it",
            ));
        }
        files::keep_to_owner(&journal)?;
        Ok(floor)
    }

    /// Opens a floor to go on with it, and reads its journal.
    pub fn open(folder: &Path) -> Result<Self> {
        Self::open_for(folder, false)
    }

    /// Opens a floor to look at it: no file is touched.
    pub fn look(folder: &Path) -> Result<Self> {
        Self::open_for(folder, true)
    }

    /// Opens a floor to go on with it, or, in a dry run, to look at it.
    pub fn open_for(folder: &Path, dry_run: bool) -> Result<Self> {
        let path = folder.join(JOURNAL);
        if !path.exists() {
            return Err(Problem::usage(
                format!("{} is no floor", folder.display()),
                "`card-tool floor open` makes one",
            ));
        }
        let lines = FileLines::open(&path, dry_run)?;
        let journal = if dry_run {
            Journal::look(lines)
        } else {
            Journal::open(lines)
        };
        let journal = journal.with_context(|| path.display().to_string())?;
        Ok(Self {
            folder: folder.to_owned(),
            journal: Mutex::new(journal),
        })
    }

    /// Looks at what the journal comes to now.
    pub fn with<T>(&self, look: impl FnOnce(&State) -> T) -> Result<T> {
        let mut journal = self.journal();
        journal.refresh()?;
        Ok(look(journal.state()))
    }

    /// Looks at what the journal comes to now, and at its last line.
    pub fn with_mark<T>(&self, look: impl FnOnce(&State, &Mark) -> T) -> Result<T> {
        let mut journal = self.journal();
        journal.refresh()?;
        let mark = journal.mark();
        Ok(look(journal.state(), &mark))
    }

    /// What the journal came to at an earlier line.
    pub fn at(&self, mark: &Mark) -> Result<State> {
        Ok(self.journal().state_at(mark)?)
    }

    /// How many lines the journal has, and the link of the last one.
    pub fn head(&self) -> (u64, String) {
        let journal = self.journal();
        (journal.count(), journal.link().to_owned())
    }

    /// Lets events happen, or only looks whether the first of them could.
    pub fn note_all(&self, events: &[Event], dry_run: bool) -> Result<()> {
        for event in events {
            if dry_run {
                self.journal().check(OffsetDateTime::now_utc(), event)?;
            } else {
                self.note(event)?;
            }
        }
        Ok(())
    }

    /// The one card that a person means.
    pub fn find(&self, word: &str) -> Result<Card> {
        let found: Vec<Card> =
            self.with(|state| state.find(word).into_iter().cloned().collect())?;
        match &found[..] {
            [card] => Ok(card.clone()),
            [] => Err(Problem::usage(
                format!("no card here is called {word}"),
                "name its printed number, its job, or the serial number of its chip; `card-tool floor status --output-format json` lists them",
            )),
            _ => Err(Problem::usage(
                format!("{} cards are called {word}", found.len()),
                "name the serial number of the chip",
            )),
        }
    }

    /// Keeps the file of a job that the journal does not know yet. What a take that broke off has left there is nobody's.
    pub fn keep(&self, job: Uuid, text: &[u8]) -> Result<()> {
        files::write(&self.job_path(job), text, Secrecy::OwnerOnly)
    }

    /// Keeps what the issuer has to know of a chip.
    pub fn keep_chip(&self, serial: &ChipSerial, text: &str) -> Result<()> {
        let folder = self.folder.join(CHIPS);
        files::make_folder(&folder)?;
        let path = folder.join(format!("{serial}.json"));
        files::write(&path, text.as_bytes(), Secrecy::Open)
    }

    /// What the issuer has to know of a chip; nothing where the chip was not prepared on this floor.
    pub fn chip(&self, serial: &ChipSerial) -> Result<Option<PreparedChip>> {
        let path = self.folder.join(CHIPS).join(format!("{serial}.json"));
        if !path.exists() {
            return Ok(None);
        }
        let text = files::read_at_most(&path, MAX_CHIP_FILE)?;
        let chip = perso::chip_file::read(&text).with_context(|| path.display().to_string())?;
        Ok(Some(chip))
    }

    /// Removes the files of jobs that nobody needs any more: they hold data of people, and passwords of cards.
    pub fn forget_finished(&self) -> Result<()> {
        let finished: BTreeMap<Uuid, Stage> = self.with(|state| {
            let cards = state.cards();
            let ended = cards.filter(|card| !card.stage.remains() && card.stage != Stage::Missing);
            ended
                .filter_map(|card| Some((card.job()?, card.stage)))
                .collect()
        })?;
        for job in finished.keys() {
            self.forget(*job)?;
        }
        Ok(())
    }

    /// Removes the file of a job.
    pub fn forget(&self, job: Uuid) -> Result<()> {
        let path = self.job_path(job);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(error).with_context(|| path.display().to_string())
            }
            _ => Ok(()),
        }
    }

    fn job_path(&self, job: Uuid) -> PathBuf {
        self.folder.join(JOBS).join(format!("{job}{JOB_ENDING}"))
    }

    fn journal(&self) -> MutexGuard<'_, Journal<FileLines>> {
        // A journal that somebody died over is as sound as it says itself.
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desk for FloorFolder {
    fn card(&self, chip: &ChipSerial) -> floor::Result<Option<Card>> {
        let mut journal = self.journal();
        journal.refresh()?;
        Ok(journal.state().card(chip).cloned())
    }

    fn being_locked(&self) -> floor::Result<Vec<Card>> {
        let mut journal = self.journal();
        journal.refresh()?;
        Ok(journal
            .state()
            .being_locked()
            .into_iter()
            .cloned()
            .collect())
    }

    fn station(&self, name: &str) -> floor::Result<Standing> {
        let mut journal = self.journal();
        journal.refresh()?;
        Ok(journal.state().station(name))
    }

    fn note(&self, event: &Event) -> floor::Result<()> {
        self.journal().append(OffsetDateTime::now_utc(), event)
    }

    fn image(&self, job: Uuid) -> floor::Result<CardImage> {
        let path = self.job_path(job);
        let text = files::read_at_most(&path, MAX_JOB_FILE).map_err(|error| floor::Error::Job {
            job,
            why: format!("{error:#}"),
        })?;
        let mut journal = self.journal();
        journal.refresh()?;
        let card = journal.state().card_of_job(job);
        let taken = card.and_then(|card| card.assignment.as_ref());
        let sha256 = taken.and_then(|taken| taken.sha256.clone());
        drop(journal);
        intake::image(job, sha256.as_deref(), &Zeroizing::new(text))
    }
}
