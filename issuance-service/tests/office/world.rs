//! A station and an office in one folder, on one database.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use audit_log::{Actor, ActorKind, Token};
use crypto::{HashAlgorithm, PrivateKey, SecretBytes, SignatureAlgorithm};
use enrolment::HolderRecord;
use enrolment::packet::Role;
use issuance_service::Error;
use issuance_service::intake::{IntakeDesk, IntakeFolder};
use issuance_service::office::{Done, Hand, Office};
use issuance_service::personalisation::Site;
use issuance_service::personalisation::receive::Reception;
use issuance_service::signers::Signers;
use issuance_service::station::{PersonKey, Station};
use perso::CardImage;
use perso::applet::Receipt;
use pki::{DocumentSigner, SoftwareSigner};
use rand::SeedableRng as _;
use rand::rngs::{StdRng, SysRng};
use register::Officer;
use register::application::{Application, Command, Stage};
use register::store::{AnyStore, JournalEntry, Queue, Store as _, Topic};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::bureau::{Bureau, read};

pub const START: OffsetDateTime = datetime!(2026-11-22 10:00 UTC);
/// Who enrols.
pub const OPERATOR: &str = "TEST operator";
/// Who approves.
pub const APPROVER: &str = "TEST approver";
/// Longer than any lease.
pub const LEASE: Duration = Duration::minutes(3);

/// A station and an office.
pub struct World {
    /// Where everything is.
    pub bureau: Bureau,
    /// The database.
    pub place: String,
    /// The office.
    pub office: Office,
    station: Station,
    operator: PersonKey,
}

fn none() -> SecretBytes {
    SecretBytes::new(Vec::new())
}

fn rng() -> StdRng {
    StdRng::try_from_rng(&mut SysRng).unwrap()
}

/// The office of a folder on a database, as any process opens it.
pub async fn office(root: &Path, place: &str) -> Office {
    let key = PrivateKey::from_pkcs8(&read(&root.join("pki/document-signer.key"))).unwrap();
    let algorithm = SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256);
    let signer = SoftwareSigner::new(key, algorithm, Box::new(rng())).unwrap();
    let certificate = read(&root.join("pki/document-signer.der"));
    let signer = DocumentSigner::new(&certificate, Arc::new(signer)).unwrap();
    office_with(root, place, Signers::one(Arc::new(signer))).await
}

/// The same with the ring of an issuer that has no document signer.
pub async fn office_without_signer(root: &Path, place: &str) -> Office {
    let issuer = root.join("issuer");
    fs::create_dir_all(issuer.join("document-signers")).unwrap();
    fs::write(issuer.join("issuer.toml"), "").unwrap();
    let randomness = Arc::new(|| Box::new(rng()) as _);
    let signers = Signers::open(&issuer, none(), randomness).unwrap();
    office_with(root, place, signers).await
}

async fn office_with(root: &Path, place: &str, signers: Signers) -> Office {
    let store = AnyStore::create(place).await.unwrap();
    let folder = IntakeFolder::new(root.join("intake"));
    let desk = IntakeDesk::open(&folder, &none(), store, Box::new(rng())).unwrap();
    let randomness = Arc::new(|| Box::new(rng()) as _);
    Office::new(
        Arc::new(desk),
        Some(Arc::new(signers)),
        "TEST".to_owned(),
        randomness,
    )
}

/// In the name of a member of staff: the same name is the same account.
pub fn hand(name: &str) -> Hand {
    let digest = HashAlgorithm::Sha256.digest(name.as_bytes());
    let account = Uuid::from_slice(&digest[..16]).unwrap();
    Hand {
        officer: Officer::with_account(name, account).unwrap(),
        actor: Actor {
            kind: ActorKind::Person,
            id: Token::from(account),
            name: Token::from(account),
        },
        request: Uuid::now_v7(),
    }
}

pub fn site() -> Site {
    Site::new("bureau").unwrap()
}

pub fn receipt(counter: u32) -> Receipt {
    Receipt {
        counter,
        mac: [9; 16],
    }
}

impl World {
    /// A world that issues documents of a profile, on a database; without an address in a file of its own.
    pub async fn new(profile: &str, address: Option<String>) -> Self {
        let bureau = Bureau::of(profile, START);
        let place =
            address.unwrap_or_else(|| bureau.path("register.sqlite").to_str().unwrap().to_owned());
        let folder = IntakeFolder::new(bureau.path("intake"));
        let service = folder.init("TEST service", &none(), &mut rng()).unwrap();
        let at = bureau.path("station");
        let station = Station::init(&at, "TEST station", &service, &none(), START, &mut rng());
        let operator = Station::add_person(&at, Role::Operator, OPERATOR, &none(), &mut rng());
        for public in [station.unwrap(), operator.unwrap()] {
            folder.register(&public).unwrap();
        }
        let station = Station::open(&at, &none(), START).unwrap();
        let operator = station.person(Role::Operator, OPERATOR, &none()).unwrap();
        let office = office(&bureau.path(""), &place).await;
        Self {
            bureau,
            place,
            office,
            station,
            operator,
        }
    }

    /// Seals a person into a packet on the disk of the station. `source` names what the person came from.
    pub fn seal(&self, record: &HolderRecord, profile: &str, source: &str) -> Uuid {
        let person = self.station.person_of(record, profile, source.as_bytes());
        let sealed = self
            .station
            .seal(&person, &self.operator, None, START, &mut rng());
        sealed.unwrap().id()
    }

