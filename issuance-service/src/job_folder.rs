//! The folder from which card-tool takes its jobs.

use std::fs;
use std::path::{Path, PathBuf};

use crypto::SecretBytes;
use key_store::whole_file;
use uuid::Uuid;

use crate::{Result, files};

/// A folder of job files. Each holds a person's data and the passwords of a chip: only the owner may read it, and it goes
/// when the job ends.
#[derive(Debug, Clone)]
pub struct JobFolder(PathBuf);

impl JobFolder {
    /// The folder at this path; it is made when the first job comes.
    #[must_use]
    pub const fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// The file of a job, whether it is there or not.
    #[must_use]
    pub fn path(&self, job: Uuid) -> PathBuf {
        self.0.join(format!("{job}.job.json"))
    }

    /// Puts a job file into the folder. The same file again changes nothing.
    ///
    /// # Errors
    /// [`crate::Error::File`]; no half of a file is left under the name of a job.
    pub fn publish(&self, job: Uuid, content: &SecretBytes) -> Result<PathBuf> {
        files::make_private_folder(&self.0)?;
        let path = self.path(job);
        files::write_private(&path, content.expose())?;
        Ok(path)
    }

    /// Takes a job out of the folder, with whatever a killed program has left of it.
    ///
    /// # Errors
    /// [`crate::Error::File`].
    pub fn erase(&self, job: Uuid) -> Result<()> {
        if !self.0.is_dir() {
            return Ok(());
        }
        let prefix = job.to_string();
        let fault = |source| files::at(&self.0, source);
        for entry in fs::read_dir(&self.0).map_err(fault)? {
            let entry = entry.map_err(fault)?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            // What is half-written has a dot before its name.
            if name.strip_prefix('.').unwrap_or(&name).starts_with(&prefix) {
                remove(&entry.path())?;
            }
        }
        whole_file::sync_folder_of(&self.path(job)).map_err(fault)
    }
}

/// Removes a file; another program may have been faster.
fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(files::at(path, error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_comes_and_goes_with_its_remains() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jobs");
        let jobs = JobFolder::new(path.clone());
        let [first, second] = [1, 2].map(Uuid::from_u128);
        jobs.erase(first).unwrap();
        let content = SecretBytes::from(*b"job");
        for job in [first, first, second] {
            let file = jobs.publish(job, &content).unwrap();
            assert_eq!(fs::read(file).unwrap(), b"job");
        }
        // As this version and those before leave them.
        for left in [
            format!("{first}.job.json.99.tmp"),
            format!(".{first}.job.json.99-0.card-toolchain.tmp"),
        ] {
            fs::write(path.join(left), b"half").unwrap();
        }
        jobs.erase(first).unwrap();
        let left: Vec<_> = fs::read_dir(&path).unwrap().flatten().collect();
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].path(), jobs.path(second));
    }
}
