//! The document signers of an issuer, in a folder: the one that signs now, whether the next must be prepared, and the
//! accountable end of each.
//!
//! | file | content |
//! |---|---|
//! | `NAME/certificate.der` | the certificate |
//! | `NAME/key.txt` | `key = …` (a [`KeyLocation`]; a relative file is relative to this folder) and `algorithm = …` |
//! | `NAME/usage.ledger` | the [`UsageLedger`] |
//! | `NAME/retired.txt` | the record of the key's destruction, to be printed and signed |

mod entry;
mod retire;
mod succession;

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crypto::{CryptoRng, SecretBytes};
use pki::{Certificate, Crl, DocumentSigner, KeyStoreFault, NotPermitted, SigningRight};
use time::OffsetDateTime;

pub use entry::Entry;
pub use retire::{Retirement, RetirementOrder};
pub use succession::{SuccessorDue, SuccessorPolicy};

use crate::ledger::{UsageLedger, key_identifier};
use crate::revocation::revokes;
use crate::{
    Error, KeyLocation, KeyProfile, LedgerState, Result, RingFault, regular_file, whole_file,
};

const CERTIFICATE: &str = "certificate.der";
const KEY: &str = "key.txt";
const LEDGER: &str = "usage.ledger";
const RECORD: &str = "retired.txt";
/// Who adds a signer has this one locked.
const LOCK: &str = ".lock";
/// A folder that is no signer yet: `.NAME.PID.tmp`.
const UNFINISHED: &str = ".tmp";

/// Asks for the secret of a key: a password, a PIN.
pub type Secrets<'a> = &'a dyn Fn(&KeyLocation) -> Result<SecretBytes>;

/// The document signers of a folder.
pub struct SignerRing {
    folder: PathBuf,
    entries: Vec<Arc<Entry>>,
    revoked: Option<Crl>,
}

/// A document signer that joins the ring.
pub struct NewSigner<'a> {
    /// A plain name for its folder.
    pub name: &'a str,
    /// Its certificate in DER.
    pub certificate: &'a [u8],
    /// Where its key is. A relative file is relative to the signer's own folder.
    pub location: &'a KeyLocation,
    /// What its key is.
    pub profile: &'a KeyProfile,
    /// How many documents it may sign; Doc 9303-12 sets no number, issuers do.
    pub limit: Option<u64>,
}

impl SignerRing {
    /// Opens the folder. Signers that others add are seen by the next opening; what others sign is seen at once.
    ///
    /// # Errors
    /// [`Error::File`], [`Error::Ring`] for what does not follow its format, [`RingFault::SameKey`]; what is wrong with a
    /// ledger.
    pub fn open(folder: &Path) -> Result<Self> {
        let unreadable =
            |error: &std::io::Error| Error::file(folder, KeyStoreFault::FileUnreadable, error);
        let mut entries: Vec<Arc<Entry>> = Vec::new();
        for found in fs::read_dir(folder).map_err(|error| unreadable(&error))? {
            let found = found.map_err(|error| unreadable(&error))?;
            let name = found.file_name();
            if let Some(name) = name.to_str().filter(|name| is_plain(name))
                && found.path().is_dir()
            {
                entries.push(Arc::new(Entry::open(&found.path(), name)?));
            }
        }
        let mut keys = BTreeSet::new();
        if !entries.iter().all(|entry| keys.insert(*entry.key())) {
            return Err(Error::Ring {
                path: folder.to_owned(),
                why: RingFault::SameKey,
            });
        }
        entries.sort_by(|a, b| (a.right().ends(), a.name()).cmp(&(b.right().ends(), b.name())));
        Ok(Self {
            folder: folder.to_owned(),
            entries,
            revoked: None,
        })
    }

    /// A ring in which nobody signs whom this list names.
    #[must_use]
    pub fn refusing(self, revoked: Option<Crl>) -> Self {
        Self { revoked, ..self }
    }

    /// All of them, the one whose use ends first first.
    #[must_use]
    pub fn entries(&self) -> &[Arc<Entry>] {
        &self.entries
    }

    /// The document signer of a name.
    ///
    /// # Errors
    /// [`RingFault::Absent`].
    pub fn entry(&self, name: &str) -> Result<&Arc<Entry>> {
        self.entries
            .iter()
            .find(|entry| entry.name() == name)
            .ok_or_else(|| self.fault(RingFault::Absent))
    }

