//! What goes before: chips are prepared and jobs are made, without cameras, readers and signatures.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use access::Permission;
use audit_log::{Actor, ActorKind, Token};
use crypto::{AgreementKey, Curve, EcPrivateKey, HashAlgorithm, PublicKey, SecretBytes};
use issuance_service::intake::{IntakeDesk, IntakeFolder};
use issuance_service::office::{Hand, Office};
use issuance_service::personalisation::Site;
use issuance_service::personalisation::lane::lane_of_profile;
use issuance_service::personalisation::pool::{LeasedChip, Pool};
use issuance_service::personalisation::receive::Reception;
use perso::applet::{ChipKey, ChipPublicKey, KeyRequest, LawVersion, Receipt};
use perso::{DocumentEntry, PreparedChip, RegisterError, chip_file};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use register::application::{self, Check, Priority, Resemblance};
use register::document::{Command, Entry, Signature};
use register::store::{
    AnyStore, BlobChange, BlobName, Change, EntityKind, Store as _, StoreError, TaskChange,
};
use register::{Approval, Digest, Officer};
use tempfile::TempDir;
use time::OffsetDateTime;
use time::macros::datetime;
use uuid::Uuid;

pub const PROFILE: &str = "uto-passport";
pub const NOW: OffsetDateTime = datetime!(2026-11-22 08:00 UTC);

/// Every chip has another serial number and other keys, in whatever test.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// The service behind the routes, and who works with it.
#[derive(Clone)]
pub struct Workshop {
    pub office: Office,
    pub now: OffsetDateTime,
    folder: Option<Arc<TempDir>>,
}

fn is_of_a_changed_chip(refused: &RegisterError) -> bool {
    let RegisterError::Storage(cause) = refused else {
        return false;
    };
    matches!(
        cause.downcast_ref(),
        Some(StoreError::EntityChanged {
            kind: EntityKind::Chip,
            ..
        })
    )
}

pub fn password() -> SecretBytes {
    SecretBytes::from(b"TEST password of the intake".as_slice())
}

pub fn site() -> Site {
    Site::new("test-site").unwrap()
}

/// Somebody with an account.
pub fn hand(number: u128) -> Hand {
    let name = format!("test.person.{number}");
    let account = Uuid::from_u128(number);
    Hand {
        officer: Officer::with_account(&name, account).unwrap(),
        actor: Actor {
            kind: ActorKind::Person,
            id: account.into(),
            name: Token::new(name).unwrap(),
        },
        request: Uuid::now_v7(),
    }
}

/// A prepared chip for a passport of Utopia, as its file.
pub fn chip() -> serde_json::Value {
    chip_of(
        NEXT.fetch_add(1, Ordering::Relaxed),
        NEXT.fetch_add(1, Ordering::Relaxed),
    )
}

/// A chip of this serial number with keys that follow from another number.
pub fn chip_of(serial: u64, keys: u64) -> serde_json::Value {
    let mut rng = StdRng::seed_from_u64(keys);
    let requests =
        perso::key_requests(&enrolment::profiles::by_id(PROFILE).unwrap().data().chip).unwrap();
    let keys = (1..).zip(requests).map(|(counter, request)| {
        let pair = EcPrivateKey::generate(Curve::P256, &mut rng).unwrap();
        let point = pair.public().clone();
        let public = match request {
            KeyRequest::ChipAuthentication { .. } => ChipPublicKey::Agrees(AgreementKey::Ec(point)),
            KeyRequest::ActiveAuthenticationEc { .. } => ChipPublicKey::Signs(PublicKey::Ec(point)),
            KeyRequest::ActiveAuthenticationRsa { .. } => panic!("the profile has keys on curves"),
        };
        ChipKey {
            request,
            public,
            receipt: Receipt {
                counter,
                mac: [7; 16],
            },
        }
    });
    let chip = PreparedChip {
        serial: [&[0xC5; 8], serial.to_be_bytes().as_slice()].concat(),
        law: LawVersion::V0101,
        keys: keys.collect(),
    };
    serde_json::from_str(&chip_file::write(&chip).unwrap()).unwrap()
}

/// The number of the document of a job: its random half.
pub fn number(job: Uuid) -> String {
    format!("X{:016X}", job.as_u64_pair().1)
}

pub fn receipt(counter: u32) -> Receipt {
    Receipt {
        counter,
        mac: [9; 16],
    }
}

