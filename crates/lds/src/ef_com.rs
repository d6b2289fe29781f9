//! EF.COM: versions and a list of the data groups, unsigned (Doc 9303-10 §4.6.1).

use iso7816::tlv::{Tag, Tlv, Writer};

use crate::data_object::Row;
use crate::tag_list::{self, TAG_LIST};
use crate::{Deviation, Deviations, Error, File, FileContent, LdsVersion, Result, UnicodeVersion};

const LDS_VERSION: Tag = Tag::new(0x5F01);
const UNICODE_VERSION: Tag = Tag::new(0x5F36);

/// EF.COM. Nothing protects it: which data groups belong to the document is decided by EF.SOD.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EfCom {
    /// Version of the data structure.
    pub lds_version: LdsVersion,
    /// Version of Unicode.
    pub unicode_version: UnicodeVersion,
    /// Outer tags of the data groups, in the order of the file.
    pub tags: Vec<Tag>,
}

impl EfCom {
    /// EF.COM of a document with these data groups.
    ///
    /// # Errors
    /// [`Error::Misuse`] when a file is not a data group.
    pub fn new(
        lds_version: LdsVersion,
        unicode_version: UnicodeVersion,
        data_groups: impl IntoIterator<Item = File>,
    ) -> Result<Self> {
        let tags = data_groups
            .into_iter()
            .map(|file| file.dg_number().and(file.tag()))
            .collect::<Option<_>>()
            .ok_or(Error::Misuse("EF.COM lists data groups only"))?;
        Ok(Self {
            lds_version,
            unicode_version,
            tags,
        })
    }

    /// The data groups listed; unknown tags are passed over.
    pub fn data_groups(&self) -> impl Iterator<Item = File> {
        self.tags.iter().copied().filter_map(data_group)
    }
}

impl FileContent for EfCom {
    const FILE: File = File::Com;
    const TAG: Tag = Tag::new(0x60);

    fn read(outer: &Tlv<'_>, deviations: &mut Deviations) -> Result<Self> {
        let mut objects = Row::inside(outer, deviations)?;
        let lds = objects.require(LDS_VERSION, "EF.COM, no LDS version", deviations)?;
        let unicode = objects.require(UNICODE_VERSION, "EF.COM, no Unicode version", deviations)?;
        let list = objects.require(TAG_LIST, "EF.COM, no tag list", deviations)?;
        objects.rest(deviations);

        let lds_version = LdsVersion::new(characters(&lds)?);
        report_unless(
            lds_version.numbers().is_some(),
            "LDS version",
            &lds,
            deviations,
        );
        let unicode_version = UnicodeVersion::new(characters(&unicode)?);
        let known = unicode_version.numbers().is_some();
        report_unless(known, "Unicode version", &unicode, deviations);
        let tags = tag_list::read(&list)?;
        let known = tags.iter().all(|tag| data_group(*tag).is_some());
        report_unless(known, "tag in the list of data groups", &list, deviations);
        Ok(Self {
            lds_version,
            unicode_version,
            tags,
        })
    }

    fn value(&self) -> Vec<u8> {
        let mut objects = Writer::new();
        objects.object(LDS_VERSION, self.lds_version.as_str().as_bytes());
        objects.object(UNICODE_VERSION, self.unicode_version.as_str().as_bytes());
        tag_list::write(&self.tags, &mut objects);
        objects.finish()
    }
}

fn data_group(tag: Tag) -> Option<File> {
    File::from_tag(tag).filter(|file| file.dg_number().is_some())
}

fn characters<'a>(object: &Tlv<'a>) -> Result<&'a str> {
    let (what, at) = ("characters of a version", object.at);
    core::str::from_utf8(object.value).map_err(|_| Error::Malformed { what, at })
}

fn report_unless(regular: bool, what: &'static str, object: &Tlv<'_>, deviations: &mut Deviations) {
    if !regular {
        let at = object.at;
        deviations.push(Deviation::Value { what, at });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_data_groups_are_listed() {
        let com = |files: &[File]| {
            let files = files.iter().copied();
            EfCom::new(LdsVersion::v1_7(), UnicodeVersion::v4_0_0(), files)
        };
        let listed = com(&[File::Dg1, File::Dg2]).unwrap();
        assert!(listed.data_groups().eq([File::Dg1, File::Dg2]));
        assert!(com(&[File::Sod]).is_err());
        assert!(com(&[File::Dir]).is_err());
    }

    #[test]
    fn departures_are_reported() {
        for (hex, deviations) in [
            ("6014 5F010430313037 5F3606303430303030 5C026175", 0),
            ("6014 5F010430313037 5F3606303430303030 5C026177", 1),
            ("6013 5F0103312E37 5F3606303430303030 5C026175", 1),
            ("6013 5F010430313037 5F36053034303030 5C026175", 1),
        ] {
            let parsed = EfCom::parse(&test_support::unhex(hex)).unwrap();
            assert_eq!(parsed.deviations.len(), deviations, "{hex}");
            assert_eq!(parsed.value.to_bytes(), test_support::unhex(hex));
        }
    }
}
