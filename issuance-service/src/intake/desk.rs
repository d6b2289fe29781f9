//! Taking a packet in, once.

use std::fs::{self, File};
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crypto::{CryptoRng, PrivateKey, SecretBytes};
use enrolment::packet::{
    AttachmentEntry, AttachmentSink, Digest, Identity, KeyRing, PacketError, Receipt,
    RefusalReason, SignedReceipt, Status, VERSION, VerifiedPacket, open_into,
};
use key_store::whole_file;
use time::OffsetDateTime;
use uuid::Uuid;

use super::IntakeFolder;
use crate::station::{
    Answer, Intake, Outgoing, PACKET, StationError, new_locked, remove_orphans, travelling,
};
use crate::store::packets::{PacketRow, PacketStore};
use crate::{Error, Result, files};

/// The ending of a packet that is just coming in.
const PART: &str = "part";

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
            return Ok(Taken::Before(earlier.receipt));
        }
        let temporary = self.packets.join(format!("{}.{PART}", Uuid::now_v7()));
        let arrived = self.arrive(input, &temporary).and_then(|packet| {
            if packet.manifest().packet != claim.id || packet.digest() != claim.digest {
                let packet = claim.id;
                return Err(StationError::Damaged { packet }.into());
            }
            let name = travelling(claim.id, &claim.digest, PACKET);
            self.keep(&temporary, &self.packets.join(name))?;
            Ok(packet)
        });
        let packet = match arrived {
            Ok(packet) => packet,
            Err(error) => {
                let _ = fs::remove_file(&temporary);
                return match reason(&error) {
                    Some(reason) => {
                        let receipt = self.receipt(claim, Status::Refused(reason), now)?;
                        Ok(Taken::Refused(receipt, error))
                    }
                    None => Err(error),
                };
            }
        };
        self.enter(claim, &packet, now).await
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
            let path = travelling(claim.id, &claim.digest, PACKET);
            let _ = fs::remove_file(self.packets.join(path));
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
        Error::Station(StationError::Damaged { .. }) => Some(RefusalReason::Unreadable),
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
