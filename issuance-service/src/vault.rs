//! What rests here is sealed: packets under a key of their own, texts and small files under keys derived for their owner.
//!
//! ```text
//! master key (a file under a password) ─┬─ seals the file key of each application ─▶ blob `key` ─ opens ─▶ vault/ab/cd/<id>.<file>.sealed
//!                                       ├─ texts of a person, job files
//!                                       ├─ search keys: nobody reads a name out of them
//!                                       └─ the order of personal numbers
//! ```
//!
//! When the blob with its file key is erased, a packet cannot be opened any more, wherever a copy of the file may be.

use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use crypto::{FormatPreservingKey, SealingKey, SecretBytes};
use enrolment::packet::{self, Identity, PacketError};
use register::store::SearchKey;
use uuid::Uuid;

use crate::{Error, Result, files};

const FILE_KEY: &str = "file-key";
const SEARCH: &str = "search";
const NUMBERS: &str = "personal-numbers";
/// The ending of a sealed file.
const SEALED: &str = "sealed";

/// Where sealed files are, and the key to all of them.
pub struct Vault {
    folder: PathBuf,
    master: SealingKey,
}

/// The key of the files of one owner.
pub struct FileKey(Identity);

impl Vault {
    /// The vault in a folder.
    #[must_use]
    pub const fn new(folder: PathBuf, master: SealingKey) -> Self {
        Self { folder, master }
    }

    /// A new key for the files of an owner, and its sealed form for the store.
    ///
    /// # Errors
    /// [`Error::Crypto`].
    pub fn new_file_key(&self, owner: Uuid) -> Result<(FileKey, Vec<u8>)> {
        let key = Identity::generate();
        let sealed = self.seal(FILE_KEY, owner, key.to_text().expose())?;
        Ok((FileKey(key), sealed))
    }

    /// The key out of the store.
    ///
    /// # Errors
    /// [`Error::Crypto`] when it was sealed for another owner or by another service.
    pub fn file_key(&self, owner: Uuid, sealed: &[u8]) -> Result<FileKey> {
        let text = self.open(FILE_KEY, owner, sealed)?;
        Ok(FileKey(Identity::parse(&text).map_err(fault)?))
    }

    /// The path of a file of an owner. Two levels of folders keep each of them short when there are millions of files.
    #[must_use]
    pub fn path(&self, owner: Uuid, file: Uuid) -> PathBuf {
        let [.., first, second] = owner.into_bytes();
        self.folder
            .join(format!("{first:02x}"))
            .join(format!("{second:02x}"))
            .join(format!("{owner}.{file}.{SEALED}"))
    }

    /// Removes every file of an owner but one.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn keep_only(&self, owner: Uuid, file: Option<Uuid>) -> Result<()> {
        let kept = file.map(|file| self.path(owner, file));
        let any = self.path(owner, Uuid::nil());
        let Some(folder) = any.parent() else {
            return Ok(());
        };
        let listed = match fs::read_dir(folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            listed => listed.map_err(|source| files::at(folder, source))?,
        };
        let own = format!("{owner}.");
        for entry in listed {
            let path = entry.map_err(|source| files::at(folder, source))?.path();
            let is_own = path
                .file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with(&own));
            if !is_own || Some(&path) == kept.as_ref() {
                continue;
            }
            match fs::remove_file(&path) {
                // Somebody else has removed it in this moment.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                removed => removed.map_err(|source| files::at(&path, source))?,
            }
        }
        Ok(())
    }

    /// The folder that new files are written in before they get their names.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Opens a file.
    ///
    /// # Errors
    /// [`Error::File`]; [`Error::Station`] when the key does not open it.
    pub fn read(&self, owner: Uuid, file: Uuid, key: &FileKey) -> Result<impl Read + use<>> {
        let path = self.path(owner, file);
        let input = File::open(&path).map_err(|source| files::at(&path, source))?;
        packet::decrypt(&key.0, input).map_err(fault)
    }

    /// Seals something small for an owner.
    ///
    /// # Errors
    /// [`Error::Crypto`].
    pub fn seal(&self, purpose: &str, owner: Uuid, plain: &[u8]) -> Result<Vec<u8>> {
        let key = self.master.derive(purpose, owner.as_bytes());
        Ok(key.seal(owner.as_bytes(), plain)?)
    }

    /// Opens what [`Self::seal`] has made.
    ///
    /// # Errors
    /// [`Error::Crypto`].
    pub fn open(&self, purpose: &str, owner: Uuid, sealed: &[u8]) -> Result<SecretBytes> {
        let key = self.master.derive(purpose, owner.as_bytes());
        Ok(key.open(owner.as_bytes(), sealed)?)
    }

    /// The key by which something is searched.
    #[must_use]
    pub fn search_key(&self, what: &str) -> SearchKey {
        let hash = self.master.keyed_hash(SEARCH, what.as_bytes());
        let mut key = [0; 16];
        key.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        SearchKey(key)
    }

    /// The key under which counters become personal numbers.
    ///
    /// # Errors
    /// [`Error::Crypto`].
    pub fn number_key(&self) -> Result<FormatPreservingKey> {
        let key = self.master.derive(NUMBERS, &[]);
        Ok(FormatPreservingKey::new(key.secret())?)
    }

    /// A key of this service for another purpose.
    #[must_use]
    pub fn key_for(&self, purpose: &str) -> SealingKey {
        self.master.derive(purpose, &[])
    }
}

impl FileKey {
    /// Encrypts as a stream what `content` writes.
    ///
    /// # Errors
    /// Those of `content`.
    pub fn seal_into<W: Write>(
        &self,
        output: W,
        content: impl FnOnce(&mut dyn Write) -> core::result::Result<(), PacketError>,
    ) -> core::result::Result<W, PacketError> {
        packet::encrypt(&self.0.recipient(), output, content)
    }

    /// Decrypts as a stream.
    ///
    /// # Errors
    /// [`Error::Station`] when the key does not open it.
    pub fn open_from<R: Read>(&self, input: R) -> Result<impl Read + use<R>> {
        packet::decrypt(&self.0, input).map_err(fault)
    }
}

fn fault(error: PacketError) -> Error {
    crate::station::StationError::from(error).into()
}
