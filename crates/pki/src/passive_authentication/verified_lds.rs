//! Data that passive authentication has vouched for.

use std::collections::BTreeMap;

use lds::{File, HashedFile, LdsSecurityObject};

use super::data_groups::{DataGroup, DataGroupResult};

/// The files whose hashes a document signer of a trusted CSCA has signed. Only passive authentication makes this type.
#[derive(Clone)]
pub struct VerifiedLds {
    files: BTreeMap<File, HashedFile>,
    hashes: LdsSecurityObject,
}

impl VerifiedLds {
    pub(super) fn new(
        results: &BTreeMap<File, DataGroupResult>,
        data_groups: BTreeMap<File, DataGroup>,
        hashes: &LdsSecurityObject,
    ) -> Self {
        let identical = |file: &File| results.get(file) == Some(&DataGroupResult::Identical);
        let files = data_groups
            .into_iter()
            .filter(|(file, _)| identical(file))
            .filter_map(|(file, data_group)| match data_group {
                DataGroup::Read(read) => Some((file, read)),
                DataGroup::NotRead | DataGroup::NotOnChip => None,
            })
            .collect();
        Self {
            files,
            hashes: hashes.clone(),
        }
    }

    /// The whole file, as it was read; `None` if it was not read, differs or is not signed.
    #[must_use]
    pub fn file(&self, file: File) -> Option<&[u8]> {
        self.files.get(&file).map(HashedFile::as_bytes)
    }

    /// The verified files.
    pub fn files(&self) -> impl Iterator<Item = (File, &[u8])> {
        self.files
            .iter()
            .map(|(file, read)| (*file, read.as_bytes()))
    }

    /// What was signed: hashes also of the files that were not read.
    #[must_use]
    pub const fn lds_security_object(&self) -> &LdsSecurityObject {
        &self.hashes
    }
}

impl core::fmt::Debug for VerifiedLds {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("VerifiedLds")?;
        f.debug_list().entries(self.files.keys()).finish()
    }
}
