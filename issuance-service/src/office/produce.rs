//! Making the job of an approved application: person and number, a chip, the signature.
//!
//! | killed after | what is left | the next worker |
//! |---|---|---|
//! | nothing | the task | begins |
//! | enter | person, number, chip and job are recorded in one transaction | signs for the same job |
//! | sign | a signature that nobody has seen | signs for the same job |
//! | record | the job with its task | nothing is left to do |

use std::sync::Arc;

use enrolment::{Field, HolderRecord, IssuerProfile};
use perso::{PreparedChip, RegisterError};
use pki::DocumentSigner;
use register::application::{Application, Command, RefusalReason, Stage, process};
use register::document;
use register::person;
use register::store::{
    BlobChange, BlobName, Change, Queue, Store as _, StoreError, Task, TaskChange,
};
use register::{ApplicationHistory, Approval, append_document, priority_number};
use time::OffsetDateTime;
use tokio::runtime::Handle;
use uuid::Uuid;

use super::applications::MAX_ATTEMPTS;
use super::registering::{Guard, PersonOf, was_raised};
use super::{Done, Hand, Office, applications, audit};
use crate::entering::StoreRegister;
use crate::personalisation::RejectReason;
use crate::personalisation::lane::lane_of_profile;
use crate::personalisation::life::expiry_task;
use crate::personalisation::pool::{LeasedChip, Pool};
use crate::service::new_job;
use crate::signing::{Signed, sign};
use crate::{DocumentOrder, Error, Result};

/// The purpose under which job files are sealed.
pub(crate) const JOB_FILE: &str = "job-file";

impl Office {
    /// Makes the job of the most urgent approved application of a profile.
    ///
    /// # Errors
    /// [`Error::Store`]; everything else is [`Done::Later`].
    pub async fn produce_next(&self, profile: &str, now: OffsetDateTime) -> Result<Done> {
        let Some(task) = self.lease_one(Queue::Produce, profile, now).await? else {
            return Ok(Done::Nothing);
        };
        match self.produce(&task, now).await {
            Ok(()) => Ok(Done::One),
            Err(error) => self.later(&task, error, now).await,
        }
    }

    async fn produce(&self, task: &Task, now: OffsetDateTime) -> Result<()> {
        let id = task.subject;
        let history = self.applications.history(id).await?;
        let Some(application) = history.application() else {
            return self.finish(task.id, now).await;
        };
        match application.stage() {
            Stage::Approved | Stage::InProduction(_) => {}
            _ => return self.finish(task.id, now).await,
        }
        let mut made = self.make(history, &application, now).await;
        for _ in 1..MAX_ATTEMPTS {
            let Err(error) = &made else { break };
            if !was_raised(error) {
                break;
            }
            let history = self.applications.history(id).await?;
            made = self.make(history, &application, now).await;
        }
        let refusal = match made {
            Ok(()) => return self.finish(task.id, now).await,
            Err(error) => refusal_of(&error).ok_or(error)?,
        };
        let hand = Hand::service("produce", now);
        let command = Command::Refuse {
            reason: refusal,
            rules: Vec::new(),
            by: None,
        };
        match self.application(id, &command, None, &hand, now).await {
            // A document that was begun and cannot be gone on with waits for two persons to void it, and for nothing here.
            Ok(_) | Err(Error::Application(_)) => self.finish(task.id, now).await,
            Err(error) => Err(error),
        }
    }

