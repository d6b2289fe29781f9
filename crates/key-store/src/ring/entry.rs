//! One document signer of the folder.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crypto::CryptoRng;
use pki::{Certificate, DocumentSigner, KeyStoreFault, NotPermitted, SigningRight};
use time::OffsetDateTime;

use super::{CERTIFICATE, KEY, LEDGER, NewSigner, RECORD, Secrets};
use crate::ledger::{UsageLedger, key_identifier};
use crate::{Error, KeyLocation, KeyProfile, LedgerStatus, Result, RingFault, regular_file};

/// Longest of the files that are read here.
const MAX_LEN: u64 = 64 * 1024;

/// A document signer: certificate, place of the key, ledger.
pub struct Entry {
    folder: PathBuf,
    name: String,
    certificate: Certificate,
    key: [u8; 32],
    right: SigningRight,
    location: KeyLocation,
    profile: KeyProfile,
    ledger: Arc<UsageLedger>,
    opened: Mutex<Option<Arc<DocumentSigner>>>,
}

impl Entry {
    pub(super) fn open(folder: &Path, name: &str) -> Result<Self> {
        let certificate = Certificate::parse(&read(&folder.join(CERTIFICATE))?)?;
        let right = SigningRight::of(&certificate)?;
        let key_file = folder.join(KEY);
        let (location, profile) = key_of(&read(&key_file)?, folder).ok_or(Error::Ring {
            path: key_file,
            why: RingFault::KeyFile,
        })?;
        let public_key = certificate.public_key()?;
        let key = key_identifier(&public_key)?;
        let ledger = UsageLedger::open(&folder.join(LEDGER), &public_key)?;
        Ok(Self {
            folder: folder.to_owned(),
            name: name.to_owned(),
            certificate,
            key,
            right,
            location,
            profile,
            ledger: Arc::new(ledger),
            opened: Mutex::new(None),
        })
    }

    /// Its name: that of its folder.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its certificate.
    #[must_use]
    pub const fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// SHA-256 of its key (see [`key_identifier`]).
    #[must_use]
    pub const fn key(&self) -> &[u8; 32] {
        &self.key
    }

    /// What its certificate allows.
    #[must_use]
    pub const fn right(&self) -> &SigningRight {
        &self.right
    }

    /// Where its key is.
    #[must_use]
    pub const fn location(&self) -> &KeyLocation {
        &self.location
    }

    /// What its key is.
    #[must_use]
    pub const fn profile(&self) -> &KeyProfile {
        &self.profile
    }

    /// The count of its documents.
    #[must_use]
    pub const fn ledger(&self) -> &Arc<UsageLedger> {
        &self.ledger
    }

    /// What its ledger says now.
    ///
    /// # Errors
    /// What is wrong with the ledger.
    pub fn status(&self) -> Result<LedgerStatus> {
        self.ledger.status()
    }

    /// The file of the record of its key's destruction.
    #[must_use]
    pub fn record_path(&self) -> PathBuf {
        self.folder.join(RECORD)
    }

    /// Whether it may sign a document of this type now, by certificate and count.
    ///
    /// # Errors
    /// [`Error::Pki`] says what stands against it; what is wrong with the ledger.
    pub fn admits(&self, document_type: &str, now: OffsetDateTime) -> Result<()> {
        self.right.admits(document_type, now)?;
        let status = self.status()?;
        let against = if !status.state.admits() {
            NotPermitted::KeyRetired
        } else if status.remaining() == Some(0) {
            NotPermitted::UsageLimit
        } else {
            return Ok(());
        };
        Err(Error::Pki(pki::Error::NotPermitted(against)))
    }

    /// The document signer with its key, which is opened once.
    pub(super) fn document_signer(
        &self,
        secrets: Secrets<'_>,
        rng: &mut dyn CryptoRng,
    ) -> Result<Arc<DocumentSigner>> {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(signer) = opened.as_ref() {
            return Ok(Arc::clone(signer));
        }
        let key = crate::open(
            &self.location,
            &self.profile,
            &secrets(&self.location)?,
            rng,
        )?;
        let counter = Arc::clone(&self.ledger);
        let signer = DocumentSigner::new(self.certificate.as_der(), key)?.counted_by(counter);
        let signer = Arc::new(signer);
        *opened = Some(Arc::clone(&signer));
        Ok(signer)
    }

    /// Lets go of the key.
    pub(super) fn forget_key(&self) {
        *self.opened.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl core::fmt::Debug for Entry {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Entry({}, {})", self.name, self.location)
    }
}

/// The file that says where the key is.
pub(super) fn key_text(signer: &NewSigner<'_>) -> String {
    format!(
        "key = {}\nalgorithm = {}\n",
        signer.location, signer.profile.word
    )
}

fn key_of(text: &[u8], folder: &Path) -> Option<(KeyLocation, KeyProfile)> {
    let mut lines = core::str::from_utf8(text).ok()?.lines();
    let location = lines.next()?.strip_prefix("key = ")?.parse().ok()?;
    let profile = KeyProfile::by_word(lines.next()?.strip_prefix("algorithm = ")?).ok()?;
    if lines.next().is_some() {
        return None;
    }
    let location = match location {
        KeyLocation::File(path) => KeyLocation::File(folder.join(path)),
        token @ KeyLocation::Token(_) => token,
    };
    Some((location, profile))
}

/// A small file.
pub(super) fn read(path: &Path) -> Result<Vec<u8>> {
    let unreadable =
        |error: &std::io::Error| Error::file(path, KeyStoreFault::FileUnreadable, error);
    let mut content = Vec::new();
    regular_file::open(path)
        .and_then(|file| file.take(MAX_LEN + 1).read_to_end(&mut content))
        .map_err(|error| unreadable(&error))?;
    if content.len() as u64 > MAX_LEN {
        return Err(unreadable(&std::io::ErrorKind::InvalidData.into()));
    }
    Ok(content)
}
