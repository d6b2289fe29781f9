//! Signed notes (C2SP signed-note, c2sp.org/signed-note): a text that people can read, an empty line, and lines of signatures.
//!
//! Of the types of signatures that the specification knows this crate makes and checks one: ECDSA (type 0x02), on P-256 with SHA-256,
//! which is what tokens and the keys of document signers can do. Lines of other keys, such as cosignatures of witnesses, are kept.

use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use crypto::{Curve, EcParameters, HashAlgorithm, KeyKind, PublicKey, SignatureAlgorithm};
use pki::Signer;

use crate::error::NoteFault;
use crate::{Error, Result};

/// The longest note that is read: sixteen signatures of five thousand octets, as the specification asks, and room.
pub const MAX_NOTE_BYTES: usize = 256 * 1024;
/// The most signatures that are read.
pub const MAX_SIGNATURES: usize = 64;
/// The type of ECDSA signatures (C2SP signed-note, Signature types).
const ECDSA: u8 = 0x02;
/// How the keys of logs sign.
const ALGORITHM: SignatureAlgorithm = SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256);
const DASH: &str = "\u{2014} ";
const KEY_ID_OCTETS: usize = 4;

/// The public key of a log: what an auditor must have from somewhere else than the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogKey {
    name: String,
    id: [u8; KEY_ID_OCTETS],
    spki: Vec<u8>,
    key: PublicKey,
}

impl LogKey {
    /// The key of the log of this name. Names are like URLs without a scheme: `uto.example/audit/2026`.
    ///
    /// # Errors
    /// [`NoteFault::Name`]; [`Error::KeyKind`] for a key that is not on P-256.
    pub fn new(name: &str, key: PublicKey) -> Result<Self> {
        check_name(name)?;
        if key.kind() != KeyKind::Ec(Curve::P256) {
            return Err(Error::KeyKind);
        }
        let spki = key.to_spki(EcParameters::Named)?;
        let digest = HashAlgorithm::Sha256.digest(&spki);
        let id = digest.first_chunk().copied().ok_or(Error::KeyKind)?;
        Ok(Self {
            name: name.to_owned(),
            id,
            spki,
            key,
        })
    }

    /// Reads a verifier key: `<name>+<key id>+<base64 of 02 and SubjectPublicKeyInfo>`.
    ///
    /// # Errors
    /// [`Error::KeyMalformed`], also where the id is not the key's; as [`Self::new`].
    pub fn parse(text: &str) -> Result<Self> {
        let mut parts = text.trim_end().splitn(3, '+');
        let (Some(name), Some(id), Some(encoded)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(Error::KeyMalformed);
        };
        let octets = BASE64.decode(encoded).map_err(|_| Error::KeyMalformed)?;
        let Some((&ECDSA, spki)) = octets.split_first() else {
            return Err(Error::KeyMalformed);
        };
        let key = PublicKey::from_spki(spki).map_err(|_| Error::KeyMalformed)?;
        let key = Self::new(name, key)?;
        if key.to_string() != text.trim_end() || hex::encode(key.id) != id {
            return Err(Error::KeyMalformed);
        }
        Ok(key)
    }

    /// The name of the log: the origin of its checkpoints.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Signs a text as this log. The signature is bound to the key: a signer of another key is refused.
    ///
    /// # Errors
    /// [`Error::KeyKind`] for a signer of another key or algorithm, [`Error::Signer`] when it cannot sign,
    /// [`NoteFault::ControlCharacter`], [`NoteFault::NoSignatures`] for a text without newline at its end.
    pub fn sign(&self, text: &str, signer: &dyn Signer) -> Result<String> {
        check_text(text)?;
        if *signer.public_key() != self.key || signer.algorithm() != ALGORITHM {
            return Err(Error::KeyKind);
        }
        let signature = signer.sign(text.as_bytes())?;
        let octets = [self.id.as_slice(), &signature].concat();
        let encoded = BASE64.encode(octets);
        Ok(format!("{text}\n{DASH}{} {encoded}\n", self.name))
    }
}

impl fmt::Display for LogKey {
    /// The verifier key, as [`LogKey::parse`] reads it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let encoded = BASE64.encode([&[ECDSA], self.spki.as_slice()].concat());
        write!(f, "{}+{}+{encoded}", self.name, hex::encode(self.id))
    }
}

/// A note that was read. Nothing in it counts before [`Self::verify`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct NoteSignature {
    name: String,
    key_id: [u8; KEY_ID_OCTETS],
    signature: Vec<u8>,
}

impl Note {
    /// Reads a note.
    ///
    /// # Errors
    /// [`NoteFault`], whatever is wrong with its form.
    pub fn parse(note: &str) -> Result<Self> {
        if note.len() > MAX_NOTE_BYTES {
            return Err(NoteFault::TooLong(MAX_NOTE_BYTES).into());
        }
        // The last empty line parts text and signatures: a text may have empty lines of its own.
        let (text, signatures) = note.rsplit_once("\n\n").ok_or(NoteFault::NoSignatures)?;
        let signatures = signatures
            .strip_suffix('\n')
            .ok_or(NoteFault::NoSignatures)?;
        let text = format!("{text}\n");
        check_text(&text)?;
        if signatures.lines().count() > MAX_SIGNATURES {
            return Err(NoteFault::TooManySignatures(MAX_SIGNATURES).into());
        }
        let read = |(line, text)| signature_line(text).ok_or(NoteFault::SignatureLine(line + 1));
        let signatures = signatures
            .split('\n')
            .enumerate()
            .map(read)
            .collect::<core::result::Result<_, _>>()?;
        Ok(Self { text, signatures })
    }

    /// The text and which of these keys has signed it. Every signature that names one of them must verify; lines of other keys are no
    /// matter. There are several keys after a log has changed its own.
    ///
    /// # Errors
    /// [`NoteFault::NotSignedByKey`], [`NoteFault::SignatureWrong`].
    pub fn verify<'k>(&self, keys: &'k [LogKey]) -> Result<(&str, &'k LogKey)> {
        let mut signed_by = None;
        for line in &self.signatures {
            let of_line = |key: &&LogKey| line.name == key.name && line.key_id == key.id;
            if let Some(key) = keys.iter().find(of_line) {
                key.key
                    .verify(&ALGORITHM, self.text.as_bytes(), &line.signature)
                    .map_err(|_| NoteFault::SignatureWrong)?;
                signed_by.get_or_insert(key);
            }
        }
        let key = signed_by.ok_or(NoteFault::NotSignedByKey)?;
        Ok((&self.text, key))
    }
}

fn signature_line(line: &str) -> Option<NoteSignature> {
    let (name, encoded) = line.strip_prefix(DASH)?.split_once(' ')?;
    check_name(name).ok()?;
    let octets = BASE64.decode(encoded).ok()?;
    let (key_id, signature) = octets.split_first_chunk()?;
    if signature.is_empty() {
        return None;
    }
    Some(NoteSignature {
        name: name.to_owned(),
        key_id: *key_id,
        signature: signature.to_vec(),
    })
}

fn check_name(name: &str) -> core::result::Result<(), NoteFault> {
    let refused = |c: char| c.is_whitespace() || c.is_control() || c == '+';
    if name.is_empty() || name.contains(refused) {
        return Err(NoteFault::Name);
    }
    Ok(())
}

fn check_text(text: &str) -> core::result::Result<(), NoteFault> {
    if text.chars().any(|c| c < ' ' && c != '\n') {
        return Err(NoteFault::ControlCharacter);
    }
    if !text.ends_with('\n') {
        return Err(NoteFault::NoSignatures);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
