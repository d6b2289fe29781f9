//! Wrong steps, hostile files, runs that broke off.

use std::fs;

use super::offices::{DONE, KEY_STORE, NO, Offices, POLICY, USAGE};
use super::support::{card_tool, end, run};

#[test]
fn steps_in_the_wrong_order() {
    let offices = Offices::ready();
    let digits = "0".repeat(64);
    offices.done("dv create @young --country UT --mnemonic YOUNG --cvca @cvca/chain.cvcert");
    fs::copy(offices.file("dv.cvreq"), offices.file("cvca.cvreq")).unwrap();
    for (words, code, said) in [
        (
            "cvca create @cvca --country UT --mnemonic TESTCVCA",
            POLICY,
            "already",
        ),
        (
            "cvca certify @cvca @dv.cvreq --out @cvca/x --rights both",
            POLICY,
            "outside",
        ),
        ("dv request @dv --out @x", POLICY, "say `renew`"),
        ("dv renew @is --out @x", USAGE, "an inspection system"),
        (
            "is create @x --country UT --mnemonic GATE9 --verifier @young/chain.cvcert",
            POLICY,
            "once that was imported",
        ),
        (
            "dv certify @dv @cvca.cvreq --out @x",
            POLICY,
            "give the request to the authority that it names",
        ),
        ("is import @is @dv.cvreq", NO, "is it the right file"),
        ("dv certify @dv @dv.cvreq --out @x", POLICY, "authority"),
        ("is export @dv @x", USAGE, "document verifier"),
        ("log @nowhere", USAGE, "holds no"),
        (
            "check @is.cvcert --trust-point @dv.cvcert",
            NO,
            "self-signed",
        ),
        (
            "check @is.cvcert --trust-point @cvca/chain.cvcert --date 2026-02-30",
            USAGE,
            "no day",
        ),
        ("cvca renew @cvca --days 9", POLICY, "days"),
        ("cvca certify @cvca @is.cvreq --out @x", POLICY, "authority"),
        ("show @cvca/key-1.key", NO, "is it the right file"),
    ] {
        let ended = offices.eac(words).expect(code);
        assert!(ended.stderr.contains(said), "{words}: {}", ended.stderr);
        assert!(!offices.file("x").exists(), "{words}");
    }
    let another = format!("cvca certify @cvca @dv3.cvreq --out @x --fingerprint {digits}");
    offices.done("dv renew @dv --out @dv3.cvreq");
    offices.eac(&another).expect(POLICY);
    offices
        .eac_with("not the secret", "cvca certify @cvca @dv3.cvreq --out @x")
        .expect(KEY_STORE);
    // What waits is written again, octet by octet; what was answered is answered again.
    offices.done("dv renew @dv --out @dv3-again.cvreq");
    let read = |name| fs::read(offices.file(name)).unwrap();
    assert_eq!(read("dv3.cvreq"), read("dv3-again.cvreq"));
    offices.done("cvca certify @cvca @dv3.cvreq --out @one.cvcert");
    let again = offices.done("cvca certify @cvca @dv3.cvreq --out @two.cvcert --days 20");
    assert_eq!(again["again"], true);
    assert_eq!(read("one.cvcert"), read("two.cvcert"));
}

/// What is no trust point is named with its file, before anything is made.
#[test]
fn a_card_that_should_trust_a_verifier() {
    let offices = Offices::ready();
    let (out, file) = (offices.path("card"), offices.path("dv.cvcert"));
    let refused = run(["specimen", "--out", &out, "--eac", &file]).expect(NO);
    assert!(refused.stderr.contains("dv.cvcert holds no trust points"));
    assert!(!offices.file("card").exists());
}

/// The folder says as much as its own `show`.
#[test]
fn a_folder_is_shown_by_its_kind() {
    let offices = Offices::ready();
    for (folder, kind) in [("cvca", "cvca"), ("dv", "dv"), ("is", "is")] {
        let shown = offices.done(&format!("show @{folder}"));
        assert_eq!(shown, offices.done(&format!("{kind} show @{folder}")));
    }
    offices.eac("show @nowhere").expect(USAGE);
}

/// Who renews late hears which verifiers still stand under the key before.
#[test]
fn verifiers_under_a_former_key() {
    let offices = Offices::ready();
    let renewed = offices.done("cvca renew @cvca");
    assert_eq!(
        renewed["under_former_key"],
        serde_json::json!(["UTTESTDVUT001"])
    );
    offices.done("dv import @dv @cvca/chain.cvcert");
    offices.done("dv renew @dv --out @dv2.cvreq");
    offices.done("cvca certify @cvca @dv2.cvreq --out @dv2.cvcert");
    let again = offices.done("cvca renew @cvca");
    assert_eq!(
        again["under_former_key"],
        serde_json::json!(["UTTESTDVUT002"])
    );
}

/// Lines taken away from the end leave a good journal, but not the one that was noted.
#[test]
fn a_journal_without_its_last_line() {
    let offices = Offices::ready();
    let journal = offices.file("dv").join("eac.jsonl");
    let good = fs::read_to_string(&journal).unwrap();
    let noted = offices.done("log @dv")["head"].as_str().unwrap().to_owned();
    let held = format!("log @dv --head {noted}");
    assert_eq!(offices.done(&held)["lines_since"], 0);
    offices.done("dv renew @dv --out @dv2.cvreq");
    assert_eq!(offices.done(&held)["lines_since"], 2);
    let lines: Vec<&str> = good.lines().collect();
    fs::write(&journal, lines[..lines.len() - 1].join("\n") + "\n").unwrap();
    offices.done("log @dv");
    offices.eac(&held).expect(NO);
}

