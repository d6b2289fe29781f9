//! The table of files (Doc 9303-10 §3.11, §4.6, §4.7; Doc 9303-11 annex K.2).

use core::fmt;

use iso7816::tlv::Tag;
use iso7816::{FileId, Sfi};

/// Application identifier of the eMRTD application (Doc 9303-10 §4.1).
pub const APPLICATION_AID: [u8; 7] = [0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01];

/// An elementary file of the chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum File {
    /// EF.ATR/INFO: what the chip can do.
    AtrInfo,
    /// EF.DIR: the applications.
    Dir,
    /// EF.CardAccess: SecurityInfos for PACE, unsigned.
    CardAccess,
    /// EF.CardSecurity: SecurityInfos, signed. A CMS SignedData whose content is [`crate::SecurityInfos`].
    CardSecurity,
    /// EF.COM: versions and a list of data groups, unsigned.
    Com,
    /// EF.SOD: the signed hashes of the data groups.
    Sod,
    /// EF.DG1: the machine readable zone.
    Dg1,
    /// EF.DG2: face.
    Dg2,
    /// EF.DG3: fingers.
    Dg3,
    /// EF.DG4: irises.
    Dg4,
    /// EF.DG5: displayed portrait.
    Dg5,
    /// EF.DG6: reserved.
    Dg6,
    /// EF.DG7: displayed signature or mark.
    Dg7,
    /// EF.DG8: data features.
    Dg8,
    /// EF.DG9: structure features.
    Dg9,
    /// EF.DG10: substance features.
    Dg10,
    /// EF.DG11: additional personal details.
    Dg11,
    /// EF.DG12: additional document details.
    Dg12,
    /// EF.DG13: optional details, the issuer's own.
    Dg13,
    /// EF.DG14: SecurityInfos, hashed in EF.SOD.
    Dg14,
    /// EF.DG15: public key of active authentication.
    Dg15,
    /// EF.DG16: persons to notify.
    Dg16,
    /// EF.CVCA: names of the certification authorities that the chip trusts for terminal authentication.
    Cvca,
}

/// Where a file lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parent {
    /// The master file.
    MasterFile,
    /// The eMRTD application, [`APPLICATION_AID`].
    Application,
}

/// What a terminal must have done before it may read a file (Doc 9303-10 §3.11, §4.5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Nothing.
    Always,
    /// PACE.
    Pace,
    /// Basic access control or PACE.
    BasicOrPace,
    /// Access as above, then terminal authentication with the right to this file.
    TerminalAuthentication,
}

struct Row {
    file: File,
    id: u16,
    sfi: u8,
    tag: Option<u32>,
    parent: Parent,
    access: Access,
    name: &'static str,
    word: &'static str,
}

const fn master_file(
    file: File,
    (id, sfi): (u16, u8),
    tag: Option<u32>,
    access: Access,
    name: &'static str,
    word: &'static str,
) -> Row {
    let parent = Parent::MasterFile;
    Row {
        file,
        id,
        sfi,
        tag,
        parent,
        access,
        name,
        word,
    }
}

const fn application(
    file: File,
    (id, sfi): (u16, u8),
    tag: Option<u32>,
    name: &'static str,
    word: &'static str,
) -> Row {
    let access = match file {
        File::Dg3 | File::Dg4 => Access::TerminalAuthentication,
        _ => Access::BasicOrPace,
    };
    let parent = Parent::Application;
    Row {
        file,
        id,
        sfi,
        tag,
        parent,
        access,
        name,
        word,
    }
}

#[rustfmt::skip]
static TABLE: [Row; 23] = [
    master_file(File::AtrInfo,      (0x2F01, 0x01), None,       Access::Always, "EF.ATR/INFO",     "atr-info"),
    master_file(File::Dir,          (0x2F00, 0x1E), None,       Access::Always, "EF.DIR",          "dir"),
    master_file(File::CardAccess,   (0x011C, 0x1C), Some(0x31), Access::Always, "EF.CardAccess",   "card-access"),
    master_file(File::CardSecurity, (0x011D, 0x1D), Some(0x30), Access::Pace,   "EF.CardSecurity", "card-security"),
    application(File::Com,  (0x011E, 0x1E), Some(0x60), "EF.COM",  "com"),
    application(File::Sod,  (0x011D, 0x1D), Some(0x77), "EF.SOD",  "sod"),
    application(File::Dg1,  (0x0101, 0x01), Some(0x61), "EF.DG1",  "dg1"),
    application(File::Dg2,  (0x0102, 0x02), Some(0x75), "EF.DG2",  "dg2"),
    application(File::Dg3,  (0x0103, 0x03), Some(0x63), "EF.DG3",  "dg3"),
    application(File::Dg4,  (0x0104, 0x04), Some(0x76), "EF.DG4",  "dg4"),
    application(File::Dg5,  (0x0105, 0x05), Some(0x65), "EF.DG5",  "dg5"),
    application(File::Dg6,  (0x0106, 0x06), Some(0x66), "EF.DG6",  "dg6"),
    application(File::Dg7,  (0x0107, 0x07), Some(0x67), "EF.DG7",  "dg7"),
    application(File::Dg8,  (0x0108, 0x08), Some(0x68), "EF.DG8",  "dg8"),
    application(File::Dg9,  (0x0109, 0x09), Some(0x69), "EF.DG9",  "dg9"),
    application(File::Dg10, (0x010A, 0x0A), Some(0x6A), "EF.DG10", "dg10"),
    application(File::Dg11, (0x010B, 0x0B), Some(0x6B), "EF.DG11", "dg11"),
    application(File::Dg12, (0x010C, 0x0C), Some(0x6C), "EF.DG12", "dg12"),
    application(File::Dg13, (0x010D, 0x0D), Some(0x6D), "EF.DG13", "dg13"),
    application(File::Dg14, (0x010E, 0x0E), Some(0x6E), "EF.DG14", "dg14"),
    application(File::Dg15, (0x010F, 0x0F), Some(0x6F), "EF.DG15", "dg15"),
    application(File::Dg16, (0x0110, 0x10), Some(0x70), "EF.DG16", "dg16"),
    application(File::Cvca, (0x011C, 0x1C), None,       "EF.CVCA", "cvca"),
];

