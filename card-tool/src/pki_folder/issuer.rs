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
//! | `withdrawn/` | a page for each request that was withdrawn, to print and sign |
//! | `document-signers/` | the ring of document signers with their ledgers |
//! | `list-signers/` | signers of master lists, deviation lists and bar codes |

mod requests;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use ceremony::Digest;
use crypto::{CryptoRng, SecretBytes};
use key_store::{KeyLocation, KeyProfile, SignerRing};
use pki::{Certificate, Crl, DocumentSigner, Signer};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

pub use requests::{Outstanding, Waiting};

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
const REVOCATION_LIST: &str = "csca.crl";
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
}

/// The folder.
pub struct IssuerFolder {
    path: PathBuf,
    /// What was asked for.
    pub settings: IssuerSettings,
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

    /// Keeps a revocation list, unless the folder has a newer one: an older answer would bring revoked certificates back.
    pub fn keep_crl(&self, crl: &[u8]) -> Result<PathBuf> {
        let path = self.path.join(REVOCATION_LIST);
        if path.exists() {
            let kept = files::read(&path)?;
            let shown = || path.display().to_string();
            if kept != crl && !is_newer(crl, &kept).with_context(shown)? {
                return Err(Problem::of(
                    Exit::Policy,
                    format!("{} is as new as the list of the answer, or newer", shown()),
                    "nothing was changed; for a new one say `card-tool pki signer request --kind crl`",
                ));
            }
        }
        files::write(&path, crl, Secrecy::Open)?;
        Ok(path)
    }

    /// The revocation list of the folder, which was verified when it was accepted. One that does not read stops every
    /// signer: nobody knows what it has revoked.
    pub fn revocation_list(&self) -> Result<Option<Crl>> {
        let path = self.path.join(REVOCATION_LIST);
        if !path.exists() {
            return Ok(None);
        }
        let list = Crl::parse(&files::read(&path)?).with_context(|| path.display().to_string())?;
        Ok(Some(list))
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
    pub fn place_for_key(&self, wanted: &str, name: &str) -> Result<String> {
        place(wanted, &format!("{KEYS}/{name}.key"))
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
        SignerRing::open(&path).with_context(|| path.display().to_string())
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

    /// Which document signer signs a document of this type now; otherwise one that would, if it were not revoked.
    pub fn candidate<'a>(
        &self,
        ring: &'a SignerRing,
        document_type: &str,
        now: OffsetDateTime,
    ) -> Result<core::result::Result<&'a key_store::Entry, Option<&'a str>>> {
        let list = self.revocation_list()?;
        let mut out = None;
        for entry in ring.entries() {
            match entry.admits(document_type, now) {
                Ok(()) if revokes(list.as_ref(), entry.certificate()) => out = Some(entry.name()),
                Ok(()) => return Ok(Ok(entry)),
                Err(key_store::Error::Pki(pki::Error::NotPermitted(_))) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Err(out))
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
        match self.candidate(&ring, document_type, now)? {
            Ok(entry) => {
                let secret = secret.ask()?;
                let key = key_store::open(entry.location(), entry.profile(), &secret, rng)?;
                let signer = DocumentSigner::new(entry.certificate().as_der(), key)?;
                return Ok(Arc::new(signer.counted_by(Arc::clone(entry.ledger()) as _)));
            }
            Err(Some(name)) => return Err(revoked(name)),
            Err(None) => {}
        }
        // None may sign: the ring says which reason comes nearest, before it asks for a secret.
        let nothing = |_: &KeyLocation| Ok(SecretBytes::new(Vec::new()));
        Ok(ring.current(document_type, now, &nothing, rng)?)
    }
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
fn is_newer(list: &[u8], than: &[u8]) -> Result<bool> {
    let (list, than) = (Crl::parse(list)?, Crl::parse(than)?);
    let number = |list: &Crl| {
        let digits = list.number().unwrap_or_default();
        let zeros = digits.iter().take_while(|digit| **digit == 0).count();
        let digits = digits.get(zeros..).unwrap_or_default();
        (digits.len(), digits.to_vec())
    };
    Ok(number(&list) > number(&than) && list.this_update() >= than.this_update())
}

/// The place of a new registrar's key.
pub fn registrar_place(wanted: &str) -> Result<String> {
    place(wanted, REGISTRAR_KEY)
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
