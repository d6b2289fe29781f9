//! A signer and a store with a hook at each seam: there the process can be killed, or something else can happen first.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

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

/// The moment before a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seam {
    /// The content is built and has passed the gate.
    Entering,
    /// The document is entered, and the signer is asked.
    Signing,
    /// The signature is made, and the store is asked to record it.
    Recording,
    /// The signature is recorded and the outbox is read, but nobody has the job file.
    Publishing,
}

impl Seam {
    pub const ALL: [Self; 4] = [
        Self::Entering,
        Self::Signing,
        Self::Recording,
        Self::Publishing,
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
            Self::Entering => None,
            Self::Signing | Self::Recording => Some("entered"),
            Self::Publishing => Some("signed"),
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

/// What happens at each seam.
pub type Hook = Arc<dyn Fn(Seam) + Send + Sync>;

/// Never returns from one of the seams.
pub fn stop_at(at: Seam, bureau: &Bureau) -> Hook {
    let mark = at.mark(bureau);
    Arc::new(move |seam| {
        if seam == at {
            fs::write(&mark, "").unwrap();
            loop {
                std::thread::park();
            }
        }
    })
}

/// The signer of the bureau.
pub struct SeamSigner {
    inner: SoftwareSigner,
    hook: Hook,
}

impl SeamSigner {
    pub fn new(bureau: &Bureau, hook: Hook) -> Self {
        let key = PrivateKey::from_pkcs8(&read(&bureau.path("pki/document-signer.key"))).unwrap();
        let algorithm = SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256);
        let rng = StdRng::try_from_rng(&mut rand::rngs::SysRng).unwrap();
        Self {
            inner: SoftwareSigner::new(key, algorithm, Box::new(rng)).unwrap(),
            hook,
        }
    }
}

impl Signer for SeamSigner {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.inner.algorithm()
    }

    fn public_key(&self) -> &PublicKey {
        self.inner.public_key()
    }

    fn sign(&self, message: &[u8]) -> pki::Result<Vec<u8>> {
        (self.hook)(Seam::Signing);
        self.inner.sign(message)
    }
}

/// The store of the bureau.
pub struct SeamStore {
    inner: SqliteStore,
    hook: Hook,
}

impl SeamStore {
    pub fn new(inner: SqliteStore, hook: Hook) -> Self {
        Self { inner, hook }
    }
}

impl Store for SeamStore {
    async fn enter(&self, entry: &Entry, now: OffsetDateTime) -> Result<Entered, RegisterError> {
        (self.hook)(Seam::Entering);
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
        (self.hook)(Seam::Recording);
        self.inner.append(job, version, event, job_file, now).await
    }

    async fn history(&self, job: Uuid) -> Result<History, StoreError> {
        self.inner.history(job).await
    }

    async fn job_file(&self, job: Uuid) -> Result<Option<SecretBytes>, StoreError> {
        let content = self.inner.job_file(job).await;
        (self.hook)(Seam::Publishing);
        content
    }

    async fn find(&self, key: &Key) -> Result<Option<Uuid>, StoreError> {
        self.inner.find(key).await
    }

    async fn list(&self, page: &Page) -> Result<Vec<Summary>, StoreError> {
        self.inner.list(page).await
    }
}
