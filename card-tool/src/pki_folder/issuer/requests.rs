//! Requests that wait, and those that broke off. What is to be made is written down before its key is made, so that no key
//! is there of which nothing knows.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use ceremony::{Digest, Request};
use crypto::PublicKey;
use key_store::KeyLocation;
use pki::Certificate;

use super::{IssuerFolder, KEYS, LIST_SIGNERS, REQUESTS, SignerFile, sorted};
use crate::exit::{Exit, Problem};
use crate::files::{self, Secrecy};
use crate::pki_folder::place::shown;

const WITHDRAWN: &str = "withdrawn";
const RETIRED: &str = "retired";

/// A request that waits for its answer.
pub struct Outstanding {
    /// The key and what was wanted.
    pub signer: SignerFile,
    /// The request.
    pub request: Request,
}

/// A key without a certificate.
pub struct Waiting {
    /// The key and what was wanted.
    pub signer: SignerFile,
    /// SHA-256 of the request, where there is one.
    pub request: Option<Digest>,
    /// The key that the request wants a certificate for.
    pub public_key: Option<PublicKey>,
}

impl IssuerFolder {
    /// Writes down what is going to be made, before its key.
    pub fn begin_request(&self, signer: &SignerFile) -> Result<()> {
        let path = self.request_file(&signer.name, "toml");
        files::write(&path, toml::to_string(signer)?.as_bytes(), Secrecy::Open)
    }

    /// Keeps a request until its answer comes.
    pub fn keep_request(&self, name: &str, request: &str) -> Result<()> {
        let path = self.request_file(name, "json");
        files::write(&path, request.as_bytes(), Secrecy::Open)
    }

    /// Every request that waits.
    pub fn outstanding(&self) -> Result<Vec<Outstanding>> {
        let mut found = Vec::new();
        for path in sorted(&self.path().join(REQUESTS), "json")? {
            let named = || path.display().to_string();
            let request = Request::read(&files::read(&path)?).with_context(named)?;
            let signer = toml::from_str(&files::read_text(&path.with_extension("toml"))?)
                .with_context(named)?;
            found.push(Outstanding { signer, request });
        }
        Ok(found)
    }

    /// Names of requests that broke off: perhaps there is a key, and no request.
    pub fn broken_off(&self) -> Result<Vec<String>> {
        let mut found = Vec::new();
        for path in sorted(&self.path().join(REQUESTS), "toml")? {
            if !path.with_extension("json").exists() {
                found.extend(name_of(&path));
            }
        }
        // Keys that nothing names at all.
        let known = self.known_keys()?;
        for path in sorted(&self.path().join(KEYS), "key")? {
            if !known.contains(&shown(&KeyLocation::File(path.clone()))) {
                found.extend(name_of(&path));
            }
        }
        Ok(found)
    }

    /// Every key that something in the folder names.
    fn known_keys(&self) -> Result<Vec<String>> {
        let mut places = self.certified_keys()?;
        for path in sorted(&self.path().join(REQUESTS), "toml")? {
            let signer: SignerFile = toml::from_str(&files::read_text(&path)?)
                .with_context(|| path.display().to_string())?;
            places.extend(self.shown_key(&signer)?);
        }
        Ok(places)
    }

    /// The keys of document signers and list signers.
    fn certified_keys(&self) -> Result<Vec<String>> {
        let mut places = Vec::new();
        for entry in self.ring()?.entries() {
            places.push(shown(entry.location()));
        }
        for path in sorted(&self.path().join(LIST_SIGNERS), "toml")? {
            let signer: SignerFile = toml::from_str(&files::read_text(&path)?)
                .with_context(|| path.display().to_string())?;
            places.extend(self.shown_key(&signer)?);
        }
        Ok(places)
    }

    fn shown_key(&self, signer: &SignerFile) -> Result<Option<String>> {
        let place = signer.key.as_ref();
        let location = place.map(|place| self.location(place)).transpose()?;
        Ok(location.as_ref().map(shown))
    }

