//! Opening: everything is checked before anything is believed.

use std::collections::BTreeMap;
use std::io::{self, Read};

use crypto::{HashAlgorithm, Hasher};

use super::seal::{MAGIC, Signatures};
use super::signing::{ALGORITHM, manifest_message};
use super::{
    AttachmentEntry, Digest, Identity, KeyRing, MAX_MANIFEST_BYTES, MAX_PACKET_BYTES,
    MAX_SIGNATURES_BYTES, Manifest, PacketError, Role, decrypt,
};

/// Bytes of an attachment that are in memory at a time where it is not kept.
const BUFFER: usize = 64 << 10;

/// Takes the attachments of a packet while it is opened. What it took is worth nothing until [`open_into`] has returned.
pub trait AttachmentSink {
    /// The next attachment begins.
    ///
    /// # Errors
    /// Its own; opening ends with it.
    fn begin(&mut self, entry: &AttachmentEntry) -> io::Result<()>;

    /// The next bytes of it.
    ///
    /// # Errors
    /// Its own; opening ends with it.
    fn take(&mut self, bytes: &[u8]) -> io::Result<()>;
}

/// A packet of which everything was checked: signatures by known keys, the service, each attachment, the end.
pub struct VerifiedPacket {
    manifest: Manifest,
    digest: Digest,
    length: u64,
}

impl VerifiedPacket {
    /// What it says.
    #[must_use]
    pub const fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// SHA-256 of the file.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// Length of the file in bytes.
    #[must_use]
    pub const fn length(&self) -> u64 {
        self.length
    }
}

/// A verified packet with its attachments.
pub struct OpenedPacket {
    packet: VerifiedPacket,
    attachments: BTreeMap<String, Vec<u8>>,
}

impl OpenedPacket {
    /// What was verified.
    #[must_use]
    pub const fn packet(&self) -> &VerifiedPacket {
        &self.packet
    }

    /// What it says.
    #[must_use]
    pub const fn manifest(&self) -> &Manifest {
        &self.packet.manifest
    }

    /// The bytes of an attachment by its name in the manifest.
    #[must_use]
    pub fn attachment(&self, name: &str) -> Option<&[u8]> {
        self.attachments.get(name).map(Vec::as_slice)
    }
}

impl core::fmt::Debug for VerifiedPacket {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "VerifiedPacket({:?}, {})", self.manifest, self.digest)
    }
}

impl core::fmt::Debug for OpenedPacket {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "OpenedPacket({:?})", self.packet)
    }
}

/// Opens a packet and keeps its attachments in memory: at most [`MAX_PACKET_BYTES`].
///
/// # Errors
/// As [`open_into`].
pub fn open(
    input: impl Read,
    identity: &Identity,
    known: &KeyRing,
) -> Result<OpenedPacket, PacketError> {
    let mut kept = Kept::default();
    let packet = open_into(input, identity, known, &mut kept)?;
    let attachments = kept.0.into_iter().collect();
    Ok(OpenedPacket {
        packet,
        attachments,
    })
}

/// Opens a packet and hands its attachments on as they come.
///
/// # Errors
/// [`PacketError`], with what is wrong and where; [`PacketError::advice`] says what to do.
pub fn open_into(
    input: impl Read,
    identity: &Identity,
    known: &KeyRing,
    sink: &mut dyn AttachmentSink,
) -> Result<VerifiedPacket, PacketError> {
    let mut file = HashingReader::new(input);
    let content = decrypt(identity, &mut file).map(|reader| Content { reader, at: 0 });
    let manifest = content.and_then(|mut content| {
        let manifest = signed_manifest(&mut content, identity, known)?;
        attachments(&mut content, &manifest.attachments, sink)?;
        content.ends()?;
        Ok(manifest)
    });
    let manifest = manifest.map_err(|error| file.explain(error))?;
    let (digest, length) = file.finish()?;
    Ok(VerifiedPacket {
        manifest,
        digest,
        length,
    })
}

fn signed_manifest<R: Read>(
    content: &mut Content<R>,
    identity: &Identity,
    known: &KeyRing,
) -> Result<Manifest, PacketError> {
    let magic = content.exactly("first line", MAGIC.len())?;
    if magic != MAGIC {
        let what = "first line of an enrolment packet";
        return Err(PacketError::Malformed { what, at: 0 });
    }
    let manifest_len = content.length("length of the manifest", MAX_MANIFEST_BYTES)?;
    let signatures_len = content.length("length of the signatures", MAX_SIGNATURES_BYTES)?;
    let begin = content.at;
    let text = content.exactly("manifest", manifest_len)?;
    let at = content.at;
    let signatures = content.exactly("signatures", signatures_len)?;
    let manifest = Manifest::parse(&text).map_err(|error| match error {
        PacketError::Malformed { what, at } => PacketError::Malformed {
            what,
            at: at + begin,
        },
        other => other,
    })?;
    let malformed = |_| PacketError::Malformed {
        what: "signatures",
        at,
    };
    let signatures: Signatures = serde_json::from_slice(&signatures).map_err(malformed)?;
    verify(&manifest, &Digest::of(&text), &signatures, known)?;
    // Signed for somebody else and encrypted to us: somebody who could open it has passed it on.
    if manifest.service != identity.recipient().to_string() {
        return Err(PacketError::OtherService);
    }
    Ok(manifest)
}

