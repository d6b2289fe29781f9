//! Measures the service from packet to signed job on SQLite and on PostgreSQL, beside the bare signature and the bare insert of the same
//! machine, in one run.
//!
//! ```sh
//! cargo run --release -p issuance-service --example office_rates -- fixtures/people/uto-passport-anton 300
//! ```
//!
//! The person of the folder comes again and again under other numbers, names and birthdays. Everything a service does is done: packets are
//! opened and sealed again, records judged, people compared, documents entered, signed and their jobs sealed, each step audited, each
//! commit on the disk. Time of processors is that of this process and of the database server. `CARD_TOOLCHAIN_POSTGRES` names the folder of
//! PostgreSQL's programs; `cargo xtask bench service` sets it.

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
#[path = "parts/line.rs"]
mod line;
#[path = "parts/meter.rs"]
#[allow(dead_code)]
mod meter;
#[path = "parts/place.rs"]
mod place;

use std::path::{Path, PathBuf};
use std::time::Instant;

use register::store::{AnyStore, Change, Entity, EntityChange, EntityKind, Expected, Store as _};
use test_support::postgres::Cluster;
use time::OffsetDateTime;
use uuid::Uuid;

use bureau::Bureau;
use line::{STAGES, WORKERS};
use meter::{Meter, Used};

/// Seconds for each bare rate.
const BARE: f64 = 2.0;
/// Tasks that insert at once.
const TASKS: [usize; 2] = [1, 8];
/// What another system publishes for its registration processor (MOSIP: about one in a hundred seconds of a virtual processor).
const PUBLISHED: f64 = 0.01;

#[tokio::main(flavor = "multi_thread", worker_threads = 4)]
async fn main() {
    let mut words = std::env::args().skip(1);
    let person = PathBuf::from(words.next().expect("FOLDER of a person"));
    let count: usize = words
        .next()
        .map_or(300, |word| word.parse().expect("COUNT"));
    let bureau = Bureau::of("uto-passport", OffsetDateTime::now_utc());
    println!(
        "{count} applications, {WORKERS} workers of each kind, {}",
        meter::load()
    );
    measure("SQLite", None, &person, count, &bureau).await;
    let cluster = Cluster::start();
    cluster.create_database("rates");
    measure("PostgreSQL", Some(&cluster), &person, count, &bureau).await;
    println!("at the end: {}", meter::load());
}

async fn measure(
    name: &str,
    cluster: Option<&Cluster>,
    person: &Path,
    count: usize,
    bureau: &Bureau,
) {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    place::init(place);
    let address = match cluster {
        Some(cluster) => cluster.url("rates"),
        None => place.join("register.sqlite").display().to_string(),
    };
    let office = place::office(place, &address, bureau).await;
    let packets = place::packets(place, person, 0..count);
    place::chips(&office, 0..count).await;
    let length = place::mean_length(&packets);
    println!("\n{name}: packets of {length} octets, commits on the disk\n");
    row(["", "a second", "ms CPU each", "of database", "RSS, MiB"]);
    let server = cluster.and_then(Cluster::process_id);
    let whole = Meter::start(server);
    for (number, stage) in STAGES.iter().enumerate() {
        let meter = Meter::start(server);
        line::stage(number, &office, &packets).await;
        used(stage, count, meter.used());
    }
    let all = whole.used();
    used("packet to signed job", count, all);
    let signatures = signatures(bureau);
    row([
        "bare EF.SOD, one thread",
        &format!("{signatures:.0}"),
        "",
        "",
        "",
    ]);
    let mut bare = Vec::new();
    for tasks in TASKS {
        let rate = inserts(office.store(), tasks).await;
        let of = format!("bare insert, {tasks} tasks");
        row([&of, &format!("{rate:.0}"), "", "", ""]);
        bare.push(rate);
    }
    let rate = count as f64 / all.seconds;
    println!(
        "\n{name}: {rate:.1} applications a second = {:.4} of the bare signature rate, {:.3} of the bare insert rate ({} tasks)",
        rate / signatures,
        rate / bare[1],
        TASKS[1]
    );
    let of_cpu = count as f64 / (all.own + all.database);
    println!(
        "{name}: {of_cpu:.2} applications per CPU-second, the database included = {:.0} times one per 100 seconds",
        of_cpu / PUBLISHED
    );
}

fn row(cells: [&str; 5]) {
    let [name, a, b, c, d] = cells;
    println!("{name:<26} {a:>10} {b:>12} {c:>12} {d:>10}");
}

fn used(name: &str, count: usize, used: Used) {
    let count = count as f64;
    row([
        name,
        &format!("{:.1}", count / used.seconds),
        &format!("{:.1}", 1000.0 * used.own / count),
        &format!("{:.1}", 1000.0 * used.database / count),
        &format!("{:.0}", meter::memory("self", "VmRSS:")),
    ]);
}

/// The bare signature: the same key, one thread.
fn signatures(bureau: &Bureau) -> f64 {
    let signer = place::signer(bureau);
    let group = lds::HashedFile::new(vec![0; 16], crypto::HashAlgorithm::Sha256);
    let content = lds::LdsSecurityObject::of_hashed_files(
        lds::LdsSecurityObjectVersion::V0,
        crypto::HashAlgorithm::Sha256,
        [(lds::File::Dg1, &group), (lds::File::Dg2, &group)],
    )
    .unwrap();
    let start = Instant::now();
    let mut signed = 0_u32;
    while start.elapsed().as_secs_f64() < BARE {
        pki::security_object::sign(&content, &signer, "PP", OffsetDateTime::now_utc()).unwrap();
        signed += 1;
    }
    f64::from(signed) / start.elapsed().as_secs_f64()
}

/// The bare insert: one row, one transaction.
async fn inserts(store: &AnyStore, tasks: usize) -> f64 {
    let start = Instant::now();
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..tasks {
        let store = store.clone();
        running.spawn(async move {
            let mut inserted = 0_u32;
            while start.elapsed().as_secs_f64() < BARE {
                store.commit(&one_row()).await.unwrap();
                inserted += 1;
            }
            inserted
        });
    }
    let inserted: u32 = running.join_all().await.iter().sum();
    f64::from(inserted) / start.elapsed().as_secs_f64()
}

fn one_row() -> Change {
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
    change
}
