//! The folder of an offline root.
//!
//! | file | content |
//! |---|---|
//! | `journal.jsonl` | everything the root remembers; the one file that counts |
//! | `csca-1.key`, … | the CSCA's keys, encrypted under the secret of two persons, where they are files |
//! | `csca.der` | the CSCA certificate in use |
//! | `csca-1.der`, …, `link-2.der`, … | the certificate of each key, and the link that leads to it |
//! | `csca.crl` | the last revocation list |
//! | `records/` | a page for each ceremony, to print and sign |
//! | `unfinished.toml` | the key that is being made, or was when a ceremony broke off |
//!
//! All but journal and keys are made from the journal, and made again when they are missing.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use ceremony::journal::{Effect, Generation, Line, MAX_JOURNAL_LEN};
use ceremony::{ActivationSecret, Answer, Digest, Issued, Root};
use crypto::{CryptoRng, PublicKey};
use key_store::{KeyLocation, KeyProfile};
use pki::{Certificate, KeyStoreFault, Signer};

use super::IN_FOLDER;
use super::place::{in_token, location};
use crate::exit::{Exit, Problem};
use crate::files::{self, Secrecy};

/// The journal.
pub const JOURNAL: &str = "journal.jsonl";
const LOCK: &str = "journal.lock";
const RECORDS: &str = "records";

/// A root's folder that nobody else works in.
pub struct RootFolder {
    path: PathBuf,
    /// None where nothing can be written: the folder is only looked at.
    lock: Option<File>,
}

impl RootFolder {
    /// The folder for a root that does not exist yet.
    pub fn create(path: &Path) -> Result<Self> {
        files::make_folder(path)?;
        let folder = Self::lock(path)?;
        if folder.path.join(JOURNAL).exists() {
            return Err(Problem::of(
                Exit::Policy,
                format!("{} holds a root already", path.display()),
                "a root is made once; choose another folder, or change the key with `pki csca link`",
            ));
        }
        Ok(folder)
    }

    /// A folder and its root, whose journal is checked.
    pub fn open(path: &Path) -> Result<(Self, Root)> {
        Self::open_locked(path, Self::lock)
    }

    /// The same for who only looks, also where nothing can be written: a stick that is locked, somebody else's folder. A
    /// journal is replaced whole, so what is read is a journal that was.
    pub fn open_to_look(path: &Path) -> Result<(Self, Root)> {
        Self::open_locked(path, |path| {
            let locked = Self::lock(path);
            match &locked {
                Err(error) if is_unwritable(error) => Ok(Self {
                    path: path.to_owned(),
                    lock: None,
                }),
                _ => locked,
            }
        })
    }

    fn open_locked(path: &Path, lock: impl FnOnce(&Path) -> Result<Self>) -> Result<(Self, Root)> {
        let journal = path.join(JOURNAL);
        if !journal.exists() {
            return Err(Problem::usage(
                format!("{} holds no root", path.display()),
                "`card-tool pki csca init` makes one",
            ));
        }
        let folder = lock(path)?;
        let root = Root::open(&files::read_at_most(&journal, MAX_JOURNAL_LEN)?)
            .with_context(|| journal.display().to_string())?;
        Ok((folder, root))
    }

