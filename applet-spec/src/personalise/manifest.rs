//! The list of files of a job (chapter 05 §7).

use crypto::HashAlgorithm;
use iso7816::FileId;
use lds::{File, Parent};

use crate::access::AccessClass;
use crate::error::Refusal;

/// Octets of an entry: DF, FID, length, SHA-256, access class.
pub const ENTRY_LEN: usize = 1 + 2 + 3 + HASH_LEN + 1;
/// Octets of a hash.
const HASH_LEN: usize = 32;

/// A file as the manifest promises it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestEntry {
    /// The file.
    pub file: File,
    /// Its length.
    pub len: usize,
    /// SHA-256 of all its octets.
    pub hash: [u8; HASH_LEN],
    /// Who may read it.
    pub class: AccessClass,
}

/// The files of a job, in the order of their references.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    entries: Vec<ManifestEntry>,
}

impl Manifest {
    /// Reads the value of object `82` of OPEN JOB.
    pub(crate) fn parse(octets: &[u8]) -> Result<Self, Refusal> {
        let (entries, rest) = octets.as_chunks::<ENTRY_LEN>();
        if entries.is_empty() || !rest.is_empty() {
            return Err(Refusal::Content("length of the manifest"));
        }
        let entries: Vec<ManifestEntry> = entries
            .iter()
            .map(ManifestEntry::parse)
            .collect::<Result<_, _>>()?;
        let reference = |entry: &ManifestEntry| file_reference(entry.file);
        if !entries.is_sorted_by(|a, b| reference(a) < reference(b)) {
            return Err(Refusal::Content("order of the manifest"));
        }
        Ok(Self { entries })
    }

    /// The value of object `82`.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.entries
            .iter()
            .flat_map(ManifestEntry::to_bytes)
            .collect()
    }

    /// SHA-256 of [`Manifest::to_bytes`]: what receipts and LOCK name.
    #[must_use]
    pub fn hash(&self) -> Vec<u8> {
        HashAlgorithm::Sha256.digest(&self.to_bytes())
    }

    /// The entries, ascending by DF and FID.
    pub fn entries(&self) -> impl Iterator<Item = &ManifestEntry> {
        self.entries.iter()
    }

    /// The entry of a file.
    #[must_use]
    pub fn entry(&self, file: File) -> Option<&ManifestEntry> {
        self.entries.iter().find(|entry| entry.file == file)
    }

    /// Puts an entry in the place of the file's, whose class stays, or where it belongs.
    pub(crate) fn put(&mut self, mut entry: ManifestEntry) {
        if let Some(old) = self.entry(entry.file) {
            entry.class = old.class;
        }
        self.remove(entry.file);
        self.entries.push(entry);
        self.entries.sort_by_key(|entry| file_reference(entry.file));
    }

    /// Takes the entry of a file away.
    pub(crate) fn remove(&mut self, file: File) {
        self.entries.retain(|entry| entry.file != file);
    }

    /// Octets that all files take.
    #[must_use]
    pub fn total_len(&self) -> usize {
        self.entries.iter().map(|entry| entry.len).sum()
    }
}

impl ManifestEntry {
    /// The entry of a file with this content, open to whom its kind is open.
    pub(crate) fn of(file: File, octets: &[u8]) -> Self {
        let digest = HashAlgorithm::Sha256.digest(octets);
        let mut hash = [0; HASH_LEN];
        for (octet, digested) in hash.iter_mut().zip(digest) {
            *octet = digested;
        }
        Self {
            file,
            len: octets.len(),
            hash,
            class: AccessClass::of(file),
        }
    }

