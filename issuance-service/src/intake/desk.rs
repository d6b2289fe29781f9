//! Taking a packet in, once.

use std::fs::{self, File};
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crypto::{CryptoRng, HashAlgorithm, PrivateKey, SecretBytes};
use enrolment::packet::{
    AttachmentEntry, AttachmentSink, Digest, Identity, KeyRing, PacketError, Receipt,
    RefusalReason, SignedReceipt, Status, VERSION, VerifiedPacket, open_into,
};
use key_store::whole_file;
use time::OffsetDateTime;
use uuid::Uuid;

use super::IntakeFolder;
use crate::station::{
    Answer, Intake, Outgoing, PACKET, StationError, new_locked, of_name, remove_orphans, travelling,
};
use crate::store::packets::{PacketRow, PacketStore};
use crate::{Error, Result, files};

/// The ending of a packet that is just coming in.
const PART: &str = "part";
/// Bytes that are read at a time.
const BUFFER: usize = 64 << 10;

/// What whoever brings a packet says that it is; it is checked against what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// The packet.
    pub id: Uuid,
    /// SHA-256 of its file.
    pub digest: Digest,
}

/// What became of a packet.
#[derive(Debug)]
pub enum Taken {
    /// It is in the register now.
    Now(SignedReceipt),
    /// It was before; the same receipt.
    Before(SignedReceipt),
    /// It is not taken: a signed refusal, and what was found.
    Refused(SignedReceipt, Error),
}

impl Taken {
    /// The receipt.
    #[must_use]
    pub const fn receipt(&self) -> &SignedReceipt {
        match self {
            Self::Now(receipt) | Self::Before(receipt) | Self::Refused(receipt, _) => receipt,
        }
    }
}

/// Where packets come in.
pub struct IntakeDesk<S> {
    store: S,
    packets: PathBuf,
    identity: Identity,
    signer: PrivateKey,
    known: KeyRing,
    rng: Mutex<Box<dyn CryptoRng + Send>>,
}

impl<S: PacketStore> IntakeDesk<S> {
    /// Opens the desk: the keys of the folder, and those it knows at this moment.
    ///
    /// # Errors
    /// [`Error::File`]; a wrong password.
    pub fn open(
        folder: &IntakeFolder,
        password: &SecretBytes,
        store: S,
        rng: Box<dyn CryptoRng + Send>,
    ) -> Result<Self> {
        let (identity, signer) = folder.keys(password)?;
        remove_orphans(&folder.packets(), PART)?;
        Ok(Self {
            store,
            packets: folder.packets(),
            identity,
            signer,
            known: folder.known()?,
            rng: Mutex::new(rng),
        })
    }

    /// Where packets are remembered.
    pub const fn store(&self) -> &S {
        &self.store
    }

    /// Takes a packet in. A refusal is an answer too; an error means that nothing was decided and the same packet may come again.
    ///
    /// # Errors
    /// [`Error::File`], [`Error::Store`].
    pub async fn take(&self, claim: Claim, input: impl Read, now: OffsetDateTime) -> Result<Taken> {
        if let Some(earlier) = self.store.packet(claim.id).await?
            && earlier.digest == claim.digest
        {
            // A receipt lets the station erase: it must not be told while the file is not here.
            return match self.is_whole(claim)? {
                true => Ok(Taken::Before(earlier.receipt)),
                false => match self.restore(claim, input) {
                    Ok(()) => Ok(Taken::Before(earlier.receipt)),
                    Err(error) => self.refuse(claim, error, now),
                },
            };
        }
        let temporary = self.temporary();
        let arrived = self.arrive(input, &temporary).and_then(|packet| {
            if packet.manifest().packet != claim.id || packet.digest() != claim.digest {
                let packet = claim.id;
                return Err(StationError::OtherContent { packet }.into());
            }
            self.keep(&temporary, &self.path(claim))?;
            Ok(packet)
        });
        match arrived {
            Ok(packet) => self.enter(claim, &packet, now).await,
            Err(error) => {
                let _ = fs::remove_file(&temporary);
                self.refuse(claim, error, now)
            }
        }
    }

