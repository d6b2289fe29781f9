//! Measures the service from packet to signed job, beside the bare signature and the bare insert of the same machine.
//!
//! ```sh
//! cargo run --release -p issuance-service --example office_rates -- fixtures/people/uto-passport-anton 300
//! cargo run --release -p issuance-service --example office_rates -- fixtures/people/uto-passport-anton 300 postgres://…
//! ```
//!
//! The person of the folder comes again and again under other numbers and names. Time of the processor is that of this process, and not
//! that of a database beside it (Linux).

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing
)]

#[path = "../tests/service/bureau.rs"]
#[allow(dead_code)]
mod bureau;

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use crypto::SecretBytes;
use enrolment::packet::Role;
use enrolment::{Field, profiles};
use issuance_service::intake::{Claim, IntakeDesk, IntakeFolder, Taken};
use issuance_service::office::{Done, Hand, Office};
use issuance_service::personalisation::{Site, receive};
use issuance_service::station::{PublicKeyFile, Station};
use issuance_service::{record_folder, signers};
use perso::PreparedChip;
use perso::applet::{ChipKey, Receipt};
use rand::SeedableRng as _;
use rand::rngs::{StdRng, SysRng};
use register::Officer;
use register::application::Command;
use register::store::{AnyStore, Change, Entity, EntityChange, EntityKind, Expected, Store as _};
use time::OffsetDateTime;
use uuid::Uuid;

use bureau::Bureau;

/// Workers of each kind.
const WORKERS: usize = 2;
/// Ticks of the processor's clock in a second, as Linux shows them to programs.
const TICKS: f64 = 100.0;

#[tokio::main(flavor = "multi_thread", worker_threads = 4)]
async fn main() {
    let mut words = std::env::args().skip(1);
    let person = words.next().expect("FOLDER of a person");
    let count: usize = words
        .next()
        .map_or(300, |word| word.parse().expect("COUNT"));
    let place = tempfile::tempdir().unwrap();
    let store = words.next();
    let is_server = store.is_some();
    let store = store.unwrap_or_else(|| place.path().join("register.sqlite").display().to_string());

    let bureau = Bureau::of("uto-passport", OffsetDateTime::now_utc());
    let office = office(place.path(), &store, &bureau).await;
    let packets = packets(place.path(), Path::new(&person), count);
    chips(&office, count).await;
    println!(
        "{count} packets of {} bytes, {WORKERS} workers, {}",
        mean_length(&packets),
        if is_server { "PostgreSQL" } else { "SQLite" }
    );
    println!(
        "{:<28} {:>10} {:>14} {:>14}",
        "", "a second", "ms CPU each", "memory, MiB"
    );

    let all = Instant::now();
    let ticks = processor_ticks();
    let hand = Hand::service("rates", OffsetDateTime::now_utc());
    measured("packets taken in", count, async {
        for (id, path) in &packets {
            let digest = enrolment::packet::Digest::of(&fs::read(path).unwrap());
            let claim = Claim { id: *id, digest };
            let input = File::open(path).unwrap();
            let taken = office
                .desk()
                .take(claim, input, OffsetDateTime::now_utc())
                .await;
            assert!(matches!(taken.unwrap(), Taken::Now(_)));
        }
    })
    .await;
    measured(
        "checked",
        count,
        work(&office, count, |office| async move {
            office.check_next(OffsetDateTime::now_utc()).await.unwrap()
        }),
    )
    .await;
    measured("approved", count, async {
        for (id, _) in &packets {
            let by = Officer::new("TEST Approver").unwrap();
            let now = OffsetDateTime::now_utc();
            let review = register::application::DuplicateFinding::NewPerson;
            let reviewer = Officer::new("TEST Reviewer").unwrap();
            let review = Command::ReviewDuplicates {
                finding: review,
                by: reviewer,
            };
            // The same face and name come again: somebody says that these are others.
            let _ = office.application(*id, &review, None, &hand, now).await;
            office
                .application(*id, &Command::Approve { by }, None, &hand, now)
                .await
                .unwrap();
        }
    })
    .await;
    measured(
        "jobs signed",
        count,
        work(&office, count, |office| async move {
            office
                .produce_next("uto-passport", OffsetDateTime::now_utc())
                .await
                .unwrap()
        }),
    )
    .await;
    let seconds = all.elapsed().as_secs_f64();
    let used = (processor_ticks() - ticks) / TICKS;
    println!(
        "{:<28} {:>10.1} {:>14.1} {:>14.0}",
        "packet to signed job",
        count as f64 / seconds,
        1000.0 * used / count as f64,
        memory()
    );
    println!("{:.2} applications per CPU-second", count as f64 / used);
    signatures(&bureau);
    inserts(office.store()).await;
}