    /// Adds a document signer with a ledger of its own: its folder appears whole or not at all.
    ///
    /// # Errors
    /// [`RingFault::Name`], [`RingFault::Exists`], [`RingFault::SameKey`]; [`Error::Pki`] for a certificate that is not that of a document signer;
    /// [`KeyStoreFault::KeyOfAnotherKind`] when certificate and profile disagree; [`Error::File`].
    pub fn add(&mut self, signer: &NewSigner<'_>) -> Result<()> {
        if !is_plain(signer.name) {
            return Err(self.fault(RingFault::Name));
        }
        let certificate = Certificate::parse(signer.certificate)?;
        SigningRight::of(&certificate)?;
        let key = certificate.public_key()?;
        if !signer.profile.fits(&key) {
            return Err(KeyStoreFault::KeyOfAnotherKind.into());
        }
        let path = self.folder.join(signer.name);
        if fs::symlink_metadata(&path).is_ok() {
            return Err(self.fault(RingFault::Exists));
        }
        // Until this file is closed nobody else adds one, so that the look at the others holds.
        let _lock = self.lock()?;
        self.sweep();
        let identifier = key_identifier(&key)?;
        if Self::open(&self.folder)?
            .entries
            .iter()
            .any(|entry| *entry.key() == identifier)
        {
            return Err(self.fault(RingFault::SameKey));
        }
        let temporary = self.folder.join(format!(
            ".{}.{}{UNFINISHED}",
            signer.name,
            std::process::id()
        ));
        let unwritable =
            |error: &std::io::Error| Error::file(&path, KeyStoreFault::FileUnwritable, error);
        let made = fs::create_dir(&temporary)
            .and_then(|()| whole_file::create(&temporary.join(CERTIFICATE), signer.certificate))
            .and_then(|()| {
                whole_file::create(&temporary.join(KEY), entry::key_text(signer).as_bytes())
            })
            .map_err(|error| unwritable(&error))
            .and_then(|()| {
                UsageLedger::create(&temporary.join(LEDGER), &key, signer.limit).map(drop)
            })
            .and_then(|()| fs::rename(&temporary, &path).map_err(|error| unwritable(&error)));
        if made.is_err() {
            // What did not become a signer is in nobody's way.
            let _ = fs::remove_dir_all(&temporary);
        }
        made?;
        whole_file::sync_folder_of(&path).map_err(|error| unwritable(&error))?;
        let entry = Arc::new(Entry::open(&path, signer.name)?);
        let end = entry.right().ends();
        let place = self
            .entries
            .partition_point(|other| (other.right().ends(), other.name()) < (end, signer.name));
        self.entries.insert(place, entry);
        Ok(())
    }

    /// The document signer that signs a document of this type now: of those that may, the one whose use ends first. Its key
    /// is opened when it is first needed.
    ///
    /// # Errors
    /// [`RingFault::NoneAdmits`] in an empty folder, [`Error::Revoked`], else [`Error::Pki`] with what stands against the one that comes nearest;
    /// whatever the place of the key answers: the next signer does not take over from one whose token is away.
    pub fn current(
        &self,
        document_type: &str,
        now: OffsetDateTime,
        secrets: Secrets<'_>,
        rng: &mut dyn CryptoRng,
    ) -> Result<Arc<DocumentSigner>> {
        self.candidate(document_type, now)?
            .document_signer(secrets, rng)
    }

    /// Signs with the current document signer, and with the next one where the last use of the first was taken by somebody
    /// else in between.
    ///
    /// # Errors
    /// As [`Self::current`], and what the work says.
    pub fn with_current<T>(
        &self,
        document_type: &str,
        now: OffsetDateTime,
        secrets: Secrets<'_>,
        rng: &mut dyn CryptoRng,
        mut work: impl FnMut(&DocumentSigner) -> pki::Result<T>,
    ) -> Result<T> {
        let mut rounds = self.entries.len();
        loop {
            let signer = self.current(document_type, now, secrets, rng)?;
            rounds = rounds.saturating_sub(1);
            match work(&signer) {
                // The ledger says so now to whoever looks for the current one: the next round meets another signer. If it
                // does not, it was not the ledger that spoke.
                Err(pki::Error::NotPermitted(
                    NotPermitted::UsageLimit | NotPermitted::KeyRetired,
                )) if rounds > 0 => {}
                done => return Ok(done?),
            }
        }
    }

