//! Data groups against their signed hashes (TR-03135-1 §5.6.4.4.2).

use core::fmt;
use std::collections::BTreeMap;

use lds::{Access, File, HashedFile, LdsSecurityObject, without_padding};

use crate::check::{Cause, CheckResult};
use crate::deviation::DeviationKind;

/// What became of a data group when the chip was read.
#[derive(Clone, PartialEq, Eq)]
pub enum DataGroup {
    /// The whole file as the chip gave it.
    Read(HashedFile),
    /// It is on the chip and was not read: access was refused or not asked for.
    NotRead,
    /// The chip does not have it.
    NotOnChip,
}

/// The result for one data group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataGroupResult {
    /// The hash is the signed one.
    Identical,
    /// The hash is another one.
    NotIdentical,
    /// The hash is another one, as the issuing state's deviation list says of this document: neither shown nor used.
    KnownDeviation,
    /// Signed, and present, but not read.
    NotRead,
    /// Signed, but not on the chip.
    NotOnChip,
    /// Read, but without the outer data object whose bytes are hashed.
    NotHashable,
    /// Read or present, but not signed: anybody could have written it.
    NotListed,
}

impl fmt::Debug for DataGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(file) => write!(f, "Read({} bytes)", file.as_bytes().len()),
            Self::NotRead => f.write_str("NotRead"),
            Self::NotOnChip => f.write_str("NotOnChip"),
        }
    }
}

impl fmt::Display for DataGroupResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Identical => "identical",
            Self::NotIdentical => "not identical",
            Self::KnownDeviation => "not identical, known to the issuer, not used",
            Self::NotRead => "signed, not read",
            Self::NotOnChip => "signed, not present",
            Self::NotHashable => "not conformant, hash not computable",
            Self::NotListed => "not signed",
        })
    }
}

/// Compares every group that is signed or present.
pub(super) fn compare(
    signed: &LdsSecurityObject,
    data_groups: &BTreeMap<File, DataGroup>,
) -> BTreeMap<File, DataGroupResult> {
    let is_present =
        |file: &File| !matches!(data_groups.get(file), None | Some(DataGroup::NotOnChip));
    let present = data_groups
        .keys()
        .copied()
        .filter(|file| file.dg_number().is_some() && is_present(file));
    signed
        .data_groups()
        .chain(present)
        .map(|file| {
            let state = data_groups.get(&file).unwrap_or(&DataGroup::NotRead);
            (file, compare_one(signed, file, state))
        })
        .collect()
}

fn compare_one(signed: &LdsSecurityObject, file: File, state: &DataGroup) -> DataGroupResult {
    match (signed.hash_of(file), state) {
        (None, _) => DataGroupResult::NotListed,
        (Some(_), DataGroup::NotRead) => DataGroupResult::NotRead,
        (Some(_), DataGroup::NotOnChip) => DataGroupResult::NotOnChip,
        (Some(hash), DataGroup::Read(read)) => match without_padding(file, read.as_bytes()) {
            Err(_) => DataGroupResult::NotHashable,
            Ok(content) if is_hash(signed, hash, read, content.value) => DataGroupResult::Identical,
            Ok(_) => DataGroupResult::NotIdentical,
        },
    }
}

/// The files that were read with bytes behind their end.
pub(super) fn padded(
    data_groups: &BTreeMap<File, DataGroup>,
) -> impl Iterator<Item = DeviationKind> {
    data_groups.iter().filter_map(|(file, state)| {
        let DataGroup::Read(read) = state else {
            return None;
        };
        let content = without_padding(*file, read.as_bytes()).ok()?.value;
        let count = read.as_bytes().len() - content.len();
        (count > 0).then_some(DeviationKind::PaddedFile { file: *file, count })
    })
}

/// What was hashed while it was read is not hashed again, unless the chip has put padding behind it.
fn is_hash(signed: &LdsSecurityObject, hash: &[u8], read: &HashedFile, content: &[u8]) -> bool {
    if content.len() == read.as_bytes().len() {
        *read.hash(signed.hash) == *hash
    } else {
        signed.hash.digest(content) == hash
    }
}

/// The result of all groups (TR-03135-1 §5.6.4.4.2, table 5.41): successful only if each is what was signed. To a group that
/// nobody has signed there is no hash that it could differ from, so that it is not *failed*; nor is it what the issuer signed.
pub(super) fn together(results: &BTreeMap<File, DataGroupResult>) -> CheckResult {
    let mandatory =
        [File::Dg1, File::Dg2]
            .into_iter()
            .filter_map(|file| match results.get(&file) {
                Some(DataGroupResult::NotListed) => {
                    Some(CheckResult::Failed(Cause::NotSigned(file)))
                }
                Some(_) => None,
                // Some documents are issued without a face (Q111).
                None if file == File::Dg2 => Some(CheckResult::Undetermined(Cause::Absent(file))),
                None => Some(CheckResult::Failed(Cause::NotSigned(file))),
            });
    let compared = results
        .iter()
        .map(|(file, result)| check_one(*file, *result));
    CheckResult::together(mandatory.chain(compared))
}

