//! `card-tool verify --files` as its users call it: the files of a document of a state that does not exist, its revocation lists,
//! and the report with the results of TR-03135-1.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

#[path = "verify_files/document.rs"]
mod document;

use std::fs;
use std::sync::Arc;

use crypto::{EcParameters, HashAlgorithm, PrivateKey, SignatureAlgorithm};
use iso7816::tlv::{Tag, encode};
use pki::crl::{CrlProfile, RevokedCertificate};
use pki::profile::{Issuer, ListRole, ListSignerProfile};
use pki::{Certificate, ListSigner, Signer, SoftwareSigner};
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use document::{Folder, authority, csca, days, signer};
use support::run;

const NO: i32 = 1;
const USAGE: i32 = 2;
const UNDETERMINED: i32 = 3;

fn line<'a>(report: &'a Value, id: &str) -> &'a str {
    let lines = report["tr03135"].as_array().unwrap();
    let line = lines.iter().find(|line| line["id"] == id).expect(id);
    line["value"].as_str().unwrap()
}

#[test]
fn files_lists_and_lines() {
    let folder = Folder::new();
    let (good, revoked) = (folder.path("good.crl"), folder.path("revoked.crl"));
    let json = ["--output-format", "json"];
    for (trust, more, code, trusted, revocation) in [
        ("csca.der", &[][..], 0, "trusted", "undetermined"),
        ("csca.der", &["--crl", &good], 0, "trusted", "successful"),
        (
            "csca.der",
            &["--crl", &revoked],
            NO,
            "not trusted",
            "failed",
        ),
        (
            "stranger.der",
            &[],
            UNDETERMINED,
            "undetermined",
            "undetermined",
        ),
    ] {
        let report = folder
            .verify(trust, &[more, &json].concat())
            .expect(code)
            .json();
        assert_eq!(report["source"], "files");
        assert_eq!(report["tr03135"].as_array().unwrap().len(), 45);
        assert_eq!(line(&report, "trust"), trusted, "{more:?}");
        assert_eq!(line(&report, "revocation"), revocation, "{more:?}");
        assert_eq!(line(&report, "data-groups"), "successful", "{more:?}");
        assert_eq!(line(&report, "overall"), report["overall"], "{more:?}");
        assert_eq!(report["deviations"], Value::Array(Vec::new()), "{more:?}");
    }
    let page = folder.path("page.html");
    let words = folder.verify("csca.der", &["--html", &page]).expect(0);
    assert!(
        words.stdout.contains("No chip was seen"),
        "{}",
        words.stdout
    );
    let page = fs::read_to_string(page).unwrap();
    assert_eq!(page.matches("<tr id=\"tr-").count(), 45);
}

#[test]
fn what_is_put_up_with_and_what_is_not() {
    let folder = Folder::new();
    let sod = fs::read(folder.path("files/what is this.dat")).unwrap();
    folder.write("files/what is this.dat", &[&sod[..], &[0, 0]].concat());
    let report = folder
        .verify("csca.der", &["--output-format", "json"])
        .expect(0)
        .json();
    let deviation = &report["deviations"][0];
    assert_eq!(deviation["object"], "security-object");
    assert!(
        deviation["text"]
            .as_str()
            .unwrap()
            .contains("2 bytes behind the end")
    );
    folder.write("files/dg2.bin", &encode(Tag::new(0x75), &[0x43; 64]));
    let report = folder
        .verify("csca.der", &["--output-format", "json"])
        .expect(NO)
        .json();
    assert_eq!(line(&report, "data-group"), "not identical");
    assert_eq!(line(&report, "security-object"), "successful");
}

