//! From an order to a job, and from a job to its end.
//!
//! Issuing is *enter → sign → record → publish*. A crash between any two of them costs nothing but time:
//!
//! | killed after | what is left | the same order again |
//! |---|---|---|
//! | nothing | nothing | a new job |
//! | enter | number, chip and keys are taken | signs for the same job |
//! | sign | a signature that nobody has seen | signs for the same job |
//! | record | the job file in the outbox of the store | publishes that file |
//! | publish | the job | the same job |

use std::path::PathBuf;
use std::sync::Arc;

use crypto::{CryptoRng, SecretBytes};
use pki::DocumentSigner;
use time::OffsetDateTime;
use tokio::runtime::Handle;
use uuid::Uuid;

use register::document::{
    Command, Delivery, Document, Event, Refusal, Stage, StageKind, Voiding, process,
};
use register::store::{BlobChange, BlobName, Change, Store, StoreError};
use register::{Applications, Documents, History, Key, append_document};

use crate::entering::StoreRegister;
use crate::office::application_follows;
use crate::personalisation::stock;
use crate::relying::status;
use crate::signing::{Signed, sign};
use crate::{DocumentOrder, Error, JobFolder, Result, Vault};

/// Carries commands through core, store and signer.
pub struct IssuanceService<S> {
    documents: Documents<S>,
    jobs: JobFolder,
    /// Under its key documents get their places in the status lists. Where there is none, there are no lists either.
    vault: Option<Vault>,
}

/// A job that is on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// The document.
    pub document: Document,
    /// The job file.
    pub job_file: PathBuf,
    /// Whether an earlier run had begun it.
    pub resumed: bool,
}

impl<S: Store> IssuanceService<S> {
    /// A service on a store, with a folder for its jobs.
    pub const fn new(store: S, jobs: JobFolder) -> Self {
        let documents = Documents::new(store);
        Self {
            documents,
            jobs,
            vault: None,
        }
    }

    /// The same, beside the desks whose status lists its documents stand in too.
    #[must_use]
    pub fn with_vault(self, vault: Option<Vault>) -> Self {
        Self { vault, ..self }
    }

    /// The documents, for questions.
    pub const fn documents(&self) -> &Documents<S> {
        &self.documents
    }

    /// The store.
    pub const fn store(&self) -> &S {
        self.documents.store()
    }

    /// Makes the job of an order, or goes on where an earlier run has stopped: the same order gives the same document. `job`
    /// names the job; without it an order for a chip that is known goes on with the job of the chip.
    ///
    /// # Errors
    /// [`Error::Refused`] and [`Error::Perso`] with what the content gate or the register says: nothing was signed then.
    pub async fn issue(
        &self,
        order: DocumentOrder,
        job: Option<Uuid>,
        signer: Arc<DocumentSigner>,
        now: OffsetDateTime,
        mut rng: Box<dyn CryptoRng + Send>,
    ) -> Result<Issued> {
        let job = match job {
            Some(job) => job,
            None => self
                .documents
                .find(&Key::Chip(order.chip.serial.clone()))
                .await?
                .unwrap_or_else(|| new_job(now, &mut *rng)),
        };
        let entry = order.entry(job)?;
        let before = self.documents.history(job).await?.document();
        process(before.as_ref(), &Command::EnterDocument(entry.clone()))?;
        if before.as_ref().and_then(Document::signature).is_none() {
            let mut change = Change::new(now);
            stock::reserve(self.store(), &mut change, &order.chip.serial, job).await?;
            let register = StoreRegister {
                documents: self.documents.clone(),
                runtime: Handle::current(),
                entry,
                change,
            };
            let signed = sign(order, job, now, register, signer, rng).await?;
            self.record(job, signed, now).await?;
        }
        let (document, job_file) = self.publish(job).await?;
        Ok(Issued {
            document,
            job_file,
            resumed: before.is_some(),
        })
    }

    /// Records the receipts of a chip that is in the field, and erases the job.
    ///
    /// # Errors
    /// [`Error::Refused`], [`Error::Store`].
    pub async fn confirm_delivery(
        &self,
        job: Uuid,
        delivery: Delivery,
        now: OffsetDateTime,
    ) -> Result<Document> {
        self.end(job, &Command::ConfirmDelivery(delivery), now)
            .await
    }

    /// Ends a document that is not in the field and that nobody applied for at a desk, and erases the job.
    ///
    /// # Errors
    /// [`Error::Refused`], [`Error::AppliedFor`], [`Error::Store`].
    pub async fn void(&self, job: Uuid, voiding: Voiding, now: OffsetDateTime) -> Result<Document> {
        // Names on a command line are only said. What was applied for is voided by two accounts, and the audit log tells of it.
        let document = self.documents.history(job).await?.document();
        if document.is_some_and(|document| document.entry().application.is_some()) {
            return Err(Error::AppliedFor);
        }
        self.end(job, &Command::VoidDocument(voiding), now).await
    }