/// Runs tasks of a queue until `count` of them are done.
async fn work<F: Future<Output = Done> + Send + 'static>(
    office: &Office,
    count: usize,
    one: fn(Office) -> F,
) {
    let left = Arc::new(std::sync::atomic::AtomicUsize::new(count));
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..WORKERS {
        let (office, left) = (office.clone(), Arc::clone(&left));
        workers.spawn(async move {
            while left.load(std::sync::atomic::Ordering::Relaxed) > 0 {
                match one(office.clone()).await {
                    Done::One => {
                        left.fetch_sub(1, std::sync::atomic::Ordering::Relaxed);
                    }
                    Done::Nothing => tokio::task::yield_now().await,
                    Done::Later(error) => panic!("{error}"),
                }
            }
        });
    }
    workers.join_all().await;
}

async fn measured(name: &str, count: usize, work: impl Future<Output = ()>) {
    let (start, ticks) = (Instant::now(), processor_ticks());
    work.await;
    let seconds = start.elapsed().as_secs_f64();
    let used = (processor_ticks() - ticks) / TICKS;
    println!(
        "{name:<28} {:>10.1} {:>14.1} {:>14.0}",
        count as f64 / seconds,
        1000.0 * used / count as f64,
        memory()
    );
}

/// The bare signature: the same key, the same length of message, one thread.
fn signatures(bureau: &Bureau) {
    let signer = signers::document_signer(&bureau.path("pki"), rng()).unwrap();
    let content = lds_content();
    let start = Instant::now();
    let mut signed = 0_u32;
    while start.elapsed().as_secs_f64() < 1.0 {
        pki::security_object::sign(&content, &signer, "PP", OffsetDateTime::now_utc()).unwrap();
        signed += 1;
    }
    println!(
        "{:<28} {:>10.1}",
        "bare EF.SOD, one thread",
        f64::from(signed) / start.elapsed().as_secs_f64()
    );
}

fn lds_content() -> lds::LdsSecurityObject {
    let group = lds::HashedFile::new(vec![0; 16], crypto::HashAlgorithm::Sha256);
    let groups = [(lds::File::Dg1, &group)];
    lds::LdsSecurityObject::of_hashed_files(
        lds::LdsSecurityObjectVersion::V0,
        crypto::HashAlgorithm::Sha256,
        groups,
    )
    .unwrap()
}

/// The bare insert: one row, one transaction.
async fn inserts(store: &AnyStore) {
    let start = Instant::now();
    let mut inserted = 0_u32;
    while start.elapsed().as_secs_f64() < 1.0 {
        let mut change = Change::new(OffsetDateTime::now_utc());
        change.entities.push(EntityChange::Put {
            entity: Entity {
                kind: EntityKind::Setting,
                id: Uuid::now_v7(),
                state: "rate".into(),
                place: String::new(),
                order: 0,
                version: 0,
                body: "{}".into(),
            },
            expected: Expected::Any,
            keys: None,
        });
        store.commit(&change).await.unwrap();
        inserted += 1;
    }
    println!(
        "{:<28} {:>10.1}",
        "bare insert, one task",
        f64::from(inserted) / start.elapsed().as_secs_f64()
    );
}

async fn office(place: &Path, store: &str, bureau: &Bureau) -> Office {
    let folder = IntakeFolder::new(place.join("intake"));
    let none = SecretBytes::new(Vec::new());
    let service = folder.init("TEST service", &none, &mut *rng()).unwrap();
    let now = OffsetDateTime::now_utc();
    let station = place.join("station");
    Station::init(&station, "TEST Station", &service, &none, now, &mut *rng()).unwrap();
    Station::add_person(
        &station,
        Role::Operator,
        "TEST Operator",
        &none,
        &mut *rng(),
    )
    .unwrap();
    let settings = station.join("station.toml");
    let text = fs::read_to_string(&settings).unwrap();
    fs::write(
        &settings,
        text.replace("seal-unmeasured = false", "seal-unmeasured = true"),
    )
    .unwrap();
    for file in std::iter::once(station.join("station.json")).chain(files(&station.join("people")))
    {
        folder
            .register(&PublicKeyFile::read(&file).unwrap())
            .unwrap();
    }
    let store = AnyStore::create(store).await.unwrap();
    let desk = IntakeDesk::open(&folder, &none, store, rng()).unwrap();
    let signer = signers::document_signer(&bureau.path("pki"), rng()).unwrap();
    Office::new(Arc::new(desk), Some(signer), "one".into(), Arc::new(rng))
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let paths = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.extension() == Some("json".as_ref()))
        .collect()
}

