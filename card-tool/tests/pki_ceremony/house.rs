//! Two machines in one folder: the root and the online side, and the secrets of the people.

use std::path::{Path, PathBuf};

use pki::Certificate;
use serde_json::Value;
use tempfile::TempDir;

use super::support::{Ended, card_tool, end, tree, word};

pub const DONE: i32 = 0;
pub const NO: i32 = 1;
pub const USAGE: i32 = 2;
pub const KEY_STORE: i32 = 6;
pub const POLICY: i32 = 7;

/// The parts of the secret, the registrar's and the signers' secret.
pub const SECRETS: [(&str, &str); 4] = [
    ("CARD_SECRET_1", "first part of TEST ONE"),
    ("CARD_SECRET_2", "second part of TEST TWO"),
    ("CARD_REGISTRAR_SECRET", "secret of the TEST registrar"),
    ("CARD_SIGNER_SECRET", "secret of the TEST signers"),
];
pub const PERSONS: [&str; 4] = ["--person", "TEST ONE", "--person", "TEST TWO=reviewer"];

pub struct House {
    pub folder: TempDir,
    /// Where the root's key goes, and what opens it.
    pub root_key: String,
    pub secrets: Vec<(&'static str, String)>,
    /// Where the signers' keys go, with NAME for the name of the signer.
    pub signer_key: Option<String>,
    /// How curves are written: openssl verifies none that is spelt out.
    pub curves: &'static str,
}

impl House {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            root_key: "file".to_owned(),
            secrets: SECRETS.map(|(name, value)| (name, value.to_owned())).into(),
            signer_key: None,
            curves: "explicit",
        }
    }

    /// A root that has admitted the registrar of the online side.
    pub fn ready() -> Self {
        let house = Self::new();
        house.begin();
        house
    }

    pub fn begin(&self) {
        self.init().expect(DONE);
        self.registrar().expect(DONE);
        self.ceremony(&[
            "admit",
            &self.path("root"),
            &self.path("issuer/registrar.pem"),
        ])
        .expect(DONE);
    }

    pub fn path(&self, name: &str) -> String {
        word(&self.folder.path().join(name)).to_owned()
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn bytes(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.file(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    /// Runs `pki …` with the secrets of everybody.
    pub fn pki(&self, arguments: &[&str]) -> Ended {
        self.pki_with(arguments, &self.secrets)
    }

    pub fn pki_with(&self, arguments: &[&str], secrets: &[(&'static str, String)]) -> Ended {
        let mut command = card_tool(["pki", "--output-format", "json"].iter().chain(arguments));
        command.envs(secrets.iter().map(|(name, value)| (name, value)));
        end(&mut command)
    }

    /// Runs `pki csca …` with both persons.
    pub fn ceremony(&self, arguments: &[&str]) -> Ended {
        let mut all = vec!["csca"];
        all.extend(arguments);
        all.extend(PERSONS);
        all.push("--yes");
        self.pki(&all)
    }

    pub fn init(&self) -> Ended {
        let root = self.path("root");
        self.ceremony(&[
            "init",
            &root,
            "--country",
            "UT",
            "--state",
            "UTO",
            "--common-name",
            "TEST CSCA UTO",
            "--algorithm",
            "ecdsa-p256",
            "--document-types",
            "P,PP",
            "--key-store",
            &self.root_key,
            "--ec-parameters",
            self.curves,
        ])
    }

    pub fn registrar(&self) -> Ended {
        self.pki(&[
            "registrar",
            "init",
            &self.path("issuer"),
            "--csca",
            &self.path("root/csca.der"),
            "--document-types",
            "P,PP",
        ])
    }

    /// Makes a request for a signer of this name.
    pub fn request(&self, kind: &str, name: &str, more: &[&str]) -> Ended {
        let (issuer, out) = (
            self.path("issuer"),
            self.path(&format!("{name}.request.json")),
        );
        let store = self
            .signer_key
            .as_ref()
            .map_or_else(|| "file".to_owned(), |place| place.replace("NAME", name));
        let mut all = vec!["signer", "request", &issuer, "--kind", kind, "--name", name];
        all.extend(["--out", &out, "--key-store", &store]);
        all.extend(more);
        self.pki(&all)
    }

    pub fn sign(&self, name: &str) -> Ended {
        self.sign_to(name, &format!("{name}.answer.json"))
    }

    pub fn sign_to(&self, name: &str, out: &str) -> Ended {
        let request = self.path(&format!("{name}.request.json"));
        self.ceremony(&[
            "sign",
            &self.path("root"),
            &request,
            "--out",
            &self.path(out),
        ])
    }

    pub fn accept(&self, name: &str) -> Ended {
        let answer = self.path(&format!("{name}.answer.json"));
        self.pki(&["signer", "accept", &self.path("issuer"), &answer])
    }

    /// Request, answer, acceptance.
    pub fn signer(&self, kind: &str, name: &str, more: &[&str]) {
        self.request(kind, name, more).expect(DONE);
        self.sign(name).expect(DONE);
        self.accept(name).expect(DONE);
    }

    pub fn log(&self, root: &str) -> Value {
        self.pki(&["csca", "log", &self.path(root)])
            .expect(DONE)
            .json()
    }

    pub fn status(&self) -> Value {
        self.pki(&["signer", "status", &self.path("issuer")])
            .expect(DONE)
            .json()
    }

    /// The acts of a root's journal.
    pub fn acts(&self, root: &str) -> Vec<String> {
        self.log(root)["records"]
            .as_array()
            .unwrap()
            .iter()
            .map(|record| record["act"].as_str().unwrap().to_owned())
            .collect()
    }
}

/// Lints everything that was issued to these folders: nothing may be found.
#[track_caller]
pub fn lint_finds_nothing(house: &House, folders: &[&str]) {
    let mut roots: Vec<Certificate> = Vec::new();
    let mut files = Vec::new();
    for folder in folders {
        for (path, content) in tree(&house.file(folder)) {
            let end = path
                .extension()
                .and_then(|end| end.to_str())
                .unwrap_or_default();
            if ["der", "crl", "ml", "dl"].contains(&end) {
                if let Ok(certificate) = Certificate::parse(&content) {
                    let is_root = certificate.extensions().is_certification_authority();
                    roots.extend(is_root.then_some(certificate));
                }
                files.push((path, content));
            }
        }
    }
    assert!(files.len() > 4, "{files:?}");
    for (path, content) in files {
        let report = pki::lint::lint(&content, None, &roots);
        let found: Vec<_> = report
            .findings()
            .map(|(_, finding)| format!("{} {}", finding.rule.id, finding.found))
            .collect();
        assert!(found.is_empty(), "{}: {found:?}", path.display());
        let judged = report.objects.iter().all(|object| object.kind.is_some());
        assert!(judged, "{}: {report:?}", path.display());
    }
}

/// Whether openssl verifies a certificate by a CSCA certificate (and a revocation list).
#[track_caller]
pub fn openssl_verifies(csca: &Path, certificate: &Path, extra: &[&str]) {
    let pem = |path: &Path| {
        let out = path.with_extension("pem.tmp");
        let status = std::process::Command::new("openssl")
            .args([
                "x509",
                "-inform",
                "DER",
                "-in",
                word(path),
                "-out",
                word(&out),
            ])
            .status()
            .unwrap();
        assert!(status.success(), "{}", path.display());
        out
    };
    let output = std::process::Command::new("openssl")
        .args([
            "verify",
            "-no-CApath",
            "-no-CAstore",
            "-CAfile",
            word(&pem(csca)),
        ])
        .args(extra)
        .arg(pem(certificate))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}: {}{}",
        certificate.display(),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
