//! Signatures over the texts of a ceremony. Each purpose has its own words in front of what is signed, so that a signature
//! of one kind is never one of another, nor that of a certificate.

use crypto::{HashAlgorithm, PublicKey, SignatureAlgorithm};
use pki::Signer;
use serde::{Deserialize, Serialize};

use crate::octets::Der;
use crate::{Error, Result};

/// What a signature is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The new key shows that somebody holds it.
    ProofOfPossession,
    /// The registrar vouches for a request.
    Request,
    /// The CSCA answers.
    Answer,
    /// The CSCA remembers.
    Journal,
    /// The CSCA confirms a backup.
    Backup,
}

impl Purpose {
    const fn words(self) -> &'static [u8] {
        match self {
            Self::ProofOfPossession => b"card-toolchain ceremony 1: proof of possession\0",
            Self::Request => b"card-toolchain ceremony 1: request\0",
            Self::Answer => b"card-toolchain ceremony 1: answer\0",
            Self::Journal => b"card-toolchain ceremony 1: journal\0",
            Self::Backup => b"card-toolchain ceremony 1: backup\0",
        }
    }
}

/// A signature and its algorithm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seal {
    algorithm: Algorithm,
    signature: Der,
}

impl Seal {
    /// Signs.
    pub(crate) fn set(purpose: Purpose, text: &[u8], signer: &dyn Signer) -> Result<Self> {
        Ok(Self {
            algorithm: Algorithm::of(signer.algorithm())?,
            signature: Der::new(signer.sign(&[purpose.words(), text].concat())?),
        })
    }

    /// Whether a key has signed.
    pub(crate) fn is_by(&self, purpose: Purpose, text: &[u8], key: &PublicKey) -> bool {
        let message = [purpose.words(), text].concat();
        key.verify(
            &self.algorithm.signature(),
            &message,
            self.signature.as_bytes(),
        )
        .is_ok()
    }
}

/// The algorithms of seals: those of keys that are certified. SHA-1 is not among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Algorithm {
    #[serde(rename = "ecdsa-sha256")]
    EcdsaSha256,
    #[serde(rename = "ecdsa-sha384")]
    EcdsaSha384,
    #[serde(rename = "ecdsa-sha512")]
    EcdsaSha512,
    #[serde(rename = "rsa-pss-sha256")]
    PssSha256,
    #[serde(rename = "rsa-pss-sha384")]
    PssSha384,
    #[serde(rename = "rsa-pss-sha512")]
    PssSha512,
    #[serde(rename = "rsa-pkcs1-sha256")]
    Pkcs1Sha256,
    #[serde(rename = "rsa-pkcs1-sha512")]
    Pkcs1Sha512,
}

impl Algorithm {
    const ALL: [Self; 8] = [
        Self::EcdsaSha256,
        Self::EcdsaSha384,
        Self::EcdsaSha512,
        Self::PssSha256,
        Self::PssSha384,
        Self::PssSha512,
        Self::Pkcs1Sha256,
        Self::Pkcs1Sha512,
    ];

    fn of(algorithm: SignatureAlgorithm) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|known| known.signature() == algorithm)
            .ok_or(Error::Misuse(
                "a key of a ceremony signs by ECDSA or RSA with SHA-256 or more",
            ))
    }

    const fn signature(self) -> SignatureAlgorithm {
        match self {
            Self::EcdsaSha256 => SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256),
            Self::EcdsaSha384 => SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha384),
            Self::EcdsaSha512 => SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha512),
            Self::PssSha256 => SignatureAlgorithm::pss(HashAlgorithm::Sha256),
            Self::PssSha384 => SignatureAlgorithm::pss(HashAlgorithm::Sha384),
            Self::PssSha512 => SignatureAlgorithm::pss(HashAlgorithm::Sha512),
            Self::Pkcs1Sha256 => SignatureAlgorithm::RsaPkcs1(HashAlgorithm::Sha256),
            Self::Pkcs1Sha512 => SignatureAlgorithm::RsaPkcs1(HashAlgorithm::Sha512),
        }
    }
}
