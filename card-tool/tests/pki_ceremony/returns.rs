//! What must not come back, what must not be lost sight of, and who works where others work.

use std::fs;
use std::time::Duration;

use super::house::{DONE, House, PERSONS, POLICY, USAGE};
use super::support::{Running, card_tool, tree};

#[test]
fn a_lost_revocation_list_brings_no_signer_back() {
    let house = House::ready();
    house.signer("master-list-signer", "ml", &[]);
    house.request("crl", "crl1", &[]).expect(DONE);
    house.sign("crl1").expect(DONE);
    let ml = house.path("issuer/list-signers/ml.der");
    house.signer("crl", "crl2", &["--revoke", &ml]);
    let (list, out) = (house.file("issuer/csca.crl"), house.path("national.ml"));
    let issuer = house.path("issuer");
    let kept = fs::read(&list).unwrap();
    let make = ["master-list", "make", &issuer, "--out", &out];
    house.pki(&make).expect(POLICY);
    fs::remove_file(&list).unwrap();
    house.pki(&make).expect(POLICY);
    let said = house.pki(&["signer", "status", &issuer]).expect(POLICY);
    assert!(said.stdout.contains("was accepted"), "{}", said.stdout);
    // The list of before does not become the newest one.
    house.accept("crl1").expect(POLICY);
    assert!(!list.exists());
    // Nor does it where it was put by hand.
    let older = ceremony::Answer::read(&house.bytes("crl1.answer.json")).unwrap();
    fs::write(&list, older.body().issued.der().as_bytes()).unwrap();
    house.pki(&make).expect(POLICY);
    let said = house.pki(&["signer", "status", &issuer]).expect(POLICY);
    let error = said.json()["error"].to_string();
    assert!(
        error.contains("list 2 (hexadecimal) was accepted, and csca.crl is the list 1"),
        "{error}"
    );
    // Brought back, or followed by the next one, all is as before.
    fs::write(&list, kept).unwrap();
    assert_eq!(house.status()["signers"][0]["state"], "revoked");
    fs::remove_file(&list).unwrap();
    house.signer("crl", "crl3", &[]);
    assert_eq!(house.status()["signers"][0]["state"], "revoked");
}

/// A folder of before, which has a list and nothing that says so elsewhere.
#[test]
fn a_folder_of_before_remembers_its_list_from_now_on() {
    let house = House::ready();
    house.signer("crl", "crl1", &[]);
    let accepted = house.file("issuer/document-signers/accepted-crl.toml");
    fs::remove_file(&accepted).unwrap();
    assert_eq!(house.status()["crl"]["number"], "01");
    house.request("document-signer", "ds1", &[]).expect(DONE);
    assert!(accepted.exists());
    fs::remove_file(house.file("issuer/csca.crl")).unwrap();
    house.sign("ds1").expect(DONE);
    house.accept("ds1").expect(POLICY);
}

fn withdraw_slowly(house: &House, name: &str) -> super::support::Ended {
    let issuer = house.path("issuer");
    let mut all = vec!["signer", "withdraw", &issuer, "--name", name, "--yes"];
    all.extend(PERSONS);
    house.pki(&all)
}

#[test]
fn nobody_writes_where_somebody_else_is_asked() {
    let house = House::ready();
    house.signer("master-list-signer", "ml", &[]);
    for name in ["ds1", "ds2"] {
        house.request("document-signer", name, &[]).expect(DONE);
        house.sign(name).expect(DONE);
    }
    // As a withdrawal that waits for its yes.
    let lock = fs::File::create(house.file("issuer/work.lock")).unwrap();
    lock.lock().unwrap();
    let before = tree(&house.file("issuer"));
    std::thread::scope(|scope| {
        scope.spawn(|| house.accept("ds1").expect(POLICY));
        scope.spawn(|| withdraw_slowly(&house, "ds2").expect(POLICY));
        scope.spawn(|| house.request("document-signer", "ds3", &[]).expect(POLICY));
        scope.spawn(|| {
            let issuer = house.path("issuer");
            let mut all = vec![
                "signer", "retire", &issuer, "--name", "ml", "--early", "--yes",
            ];
            all.extend(PERSONS);
            house.pki(&all).expect(POLICY);
        });
    });
    assert!(tree(&house.file("issuer")) == before);
    drop(lock);
    house.accept("ds1").expect(DONE);
}

