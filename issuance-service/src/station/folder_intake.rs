//! A folder that is carried to the service: a stick, a share. Receipts come back in it.
//!
//! `<id>.<SHA-256>.packet` goes, `<id>.<SHA-256>.receipt` comes.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use crypto::HashAlgorithm;
use enrolment::packet::{Digest, MAX_RECEIPT_BYTES, SignedReceipt, Status};
use key_store::whole_file;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Answer, Intake, Outgoing, StationError};
use crate::{Error, Result, files};

/// The ending of a packet that travels.
pub const PACKET: &str = "packet";
/// The ending of a receipt.
pub const RECEIPT: &str = "receipt";
/// The ending of a packet that is being copied.
const PART: &str = "part";
/// Bytes that are copied at a time.
const BUFFER: usize = 64 << 10;

/// A folder that is carried to the service.
#[derive(Debug, Clone)]
pub struct FolderIntake(PathBuf);

impl FolderIntake {
    /// The folder at this path. It must be there: a stick that is not plugged in must not become a folder on the disk.
    #[must_use]
    pub const fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// The receipts in the folder; a file that is none comes with its error.
    ///
    /// # Errors
    /// [`crate::Error::File`] when the folder cannot be read.
    pub fn receipts(&self) -> Result<Vec<(PathBuf, Result<SignedReceipt>)>> {
        let mut found = Vec::new();
        for path in files_with_ending(&self.0, RECEIPT)? {
            let receipt = read_receipt(&path);
            found.push((path, receipt));
        }
        Ok(found)
    }

    /// The packets in the folder.
    ///
    /// # Errors
    /// [`crate::Error::File`] when the folder cannot be read.
    pub fn packets(&self) -> Result<Vec<PathBuf>> {
        files_with_ending(&self.0, PACKET)
    }

    /// Writes a receipt into the folder, under the name of the packet that it is about.
    ///
    /// # Errors
    /// [`crate::Error::File`].
    pub fn answer(&self, receipt: &SignedReceipt) -> Result<()> {
        let said = receipt.unverified();
        let name = travelling(said.packet, &said.digest, RECEIPT);
        let mut line = receipt.to_bytes().map_err(StationError::from)?;
        line.push(b'\n');
        files::write_private(&self.0.join(name), &line)
    }

    fn copy(&self, packet: &Outgoing<'_>) -> Result<()> {
        let path = self.0.join(travelling(packet.id, &packet.digest, PACKET));
        if is_whole(&path, &packet.digest) {
            return Ok(());
        }
        let part = path.with_extension(PART);
        let copied = copy(packet.path, &part).and_then(|copied| {
            if copied != packet.digest {
                // What is damaged here would be refused there.
                return Err(StationError::Damaged { packet: packet.id }.into());
            }
            fs::rename(&part, &path)
                .and_then(|()| whole_file::sync_folder_of(&path))
                .map_err(|source| files::at(&path, source))
        });
        copied.map_err(|error| without(&part, error))
    }
}

impl Intake for FolderIntake {
    async fn deliver(&self, packet: &Outgoing<'_>, _now: OffsetDateTime) -> Result<Answer> {
        let path = self.0.join(travelling(packet.id, &packet.digest, RECEIPT));
        // A refusal may be one of a torn copy, or of a key that is registered by now: the packet goes again.
        // And a receipt of anybody else, or about anything else, is nothing: the packet goes as well.
        if let Ok(receipt) = read_receipt(&path)
            && let Ok(said) = packet.check(&receipt)
            && said.status == Status::Received
        {
            return Ok(Answer::Receipt(receipt));
        }
        self.copy(packet)?;
        Ok(Answer::Handed)
    }
}

/// The name of something about a packet that travels.
pub(crate) fn travelling(id: Uuid, digest: &Digest, ending: &str) -> String {
    format!("{id}.{digest}.{ending}")
}

/// Packet and SHA-256 out of a name that travels.
#[must_use]
pub fn of_name(path: &Path) -> Option<(Uuid, Digest)> {
    let mut parts = path.file_name()?.to_str()?.split('.');
    let (id, digest) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    (parts.count() == 1).then_some((id, digest))
}

/// The files of a folder with this ending, by name.
pub(crate) fn files_with_ending(folder: &Path, ending: &str) -> Result<Vec<PathBuf>> {
    let fault = |source| files::at(folder, source);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(fault)? {
        let path = entry.map_err(fault)?.path();
        if path.extension() == Some(ending.as_ref()) && path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn read_receipt(path: &Path) -> Result<SignedReceipt> {
    let bytes = files::read(path, MAX_RECEIPT_BYTES)?;
    Ok(SignedReceipt::parse(&bytes).map_err(StationError::from)?)
}

/// A stick that was pulled out may hold the name and not the content.
fn is_whole(path: &Path, digest: &Digest) -> bool {
    path.is_file() && super::outbox::hash(path).is_ok_and(|(found, _)| found == *digest)
}

/// Removes half a copy. Where that cannot be done, the error says that it is there.
fn without(part: &Path, error: Error) -> Error {
    match fs::remove_file(part) {
        Err(removal) if part.exists() => {
            let words = format!("{error}; half a copy is left, and cannot be removed: {removal}");
            files::at(part, io::Error::other(words))
        }
        _ => error,
    }
}

/// Copies a file to the disk and says what was copied.
fn copy(from: &Path, to: &Path) -> Result<Digest> {
    let mut source = File::open(from).map_err(|error| files::at(from, error))?;
    let fault = |error| files::at(to, error);
    let mut target = File::create(to).map_err(fault)?;
    let mut hasher = HashAlgorithm::Sha256.hasher();
    let mut buffer = vec![0; BUFFER];
    loop {
        let count = source
            .read(&mut buffer)
            .map_err(|error| files::at(from, error))?;
        let part = buffer.get(..count).unwrap_or_default();
        if part.is_empty() {
            break;
        }
        hasher.update(part);
        target.write_all(part).map_err(fault)?;
    }
    target.sync_all().map_err(fault)?;
    Ok(Digest::from_hash(&hasher.finalize()))
}
