//! The online folder of an issuer.
//!
//! | file | content |
//! |---|---|
//! | `issuer.toml` | what was asked for at the start |
//! | `csca.der` | the CSCA certificate that is known; `link-….der` lead to it from former ones, `former-….der` |
//! | `csca.crl` | the last revocation list that came as an answer |
//! | `registrar.key`, `registrar.pem` | the registrar's key, encrypted, and its public half for the root |
//! | `keys/` | keys of signers, encrypted, where they are files |
//! | `requests/` | requests that are not answered yet, and where their keys are; `….toml` before the key is made |
//! | `retired/` | a page for each list signer and bar code signer whose key ended, to print and sign |
//! | `withdrawn/` | a page for each request that was withdrawn, to print and sign |
//! | `document-signers/` | the ring of document signers with their ledgers |
//! | `document-signers/accepted-crl.toml` | which revocation list was accepted last |
//! | `work.lock` | locked by who writes in the folder |
//! | `list-signers/` | signers of master lists, deviation lists and bar codes |

mod registrar_note;
mod requests;
mod work;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use ceremony::Digest;
use crypto::{CryptoRng, SecretBytes};
use key_store::{KeyLocation, KeyProfile, RevocationList, SignerRing};
use pki::{Certificate, Crl, DocumentSigner, Signer};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

pub use registrar_note::RegistrarNote;
pub use requests::{Outstanding, Waiting};
pub use work::lock;

use super::CSCA_CERTIFICATE;
use super::place::{location, place};
use super::signer_secret::SignerSecretSource;
use crate::exit::{Exit, Problem};
use crate::files::{self, Secrecy};

/// What was asked for.
pub const SETTINGS: &str = "issuer.toml";
/// The registrar's public key.
pub const REGISTRAR: &str = "registrar.pem";
const REGISTRAR_KEY: &str = "registrar.key";
const KEYS: &str = "keys";
const REQUESTS: &str = "requests";
const DOCUMENT_SIGNERS: &str = "document-signers";
const LIST_SIGNERS: &str = "list-signers";
/// Longest name of a signer.
const MAX_NAME: usize = 64;

/// `issuer.toml`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct IssuerSettings {
    /// Two-letter country, as in the CSCA's certificate.
    pub country: String,
    /// Document codes that document signers are to sign.
    pub document_types: Vec<String>,
    /// How many years a document lives.
    pub document_years: u16,
    /// Where the registrar's key is.
    pub registrar_key: String,
    /// What it is.
    pub registrar_algorithm: String,
}

/// A key that waits for its certificate, or has one.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SignerFile {
    /// What it is called.
    pub name: String,
    /// What was wanted: the word of the kind.
    pub kind: String,
    /// Where the key is, from the folder of the issuer.
    pub key: Option<String>,
    /// What it is.
    pub algorithm: Option<String>,
    /// How many documents it may sign.
    pub limit: Option<u64>,
    /// When the key was found and its destruction begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deletion_begun: Option<String>,
    /// When it ended: it signs nothing any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired: Option<String>,
}

/// The folder.
pub struct IssuerFolder {
    path: PathBuf,
    /// What was asked for.
    pub settings: IssuerSettings,
    /// Held by who writes here: nobody else does then.
    lock: Option<File>,
}

/// Whether this is the online folder of an issuer, and not a test issuer.
pub fn is_issuer(folder: &Path) -> bool {
    folder.join(SETTINGS).exists()
}

impl IssuerFolder {
    /// Makes the folder; the settings come last.
    pub fn create(
        path: &Path,
        settings: IssuerSettings,
        csca: &[u8],
        registrar: &str,
        lock: File,
    ) -> Result<Self> {
        for folder in [KEYS, REQUESTS, DOCUMENT_SIGNERS, LIST_SIGNERS] {
            files::make_folder(&path.join(folder))?;
        }
        files::write_all(
            path,
            &[
                (CSCA_CERTIFICATE, csca, Secrecy::Open),
                (REGISTRAR, registrar.as_bytes(), Secrecy::Open),
                (
                    SETTINGS,
                    toml::to_string(&settings)?.as_bytes(),
                    Secrecy::Open,
                ),
            ],
        )?;
        Ok(Self {
            path: path.to_owned(),
            settings,
            lock: Some(lock),
        })
    }

