//! A signer and a store that stop for ever at a seam, so that the process can be killed exactly there.

use std::fs;
use std::path::PathBuf;

use crypto::{HashAlgorithm, PrivateKey, PublicKey, SecretBytes, SignatureAlgorithm};
use issuance_service::application::{Entry, Event};
use issuance_service::store::{History, Key, Page, SqliteStore, Store, StoreError, Summary};
use perso::{Entered, RegisterError};
use pki::{Signer, SoftwareSigner};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::bureau::{Bureau, read};

/// A moment between two steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seam {
    /// The content is built and has passed the gate.
    BeforeEntering,
    /// The document is entered, and the signer is asked.
    BeforeSigning,
    /// The signature is made, and the store is asked to record it.
    BeforeRecording,
    /// The signature is recorded, and nobody has the job file.
    BeforePublishing,
}

impl Seam {
    pub const ALL: [Self; 4] = [
        Self::BeforeEntering,
        Self::BeforeSigning,
        Self::BeforeRecording,
        Self::BeforePublishing,
    ];

    pub fn word(self) -> String {
        format!("{self:?}")
    }

    pub fn from_word(word: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|seam| seam.word() == word)
            .unwrap()
    }

    /// The stage of the document that a killed run leaves behind.
    pub fn stage_left(self) -> Option<&'static str> {
        match self {
            Self::BeforeEntering => None,
            Self::BeforeSigning | Self::BeforeRecording => Some("entered"),
            Self::BeforePublishing => Some("signed"),
        }
    }

    /// Whether a run stands there.
    pub fn is_reached(self, bureau: &Bureau) -> bool {
        self.mark(bureau).exists()
    }

    /// Makes ready for the next run.
    pub fn forget(self, bureau: &Bureau) {
        fs::remove_file(self.mark(bureau)).unwrap();
    }

    fn mark(self, bureau: &Bureau) -> PathBuf {
        bureau.path(&self.word())
    }
}

/// Where a run stops.
struct Stop {
    at: Seam,
    mark: PathBuf,
}

impl Stop {
    fn new(at: Seam, bureau: &Bureau) -> Self {
        let mark = at.mark(bureau);
        Self { at, mark }
    }

    /// Never returns at its seam.
    fn pass(&self, seam: Seam) {
        if seam == self.at {
            fs::write(&self.mark, "").unwrap();
            loop {
                std::thread::park();
            }
        }
    }
}

/// The signer of the bureau.
pub struct StoppingSigner {
    inner: SoftwareSigner,
    stop: Stop,
}

impl StoppingSigner {
    pub fn new(bureau: &Bureau, at: Seam) -> Self {
        let key = PrivateKey::from_pkcs8(&read(&bureau.path("pki/document-signer.key"))).unwrap();
        let algorithm = SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256);
        let rng = StdRng::try_from_rng(&mut rand::rngs::SysRng).unwrap();
        Self {
            inner: SoftwareSigner::new(key, algorithm, Box::new(rng)).unwrap(),
            stop: Stop::new(at, bureau),
        }
    }
}

impl Signer for StoppingSigner {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.inner.algorithm()
    }

    fn public_key(&self) -> &PublicKey {
        self.inner.public_key()
    }

    fn sign(&self, message: &[u8]) -> pki::Result<Vec<u8>> {
        self.stop.pass(Seam::BeforeSigning);
        self.inner.sign(message)
    }
}

/// The store of the bureau.
pub struct StoppingStore {
    inner: SqliteStore,
    stop: Stop,
}

impl StoppingStore {
    pub fn new(inner: SqliteStore, bureau: &Bureau, at: Seam) -> Self {
        let stop = Stop::new(at, bureau);
        Self { inner, stop }
    }
}

impl Store for StoppingStore {
    async fn enter(&self, entry: &Entry, now: OffsetDateTime) -> Result<Entered, RegisterError> {
        self.stop.pass(Seam::BeforeEntering);
        self.inner.enter(entry, now).await
    }

    async fn append(
        &self,
        job: Uuid,
        version: u32,
        event: &Event,
        job_file: Option<&SecretBytes>,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        self.stop.pass(Seam::BeforeRecording);
        self.inner.append(job, version, event, job_file, now).await
    }

    async fn history(&self, job: Uuid) -> Result<History, StoreError> {
        self.inner.history(job).await
    }

    async fn job_file(&self, job: Uuid) -> Result<Option<SecretBytes>, StoreError> {
        self.stop.pass(Seam::BeforePublishing);
        self.inner.job_file(job).await
    }

    async fn find(&self, key: &Key) -> Result<Option<Uuid>, StoreError> {
        self.inner.find(key).await
    }

    async fn list(&self, page: &Page) -> Result<Vec<Summary>, StoreError> {
        self.inner.list(page).await
    }
}
