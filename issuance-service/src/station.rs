//! The enrolment station: what is collected becomes packets, and packets reach the service, once.
//!
//! ```text
//! draft ──seal──▶ pending ──send──▶ sent ──receipt──▶ acknowledged ──erase──▶ (a line in the book)
//!   encrypted       to the service's key, signed by station and operator          with the receipt
//! ```
//!
//! * [`Station`] is the folder of one station: its keys, its drafts, its outbox.
//! * [`Outbox`]: packets as files; a state is the ending of a name. Each change is written down in a hash-chained book.
//! * [`Drafts`]: half-finished people, encrypted, kept across a crash and a logout.
//! * [`Intake`]: how a packet gets to the service. [`HttpIntake`] is a line, [`FolderIntake`] a stick that somebody carries.
//! * [`serve`]: the capture pages and their API on loopback; [`Bulk`]: the same checks without a page, from folders.
//!
//! ```text
//! station password ─┬─ keys/station.key  P-256   signs packets
//!                   └─ keys/draft.key    X25519  opens drafts/<id>.key ─ X25519 ─ opens drafts/<id>.draft
//! person's password ── people/<key>.key  P-256   signs packets as operator or supervisor
//! service.json: the service's X25519 key, to which packets are encrypted, and its P-256 key, which signs receipts
//! ```
//!
//! What is sealed the station cannot read any more. Erasing the small key of a draft ends every version of it that a disk still holds.

mod book;
mod bulk;
mod capture;
mod clock;
mod config;
mod disk;
mod draft;
mod fault;
mod folder_intake;
mod http_intake;
mod intake;
mod keys;
mod outbox;
mod own_fingers;
mod pages;
mod person;
mod person_file;
mod positions;
mod refusal;
mod review;
mod sealing;
mod server;
mod settings;

use std::path::{Path, PathBuf};

use crypto::{CryptoRng, SecretBytes};
use time::OffsetDateTime;

use crate::{Result, files};

pub use bulk::{Bulk, Officers, Outcome};
pub use capture::{CheckedPrint, FingerLimits, check_print};
pub use clock::clock;
pub use config::CaptureConfig;
pub(crate) use disk::{new_locked, remove_orphans};
pub use draft::{Draft, Drafts};
pub use fault::StationError;
pub use folder_intake::FolderIntake;
pub use folder_intake::{PACKET, RECEIPT, of_name};
pub(crate) use folder_intake::{files_with_ending, travelling};
pub use http_intake::{DEVICE, HttpIntake};
pub use intake::{Answer, Intake, Outgoing};
pub(crate) use keys::spki_text;
pub use keys::{PersonKey, PublicKeyFile, ServiceFile, StationKeys};
pub use outbox::{Account, Acknowledged, Entry, Erasure, Outbox, Sent, State};
pub use own_fingers::{StaffFinger, all as own_fingers, keep as keep_own_fingers};
pub use positions::{FingerSet, TEN, TenFinger, by_word as finger_by_word};
pub use refusal::CaptureError;
pub use review::{Found, gathered};
pub use sealing::{Enrolment, Release, Sealed};
pub use server::{Serving, serve};
pub use settings::Settings;

/// The outbox in the folder of a station.
const OUTBOX: &str = "outbox";
/// The drafts.
const DRAFTS: &str = "drafts";

/// The folder of one station, opened.
#[derive(Debug)]
pub struct Station {
    folder: PathBuf,
    settings: Settings,
    service: ServiceFile,
    keys: StationKeys,
    outbox: Outbox,
    drafts: Drafts,
}

impl Station {
    /// Makes the folder of a station: keys, drafts, outbox, and last the settings, so that a folder with them is complete. A run that
    /// was interrupted is gone on with. What comes back is for the service to register.
    ///
    /// # Errors
    /// [`crate::Error::Exists`] when there is a station already; [`crate::Error::File`]; what the keys answer.
    pub fn init(
        folder: &Path,
        name: &str,
        service: &ServiceFile,
        password: &SecretBytes,
        now: OffsetDateTime,
        rng: &mut dyn CryptoRng,
    ) -> Result<PublicKeyFile> {
        if settings::path(folder).exists() {
            return Err(crate::Error::Exists(settings::path(folder)));
        }
        files::make_private_folder(folder)?;
        let keys = StationKeys::create(folder, name, password, rng)?;
        service.write(folder)?;
        Outbox::create(&folder.join(OUTBOX), &keys.id(), now)?;
        Drafts::create(&folder.join(DRAFTS))?;
        let public = keys.public(name);
        public.write(&folder.join("station.json"))?;
        Settings::of(name).write(folder)?;
        Ok(public)
    }

    /// Opens a station. What a crash has left in the middle is brought to its end: states that are written down, erasures that were
    /// begun, drafts whose packet is sealed.
    ///
    /// # Errors
    /// [`crate::Error::File`]; [`StationError::BookBroken`]; a wrong password.
    pub fn open(folder: &Path, password: &SecretBytes, now: OffsetDateTime) -> Result<Self> {
        let settings = Settings::read(folder)?;
        let keys = StationKeys::open(folder, password)?;
        let outbox = Outbox::open(&folder.join(OUTBOX), now)?;
        let drafts = Drafts::open(&folder.join(DRAFTS), keys.draft_identity());
        for draft in drafts.list()? {
            if outbox.knows(draft)? {
                drafts.erase(draft)?;
                outbox.note_draft_erased(draft, now)?;
            }
        }
        Ok(Self {
            folder: folder.to_owned(),
            service: ServiceFile::read(folder)?,
            settings,
            keys,
            outbox,
            drafts,
        })
    }

    /// Its folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The name under which the service knows the station.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// What was set for it.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The service that it works for.
    #[must_use]
    pub const fn service(&self) -> &ServiceFile {
        &self.service
    }

    /// Its packets.
    #[must_use]
    pub const fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// Its half-finished people.
    #[must_use]
    pub const fn drafts(&self) -> &Drafts {
        &self.drafts
    }

    /// Whether one more person can be enrolled: asked before the person sits down, so that nobody leaves with nothing kept.
    ///
    /// # Errors
    /// [`StationError::TooManyWaiting`]; [`StationError::NoRoom`] when the disk is full or read-only.
    pub fn admit(&self) -> Result<()> {
        self.may_wait()?;
        disk::has_room(&self.folder.join(OUTBOX), self.settings.room_bytes)
    }

    /// Whether one more packet may wait for its receipt.
    fn may_wait(&self) -> Result<()> {
        let waiting = self.outbox.waiting()?;
        let limit = self.settings.max_waiting;
        if waiting >= limit {
            return Err(StationError::TooManyWaiting { waiting, limit }.into());
        }
        Ok(())
    }

    /// Draws the key of a person who signs here. What comes back is for the service to register.
    ///
    /// # Errors
    /// What the key store answers.
    pub fn add_person(
        folder: &Path,
        role: enrolment::packet::Role,
        name: &str,
        password: &SecretBytes,
        rng: &mut dyn CryptoRng,
    ) -> Result<PublicKeyFile> {
        PersonKey::create(folder, role, name, password, rng)
    }

    /// Opens the key of a person: signing in.
    ///
    /// # Errors
    /// [`StationError::UnknownPerson`]; a wrong password.
    pub fn person(
        &self,
        role: enrolment::packet::Role,
        name: &str,
        password: &SecretBytes,
    ) -> Result<PersonKey> {
        PersonKey::open(&self.folder, role, name, password)
    }
}
