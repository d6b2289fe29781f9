//! Making the job of an approved application: person and number, a chip, the signature.
//!
//! | killed after | what is left | the next worker |
//! |---|---|---|
//! | nothing | the task | begins |
//! | enter | person, number, chip and job are recorded in one transaction | signs for the same job |
//! | sign | a signature that nobody has seen | signs for the same job |
//! | record | the job with its task | nothing is left to do |

use enrolment::{Field, HolderRecord, IssuerProfile};
use perso::{PreparedChip, RegisterError};
use register::application::{Application, Command, RefusalReason, Stage, process};
use register::document::{self, Document};
use register::person::{self, Origin};
use register::store::{
    BlobChange, BlobName, Change, Queue, Store as _, StoreError, Task, TaskChange,
};
use register::{ApplicationHistory, Approval, PersonHistory, append_document, priority_number};
use time::OffsetDateTime;
use tokio::runtime::Handle;
use uuid::Uuid;

use super::notice::{self, NoticeKind};
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
        let refusal = match self.make(history, &application, now).await {
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
        if self.signer.is_none() {
            return Err(Error::NoPki);
        }
        let (packet, mut record, profile) = self.open(id).await?;
        drop(packet);
        let person = self
            .person_for(application, &mut record, profile, now)
            .await?;
        let (job, before) = match application.stage() {
            Stage::InProduction(job) => (job, self.documents.history(job).await?.document()),
            _ => (new_job(now, &mut *self.rng()), None),
        };
        if before.as_ref().and_then(Document::signature).is_some() {
            return Ok(());
        }
        let pool = Pool::new(self.store.clone());
        let Some(before) = before else {
            let lane = lane_of_profile(profile)?;
            let leased = pool.lease(&lane, now).await?.ok_or(Error::NoChip)?;
            let chip = leased.prepared.clone();
            let order = self.order(application, id, record, profile, chip, now);
            let begun = order.and_then(|order| {
                let change = self.beginning(Beginning {
                    application: history,
                    job,
                    person,
                    order: &order,
                    chip: &leased,
                    pool: &pool,
                    now,
                })?;
                Ok((order, change))
            });
            let made = match begun {
                Ok((order, change)) => self.sign(order, change, job, application, now).await,
                Err(error) => Err(error),
            };
            if let Err(error) = &made
                && self.documents.history(job).await?.version() == 0
            {
                self.put_back(&pool, leased, error, now).await?;
            }
            return made;
        };
        let serial = &before.entry().document.chip_serial;
        let chip = pool.reserved(serial, job).await?.ok_or(Error::NoChip)?;
        let order = self.order(application, id, record, profile, chip, now)?;
        self.sign(order, Change::new(now), job, application, now)
            .await
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
        now: OffsetDateTime,
    ) -> Result<()> {
        let signer = self.signer.clone().ok_or(Error::NoPki)?;
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
            order,
            chip,
            pool,
            now,
        } = begun;
        let mut change = Change::new(now);
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

    /// The person whom an application is about: known, or to be registered, with a number where the document needs one.
    async fn person_for(
        &self,
        application: &Application,
        record: &mut HolderRecord,
        profile: &'static dyn IssuerProfile,
        now: OffsetDateTime,
    ) -> Result<PersonOf> {
        let id = application
            .person()
            .unwrap_or_else(|| new_job(now, &mut *self.rng()));
        let history = self.people.history(id).await?;
        let registered = history.person();
        let own = registered.as_ref().and_then(|person| person.number());
        let stated = record.texts().get(Field::PersonalNumber).map(str::to_owned);
        if let Some(stated) = &stated {
            // What was approved is printed, and nothing else: a number of somebody else is no slip of the pen.
            let holder = self.people.of_number(stated).await?;
            if holder.is_some_and(|holder| holder != id) || own.is_some_and(|own| own != stated) {
                return Err(person::Refusal::OtherNumber.into());
            }
        }
        let number = match (own, stated, profile.number_scheme()) {
            (Some(own), _, _) => Some(own.to_owned()),
            (None, Some(stated), _) => Some(stated),
            (None, None, Some(scheme)) => {
                let birth = scheme.birth_in(record.texts(), now.date());
                let birth = birth.ok_or(Error::NotAccepted(Vec::new()))?;
                Some(self.free_number(scheme, &birth, now).await?)
            }
            (None, None, None) => None,
        };
        if let Some(number) = &number {
            record.set(Field::PersonalNumber, number.as_str());
        }
        Ok(PersonOf { history, number })
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
        match self.store.commit(&change).await {
            Ok(()) | Err(StoreError::Conflict(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
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

/// What a production begins with.
struct Beginning<'b> {
    application: ApplicationHistory,
    job: Uuid,
    person: PersonOf,
    order: &'b DocumentOrder,
    chip: &'b LeasedChip,
    pool: &'b Pool,
    now: OffsetDateTime,
}

/// A person of the register, before the document is entered.
struct PersonOf {
    history: PersonHistory,
    number: Option<String>,
}

impl PersonOf {
    /// Registers the person, records the number, takes over what the application says.
    fn write(
        &mut self,
        office: &Office,
        change: &mut Change,
        application: Uuid,
        order: &DocumentOrder,
    ) -> Result<()> {
        let id = self.history.id;
        let record = order.record.record();
        let mut commands = Vec::new();
        if self.history.person().is_none() {
            let origin = Origin::Application(application);
            commands.push(person::Command::Register(origin));
        }
        if let Some(number) = &self.number {
            commands.push(person::Command::AssignNumber(number.clone()));
        }
        commands.push(person::Command::ChangeRecord {
            application,
            record: order.record_digest().clone(),
        });
        for command in commands {
            let granted = person::process(self.history.person().as_ref(), &command)?;
            let Some(event) = granted else { continue };
            let told = match &event {
                person::Event::NumberAssigned { .. } => Some(NoticeKind::NumberAssigned),
                person::Event::RecordChanged { .. } => Some(NoticeKind::PersonChanged),
                _ => None,
            };
            let details = office.details(id, record)?;
            self.history.append(change, event, Some(details))?;
            if let Some(kind) = told {
                notice::add(change, kind, id, Some(id), None);
            }
        }
        Ok(())
    }
}
