//! The batch file: which jobs belong together, octet by octet, said by whoever made them.
//!
//! ```text
//! { "format": 1, "manifest": "<JSON text>", "key": "<SHA-256 of the signer's SubjectPublicKeyInfo>", "signature": "<hexadecimal>" }
//! ```
//!
//! The signature is ECDSA on P-256 with SHA-256 over `card-toolchain batch 1`, a line end, and the text of the manifest as it stands.
//! The job files travel beside it: each counts only if its SHA-256 is in the manifest. Whoever takes a batch has the signer's key from
//! somewhere else than the batch.

use crypto::{
    CryptoRng, Curve, EcParameters, HashAlgorithm, KeyKind, PrivateKey, PublicKey,
    SignatureAlgorithm,
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

/// Version of the format.
const FORMAT: u32 = 1;
/// What stands before the manifest when it is signed: no other text that this key signs begins so.
const PURPOSE: &[u8] = b"card-toolchain batch 1\n";
/// Most jobs of one batch file.
pub const MAX_BATCH_JOBS: usize = 10_000;
/// Longest batch file: ten thousand jobs of 200 octets in a text within a text.
pub const MAX_BATCH_FILE: usize = 4 << 20;
const ALGORITHM: SignatureAlgorithm = SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256);

/// A job of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchJob {
    /// The job.
    pub job: Uuid,
    /// Serial number of its chip, hexadecimal.
    pub chip: String,
    /// SHA-256 of its job file, hexadecimal.
    pub sha256: String,
}

/// What belongs together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchManifest {
    /// The batch.
    pub batch: Uuid,
    /// Where it is to be written.
    pub site: String,
    /// The issuer profile: what the cards are.
    pub profile: String,
    /// Whether its cards take the place of rejects.
    #[serde(default)]
    pub remake: bool,
    /// When it was signed.
    #[serde(with = "time::serde::rfc3339")]
    pub signed_at: OffsetDateTime,
    /// From when on it is not taken any more.
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
    /// How many jobs it has.
    pub count: usize,
    /// Its jobs, most urgent first.
    pub jobs: Vec<BatchJob>,
}

/// What is wrong with a batch file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BatchFault {
    /// It is no batch file.
    #[error("batch file: malformed {0}")]
    Malformed(&'static str),
    /// Nobody who is trusted has signed it.
    #[error("batch file: its signer is not trusted here")]
    UnknownSigner,
    /// The signature is not that of its content.
    #[error("batch file: the signature is wrong")]
    SignatureWrong,
    /// It is too old.
    #[error("batch file: it has expired")]
    Expired,
    /// A key that cannot sign batches.
    #[error("a batch is signed with a key on P-256")]
    KeyKind,
    /// The key cannot be used.
    #[error("batch file: the key does not sign")]
    CannotSign,
}

/// Somebody whose batches are taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchSigner {
    id: String,
    key: PublicKey,
}

impl BatchSigner {
    /// The signer with this key.
    ///
    /// # Errors
    /// [`BatchFault::KeyKind`].
    pub fn new(key: PublicKey) -> Result<Self, BatchFault> {
        if key.kind() != KeyKind::Ec(Curve::P256) {
            return Err(BatchFault::KeyKind);
        }
        let spki = key
            .to_spki(EcParameters::Named)
            .map_err(|_| BatchFault::KeyKind)?;
        let id = hex::encode(HashAlgorithm::Sha256.digest(&spki));
        Ok(Self { id, key })
    }

    /// SHA-256 of the key's SubjectPublicKeyInfo, hexadecimal.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The key.
    #[must_use]
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BatchFile {
    format: u32,
    manifest: String,
    key: String,
    signature: String,
}

impl BatchManifest {
    /// Writes the batch file.
    ///
    /// # Errors
    /// [`BatchFault::Malformed`] for a manifest that nobody would read, [`BatchFault::KeyKind`], [`BatchFault::CannotSign`].
    pub fn sign(&self, key: &PrivateKey, rng: &mut dyn CryptoRng) -> Result<Vec<u8>, BatchFault> {
        self.check()?;
        let signer = BatchSigner::new(key.public())?;
        let manifest =
            serde_json::to_string(self).map_err(|_| BatchFault::Malformed("manifest"))?;
        let signature = key
            .sign(&ALGORITHM, &signed(&manifest), rng)
            .map_err(|_| BatchFault::CannotSign)?;
        let file = BatchFile {
            format: FORMAT,
            manifest,
            key: signer.id,
            signature: hex::encode(signature),
        };
        let mut text = serde_json::to_vec(&file).map_err(|_| BatchFault::Malformed("manifest"))?;
        text.push(b'\n');
        Ok(text)
    }

    /// Reads a batch file that one of these has signed and that counts at this time. Says who.
    ///
    /// # Errors
    /// [`BatchFault`].
    pub fn verify<'s>(
        file: &[u8],
        signers: &'s [BatchSigner],
        now: OffsetDateTime,
    ) -> Result<(Self, &'s BatchSigner), BatchFault> {
        if file.len() > MAX_BATCH_FILE {
            return Err(BatchFault::Malformed("file: it is too long"));
        }
        let file: BatchFile =
            serde_json::from_slice(file).map_err(|_| BatchFault::Malformed("JSON"))?;
        if file.format != FORMAT {
            return Err(BatchFault::Malformed("format version"));
        }
        let signature =
            hex::decode(&file.signature).map_err(|_| BatchFault::Malformed("signature"))?;
        let signer = signers.iter().find(|signer| signer.id == file.key);
        let signer = signer.ok_or(BatchFault::UnknownSigner)?;
        // Nothing in it is looked at before its signature.
        signer
            .key
            .verify(&ALGORITHM, &signed(&file.manifest), &signature)
            .map_err(|_| BatchFault::SignatureWrong)?;
        let manifest: Self =
            serde_json::from_str(&file.manifest).map_err(|_| BatchFault::Malformed("manifest"))?;
        manifest.check()?;
        if now >= manifest.expires_at {
            return Err(BatchFault::Expired);
        }
        Ok((manifest, signer))
    }

    fn check(&self) -> Result<(), BatchFault> {
        if self.jobs.is_empty() || self.jobs.len() > MAX_BATCH_JOBS || self.count != self.jobs.len()
        {
            return Err(BatchFault::Malformed("number of jobs"));
        }
        let mut jobs: Vec<Uuid> = self.jobs.iter().map(|job| job.job).collect();
        jobs.sort_unstable();
        if jobs.windows(2).any(|pair| pair.first() == pair.last()) {
            return Err(BatchFault::Malformed("jobs: one is there twice"));
        }
        Ok(())
    }
}

fn signed(manifest: &str) -> Vec<u8> {
    [PURPOSE, manifest.as_bytes()].concat()
}

#[cfg(test)]
mod tests;
