//! The document signer of a test issuer: the folder that `card-tool pki init` makes.
//!
//! | file | content |
//! |---|---|
//! | `pki.toml` | `algorithm`: the word of the signature algorithm |
//! | `document-signer.der` | certificate |
//! | `document-signer.key` | PKCS#8 key in the clear: for tests |

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crypto::{CryptoRng, HashAlgorithm, PrivateKey, SignatureAlgorithm};
use pki::{DocumentSigner, SoftwareSigner};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::{Error, Result, files};

/// What was asked for when the folder was made.
const SETTINGS: &str = "pki.toml";
/// The document signer certificate.
const CERTIFICATE: &str = "document-signer.der";
/// The document signer key.
const KEY: &str = "document-signer.key";

/// Longest file of the folder that is read.
const MAX_FILE: usize = 64 * 1024;

/// The algorithms by their words.
const ALGORITHMS: [(&str, SignatureAlgorithm); 6] = [
    (
        "rsa-pss-3072",
        SignatureAlgorithm::pss(HashAlgorithm::Sha256),
    ),
    (
        "rsa-pss-2048",
        SignatureAlgorithm::pss(HashAlgorithm::Sha256),
    ),
    (
        "ecdsa-p256",
        SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256),
    ),
    (
        "ecdsa-p384",
        SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha384),
    ),
    (
        "ecdsa-brainpoolP256r1",
        SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256),
    ),
    (
        "ecdsa-brainpoolP384r1",
        SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha384),
    ),
];

/// The part of `pki.toml` that signing needs; the rest is for whoever issues certificates.
#[derive(Deserialize)]
struct Settings {
    algorithm: String,
}

/// The document signer of a PKI folder. `rng` is for salts and blinding.
///
/// # Errors
/// [`Error::KeyStore`] when key and certificate are unreadable or do not belong together; [`Error::UnknownAlgorithm`],
/// [`Error::Toml`], [`Error::File`].
pub(super) fn document_signer(
    folder: &Path,
    rng: Box<dyn CryptoRng + Send>,
) -> Result<Arc<DocumentSigner>> {
    let algorithm = algorithm(&folder.join(SETTINGS))?;
    let key_path = folder.join(KEY);
    let der = Zeroizing::new(files::read(&key_path, MAX_FILE)?);
    let signer = PrivateKey::from_pkcs8(&der)
        .map_err(pki::Error::from)
        .and_then(|key| SoftwareSigner::optimised(key, algorithm, rng))
        .map_err(|source| key_store(key_path, source))?;
    let certificate_path = folder.join(CERTIFICATE);
    let certificate = files::read(&certificate_path, MAX_FILE)?;
    let signer = DocumentSigner::new(&certificate, Arc::new(signer))
        .map_err(|source| key_store(certificate_path, source))?;
    Ok(Arc::new(signer))
}

fn algorithm(path: &Path) -> Result<SignatureAlgorithm> {
    let text = files::read_text(path, MAX_FILE)?;
    let settings: Settings = toml::from_str(&text).map_err(|source| Error::Toml {
        path: path.to_owned(),
        source: Box::new(source),
    })?;
    ALGORITHMS
        .into_iter()
        .find(|(word, _)| *word == settings.algorithm)
        .map(|(_, algorithm)| algorithm)
        .ok_or_else(|| Error::UnknownAlgorithm(path.to_owned()))
}

fn key_store(path: PathBuf, source: pki::Error) -> Error {
    Error::KeyStore { path, source }
}
