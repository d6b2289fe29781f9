//! A CVCA, a document verifier and an inspection system, made by `card-tool eac`, for the readers that are let at fingers.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};
use serde_json::Value;

use super::{judge::at, python::Python};
use crate::process;

/// What `card-tool` takes the secret of the folders' keys from, and the secret.
pub(super) const SECRET: (&str, &str) = ("CARD_EAC_SECRET", "secret of the TEST keys");

pub(super) struct Offices {
    folder: PathBuf,
}

impl Offices {
    /// Makes them below a folder, each certified.
    ///
    /// # Errors
    /// One of them refuses, or the reader's key cannot be opened.
    pub(super) fn open(card_tool: &Path, folder: &Path, python: &Python) -> Result<Self> {
        let offices = Self {
            folder: folder.join("eac"),
        };
        fs::create_dir_all(&offices.folder)?;
        let eac = |words: &str| offices.eac(card_tool, words);
        eac("cvca create @cvca --country UT --mnemonic TESTCVCA")?;
        eac("dv create @dv --country UT --mnemonic TESTDV --cvca @cvca/chain.cvcert")?;
        let request = eac("dv request @dv --out @dv.cvreq")?;
        eac(&format!(
            "cvca certify @cvca @dv.cvreq --out @dv.cvcert --rights both --fingerprint {}",
            fingerprint(&request)?
        ))?;
        eac("dv import @dv @dv.cvcert")?;
        eac("is create @is --country UT --mnemonic GATE1 --verifier @dv/chain.cvcert")?;
        let request = eac("is request @is --out @is.cvreq")?;
        eac(&format!(
            "dv certify @dv @is.cvreq --out @is.cvcert --rights fingers --fingerprint {}",
            fingerprint(&request)?
        ))?;
        eac("is import @is @is.cvcert")?;
        eac("is export @is @reader.cvcert")?;
        let key = offices.inspection_system().join("key-1.key");
        python.open_key(&key, &offices.key(), SECRET)?;
        Ok(offices)
    }

    /// Words that begin with `@` are files of the folder.
    fn eac(&self, card_tool: &Path, words: &str) -> Result<Value> {
        let mut eac = Command::new(card_tool);
        eac.args(["--output-format", "json", "eac"])
            .env(SECRET.0, SECRET.1);
        for word in words.split_whitespace() {
            match word.strip_prefix('@') {
                Some(name) => eac.arg(self.folder.join(name)),
                None => eac.arg(word),
            };
        }
        let said = process::output(&mut eac)?;
        serde_json::from_str(&said).with_context(|| format!("`eac {words}` gave no JSON"))
    }

    /// The folder of the CVCA, whose terminals a chip trusts.
    pub(super) fn cvca(&self) -> PathBuf {
        self.folder.join("cvca")
    }

    /// The folder of the inspection system.
    pub(super) fn inspection_system(&self) -> PathBuf {
        self.folder.join("is")
    }

    /// Its certificates and those above it, one behind the other.
    pub(super) fn chain(&self) -> PathBuf {
        self.folder.join("reader.cvcert")
    }

    /// Its key as plain PKCS#8.
    pub(super) fn key(&self) -> PathBuf {
        self.folder.join("reader.key")
    }
}

fn fingerprint(request: &Value) -> Result<&str> {
    at(request, "/sha256")?
        .as_str()
        .context("the SHA-256 of a request is no text")
}