fn packets(place: &Path, person: &Path, count: usize) -> Vec<(Uuid, std::path::PathBuf)> {
    let none = SecretBytes::new(Vec::new());
    let now = OffsetDateTime::now_utc();
    let station = Station::open(&place.join("station"), &none, now).unwrap();
    let operator = station
        .person(Role::Operator, "TEST Operator", &none)
        .unwrap();
    for number in 0..count {
        let (mut record, profile, _) = record_folder::collected(person, now).unwrap();
        record.set(Field::DocumentNumber, format!("X{number:08}"));
        record.set(Field::GivenNames, format!("Test {}", letters(number)));
        let source = number.to_be_bytes();
        let one = station.person_of(&record, &profile, &source);
        station
            .seal(&one, &operator, None, now, &mut *rng())
            .unwrap();
    }
    let paths = fs::read_dir(place.join("station/outbox")).unwrap();
    let paths = paths.map(|entry| entry.unwrap().path());
    let packets = paths.filter(|path| path.extension() == Some("packet".as_ref()));
    let id = |path: &Path| {
        path.file_name().unwrap().to_str().unwrap()[..36]
            .parse()
            .unwrap()
    };
    packets.map(|path| (id(&path), path)).collect()
}

/// Prepared chips in stock, one for each.
async fn chips(office: &Office, count: usize) {
    let mut seed = StdRng::seed_from_u64(9);
    let requests =
        perso::key_requests(&profiles::by_id("uto-passport").unwrap().data().chip).unwrap();
    let chips: Vec<Vec<u8>> = (0..count)
        .map(|number| {
            let serial = (number as u128).to_be_bytes().to_vec();
            let key = |(counter, request)| ChipKey {
                request,
                public: bureau::generate(request, &mut seed),
                receipt: Receipt {
                    counter,
                    mac: [7; 16],
                },
            };
            let keys = (1..).zip(requests.iter().copied()).map(key).collect();
            perso::chip_file::write(&PreparedChip { serial, keys })
                .unwrap()
                .into_bytes()
        })
        .collect();
    let site = Site::new("bureau").unwrap();
    let now = OffsetDateTime::now_utc();
    let hand = Hand::service("rates", now);
    for part in chips.chunks(receive::MAX_CHIPS) {
        let answers = office
            .receive_chips(Uuid::now_v7(), &site, part, &hand, now)
            .await
            .unwrap();
        assert!(
            answers.iter().all(|answer| answer.word() == "received"),
            "{answers:?}"
        );
    }
}

/// A name for a number.
fn letters(mut number: usize) -> String {
    let mut name = String::new();
    for _ in 0..5 {
        name.push(char::from(b'a' + u8::try_from(number % 26).unwrap()));
        number /= 26;
    }
    name
}

fn mean_length(packets: &[(Uuid, std::path::PathBuf)]) -> u64 {
    let sum: u64 = packets
        .iter()
        .map(|(_, path)| fs::metadata(path).unwrap().len())
        .sum();
    sum / packets.len() as u64
}

fn rng() -> Box<dyn crypto::CryptoRng + Send> {
    Box::new(StdRng::try_from_rng(&mut SysRng).unwrap())
}

fn processor_ticks() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // After the name in brackets: state, …; user and system time are fields 14 and 15 of proc(5).
    let fields: Vec<f64> = stat
        .rsplit_once(')')
        .map(|(_, rest)| {
            rest.split_whitespace()
                .map(|word| word.parse().unwrap_or(0.0))
                .collect()
        })
        .unwrap_or_default();
    fields.get(11).unwrap_or(&0.0) + fields.get(12).unwrap_or(&0.0)
}

/// Resident memory of this process, in MiB.
fn memory() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kib.unwrap_or(0.0) / 1024.0
}
