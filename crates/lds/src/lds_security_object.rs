//! The LDS security object: what EF.SOD signs (Doc 9303-10 §4.6.2.3, annex D).

use std::collections::BTreeMap;

use crypto::HashAlgorithm;
use iso7816::tlv::{self, Tlv, Writer};

use crate::asn1::{
    self, INTEGER, NULL, OBJECT_IDENTIFIER, OCTET_STRING, PRINTABLE_STRING, SEQUENCE,
};
use crate::data_object::{Row, report_long_length};
use crate::file_content::open;
use crate::{
    Deviation, Deviations, Error, File, HashedFile, LdsVersion, Parsed, Result, UnicodeVersion,
};

/// Most hashes: one for each data group.
pub const MAX_HASHES: usize = 16;
/// Fewest hashes: EF.DG1 and EF.DG2 are always there.
pub const MIN_HASHES: usize = 2;

/// The form of the security object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LdsSecurityObjectVersion {
    /// Version 0, LDS 1.7: the versions stand in EF.COM only, unsigned.
    V0,
    /// Version 1, LDS 1.8: the versions are signed.
    V1 {
        /// Version of the data structure.
        lds_version: LdsVersion,
        /// Version of Unicode.
        unicode_version: UnicodeVersion,
    },
}

/// The hashes of the data groups (Doc 9303-10 §4.6.2.3).
///
/// ```text
/// LDSSecurityObject ::= SEQUENCE {
///   version INTEGER, hashAlgorithm AlgorithmIdentifier,
///   dataGroupHashValues SEQUENCE OF SEQUENCE { dataGroupNumber INTEGER, dataGroupHashValue OCTET STRING },
///   ldsVersionInfo SEQUENCE { ldsVersion PrintableString, unicodeVersion PrintableString } OPTIONAL }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LdsSecurityObject {
    /// Form, with the versions that form 1 carries.
    pub version: LdsSecurityObjectVersion,
    /// The hash of all data groups.
    pub hash: HashAlgorithm,
    /// Hash by number of data group, 1 to 16. A chip may have other numbers and hashes of wrong lengths, which match
    /// nothing.
    pub hashes: BTreeMap<u8, Vec<u8>>,
}

impl LdsSecurityObjectVersion {
    /// Version 1 with LDS 1.8 and Unicode 4.0.0: what new documents carry.
    #[must_use]
    pub fn v1() -> Self {
        Self::V1 {
            lds_version: LdsVersion::v1_8(),
            unicode_version: UnicodeVersion::v4_0_0(),
        }
    }
}

impl LdsSecurityObject {
    /// Hashes the data groups: of each the whole file, outer tag and length included (Doc 9303-10 §4.6.2.3 note 1).
    ///
    /// # Errors
    /// [`Error::Misuse`] when a file is not a data group or comes twice, or when EF.DG1 or EF.DG2 is not among them.
    pub fn of_files<'a>(
        version: LdsSecurityObjectVersion,
        hash: HashAlgorithm,
        files: impl IntoIterator<Item = (File, &'a [u8])>,
    ) -> Result<Self> {
        Self::of_hashes(
            version,
            hash,
            files
                .into_iter()
                .map(|(file, bytes)| (file, hash.digest(bytes))),
        )
    }

    /// The object of data groups that were hashed when they were made.
    ///
    /// # Errors
    /// As [`Self::of_files`].
    pub fn of_hashed_files<'a>(
        version: LdsSecurityObjectVersion,
        hash: HashAlgorithm,
        files: impl IntoIterator<Item = (File, &'a HashedFile)>,
    ) -> Result<Self> {
        Self::of_hashes(
            version,
            hash,
            files
                .into_iter()
                .map(|(file, content)| (file, content.hash(hash).into_owned())),
        )
    }