    /// Which packet a file is. Its name says it where that is true; otherwise, renamed or exchanged, what is in it. A file that is
    /// damaged is the packet of its name, to be refused as that.
    ///
    /// # Errors
    /// [`Error::File`]; why it cannot be opened, where the name says nothing either.
    pub fn claim(&self, path: &Path) -> Result<Claim> {
        let open = || File::open(path).map_err(|source| files::at(path, source));
        let named = of_name(path).map(|(id, digest)| Claim { id, digest });
        let found = hash(open()?).map_err(|source| files::at(path, source))?;
        match named {
            Some(claim) if claim.digest == found => return Ok(claim),
            _ => {}
        }
        let opened = open_into(open()?, &self.identity, &self.known, &mut Ignored);
        match (opened, named) {
            (Ok(packet), _) => Ok(Claim {
                id: packet.manifest().packet,
                digest: packet.digest(),
            }),
            (Err(_), Some(claim)) => Ok(claim),
            (Err(error), None) => Err(StationError::from(error).into()),
        }
    }

    fn refuse(&self, claim: Claim, error: Error, now: OffsetDateTime) -> Result<Taken> {
        match reason(&error) {
            Some(reason) => {
                let receipt = self.receipt(claim, Status::Refused(reason), now)?;
                Ok(Taken::Refused(receipt, error))
            }
            None => Err(error),
        }
    }

    fn path(&self, claim: Claim) -> PathBuf {
        let name = travelling(claim.id, &claim.digest, PACKET);
        self.packets.join(name)
    }

    fn temporary(&self) -> PathBuf {
        self.packets.join(format!("{}.{PART}", Uuid::now_v7()))
    }

    /// Whether the file of a packet is here as it came.
    fn is_whole(&self, claim: Claim) -> Result<bool> {
        let path = self.path(claim);
        match File::open(&path).and_then(hash) {
            Ok(found) => Ok(found == claim.digest),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(source) => Err(files::at(&path, source)),
        }
    }

    /// Takes the file of a packet in again. Everything else about it was checked when it came first: the same digest is the same file.
    fn restore(&self, claim: Claim, input: impl Read) -> Result<()> {
        let temporary = self.temporary();
        let restored = copy(input, &temporary).and_then(|found| {
            if found != claim.digest {
                let packet = claim.id;
                return Err(StationError::OtherContent { packet }.into());
            }
            self.keep(&temporary, &self.path(claim))
        });
        if restored.is_err() {
            let _ = fs::remove_file(&temporary);
        }
        restored
    }

    async fn enter(
        &self,
        claim: Claim,
        packet: &VerifiedPacket,
        now: OffsetDateTime,
    ) -> Result<Taken> {
        let receipt = self.receipt(claim, Status::Received, now)?;
        let row = row(packet, receipt, now);
        let kept = self.store.remember(&row).await?;
        if kept.digest != claim.digest {
            // The file that does not count does not stay.
            let _ = fs::remove_file(self.path(claim));
            let reason = RefusalReason::OtherPacket;
            let refusal = self.receipt(claim, Status::Refused(reason), now)?;
            let packet = claim.id;
            return Ok(Taken::Refused(
                refusal,
                StationError::OtherPacket { packet }.into(),
            ));
        }
        Ok(if kept.receipt == row.receipt {
            Taken::Now(kept.receipt)
        } else {
            Taken::Before(kept.receipt)
        })
    }

    /// Opens a packet while it is copied to the disk.
    fn arrive(&self, input: impl Read, to: &Path) -> Result<VerifiedPacket> {
        let file = new_locked(to)?;
        let mut copied = Copying {
            input,
            file: &file,
            failed: None,
        };
        let opened = open_into(&mut copied, &self.identity, &self.known, &mut Ignored);
        if let Some(source) = copied.failed {
            return Err(files::at(to, source));
        }
        let packet = opened.map_err(StationError::from)?;
        file.sync_all().map_err(|source| files::at(to, source))?;
        Ok(packet)
    }

    fn keep(&self, temporary: &Path, path: &Path) -> Result<()> {
        fs::rename(temporary, path)
            .and_then(|()| whole_file::sync_folder_of(path))
            .map_err(|source| files::at(path, source))
    }