    /// Makes the job, or goes on with the one that an earlier worker has begun.
    async fn make(
        &self,
        history: ApplicationHistory,
        application: &Application,
        now: OffsetDateTime,
    ) -> Result<()> {
        let id = history.id;
        let (packet, mut record, profile) = self.open(id).await?;
        drop(packet);
        let guard = match application.person() {
            None => Some(self.guard(&record).await?),
            Some(_) => None,
        };
        let pool = Pool::new(self.store.clone());
        let lane = lane_of_profile(profile)?;
        let is_begun = matches!(application.stage(), Stage::InProduction(_));
        if !is_begun && pool.waiting(&lane, 1).await? == 0 {
            // Before numbers are taken, of which none comes back.
            return Err(Error::NoChip);
        }
        let signer = self.signer(profile.data().document_code, now).await?;
        if self.compared_again(id, application, &record, now).await? {
            return Ok(());
        }
        let person = self
            .person_for(application, &mut record, profile, now)
            .await?;
        match application.stage() {
            Stage::InProduction(job) => {
                let order = self
                    .begun(application, id, job, record, profile, now)
                    .await?;
                match order {
                    Some(order) => {
                        let change = Change::new(now);
                        self.sign(order, change, job, application, signer, now)
                            .await
                    }
                    None => Ok(()),
                }
            }
            _ => {
                let ready = Ready {
                    record,
                    profile,
                    person,
                    guard,
                    lane,
                    signer,
                };
                self.begin(history, application, ready, now).await
            }
        }
    }

    /// Makes a new job: number, chip, person and document in one transaction, then the signature.
    async fn begin(
        &self,
        history: ApplicationHistory,
        application: &Application,
        ready: Ready,
        now: OffsetDateTime,
    ) -> Result<()> {
        let Ready {
            mut record,
            profile,
            person,
            guard,
            lane,
            signer,
        } = ready;
        let (id, job) = (history.id, new_job(now, &mut *self.rng()));
        let is_given = self
            .number_document(application, &mut record, profile, now)
            .await?;
        let pool = Pool::new(self.store.clone());
        let leased = pool.lease(&lane, now).await?.ok_or(Error::NoChip)?;
        let chip = leased.prepared.clone();
        let order = self.order(application, id, record, profile, chip, now);
        let begun = order.and_then(|order| {
            let change = self.beginning(Beginning {
                application: history,
                job,
                person,
                guard,
                order: &order,
                chip: &leased,
                pool: &pool,
                now,
            })?;
            Ok((order, change))
        });
        let made = match begun {
            Ok((order, change)) => {
                self.sign(order, change, job, application, signer, now)
                    .await
            }
            Err(error) => Err(error),
        };
        if let Err(error) = &made
            && self.documents.history(job).await?.version() == 0
        {
            self.put_back(&pool, leased, error, now).await?;
        }
        match made {
            // Somebody has typed the number that was given in this moment: there is another.
            Err(Error::Perso(perso::Error::Register(RegisterError::DocumentNumberUsed(_))))
                if is_given =>
            {
                Err(Error::Busy)
            }
            made => made,
        }
    }

    /// Who signs documents of this code now. Asked before numbers and chips are taken: a token that is away must not use them up.
    async fn signer(
        &self,
        document_code: &'static str,
        now: OffsetDateTime,
    ) -> Result<Arc<DocumentSigner>> {
        let signers = Arc::clone(self.signers.as_ref().ok_or(Error::NoPki)?);
        // A key may have to be opened: derived from a password, asked of a token.
        tokio::task::spawn_blocking(move || signers.current(document_code, now))
            .await
            .map_err(|_| Error::Interrupted)?
    }

    /// The order of the job that an earlier worker has begun: under its number, on its chip. Nothing where it is signed.
    async fn begun(
        &self,
        application: &Application,
        id: Uuid,
        job: Uuid,
        mut record: HolderRecord,
        profile: &'static dyn IssuerProfile,
        now: OffsetDateTime,
    ) -> Result<Option<DocumentOrder>> {
        let before = self.documents.history(job).await?.document();
        let before = before.ok_or(Error::Interrupted)?;
        if before.signature().is_some() {
            return Ok(None);
        }
        let document = &before.entry().document;
        if !profile.is_numbered_by_person() {
            record.set(Field::DocumentNumber, document.document_number.as_str());
        }
        let chip = Pool::new(self.store.clone())
            .reserved(&document.chip_serial, job)
            .await?
            .ok_or(Error::NoChip)?;
        self.order(application, id, record, profile, chip, now)
            .map(Some)
    }