fn check_one(file: File, result: DataGroupResult) -> CheckResult {
    let closed = file.access() == Access::TerminalAuthentication;
    match result {
        // What the issuing state's deviation list excuses is neither shown nor used, and whoever reads the result is told.
        DataGroupResult::Identical | DataGroupResult::KnownDeviation => CheckResult::Successful,
        DataGroupResult::NotRead if closed => CheckResult::Successful,
        DataGroupResult::NotIdentical => CheckResult::Failed(Cause::HashDiffers(file)),
        DataGroupResult::NotHashable => CheckResult::Failed(Cause::NotHashable(file)),
        DataGroupResult::NotRead => CheckResult::Undetermined(Cause::NotRead(file)),
        DataGroupResult::NotOnChip => CheckResult::Undetermined(Cause::NotOnChip(file)),
        DataGroupResult::NotListed => CheckResult::Undetermined(Cause::NotSigned(file)),
    }
}

#[cfg(test)]
mod tests {
    use crypto::HashAlgorithm;
    use lds::LdsSecurityObjectVersion;

    use super::*;

    const DG1: &[u8] = &[0x61, 0x01, 0xAA];
    const DG2: &[u8] = &[0x75, 0x01, 0xBB];
    const DG3: &[u8] = &[0x63, 0x01, 0xCC];
    const DG11: &[u8] = &[0x6B, 0x01, 0xDD];

    fn results(changes: &[(File, DataGroup)]) -> (BTreeMap<File, DataGroupResult>, CheckResult) {
        let files = [
            (File::Dg1, DG1),
            (File::Dg2, DG2),
            (File::Dg3, DG3),
            (File::Dg11, DG11),
        ];
        let version = LdsSecurityObjectVersion::v1();
        let signed = LdsSecurityObject::of_files(version, HashAlgorithm::Sha256, files).unwrap();
        let mut groups: BTreeMap<File, DataGroup> = files
            .into_iter()
            .map(|(file, bytes)| {
                (
                    file,
                    DataGroup::Read(HashedFile::new(bytes, HashAlgorithm::Sha256)),
                )
            })
            .collect();
        groups.extend(changes.iter().cloned());
        let results = compare(&signed, &groups);
        let together = together(&results);
        (results, together)
    }

    #[test]
    fn each_state_has_its_result() {
        use DataGroupResult::{
            Identical, NotHashable, NotIdentical, NotListed, NotOnChip, NotRead,
        };
        let read = |bytes: &[u8]| DataGroup::Read(HashedFile::new(bytes, HashAlgorithm::Sha256));
        for (file, state, result, together) in [
            (File::Dg1, read(DG1), Identical, CheckResult::Successful),
            (
                File::Dg1,
                read(&[0x61, 1, 0xAA, 0, 0]),
                Identical,
                CheckResult::Successful,
            ),
            (
                File::Dg1,
                read(&[0x61, 1, 0xAB]),
                NotIdentical,
                CheckResult::Failed(Cause::HashDiffers(File::Dg1)),
            ),
            (
                File::Dg2,
                read(DG1),
                NotHashable,
                CheckResult::Failed(Cause::NotHashable(File::Dg2)),
            ),
            (
                File::Dg2,
                read(&[]),
                NotHashable,
                CheckResult::Failed(Cause::NotHashable(File::Dg2)),
            ),
            (
                File::Dg3,
                DataGroup::NotRead,
                NotRead,
                CheckResult::Successful,
            ),
            (
                File::Dg3,
                DataGroup::NotOnChip,
                NotOnChip,
                CheckResult::Undetermined(Cause::NotOnChip(File::Dg3)),
            ),
            (
                File::Dg11,
                DataGroup::NotRead,
                NotRead,
                CheckResult::Undetermined(Cause::NotRead(File::Dg11)),
            ),
            (
                File::Dg15,
                read(&[0x6F, 0]),
                NotListed,
                CheckResult::Undetermined(Cause::NotSigned(File::Dg15)),
            ),
            (
                File::Dg13,
                read(&[0x6D, 0]),
                NotListed,
                CheckResult::Undetermined(Cause::NotSigned(File::Dg13)),
            ),
        ] {
            let (results, all) = results(&[(file, state.clone())]);
            assert_eq!(results[&file], result, "{file:?} {state:?}");
            assert_eq!(all, together, "{file:?} {state:?}");
        }
        let (unchanged, _) = results(&[
            (File::Dg15, DataGroup::NotOnChip),
            (File::Com, read(&[0x60, 0])),
        ]);
        assert!(
            unchanged
                .keys()
                .eq(&[File::Dg1, File::Dg2, File::Dg3, File::Dg11])
        );
    }

    #[test]
    fn the_mandatory_groups_must_be_signed() {
        use DataGroupResult::{Identical, NotListed};
        for (files, expected) in [
            (
                &[(File::Dg1, Identical), (File::Dg2, NotListed)][..],
                CheckResult::Failed(Cause::NotSigned(File::Dg2)),
            ),
            (
                &[(File::Dg2, Identical)],
                CheckResult::Failed(Cause::NotSigned(File::Dg1)),
            ),
            (
                &[(File::Dg1, Identical)],
                CheckResult::Undetermined(Cause::Absent(File::Dg2)),
            ),
        ] {
            let results = files.iter().copied().collect();
            assert_eq!(together(&results), expected, "{files:?}");
        }
    }
}