    fn of_hashes(
        version: LdsSecurityObjectVersion,
        hash: HashAlgorithm,
        files: impl Iterator<Item = (File, Vec<u8>)>,
    ) -> Result<Self> {
        let mut hashes = BTreeMap::new();
        for (file, digest) in files {
            let number = file
                .dg_number()
                .ok_or(Error::Misuse("EF.SOD covers data groups only"))?;
            if hashes.insert(number, digest).is_some() {
                return Err(Error::Misuse("a data group comes twice"));
            }
        }
        if !hashes.contains_key(&1) || !hashes.contains_key(&2) {
            return Err(Error::Misuse("EF.DG1 and EF.DG2 are mandatory"));
        }
        Ok(Self {
            version,
            hash,
            hashes,
        })
    }

    /// The hash that a file should have; `None` when the object does not cover it.
    #[must_use]
    pub fn hash_of(&self, file: File) -> Option<&[u8]> {
        self.hashes.get(&file.dg_number()?).map(Vec::as_slice)
    }

    /// The data groups covered: they, and no others, belong to the document.
    pub fn data_groups(&self) -> impl Iterator<Item = File> {
        self.hashes.keys().filter_map(|number| File::dg(*number))
    }

    /// DER, with the parameters of the hash algorithm absent (Doc 9303-10 §4.6.2.3 note 2).
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        let mut object = Writer::new();
        let version = match &self.version {
            LdsSecurityObjectVersion::V0 => 0,
            LdsSecurityObjectVersion::V1 { .. } => 1,
        };
        asn1::write_unsigned(version, &mut object);
        object.nest(SEQUENCE, |algorithm| {
            asn1::write_oid(self.hash.oid(), algorithm);
        });
        object.nest(SEQUENCE, |list| {
            for (number, hash) in &self.hashes {
                list.nest(SEQUENCE, |entry| {
                    asn1::write_unsigned((*number).into(), entry);
                    entry.object(OCTET_STRING, hash);
                });
            }
        });
        if let LdsSecurityObjectVersion::V1 {
            lds_version,
            unicode_version,
        } = &self.version
        {
            object.nest(SEQUENCE, |info| {
                info.object(PRINTABLE_STRING, lds_version.as_str().as_bytes());
                info.object(PRINTABLE_STRING, unicode_version.as_str().as_bytes());
            });
        }
        tlv::encode(SEQUENCE, &object.finish())
    }

    /// Reads the content of EF.SOD.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the structure does not hold or a data group is listed twice, [`Error::Unsupported`] for
    /// an unknown hash algorithm or version.
    pub fn from_der(der: &[u8]) -> Result<Parsed<Self>> {
        Parsed::collect(|deviations| Self::read(&open(SEQUENCE, der, deviations)?, deviations))
    }

    fn read(object: &Tlv<'_>, deviations: &mut Deviations) -> Result<Self> {
        let mut fields = Row::inside(object, deviations)?;
        let version = fields.require(INTEGER, "version of the security object", deviations)?;
        let algorithm = fields.require(SEQUENCE, "hash algorithm", deviations)?;
        let list = fields.require(SEQUENCE, "hashes of the data groups", deviations)?;
        let info = fields.take(SEQUENCE, deviations);
        fields.rest(deviations);

        let hash = read_algorithm(&algorithm, deviations)?;
        Ok(Self {
            version: read_version(&version, info.as_ref(), deviations)?,
            hash,
            hashes: read_hashes(&list, hash, deviations)?,
        })
    }
}

fn read_version(
    version: &Tlv<'_>,
    info: Option<&Tlv<'_>>,
    deviations: &mut Deviations,
) -> Result<LdsSecurityObjectVersion> {
    match (asn1::small(version, deviations)?, info) {
        (0, None) => Ok(LdsSecurityObjectVersion::V0),
        (0, Some(info)) => {
            let (tag, at) = (info.tag, info.at);
            deviations.push(Deviation::Unexpected { tag, at });
            Ok(LdsSecurityObjectVersion::V0)
        }
        (1, Some(info)) => read_version_info(info, deviations),
        (1, None) => Err(Error::Malformed {
            what: "security object of version 1 without its versions",
            at: version.at,
        }),
        _ => Err(Error::Unsupported("version of the LDS security object")),
    }
}