    fn parse(octets: &[u8; ENTRY_LEN]) -> Result<Self, Refusal> {
        let [df, fid_high, fid_low, a, b, c, hash @ .., class] = octets;
        let file = file_of_reference([*df, *fid_high, *fid_low])
            .filter(|file| *file != File::AtrInfo)
            .ok_or(Refusal::Content("file of the manifest"))?;
        let class = AccessClass::from_code(*class)
            .filter(|class| class.is_allowed_for(file))
            .ok_or(Refusal::Content("access class of the manifest"))?;
        let len = usize::from(*a) << 16 | usize::from(*b) << 8 | usize::from(*c);
        if len == 0 {
            return Err(Refusal::Content("file without octets"));
        }
        Ok(Self {
            file,
            len,
            hash: *hash,
            class,
        })
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut octets = file_reference(self.file).to_vec();
        octets.extend(length_octets(self.len));
        octets.extend(self.hash);
        octets.push(self.class.code());
        octets
    }
}

/// DF(1) ‖ FID(2).
pub(crate) fn file_reference(file: File) -> [u8; 3] {
    let df = match file.parent() {
        Parent::MasterFile => 0x00,
        Parent::Application => 0x01,
    };
    let [high, low] = file.id().to_bytes();
    [df, high, low]
}

/// The file of DF(1) ‖ FID(2).
pub(crate) fn file_of_reference([df, high, low]: [u8; 3]) -> Option<File> {
    let parent = match df {
        0x00 => Parent::MasterFile,
        0x01 => Parent::Application,
        _ => return None,
    };
    let id = FileId(u16::from_be_bytes([high, low]));
    File::all().find(|file| file.parent() == parent && file.id() == id)
}

/// A length or offset in three octets; files are shorter than 16 MB because their lengths came so.
pub(crate) fn length_octets(len: usize) -> [u8; 3] {
    let [.., a, b, c] = len.to_be_bytes();
    [a, b, c]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(file: File, len: usize, class: u8) -> Vec<u8> {
        let mut octets = file_reference(file).to_vec();
        octets.extend(length_octets(len));
        octets.extend([0xAB; 32]);
        octets.push(class);
        octets
    }

    fn check(entries: &[Vec<u8>], fault: Option<&'static str>) {
        let octets = entries.concat();
        match Manifest::parse(&octets) {
            Ok(manifest) => {
                assert_eq!(fault, None);
                assert_eq!(manifest.to_bytes(), octets);
            }
            Err(refusal) => assert_eq!(Some(refusal), fault.map(Refusal::Content)),
        }
    }

    /// [PERSO-063]
    #[test]
    fn what_a_manifest_may_say() {
        let com = entry(File::Com, 30, 2);
        let sod = entry(File::Sod, 1_850, 2);
        let card_access = entry(File::CardAccess, 56, 0);
        check(&[card_access.clone(), sod.clone(), com.clone()], None);
        check(&[entry(File::Dg3, 70_000, 3)], None);
        check(&[entry(File::Dg3, 70_000, 2)], None);
        check(&[], Some("length of the manifest"));
        check(&[com[..38].to_vec()], Some("length of the manifest"));
        check(&[com.clone(), sod.clone()], Some("order of the manifest"));
        check(&[com.clone(), com.clone()], Some("order of the manifest"));
        check(&[sod, card_access], Some("order of the manifest"));
        check(&[entry(File::AtrInfo, 5, 0)], Some("file of the manifest"));
        check(&[entry(File::Com, 0, 2)], Some("file without octets"));
        for (file, class) in [
            (File::Com, 0),
            (File::Com, 5),
            (File::Dg3, 0),
            (File::Dg3, 4),
            (File::CardSecurity, 0),
            (File::CardAccess, 2),
        ] {
            check(
                &[entry(file, 5, class)],
                Some("access class of the manifest"),
            );
        }
        let mut unknown = com;
        unknown[0] = 2;
        check(&[unknown], Some("file of the manifest"));
    }

    #[test]
    fn references_go_both_ways() {
        for file in File::all() {
            assert_eq!(file_of_reference(file_reference(file)), Some(file));
        }
        assert_eq!(file_of_reference([1, 0x2F, 0x01]), None);
    }
}