impl Workshop {
    /// On a register of its own.
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = AnyStore::create(folder.path().join("register.sqlite").to_str().unwrap())
            .await
            .unwrap();
        let intake = IntakeFolder::new(folder.path().join("intake"));
        let password = password();
        let rng = || Box::new(StdRng::from_rng(&mut rand::rng()));
        intake.init("TEST office", &password, &mut *rng()).unwrap();
        let desk = IntakeDesk::open(&intake, &password, store, rng()).unwrap();
        let office = Office::new(
            Arc::new(desk),
            None,
            "test".to_owned(),
            Arc::new(move || rng()),
        );
        Self {
            office,
            now: NOW,
            folder: Some(Arc::new(folder)),
        }
    }

    /// The folder of the intake.
    pub fn intake(&self) -> PathBuf {
        self.folder.as_ref().unwrap().path().join("intake")
    }

    /// On the register of a service that is served.
    pub fn of(office: &Office, now: OffsetDateTime) -> Self {
        Self {
            office: office.clone(),
            now,
            folder: None,
        }
    }

    /// Takes new chips into stock.
    pub async fn stock(&self, count: usize) {
        let files: Vec<Vec<u8>> = (0..count)
            .map(|_| chip().to_string().into_bytes())
            .collect();
        let answers = self
            .office
            .receive_chips(Uuid::now_v7(), &site(), &files, &hand(99), self.now)
            .await
            .unwrap();
        assert!(
            answers.iter().all(|answer| *answer == Reception::Received),
            "{answers:?}"
        );
    }

    /// An approved application of a person.
    pub async fn application(&self, person: Uuid) -> Uuid {
        let id = Uuid::now_v7();
        self.checked(id, person, &[]).await;
        let command = application::Command::Approve {
            by: hand(92).officer,
        };
        self.office
            .application(id, &command, None, &hand(92), self.now)
            .await
            .unwrap();
        id
    }

    /// A checked application of a person whom others resemble.
    pub async fn checked(&self, id: Uuid, person: Uuid, resembling: &[Uuid]) {
        let receipt = application::Receipt {
            packet: Digest::of(id.as_bytes()),
            profile: PROFILE.to_owned(),
            reason: None,
            station: "test-station".to_owned(),
            operator: hand(91).officer,
            supervisor: None,
            sealed_at: self.now,
            priority: Priority::Normal,
        };
        let check = Check {
            record: Digest::of(b"record"),
            person: Some(person),
            resembling: resembling
                .iter()
                .map(|person| Resemblance {
                    person: *person,
                    rule: "name-and-birth".to_owned(),
                    score: 90,
                })
                .collect(),
            overrides: 0,
        };
        let commands = [
            application::Command::Receive(receipt),
            application::Command::RecordCheck(check),
        ];
        for command in commands {
            self.office
                .application(id, &command, None, &hand(92), self.now)
                .await
                .unwrap();
        }
    }

    /// Makes the job of an approved application, as the worker does; `None` when no chip is in stock.
    pub async fn make(&self, application: Uuid, priority: i16) -> Option<Uuid> {
        let store = self.office.store();
        let pool = Pool::new(store.clone());
        let lane = lane_of_profile(enrolment::profiles::by_id(PROFILE).unwrap()).unwrap();
        let leased = pool.lease(&lane, self.now).await.unwrap()?;
        let job = Uuid::now_v7();
        let begin = application::Command::BeginProduction { job };
        if self
            .office
            .application(application, &begin, None, &hand(92), self.now)
            .await
            .is_err()
        {
            pool.give_back(leased, self.now).await.unwrap();
            return None;
        }
        let mut leased = leased;
        while !self.sign(job, &leased, Some(application), priority).await {
            leased = pool.lease(&lane, self.now).await.unwrap()?;
        }
        Some(job)
    }

    /// Makes a job that nobody applied for at a desk, as the command line does.
    pub async fn make_here(&self) -> Option<Uuid> {
        let pool = Pool::new(self.office.store().clone());
        let lane = lane_of_profile(enrolment::profiles::by_id(PROFILE).unwrap()).unwrap();
        let leased = pool.lease(&lane, self.now).await.unwrap()?;
        let job = Uuid::now_v7();
        assert!(self.sign(job, &leased, None, 0).await);
        Some(job)
    }

    /// Enters and signs, unless somebody has done something to the chip since it was leased: nothing has happened then.
    async fn sign(
        &self,
        job: Uuid,
        leased: &LeasedChip,
        application: Option<Uuid>,
        priority: i16,
    ) -> bool {
        let store = self.office.store();
        let pool = Pool::new(store.clone());
        let serial = leased.prepared.serial.clone();
        let entry = Entry {
            document: DocumentEntry {
                job,
                issuing_state: "UTO".to_owned(),
                document_code: "PP".to_owned(),
                document_number: number(job),
                chip_serial: serial.clone(),
                chip_keys: leased
                    .prepared
                    .keys
                    .iter()
                    .map(|key| HashAlgorithm::Sha256.digest(&key.public.to_spki().unwrap()))
                    .collect(),
            },
            key_receipts: leased
                .prepared
                .keys
                .iter()
                .map(|key| key.receipt.clone())
                .collect(),
            profile: PROFILE.to_owned(),
            personal_number: None,
            application,
            record: Digest::of(b"record"),
            approval: Approval::new(hand(91).officer, hand(92).officer).unwrap(),
        };
        let mut change = Change::new(self.now);
        pool.finish(&mut change, leased, job).unwrap();
        if let Err(refused) = self.office.documents().enter(&entry, change).await {
            assert!(is_of_a_changed_chip(&refused), "{refused:?}");
            return false;
        }
        let signature = Signature {
            security_object: Digest::of(job.as_bytes()),
            manifest: Digest::of(b"manifest"),
            document_signer: Digest::of(b"signer"),
        };
        let sign = Command::RecordSignature(signature);
        self.office
            .document(job, &sign, Permission::DocumentIssue, &hand(92), self.now)
            .await
            .unwrap();
        let mut change = Change::new(self.now);
        let file = format!("{{\"job\":\"{job}\"}}");
        change.blobs.push(BlobChange::Put {
            owner: job,
            name: BlobName::JobFile,
            sealed: self
                .office
                .desk()
                .vault()
                .seal("job-file", job, file.as_bytes())
                .unwrap(),
        });
        let task = pool
            .job_task(&serial, job, PROFILE, priority, self.now)
            .await
            .unwrap()
            .unwrap();
        change.tasks.push(TaskChange::Add(task));
        store.commit(&change).await.unwrap();
        true
    }

    /// So many signed jobs, each of another person, with chips of their own.
    pub async fn jobs(&self, count: usize) -> Vec<Uuid> {
        self.stock(count).await;
        let mut jobs = Vec::new();
        for _ in 0..count {
            let application = self.application(Uuid::now_v7()).await;
            jobs.push(self.make(application, 0).await.unwrap());
        }
        jobs
    }
}