fn read_version_info(
    info: &Tlv<'_>,
    deviations: &mut Deviations,
) -> Result<LdsSecurityObjectVersion> {
    let what = "versions in the security object";
    let mut fields = Row::inside(info, deviations)?;
    let mut characters = || {
        let at = info.at;
        let object = fields.take_next().ok_or(Error::Malformed { what, at })?;
        let (tag, at) = (object.tag, object.at);
        if tag != PRINTABLE_STRING {
            deviations.push(Deviation::CharacterSet { tag, at });
        }
        let characters = core::str::from_utf8(object.value);
        characters.map_err(|_| Error::Malformed { what, at })
    };
    let lds_version = LdsVersion::new(characters()?);
    let unicode_version = UnicodeVersion::new(characters()?);
    fields.rest(deviations);
    if lds_version.numbers().is_none() || unicode_version.numbers().is_none() {
        deviations.push(Deviation::Value { what, at: info.at });
    }
    Ok(LdsSecurityObjectVersion::V1 {
        lds_version,
        unicode_version,
    })
}

/// Parameters absent or NULL: both are right (Doc 9303-10 §4.6.2.3 note 2).
fn read_algorithm(algorithm: &Tlv<'_>, deviations: &mut Deviations) -> Result<HashAlgorithm> {
    let mut fields = Row::inside(algorithm, deviations)?;
    let oid = fields.require(OBJECT_IDENTIFIER, "hash algorithm", deviations)?;
    fields.take(NULL, deviations);
    fields.rest(deviations);
    HashAlgorithm::from_oid(asn1::oid(&oid)?)
        .ok_or(Error::Unsupported("hash algorithm of the security object"))
}