#[test]
fn two_requests_of_one_name_at_once_are_one() {
    let house = House::ready();
    let ended = std::thread::scope(|scope| {
        let run = |out: &'static str| {
            let house = &house;
            scope.spawn(move || {
                let (issuer, out) = (house.path("issuer"), house.path(out));
                house.pki(&[
                    "signer",
                    "request",
                    &issuer,
                    "--kind",
                    "document-signer",
                    "--name",
                    "ds1",
                    "--out",
                    &out,
                ])
            })
        };
        let both = [run("a.json"), run("b.json")];
        both.map(|one| one.join().unwrap())
    });
    let mut codes = ended.each_ref().map(|ended| ended.code.unwrap());
    codes.sort_unstable();
    assert_eq!(codes, [DONE, POLICY], "{ended:?}");
    let out = ["a.json", "b.json"].map(|name| house.file(name));
    let written = out.iter().find(|path| path.exists()).unwrap();
    fs::rename(written, house.file("ds1.request.json")).unwrap();
    house.sign("ds1").expect(DONE);
    house.accept("ds1").expect(DONE);
    assert_eq!(house.status()["broken_off"], serde_json::json!([]));
}

/// The key that was certified before a link is still good after it.
#[test]
fn an_answer_from_before_a_link_is_accepted_after_it() {
    let house = House::ready();
    house.request("document-signer", "a1", &[]).expect(DONE);
    house.sign("a1").expect(DONE);
    house.ceremony(&["link", &house.path("root")]).expect(DONE);
    house.signer("document-signer", "a2", &[]);
    let csca = house.bytes("issuer/csca.der");
    house.accept("a1").expect(DONE);
    assert!(
        house.bytes("issuer/csca.der") == csca,
        "the newest one stays in use"
    );
    assert_eq!(house.status()["signers"].as_array().unwrap().len(), 2);
}

#[test]
fn an_address_says_nothing_on_paper_that_it_does_not_say_in_the_certificate() {
    for address in [
        "https://a/\n FAKE FACT\x1b[31m",
        "https://a/ b",
        "",
        "https://\u{202e}a/",
    ] {
        for option in ["--contact", "--crl-url"] {
            let house = House::new();
            let root = house.path("root");
            let said = house.ceremony(&[
                "init",
                &root,
                "--country",
                "UT",
                "--state",
                "UTO",
                "--document-types",
                "P",
                option,
                address,
            ]);
            said.expect(USAGE);
            assert!(!house.file("root/journal.jsonl").exists(), "{address:?}");
            assert!(!house.file("root/csca-1.key").exists(), "{address:?}");
        }
    }
}

/// A copy of which no record tells is told of until one does.
#[test]
fn a_copy_of_a_backup_that_broke_off_is_recorded_by_the_next_one() {
    let house = House::ready();
    let root = house.path("root");
    let journal = house.bytes("root/journal.jsonl");
    let (first, second) = (house.path("first.backup"), house.path("second.backup"));
    let said = house
        .ceremony(&["backup", &root, "--out", &first])
        .expect(DONE)
        .json();
    assert!(!house.file("root/unfinished.toml").exists());
    let sha256 = said["sha256"].as_str().unwrap();
    // As the ceremony leaves it that ends between copy and journal.
    fs::write(house.file("root/journal.jsonl"), journal).unwrap();
    let note = format!("keys = []\n[[copies]]\npath = {first:?}\nsha256 = {sha256:?}\n");
    fs::write(house.file("root/unfinished.toml"), note).unwrap();
    let warned = house.ceremony(&["crl", &root]).expect(DONE).stderr;
    assert!(warned.contains(sha256), "{warned}");
    house
        .ceremony(&["backup", &root, "--out", &second])
        .expect(DONE);
    let log = house.log("root");
    let record = log["records"].as_array().unwrap().last().unwrap();
    assert!(record["facts"].to_string().contains(sha256), "{record}");
    assert!(!house.file("root/unfinished.toml").exists());
}

