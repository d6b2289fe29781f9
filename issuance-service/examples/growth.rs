//! Measures whether the service slows down as the register grows: the questions of every day, and applications from packet to signed job, at
//! several sizes in PostgreSQL, all in one run.
//!
//! ```sh
//! cargo run --release -p issuance-service --example growth -- fixtures/people/uto-passport-anton 10000 1000000 10000000
//! ```
//!
//! `CARD_TOOLCHAIN_POSTGRES` names the folder of PostgreSQL's programs; `cargo xtask bench growth` sets it. The cluster is a private one.
//! `GROWTH_AT` (address without a database) and `GROWTH_PLACE` (a folder) take one that stays, and what was filled before is not
//! filled again; `GROWTH_FILL_ONLY` ends then, so that its owner can set it as a service would have it.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    clippy::indexing_slicing
)]

#[path = "growth/ask.rs"]
mod ask;
#[path = "../tests/service/bureau.rs"]
#[allow(dead_code)]
mod bureau;
#[path = "growth/fill.rs"]
mod fill;
#[path = "parts/line.rs"]
mod line;
#[path = "growth/lives.rs"]
mod lives;
#[path = "parts/meter.rs"]
#[allow(dead_code)]
mod meter;
#[path = "parts/place.rs"]
#[allow(dead_code)]
mod place;
#[path = "growth/rows.rs"]
mod rows;
#[path = "growth/someone.rs"]
mod someone;

use std::path::{Path, PathBuf};

use issuance_service::office::Office;
use test_support::postgres::Cluster;
use time::OffsetDateTime;

use bureau::Bureau;

/// Asked at each size before anything is measured.
const WARM_UP: usize = 2_000;
/// Asked of each kind at each size.
const ROUNDS: usize = 5_000;
/// Applications of a turn, and turns at each size.
const OF_A_TURN: usize = 20;
const TURNS: usize = 10;
/// What the database has for itself, at every size.
const SHARED_BUFFERS: &str = "1GB";
/// While it is filled nothing has to survive, and nobody follows.
const FILLING: [(&str, &str); 8] = [
    ("fsync", "off"),
    ("full_page_writes", "off"),
    ("wal_level", "minimal"),
    ("max_wal_senders", "0"),
    ("max_wal_size", "2GB"),
    ("checkpoint_timeout", "30min"),
    ("autovacuum", "off"),
    ("shared_buffers", SHARED_BUFFERS),
];

#[tokio::main(flavor = "multi_thread", worker_threads = 4)]
async fn main() {
    let mut words = std::env::args().skip(1);
    let person = PathBuf::from(words.next().expect("FOLDER of a person"));
    let mut sizes: Vec<u64> = words.map(|word| word.parse().expect("PEOPLE")).collect();
    sizes.sort_unstable();
    let own = tempfile::tempdir().unwrap();
    let folder = std::env::var_os("GROWTH_PLACE").map_or(own.path().to_owned(), PathBuf::from);
    let bureau = Bureau::of("uto-passport", OffsetDateTime::now_utc());
    if !folder.join("intake").exists() {
        place::init(&folder);
    }
    let mut server = Server::start();
    server.set(&FILLING);
    filled(&server, &folder, &bureau, &sizes).await;
    if std::env::var_os("GROWTH_FILL_ONLY").is_some() {
        return;
    }
    server.set(&[("shared_buffers", SHARED_BUFFERS)]);

    let mut offices = Vec::new();
    for people in sizes {
        let url = server.url(&name(people));
        fill::read_once(&url);
        let office = place::office(&folder, &url, &bureau).await;
        offices.push((people, office));
    }
    println!(
        "shared_buffers {SHARED_BUFFERS}, fsync on, {}",
        meter::load()
    );
    questions(&offices).await;
    lines(&offices, &folder, &person).await;
    println!("at the end: {}", meter::load());
}

/// Applications from packet to signed job at each size, in turns.
async fn lines(offices: &[(u64, Office)], folder: &Path, person: &Path) {
    // Numbers that no earlier run on the same databases has used.
    let begin =
        usize::try_from(OffsetDateTime::now_utc().unix_timestamp() % 1_000_000).unwrap() * 90;
    let mut times = vec![<[line::Times; 4]>::default(); offices.len()];
    let mut seconds = vec![0.0; offices.len()];
    for turn in 0..=TURNS {
        for (place, (_, office)) in offices.iter().enumerate() {
            let first = begin + (turn * offices.len() + place) * OF_A_TURN;
            let numbers = first..first + OF_A_TURN;
            let packets = place::packets(folder, person, numbers.clone());
            place::chips(office, numbers).await;
            for (stage, times) in times[place].iter_mut().enumerate() {
                let start = std::time::Instant::now();
                let took = line::stage(stage, office, &packets).await;
                // The first turn is the warm-up.
                if turn > 0 {
                    seconds[place] += start.elapsed().as_secs_f64();
                    times.extend(took);
                }
            }
        }
    }
    for (stage, name) in line::STAGES.iter().enumerate() {
        let mut ends = Vec::new();
        for (place, (people, _)) in offices.iter().enumerate() {
            let times = &mut times[place][stage];
            let (half, most) = (meter::quantile(times, 0.5), meter::quantile(times, 0.99));
            println!("{name:<18} {people:>12} {half:>10.2} {most:>10.2}");
            ends.push((half, most));
        }
        ratio(name, &ends);
    }
    for ((people, _), seconds) in offices.iter().zip(seconds) {
        let rate = (TURNS * OF_A_TURN) as f64 / seconds;
        println!(
            "{:<18} {people:>12} {rate:>10.1} applications a second",
            "packet to job"
        );
    }
}

