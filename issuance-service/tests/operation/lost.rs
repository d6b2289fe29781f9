//! A register that is gone is never taken for one that was not there yet; what was never there is made.

use std::fs;
use std::path::Path;

use crate::program::Home;

/// The verb is refused, and what is said leads to the backup.
fn refused(home: &Home, words: &[&str], todo: &str) {
    let (code, said, log) = home.run(words);
    assert_eq!(code, 6, "{words:?}: {said}{log}");
    assert!(log.contains(todo), "{words:?}: {log}");
}

fn without_log(register: &Path) {
    for end in ["-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{end}", register.display()));
    }
}

#[test]
fn a_register_that_was_emptied_is_no_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home(folder.path().join("service"));
    home.serve().end();
    let register = home.path("register.sqlite");
    let whole = fs::read(&register).unwrap();
    let backup = folder.path().join("backup");
    let (backup, path) = (backup.to_str().unwrap(), home.0.to_str().unwrap());
    let verbs: [&[&str]; 6] = [
        &["doctor"],
        &["account", "list"],
        &["list"],
        &["backup", "--out", backup],
        &["init", path],
        &["serve", "--insecure-loopback"],
    ];
    let check = || {
        for words in verbs {
            refused(&home, words, "`restore` the backup");
        }
        assert!(!Path::new(backup).exists(), "a backup of nothing");
    };
    without_log(&register);
    fs::write(&register, b"").unwrap();
    check();
    assert_eq!(fs::read(&register).unwrap(), b"", "it was filled");
    fs::remove_file(&register).unwrap();
    check();
    assert!(!register.exists(), "it was made");
    // The configuration is lost as well: the keys are still those of a register.
    let configuration = home.path("issuance-service.toml");
    let aside = folder.path().join("aside.toml");
    fs::rename(&configuration, &aside).unwrap();
    refused(&home, &["init", path], "`restore` the backup");
    assert!(!register.exists() && !configuration.exists());
    fs::rename(&aside, &configuration).unwrap();
    fs::write(&register, whole).unwrap();
    home.serve().end();
    assert_eq!(home.run(&["doctor"]).0, 0);
}

/// What a first start leaves that was killed, and a configuration that somebody has written first.
#[test]
fn what_was_never_there_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home(folder.path().join("killed"));
    fs::create_dir_all(home.path("jobs")).unwrap();
    fs::write(home.path("register.sqlite.new-1-0"), b"half").unwrap();
    home.serve().end();
    assert_eq!(home.run(&["doctor"]).0, 0);

    for begun in [None, Some(b"")] {
        let name = format!("written-{}", begun.is_some());
        let home = Home::with_store(folder.path().join(name), "register.sqlite");
        if let Some(begun) = begun {
            fs::write(home.path("register.sqlite"), begun).unwrap();
        }
        let configuration = fs::read(home.path("issuance-service.toml")).unwrap();
        let serve = ["serve", "--insecure-loopback"];
        refused(&home, &serve, "`issuance-service init`");
        let init = ["init", home.0.to_str().unwrap()];
        let (code, said, log) = home.run(&init);
        assert_eq!(code, 0, "{said}{log}");
        assert_eq!(
            fs::read(home.path("issuance-service.toml")).unwrap(),
            configuration
        );
        assert_eq!(home.run(&init).0, 7, "it is there now");
        home.serve().end();
        assert_eq!(home.run(&["doctor"]).0, 0);
    }
}

/// Not whole, or not of SQLite at all: said as that, and nothing half-made is left.
#[test]
fn a_register_that_is_damaged_is_not_backed_up() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home(folder.path().join("service"));
    home.serve().end();
    let register = home.path("register.sqlite");
    without_log(&register);
    let whole = fs::read(&register).unwrap();
    let damaged = |from: usize| {
        let mut octets = whole.clone();
        octets[from..].fill(0xA5);
        octets
    };
    let backup = folder.path().join("backup");
    let words = ["backup", "--out", backup.to_str().unwrap()];
    let open = folder.path().join("open");
    fs::create_dir(&open).unwrap();
    let into = ["backup", "--out", open.to_str().unwrap()];
    for octets in [damaged(0), damaged(whole.len() / 2)] {
        fs::write(&register, octets).unwrap();
        refused(&home, &words, "the register is damaged");
        assert!(!backup.exists());
        refused(&home, &into, "the register is damaged");
        assert_eq!(fs::read_dir(&open).unwrap().count(), 0);
    }
}
