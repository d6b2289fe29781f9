//! Three offices in one folder, and what they carry to each other.

use std::path::PathBuf;

use serde_json::Value;
use tempfile::TempDir;

use super::support::{Ended, card_tool, end, word};

pub const DONE: i32 = 0;
pub const NO: i32 = 1;
pub const USAGE: i32 = 2;
pub const KEY_STORE: i32 = 6;
pub const POLICY: i32 = 7;

pub struct Offices {
    folder: TempDir,
}

impl Offices {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// CVCA, document verifier and inspection system, each certified.
    pub fn ready() -> Self {
        let offices = Self::new();
        offices.cvca();
        offices.verifier();
        offices.system();
        offices
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn path(&self, name: &str) -> String {
        word(&self.file(name)).to_owned()
    }

    /// Runs `eac` with words; those that begin with `@` are files of the folder.
    pub fn eac(&self, words: &str) -> Ended {
        self.eac_with("secret of the TEST keys", words)
    }

    pub fn eac_with(&self, secret: &str, words: &str) -> Ended {
        let arguments = words
            .split_whitespace()
            .map(|word| match word.strip_prefix('@') {
                Some(name) => self.path(name),
                None => word.to_owned(),
            });
        let all = ["--output-format", "json", "eac"]
            .map(str::to_owned)
            .into_iter()
            .chain(arguments);
        end(card_tool(all).env("CARD_EAC_SECRET", secret))
    }

    #[track_caller]
    pub fn done(&self, words: &str) -> Value {
        self.eac(words).expect(DONE).json()
    }

    pub fn cvca(&self) {
        self.done("cvca create @cvca --country UT --mnemonic TESTCVCA");
    }

    pub fn verifier(&self) {
        self.done("dv create @dv --country UT --mnemonic TESTDV --cvca @cvca/chain.cvcert");
        let request = self.done("dv request @dv --out @dv.cvreq");
        let fingerprint = request["sha256"].as_str().unwrap();
        self.done(&format!(
            "cvca certify @cvca @dv.cvreq --out @dv.cvcert --rights both --fingerprint {fingerprint}"
        ));
        self.done("dv import @dv @dv.cvcert");
    }

    pub fn system(&self) {
        self.done("is create @is --country UT --mnemonic GATE1 --verifier @dv/chain.cvcert");
        let request = self.done("is request @is --out @is.cvreq");
        let fingerprint = request["sha256"].as_str().unwrap();
        self.done(&format!(
            "dv certify @dv @is.cvreq --out @is.cvcert --fingerprint {fingerprint}"
        ));
        self.done("is import @is @is.cvcert");
    }
}
