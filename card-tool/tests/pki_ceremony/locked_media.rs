//! A stick that is locked, or the folder of somebody else: what can be told is told, and nothing is written.

#![cfg(unix)]

use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;

use super::house::{DONE, House};
use super::support::{Ended, end, tree};

/// Of whom no file here is.
const NOBODY: u32 = 65_534;

fn mode(path: &Path, mode: u32) {
    set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// Runs the program where nothing in a folder of the house can be written.
fn run_locked(house: &House, folder: &str, inner: &[&str], arguments: &[&str]) -> Ended {
    let mut folders = vec![house.file(""), house.file(folder)];
    folders.extend(inner.iter().map(|name| house.file(folder).join(name)));
    for path in tree(&house.file(folder)).keys() {
        mode(path, 0o444);
    }
    for path in &folders {
        mode(path, 0o555);
    }
    let probe = house.file(folder).join("probe");
    let is_root = std::fs::write(&probe, b"").is_ok();
    let _ = std::fs::remove_file(probe);
    // Where this test may write all the same, it becomes somebody who may not, with a program that they may start.
    let program = tempfile::tempdir().unwrap();
    let mut command = std::process::Command::new(if is_root {
        mode(program.path(), 0o755);
        let copy = program.path().join("card-tool");
        std::fs::copy(env!("CARGO_BIN_EXE_card-tool"), &copy).unwrap();
        copy
    } else {
        env!("CARGO_BIN_EXE_card-tool").into()
    });
    if is_root {
        command.uid(NOBODY);
    }
    command.args(arguments).current_dir("/");
    let before = tree(&house.file(folder));
    let said = end(&mut command);
    for path in &folders {
        mode(path, 0o755);
    }
    assert!(tree(&house.file(folder)) == before);
    said
}

#[test]
fn a_journal_is_read() {
    let house = House::ready();
    let root = house.path("root");
    let log = ["pki", "csca", "log", &root];
    let said = run_locked(&house, "root", &["records"], &log).expect(DONE);
    assert!(said.stdout.contains("is signed by the CSCA"), "{said:?}");
    assert!(said.stderr.contains("only read"), "{said:?}");
}

#[test]
fn the_status_of_the_signers_is_read() {
    let house = House::ready();
    let issuer = house.path("issuer");
    house
        .request("document-signer", "ds1", &["--document-limit", "7"])
        .expect(DONE);
    house.sign("ds1").expect(DONE);
    house.accept("ds1").expect(DONE);
    // A writer that was killed has left half a line.
    let ledger = house.file("issuer/document-signers/ds1/usage.ledger");
    let whole = std::fs::read(&ledger).unwrap();
    std::fs::write(&ledger, [&whole[..], b"2 reser"].concat()).unwrap();
    let inner = [
        "keys",
        "requests",
        "list-signers",
        "document-signers",
        "document-signers/ds1",
    ];
    let status = [
        "pki",
        "--output-format",
        "json",
        "signer",
        "status",
        &issuer,
    ];
    let said = run_locked(&house, "issuer", &inner, &status).expect(DONE);
    let signer = &said.json()["signers"][0];
    assert_eq!(
        (&signer["state"], &signer["used"], &signer["limit"]),
        (&"open".into(), &0.into(), &7.into())
    );
}