fn read_hashes(
    list: &Tlv<'_>,
    algorithm: HashAlgorithm,
    deviations: &mut Deviations,
) -> Result<BTreeMap<u8, Vec<u8>>> {
    let what = "hash of a data group";
    let mut hashes = BTreeMap::new();
    for entry in list.children()? {
        let at = entry.at;
        report_long_length(&entry, deviations);
        let mut fields = Row::inside(&entry, deviations)?;
        let number = asn1::small(&fields.require(INTEGER, what, deviations)?, deviations)?;
        let hash = fields.require(OCTET_STRING, what, deviations)?;
        fields.rest(deviations);
        // Neither can ever match a file, which is for the comparison to say.
        if File::dg(number).is_none() || hash.value.len() != algorithm.output_len() {
            deviations.push(Deviation::Value { what, at });
        }
        if hashes.insert(number, hash.value.to_vec()).is_some() {
            let what = "second hash of a data group";
            return Err(Error::Malformed { what, at });
        }
    }
    if !(MIN_HASHES..=MAX_HASHES).contains(&hashes.len()) {
        deviations.push(Deviation::Count {
            what: "hashes of data groups",
            expected: hashes.len().clamp(MIN_HASHES, MAX_HASHES),
            found: hashes.len(),
            at: list.at,
        });
    }
    Ok(hashes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of_two_files(version: LdsSecurityObjectVersion) -> LdsSecurityObject {
        let files: [(File, &[u8]); 2] = [(File::Dg1, b"one"), (File::Dg2, b"two")];
        LdsSecurityObject::of_files(version, HashAlgorithm::Sha256, files).unwrap()
    }

    #[test]
    fn hashes_are_those_of_the_files() {
        let object = of_two_files(LdsSecurityObjectVersion::V0);
        let expected = HashAlgorithm::Sha256.digest(b"two");
        assert_eq!(object.hash_of(File::Dg2), Some(&expected[..]));
        assert_eq!(object.hash_of(File::Dg3), None);
        assert_eq!(object.hash_of(File::Com), None);
        assert!(object.data_groups().eq([File::Dg1, File::Dg2]));
    }

    #[test]
    fn files_that_cannot_be_signed() {
        let check = |files: &[(File, &[u8])]| {
            let version = LdsSecurityObjectVersion::v1();
            let files = files.iter().copied();
            match LdsSecurityObject::of_files(version, HashAlgorithm::Sha256, files) {
                Err(Error::Misuse(_)) => {}
                other => panic!("{other:?}"),
            }
        };
        check(&[(File::Dg1, b"")]);
        check(&[(File::Dg1, b""), (File::Dg2, b""), (File::Com, b"")]);
        check(&[(File::Dg1, b""), (File::Dg2, b""), (File::Dg2, b"")]);
    }

    /// Parameters NULL, a superfluous version info, a wrong version string: read, and all but the first reported.
    #[test]
    fn what_is_tolerated() {
        let v1 = of_two_files(LdsSecurityObjectVersion::v1());
        let edit = |from: &str, to: &str| {
            let text = hex::encode_upper(v1.to_der());
            assert!(text.contains(from));
            hex::decode(text.replacen(from, to, 1)).unwrap()
        };
        let cases = [
            (
                edit(
                    "300B0609608648016503040201",
                    "300D06096086480165030402010500",
                ),
                2,
                0,
            ),
            (edit("020101", "020100"), 0, 1),
            (edit("130430313038", "130431383038"), 0, 0),
            (edit("130430313038", "130430312E38"), 0, 1),
            (edit("130430313038", "0C0430313038"), 0, 1),
        ];
        for (mut der, longer, deviations) in cases {
            der[1] += longer;
            let parsed = LdsSecurityObject::from_der(&der).unwrap();
            assert_eq!(
                parsed.deviations.len(),
                deviations,
                "{:?}",
                parsed.deviations
            );
            assert_eq!(parsed.value.hashes, v1.hashes);
        }
    }

    #[test]
    fn hashes_that_match_nothing_are_kept() {
        let text = hex::encode_upper(of_two_files(LdsSecurityObjectVersion::v1()).to_der());
        for (from, to, number) in [
            ("020102042", "020100042", 0),
            ("020102042", "020111042", 17),
        ] {
            let der = hex::decode(text.replacen(from, to, 1)).unwrap();
            let parsed = LdsSecurityObject::from_der(&der).unwrap();
            assert!(parsed.value.hashes.contains_key(&number));
            assert!(parsed.value.data_groups().eq([File::Dg1]));
            assert_eq!(parsed.deviations.len(), 1, "{:?}", parsed.deviations);
        }
    }

    #[test]
    fn what_is_refused() {
        let text = hex::encode_upper(of_two_files(LdsSecurityObjectVersion::v1()).to_der());
        for (what, from, to) in [
            ("data group twice", "020102042", "020101042"),
            (
                "unknown hash algorithm",
                "608648016503040201",
                "608648016503040209",
            ),
            ("version 2", "020101300B", "020102300B"),
            ("version 1 without versions", "300E1304", "A00E1304"),
        ] {
            assert!(text.contains(from), "{what}");
            let der = hex::decode(text.replacen(from, to, 1)).unwrap();
            assert!(LdsSecurityObject::from_der(&der).is_err(), "{what}");
        }
    }

    proptest! {
        #[test]
        fn written_is_read(
            numbers in proptest::collection::btree_map(1u8..=16, any::<[u8; 32]>(), 2..16),
            v1 in any::<bool>(),
        ) {
            let object = LdsSecurityObject {
                version: if v1 { LdsSecurityObjectVersion::v1() } else { LdsSecurityObjectVersion::V0 },
                hash: HashAlgorithm::Sha256,
                hashes: numbers.into_iter().map(|(n, h)| (n, h.to_vec())).collect(),
            };
            prop_assert_eq!(LdsSecurityObject::from_der(&object.to_der()).unwrap().strict().unwrap(), object);
        }
    }
}
