//! Backups: whole while commits go on, refused where they are damaged, never restored over anything.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;
use test_support::postgres::{self, Database};

use crate::program::{Home, copy};
use crate::writer::{self, Writer};

const PACKET: &str = "intake/packets/ab/cd/TEST.sealed";

/// A service with something in every folder, and the place of its register.
fn made(folder: &TempDir, database: Option<&Database>) -> (Home, String) {
    let path = folder.path().join("service");
    let store = database.map_or_else(|| "register.sqlite".to_owned(), Database::url);
    let home = match database {
        Some(_) => Home::with_store(path.clone(), &store),
        None => Home(path.clone()),
    };
    home.serve().end();
    let packet = home.path(PACKET);
    fs::create_dir_all(packet.parent().unwrap()).unwrap();
    fs::write(packet, b"TEST sealed octets").unwrap();
    fs::write(home.path("intake/known/TEST.json"), b"{}").unwrap();
    fs::remove_file(home.path("intake/known/TEST.json")).unwrap();
    let place = match database {
        Some(_) => store,
        None => path.join(store).display().to_string(),
    };
    (home, place)
}

/// The whole story on one kind of store; `other` is where it is restored.
fn tell(database: Option<&Database>, other: Option<&Database>) {
    let folder = tempfile::tempdir().unwrap();
    let (home, place) = made(&folder, database);
    let served = home.serve();
    let writer = Writer::start(&place);
    let to = |name: &str| folder.path().join(name);
    let mut before = Vec::new();
    let begun = Instant::now();
    for round in 0..3 {
        std::thread::sleep(Duration::from_millis(300));
        before = writer.acknowledged();
        assert!(before.len() > round, "commits go on");
        let out = to(&format!("backup-{round}"));
        let (code, said, log) =
            home.run(&["backup", "--with-keys", "--out", &out.display().to_string()]);
        assert_eq!(code, 0, "{log}");
        assert_eq!(said["has_keys"], true);
        assert_eq!(said["manifest_sha256"].as_str().unwrap().len(), 64);
    }
    let took = begun.elapsed() / 3;
    let during = writer.acknowledged().len();
    assert!(during > before.len(), "commits went on meanwhile");
    let all = writer.end();
    served.end();
    println!(
        "{} rows before the last backup, {during} behind it, {all} at the end; a backup took {took:?}",
        before.len()
    );

    let backup = to("backup-2");
    let there = match other {
        Some(other) => Home::with_store(to("restored"), &other.url()),
        None => Home(to("restored")),
    };
    let words = ["restore", "--from", &backup.display().to_string()].map(str::to_owned);
    let words = words.each_ref().map(String::as_str);
    let (code, said, log) = there.run(&words);
    assert_eq!(code, 0, "{log}{said}");
    let restored = match other {
        Some(other) => other.url(),
        None => there.path("register.sqlite").display().to_string(),
    };
    assert_eq!(
        writer::found(&restored, &before),
        before.len(),
        "what was acknowledged before the backup is in it"
    );
    let read = |home: &Home, of: &str| fs::read(home.path(of)).unwrap();
    for of in [
        PACKET,
        "keys/audit.key",
        "intake/keys/register.key",
        "intake/service.json",
    ] {
        assert!(read(&home, of) == read(&there, of), "{of}");
    }
    let (code, _, log) = there.run(&["restored", "--accept"]);
    assert_eq!(code, 0, "{log}");
    let (code, said, log) = there.run(&["doctor"]);
    assert_eq!(
        (code, &said["well"]),
        (0, &Value::Bool(true)),
        "{said}{log}"
    );
    assert!(said["log"]["proved"].as_u64().unwrap() > 0, "{said}");
    // It goes on as a service.
    there.serve().end();
    let (code, _, log) = there.run(&words);
    assert_eq!(code, 7, "nothing is restored over it: {log}");
    assert!(log.contains("already"), "{log}");
    let (code, _, log) = home.run(&["backup", "--out", &backup.display().to_string()]);
    assert_eq!(code, 7, "nothing is overwritten: {log}");
}

#[test]
fn a_service_on_sqlite_is_made_of_its_backup() {
    tell(None, None);
}

#[test]
#[ignore = "needs PostgreSQL (cargo xtask test starts it)"]
fn a_service_on_postgres_is_made_of_its_backup() {
    tell(Some(&postgres::database()), Some(&postgres::database()));
}