    /// Everything that is known of a job.
    ///
    /// # Errors
    /// [`Refusal::UnknownJob`], [`Error::Store`].
    pub async fn history(&self, job: Uuid) -> Result<(Document, History)> {
        let history = self.documents.history(job).await?;
        let document = history.document().ok_or(Refusal::UnknownJob)?;
        Ok((document, history))
    }

    /// Records what was signed. Another run of the same job may have been faster: then its signature counts, and ours, which
    /// nobody has seen, is forgotten.
    async fn record(&self, job: Uuid, signed: Signed, now: OffsetDateTime) -> Result<()> {
        let command = Command::RecordSignature(signed.signature);
        match self
            .execute(job, &command, Some(&signed.job_file), now)
            .await
        {
            Ok(_) | Err(Error::Refused(Refusal::SignedBefore)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Publishes what is recorded, which is not always what this run has signed. Whoever ends a job records that first and
    /// cleans the folder then; so it is looked whether the job is open after the file is there, not before.
    async fn publish(&self, job: Uuid) -> Result<(Document, PathBuf)> {
        let path = match self.documents.job_file(job).await? {
            Some(content) => Some(self.jobs.publish(job, &content)?),
            None => None,
        };
        let (document, _) = self.history(job).await?;
        if let Err(refusal) = must_be_open(&document) {
            self.jobs.erase(job)?;
            return Err(refusal.into());
        }
        let what = "job file";
        let path = path.ok_or(StoreError::Corrupt { id: job, what })?;
        Ok((document, path))
    }

    /// The folder is cleaned also when the event was recorded before: the run that recorded it may have been killed.
    async fn end(&self, job: Uuid, command: &Command, now: OffsetDateTime) -> Result<Document> {
        let document = self.execute(job, command, None, now).await?;
        self.jobs.erase(job)?;
        Ok(document)
    }

    /// Reads, decides, appends. Whenever another run was faster, it is decided anew: at most as often as a document can move
    /// on in its life.
    async fn execute(
        &self,
        job: Uuid,
        command: &Command,
        job_file: Option<&SecretBytes>,
        now: OffsetDateTime,
    ) -> Result<Document> {
        for _ in StageKind::ALL {
            let (document, history) = self.history(job).await?;
            let Some(event) = process(Some(&document), command)? else {
                return Ok(document);
            };
            let change = self
                .change(&document, &history, &event, job_file, now)
                .await?;
            match self.store().commit(&change).await {
                Err(StoreError::Conflict(_) | StoreError::EntityChanged { .. }) => {}
                Err(error) => return Err(error.into()),
                Ok(()) => {
                    let document = Document::apply(Some(document), &event);
                    return document.ok_or(Refusal::UnknownJob.into());
                }
            }
        }
        Err(Error::Interrupted)
    }

    /// An event with what follows from it: for the chip, where it is of the stock; for the application, where a document has one.
    async fn change(
        &self,
        document: &Document,
        history: &History,
        event: &Event,
        job_file: Option<&SecretBytes>,
        now: OffsetDateTime,
    ) -> Result<Change> {
        let mut change = Change::new(now);
        append_document(&mut change, history, event)?;
        if let Some(content) = job_file {
            // In the clear until delivery, in backups as well: a bureau that issues from folders may have no key to seal with.
            change.blobs.push(BlobChange::Put {
                owner: document.job(),
                name: BlobName::JobFile,
                sealed: content.expose().to_vec(),
            });
        }
        let applications = Applications::new(self.store().clone());
        application_follows(&applications, &mut change, document, event).await?;
        stock::follow(self.store(), &mut change, document, event).await?;
        if let (Event::DocumentDelivered(_), Some(vault)) = (event, &self.vault) {
            status::assign(self.store(), vault, &mut change, document.job()).await?;
        }
        Ok(change)
    }
}

/// A job that has ended is not carried out any more.
fn must_be_open(document: &Document) -> core::result::Result<(), Refusal> {
    match document.stage() {
        Stage::Entered | Stage::Signed(_) | Stage::Written { .. } => Ok(()),
        Stage::Delivered { .. } => Err(Refusal::Delivered),
        Stage::Voided { voiding, .. } => Err(Refusal::Voided(voiding.reason)),
    }
}

/// A job identifier that sorts by time (RFC 9562 §5.7).
pub(crate) fn new_job(now: OffsetDateTime, rng: &mut dyn CryptoRng) -> Uuid {
    let milliseconds = u64::try_from(now.unix_timestamp_nanos() / 1_000_000).unwrap_or(0);
    let mut random = [0; 10];
    rng.fill_bytes(&mut random);
    uuid::Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid()
}