    /// Removes what somebody who was killed has left; whoever holds the lock is alone here. What cannot be removed is in nobody's
    /// way.
    fn sweep(&self) {
        for found in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let is_folder = found.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder && found.file_name().to_str().is_some_and(is_unfinished) {
                let _ = fs::remove_dir_all(found.path());
            }
        }
    }

    fn lock(&self) -> Result<fs::File> {
        let path = self.folder.join(LOCK);
        let file = regular_file::refuse_special(&path).and_then(|()| {
            let file = OpenOptions::new().create(true).append(true).open(&path)?;
            file.lock().map(|()| file)
        });
        file.map_err(|error| Error::file(&path, KeyStoreFault::FileUnwritable, &error))
    }

    /// Which document signer signs a document of this type now, without its key.
    ///
    /// # Errors
    /// As [`Self::current`], but for the key; [`Error::Revoked`] names the one that would sign if it were not revoked.
    pub fn candidate(&self, document_type: &str, now: OffsetDateTime) -> Result<&Arc<Entry>> {
        let (mut against, mut revoked) = (None, None);
        for entry in &self.entries {
            match entry.admits(document_type, now) {
                Ok(()) if revokes(self.revoked.as_ref(), entry.certificate()) => {
                    revoked = Some(Error::Revoked {
                        name: entry.name().to_owned(),
                    });
                }
                Ok(()) => return Ok(entry),
                Err(error @ Error::Pki(pki::Error::NotPermitted(_))) => {
                    against = Some(nearer(against, error));
                }
                Err(error) => return Err(error),
            }
        }
        let fault = revoked.or(against);
        Err(fault.unwrap_or_else(|| self.fault(RingFault::NoneAdmits)))
    }

    /// Whether the next document signer for documents of this type must be prepared (TR-03145-1 PRC.Req.2).
    ///
    /// # Errors
    /// What is wrong with a ledger.
    pub fn successor_due(
        &self,
        document_type: &str,
        now: OffsetDateTime,
        policy: &SuccessorPolicy,
    ) -> Result<Option<SuccessorDue>> {
        succession::due(&self.entries, document_type, now, policy)
    }

    /// Destroys the key of a document signer, shows that it is gone, writes the record of it and closes its ledger. Two
    /// persons do this (TR-03145-1 PRC.Req.14). What was interrupted is finished by doing it again.
    ///
    /// # Errors
    /// [`RingFault::Persons`]; [`RingFault::StillInUse`] when it may still sign and `early` is not said;
    /// [`KeyStoreFault::KeyNotFound`] when it is not there, its deletion was never begun, and `lost` is not said;
    /// [`KeyStoreFault::KeyOfAnotherKind`] for another key in its place; what the place of the key answers; [`Error::File`].
    pub fn retire(
        &self,
        name: &str,
        order: &RetirementOrder<'_>,
        secrets: Secrets<'_>,
    ) -> Result<Retirement> {
        retire::retire(self.entry(name)?, order, secrets)
    }

    fn fault(&self, why: RingFault) -> Error {
        Error::Ring {
            path: self.folder.clone(),
            why,
        }
    }
}

/// Which of two reasons helps more: one that has to do with the signers for this type of document.
fn nearer(first: Option<Error>, second: Error) -> Error {
    match first {
        Some(first) if second.not_permitted() == Some(NotPermitted::DocumentType) => first,
        _ => second,
    }
}

/// Whether [`SignerRing::add`] gives such a name to what is no signer yet.
fn is_unfinished(name: &str) -> bool {
    let inner = name
        .strip_prefix('.')
        .and_then(|name| name.strip_suffix(UNFINISHED));
    inner
        .and_then(|inner| inner.rsplit_once('.'))
        .is_some_and(|(signer, process)| is_plain(signer) && process.parse::<u32>().is_ok())
}

fn is_plain(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (1..=64).contains(&name.len()) && !name.starts_with('.') && name.bytes().all(plain)
}

impl LedgerState {
    const fn admits(self) -> bool {
        matches!(self, Self::Open)
    }
}

impl core::fmt::Debug for SignerRing {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let names: Vec<&str> = self.entries.iter().map(|entry| entry.name()).collect();
        write!(
            f,
            "SignerRing({}: {})",
            self.folder.display(),
            names.join(", ")
        )
    }
}
