//! The revocation list of an issuer's folder. Which one was accepted last is kept beside the ledgers: a list that is lost, or
//! an older one in its place, would bring revoked certificates back.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use ceremony::Digest;
use pki::{Certificate, Crl};
use serde::{Deserialize, Serialize};

use super::{DOCUMENT_SIGNERS, IssuerFolder};
use crate::exit::{Exit, Problem};
use crate::files::{self, Secrecy};

const REVOCATION_LIST: &str = "csca.crl";
const ACCEPTED: &str = "accepted-crl.toml";

/// The list that was accepted last.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Accepted {
    /// Its number in hexadecimal, without leading zeros.
    number: String,
    /// SHA-256 of the list.
    sha256: String,
}

impl Accepted {
    fn of(list: &Crl) -> Self {
        Self {
            number: number(list),
            sha256: Digest::of(list.as_der()).to_string(),
        }
    }

    /// Whether a list is this one or follows it.
    fn is_met_by(&self, list: &Crl) -> bool {
        let found = Self::of(list);
        found.sha256 == self.sha256 || rank(&found.number) > rank(&self.number)
    }
}

impl IssuerFolder {
    /// Keeps a revocation list, unless the folder has, or had, a newer one: an older answer would bring revoked certificates
    /// back.
    pub fn keep_crl(&self, crl: &[u8]) -> Result<PathBuf> {
        let path = self.path().join(REVOCATION_LIST);
        let shown = || path.display().to_string();
        let list = Crl::parse(crl)?;
        let old = |what: &str| {
            Problem::of(
                Exit::Policy,
                format!("{what} is as new as the list of the answer, or newer"),
                "nothing was changed; for a new one say `card-tool pki signer request --kind crl`",
            )
        };
        if let Some(accepted) = self.accepted()?
            && !accepted.is_met_by(&list)
        {
            return Err(old(&format!(
                "the list {} (hexadecimal), which was accepted,",
                accepted.number
            )));
        }
        if path.exists() {
            let kept = files::read(&path)?;
            if kept != crl && !follows(&list, &Crl::parse(&kept).with_context(shown)?) {
                return Err(old(&shown()));
            }
        }
        files::write(&path, crl, Secrecy::Open)?;
        self.remember(&list)?;
        Ok(path)
    }

    /// The revocation list of the folder, which was verified when it was accepted. One that does not read, is not there any
    /// more or is an older one stops every signer: nobody knows what has been revoked.
    pub fn revocation_list(&self) -> Result<Option<Crl>> {
        let path = self.path().join(REVOCATION_LIST);
        let accepted = self.accepted()?;
        let list = path
            .exists()
            .then(|| Crl::parse(&files::read(&path)?).with_context(|| path.display().to_string()))
            .transpose()?;
        match (accepted, &list) {
            (Some(accepted), None) => Err(lost(&accepted, "is not there")),
            (Some(accepted), Some(list)) if !accepted.is_met_by(list) => Err(lost(
                &accepted,
                &format!("is the list {} (hexadecimal)", number(list)),
            )),
            _ => Ok(list),
        }
    }

    /// Folders of before have a list and nothing that says so elsewhere.
    pub(super) fn remember_list(&self) -> Result<()> {
        if self.accepted()?.is_none()
            && let Some(list) = self.revocation_list()?
        {
            self.remember(&list)?;
        }
        Ok(())
    }

    fn remember(&self, list: &Crl) -> Result<()> {
        let text = toml::to_string(&Accepted::of(list))?;
        files::write(&self.accepted_file(), text.as_bytes(), Secrecy::Open)
    }

    fn accepted(&self) -> Result<Option<Accepted>> {
        let path = self.accepted_file();
        if !path.exists() {
            return Ok(None);
        }
        let text = files::read_text(&path)?;
        Ok(Some(
            toml::from_str(&text).with_context(|| path.display().to_string())?,
        ))
    }

    fn accepted_file(&self) -> PathBuf {
        self.path().join(DOCUMENT_SIGNERS).join(ACCEPTED)
    }
}

fn lost(accepted: &Accepted, instead: &str) -> anyhow::Error {
    Problem::of(
        Exit::Policy,
        format!(
            "the revocation list {} (hexadecimal) was accepted, and {REVOCATION_LIST} {instead}: nobody knows what it has revoked",
            accepted.number
        ),
        "nothing is signed without it; bring the file back, or accept the next list: `card-tool pki signer request --kind crl`",
    )
}

/// Whether a revocation list names a certificate.
pub fn revokes(list: Option<&Crl>, certificate: &Certificate) -> bool {
    list.is_some_and(|list| list.revoked(certificate.serial_number()).is_some())
}

/// What is said of a signer that a revocation list names.
pub fn revoked(name: &str) -> anyhow::Error {
    Problem::of(
        Exit::Policy,
        format!("the certificate of {name} is revoked by {REVOCATION_LIST}"),
        "`card-tool pki signer request` asks the root for another signer",
    )
}

/// Whether a revocation list follows another one: a higher number (RFC 5280 §5.2.3), and not issued before it.
fn follows(list: &Crl, other: &Crl) -> bool {
    rank(&number(list)) > rank(&number(other)) && list.this_update() >= other.this_update()
}

/// The number of a list in hexadecimal, without leading zeros.
fn number(list: &Crl) -> String {
    let digits = list.number().map(hex::encode).unwrap_or_default();
    digits.trim_start_matches('0').to_owned()
}

/// Numbers in order: a longer one is a higher one.
const fn rank(number: &str) -> (usize, &str) {
    (number.len(), number)
}
