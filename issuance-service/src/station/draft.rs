//! Half-finished people: kept encrypted across a crash and a logout, gone when their packet is sealed.
//!
//! Each draft has a key of its own, `<id>.key`, encrypted to the draft key of the station. Every version of the draft, `<id>.draft`, is
//! encrypted to it. Whoever erases the small key has erased all of them, wherever on the disk they still lie.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use crypto::SecretBytes;
use enrolment::packet::{Identity, PacketError, decrypt, encrypt};
use uuid::Uuid;

use super::{StationError, disk};
use crate::{Error, Result, files};

/// Longest draft: the pictures of a person as the devices gave them.
pub const MAX_DRAFT_BYTES: u64 = 96 << 20;
/// Longest file of a draft: what the envelope adds is less than a hundredth.
const MAX_DRAFT_FILE: usize = 97 << 20;
/// Longest key of a draft, encrypted.
const MAX_KEY_FILE: usize = 16 << 10;
/// The endings.
const KEY: &str = "key";
const DRAFT: &str = "draft";

/// The drafts of a station.
#[derive(Debug)]
pub struct Drafts {
    folder: PathBuf,
    master: Identity,
}

/// A draft that is open.
#[derive(Debug)]
pub struct Draft {
    id: Uuid,
    path: PathBuf,
    key: Identity,
}

impl Draft {
    /// The id, which the packet will have.
    #[must_use]
    pub const fn id(&self) -> Uuid {
        self.id
    }

    /// Keeps what there is so far; the version before is gone. On the disk when this returns.
    ///
    /// # Errors
    /// [`StationError::DraftTooLong`]; [`Error::File`]: the version before is kept then.
    pub fn save(&self, content: &[u8]) -> Result<()> {
        if u64::try_from(content.len()).unwrap_or(u64::MAX) > MAX_DRAFT_BYTES {
            let limit = MAX_DRAFT_BYTES;
            return Err(StationError::DraftTooLong { limit }.into());
        }
        files::write_private(&self.path, &locked(&self.key, content)?)
    }
}

impl Drafts {
    pub(super) fn create(folder: &Path) -> Result<()> {
        files::make_private_folder(folder)
    }

    pub(super) fn open(folder: &Path, master: Identity) -> Self {
        Self {
            folder: folder.to_owned(),
            master,
        }
    }

    /// Begins a person.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn begin(&self) -> Result<Draft> {
        let id = Uuid::now_v7();
        let key = Identity::generate();
        let file = locked(&self.master, key.to_text().expose())?;
        files::write_private(&self.path(id, KEY), &file)?;
        Ok(self.draft(id, key))
    }

    /// Goes on with a person: what was kept last; nothing where nothing was kept.
    ///
    /// # Errors
    /// [`StationError::UnknownDraft`]; [`PacketError::Damaged`]; [`Error::File`].
    pub fn resume(&self, id: Uuid) -> Result<(Draft, SecretBytes)> {
        let path = self.path(id, KEY);
        if !path.exists() {
            return Err(StationError::UnknownDraft { draft: id }.into());
        }
        let text = unlocked(&self.master, &files::read(&path, MAX_KEY_FILE)?)?;
        let draft = self.draft(id, Identity::parse(&text).map_err(StationError::from)?);
        if !draft.path.exists() {
            return Ok((draft, SecretBytes::new(Vec::new())));
        }
        let content = unlocked(&draft.key, &files::read(&draft.path, MAX_DRAFT_FILE)?)?;
        Ok((draft, content))
    }

    /// The drafts, oldest first.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn list(&self) -> Result<Vec<Uuid>> {
        let names = self.names()?;
        let keys = names.iter().filter_map(|name| name.strip_suffix(".key"));
        let mut found: Vec<Uuid> = keys.filter_map(|id| id.parse().ok()).collect();
        found.sort();
        Ok(found)
    }

    /// Erases a draft, its key first. One that is gone already is no error.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn erase(&self, id: Uuid) -> Result<()> {
        disk::erase(&self.path(id, KEY))?;
        // With what a killed program has left of a version that never got its name.
        let prefix = id.to_string();
        for name in self.names()? {
            // The file that a save was writing begins with a dot.
            if name.trim_start_matches('.').starts_with(&prefix) {
                disk::erase(&self.folder.join(name))?;
            }
        }
        Ok(())
    }

    /// The drafts whose key is gone: nobody can read them.
    pub(super) fn orphans(&self) -> Result<Vec<Uuid>> {
        let names = self.names()?;
        let drafts = names.iter().filter_map(|name| name.strip_suffix(".draft"));
        let ids = drafts.filter_map(|id| id.parse().ok());
        Ok(ids.filter(|id| !self.path(*id, KEY).exists()).collect())
    }

    fn names(&self) -> Result<Vec<String>> {
        let fault = |source| files::at(&self.folder, source);
        let listed = fs::read_dir(&self.folder).map_err(fault)?;
        let name = |entry: std::io::Result<fs::DirEntry>| {
            let entry = entry.map_err(fault)?;
            Ok(entry.file_name().to_string_lossy().into_owned())
        };
        listed.map(name).collect()
    }

    fn draft(&self, id: Uuid, key: Identity) -> Draft {
        Draft {
            id,
            path: self.path(id, DRAFT),
            key,
        }
    }

    fn path(&self, id: Uuid, ending: &str) -> PathBuf {
        self.folder.join(format!("{id}.{ending}"))
    }
}

