//! Measures how many people a station takes in per second through `station enrol`, with every check, to the packet on the disk.
//!
//! ```sh
//! cargo run --release -p issuance-service --example registrations -- fixtures/people/uto-passport-anton 200
//! ```
//!
//! The person of the folder comes again and again under other numbers. Time of the processor is that of this process (Linux).

#![allow(clippy::expect_used, clippy::print_stdout, clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crypto::{Curve, EcParameters, PrivateKey, SecretBytes};
use enrolment::packet::{Identity, Role};
use issuance_service::station::{
    Bulk, CaptureConfig, FingerSet, Officers, Outcome, ServiceFile, Station,
};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use time::OffsetDateTime;

/// Ticks of the processor's clock in a second, as Linux shows them to programs.
const TICKS: f64 = 100.0;

fn main() {
    let mut words = std::env::args().skip(1);
    let person = PathBuf::from(words.next().expect("FOLDER of a person"));
    let count: usize = words
        .next()
        .map_or(200, |word| word.parse().expect("COUNT"));
    let place = tempfile::tempdir().unwrap();
    let station = station(place.path());
    let secret = SecretBytes::from(&b"operator secret"[..]);
    let operator = station
        .person(Role::Operator, "TEST Operator", &secret)
        .unwrap();
    let officers = Officers {
        operator: &operator,
        supervisor: None,
    };
    let folders: Vec<PathBuf> = (0..count)
        .map(|number| copy(&person, &place.path().join("people"), number))
        .collect();

    let mut bulk = Bulk::new(&station).unwrap();
    let rng = &mut StdRng::seed_from_u64(1);
    let (start, ticks) = (Instant::now(), processor_ticks());
    for folder in &folders {
        let outcome = bulk.enrol(folder, &officers, OffsetDateTime::now_utc(), rng);
        let outcome = outcome.unwrap();
        assert!(matches!(outcome, Outcome::Sealed { .. }), "{outcome:?}");
    }
    let took = start.elapsed().as_secs_f64();
    let people = count as f64;
    println!(
        "{count} people in {took:.1} s: {:.2} a second",
        people / took
    );
    if let Some((before, after)) = ticks.zip(processor_ticks()) {
        let used = (after - before) / TICKS;
        println!(
            "processor {used:.1} s: {:.0} ms a person, {:.2} registrations per CPU-second",
            1000.0 * used / people,
            people / used
        );
    }
}

/// A station that asks for the two prints that a specimen has.
fn station(place: &Path) -> Station {
    let rng = &mut StdRng::seed_from_u64(7);
    let receipts = PrivateKey::generate_ec(Curve::P256, rng).unwrap().public();
    let service = ServiceFile {
        name: "TEST service".into(),
        recipient: Identity::generate().recipient().to_string(),
        receipt_key: hex::encode(receipts.to_spki(EcParameters::Named).unwrap()),
    };
    let (folder, now) = (place.join("station"), OffsetDateTime::now_utc());
    let password = SecretBytes::from(&b"station password"[..]);
    Station::init(&folder, "TEST Station", &service, &password, now, rng).unwrap();
    let secret = SecretBytes::from(&b"operator secret"[..]);
    Station::add_person(&folder, Role::Operator, "TEST Operator", &secret, rng).unwrap();
    let mut config = CaptureConfig::of("vn-cccd-2021");
    let words = ["right-index", "left-index"].map(str::to_owned);
    config.fingers.wanted = Some(FingerSet::try_from(words.to_vec()).unwrap());
    config.write(&folder).unwrap();
    Station::open(&folder, &password, now).unwrap()
}

/// The person once more, with a document number of their own.
fn copy(person: &Path, people: &Path, number: usize) -> PathBuf {
    let folder = people.join(format!("{number:06}"));
    fs::create_dir_all(&folder).unwrap();
    for entry in fs::read_dir(person).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, folder.join(path.file_name().unwrap())).unwrap();
    }
    let record = folder.join("record.toml");
    let text = fs::read_to_string(&record).unwrap();
    let line = |line: &str| match line.split_once(" = ") {
        Some(("document_number", _)) => format!("document_number = \"X{number:08}\""),
        _ => line.to_owned(),
    };
    let lines: Vec<String> = text.lines().map(line).collect();
    fs::write(record, lines.join("\n") + &format!("\n# {number}\n")).unwrap();
    folder
}

fn processor_ticks() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // After the name in brackets: state, …; user and system time are fields 14 and 15 of proc(5).
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let field = |place: usize| fields.get(place)?.parse::<f64>().ok();
    Some(field(11)? + field(12)?)
}