    fn receipt(&self, claim: Claim, status: Status, now: OffsetDateTime) -> Result<SignedReceipt> {
        let receipt = Receipt {
            version: VERSION,
            packet: claim.id,
            digest: claim.digest,
            at: now.replace_nanosecond(0).unwrap_or(now),
            status,
        };
        let mut rng = self.rng.lock().unwrap_or_else(PoisonError::into_inner);
        let signed = SignedReceipt::sign(&receipt, &self.signer, rng.as_mut());
        Ok(signed.map_err(StationError::from)?)
    }
}

/// In the same process: for tests, and for a station that is the bureau.
impl<S: PacketStore> Intake for IntakeDesk<S> {
    async fn deliver(&self, packet: &Outgoing<'_>, now: OffsetDateTime) -> Result<Answer> {
        let input = File::open(packet.path).map_err(|source| files::at(packet.path, source))?;
        let claim = Claim {
            id: packet.id,
            digest: packet.digest,
        };
        let taken = self.take(claim, input, now).await?;
        Ok(Answer::Receipt(taken.receipt().clone()))
    }
}

fn row(packet: &VerifiedPacket, receipt: SignedReceipt, now: OffsetDateTime) -> PacketRow {
    let manifest = packet.manifest();
    let book = manifest.station.book.as_ref();
    PacketRow {
        id: manifest.packet,
        digest: packet.digest(),
        length: packet.length(),
        profile: manifest.profile.clone(),
        station: manifest.station.name.clone(),
        operator: manifest.operator.name.clone(),
        supervisor: manifest.supervisor.as_ref().map(|party| party.name.clone()),
        book: book.map(|anchor| (anchor.line, anchor.link.clone())),
        sealed_at: manifest.sealed_at,
        received_at: now,
        receipt,
    }
}

/// Why a packet is refused; nothing where the fault is ours, or a disk's.
fn reason(error: &Error) -> Option<RefusalReason> {
    match error {
        Error::Station(StationError::OtherContent { .. }) => Some(RefusalReason::Unreadable),
        Error::Station(StationError::Packet(error)) => match error {
            PacketError::UnknownKey { .. } | PacketError::OtherName { .. } => {
                Some(RefusalReason::UnknownKey)
            }
            PacketError::SignatureInvalid { .. } => Some(RefusalReason::BadSignature),
            PacketError::Io(_) | PacketError::Crypto(_) | PacketError::Misuse(_) => None,
            _ => Some(RefusalReason::Unreadable),
        },
        _ => None,
    }
}

/// Copies to a new file, on the disk when this returns, and says what was copied.
fn copy(input: impl Read, to: &Path) -> Result<Digest> {
    let file = new_locked(to)?;
    let mut copied = Copying {
        input,
        file: &file,
        failed: None,
    };
    let found = hash(&mut copied);
    if let Some(source) = copied.failed {
        return Err(files::at(to, source));
    }
    let found = found.map_err(|source| StationError::from(PacketError::Io(source)))?;
    file.sync_all().map_err(|source| files::at(to, source))?;
    Ok(found)
}

fn hash(mut input: impl Read) -> io::Result<Digest> {
    let mut hasher = HashAlgorithm::Sha256.hasher();
    let mut buffer = vec![0; BUFFER];
    loop {
        let count = input.read(&mut buffer)?;
        if count == 0 {
            return Ok(Digest::from_hash(&hasher.finalize()));
        }
        hasher.update(buffer.get(..count).unwrap_or_default());
    }
}

/// Reads and copies to the disk what was read.
struct Copying<'f, R> {
    input: R,
    file: &'f File,
    failed: Option<io::Error>,
}

impl<R: Read> Read for Copying<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        let part = buffer.get(..count).unwrap_or_default();
        self.file.write_all(part).map_err(|error| {
            let kind = error.kind();
            self.failed = Some(error);
            io::Error::from(kind)
        })?;
        Ok(count)
    }
}

/// What is in a packet is looked at when it is worked on.
struct Ignored;

impl AttachmentSink for Ignored {
    fn begin(&mut self, _: &AttachmentEntry) -> io::Result<()> {
        Ok(())
    }

    fn take(&mut self, _: &[u8]) -> io::Result<()> {
        Ok(())
    }
}
