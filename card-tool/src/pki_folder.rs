//! The folder of an issuer's PKI: what stands in it, and a document signer out of it.
//!
//! | file | content |
//! |---|---|
//! | `pki.toml` | what was asked for at the start |
//! | `csca.der`, `csca.key` | CSCA certificate and key |
//! | `document-signer.der`, `document-signer.key` | document signer certificate and key |
//!
//! Keys in files are for tests. In life the CSCA's stands on a machine without a network, and the signer's in an HSM.

pub mod issuer;
pub mod place;
pub mod root;
pub mod signer_secret;
pub mod unfinished;

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use crypto::{CryptoRng, PrivateKey, SignatureAlgorithm};
use key_store::KeyProfile;
use pki::DocumentSigner;
use pki::SoftwareSigner;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::eac_folder;
use crate::exit::{Exit, Problem};
use crate::files::{self, Secrecy};

/// The CSCA certificate.
pub const CSCA_CERTIFICATE: &str = "csca.der";
/// The CSCA key.
pub const CSCA_KEY: &str = "csca.key";
/// The document signer certificate.
pub const SIGNER_CERTIFICATE: &str = "document-signer.der";
/// The document signer key.
pub const SIGNER_KEY: &str = "document-signer.key";
/// What was asked for.
pub const SETTINGS: &str = "pki.toml";

/// All of them.
pub const FILES: [&str; 5] = [
    SETTINGS,
    CSCA_KEY,
    CSCA_CERTIFICATE,
    SIGNER_KEY,
    SIGNER_CERTIFICATE,
];

/// `pki.toml`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// Two-letter country of the certificates.
    pub country: String,
    /// Issuing state of the machine readable zone.
    pub state: String,
    /// A word of [`key_store::profile::ALL`].
    pub algorithm: String,
    /// Document codes that the signer may sign.
    pub document_types: Vec<String>,
    /// How many years a document lives: the certificates must live longer.
    pub document_years: i32,
    /// `explicit` or `named`.
    pub ec_parameters: String,
}

/// The word for a key in the folder itself.
pub const IN_FOLDER: &str = "file";

/// The key and signature of a word.
pub fn algorithm(word: &str) -> Result<KeyProfile> {
    KeyProfile::by_word(word).map_err(|_| {
        Problem::usage(
            format!("unknown algorithm {word}"),
            format!("one of {}", key_store::profile::words()),
        )
    })
}

/// The settings of a folder.
pub fn settings(folder: &Path) -> Result<Settings> {
    let path = folder.join(SETTINGS);
    if let Some(other) = no_test_issuer(folder) {
        return Err(other);
    }
    toml::from_str(&files::read_text(&path)?).with_context(|| path.display().to_string())
}

/// What a folder is instead of a test issuer's, and what shows it.
fn no_test_issuer(folder: &Path) -> Option<anyhow::Error> {
    let (is, hint) = if issuer::is_issuer(folder) {
        (
            "is the online folder of an issuer",
            "`card-tool pki signer status` shows it",
        )
    } else if folder.join(root::JOURNAL).exists() {
        ("is an offline root", "`card-tool pki csca log` shows it")
    } else {
        return None;
    };
    Some(Problem::usage(format!("{} {is}", folder.display()), hint))
}

/// Refuses a place for what leaves a folder: inside the folder of a root, an issuer or an authority of terminal
/// authentication, where every name may be one of its own, or a file that is there. Asked before anything is signed.
pub fn check_out(out: &Path) -> Result<()> {
    refuse_inside(out)?;
    files::check_place(out)?;
    if out.is_file() {
        return Err(Problem::of(
            Exit::Policy,
            format!("{} exists already", out.display()),
            "nothing is overwritten; choose another name",
        ));
    }
    Ok(())
}

/// Writes what leaves a folder; a file that is there is written again only with what it holds already.
pub fn write_out(out: &Path, content: &[u8], secrecy: Secrecy) -> Result<()> {
    refuse_inside(out)?;
    if out.is_file() && files::read_first(out, content.len() + 1)? == content {
        return Ok(());
    }
    check_out(out)?;
    files::write(out, content, secrecy)
}

fn refuse_inside(out: &Path) -> Result<()> {
    let parent = out
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    // A folder that is not there is nobody's; the writing says so.
    let Ok(parent) = parent.canonicalize() else {
        return Ok(());
    };
    let inside = |folder: &&Path| {
        issuer::is_issuer(folder)
            || folder.join(root::JOURNAL).exists()
            || eac_folder::is_entity(folder)
    };
    match parent.ancestors().find(inside) {
        Some(folder) => Err(Problem::of(
            Exit::Policy,
            format!(
                "{} lies in {}, which holds keys and is written by itself only",
                out.display(),
                folder.display()
            ),
            "choose a place outside",
        )),
        None => Ok(()),
    }
}

/// The document signer of a folder.
pub fn document_signer(folder: &Path, rng: &mut dyn CryptoRng) -> Result<DocumentSigner> {
    let profile = algorithm(&settings(folder)?.algorithm)?;
    let signer = software_signer(&folder.join(SIGNER_KEY), profile.algorithm, rng)?;
    let path = folder.join(SIGNER_CERTIFICATE);
    DocumentSigner::new(&files::read(&path)?, Arc::new(signer))
        .with_context(|| path.display().to_string())
}

/// The document signer that signs a document of this type now: of a test folder its only one, of an issuer's folder the
/// current one of the ring, counted by its ledger.
pub fn current_document_signer(
    folder: &Path,
    document_type: &str,
    now: OffsetDateTime,
    secret: &signer_secret::SignerSecretSource<'_>,
    rng: &mut dyn CryptoRng,
) -> Result<Arc<DocumentSigner>> {
    if issuer::is_issuer(folder) {
        issuer::IssuerFolder::open(folder)?.document_signer(document_type, now, secret, rng)
    } else {
        document_signer(folder, rng).map(Arc::new)
    }
}

/// The CSCA certificates of a folder: the one in use, and in an issuer's folder its predecessors, whose document signers
/// may still be at work.
pub fn csca_certificates(folder: &Path) -> Result<Vec<Vec<u8>>> {
    if issuer::is_issuer(folder) {
        let all = issuer::IssuerFolder::open(folder)?.all_csca()?;
        Ok(all.iter().map(|csca| csca.as_der().to_vec()).collect())
    } else {
        Ok(vec![files::read(&folder.join(CSCA_CERTIFICATE))?])
    }
}

/// A signer out of a key file.
pub fn software_signer(
    path: &Path,
    signature: SignatureAlgorithm,
    rng: &mut dyn CryptoRng,
) -> Result<SoftwareSigner> {
    let der = zeroize::Zeroizing::new(files::read(path)?);
    let key = PrivateKey::from_pkcs8(&der).map_err(|error| {
        Problem::of(
            Exit::KeyStore,
            format!("{}: {error}", path.display()),
            "`card-tool pki init` makes such files",
        )
    })?;
    let own = StdRng::from_rng(rng);
    SoftwareSigner::optimised(key, signature, Box::new(own))
        .with_context(|| path.display().to_string())
}
