//! `card-tool pki lint` as its users call it, on certificates that `pki init` has made.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod support;

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tempfile::TempDir;

use support::run;

const DONE: i32 = 0;
const NO: i32 = 1;
const USAGE: i32 = 2;
const JSON: [&str; 2] = ["--output-format", "json"];

/// A folder of a test issuer with named parameters, which the profile forbids, or explicit ones.
struct Folder {
    folder: TempDir,
}

impl Folder {
    fn new(ec_parameters: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let pki = folder.path().join("pki");
        run([
            "pki",
            "init",
            pki.to_str().unwrap(),
            "--country",
            "UT",
            "--state",
            "UTO",
            "--document-types",
            "P",
            "--ec-parameters",
            ec_parameters,
        ])
        .expect(DONE);
        Self { folder }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join("pki").join(name)
    }

    fn text(&self, name: &str) -> String {
        self.file(name).to_str().unwrap().to_owned()
    }
}

#[test]
fn what_pki_init_makes_is_clean() {
    let folder = Folder::new("explicit");
    let (csca, signer) = (folder.text("csca.der"), folder.text("document-signer.der"));
    let ended = run(["pki", "lint", &csca, &signer, "--issuer", &csca]).expect(DONE);
    assert!(
        ended.stdout.contains("judged as csca, C=UT"),
        "{}",
        ended.stdout
    );
    assert!(
        ended.stdout.contains("judged as document-signer"),
        "{}",
        ended.stdout
    );
    assert_eq!(
        ended.stdout.matches("0 error, 0 warning, 0 notice").count(),
        2
    );
}

#[test]
fn errors_are_a_no_in_text_and_json() {
    let folder = Folder::new("named");
    let signer = folder.text("document-signer.der");
    let ended = run(["pki", "lint", &signer]).expect(NO);
    assert!(
        ended.stdout.contains("algorithm.ec-explicit"),
        "{}",
        ended.stdout
    );
    let json = run(["pki", "lint", &signer, JSON[0], JSON[1]])
        .expect(NO)
        .json();
    let finding = &json["files"][0]["objects"][0]["findings"][0];
    assert_eq!(finding["rule"], "algorithm.ec-explicit");
    assert_eq!(finding["severity"], "error");
    assert!(finding["at"].as_u64().unwrap() > 0);
    assert_eq!(json["files"][0]["objects"][0]["kind"], "document-signer");
}

#[test]
fn pem_is_read_and_keys_are_passed_over() {
    let folder = Folder::new("explicit");
    let block = |label: &str, name: &str| {
        let der = std::fs::read(folder.file(name)).unwrap();
        format!(
            "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
            STANDARD.encode(der)
        )
    };
    let both = format!(
        "{}{}{}",
        block("CERTIFICATE", "csca.der"),
        block("PRIVATE KEY", "csca.der"),
        block("CERTIFICATE", "document-signer.der")
    );
    let file = folder.file("both.pem");
    std::fs::write(&file, both).unwrap();
    let json = run(["pki", "lint", file.to_str().unwrap(), JSON[0], JSON[1]])
        .expect(DONE)
        .json();
    let blocks: Vec<_> = json["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| &file["pem_block"])
        .collect();
    assert_eq!(blocks, [1, 2]);
}

#[test]
fn what_is_said_instead_of_guessed() {
    let folder = Folder::new("explicit");
    let signer = folder.text("document-signer.der");
    let ended = run(["pki", "lint", &signer, "--as", "csca"]).expect(NO);
    assert!(
        ended.stdout.contains("basic-constraints.present"),
        "{}",
        ended.stdout
    );
    run(["pki", "lint", &signer, "--as", "something"]).expect(USAGE);
    run(["pki", "lint"]).expect(USAGE);
    run(["pki", "lint", &folder.text("no-such-file")]).expect(USAGE);
    let rules = run(["pki", "lint", "--rules"]).expect(DONE);
    assert!(
        rules.stdout.contains("cert.serial-positive"),
        "{}",
        rules.stdout
    );
}

#[test]
fn no_object_of_ours_is_a_no() {
    let folder = Folder::new("explicit");
    let ended = run(["pki", "lint", &folder.text("pki.toml")]).expect(NO);
    assert!(
        ended.stdout.contains("object.recognised"),
        "{}",
        ended.stdout
    );
}

/// Nothing is silently left out because the issuer that was named is another one.
#[test]
fn an_object_of_another_issuer_is_said_to_be_unchecked_against_it() {
    let (ours, others) = (Folder::new("explicit"), Folder::new("explicit"));
    let signer = ours.text("document-signer.der");
    for (issuers, is_said) in [
        (vec![], false),
        (vec![ours.text("csca.der")], false),
        (vec![others.text("csca.der")], true),
        (vec![others.text("csca.der"), ours.text("csca.der")], false),
    ] {
        let mut lint = vec!["pki", "lint", &signer];
        for issuer in &issuers {
            lint.extend(["--issuer", issuer]);
        }
        let said = run(&lint).expect(DONE).stderr;
        let note = format!("{signer}: its issuer is not among those given");
        assert_eq!(said.contains(&note), is_said, "{issuers:?}: {said}");
        lint.extend(JSON);
        let json = run(&lint).expect(DONE).json();
        assert_eq!(json["files"][0]["issuer_not_given"], is_said, "{issuers:?}");
    }
}