/// Over tables that are there nothing is restored, and they stay as they are.
#[test]
#[ignore = "needs PostgreSQL (cargo xtask test starts it)"]
fn a_database_that_is_not_empty_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let database = postgres::database();
    let (home, _) = made(&folder, Some(&database));
    let backup = folder.path().join("backup").display().to_string();
    let (code, _, log) = home.run(&["backup", "--with-keys", "--out", &backup]);
    assert_eq!(code, 0, "{log}");
    let before = database.dump();
    let there = Home::with_store(folder.path().join("there"), &database.url());
    let (code, _, log) = there.run(&["restore", "--from", &backup]);
    assert_eq!(code, 7, "{log}");
    assert!(log.contains("already"), "{log}");
    let without_key = |dump: &str| {
        let is_key =
            |line: &&str| !line.starts_with("\\restrict") && !line.starts_with("\\unrestrict");
        dump.lines().filter(is_key).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(without_key(&database.dump()), without_key(&before));
    // A backup of one kind of store does not become the other.
    let sqlite = Home::with_store(folder.path().join("sqlite"), "register.sqlite");
    let (code, _, log) = sqlite.run(&["restore", "--from", &backup]);
    assert_eq!(code, 2, "{log}");
    let mut command = home.command(&["backup", "--out", "elsewhere"]);
    let output = command
        .current_dir(folder.path())
        .env("PATH", "/nonexistent")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("pg_dump is not installed"), "{said}");
}

#[test]
fn keys_are_kept_apart_unless_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let (home, _) = made(&folder, None);
    let backup = folder.path().join("backup");
    let words = ["backup", "--out", &backup.display().to_string()].map(str::to_owned);
    let (code, said, log) = home.run(&words.each_ref().map(String::as_str));
    assert_eq!(code, 0, "{log}");
    assert_eq!(said["has_keys"], false);
    assert!(said["not_in_it"][0].as_str().unwrap().contains("keys"));
    for entry in fs::read_dir(&backup).unwrap() {
        let name = entry.unwrap().file_name();
        assert!(!name.to_string_lossy().contains("keys"), "{name:?}");
    }
    let there = Home(folder.path().join("there"));
    let from = backup.display().to_string();
    let (code, _, log) = there.run(&["restore", "--from", &from]);
    assert_eq!(code, 7, "{log}");
    assert!(log.contains("audit.key"), "{log}");
    for folder in ["keys", "intake/keys"].map(|of| there.path(of)) {
        let folder = format!("to {}", folder.display());
        assert!(log.contains(&folder), "{folder}: {log}");
    }
    assert!(
        !there.path("register.sqlite").exists() && !there.path("issuance-service.toml").exists()
    );
    copy(&home.path("keys"), &there.path("keys"));
    copy(&home.path("intake/keys"), &there.path("intake/keys"));
    let (code, _, log) = there.run(&["restore", "--from", &from]);
    assert_eq!(code, 0, "{log}");
    assert_eq!(there.run(&["restored", "--accept"]).0, 0);
    let (code, said, _) = there.run(&["doctor"]);
    assert_eq!((code, &said["well"]), (0, &Value::Bool(true)), "{said}");
}