    /// Brings everything that is sealed to the office.
    pub async fn send(&self) {
        let (outbox, service) = (self.station.outbox(), self.station.service());
        let sent = outbox
            .send(&**self.office.desk(), service, START)
            .await
            .unwrap();
        assert!(sent.failed.is_empty());
    }

    /// Enrols somebody: the packet is in the office afterwards.
    pub async fn enrol(&self, record: &HolderRecord, profile: &str, source: &str) -> Uuid {
        let id = self.seal(record, profile, source);
        self.send().await;
        id
    }

    /// Takes chips into stock.
    pub async fn stock(&self, serials: impl IntoIterator<Item = u16>) {
        let files: Vec<Vec<u8>> = serials
            .into_iter()
            .map(|serial| read(&self.bureau.chip(serial, serial.into())))
            .collect();
        let store_keeper = hand("TEST store keeper");
        let delivery = Uuid::now_v7();
        let received = self
            .office
            .receive_chips(delivery, &site(), &files, &store_keeper, START)
            .await;
        assert_eq!(received.unwrap(), vec![Reception::Received; files.len()]);
    }

    pub async fn application(&self, id: Uuid) -> Application {
        let history = self.office.applications().history(id).await.unwrap();
        history.application().unwrap()
    }

    pub async fn stage(&self, id: Uuid) -> Stage {
        self.application(id).await.stage()
    }

    /// Gives a command to an application, in somebody's name.
    pub async fn tell(&self, id: Uuid, command: Command, by: &str) -> Result<Application, Error> {
        let command = &command;
        self.office
            .application(id, command, None, &hand(by), START)
            .await
    }

    pub async fn approve(&self, id: Uuid, by: &str) -> Result<Application, Error> {
        let by_officer = hand(by).officer;
        self.tell(id, Command::Approve { by: by_officer }, by).await
    }

    pub async fn withdraw(&self, id: Uuid) -> Result<Application, Error> {
        let by = hand("TEST clerk").officer;
        self.tell(id, Command::Withdraw { by }, "TEST clerk").await
    }

    /// Checks what waits for it.
    pub async fn check(&self, now: OffsetDateTime) {
        while !is_idle(self.office.check_next(now).await.unwrap()) {}
    }

    /// Produces what waits for it.
    pub async fn produce(&self, profile: &str, now: OffsetDateTime) {
        while !is_idle(self.office.produce_next(profile, now).await.unwrap()) {}
    }

    /// Erases what is due.
    pub async fn erase(&self, now: OffsetDateTime) {
        while !is_idle(self.office.erase_next(now).await.unwrap()) {}
    }

    /// Enrols, checks, approves, produces: the application and its job.
    pub async fn produced(
        &self,
        record: &HolderRecord,
        profile: &str,
        source: &str,
    ) -> (Uuid, Uuid) {
        let id = self.enrol(record, profile, source).await;
        self.check(START).await;
        self.approve(id, APPROVER).await.unwrap();
        self.produce(profile, START).await;
        let job = self.stage(id).await.job().unwrap();
        (id, job)
    }

    /// The job of a document as a personaliser gets it.
    pub async fn image(&self, job: Uuid) -> CardImage {
        let file = self.office.job_file(job).await.unwrap();
        CardImage::from_job_file(file.expose()).unwrap()
    }

    /// The sealed files of the vault.
    pub fn sealed_files(&self) -> Vec<PathBuf> {
        let mut places = vec![self.bureau.path("intake/packets")];
        let mut files = Vec::new();
        while let Some(path) = places.pop() {
            if path.is_dir() {
                let listed = fs::read_dir(path).unwrap();
                places.extend(listed.map(|entry| entry.unwrap().path()));
            } else {
                files.push(path);
            }
        }
        files
    }

    /// Everything that is told of, in no order.
    pub async fn journal(&self, topic: Topic) -> Vec<JournalEntry> {
        self.office
            .store()
            .unsequenced(topic, 10_000)
            .await
            .unwrap()
    }

    /// The actions of the audit log about something, with their outcomes.
    pub async fn audited(&self, subject: Uuid) -> Vec<(String, String)> {
        let entries = self.journal(Topic::Audit).await;
        let entries = entries.iter().map(|entry| {
            let json: serde_json::Value = serde_json::from_slice(&entry.body).unwrap();
            audit_log::Entry::parse(&entry.body).unwrap();
            json
        });
        let own = entries.filter(|entry| entry["subject"]["id"] == subject.to_string());
        own.map(|entry| {
            (
                entry["action"].as_str().unwrap().to_owned(),
                entry["outcome"].to_string(),
            )
        })
        .collect()
    }

    /// The kinds of the notices about something.
    pub async fn noticed(&self, subject: Uuid) -> Vec<String> {
        let entries = self.journal(Topic::Notice).await;
        let entries = entries
            .iter()
            .map(|entry| serde_json::from_slice::<serde_json::Value>(&entry.body).unwrap());
        let own = entries.filter(|entry| entry["subject"] == subject.to_string());
        own.map(|entry| entry["kind"].as_str().unwrap().to_owned())
            .collect()
    }

    /// How many tasks wait in a lane.
    pub async fn waiting(&self, queue: Queue, lane: &str) -> u32 {
        self.office
            .store()
            .waiting(queue, lane, 1000)
            .await
            .unwrap()
            .0
    }
}

/// Whether nothing was left to do; a task that could not be done is a failure.
fn is_idle(done: Done) -> bool {
    match done {
        Done::Nothing => true,
        Done::One => false,
        Done::Later(error) => panic!("{error}: {error:?}"),
    }
}