    /// Opens the folder.
    pub fn open(path: &Path) -> Result<Self> {
        let file = path.join(SETTINGS);
        if !file.exists() {
            return Err(Problem::usage(
                format!("{} is no online folder of an issuer", path.display()),
                "`card-tool pki registrar init` makes one",
            ));
        }
        let settings = toml::from_str(&files::read_text(&file)?)
            .with_context(|| file.display().to_string())?;
        Ok(Self {
            path: path.to_owned(),
            settings,
            lock: None,
        })
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The CSCA certificate that is known.
    pub fn csca(&self) -> Result<Certificate> {
        let path = self.path.join(CSCA_CERTIFICATE);
        Certificate::parse(&files::read(&path)?).with_context(|| path.display().to_string())
    }

    /// Takes a new CSCA certificate over, with the links that lead to it. The former ones are kept.
    pub fn take_over(&self, csca: &Certificate, links: &[Certificate]) -> Result<()> {
        let former = self.csca()?;
        let name = |kind: &str, certificate: &Certificate| {
            let digest = Digest::of(certificate.as_der()).to_string();
            format!("{kind}-{}.der", digest.get(..16).unwrap_or_default())
        };
        for link in links {
            files::write(
                &self.path.join(name("link", link)),
                link.as_der(),
                Secrecy::Open,
            )?;
        }
        let kept = self.path.join(name("former", &former));
        files::write(&kept, former.as_der(), Secrecy::Open)?;
        let path = self.path.join(CSCA_CERTIFICATE);
        files::write(&path, csca.as_der(), Secrecy::Open)
    }

    /// Every CSCA certificate of this folder, the one in use first, without links.
    pub fn all_csca(&self) -> Result<Vec<Certificate>> {
        let mut all = vec![self.csca()?];
        for path in self.files_called("former-")? {
            all.push(
                Certificate::parse(&files::read(&path)?)
                    .with_context(|| path.display().to_string())?,
            );
        }
        Ok(all)
    }

    /// The link certificates of this folder.
    pub fn links(&self) -> Result<Vec<Certificate>> {
        let mut all = Vec::new();
        for path in self.files_called("link-")? {
            all.push(
                Certificate::parse(&files::read(&path)?)
                    .with_context(|| path.display().to_string())?,
            );
        }
        Ok(all)
    }

    fn files_called(&self, beginning: &str) -> Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        for entry in
            std::fs::read_dir(&self.path).with_context(|| self.path.display().to_string())?
        {
            let path = entry?.path();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if name.starts_with(beginning) && name.ends_with(".der") {
                found.push(path);
            }
        }
        found.sort();
        Ok(found)
    }

    /// Whether what came as an answer lies in the folder.
    pub fn holds(&self, issued: &[u8]) -> Result<bool> {
        let ring = self.ring()?;
        let list = self.revocation_list()?;
        Ok(list.is_some_and(|list| list.as_der() == issued)
            || ring
                .entries()
                .iter()
                .any(|entry| entry.certificate().as_der() == issued)
            || self
                .list_signers()?
                .iter()
                .any(|(_, certificate)| certificate.as_der() == issued))
    }

    /// Where a new key goes: a place that was named, or a file of the folder.
    pub fn place_for_key(
        &self,
        wanted: &str,
        name: &str,
        rng: &mut dyn CryptoRng,
    ) -> Result<String> {
        place(wanted, &format!("{KEYS}/{name}.key"), rng)
    }

    /// The place of a key: files are named from the folder.
    pub fn location(&self, place: &str) -> Result<KeyLocation> {
        location(&self.path, place)
    }

    /// Opens the registrar's key.
    pub fn registrar(
        &self,
        secret: &SecretBytes,
        rng: &mut dyn CryptoRng,
    ) -> Result<Arc<dyn Signer>> {
        self.open_key(
            &self.settings.registrar_key,
            &self.settings.registrar_algorithm,
            secret,
            rng,
        )
    }

    /// Opens a key of the folder.
    pub fn open_key(
        &self,
        place: &str,
        algorithm: &str,
        secret: &SecretBytes,
        rng: &mut dyn CryptoRng,
    ) -> Result<Arc<dyn Signer>> {
        let location = self.location(place)?;
        let profile = KeyProfile::by_word(algorithm)?;
        let opened = key_store::open(&location, &profile, secret, rng);
        opened.with_context(|| format!("key {location}"))
    }

    /// The ring of document signers.
    pub fn ring(&self) -> Result<SignerRing> {
        let path = self.path.join(DOCUMENT_SIGNERS);
        let ring = SignerRing::open(&path).with_context(|| path.display().to_string())?;
        Ok(ring.refusing(self.revocation_list()?))
    }

    /// The revocation list of the folder and the note of which one was accepted last.
    pub fn revocations(&self) -> RevocationList {
        RevocationList::of(&self.path, &self.path.join(DOCUMENT_SIGNERS))
    }

    /// The revocation list of the folder, which was verified when it was accepted.
    pub fn revocation_list(&self) -> Result<Option<Crl>> {
        Ok(self.revocations().current()?)
    }