#[test]
fn a_revocation_list_reaches_the_lists_that_were_named_before_it() {
    let folder = Folder::new();
    let begin = OffsetDateTime::now_utc().replace_nanosecond(0).unwrap() - Duration::days(20);
    let (list_key, signer_key) = (signer(21), Arc::new(signer(22)));
    let list_csca = csca(&list_key, begin);
    let issuer = Issuer::new(&list_csca, &list_key).unwrap();
    let certificate = ListSignerProfile {
        role: ListRole::MasterList,
        authority: authority(),
        common_name: "Master List Signer TEST".to_owned(),
        validity: days(begin, 400),
        private_key_usage: Some(days(begin, 300)),
        crl_distribution_points: vec!["http://crl.test.example/UTO.crl".to_owned()],
        ec_parameters: EcParameters::Explicit,
    };
    let certificate = certificate
        .issue(
            signer_key.public_key(),
            &issuer,
            &mut StdRng::seed_from_u64(5),
        )
        .unwrap();
    let list_signer = ListSigner::new(&certificate, &list_csca, signer_key).unwrap();
    let held = Certificate::parse(&fs::read(folder.path("csca.der")).unwrap()).unwrap();
    let list = pki::master_list::sign(&[held], &list_signer, begin).unwrap();
    let revoked = RevokedCertificate {
        serial_number: Certificate::parse(&certificate)
            .unwrap()
            .serial_number()
            .to_vec(),
        date: begin,
    };
    let crl = CrlProfile {
        number: 1,
        this_update: begin,
        next_update: begin + Duration::days(80),
        revoked: vec![revoked],
        former_names: Vec::new(),
    };
    fs::create_dir(folder.0.path().join("trust")).unwrap();
    folder.write("trust/csca.der", &list_csca);
    folder.write("trust/list.ml", &list);
    folder.write("signer.crl", &crl.issue(&issuer).unwrap());
    let json = ["--output-format", "json"];
    let report = folder.verify("trust", &json).expect(0).json();
    assert_eq!(line(&report, "trust"), "trusted");
    let crl = folder.path("signer.crl");
    let more = [&["--crl", &crl][..], &json].concat();
    let report = folder.verify("trust", &more).expect(UNDETERMINED).json();
    assert_eq!(line(&report, "trust"), "undetermined");
}

#[test]
fn lists_that_cannot_be_used_are_errors() {
    let folder = Folder::new();
    let path = |name: &str| folder.path(name);
    for (option, file) in [
        ("--crl", "stranger.crl"),
        ("--crl", "csca.der"),
        ("--crl", "no-such-file"),
        ("--deviation-list", "good.crl"),
        ("--deviation-list", "files/dg2.bin"),
    ] {
        let ended = folder
            .verify("csca.der", &[option, &path(file)])
            .expect(USAGE);
        assert!(
            ended.stderr.contains(file),
            "{option} {file}: {}",
            ended.stderr
        );
    }
    fs::remove_file(path("files/what is this.dat")).unwrap();
    let ended = folder.verify("csca.der", &[]).expect(USAGE);
    assert!(ended.stderr.contains("EF.SOD"), "{}", ended.stderr);
}

/// Every form of a report: words, JSON, page.
fn forms(folder: &Folder, trust: &str, code: i32) -> (String, Value, String) {
    let page = folder.path("page.html");
    let words = folder.verify(trust, &["--html", &page]).expect(code).stdout;
    let json = folder.verify(trust, &["--output-format", "json"]);
    let page = fs::read_to_string(page).unwrap();
    (words, json.expect(code).json(), page)
}

const SIGNED: &str = "what the issuer signed";