    /// Two ceremonies at the same time would both append to what they have read.
    fn lock(path: &Path) -> Result<Self> {
        let name = path.join(LOCK);
        let shown = || name.display().to_string();
        let lock = files::open_lock(&name)?;
        match lock.try_lock() {
            Ok(()) => {
                // Nobody else writes here now: what is half-written is left over, perhaps half of a key.
                let _ = key_store::whole_file::sweep(path);
                Ok(Self {
                    path: path.to_owned(),
                    lock: Some(lock),
                })
            }
            Err(TryLockError::WouldBlock) => Err(Problem::of(
                Exit::Policy,
                format!("another ceremony is going on in {}", path.display()),
                "wait for its end",
            )),
            Err(TryLockError::Error(error)) => Err(error).with_context(shown),
        }
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether something can be written here.
    pub const fn is_writable(&self) -> bool {
        self.lock.is_some()
    }

    /// Writes the journal to the disk, and then what is made from it. Nothing of a ceremony leaves the machine before.
    pub fn commit(&self, root: &Root) -> Result<()> {
        let text = root.journal().text().as_bytes();
        files::write(&self.path.join(JOURNAL), text, Secrecy::OwnerOnly)?;
        self.publish(root).with_context(|| done(root))
    }

    /// Writes what is missing of the files that are made from the journal.
    pub fn publish(&self, root: &Root) -> Result<()> {
        let state = root.journal().state();
        for generation in state.generations() {
            let name = format!("csca-{}.der", generation.number);
            self.keep(&name, generation.certificate.as_bytes())?;
        }
        for (link, generation) in state.links().iter().zip(state.generations().skip(1)) {
            let name = format!("link-{}.der", generation.number);
            self.keep(&name, link.as_bytes())?;
        }
        self.keep("csca.der", state.current().certificate.as_bytes())?;
        if let Some(list) = root.journal().lines().iter().rev().find_map(list_of) {
            self.keep("csca.crl", &list)?;
        }
        files::make_folder(&self.path.join(RECORDS))?;
        for (line, digest) in root.journal().lines() {
            let name = record_name(line);
            self.keep(&name, line.record.page(digest).as_bytes())?;
        }
        Ok(())
    }

    /// The page of the last ceremony.
    pub fn last_record(&self, root: &Root) -> Option<PathBuf> {
        let (line, _) = root.journal().last()?;
        Some(self.record(line))
    }

    /// The page of the ceremony that gave an answer.
    pub fn record_of_answer(&self, root: &Root, answer: &str) -> Option<PathBuf> {
        let gave = |line: &Line| matches!(&line.effect, Effect::Answered(answered) if answered.answer == answer);
        let (line, _) = root.journal().lines().iter().find(|(line, _)| gave(line))?;
        Some(self.record(line))
    }

    fn record(&self, line: &Line) -> PathBuf {
        self.path.join(record_name(line))
    }

    fn keep(&self, name: &str, content: &[u8]) -> Result<()> {
        let path = self.path.join(name);
        if files::read(&path).is_ok_and(|old| old == content) {
            return Ok(());
        }
        files::write(&path, content, Secrecy::Open)
    }

    /// Where a new key goes: a place that was named, or the next free file of the folder.
    pub fn place_for_key(
        &self,
        wanted: &str,
        root: Option<&Root>,
        rng: &mut dyn CryptoRng,
    ) -> Result<String> {
        if wanted != IN_FOLDER {
            return in_token(wanted, rng);
        }
        let number = root.map_or(1, |root| {
            root.journal().state().current().number.saturating_add(1)
        });
        // A key that no journal knows is left from a ceremony that broke off; the next one goes past it.
        let free = (number..number.saturating_add(MAX_ORPHANS))
            .map(|number| format!("csca-{number}.key"))
            .find(|name| !self.path.join(name).exists());
        let name = free.ok_or_else(|| {
            Problem::of(
                Exit::Policy,
                format!(
                    "{} is full of keys that no journal knows",
                    self.path.display()
                ),
                "`card-tool pki csca destroy --unfinished` destroys them",
            )
        })?;
        Ok(format!("file:{name}"))
    }

    /// The place of a key: files are named relative to the folder, which may be carried about.
    pub fn location(&self, place: &str) -> Result<KeyLocation> {
        location(&self.path, place)
    }

    /// The file of a generation's key; `None` when it is in a token.
    pub fn key_file(&self, generation: &Generation) -> Result<Option<PathBuf>> {
        Ok(match self.location(&generation.key)? {
            KeyLocation::File(path) => Some(path),
            KeyLocation::Token(_) => None,
        })
    }

    /// Opens the key of a generation with the secret of both.
    pub fn open_key(
        &self,
        generation: &Generation,
        secret: &ActivationSecret,
        rng: &mut dyn CryptoRng,
    ) -> Result<std::sync::Arc<dyn Signer>> {
        let location = self.location(&generation.key)?;
        let profile = KeyProfile::by_word(&generation.algorithm)?;
        let opened = key_store::open(&location, &profile, &password(&location, secret)?, rng);
        let named = || format!("key of the root, {location}");
        let key = opened.with_context(named)?;
        if *key.public_key() != public_key(generation)? {
            return Err(key_store::Error::from(KeyStoreFault::KeyOfAnotherKind)).with_context(
                || {
                    format!(
                        "key of the root, {location}: another key than that of {}",
                        certificate_file(generation)
                    )
                },
            );
        }
        Ok(key)
    }

    /// Whether the key of a generation is where it is kept.
    pub fn has_key(&self, generation: &Generation, secret: &ActivationSecret) -> Result<bool> {
        let location = self.location(&generation.key)?;
        let profile = KeyProfile::by_word(&generation.algorithm)?;
        let looked = key_store::look_for(
            &location,
            &profile,
            &public_key(generation)?,
            &password(&location, secret)?,
        );
        match looked {
            Ok(()) => Ok(true),
            Err(error) if error.fault() == Some(KeyStoreFault::KeyNotFound) => Ok(false),
            Err(error) => Err(error).with_context(|| {
                format!(
                    "{location} was compared with {}",
                    certificate_file(generation)
                )
            }),
        }
    }
}

fn certificate_file(generation: &Generation) -> String {
    format!("csca-{}.der", generation.number)
}

fn public_key(generation: &Generation) -> Result<PublicKey> {
    Ok(Certificate::parse(generation.certificate.as_bytes())?.public_key()?)
}

/// What is said first of whatever goes wrong behind the journal: the act is done, and must not be done again.
pub fn done(root: &Root) -> String {
    let number = root
        .journal()
        .last()
        .map_or(0, |(line, _)| line.record.number);
    format!(
        "this is done, and entered as record {number}; what is missing is made from the journal by the next ceremony"
    )
}

/// What shows that a key is gone.
pub const fn proof(location: &KeyLocation) -> &'static str {
    match location {
        KeyLocation::File(_) => "overwritten, removed and looked for: not there",
        KeyLocation::Token(_) => "destroyed in the token and looked for: not there",
    }
}