    /// How the ring names a key of this folder: from the document signer's own folder.
    pub fn location_in_ring(&self, place: &str) -> Result<KeyLocation> {
        Ok(match place.parse()? {
            KeyLocation::File(name) => KeyLocation::File(Path::new("../..").join(name)),
            token @ KeyLocation::Token(_) => token,
        })
    }

    /// Whether a name is free for a new signer.
    pub fn check_name(&self, name: &str) -> Result<()> {
        let plain = name.len() <= MAX_NAME
            && !name.starts_with('.')
            && name
                .bytes()
                .all(|octet| octet.is_ascii_alphanumeric() || b"-_.".contains(&octet));
        if name.is_empty() || !plain {
            return Err(Problem::usage(
                "a signer is named by letters, digits, '-', '_' and '.'",
                "see --name",
            ));
        }
        let taken = [
            self.path.join(DOCUMENT_SIGNERS).join(name),
            self.path.join(LIST_SIGNERS).join(format!("{name}.der")),
            self.path.join(REQUESTS).join(format!("{name}.json")),
            self.path.join(REQUESTS).join(format!("{name}.toml")),
            self.path.join(KEYS).join(format!("{name}.key")),
        ];
        match taken.iter().find(|path| path.exists()) {
            Some(path) => Err(Problem::of(
                Exit::Policy,
                format!("{} exists already", path.display()),
                "choose another --name; `card-tool pki signer withdraw` ends a request that nobody answers",
            )),
            None => Ok(()),
        }
    }

    /// Keeps a list signer or bar code signer and its certificate.
    pub fn keep_list_signer(&self, signer: &SignerFile, certificate: &[u8]) -> Result<PathBuf> {
        let folder = self.path.join(LIST_SIGNERS);
        let name = &signer.name;
        files::write_all(
            &folder,
            &[
                (
                    &format!("{name}.toml"),
                    toml::to_string(signer)?.as_bytes(),
                    Secrecy::Open,
                ),
                (&format!("{name}.der"), certificate, Secrecy::Open),
            ],
        )?;
        Ok(folder.join(format!("{name}.der")))
    }

    /// List signers and bar code signers with their certificates.
    pub fn list_signers(&self) -> Result<Vec<(SignerFile, Certificate)>> {
        let mut found = Vec::new();
        for path in sorted(&self.path.join(LIST_SIGNERS), "der")? {
            let named = || path.display().to_string();
            let certificate = Certificate::parse(&files::read(&path)?).with_context(named)?;
            let signer = toml::from_str(&files::read_text(&path.with_extension("toml"))?)
                .with_context(named)?;
            found.push((signer, certificate));
        }
        Ok(found)
    }

    /// The list signer or bar code signer of a name.
    pub fn list_signer(&self, name: &str) -> Result<Option<(SignerFile, Certificate)>> {
        let mut all = self.list_signers()?.into_iter();
        Ok(all.find(|(signer, _)| signer.name == name))
    }

    /// Writes down what is known of a list signer or bar code signer.
    pub fn note_list_signer(&self, signer: &SignerFile) -> Result<()> {
        let path = self
            .path
            .join(LIST_SIGNERS)
            .join(format!("{}.toml", signer.name));
        files::write(&path, toml::to_string(signer)?.as_bytes(), Secrecy::Open)
    }

    /// Names of list signers whose certificate is not there: a key is, and perhaps nothing else tells of it.
    pub fn without_certificate(&self) -> Result<Vec<String>> {
        let found = sorted(&self.path.join(LIST_SIGNERS), "toml")?.into_iter();
        let incomplete = found.filter(|path| !path.with_extension("der").exists());
        Ok(incomplete
            .filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()))
            .collect())
    }

    /// The document signer that signs a document of this type now, counted by its ledger; never one that the revocation list
    /// of the folder names.
    pub fn document_signer(
        &self,
        document_type: &str,
        now: OffsetDateTime,
        secret: &SignerSecretSource<'_>,
        rng: &mut dyn CryptoRng,
    ) -> Result<Arc<DocumentSigner>> {
        let ring = self.ring()?;
        // Where none may sign, nobody is asked for a secret.
        let entry = ring.candidate(document_type, now)?;
        let secret = secret.ask()?;
        let key = key_store::open(entry.location(), entry.profile(), &secret, rng)?;
        let signer = DocumentSigner::new(entry.certificate().as_der(), key)?;
        Ok(Arc::new(signer.counted_by(Arc::clone(entry.ledger()) as _)))
    }
}

/// The place of a new registrar's key.
pub fn registrar_place(wanted: &str, rng: &mut dyn CryptoRng) -> Result<String> {
    place(wanted, REGISTRAR_KEY, rng)
}

fn sorted(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// What is said of a signer that the revocation list names.
pub fn revoked(name: &str) -> anyhow::Error {
    key_store::Error::Revoked {
        name: name.to_owned(),
    }
    .into()
}
