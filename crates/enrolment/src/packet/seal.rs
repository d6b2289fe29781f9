//! Sealing: a manifest, its signatures and the attachments, as one encrypted stream.

use std::io::Write;

use crypto::{CryptoRng, HashAlgorithm, Hasher};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::signing::manifest_message;
use super::{
    AttachmentEntry, Digest, Manifest, PacketError, PacketSigner, Party, Purpose, Recipient, Role,
    Subject, VERSION, encrypt, key_id,
};

/// What the content begins with.
pub(super) const MAGIC: &[u8] = b"enrolment-packet 1\n";

/// A file to put in.
#[derive(Clone, Copy)]
pub struct Attachment<'a> {
    /// Its name: small letters, digits, `.`, `-`, `_`.
    pub name: &'a str,
    /// What it shows.
    pub subject: &'a Subject,
    /// What it is there for.
    pub purpose: Purpose,
    /// Media type.
    pub media_type: &'a str,
    /// Its bytes.
    pub content: &'a [u8],
}

impl Attachment<'_> {
    /// Its line in the manifest.
    #[must_use]
    pub fn entry(&self) -> AttachmentEntry {
        AttachmentEntry {
            name: self.name.to_owned(),
            subject: self.subject.clone(),
            purpose: self.purpose,
            media_type: self.media_type.to_owned(),
            length: u64::try_from(self.content.len()).unwrap_or(u64::MAX),
            sha256: Digest::of(self.content),
        }
    }
}

/// Whose keys sign.
#[derive(Clone, Copy)]
pub struct Signers<'a> {
    /// The machine.
    pub station: &'a dyn PacketSigner,
    /// Who enrolled.
    pub operator: &'a dyn PacketSigner,
    /// Who released what was overridden.
    pub supervisor: Option<&'a dyn PacketSigner>,
}

/// A packet that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealedPacket {
    /// Its id, as in the manifest.
    pub id: Uuid,
    /// SHA-256 of the file.
    pub digest: Digest,
    /// Length of the file in bytes.
    pub length: u64,
}

/// The signatures in DER, hexadecimal.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Signatures {
    pub(super) station: String,
    pub(super) operator: String,
    pub(super) supervisor: Option<String>,
}

/// Writes a packet. Version, service, keys and attachments of the manifest are set from the other arguments; everything else is the
/// caller's. The output is complete when this returns; bringing it to the disk is the caller's business.
///
/// # Errors
/// [`PacketError::Manifest`] and [`PacketError::TooLarge`] for what no service would take; [`PacketError::Misuse`] for a manifest and
/// signers that do not go together; [`PacketError::Io`].
pub fn seal(
    mut manifest: Manifest,
    attachments: &[Attachment<'_>],
    recipient: &Recipient,
    signers: Signers<'_>,
    output: impl Write,
    rng: &mut dyn CryptoRng,
) -> Result<SealedPacket, PacketError> {
    manifest.version = VERSION;
    manifest.service = recipient.to_string();
    manifest.attachments = attachments.iter().map(Attachment::entry).collect();
    manifest.station.key = key_id(&signers.station.public_key())?;
    manifest.operator.key = key_id(&signers.operator.public_key())?;
    set_supervisor(&mut manifest.supervisor, signers)?;
    let text = manifest.to_bytes()?;
    let signatures = sign(&text, signers, rng)?;

    let output = HashingWriter::new(output);
    let output = encrypt(recipient, output, |content| {
        content.write_all(MAGIC)?;
        for part in [&text, &signatures] {
            let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
            content.write_all(&length.to_be_bytes())?;
        }
        content.write_all(&text)?;
        content.write_all(&signatures)?;
        for attachment in attachments {
            content.write_all(attachment.content)?;
        }
        Ok(())
    })?;
    let (digest, length) = output.finish()?;
    Ok(SealedPacket {
        id: manifest.packet,
        digest,
        length,
    })
}

fn set_supervisor(named: &mut Option<Party>, signers: Signers<'_>) -> Result<(), PacketError> {
    match (named, signers.supervisor) {
        (Some(party), Some(signer)) => party.key = key_id(&signer.public_key())?,
        (None, None) => {}
        _ => return Err(PacketError::Misuse("a supervisor both signs and is named")),
    }
    Ok(())
}

fn sign(
    manifest: &[u8],
    signers: Signers<'_>,
    rng: &mut dyn CryptoRng,
) -> Result<Vec<u8>, PacketError> {
    let digest = Digest::of(manifest);
    let mut sign = |role, signer: &dyn PacketSigner| {
        let signature = signer.sign(&manifest_message(role, &digest), rng);
        signature.map(hex::encode)
    };
    let signatures = Signatures {
        station: sign(Role::Station, signers.station)?,
        operator: sign(Role::Operator, signers.operator)?,
        supervisor: signers
            .supervisor
            .map(|signer| sign(Role::Supervisor, signer))
            .transpose()?,
    };
    serde_json::to_vec(&signatures).map_err(|_| PacketError::Misuse("signatures are text"))
}

/// Hashes and counts what goes through.
struct HashingWriter<W> {
    inner: W,
    hasher: Hasher,
    length: u64,
}

impl<W: Write> HashingWriter<W> {
    fn new(inner: W) -> Self {
        Self {
            inner,
            hasher: HashAlgorithm::Sha256.hasher(),
            length: 0,
        }
    }

    fn finish(mut self) -> std::io::Result<(Digest, u64)> {
        self.inner.flush()?;
        Ok((Digest::from_hash(&self.hasher.finalize()), self.length))
    }
}

impl<W: Write> Write for HashingWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let count = self.inner.write(bytes)?;
        self.hasher.update(bytes.get(..count).unwrap_or(bytes));
        self.length += u64::try_from(count).unwrap_or_default();
        Ok(count)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}