    /// The number of a new document, where it has one of its own: what the record says, else the next of the service. What was spoiled is made
    /// again under another number: the one that it had names it for ever. Whether the service gives it.
    async fn number_document(
        &self,
        application: &Application,
        record: &mut HolderRecord,
        profile: &'static dyn IssuerProfile,
        now: OffsetDateTime,
    ) -> Result<bool> {
        if profile.is_numbered_by_person() {
            return Ok(false);
        }
        let is_stated = record.texts().get(Field::DocumentNumber).is_some();
        if is_stated && application.remakes() == 0 {
            return Ok(false);
        }
        let Some(number) = self.free_document_number(profile, now).await? else {
            return Ok(false);
        };
        record.set(Field::DocumentNumber, number);
        Ok(true)
    }

    /// A chip that was not used goes to the next application, unless it is the chip that stands against it.
    async fn put_back(
        &self,
        pool: &Pool,
        leased: LeasedChip,
        error: &Error,
        now: OffsetDateTime,
    ) -> Result<()> {
        let is_bad = matches!(
            error,
            Error::Refused(document::Refusal::RepeatedKey)
                | Error::Perso(perso::Error::Register(
                    RegisterError::ChipUsed(_) | RegisterError::ChipKeyUsed(_)
                ))
        );
        if !is_bad {
            return pool.give_back(leased, now).await;
        }
        let mut change = Change::new(now);
        pool.reject(&mut change, &leased, RejectReason::KeyRepeated)?;
        let hand = Hand::service("produce", now);
        audit::by_service(&mut change, &hand, "chip.reject", ("chip", leased.id()))?;
        Ok(self.store.commit(&change).await?)
    }

    /// Enters the document together with a change, signs, and puts the job where batches are made of.
    async fn sign(
        &self,
        order: DocumentOrder,
        change: Change,
        job: Uuid,
        application: &Application,
        signer: Arc<DocumentSigner>,
        now: OffsetDateTime,
    ) -> Result<()> {
        let serial = order.chip.serial.clone();
        let expires = expiry_task(job, order.record.expiry());
        let register = StoreRegister {
            documents: self.documents.clone(),
            runtime: Handle::current(),
            entry: order.entry(job)?,
            change,
        };
        let signed = sign(order, job, now, register, signer, self.rng()).await?;
        self.record_signature(job, &serial, &signed, application, expires, now)
            .await
    }

    fn order(
        &self,
        application: &Application,
        id: Uuid,
        record: HolderRecord,
        profile: &'static dyn IssuerProfile,
        chip: PreparedChip,
        now: OffsetDateTime,
    ) -> Result<DocumentOrder> {
        let accepted = enrolment::accept(record, profile, now.date(), &mut *self.rng());
        let accepted = accepted.map_err(|refusal| Error::NotAccepted(refusal.findings))?;
        let check = application.check().ok_or(Error::Interrupted)?;
        let approver = application.approver().ok_or(Error::Interrupted)?;
        let operator = application.receipt().operator.clone();
        let approval = Approval::new(operator, approver.clone())?;
        let order = DocumentOrder::new(accepted, check.record.clone(), chip, approval)?;
        Ok(order.for_application(id))
    }