fn locked(key: &Identity, content: &[u8]) -> Result<Vec<u8>> {
    let write = |writer: &mut dyn std::io::Write| Ok(writer.write_all(content)?);
    Ok(encrypt(&key.recipient(), Vec::new(), write).map_err(StationError::from)?)
}

fn unlocked(key: &Identity, file: &[u8]) -> Result<SecretBytes> {
    let damaged = PacketError::Damaged {
        at: u64::try_from(file.len()).unwrap_or_default(),
    };
    // Room from the start, so that no half of it is left behind where a vector grew.
    let mut content = Vec::with_capacity(file.len());
    let read = decrypt(key, file)
        .map_err(StationError::from)?
        .read_to_end(&mut content);
    let content = SecretBytes::new(content);
    match read {
        Ok(_) => Ok(content),
        Err(_) => Err(Error::from(StationError::from(damaged))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drafts(folder: &Path) -> Drafts {
        Drafts::open(folder, Identity::generate())
    }

    #[test]
    fn a_person_is_gone_on_with_and_erased() {
        let folder = tempfile::tempdir().unwrap();
        let drafts = drafts(folder.path());
        let draft = drafts.begin().unwrap();
        let (_, nothing) = drafts.resume(draft.id()).unwrap();
        assert!(nothing.is_empty());
        draft.save(b"Nguyen").unwrap();
        draft.save("Nguyễn".as_bytes()).unwrap();
        let other = drafts.begin().unwrap();
        assert_eq!(drafts.list().unwrap(), [draft.id(), other.id()]);
        let (again, content) = drafts.resume(draft.id()).unwrap();
        assert!(content.ct_eq("Nguyễn".as_bytes()));
        again.save(b"more").unwrap();
        for id in [draft.id(), draft.id(), other.id()] {
            drafts.erase(id).unwrap();
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        assert!(matches!(
            drafts.resume(draft.id()),
            Err(Error::Station(StationError::UnknownDraft { .. }))
        ));
    }

    #[test]
    fn nothing_of_a_person_stands_on_the_disk_in_clear() {
        let folder = tempfile::tempdir().unwrap();
        let drafts = drafts(folder.path());
        drafts.begin().unwrap().save(b"SPECIMEN PERSON").unwrap();
        for entry in fs::read_dir(folder.path()).unwrap() {
            let content = fs::read(entry.unwrap().path()).unwrap();
            assert!(!content.windows(8).any(|part| part == b"SPECIMEN"));
            assert!(!content.windows(8).any(|part| part == b"AGE-SECR"));
        }
    }

    #[test]
    fn a_torn_or_altered_draft_is_told_and_never_believed() {
        let folder = tempfile::tempdir().unwrap();
        let drafts = drafts(folder.path());
        let draft = drafts.begin().unwrap();
        draft.save(&[7; 1000]).unwrap();
        let whole = fs::read(&draft.path).unwrap();
        for cut in (0..whole.len()).step_by(50) {
            fs::write(&draft.path, &whole[..cut]).unwrap();
            assert!(drafts.resume(draft.id()).is_err(), "{cut}");
            let mut altered = whole.clone();
            altered[cut] ^= 1;
            fs::write(&draft.path, altered).unwrap();
            assert!(drafts.resume(draft.id()).is_err(), "{cut}");
        }
    }
}
