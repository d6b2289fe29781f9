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
pub mod root;

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use crypto::{CryptoRng, Curve, HashAlgorithm, PrivateKey, SignatureAlgorithm};
use pki::DocumentSigner;
use pki::SoftwareSigner;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::exit::{Exit, Problem};
use crate::files;

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
    /// One of [`ALGORITHMS`].
    pub algorithm: String,
    /// Document codes that the signer may sign.
    pub document_types: Vec<String>,
    /// How many years a document lives: the certificates must live longer.
    pub document_years: i32,
    /// `explicit` or `named`.
    pub ec_parameters: String,
}

pub use crypto::KeyKind;

/// The algorithms by their words: key and signature.
pub const ALGORITHMS: [(&str, KeyKind, SignatureAlgorithm); 6] = [
    (
        "rsa-pss-3072",
        KeyKind::Rsa(3072),
        SignatureAlgorithm::pss(HashAlgorithm::Sha256),
    ),
    (
        "rsa-pss-2048",
        KeyKind::Rsa(2048),
        SignatureAlgorithm::pss(HashAlgorithm::Sha256),
    ),
    (
        "ecdsa-p256",
        KeyKind::Ec(Curve::P256),
        SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256),
    ),
    (
        "ecdsa-p384",
        KeyKind::Ec(Curve::P384),
        SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha384),
    ),
    (
        "ecdsa-brainpoolP256r1",
        KeyKind::Ec(Curve::BrainpoolP256r1),
        SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256),
    ),
    (
        "ecdsa-brainpoolP384r1",
        KeyKind::Ec(Curve::BrainpoolP384r1),
        SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha384),
    ),
];

/// The algorithm of a word.
pub fn algorithm(word: &str) -> Result<(KeyKind, SignatureAlgorithm)> {
    ALGORITHMS
        .into_iter()
        .find(|(known, ..)| *known == word)
        .map(|(_, key, signature)| (key, signature))
        .ok_or_else(|| {
            let known: Vec<&str> = ALGORITHMS.iter().map(|(word, ..)| *word).collect();
            Problem::usage(
                format!("unknown algorithm {word}"),
                format!("one of {}", known.join(", ")),
            )
        })
}

/// The settings of a folder.
pub fn settings(folder: &Path) -> Result<Settings> {
    let path = folder.join(SETTINGS);
    toml::from_str(&files::read_text(&path)?).with_context(|| path.display().to_string())
}

/// The document signer of a folder.
pub fn document_signer(folder: &Path, rng: &mut dyn CryptoRng) -> Result<DocumentSigner> {
    let (_, signature) = algorithm(&settings(folder)?.algorithm)?;
    let signer = software_signer(&folder.join(SIGNER_KEY), signature, rng)?;
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
    secret: &issuer::SignerSecretSource<'_>,
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
