//! The manifest: what the chip will compare at COMMIT (chapter 05 §7 of the applet's law).

use std::collections::BTreeMap;

use crypto::HashAlgorithm;
use lds::{Access, File, Parent};

/// One file of the manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The file.
    pub file: File,
    /// Its length in octets.
    pub length: usize,
    /// SHA-256 of its content.
    pub hash: Vec<u8>,
}

/// The files of a job, ascending by directory and file identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest(Vec<Entry>);

impl Manifest {
    /// The manifest of these files.
    #[must_use]
    pub fn of(files: &BTreeMap<File, Vec<u8>>) -> Self {
        let mut entries: Vec<Entry> = files
            .iter()
            .map(|(file, content)| Entry {
                file: *file,
                length: content.len(),
                hash: HashAlgorithm::Sha256.digest(content),
            })
            .collect();
        entries.sort_by_key(|entry| (directory(entry.file), entry.file.id()));
        Self(entries)
    }

    /// The entries.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.0
    }

    /// As it stands in OPEN JOB: DF ‖ FID ‖ length ‖ SHA-256 ‖ access class for each file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(Entry::to_bytes).collect()
    }

    /// SHA-256 of [`Self::to_bytes`]: what LOCK and the receipts name.
    #[must_use]
    pub fn hash(&self) -> Vec<u8> {
        HashAlgorithm::Sha256.digest(&self.to_bytes())
    }
}

impl Entry {
    fn to_bytes(&self) -> Vec<u8> {
        let [_, length @ ..] = u32::try_from(self.length).unwrap_or(u32::MAX).to_be_bytes();
        let head = [directory(self.file)];
        [
            &head[..],
            &self.file.id().to_bytes(),
            &length,
            &self.hash,
            &[access_class(self.file)],
        ]
        .concat()
    }
}

/// `00` for the master file, `01` for the application.
pub(crate) fn directory(file: File) -> u8 {
    match file.parent() {
        Parent::MasterFile => 0x00,
        Parent::Application => 0x01,
    }
}

/// Access class of chapter 02 of the applet's law.
fn access_class(file: File) -> u8 {
    match file.access() {
        Access::Always => 0x00,
        Access::Pace => 0x01,
        Access::BasicOrPace => 0x02,
        Access::TerminalAuthentication => 0x03,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_ascend_by_directory_and_identifier() {
        let files = [File::Sod, File::Dg2, File::CardAccess, File::Dg3, File::Dg1]
            .into_iter()
            .map(|file| (file, vec![0; 5]))
            .collect();
        let manifest = Manifest::of(&files);
        let order: Vec<File> = manifest.entries().iter().map(|entry| entry.file).collect();
        assert_eq!(
            order,
            [File::CardAccess, File::Dg1, File::Dg2, File::Dg3, File::Sod]
        );
        let bytes = manifest.to_bytes();
        assert_eq!(bytes.len(), 5 * 39);
        assert_eq!(bytes[..6], [0x00, 0x01, 0x1C, 0, 0, 5]);
        assert_eq!(bytes[4 * 39 - 1], 0x03, "DG3 needs terminal authentication");
    }
}
