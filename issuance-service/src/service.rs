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
use lds::{File, RecordEncoding};
use perso::{EncodedBiometrics, Order};
use pki::DocumentSigner;
use time::OffsetDateTime;
use tokio::runtime::Handle;
use uuid::Uuid;

use crate::application::{
    Command, Delivery, Digest, Document, Refusal, Signature, Stage, StageKind, Voiding, process,
};
use crate::register::StoreRegister;
use crate::store::{History, Key, Store, StoreError};
use crate::{DocumentOrder, Error, JobFolder, Result};

/// Carries commands through core, store and signer.
#[derive(Debug)]
pub struct IssuanceService<S> {
    store: Arc<S>,
    jobs: JobFolder,
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
    pub const fn new(store: Arc<S>, jobs: JobFolder) -> Self {
        Self { store, jobs }
    }

    /// The store, for questions.
    pub fn store(&self) -> &S {
        &self.store
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
                .store
                .find(&Key::Chip(order.chip.serial.clone()))
                .await?
                .unwrap_or_else(|| new_job(now, &mut *rng)),
        };
        let entry = order.entry(job)?;
        let before = self.store.history(job).await?.document();
        process(before.as_ref(), &Command::EnterDocument(entry.clone()))?;
        if before.as_ref().and_then(Document::signature).is_none() {
            let register = StoreRegister {
                store: Arc::clone(&self.store),
                runtime: Handle::current(),
                entry,
                now,
            };
            let signed = sign(order, register, signer, rng).await?;
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

    /// Ends a document that is not in the field, and erases the job.
    ///
    /// # Errors
    /// [`Error::Refused`], [`Error::Store`].
    pub async fn void(&self, job: Uuid, voiding: Voiding, now: OffsetDateTime) -> Result<Document> {
        self.end(job, &Command::VoidDocument(voiding), now).await
    }

    /// Everything that is known of a job.
    ///
    /// # Errors
    /// [`Refusal::UnknownJob`], [`Error::Store`].
    pub async fn history(&self, job: Uuid) -> Result<(Document, History)> {
        let history = self.store.history(job).await?;
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
        let path = match self.store.job_file(job).await? {
            Some(content) => Some(self.jobs.publish(job, &content)?),
            None => None,
        };
        let (document, _) = self.history(job).await?;
        if let Err(refusal) = must_be_open(&document) {
            self.jobs.erase(job)?;
            return Err(refusal.into());
        }
        let what = "job file";
        let path = path.ok_or(StoreError::Corrupt { job, what })?;
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
            let version = history.version();
            match self.store.append(job, version, &event, job_file, now).await {
                Err(StoreError::VersionConflict) => {}
                Err(error) => return Err(error.into()),
                Ok(()) => {
                    let document = Document::apply(Some(document), &event);
                    return document.ok_or(Refusal::UnknownJob.into());
                }
            }
        }
        Err(StoreError::VersionConflict.into())
    }
}

/// A job that has ended is not carried out any more.
fn must_be_open(document: &Document) -> core::result::Result<(), Refusal> {
    match document.stage() {
        Stage::Entered | Stage::Signed(_) => Ok(()),
        Stage::Delivered { .. } => Err(Refusal::Delivered),
        Stage::Voided { voiding, .. } => Err(Refusal::Voided(voiding.reason)),
    }
}

/// What a run has signed.
struct Signed {
    signature: Signature,
    job_file: SecretBytes,
}

/// Builds, checks, enters and signs, on a thread of its own: images are encoded and keys are used.
async fn sign<S: Store>(
    order: DocumentOrder,
    mut register: StoreRegister<S>,
    signer: Arc<DocumentSigner>,
    mut rng: Box<dyn CryptoRng + Send>,
) -> Result<Signed> {
    let (job, now) = (register.entry.document.job, register.now);
    let work = move || {
        let biometrics =
            EncodedBiometrics::encode(&order.record, RecordEncoding::default(), &mut *rng)?;
        let order = Order {
            record: &order.record,
            biometrics: &biometrics,
            chip: &order.chip,
            job,
            now,
        };
        let image = perso::issue(&order, &signer, &mut register)?;
        let security_object = image.files().get(&File::Sod);
        let security_object = security_object.ok_or(perso::Error::Malformed {
            what: "job: it has no EF.SOD",
        })?;
        Ok(Signed {
            signature: Signature {
                security_object: Digest::of(security_object),
                manifest: Digest::of(&image.manifest().to_bytes()),
                document_signer: Digest::of(signer.certificate().as_der()),
            },
            job_file: image.to_job_file()?,
        })
    };
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Error::Interrupted)?
}

/// A job identifier that sorts by time (RFC 9562 §5.7).
fn new_job(now: OffsetDateTime, rng: &mut dyn CryptoRng) -> Uuid {
    let milliseconds = u64::try_from(now.unix_timestamp_nanos() / 1_000_000).unwrap_or(0);
    let mut random = [0; 10];
    rng.fill_bytes(&mut random);
    uuid::Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid()
}
