//! Taking a packet in, once.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use crypto::{CryptoRng, PrivateKey, SecretBytes};
use enrolment::packet::{
    Digest, Identity, OpenedPacket, PacketError, Receipt, RefusalReason, SignedReceipt, Status,
    VERSION, VerifiedPacket, open, open_into,
};
use key_store::whole_file;
use register::store::{BlobName, Store};
use time::OffsetDateTime;
use uuid::Uuid;

use super::copying::{Copying, Hashed, Ignored, copy, hash};
use super::packets::{PacketRow, Packets};
use super::{IntakeFolder, Known};
use crate::station::{
    Answer, Intake, Outgoing, PACKET, StationError, new_locked, of_name, remove_orphans, travelling,
};
use crate::vault::{FileKey, Vault};
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
    packets: Packets<S>,
    folder: IntakeFolder,
    vault: Arc<Vault>,
    identity: Identity,
    signer: PrivateKey,
    known: Mutex<(Option<SystemTime>, Arc<Known>)>,
    rng: Mutex<Box<dyn CryptoRng + Send>>,
}

/// A packet that lies sealed under its final name and is not yet in the register.
struct Arrived {
    packet: VerifiedPacket,
    file: Uuid,
    sealed_key: Vec<u8>,
}

impl<S: Store> IntakeDesk<S> {
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
        let keys = folder.keys(password)?;
        remove_orphans(&folder.packets(), PART)?;
        Ok(Self {
            packets: Packets::new(store.clone()),
            store,
            vault: Arc::new(Vault::new(folder.packets(), keys.master)),
            identity: keys.packet,
            signer: keys.receipt,
            known: Mutex::new((folder.known_changed(), Arc::new(folder.known()?))),
            folder: folder.clone(),
            rng: Mutex::new(rng),
        })
    }

    /// Where packets are remembered.
    pub const fn packets(&self) -> &Packets<S> {
        &self.packets
    }

    /// Where everything is remembered.
    pub const fn store(&self) -> &S {
        &self.store
    }

    /// What is sealed, and the keys to it.
    pub const fn vault(&self) -> &Arc<Vault> {
        &self.vault
    }

    /// Whose packets are taken. Who was registered or removed since is known from now on; keys that cannot be read change nothing.
    fn known(&self) -> Arc<Known> {
        let changed = self.folder.known_changed();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.0 != changed
            && let Ok(found) = self.folder.known()
        {
            *known = (changed, Arc::new(found));
        }
        Arc::clone(&known.1)
    }

    /// A packet that was taken in before, with everything in it.
    ///
    /// # Errors
    /// [`Error::Erased`] when its key is gone; [`Error::File`]; what opening finds.
    pub async fn open_packet(&self, id: Uuid) -> Result<OpenedPacket> {
        let row = self.packets.packet(id).await?;
        let row = row.ok_or(StationError::UnknownPacket { packet: id })?;
        let input = self.content(&row).await?;
        let opened = open(input, &self.identity, self.known().ring());
        Ok(opened.map_err(StationError::from)?)
    }

    /// The file of a packet as the station has sent it.
    async fn content(&self, row: &PacketRow) -> Result<Box<dyn Read + Send>> {
        let Some(file) = row.file else {
            // Releases before 0.3 kept the file as it came.
            let name = travelling(row.id, &row.digest, PACKET);
            let path = self.folder.packets().join(name);
            let input = File::open(&path).map_err(|source| files::at(&path, source))?;
            return Ok(Box::new(input));
        };
        let key = self.store.blob(row.id, BlobName::Key).await?;
        let key = self.vault.file_key(row.id, &key.ok_or(Error::Erased)?)?;
        Ok(Box::new(self.vault.read(row.id, file, &key)?))
    }

    /// Takes a packet in that came on a stick. A refusal is an answer too; an error means that nothing was decided and the same packet
    /// may come again. A file that is not the one that its name says is refused under that name, whatever became of the packet before:
    /// nothing else could tell the station to send it again.
    ///
    /// # Errors
    /// [`Error::File`], [`Error::Store`].
    pub async fn take(&self, claim: Claim, input: impl Read, now: OffsetDateTime) -> Result<Taken> {
        match self.compared(None, claim, input, now).await? {
            (Taken::Before(_), false) => self.refuse(claim, other_content(claim), now),
            (taken, _) => Ok(taken),
        }
    }

    /// Takes a packet in that a device has brought.
    ///
    /// # Errors
    /// [`Error::File`], [`Error::Store`]; [`StationError::OtherContent`] where what came is not what it was said to be,
    /// [`StationError::OtherPacket`] where another packet of this name is here: nothing is signed then, neither a receipt nor a refusal.
    pub async fn take_of(
        &self,
        device: Option<Uuid>,
        claim: Claim,
        input: impl Read,
        now: OffsetDateTime,
    ) -> Result<Taken> {
        let (taken, is_same) = self.compared(device, claim, input, now).await?;
        if !is_same {
            return Err(other_content(claim));
        }
        // A refusal would be taken for a word on the packet that is here under this name.
        if let Taken::Refused(..) = taken
            && self.packets.packet(claim.id).await?.is_some()
        {
            let packet = claim.id;
            return Err(StationError::OtherPacket { packet }.into());
        }
        Ok(taken)
    }

    /// What becomes of a packet, and whether what came is what it was said to be.
    async fn compared(
        &self,
        device: Option<Uuid>,
        claim: Claim,
        input: impl Read,
        now: OffsetDateTime,
    ) -> Result<(Taken, bool)> {
        let mut input = Hashed::new(input);
        let taken = self.decide(device, claim, &mut input, now).await?;
        let is_same = match taken {
            Taken::Now(_) => true,
            _ => input.finish().map_err(unread)? == claim.digest,
        };
        Ok((taken, is_same))
    }

    /// What becomes of a packet, if it is the one that it is said to be. One that was here before is not read again.
    async fn decide(
        &self,
        device: Option<Uuid>,
        claim: Claim,
        input: &mut impl Read,
        now: OffsetDateTime,
    ) -> Result<Taken> {
        if let Some(earlier) = self.packets.packet(claim.id).await?
            && earlier.digest == claim.digest
        {
            // What a killed program has sealed and not entered.
            self.vault.keep_only(earlier.id, earlier.file)?;
            // A receipt lets the station erase: it must not be told while the file is not here.
            return match self.is_whole(&earlier).await {
                Ok(true) | Err(Error::Erased) => Ok(Taken::Before(earlier.receipt)),
                Ok(false) => match self.restore(&earlier, input).await {
                    Ok(()) => Ok(Taken::Before(earlier.receipt)),
                    Err(error) => self.refuse(claim, error, now),
                },
                Err(error) => Err(error),
            };
        }
        match self.arrive(claim, input) {
            Ok(arrived) => self.enter(device, claim, arrived, now).await,
            Err(error) => self.refuse(claim, error, now),
        }
    }

    /// Which packet a file is. Its name says it where that is true; otherwise, renamed or exchanged, what is in it. A file that is
    /// damaged is the packet of its name, to be refused as that.
    ///
    /// # Errors
    /// [`Error::File`]; why it cannot be opened, where the name says nothing either.
    pub fn claim(&self, path: &Path) -> Result<Claim> {
        let begin = || File::open(path).map_err(|source| files::at(path, source));
        let named = of_name(path).map(|(id, digest)| Claim { id, digest });
        let found = hash(begin()?).map_err(|source| files::at(path, source))?;
        match named {
            Some(claim) if claim.digest == found => return Ok(claim),
            _ => {}
        }
        let opened = open_into(begin()?, &self.identity, self.known().ring(), &mut Ignored);
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

    fn temporary(&self) -> PathBuf {
        let name = format!("{}.{PART}", Uuid::now_v7());
        self.vault.folder().join(name)
    }

    /// Whether the file of a packet is here as it came.
    async fn is_whole(&self, row: &PacketRow) -> Result<bool> {
        match self.content(row).await {
            // What does not open is as good as not there.
            Ok(content) => Ok(hash(content).is_ok_and(|found| found == row.digest)),
            Err(Error::Station(StationError::Packet(_))) => Ok(false),
            Err(Error::File { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// Takes the file of a packet in again. Everything else about it was checked when it came first: the same digest is the same
    /// file, and the key that the register has opens it.
    async fn restore(&self, row: &PacketRow, input: impl Read) -> Result<()> {
        let Some(file) = row.file else {
            let name = travelling(row.id, &row.digest, PACKET);
            return self.restore_as(row, input, None, &self.folder.packets().join(name));
        };
        let key = self.store.blob(row.id, BlobName::Key).await?;
        let key = self.vault.file_key(row.id, &key.ok_or(Error::Erased)?)?;
        self.restore_as(row, input, Some(&key), &self.vault.path(row.id, file))
    }

    fn restore_as(
        &self,
        row: &PacketRow,
        input: impl Read,
        key: Option<&FileKey>,
        path: &Path,
    ) -> Result<()> {
        let temporary = self.temporary();
        let restored = copy(input, &temporary, key).and_then(|found| {
            if found != row.digest {
                let packet = row.id;
                return Err(StationError::OtherContent { packet }.into());
            }
            keep(&temporary, path)
        });
        if restored.is_err() {
            let _ = fs::remove_file(&temporary);
        }
        restored
    }

    async fn enter(
        &self,
        device: Option<Uuid>,
        claim: Claim,
        arrived: Arrived,
        now: OffsetDateTime,
    ) -> Result<Taken> {
        let receipt = self.receipt(claim, Status::Received, now)?;
        let row = PacketRow {
            device,
            ..row(&arrived, receipt, now)
        };
        let manifest = arrived.packet.manifest();
        let accounts = self.known().accounts(manifest);
        let kept = self
            .packets
            .remember(&row, manifest, accounts, arrived.sealed_key)
            .await;
        let kept = kept?;
        // A file that does not count does not stay: neither this one nor one of a program that was killed before it was entered.
        self.vault.keep_only(claim.id, kept.file)?;
        if kept.digest != claim.digest {
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

    /// Opens a packet while it is sealed to the disk.
    fn arrive(&self, claim: Claim, input: impl Read) -> Result<Arrived> {
        let (key, sealed_key) = self.vault.new_file_key(claim.id)?;
        let temporary = self.temporary();
        let file = Uuid::now_v7();
        let arrived = self.seal(input, &key, &temporary).and_then(|packet| {
            if packet.manifest().packet != claim.id || packet.digest() != claim.digest {
                return Err(other_content(claim));
            }
            keep(&temporary, &self.vault.path(claim.id, file))?;
            Ok(packet)
        });
        if arrived.is_err() {
            let _ = fs::remove_file(&temporary);
        }
        Ok(Arrived {
            packet: arrived?,
            file,
            sealed_key,
        })
    }

    fn seal(&self, input: impl Read, key: &FileKey, to: &Path) -> Result<VerifiedPacket> {
        let file = new_locked(to)?;
        let mut failed = None;
        let known = self.known();
        let mut opened = None;
        let sealed = key.seal_into(&file, |output| {
            let mut copied = Copying {
                input,
                output,
                failed: None,
            };
            let packet = open_into(&mut copied, &self.identity, known.ring(), &mut Ignored);
            failed = copied.failed;
            opened = Some(packet?);
            Ok(())
        });
        if let Some(source) = failed {
            return Err(files::at(to, source));
        }
        sealed.map_err(StationError::from)?;
        file.sync_all().map_err(|source| files::at(to, source))?;
        opened.ok_or(Error::Interrupted)
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
impl<S: Store> Intake for IntakeDesk<S> {
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

fn row(arrived: &Arrived, receipt: SignedReceipt, now: OffsetDateTime) -> PacketRow {
    let packet = &arrived.packet;
    let manifest = packet.manifest();
    let book = manifest.station.book.as_ref();
    PacketRow {
        id: manifest.packet,
        digest: packet.digest(),
        length: packet.length(),
        profile: manifest.profile.clone(),
        station: manifest.station.name.clone(),
        device: None,
        operator: manifest.operator.name.clone(),
        supervisor: manifest.supervisor.as_ref().map(|party| party.name.clone()),
        book: book.map(|anchor| (anchor.line, anchor.link.clone())),
        sealed_at: manifest.sealed_at,
        received_at: now,
        receipt,
        file: Some(arrived.file),
    }
}

/// Gives a file its name, on the disk.
fn keep(temporary: &Path, path: &Path) -> Result<()> {
    if let Some(folder) = path.parent() {
        files::make_private_folder(folder)?;
    }
    fs::rename(temporary, path)
        .and_then(|()| whole_file::sync_folder_of(path))
        .map_err(|source| files::at(path, source))
}

fn other_content(claim: Claim) -> Error {
    let packet = claim.id;
    StationError::OtherContent { packet }.into()
}

/// What stopped coming was not decided on.
fn unread(error: io::Error) -> StationError {
    PacketError::Io(error).into()
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
