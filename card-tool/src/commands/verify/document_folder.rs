//! The files of a document in a folder: which of them are files of a chip, and which are something else.
//!
//! A file counts as the file of a chip
//! 1. by its name, if it is called as `card-tool read` calls it: `dg1.bin`, or the word alone;
//! 2. else by its content, if it begins with the data object of a data group, of EF.SOD or of EF.COM, whatever its name.
//!
//! Everything else is passed over and named, and so is every text: explanations, reports and notes lie beside the files that they
//! are about. Two files that differ and are both the same file of a chip are an error, for nobody may choose between them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Result;
use iso7816::tlv;
use lds::File;

use crate::exit::Problem;
use crate::trust_folder;

/// Extension of the names that `card-tool read` gives.
const EXTENSION: &str = "bin";

/// What a folder holds.
#[derive(Debug, Default)]
pub(super) struct DocumentFolder {
    /// The files of a chip.
    pub(super) files: BTreeMap<File, Vec<u8>>,
    /// Where they were found.
    pub(super) places: BTreeMap<File, PathBuf>,
    /// What is none.
    pub(super) passed_over: Vec<PathBuf>,
}

impl DocumentFolder {
    /// Reads a folder and those below it. There must be an EF.SOD: without it nothing can be said.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let found = Self::of(trust_folder::read_all(folder)?)?;
        if found.files.contains_key(&File::Sod) {
            return Ok(found);
        }
        Err(Problem::usage(
            format!("{} holds no EF.SOD", folder.display()),
            "name the folder that `card-tool read` has written",
        ))
    }

    fn of(all: Vec<(PathBuf, Vec<u8>)>) -> Result<Self> {
        let mut found = Self::default();
        for (path, content) in all {
            let Some(file) = file_of(&path, &content) else {
                found.passed_over.push(path);
                continue;
            };
            match found.files.get(&file) {
                Some(other) if *other == content => {}
                Some(_) => return Err(twice(file, found.places.get(&file), &path)),
                None => {
                    found.files.insert(file, content);
                    found.places.insert(file, path);
                }
            }
        }
        Ok(found)
    }
}

fn twice(file: File, one: Option<&PathBuf>, other: &Path) -> anyhow::Error {
    let one = one.map(|path| path.display().to_string());
    Problem::usage(
        format!(
            "{} is there twice, and not the same: {} and {}",
            file.name(),
            one.unwrap_or_default(),
            other.display()
        ),
        "keep the files of one document in one folder",
    )
}

fn file_of(path: &Path, content: &[u8]) -> Option<File> {
    by_name(path).or_else(|| {
        if is_text(content) {
            return None;
        }
        by_content(content)
    })
}

fn by_name(path: &Path) -> Option<File> {
    let is_ours = path
        .extension()
        .is_none_or(|extension| extension == EXTENSION);
    path.file_stem()
        .filter(|_| is_ours)
        .and_then(|stem| File::from_word(stem.to_str()?))
}

/// The tags of other files of a chip are those of any DER structure.
fn by_content(content: &[u8]) -> Option<File> {
    let tag = tlv::read(content).ok()?.0.tag;
    File::data_groups()
        .chain([File::Sod, File::Com])
        .find(|file| file.tag() == Some(tag))
}

/// Every file of a chip that is known by its content holds lists of tags or numbers, which no text does.
fn is_text(content: &[u8]) -> bool {
    std::str::from_utf8(content).is_ok_and(|text| {
        !text.contains(|letter: char| letter.is_control() && !['\n', '\r', '\t'].contains(&letter))
    })
}

#[cfg(test)]
mod tests {
    use iso7816::tlv::{Tag, encode};

    use super::*;

    fn object(tag: u32) -> Vec<u8> {
        encode(Tag::new(tag), &[0x5F, 0x1F, 0x01, 0x41])
    }

    #[test]
    fn names_first_then_content_and_no_text() {
        let (dg1, dg2) = (object(0x61), object(0x75));
        let text =
            b"a0: what a text may begin with, which looks like a data object of 48 bytes or more"
                .to_vec();
        assert!(tlv::read(&text).is_ok(), "the text is a trap");
        for (name, content, expected) in [
            ("dg1.bin", &dg1, Some(File::Dg1)),
            ("dg1", &dg1, Some(File::Dg1)),
            ("what is this.dat", &dg1, Some(File::Dg1)),
            // A name is a statement of who wrote the file; that the content is another one, the inspection finds out.
            ("dg1.bin", &dg2, Some(File::Dg1)),
            ("card-access.bin", &object(0x31), Some(File::CardAccess)),
            (
                "card-access.txt",
                &b"EF.CardAccess, 56 bytes".to_vec(),
                None,
            ),
            ("card-access.dat", &object(0x31), None),
            ("dg1.txt", &b"EF.DG1: machine readable zone".to_vec(), None),
            ("dg1.txt", &text, None),
            ("DG1.BIN", &dg1, Some(File::Dg1)),
            ("EF.SOD", &object(0x77), Some(File::Sod)),
            ("report.json", &b"{}".to_vec(), None),
            ("portrait.png", &b"\x89PNG\r\n\x1a\n\0\0".to_vec(), None),
            ("empty", &Vec::new(), None),
        ] {
            assert_eq!(file_of(Path::new(name), content), expected, "{name}");
        }
    }

    #[test]
    fn a_copy_is_no_harm_and_a_rival_is_an_error() {
        let file = |name: &str, tag| (PathBuf::from(name), object(tag));
        let found = DocumentFolder::of(vec![
            file("dg1.bin", 0x61),
            file("copy of dg1", 0x61),
            (PathBuf::from("notes.txt"), b"hello".to_vec()),
        ]);
        let found = found.unwrap();
        assert_eq!(found.files.keys().collect::<Vec<_>>(), [&File::Dg1]);
        assert_eq!(found.passed_over, [PathBuf::from("notes.txt")]);
        let rival = (PathBuf::from("other"), encode(Tag::new(0x61), &[0, 1]));
        let error = DocumentFolder::of(vec![file("dg1.bin", 0x61), rival]).unwrap_err();
        let error = error.to_string();
        assert!(
            error.contains("dg1.bin") && error.contains("other"),
            "{error}"
        );
    }
}
