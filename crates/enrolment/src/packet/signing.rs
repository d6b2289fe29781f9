//! Who signs a manifest, and what exactly.

use core::fmt;

use crypto::{
    CryptoRng, Curve, EcParameters, HashAlgorithm, KeyKind, PrivateKey, PublicKey,
    SignatureAlgorithm,
};
use serde::{Deserialize, Serialize};

use super::{Digest, PacketError};

/// The algorithm of every signature of packets and receipts.
pub(super) const ALGORITHM: SignatureAlgorithm = SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256);
/// The kind of key that goes with it.
const KIND: KeyKind = KeyKind::Ec(Curve::P256);

/// As what somebody signs a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The machine.
    Station,
    /// Who enrols.
    Operator,
    /// Who releases what was overridden.
    Supervisor,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Station, Self::Operator, Self::Supervisor];

    /// The word of the role.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Station => "station",
            Self::Operator => "operator",
            Self::Supervisor => "supervisor",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Something that signs with ECDSA on P-256 and SHA-256: a key in memory, later a token or a card.
pub trait PacketSigner {
    /// The public half.
    fn public_key(&self) -> PublicKey;

    /// Signs a message; the signature is in DER.
    ///
    /// # Errors
    /// What the key or its place answers.
    fn sign(&self, message: &[u8], rng: &mut dyn CryptoRng) -> crypto::Result<Vec<u8>>;
}

impl PacketSigner for PrivateKey {
    fn public_key(&self) -> PublicKey {
        self.public()
    }

    fn sign(&self, message: &[u8], rng: &mut dyn CryptoRng) -> crypto::Result<Vec<u8>> {
        PrivateKey::sign(self, &ALGORITHM, message, rng)
    }
}

/// By what a key is known: SHA-256 of its SubjectPublicKeyInfo with the curve by name.
///
/// # Errors
/// [`PacketError::Misuse`] for a key that is not on P-256.
pub fn key_id(key: &PublicKey) -> Result<Digest, PacketError> {
    if key.kind() != KIND {
        return Err(PacketError::Misuse("packets are signed by keys on P-256"));
    }
    Ok(Digest::of(&key.to_spki(EcParameters::Named)?))
}

/// What is signed of a manifest: its hash, bound to the role, so that a supervisor's signature is no operator's.
pub(super) fn manifest_message(role: Role, manifest: &Digest) -> Vec<u8> {
    format!("enrolment-packet 1 manifest\n{role}\n{manifest}\n").into_bytes()
}

/// What is signed of a receipt.
pub(super) fn receipt_message(receipt: &Digest) -> Vec<u8> {
    format!("enrolment-packet 1 receipt\n{receipt}\n").into_bytes()
}
