//! Data that passive authentication has vouched for.

use std::collections::BTreeMap;

use lds::{File, HashedFile, LdsSecurityObject, without_padding};

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
                DataGroup::Read(read) => Some((file, signed_part(file, read, hashes))),
                DataGroup::NotRead | DataGroup::NotOnChip => None,
            })
            .collect();
        Self {
            files,
            hashes: hashes.clone(),
        }
    }

    /// The whole file, without padding behind it, which nobody has signed; `None` if it was not read, differs or is not signed.
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

/// What the hash covers: the file without what the chip has put behind its end.
fn signed_part(file: File, read: HashedFile, hashes: &LdsSecurityObject) -> HashedFile {
    match without_padding(file, read.as_bytes()) {
        Ok(content) if content.value.len() < read.as_bytes().len() => {
            HashedFile::new(content.value.to_vec(), hashes.hash)
        }
        _ => read,
    }
}

impl core::fmt::Debug for VerifiedLds {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("VerifiedLds")?;
        f.debug_list().entries(self.files.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use crypto::HashAlgorithm;
    use lds::LdsSecurityObjectVersion;

    use super::*;

    #[test]
    fn padding_is_no_verified_data() {
        let (algorithm, signed) = (HashAlgorithm::Sha256, [0x75, 0x02, 0x01, 0x02]);
        let files = [(File::Dg1, &[0x61, 0x00][..]), (File::Dg2, &signed)];
        let version = LdsSecurityObjectVersion::v1();
        let hashes = LdsSecurityObject::of_files(version, algorithm, files).unwrap();
        for padding in [0, 3] {
            let read = [&signed[..], &vec![0; padding]].concat();
            let read = DataGroup::Read(HashedFile::new(read, algorithm));
            let results = BTreeMap::from([(File::Dg2, DataGroupResult::Identical)]);
            let verified = VerifiedLds::new(&results, BTreeMap::from([(File::Dg2, read)]), &hashes);
            assert_eq!(verified.file(File::Dg2), Some(&signed[..]), "{padding}");
        }
    }
}