/// Whoever can write a backup can write a manifest for it. A digest that was kept elsewhere knows; and what is in no backup is listed with its places.
#[test]
fn a_backup_that_was_made_anew_is_refused_and_what_it_lacks_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let (home, _) = made(&folder, None);
    let file = home.path("issuance-service.toml");
    let issuer = folder.path().join("issuer");
    fs::create_dir(&issuer).unwrap();
    let text = fs::read_to_string(&file).unwrap();
    let text = format!(
        "pki = \"../issuer\"\n{}",
        text.replace(
            "[serve]\n",
            "[serve]\npassword-file = \"secret/password\"\n"
        )
    );
    fs::write(&file, &text).unwrap();
    let out = folder.path().join("backup");
    let from = out.display().to_string();
    let (code, said, log) = home.run(&["backup", "--with-keys", "--out", &from]);
    assert_eq!(code, 0, "{log}");
    let digest = said["manifest_sha256"].as_str().unwrap().to_owned();
    let other = folder.path().join("other");
    copy(&out, &other);
    let manifest = other.join("manifest.json");
    let changed = fs::read_to_string(&manifest).unwrap() + "\n";
    fs::write(&manifest, changed).unwrap();
    let deep = Home(folder.path().join("deep/restored"));
    let words = ["restore", "--manifest-sha256", &digest, "--from"];
    let (code, _, log) = deep.run(&[&words[..], &[&other.display().to_string()]].concat());
    assert_eq!(code, 6, "{log}");
    assert!(
        log.contains("another manifest") && !deep.0.exists(),
        "{log}"
    );
    let (code, _, log) = deep.run(&["restore", "--from", &from, "--manifest-sha256", "12"]);
    assert_eq!(code, 2, "{log}");
    let (code, said, log) = deep.run(&[&words[..], &[&from]].concat());
    assert_eq!(
        (code, &said["manifest_compared"]),
        (0, &true.into()),
        "{said}{log}"
    );
    assert_eq!(said["keys"][0], deep.path("keys").display().to_string());
    let named = said["named"].as_array().unwrap();
    assert_eq!(named.len(), 2, "{said}");
    let check = |of: usize, setting: &str, path: &str, was: &Path| {
        let named = &named[of];
        assert_eq!(named["setting"], setting);
        assert_eq!(named["path"], deep.path(path).display().to_string());
        assert_eq!(named["there"], false, "{named}");
        assert_eq!(named["was"], was.display().to_string());
    };
    check(0, "pki", "../issuer", &home.path("../issuer"));
    check(
        1,
        "serve.password-file",
        "secret/password",
        &home.path("secret/password"),
    );
    // Beside the issuer it is found.
    let beside = Home(folder.path().join("beside"));
    let (code, said, log) = beside.run(&["restore", "--from", &from]);
    assert_eq!(
        (code, &said["manifest_compared"]),
        (0, &false.into()),
        "{log}"
    );
    assert_eq!(said["named"][0]["there"], true, "{said}");
}

/// Only packets go away while a backup is taken: anything else that is not there is an error.
#[test]
fn what_is_missing_at_the_source_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (home, _) = made(&folder, None);
    fs::remove_file(home.path("intake/service.json")).unwrap();
    let out = folder.path().join("backup");
    let (code, _, log) = home.run(&["backup", "--out", &out.display().to_string()]);
    assert_ne!(code, 0, "{log}");
    assert!(log.contains("service.json"), "{log}");
    assert!(!out.join("manifest.json").exists());
}

#[test]
fn a_damaged_backup_makes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (home, _) = made(&folder, None);
    let good = folder.path().join("good");
    let words = [
        "backup",
        "--with-keys",
        "--out",
        &good.display().to_string(),
    ]
    .map(str::to_owned);
    assert_eq!(home.run(&words.each_ref().map(String::as_str)).0, 0);
    let check = |name: &str, damage: &dyn Fn(&Path)| {
        let bad = folder.path().join(name);
        copy(&good, &bad);
        damage(&bad);
        let there = Home(folder.path().join(format!("{name}-restored")));
        let (code, _, log) = there.run(&["restore", "--from", &bad.display().to_string()]);
        assert_eq!(code, 6, "{name}: {log}");
        assert!(!there.0.exists(), "{name}: something was made");
    };
    let flip = |path: &Path| {
        let mut octets = fs::read(path).unwrap();
        let at = octets.len() / 2;
        octets[at] ^= 1;
        fs::write(path, octets).unwrap();
    };
    for file in [
        "register.sqlite",
        "packets/ab/cd/TEST.sealed",
        "keys/audit.key",
        "issuance-service.toml",
    ] {
        let name = file.replace('/', "-");
        check(&format!("flipped-{name}"), &|bad| flip(&bad.join(file)));
        check(&format!("gone-{name}"), &|bad| {
            fs::remove_file(bad.join(file)).unwrap();
        });
    }
    check("more", &|bad| {
        fs::write(bad.join("packets/more"), b"x").unwrap();
    });
    check("short", &|bad| {
        let path = bad.join("register.sqlite");
        let octets = fs::read(&path).unwrap();
        fs::write(&path, &octets[..octets.len() - 1]).unwrap();
    });
    check("no-manifest", &|bad| {
        fs::remove_file(bad.join("manifest.json")).unwrap();
    });
    check("no-json", &|bad| {
        fs::write(bad.join("manifest.json"), b"{").unwrap();
    });
    check("another-form", &|bad| {
        let path = bad.join("manifest.json");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(path, text.replace("\"format\": 1", "\"format\": 2")).unwrap();
    });
}
