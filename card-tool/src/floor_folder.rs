//! The folder of a floor: its journal, the jobs that wait, a lock that programs take in turn.
//!
//! ```text
//! journal.jsonl   what happened
//! lock            held while a line is read or written, by one program at a time
//! chips/          what the issuer has to know of each chip of the pool
//! jobs/           one job file for each card that is not finished; it goes when the card is good or a reject
//! ```

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Context as _, Result};
use floor::{Card, ChipSerial, Desk, Event, Journal, Lines, Stage, State};
use perso::chip_file::MAX_CHIP_FILE;
use perso::{CardImage, MAX_JOB_FILE, PreparedChip};
use time::OffsetDateTime;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::exit::{Exit, Problem};
use crate::files::{self, Secrecy};

const JOURNAL: &str = "journal.jsonl";
const LOCK: &str = "lock";
const JOBS: &str = "jobs";
const CHIPS: &str = "chips";
/// The ending of a job file.
pub const JOB_ENDING: &str = ".job.json";

/// A floor. Threads share it, and other programs may have it open as well.
pub struct FloorFolder {
    folder: PathBuf,
    journal: Mutex<Journal<FileLines>>,
}

impl FloorFolder {
    /// Makes the folder of a new floor, which is not open before its first event.
    pub fn create(folder: &Path) -> Result<Self> {
        let journal = folder.join(JOURNAL);
        if journal.exists() {
            return Err(Problem::of(
                Exit::Policy,
                format!("{} is there", journal.display()),
                "a floor is opened once; `card-tool floor status` shows it",
            ));
        }
        files::make_folder(&folder.join(JOBS))?;
        files::write(&journal, &[], Secrecy::OwnerOnly)?;
        Self::open(folder)
    }

    /// Opens a floor, and reads its journal.
    pub fn open(folder: &Path) -> Result<Self> {
        let path = folder.join(JOURNAL);
        if !path.exists() {
            return Err(Problem::usage(
                format!("{} is no floor", folder.display()),
                "`card-tool floor open` makes one",
            ));
        }
        let lines = FileLines::open(&path, &folder.join(LOCK))?;
        let journal = Journal::open(lines).with_context(|| path.display().to_string())?;
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

    /// Keeps the file of a job.
    pub fn keep(&self, job: Uuid, text: &[u8]) -> Result<()> {
        let path = self.job_path(job);
        if !path.exists() {
            return files::write(&path, text, Secrecy::OwnerOnly);
        }
        let kept = Zeroizing::new(files::read_at_most(&path, MAX_JOB_FILE)?);
        if *kept == *text {
            return Ok(());
        }
        Err(Problem::of(
            Exit::Policy,
            format!("{} is there with another content", path.display()),
            "a job has one content: find out which is right",
        ))
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

    fn note(&self, event: &Event) -> floor::Result<()> {
        self.journal().append(OffsetDateTime::now_utc(), event)
    }

    fn image(&self, job: Uuid) -> floor::Result<CardImage> {
        let path = self.job_path(job);
        let text = files::read_at_most(&path, MAX_JOB_FILE).map_err(|error| floor::Error::Job {
            job,
            why: format!("{error:#}"),
        })?;
        let image = CardImage::from_job_file(&Zeroizing::new(text))?;
        if image.job() != job {
            return Err(floor::Error::Job {
                job,
                why: format!("its file is that of the job {}", image.job()),
            });
        }
        Ok(image)
    }
}

/// The lines of a journal in a file.
pub struct FileLines {
    file: File,
    lock: File,
}

impl FileLines {
    fn open(path: &Path, lock: &Path) -> Result<Self> {
        let mut options = OpenOptions::new();
        let file = options.read(true).append(true).open(path);
        Ok(Self {
            file: file.with_context(|| path.display().to_string())?,
            lock: files::open_lock(lock)?,
        })
    }
}

impl Lines for FileLines {
    fn enter(&mut self) -> io::Result<()> {
        self.lock.lock()
    }

    fn leave(&mut self) {
        // A lock that cannot be given back goes with the program.
        let _ = self.lock.unlock();
    }

    fn length(&mut self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    fn read_from(&mut self, offset: u64) -> io::Result<Vec<u8>> {
        let mut octets = Vec::new();
        self.file.seek(SeekFrom::Start(offset))?;
        self.file.read_to_end(&mut octets)?;
        Ok(octets)
    }

    fn append(&mut self, octets: &[u8]) -> io::Result<()> {
        self.file.write_all(octets)?;
        self.file.sync_data()
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.file.set_len(length)?;
        self.file.sync_all()
    }
}