impl File {
    /// Every file, master file first, in the order of the standard.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|row| row.file)
    }

    /// The sixteen data groups.
    pub fn data_groups() -> impl Iterator<Item = Self> {
        Self::all().filter(|file| file.dg_number().is_some())
    }

    /// The data group of this number, 1 to 16.
    #[must_use]
    pub fn dg(number: u8) -> Option<Self> {
        Self::data_groups().find(|file| file.dg_number() == Some(number))
    }

    /// The file of the application whose outer tag this is: what the tag list of EF.COM means (Doc 9303-10 §4.6.1).
    #[must_use]
    pub fn from_tag(tag: Tag) -> Option<Self> {
        Self::all().find(|file| file.parent() == Parent::Application && file.tag() == Some(tag))
    }

    /// The file of this word, as [`File::word`] gives it.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::all().find(|file| file.word() == word)
    }

    /// File identifier, unique within [`File::parent`] only.
    #[must_use]
    pub fn id(self) -> FileId {
        FileId(self.row().id)
    }

    /// Short file identifier, unique within [`File::parent`] only.
    #[must_use]
    pub fn sfi(self) -> Sfi {
        #[allow(clippy::expect_used)]
        Sfi::new(self.row().sfi).expect("every row of the table has one in range")
    }

    /// Tag of the one data object that makes up the file. `None` for EF.ATR/INFO, EF.DIR and EF.CVCA, which are rows of
    /// objects: they are read to their end.
    #[must_use]
    pub fn tag(self) -> Option<Tag> {
        self.row().tag.map(Tag::new)
    }

    /// Where the file lies.
    #[must_use]
    pub fn parent(self) -> Parent {
        self.row().parent
    }

    /// Who may read it.
    #[must_use]
    pub fn access(self) -> Access {
        self.row().access
    }

    /// The name in the standard: `EF.DG1`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The word on a command line and in file names: `dg1`.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.row().word
    }

    /// The number of a data group.
    #[must_use]
    pub fn dg_number(self) -> Option<u8> {
        let first = Self::Dg1 as u8;
        (Self::Dg1..=Self::Dg16)
            .contains(&self)
            .then(|| self as u8 - first + 1)
    }

    fn row(self) -> &'static Row {
        #[allow(clippy::indexing_slicing)]
        &TABLE[self as usize]
    }
}

impl fmt::Display for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn rows_stand_in_the_order_of_the_enum() {
        for (index, row) in TABLE.iter().enumerate() {
            assert_eq!(row.file as usize, index, "{}", row.name);
            assert_eq!(File::from_word(row.word), Some(row.file));
            assert_eq!(row.file.sfi().get(), row.sfi);
        }
    }

    #[test]
    fn identifiers_are_unique_within_their_parent() {
        for parent in [Parent::MasterFile, Parent::Application] {
            let files: Vec<File> = File::all().filter(|f| f.parent() == parent).collect();
            let ids: BTreeSet<_> = files.iter().map(|f| f.id()).collect();
            let sfis: BTreeSet<_> = files.iter().map(|f| f.sfi()).collect();
            assert_eq!((ids.len(), sfis.len()), (files.len(), files.len()));
        }
    }

    /// The tags do not follow the numbers (Doc 9303-10 §4.6.1).
    #[test]
    fn data_groups_by_number_and_tag() {
        let tags = [
            0x61, 0x75, 0x63, 0x76, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E,
            0x6F, 0x70,
        ];
        for (number, tag) in (1u8..).zip(tags) {
            let file = File::dg(number).unwrap();
            assert_eq!(file.dg_number(), Some(number));
            assert_eq!(file.word(), format!("dg{number}"));
            assert_eq!(file.name(), format!("EF.DG{number}"));
            assert_eq!(file.id(), FileId(0x0100 + u16::from(number)));
            assert_eq!(file.sfi().get(), number);
            assert_eq!(File::from_tag(Tag::new(tag)), Some(file));
        }
        assert_eq!((File::dg(0), File::dg(17)), (None, None));
        assert_eq!(File::Com.dg_number(), None);
        assert_eq!(File::Cvca.dg_number(), None);
    }

    #[test]
    fn only_biometrics_of_the_second_kind_want_terminal_authentication() {
        let closed: Vec<File> = File::all()
            .filter(|f| f.access() == Access::TerminalAuthentication)
            .collect();
        assert_eq!(closed, [File::Dg3, File::Dg4]);
    }
}