/// Whether an error says that nothing can be written at this place.
pub fn is_unwritable(error: &anyhow::Error) -> bool {
    use std::io::ErrorKind;
    let kind = error
        .chain()
        .find_map(|cause| cause.downcast_ref::<std::io::Error>())
        .map(std::io::Error::kind);
    matches!(
        kind,
        Some(ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem)
    )
}

/// Files of broken ceremonies that are passed over.
const MAX_ORPHANS: u32 = 100;

/// What opens a key at this place.
pub fn password(location: &KeyLocation, secret: &ActivationSecret) -> Result<crypto::SecretBytes> {
    Ok(match location {
        KeyLocation::File(_) => secret.for_file()?,
        KeyLocation::Token(_) => secret.for_token(),
    })
}

fn record_name(line: &Line) -> String {
    let record = &line.record;
    format!("{RECORDS}/{:04}-{}.txt", record.number, record.act.word())
}

/// The revocation list that a line has issued.
fn list_of((line, _): &(Line, Digest)) -> Option<Vec<u8>> {
    match &line.effect {
        Effect::CrlIssued { crl, .. } => Some(crl.as_bytes().to_vec()),
        Effect::Answered(answered) if answered.crl_number.is_some() => {
            match &Answer::read(answered.answer.as_bytes()).ok()?.body().issued {
                Issued::Crl(der) => Some(der.as_bytes().to_vec()),
                Issued::Certificate(_) => None,
            }
        }
        _ => None,
    }
}
