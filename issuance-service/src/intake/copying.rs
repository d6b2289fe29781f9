//! What comes in, read once: hashed, copied, sealed.

use std::io::{self, Read, Write};
use std::path::Path;

use crypto::{HashAlgorithm, Hasher};
use enrolment::packet::{AttachmentEntry, AttachmentSink, Digest, PacketError};

use crate::station::{StationError, new_locked};
use crate::vault::FileKey;
use crate::{Error, Result, files};

/// Bytes that are read at a time.
const BUFFER: usize = 64 << 10;

/// Hashes what others read of it.
pub(super) struct Hashed<R> {
    input: R,
    hasher: Hasher,
}

impl<R: Read> Hashed<R> {
    /// Nothing was read yet.
    pub(super) fn new(input: R) -> Self {
        Self {
            input,
            hasher: HashAlgorithm::Sha256.hasher(),
        }
    }

    /// SHA-256 of all of it, with what nobody has read.
    pub(super) fn finish(mut self) -> io::Result<Digest> {
        io::copy(&mut self, &mut io::sink())?;
        Ok(Digest::from_hash(&self.hasher.finalize()))
    }
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.hasher.update(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }
}

/// Copies to a new file, sealed where there is a key, on the disk when this returns, and says what was copied.
pub(super) fn copy(input: impl Read, to: &Path, key: Option<&FileKey>) -> Result<Digest> {
    let file = new_locked(to)?;
    let mut found = None;
    let mut failed = None;
    let mut copying = |output: &mut dyn Write, input: &mut dyn Read| {
        let mut copied = Copying {
            input,
            output,
            failed: None,
        };
        let hashed = hash(&mut copied);
        failed = copied.failed;
        found = Some(hashed.map_err(PacketError::Io)?);
        Ok(())
    };
    let mut input = input;
    let copied = match key {
        Some(key) => key
            .seal_into(&file, |output| copying(output, &mut input))
            .map(drop),
        None => copying(&mut &file, &mut input),
    };
    if let Some(source) = failed {
        return Err(files::at(to, source));
    }
    copied.map_err(StationError::from)?;
    file.sync_all().map_err(|source| files::at(to, source))?;
    found.ok_or(Error::Interrupted)
}

/// SHA-256 of what can be read.
pub(super) fn hash(mut input: impl Read) -> io::Result<Digest> {
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
pub(super) struct Copying<'o, R> {
    pub input: R,
    pub output: &'o mut dyn Write,
    /// What the disk said.
    pub failed: Option<io::Error>,
}

impl<R: Read> Read for Copying<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        let part = buffer.get(..count).unwrap_or_default();
        self.output.write_all(part).map_err(|error| {
            let kind = error.kind();
            self.failed = Some(error);
            io::Error::from(kind)
        })?;
        Ok(count)
    }
}

/// What is in a packet is looked at when it is worked on.
pub(super) struct Ignored;

impl AttachmentSink for Ignored {
    fn begin(&mut self, _: &AttachmentEntry) -> io::Result<()> {
        Ok(())
    }

    fn take(&mut self, _: &[u8]) -> io::Result<()> {
        Ok(())
    }
}