    /// Everything that happens when the document is entered.
    fn beginning(&self, begun: Beginning<'_>) -> Result<Change> {
        let Beginning {
            mut application,
            job,
            mut person,
            guard,
            order,
            chip,
            pool,
            now,
        } = begun;
        let mut change = Change::new(now);
        if let Some(guard) = guard {
            guard.raise(&mut change);
        }
        person.write(self, &mut change, application.id, order)?;
        let commands = [
            Command::AssignPerson {
                person: person.history.id,
            },
            Command::BeginProduction { job },
        ];
        for command in commands {
            if let Some(event) = process(application.application().as_ref(), &command)? {
                applications::add(&mut change, &mut application, event)?;
            }
        }
        pool.finish(&mut change, chip, job)?;
        let hand = Hand::service("produce", now);
        audit::by_service(
            &mut change,
            &hand,
            "document.enter",
            (super::documents::SUBJECT, job),
        )?;
        Ok(change)
    }

    async fn record_signature(
        &self,
        job: Uuid,
        chip_serial: &[u8],
        signed: &Signed,
        application: &Application,
        expires: Option<Task>,
        now: OffsetDateTime,
    ) -> Result<()> {
        for _ in 0..MAX_ATTEMPTS {
            let recorded = self
                .record_once(job, chip_serial, signed, application, expires.clone(), now)
                .await;
            match recorded {
                // Something else has happened to the job, such as a proposal to void it: whether it is signed is asked again.
                Err(Error::Store(StoreError::Conflict(_))) => {}
                recorded => return recorded,
            }
        }
        Err(Error::Busy)
    }

    async fn record_once(
        &self,
        job: Uuid,
        chip_serial: &[u8],
        signed: &Signed,
        application: &Application,
        expires: Option<Task>,
        now: OffsetDateTime,
    ) -> Result<()> {
        let history = self.documents.history(job).await?;
        let command = document::Command::RecordSignature(signed.signature.clone());
        let event = match document::process(history.document().as_ref(), &command) {
            Ok(Some(event)) => event,
            // Another worker of the same job was faster: its signature counts.
            Ok(None) | Err(document::Refusal::SignedBefore) => return Ok(()),
            Err(refusal) => return Err(refusal.into()),
        };
        let mut change = Change::new(now);
        append_document(&mut change, &history, &event)?;
        change.blobs.push(BlobChange::Put {
            owner: job,
            name: BlobName::JobFile,
            sealed: self
                .desk
                .vault()
                .seal(JOB_FILE, job, signed.job_file.expose())?,
        });
        let profile = &application.receipt().profile;
        let priority = priority_number(application.priority());
        let task = Pool::new(self.store.clone())
            .job_task(chip_serial, job, profile, priority, now)
            .await?;
        let tasks = task.into_iter().chain(expires);
        change.tasks.extend(tasks.map(TaskChange::Add));
        change.tally("signed");
        Ok(self.store.commit(&change).await?)
    }
}

/// Why an application is refused at the last moment; nothing for what may go better next time.
const fn refusal_of(error: &Error) -> Option<RefusalReason> {
    Some(match error {
        Error::NotAccepted(_) | Error::Enrolment(_) => RefusalReason::RulesBroken,
        Error::Perso(perso::Error::ContentGate(_)) => RefusalReason::DataWrong,
        // Somebody else has the number, or this person's card is in the making.
        Error::Perso(perso::Error::Register(RegisterError::DocumentNumberUsed(_))) => {
            RefusalReason::AskedBefore
        }
        Error::Person(person::Refusal::Dead) => RefusalReason::NotEligible,
        Error::Person(_) => RefusalReason::IdentityInDoubt,
        Error::Erased => RefusalReason::BiometricsUnusable,
        _ => return None,
    })
}

/// What is known when a job can be made.
struct Ready {
    record: HolderRecord,
    profile: &'static dyn IssuerProfile,
    person: PersonOf,
    guard: Option<Guard>,
    lane: String,
    signer: Arc<DocumentSigner>,
}

/// What a production begins with.
struct Beginning<'b> {
    application: ApplicationHistory,
    job: Uuid,
    person: PersonOf,
    guard: Option<Guard>,
    order: &'b DocumentOrder,
    chip: &'b LeasedChip,
    pool: &'b Pool,
    now: OffsetDateTime,
}