#[test]
fn files_that_were_altered() {
    let offices = Offices::ready();
    let journal = offices.file("dv").join("eac.jsonl");
    let good = fs::read_to_string(&journal).unwrap();
    let lines: Vec<&str> = good.lines().collect();
    for (altered, said) in [
        (good.replacen("key-1.key", "key-2.key", 1), "line 3"),
        (lines[1..].join("\n") + "\n", "line 1"),
        (good.trim_end().to_owned(), "cut off"),
        ("x".repeat(100), "cut off"),
        (String::new(), "empty"),
    ] {
        fs::write(&journal, altered).unwrap();
        for verb in ["log @dv", "dv show @dv", "dv renew @dv --out @x"] {
            let ended = offices.eac(verb).expect(NO);
            assert!(ended.stderr.contains(said), "{verb}: {}", ended.stderr);
        }
    }
    fs::write(&journal, good).unwrap();
    offices.done("log @dv");
    offices.done("is renew @is --out @is2.cvreq");
    offices.done("dv certify @dv @is2.cvreq --out @is2.cvcert");
    let mut certificate = fs::read(offices.file("is2.cvcert")).unwrap();
    *certificate.last_mut().unwrap() ^= 1;
    fs::write(offices.file("bad.cvcert"), certificate).unwrap();
    offices.eac("is import @is @bad.cvcert").expect(NO);
    let checked = offices.eac("check @bad.cvcert --trust-point @cvca/chain.cvcert");
    let steps = checked.expect(NO).json();
    assert_eq!(steps["steps"][1]["why"], "the signature is wrong");
    assert_eq!(steps["steps"][0]["accepted"], true);
    offices.done("is import @is @is2.cvcert");
}

/// A run that is killed leaves the journal of one step: each such half is made, and the same verb goes on.
#[test]
fn what_broke_off_goes_on() {
    let offices = Offices::ready();
    let journal = |folder: &str| offices.file(folder).join("eac.jsonl");
    offices.done("dv renew @dv --out @dv2.cvreq");
    let whole = fs::read_to_string(journal("dv")).unwrap();
    let planned: String = whole.split_inclusive('\n').take(6).collect();
    assert!(planned.ends_with('\n') && planned != whole);

    // Behind the naming of the key, before it was made.
    fs::write(journal("dv"), &planned).unwrap();
    fs::remove_file(offices.file("dv").join("key-2.key")).unwrap();
    fs::remove_file(offices.file("dv2.cvreq")).unwrap();
    let show = offices.done("dv show @dv");
    assert!(
        show["next"].as_str().unwrap().contains("broke off"),
        "{show}"
    );
    assert_eq!(
        offices.done("dv renew @dv --out @dv2.cvreq")["holder"],
        "UTTESTDVUT002"
    );
    // Behind the making of the key, before its request: the same key.
    let key = fs::read(offices.file("dv").join("key-2.key")).unwrap();
    fs::write(journal("dv"), &planned).unwrap();
    assert_eq!(
        offices.done("dv renew @dv --out @dv3.cvreq")["holder"],
        "UTTESTDVUT002"
    );
    assert_eq!(fs::read(offices.file("dv").join("key-2.key")).unwrap(), key);
    // A request that is given up: another key, another name.
    let anew = offices.done("dv renew @dv --out @dv4.cvreq --anew");
    assert_eq!(anew["holder"], "UTTESTDVUT003");
    // Behind the journal, before the answer left.
    offices.done("cvca certify @cvca @dv4.cvreq --out @dv4.cvcert");
    let first = fs::read(offices.file("dv4.cvcert")).unwrap();
    fs::remove_file(offices.file("dv4.cvcert")).unwrap();
    fs::remove_file(offices.file("cvca").join("chain.cvcert")).unwrap();
    offices.done("cvca certify @cvca @dv4.cvreq --out @dv4.cvcert");
    assert_eq!(fs::read(offices.file("dv4.cvcert")).unwrap(), first);
    assert!(
        offices.file("cvca").join("chain.cvcert").exists(),
        "made again"
    );
    // A CVCA that had no certificate yet.
    let lines = fs::read_to_string(journal("cvca")).unwrap();
    let begun: String = lines.split_inclusive('\n').take(2).collect();
    fs::create_dir(offices.file("begun")).unwrap();
    fs::write(offices.file("begun").join("eac.jsonl"), begun).unwrap();
    offices
        .eac("cvca create @begun --country UT --mnemonic TESTCVCA")
        .expect(DONE);
}

/// A terminal is opened before its reader is: what is wrong with it is told without a card.
#[test]
fn a_terminal_that_cannot_be_opened() {
    let offices = Offices::ready();
    let verify = |folder: &str, secret: &str, more: [&str; 2]| {
        let folder = offices.path(folder);
        let words = [
            "verify",
            "--trust",
            "fixtures/pki/vn-cccd-2021/csca.der",
            "--eac",
            &folder,
        ];
        let mut command = card_tool(words.into_iter().chain(more));
        command.env("CARD_CAN", "123456");
        end(command.env("CARD_EAC_SECRET", secret))
    };
    let (secret, reader) = ("secret of the TEST keys", ["--reader", "none"]);
    let verifier = verify("dv", secret, reader).expect(USAGE);
    assert!(verifier.stderr.contains("document verifier"));
    verify("empty", secret, reader).expect(USAGE);
    verify("is", "another secret of the TEST keys", reader).expect(KEY_STORE);
    let files = verify("is", secret, ["--files", "fixtures"]).expect(USAGE);
    assert!(files.stderr.contains("cannot be used with"));
}