/// What lies beside the signed files and is signed by nobody is never under a good verdict, in whatever form it is told.
#[test]
fn what_nobody_has_signed_is_never_successful() {
    let holder = encode(Tag::new(0x6B), &encode(Tag::new(0x5F0E), b"SOMEBODY<<ELSE"));
    let tags = encode(Tag::new(0x5C), &[0x5F, 0x0E]);
    let dg11 = encode(Tag::new(0x6B), &[&tags[..], &holder[2..]].concat());
    let dg13 = encode(Tag::new(0x6D), &[0x30, 0x00]);
    for (name, content, file) in [
        ("files/dg11.bin", &dg11, "EF.DG11"),
        ("files/somebody else's.dat", &dg11, "EF.DG11"),
        ("files/dg13.bin", &dg13, "EF.DG13"),
    ] {
        let folder = Folder::new();
        folder.write(name, content);
        let (words, json, page) = forms(&folder, "csca.der", UNDETERMINED);
        for told in [&words, &json.to_string(), &page] {
            assert!(!told.contains(SIGNED), "{name}: {told}");
            assert!(
                told.contains(&format!("not signed: {file}")),
                "{name}: {told}"
            );
        }
        assert!(words.contains("\nUNDETERMINED: No verdict"), "{words}");
        assert!(words.contains("Holder (NOT VERIFIED)"), "{words}");
        assert!(page.contains("<h1>undetermined</h1><p>No verdict"));
        assert_eq!(json["overall"], "undetermined");
        assert_eq!(json["data_verified"], false);
        assert_eq!(json["verdict"]["covered"], json!([]));
        let word = file.trim_start_matches("EF.").to_lowercase();
        assert_eq!(json["data_groups"][&word], "not-signed");
        assert_eq!(json["data_groups"]["dg1"], "identical");
        assert_eq!(line(&json, "data-group"), "non-conformant");
        assert_eq!(line(&json, "integrity"), "undetermined");
    }
}

/// A good verdict names what it covers, and beside it stands what was left open.
#[test]
fn a_good_verdict_says_what_it_covers_and_what_it_does_not() {
    let folder = Folder::new();
    let claim = "These data groups are what the issuer signed: EF.DG1, EF.DG2. No chip was seen: the files can be those of a copy.";
    let com = encode(
        Tag::new(0x60),
        &[
            &encode(Tag::new(0x5F01), b"0107")[..],
            &encode(Tag::new(0x5F36), b"040000"),
            &encode(Tag::new(0x5C), &[0x61, 0x75, 0x6B]),
        ]
        .concat(),
    );
    folder.write("files/com.bin", &com);
    let (words, json, page) = forms(&folder, "csca.der", 0);
    assert!(
        words.contains(&format!("SUCCESSFUL: {claim}\nBESIDE THAT:\n")),
        "{words}"
    );
    assert!(
        page.contains(&format!("<h1>successful</h1><p>{claim}</p>")),
        "{page}"
    );
    assert_eq!(json["verdict"]["claim"], claim);
    assert_eq!(json["verdict"]["covered"], json!(["dg1", "dg2"]));
    for (id, text) in [
        (
            "revocation",
            "Revocation of the document signer: undetermined (no revocation information)",
        ),
        (
            "com-against-sod",
            "EF.COM against EF.SOD: failed (only in EF.COM: EF.DG11)",
        ),
        (
            "mrz-as-printed",
            "EF.DG1 against the printed zone: not supported (the printed zone was not given)",
        ),
    ] {
        assert!(words.contains(text), "{words}");
        assert!(
            page.contains(&format!("<li id=\"remark-{id}\">{text}")),
            "{page}"
        );
        let remarks = json["verdict"]["remarks"].as_array().unwrap();
        assert!(
            remarks
                .iter()
                .any(|remark| remark["id"] == id && remark["text"] == text),
            "{id}"
        );
    }
    let good = folder.path("good.crl");
    let words = folder
        .verify("csca.der", &["--crl", &good])
        .expect(0)
        .stdout;
    assert!(!words.contains("no revocation information"), "{words}");
}

/// What no check looks at is under no good verdict without a word.
#[test]
fn a_file_that_no_check_judges_is_named() {
    let folder = Folder::new();
    let authority = encode(Tag::new(0x42), b"UTTESTCVCA00001");
    folder.write("files/cvca.bin", &authority);
    folder.write("files/notes.txt", b"hello");
    let (words, json, page) = forms(&folder, "csca.der", 0);
    let (cvca, notes) = (
        folder.path("files/cvca.bin"),
        folder.path("files/notes.txt"),
    );
    assert_eq!(json["not_judged"], json!([cvca, notes]));
    assert_eq!(json["passed_over"], json!([notes]));
    let remark = "EF.CVCA: there, and judged by no check";
    for told in [&words, &json["verdict"]["remarks"].to_string(), &page] {
        assert!(told.contains(remark), "{told}");
    }
    let told = folder.verify("csca.der", &[]).expect(0).stderr;
    assert!(
        told.contains(&format!("judged by no check: {cvca}\n")),
        "{told}"
    );
    fs::remove_file(&cvca).unwrap();
    fs::remove_file(&notes).unwrap();
    let (words, json, page) = forms(&folder, "csca.der", 0);
    assert_eq!(json["not_judged"], json!([]));
    for told in [words, json.to_string(), page] {
        assert!(!told.contains("judged by no check"), "{told}");
    }
}