fn verify(
    manifest: &Manifest,
    digest: &Digest,
    signatures: &Signatures,
    known: &KeyRing,
) -> Result<(), PacketError> {
    let one = |role, key, name: &str, signature: &str| {
        let key = known.find(role, key, name)?;
        let invalid = || PacketError::SignatureInvalid { role };
        let signature = hex::decode(signature).map_err(|_| invalid())?;
        key.verify(&ALGORITHM, &manifest_message(role, digest), &signature)
            .map_err(|_| invalid())
    };
    let (station, operator) = (&manifest.station, &manifest.operator);
    one(
        Role::Station,
        station.key,
        &station.name,
        &signatures.station,
    )?;
    one(
        Role::Operator,
        operator.key,
        &operator.name,
        &signatures.operator,
    )?;
    match (&manifest.supervisor, &signatures.supervisor) {
        (Some(named), Some(signature)) => one(Role::Supervisor, named.key, &named.name, signature),
        (None, None) => Ok(()),
        _ => Err(PacketError::SignatureInvalid {
            role: Role::Supervisor,
        }),
    }
}

fn attachments<R: Read>(
    content: &mut Content<R>,
    entries: &[AttachmentEntry],
    sink: &mut dyn AttachmentSink,
) -> Result<(), PacketError> {
    let mut buffer = vec![0; BUFFER];
    for entry in entries {
        sink.begin(entry)?;
        let mut hasher = HashAlgorithm::Sha256.hasher();
        let mut left = entry.length;
        while left > 0 {
            let part = content.some(&mut buffer, left)?;
            hasher.update(part);
            sink.take(part)?;
            left = left.saturating_sub(u64::try_from(part.len()).unwrap_or(u64::MAX));
        }
        if Digest::from_hash(&hasher.finalize()) != entry.sha256 {
            return Err(PacketError::AttachmentDiffers {
                name: entry.name.clone(),
            });
        }
    }
    Ok(())
}

/// The decrypted content and how far it was read.
struct Content<R> {
    reader: R,
    at: u64,
}

impl<R: Read> Content<R> {
    /// So many bytes; memory grows with what comes, not with what was announced.
    fn exactly(&mut self, what: &'static str, length: usize) -> Result<Vec<u8>, PacketError> {
        let wanted = u64::try_from(length).unwrap_or(u64::MAX);
        let mut bytes = Vec::new();
        self.reader.by_ref().take(wanted).read_to_end(&mut bytes)?;
        self.at += u64::try_from(bytes.len()).unwrap_or_default();
        if bytes.len() < length {
            return Err(PacketError::Truncated { what, at: self.at });
        }
        Ok(bytes)
    }

    fn length(&mut self, what: &'static str, limit: usize) -> Result<usize, PacketError> {
        let octets = self.exactly(what, size_of::<u32>())?;
        let length = octets
            .iter()
            .fold(0_usize, |length, octet| length << 8 | usize::from(*octet));
        if length > limit {
            let limit = u64::try_from(limit).unwrap_or(u64::MAX);
            return Err(PacketError::TooLarge { what, limit });
        }
        Ok(length)
    }

    /// The next bytes of an attachment, at least one.
    fn some<'b>(&mut self, buffer: &'b mut [u8], left: u64) -> Result<&'b [u8], PacketError> {
        let room = usize::try_from(left)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        let buffer = buffer.get_mut(..room).unwrap_or_default();
        let count = self.reader.read(buffer)?;
        self.at += u64::try_from(count).unwrap_or_default();
        match buffer.get(..count) {
            Some(part) if count > 0 => Ok(part),
            _ => Err(PacketError::Truncated {
                what: "attachment",
                at: self.at,
            }),
        }
    }

    fn ends(&mut self) -> Result<(), PacketError> {
        match self.reader.read(&mut [0])? {
            0 => Ok(()),
            _ => Err(PacketError::TrailingBytes { at: self.at }),
        }
    }
}

/// Hashes and counts what comes through, up to the longest packet.
struct HashingReader<R> {
    inner: R,
    hasher: Hasher,
    length: u64,
    /// The input itself failed: not what it holds.
    failed: bool,
}

impl<R: Read> HashingReader<R> {
    fn new(inner: R) -> Self {
        Self {
            inner,
            hasher: HashAlgorithm::Sha256.hasher(),
            length: 0,
            failed: false,
        }
    }

    /// The envelope says only that reading failed: because of the disk, of the length, or of what was read?
    fn explain(&self, error: PacketError) -> PacketError {
        match error {
            PacketError::Io(_) if self.length > MAX_PACKET_BYTES => too_long(),
            PacketError::Io(error)
                if !self.failed
                    && matches!(
                        error.kind(),
                        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof
                    ) =>
            {
                PacketError::Damaged { at: self.length }
            }
            other => other,
        }
    }

    /// Whether the file ends where the packet does.
    fn finish(mut self) -> Result<(Digest, u64), PacketError> {
        let at = self.length;
        if self.read(&mut [0])? > 0 {
            return Err(PacketError::TrailingBytes { at });
        }
        Ok((Digest::from_hash(&self.hasher.finalize()), self.length))
    }
}

impl<R: Read> Read for HashingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer).inspect_err(|error| {
            self.failed |= error.kind() != io::ErrorKind::Interrupted;
        })?;
        self.hasher.update(buffer.get(..count).unwrap_or_default());
        self.length += u64::try_from(count).unwrap_or_default();
        if self.length > MAX_PACKET_BYTES {
            return Err(io::ErrorKind::InvalidData.into());
        }
        Ok(count)
    }
}

const fn too_long() -> PacketError {
    PacketError::TooLarge {
        what: "bytes of a packet",
        limit: MAX_PACKET_BYTES,
    }
}

/// Keeps the attachments.
#[derive(Default)]
struct Kept(Vec<(String, Vec<u8>)>);

impl AttachmentSink for Kept {
    fn begin(&mut self, entry: &AttachmentEntry) -> io::Result<()> {
        self.0.push((entry.name.clone(), Vec::new()));
        Ok(())
    }

    fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Some((_, content)) = self.0.last_mut() {
            content.extend_from_slice(bytes);
        }
        Ok(())
    }
}