/// The key that a killed `registrar init` has left is known, and gone before the next one is made.
#[test]
fn the_key_of_a_registrar_that_broke_off_is_ended() {
    let house = House::new();
    house.init().expect(DONE);
    house.registrar().expect(DONE);
    assert!(!house.file("issuer/unfinished.toml").exists());
    let key = house.bytes("issuer/registrar.key");
    fs::remove_file(house.file("issuer/issuer.toml")).unwrap();
    // Whose it is nobody knows where nothing has noted it.
    house.registrar().expect(POLICY);
    assert!(house.bytes("issuer/registrar.key") == key);
    let note = "registrar-key = \"file:registrar.key\"\n";
    fs::write(house.file("issuer/unfinished.toml"), note).unwrap();
    let said = house.registrar().expect(DONE);
    assert!(said.stderr.contains("destroyed"), "{}", said.stderr);
    assert!(house.bytes("issuer/registrar.key") != key);
    assert!(!house.file("issuer/unfinished.toml").exists());
}

/// Killed between the copy and the journal, the note is there.
#[cfg(unix)]
#[test]
fn a_backup_is_noted_before_it_is_written() {
    let house = House::ready();
    let root = house.path("root");
    let mut command = card_tool(["pki", "csca", "backup", &root, "--yes", "--out"]);
    command.arg(house.file("root.backup")).args(PERSONS);
    command.envs(house.secrets.iter().map(|(name, value)| (name, value)));
    let running = Running::start(&mut command);
    while !house.file("root/unfinished.toml").exists() && !house.file("root.backup").exists() {
        std::thread::sleep(Duration::from_millis(1));
    }
    running.signal("KILL");
    running.end();
    let is_recorded = house.acts("root").last().unwrap() == "backup";
    let is_noted = house.file("root/unfinished.toml").exists();
    assert!(is_recorded || is_noted || !house.file("root.backup").exists());
}

#[cfg(unix)]
fn pipe(path: &std::path::Path) {
    let _ = fs::remove_file(path);
    let made = std::process::Command::new("mkfifo").arg(path).status();
    assert!(made.unwrap().success());
}

/// What is written to is looked at before anything is done.
#[cfg(unix)]
#[test]
fn an_impossible_place_is_refused_before_the_act() {
    let house = House::ready();
    let root = house.path("root");
    pipe(&house.file("pipe"));
    fs::create_dir(house.file("folder")).unwrap();
    let journal = house.bytes("root/journal.jsonl");
    for out in ["pipe", "folder", "nowhere/file"] {
        for verb in ["crl", "backup"] {
            house
                .ceremony(&[verb, &root, "--out", &house.path(out)])
                .expect(USAGE);
            assert!(house.bytes("root/journal.jsonl") == journal, "{verb} {out}");
        }
    }
}

/// A pipe in the place of a file is not waited for.
#[cfg(unix)]
#[test]
fn pipes_in_the_place_of_files_do_not_hang() {
    let house = House::ready();
    house.request("document-signer", "ds1", &[]).expect(DONE);
    house.sign("ds1").expect(DONE);
    let root = house.path("root");
    for name in [
        "root/journal.lock",
        "root/csca.der",
        "root/records/0001-create.txt",
    ] {
        let kept = fs::read(house.file(name)).unwrap();
        pipe(&house.file(name));
        let mut command = card_tool(["pki", "csca", "crl", &root, "--yes"]);
        command.args(PERSONS);
        command.envs(house.secrets.iter().map(|(name, value)| (name, value)));
        ends(Running::start(&mut command), name);
        fs::remove_file(house.file(name)).unwrap();
        fs::write(house.file(name), kept).unwrap();
    }
    pipe(&house.file("issuer/document-signers/.lock"));
    let (issuer, answer) = (house.path("issuer"), house.path("ds1.answer.json"));
    let mut command = card_tool(["pki", "signer", "accept", &issuer, &answer]);
    command.envs(house.secrets.iter().map(|(name, value)| (name, value)));
    ends(Running::start(&mut command), ".lock");
}

#[cfg(unix)]
fn ends(running: Running, what: &str) {
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || tell.send(running.end().code));
    let code = told
        .recv_timeout(Duration::from_secs(60))
        .unwrap_or_else(|_| panic!("{what}: hangs"));
    assert_ne!(code, Some(DONE), "{what}");
}
