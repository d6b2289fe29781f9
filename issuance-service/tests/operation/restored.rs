//! What a register that was restored never does: give something twice, go on unasked, say another thing under the old name of its log.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use crypto::SecretBytes;
use enrolment::personal_number::RegisteredBirth;
use enrolment::profiles;
use issuance_service::Config;
use issuance_service::intake::{IntakeDesk, IntakeFolder};
use issuance_service::office::Office;
use issuance_service::relying::status;
use mrz::Sex;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use register::store::{Change, Store as _};
use serde_json::Value;
use tempfile::TempDir;
use test_support::postgres::{self, Database};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::program::{Home, copy};

const PASSPORT: &str = "uto-passport";
const CARD: &str = "vn-can-cuoc-2024";
/// Of each kind.
const DRAWN: usize = 12;

fn rng() -> StdRng {
    StdRng::from_rng(&mut rand::rng())
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(work)
}

async fn office(home: &Home, data_centre: &str) -> Office {
    let config = Config::read(&home.path("issuance-service.toml")).unwrap();
    let store = config.open_store().await.unwrap();
    let none = SecretBytes::new(Vec::new());
    let folder = IntakeFolder::new(config.intake);
    let desk = IntakeDesk::open(&folder, &none, store, Box::new(rng())).unwrap();
    let randomness = Arc::new(|| Box::new(rng()) as _);
    Office::new(Arc::new(desk), None, data_centre.to_owned(), randomness)
}

/// Numbers of documents, of people born in each of these years, and places in the status lists.
async fn draw(home: &Home, data_centre: &str, years: &[i32]) -> Vec<String> {
    let office = office(home, data_centre).await;
    let now = OffsetDateTime::now_utc();
    let mut drawn = Vec::new();
    let passport = profiles::by_id(PASSPORT).unwrap();
    let scheme = profiles::by_id(CARD).unwrap().number_scheme().unwrap();
    for _ in 0..DRAWN {
        let number = office.free_document_number(passport, now).await.unwrap();
        drawn.push(number.unwrap());
        for year in years {
            let birth = RegisteredBirth {
                place: "001",
                sex: Sex::Female,
                year: *year,
                registered: now.date(),
            };
            drawn.push(office.free_number(scheme, &birth, now).await.unwrap());
        }
        let mut change = Change::new(now);
        let place = status::assign(
            office.store(),
            office.desk().vault(),
            &mut change,
            Uuid::now_v7(),
        );
        drawn.push(place.await.unwrap().to_string());
    }
    office.store().close().await;
    drawn
}

/// As if so many blocks of documents had been used up.
async fn use_up(home: &Home, data_centre: &str, life: &str) {
    let office = office(home, data_centre).await;
    let numbers = profiles::by_id(PASSPORT).unwrap().data().document_numbers;
    let series = numbers.unwrap().series("UTO");
    let counter = format!("numbers/{data_centre}/{series}{life}");
    office.store().take_numbers(&counter, 990).await.unwrap();
    office.store().close().await;
}

fn made(folder: &TempDir, database: Option<&Database>) -> Home {
    let path = folder.path().join("service");
    let home = match database {
        Some(database) => Home::with_store(path, &database.url()),
        None => Home(path),
    };
    home.serve().end();
    home
}

pub fn run(home: &Home, words: &[&str], code: i32) -> Value {
    let (found, said, log) = home.run(words);
    assert_eq!(found, code, "{words:?}: {said}{log}");
    said
}

pub fn backup(home: &Home, folder: &Path, name: &str) -> String {
    let out = folder.join(name).display().to_string();
    run(home, &["backup", "--with-keys", "--out", &out], 0);
    out
}

/// Numbers given before the backup, after it, and after each restore: none comes twice, in no data centre, in no series.
fn nothing_twice(databases: &[Database], words: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let home = made(&folder, databases.first());
    let mut given = BTreeSet::new();
    let mut keep = |drawn: Vec<String>| {
        for number in drawn {
            assert!(given.insert(number.clone()), "{number} comes twice");
        }
    };
    keep(block_on(draw(&home, "one", &[1997])));
    let out = backup(&home, folder.path(), "backup");
    // A series and a data centre that the backup does not know, and a block that it does not know.
    keep(block_on(draw(&home, "one", &[1997, 1998])));
    block_on(use_up(&home, "one", ""));
    keep(block_on(draw(&home, "one", &[1997, 1998])));
    keep(block_on(draw(&home, "two", &[1997, 1998])));
    for time in 0..2_u8 {
        let path = folder.path().join(format!("restored-{time}"));
        let there = match databases.get(usize::from(time) + 1) {
            Some(database) => Home::with_store(path, &database.url()),
            None => Home(path),
        };
        let before = time.to_string();
        let all = [
            &["restore", "--from", &out, "--restored-before", &before],
            words,
        ]
        .concat();
        run(&there, &all, 0);
        for data_centre in ["one", "two", "three"] {
            keep(block_on(draw(&there, data_centre, &[1997, 1998, 1999])));
        }
        if time == 0 {
            // The copy of a restored register is restored itself.
            run(&there, &["restored", "--accept"], 0);
        }
    }
}

#[test]
fn no_number_comes_twice_on_sqlite() {
    nothing_twice(&[], &[]);
    nothing_twice(&[], &["--issued-since", "200"]);
}

