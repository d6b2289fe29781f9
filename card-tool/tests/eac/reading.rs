//! A card whose fingers open to one reader, on real parts: what `read` and `verify` bring with certificates, and what without.

use super::offices::{Offices, USAGE};
use super::support::slot::Slot;
use super::support::{Ended, check, run, word};

const UNDETERMINED: i32 = 3;

/// `read` with the reader's certificates, into a folder of that name.
fn read(slot: &Slot, offices: &Offices, out: &str, more: &[&str]) -> Ended {
    let secret = offices.file("secret.txt");
    std::fs::write(&secret, "secret of the TEST keys").unwrap();
    let (out, can) = (offices.path(out), offices.path("card/can.txt"));
    let words = ["read", "--output-format", "json", "--out", &out];
    let words = [&words[..], &["--can-file", &can], more].concat();
    let words = [&words[..], &["--eac-secret-file", word(&secret)]].concat();
    slot.run(&words)
}

#[test]
#[ignore = "needs the pcscd of `cargo xtask test`"]
fn fingers_open_to_a_reader_that_trusts_the_issuer() {
    let slot = Slot::take();
    let offices = Offices::ready();
    let (cvca, system) = (offices.path("cvca"), offices.path("is"));
    let (card, csca) = (offices.path("card"), offices.path("card/csca.der"));
    run(["specimen", "--out", &card, "--eac", &cvca]).expect(0);
    let chip = slot.insert(&offices.file("card/card.json"), &[]);

    let with = ["--eac", &system, "--trust", &csca];
    let brought = read(&slot, &offices, "with", &with).expect(0).json();
    assert!(brought["files"]["dg3"].is_u64(), "{brought}");
    assert!(brought["closed"].is_null(), "{brought}");
    assert!(offices.file("with/dg3.bin").exists());

    // A chip whose issuer nobody knows is shown no certificates: everything else is read, and the end is not *done*.
    let stranger = [
        "--eac",
        &system,
        "--trust",
        "fixtures/pki/vn-cccd-2021/csca.der",
    ];
    let ended = read(&slot, &offices, "stranger", &stranger).expect(UNDETERMINED);
    let (said, why) = (ended.json(), "that it is the issuer's could not be shown");
    assert!(said["files"]["dg1"].is_u64() && said["files"]["dg3"].is_null());
    assert!(said["closed"].as_str().unwrap().contains(why), "{said}");
    assert!(ended.stderr.contains(why), "{}", ended.stderr);
    assert!(!offices.file("stranger/dg3.bin").exists());

    // Who names no terminal asks for no fingers.
    let plain = read(&slot, &offices, "plain", &[]).expect(0).json();
    assert!(plain["closed"].is_null(), "{plain}");
    let can = offices.path("card/can.txt");
    let verify = ["verify", "--can-file", &can, "--output-format", "json"];
    let secret = offices.path("secret.txt");
    let more = ["--eac-secret-file", &secret];
    let report = slot.run(&[&verify[..], &with, &more].concat()).expect(0);
    let report = report.json();
    let opened = check(&report, "protected-data-groups");
    assert_eq!(opened["result"], "successful");
    slot.remove(chip, "INT").expect(0);
}

/// Before any card is looked for.
#[test]
fn a_terminal_asks_for_what_is_trusted() {
    let words = ["read", "--out", "never", "--eac", "is"];
    let ended = run(words).expect(USAGE);
    assert!(ended.stderr.contains("--trust"), "{}", ended.stderr);
}
