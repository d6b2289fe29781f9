//! Measures the resident memory of the service while applications go through it: the office as the service runs it, in this process; the
//! packets are sealed by another one.
//!
//! ```sh
//! cargo run --release -p issuance-service --example office_memory -- fixtures/people/uto-passport-anton 10000
//! ```
//!
//! A line each so many applications, and how far the memory went from its middle. Files of the vault go when their job is signed, so that
//! the disk does not have to hold ten thousand people.

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
#[allow(dead_code)]
mod line;
#[path = "parts/meter.rs"]
#[allow(dead_code)]
mod meter;
#[path = "parts/place.rs"]
#[allow(dead_code)]
mod place;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use time::OffsetDateTime;
use uuid::Uuid;

use bureau::Bureau;

/// Applications between two lines.
const EACH: usize = 500;
/// Packets that are on the disk at a time.
const AT_ONCE: usize = 100;
/// Before the first so many, caches and pools fill.
const WARM: usize = 500;

#[tokio::main(flavor = "multi_thread", worker_threads = 4)]
async fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [seal, place, person, from] = words.as_slice()
        && seal == "seal"
    {
        return sealed(Path::new(place), Path::new(person), from.parse().unwrap());
    }
    let person = PathBuf::from(words.first().expect("FOLDER of a person"));
    let count: usize = words
        .get(1)
        .map_or(10_000, |word| word.parse().expect("COUNT"));
    let bureau = Bureau::of("uto-passport", OffsetDateTime::now_utc());
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    place::init(place);
    let store = place.join("register.sqlite").display().to_string();
    let office = place::office(place, &store, &bureau).await;
    println!(
        "{:>12} {:>10} {:>10}",
        "applications", "RSS, MiB", "peak, MiB"
    );
    print(0);
    let mut seen = Vec::new();
    for from in (0..count).step_by(AT_ONCE) {
        place::chips(&office, from..from + AT_ONCE).await;
        let packets = packets(place, &person, from);
        for stage in 0..line::STAGES.len() {
            line::stage(stage, &office, &packets).await;
        }
        for (_, path) in &packets {
            fs::remove_file(path).unwrap();
        }
        fs::remove_dir_all(place.join("intake/packets")).unwrap();
        fs::create_dir(place.join("intake/packets")).unwrap();
        let done = from + AT_ONCE;
        if done.is_multiple_of(EACH) {
            let memory = print(done);
            if done > WARM {
                seen.push(memory);
            }
        }
    }
    let (least, most) = seen.iter().fold((f64::MAX, 0.0_f64), |(least, most), one| {
        (least.min(*one), most.max(*one))
    });
    let middle = f64::midpoint(least, most);
    println!(
        "{least:.0} to {most:.0} MiB: ± {:.1} % of the middle; {}",
        100.0 * (most - middle) / middle,
        meter::load()
    );
}

fn print(done: usize) -> f64 {
    let [now, peak] = ["VmRSS:", "VmHWM:"].map(|line| meter::memory("self", line));
    println!("{done:>12} {now:>10.0} {peak:>10.0}");
    now
}

/// Lets another process seal packets: a station is not measured here.
fn packets(place: &Path, person: &Path, from: usize) -> Vec<line::Packet> {
    let output = Command::new(std::env::current_exe().unwrap())
        .arg("seal")
        .args([place, person])
        .arg(from.to_string())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let line = |line: &str| -> line::Packet {
        let (id, path) = line.split_once(' ').unwrap();
        (id.parse::<Uuid>().unwrap(), path.into())
    };
    text.lines().map(line).collect()
}

fn sealed(place: &Path, person: &Path, from: usize) {
    for (id, path) in place::packets(place, person, from..from + AT_ONCE) {
        println!("{id} {}", path.display());
    }
}