#[test]
#[ignore = "needs PostgreSQL (cargo xtask test starts it)"]
fn no_number_comes_twice_on_postgres() {
    let databases = [(); 3].map(|()| postgres::database());
    nothing_twice(&databases, &[]);
}

/// It is only looked at until somebody has accepted it, and its log has another name from the first entry on.
#[test]
fn a_restored_register_waits_for_somebody() {
    let folder = tempfile::tempdir().unwrap();
    let home = made(&folder, None);
    assert_eq!(run(&home, &["restored"], 0)["restored"], Value::Null);
    let log = run(&home, &["restored"], 0)["log"]
        .as_str()
        .unwrap()
        .to_owned();
    let out = backup(&home, folder.path(), "backup");
    let there = Home(folder.path().join("restored"));
    run(&there, &["restore", "--from", &out], 0);
    run(&there, &["serve", "--insecure-loopback"], 7);
    let said = run(&there, &["doctor"], 6);
    let findings = said["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1, "{said}");
    assert_eq!(findings[0]["part"], "restored");
    let said = run(&there, &["restored"], 7);
    assert_eq!(said["accepted"], false);
    let name = said["log"].as_str().unwrap().to_owned();
    assert!(name.starts_with(&format!("{log}/restored-")), "{name}");
    there.serve_with(&["--reconcile"]).end();
    run(&there, &["restored", "--accept"], 0);
    assert_eq!(run(&there, &["restored"], 0)["log"], name.as_str());
    assert_eq!(run(&there, &["doctor"], 0)["well"], true);
    there.serve().end();
    // Restored a second time it has a third name, and every name is known.
    let out = backup(&there, folder.path(), "again");
    let again = Home(folder.path().join("restored-again"));
    run(&again, &["restore", "--from", &out], 0);
    let said = run(&again, &["restored", "--accept"], 0);
    assert_ne!(said["log"], name.as_str());
    assert_eq!(run(&again, &["doctor"], 0)["well"], true);
}

/// Killed before the register was there: nothing starts, no key is made, and the same call goes on.
#[test]
fn a_restore_that_was_killed_starts_nothing_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let home = made(&folder, None);
    fs::create_dir_all(home.path("intake/packets/ab")).unwrap();
    fs::write(home.path("intake/packets/ab/TEST.sealed"), b"TEST").unwrap();
    let out = backup(&home, folder.path(), "backup");
    // A register without a fence, where the file is made: as one that was left by a kill in the middle.
    let there = Home(folder.path().join("restored"));
    fs::create_dir_all(&there.0).unwrap();
    fs::write(there.path("restore-unfinished"), b"").unwrap();
    let left = there.path(".register.sqlite.restoring");
    fs::copy(Path::new(&out).join("register.sqlite"), &left).unwrap();
    copy(&home.path("keys"), &there.path("keys"));
    fs::remove_file(there.path("keys/audit.key")).unwrap();
    fs::copy(
        home.path("issuance-service.toml"),
        there.path("issuance-service.toml"),
    )
    .unwrap();
    for words in [
        &["serve", "--insecure-loopback"][..],
        &["doctor"],
        &["list"],
    ] {
        run(&there, words, 7);
        assert!(
            !there.path("keys/audit.key").exists(),
            "{words:?} made a key"
        );
    }
    run(&there, &["restore", "--from", &out], 0);
    for of in ["keys/audit.key", "intake/packets/ab/TEST.sealed"] {
        let read = |home: &Home| fs::read(home.path(of)).unwrap();
        assert!(read(&home) == read(&there), "{of}");
    }
    assert!(!there.path("restore-unfinished").exists() && !left.exists());
    run(&there, &["restored", "--accept"], 0);
    assert_eq!(run(&there, &["doctor"], 0)["well"], true);
    // A file that is there and not that of the backup is not taken for it.
    let other = Home(folder.path().join("other"));
    copy(&home.path("keys"), &other.path("keys"));
    fs::write(other.path("keys/audit.key"), b"another").unwrap();
    fs::write(other.path("restore-unfinished"), b"").unwrap();
    run(&other, &["restore", "--from", &out], 7);
    assert!(!other.path("register.sqlite").exists());
}

/// The program is killed at many moments: whatever is left refuses to serve, or is whole and fenced.
#[test]
fn killed_at_any_moment_it_is_unfinished_or_whole() {
    let folder = tempfile::tempdir().unwrap();
    let home = made(&folder, None);
    let out = backup(&home, folder.path(), "backup");
    let mut unfinished = 0;
    for round in 0..24_u64 {
        let there = Home(folder.path().join(format!("killed-{round}")));
        let mut command = there.command(&["restore", "--from", &out]);
        let mut child = command.stdout(Stdio::null()).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(5 + 4 * round));
        child.kill().unwrap();
        child.wait().unwrap();
        let marked = there.path("restore-unfinished").exists();
        unfinished += usize::from(marked);
        if marked {
            run(&there, &["serve", "--insecure-loopback"], 7);
        }
        if marked && !there.path("register.sqlite").exists() {
            run(&there, &["restore", "--from", &out], 0);
        }
        if there.path("register.sqlite").exists() && !there.path("restore-unfinished").exists() {
            assert!(there.path("keys/audit.key").exists());
            run(&there, &["restored"], 7);
        }
    }
    println!("{unfinished} of 24 were killed before they had finished");
    assert!(unfinished > 0);
}