/// What the last size takes of what the first takes.
fn ratio(name: &str, ends: &[(f64, f64)]) {
    let of = |part: fn(&(f64, f64)) -> f64| {
        let ends: Vec<f64> = ends.iter().map(part).collect();
        ends[ends.len() - 1] / ends[0]
    };
    println!(
        "{name:<18} {:>12} {:>10.2} {:>10.2}",
        "ratio",
        of(|end| end.0),
        of(|end| end.1)
    );
}

fn name(people: u64) -> String {
    format!("people_{people}")
}

/// Every size in a database of its own.
async fn filled(server: &Server, folder: &Path, bureau: &Bureau, sizes: &[u64]) {
    let mut compared = Vec::new();
    for database in ["by_store", "by_copy"] {
        server.empty(database);
        let url = server.url(database);
        let office = place::office(folder, &url, bureau).await;
        compared.push((url, office));
    }
    let pair = |place: usize| (compared[place].0.as_str(), &compared[place].1);
    fill::proof(pair(0), pair(1)).await;
    for people in sizes {
        let url = server.url(&name(*people));
        if server.has(&name(*people)) {
            continue;
        }
        server.empty(&name(*people));
        let office = place::office(folder, &url, bureau).await;
        fill::fill(&url, &office, *people);
        office.store().close().await;
        println!("{}", fill::psql(&url, SPACE));
    }
}

/// What a database is made of.
const SPACE: &str = "SELECT relname, pg_size_pretty(pg_table_size(oid)), pg_size_pretty(pg_indexes_size(oid)), reltuples::bigint
    FROM pg_class WHERE relkind = 'r' AND reltuples > 100 AND relnamespace = 'public'::regnamespace
    UNION ALL SELECT current_database(), pg_size_pretty(pg_database_size(current_database())), '', 0";

async fn questions(offices: &[(u64, Office)]) {
    ask::ask(offices, WARM_UP, 1).await;
    let mut asked = ask::ask(offices, ROUNDS, 2).await;
    println!(
        "{:<18} {:>12} {:>10} {:>10}",
        "", "people", "p50, ms", "p99, ms"
    );
    for (number, question) in ask::QUESTIONS.iter().enumerate() {
        let mut ends = Vec::new();
        for (place, (people, _)) in offices.iter().enumerate() {
            let times = &mut asked.times[place][number];
            let (half, most) = (meter::quantile(times, 0.5), meter::quantile(times, 0.99));
            println!("{question:<18} {people:>12} {half:>10.3} {most:>10.3}");
            ends.push((half, most));
        }
        ratio(question, &ends);
    }
    for ((people, _), found) in offices.iter().zip(&asked.found) {
        let share = 100.0 * *found as f64 / ROUNDS as f64;
        println!("{:<18} {people:>12} {share:>9.1}%", "found misspelled");
    }
}

/// A private cluster, or one that stays.
enum Server {
    Own(Cluster),
    At(String),
}

impl Server {
    fn start() -> Self {
        match std::env::var("GROWTH_AT") {
            Ok(address) => Self::At(address),
            Err(_) => Self::Own(Cluster::start()),
        }
    }

    fn url(&self, database: &str) -> String {
        match self {
            Self::Own(cluster) => cluster.url(database),
            Self::At(address) => format!("{address}/{database}?sslmode=disable"),
        }
    }

    fn has(&self, database: &str) -> bool {
        let sql = format!("SELECT count(*) FROM pg_database WHERE datname = '{database}'");
        fill::psql(&self.url("postgres"), &sql) == "1"
    }

    fn empty(&self, database: &str) {
        let url = self.url("postgres");
        fill::psql(&url, &format!("DROP DATABASE IF EXISTS {database}"));
        fill::psql(&url, &format!("CREATE DATABASE {database}"));
    }

    /// These settings and no others. One that stays is set and started by whoever owns it.
    fn set(&mut self, settings: &[(&str, &str)]) {
        let Self::Own(cluster) = self else { return };
        cluster.psql("postgres", "ALTER SYSTEM RESET ALL");
        for (name, value) in settings {
            cluster.psql("postgres", &format!("ALTER SYSTEM SET {name} = '{value}'"));
        }
        cluster.stop();
        cluster.restart();
    }
}
