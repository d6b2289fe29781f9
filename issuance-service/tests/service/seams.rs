//! A signer and a store with a hook at each seam: there the process can be killed, or something else can happen first.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use crypto::{HashAlgorithm, PrivateKey, PublicKey, SignatureAlgorithm};
use pki::{Signer, SoftwareSigner};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use register::store::{
    BlobName, Breadth, Change, Claim, Entity, EntityKind, JournalEntry, Query, Queue, Recorded,
    SearchKey, Sequencing, Store, StoreError, Stream, StreamKind, Tally, Task, Topic,
};
use time::{Date, OffsetDateTime};
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

/// A store with a hook at each seam.
#[derive(Clone)]
pub struct SeamStore<S> {
    inner: S,
    hook: Hook,
}

impl<S> SeamStore<S> {
    pub fn new(inner: S, hook: Hook) -> Self {
        Self { inner, hook }
    }
}

/// The seam before a change: entering and recording are both changes of a document, told apart by what was there before.
fn seam_before(change: &Change) -> Option<Seam> {
    let mut appends = change.appends.iter();
    let append = appends.find(|append| append.stream.kind == StreamKind::Document)?;
    Some(match append.after {
        0 => Seam::Entering,
        _ => Seam::Recording,
    })
}

impl<S: Store> Store for SeamStore<S> {
    async fn commit(&self, change: &Change) -> Result<(), StoreError> {
        if let Some(seam) = seam_before(change) {
            (self.hook)(seam);
        }
        self.inner.commit(change).await
    }

    async fn blob(&self, owner: Uuid, name: BlobName) -> Result<Option<Vec<u8>>, StoreError> {
        let content = self.inner.blob(owner, name).await;
        if name == BlobName::JobFile {
            (self.hook)(Seam::Publishing);
        }
        content
    }

    async fn history(&self, stream: Stream) -> Result<Vec<Recorded>, StoreError> {
        self.inner.history(stream).await
    }

    async fn holder(&self, claim: &Claim) -> Result<Option<Uuid>, StoreError> {
        self.inner.holder(claim).await
    }

    async fn entity(&self, kind: EntityKind, id: Uuid) -> Result<Option<Entity>, StoreError> {
        self.inner.entity(kind, id).await
    }

    async fn list(&self, query: &Query) -> Result<Vec<Entity>, StoreError> {
        self.inner.list(query).await
    }

    async fn find(
        &self,
        kind: EntityKind,
        keys: &[SearchKey],
        breadth: Breadth,
        limit: u32,
    ) -> Result<Vec<Entity>, StoreError> {
        self.inner.find(kind, keys, breadth, limit).await
    }

    async fn lease(
        &self,
        queue: Queue,
        lane: &str,
        count: u32,
        now: OffsetDateTime,
        until: OffsetDateTime,
    ) -> Result<Vec<Task>, StoreError> {
        self.inner.lease(queue, lane, count, now, until).await
    }

    async fn postpone(
        &self,
        task: Uuid,
        attempts: u32,
        run_at: OffsetDateTime,
    ) -> Result<(), StoreError> {
        self.inner.postpone(task, attempts, run_at).await
    }

    async fn numbers_taken(&self, counter: &str) -> Result<u64, StoreError> {
        self.inner.numbers_taken(counter).await
    }

    async fn waiting(
        &self,
        queue: Queue,
        lane: &str,
        limit: u32,
    ) -> Result<(u32, Option<OffsetDateTime>), StoreError> {
        self.inner.waiting(queue, lane, limit).await
    }

    async fn take_numbers(&self, counter: &str, count: u32) -> Result<u64, StoreError> {
        self.inner.take_numbers(counter, count).await
    }

    async fn tallies(&self, prefix: &str, from: Date, to: Date) -> Result<Vec<Tally>, StoreError> {
        self.inner.tallies(prefix, from, to).await
    }

    async fn unsequenced(&self, topic: Topic, limit: u32) -> Result<Vec<JournalEntry>, StoreError> {
        self.inner.unsequenced(topic, limit).await
    }

    async fn sequence(&self, sequencing: &Sequencing) -> Result<(), StoreError> {
        self.inner.sequence(sequencing).await
    }

    async fn sequenced(&self, topic: Topic) -> Result<(u64, Option<String>), StoreError> {
        self.inner.sequenced(topic).await
    }

    async fn journal(
        &self,
        topic: Topic,
        from: u64,
        limit: u32,
    ) -> Result<Vec<JournalEntry>, StoreError> {
        self.inner.journal(topic, from, limit).await
    }

    async fn tree_hashes(
        &self,
        topic: Topic,
        indexes: &[u64],
    ) -> Result<Vec<[u8; 32]>, StoreError> {
        self.inner.tree_hashes(topic, indexes).await
    }

    async fn integrity(&self) -> Result<Vec<String>, StoreError> {
        self.inner.integrity().await
    }
}