    /// What waits under a name, answered or not; refused for what is a signer by now.
    pub fn waiting(&self, name: &str) -> Result<Waiting> {
        let note = self.request_file(name, "toml");
        let request = self.request_file(name, "json");
        let key = self.path().join(KEYS).join(format!("{name}.key"));
        // A name is a name of a file of the folder, and nothing that leads out of it.
        let is_name = std::path::Path::new(name).file_name() == Some(name.as_ref());
        let signer = if is_name && note.exists() {
            toml::from_str(&files::read_text(&note)?).with_context(|| note.display().to_string())?
        } else if is_name && key.exists() && self.broken_off()?.iter().any(|broken| broken == name)
        {
            SignerFile {
                name: name.to_owned(),
                kind: "unknown".to_owned(),
                key: Some(format!("file:{KEYS}/{name}.key")),
                algorithm: None,
                limit: None,
                deletion_begun: None,
                retired: None,
            }
        } else {
            return Err(Problem::usage(
                format!("no request of the name {name} waits"),
                "`card-tool pki signer status` shows those that do",
            ));
        };
        if let Some(key) = self.shown_key(&signer)?
            && self.certified_keys()?.contains(&key)
        {
            return Err(accepted(name));
        }
        let file = request
            .exists()
            .then(|| files::read(&request))
            .transpose()?;
        let named = || request.display().to_string();
        let public_key = match &file {
            Some(file) => {
                let body = Request::read(file).with_context(named)?.body().clone();
                let spki = body
                    .public_key
                    .as_ref()
                    .map(|key| PublicKey::from_spki(key.as_bytes()));
                spki.transpose().with_context(named)?
            }
            None => None,
        };
        if let Some(key) = &public_key
            && self.is_certified(key)?
        {
            return Err(accepted(name));
        }
        Ok(Waiting {
            signer,
            request: file.as_deref().map(Digest::of),
            public_key,
        })
    }

    /// Whether a signer of the folder has this key, wherever it says that it is.
    fn is_certified(&self, key: &PublicKey) -> Result<bool> {
        let has_key =
            |certificate: &Certificate| certificate.public_key().is_ok_and(|found| found == *key);
        Ok(self
            .ring()?
            .entries()
            .iter()
            .any(|entry| has_key(entry.certificate()))
            || self
                .list_signers()?
                .iter()
                .any(|(_, certificate)| has_key(certificate)))
    }

    /// Keeps the page of the end of a list signer or bar code signer.
    pub fn keep_retirement(&self, name: &str, stamp: &str, page: &str) -> Result<PathBuf> {
        let folder = self.path().join(RETIRED);
        files::make_folder(&folder)?;
        let path = folder.join(format!("{name}-{stamp}.txt"));
        files::write(&path, page.as_bytes(), Secrecy::Open)?;
        Ok(path)
    }

    /// Keeps the page of a withdrawal.
    pub fn keep_withdrawal(&self, name: &str, stamp: &str, page: &str) -> Result<PathBuf> {
        let folder = self.path().join(WITHDRAWN);
        files::make_folder(&folder)?;
        let path = folder.join(format!("{name}-{stamp}.txt"));
        files::write(&path, page.as_bytes(), Secrecy::Open)?;
        Ok(path)
    }

    /// A request is answered, or withdrawn. What names the key goes last.
    pub fn forget_request(&self, name: &str) -> Result<()> {
        for extension in ["json", "toml"] {
            let path = self.request_file(name, extension);
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(error).with_context(|| path.display().to_string());
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn request_file(&self, name: &str, extension: &str) -> PathBuf {
        self.path()
            .join(REQUESTS)
            .join(format!("{name}.{extension}"))
    }
}

fn accepted(name: &str) -> anyhow::Error {
    Problem::of(
        Exit::Policy,
        format!("the answer for {name} was accepted: its key is that of a signer"),
        "`card-tool pki signer accept` once more finishes it; `pki signer retire` ends a signer",
    )
}

fn name_of(path: &std::path::Path) -> Option<String> {
    Some(path.file_stem()?.to_str()?.to_owned())
}