/// EF.CardSecurity is signed, or it is not believed.
#[test]
fn a_card_security_that_nobody_has_signed_fails() {
    let folder = Folder::new();
    folder.write("files/card-security.bin", &[0x30, 0x03, 0x02, 0x01, 0x01]);
    let (words, json, _) = forms(&folder, "csca.der", 1);
    assert_eq!(json["overall"], "failed");
    assert!(words.contains("EF.CardSecurity"), "{words}");
}

#[test]
fn weak_keys_are_told() {
    let weak = || {
        let mut rng = StdRng::seed_from_u64(31);
        let key = PrivateKey::generate_rsa(1_024, &mut rng).unwrap();
        let algorithm = SignatureAlgorithm::RsaPkcs1(HashAlgorithm::Sha256);
        SoftwareSigner::new(key, algorithm, Box::new(rng)).unwrap()
    };
    for (csca_key, key, whose, object) in [
        (signer(1), weak(), "document signer", "security-object"),
        (weak(), signer(2), "CSCA", "issuer"),
    ] {
        let folder = Folder::signed_by(&csca_key, key);
        let (words, json, page) = forms(&folder, "csca.der", 0);
        let text = format!("The key of the {whose} is weak (RSA-1024)");
        for told in [&words, &json["verdict"]["remarks"].to_string(), &page] {
            assert!(told.contains(&text), "{told}");
        }
        let deviations = json["deviations"].as_array().unwrap();
        let told = deviations
            .iter()
            .find(|deviation| deviation["text"] == "weak key: RSA-1024");
        assert_eq!(told.unwrap()["object"], object);
        assert_eq!(told.unwrap()["id"], "weak-key");
    }
}

/// Names of files and words of a card end up in every form of a report; none of it steers a terminal or turns a line.
#[test]
fn foreign_words_steer_nothing() {
    let folder = Folder::new();
    let hostile = "csca\u{202e}\u{1b}[2J\u{9b}8m.der";
    fs::rename(folder.path("csca.der"), folder.path(hostile)).unwrap();
    let name = "N\u{202e}\u{1b}]0;x\u{7}";
    let name = encode(Tag::new(0x5F0E), name.as_bytes());
    let tags = encode(Tag::new(0x5C), &[0x5F, 0x0E]);
    folder.write(
        "files/dg11.bin",
        &encode(Tag::new(0x6B), &[tags, name].concat()),
    );
    let page = folder.path("page.html");
    let words = folder
        .verify(hostile, &["--html", &page])
        .expect(UNDETERMINED);
    let json = folder
        .verify(hostile, &["--output-format", "json"])
        .expect(UNDETERMINED);
    let page = fs::read_to_string(page).unwrap();
    assert!(
        page.contains("trusted from") && page.contains("csca\u{fffd}\u{fffd}[2J"),
        "{page}"
    );
    let explained =
        |more: &[&str]| run([&["explain", &folder.path("files/dg11.bin")], more].concat());
    for (form, told) in [
        ("words", words.stdout + &words.stderr),
        ("JSON", json.stdout.clone() + &json.stderr),
        ("page", page),
        ("explain", explained(&[]).stdout),
        (
            "explain JSON",
            explained(&["--output-format", "json"]).stdout,
        ),
    ] {
        let steers =
            |letter: &char| *letter == '\u{202e}' || (letter.is_control() && *letter != '\n');
        assert_eq!(told.chars().find(steers), None, "{form}: {told:?}");
    }
    let holder = json.json()["holder"]["fields"].to_string();
    assert!(
        holder.contains('\u{202e}'),
        "a program gets what the card says: {holder}"
    );
}
