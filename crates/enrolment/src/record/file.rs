//! `record.toml`: the record of one holder as a text beside the images it names.

use std::collections::BTreeMap;

use biometrics::finger::FingerPosition;
use toml::{Table, Value};

use crate::can::Can;
use crate::field::Field;
use crate::record::{Finger, HolderRecord, MissingReason, Print};
use crate::{Error, Result};

/// The longest text read.
pub const MAX_RECORD_BYTES: usize = 64 * 1024;

/// Most entries under `[[fingers]]`.
pub const MAX_FINGERS: usize = 10;

/// The longest name of an image file.
const MAX_NAME_CHARS: usize = 100;

/// A record that was read but whose images are not there yet.
///
/// ```toml
/// profile = "uto-passport"
/// portrait = "portrait.jpg"
///
/// [fields]
/// surname = "Specimen"
/// date_of_birth = "1990-01-01"
///
/// [[fingers]]
/// position = "right-index"
/// image = "right-index.png"
///
/// [[fingers]]
/// position = "left-index"
/// missing = "bandaged"
/// ```
///
/// The words of the fields are those of [`Field::word`]; `can` beside `profile` is taken too.
#[derive(Debug)]
pub struct RecordFile {
    profile: String,
    portrait: Option<String>,
    fingers: Vec<(FingerPosition, Source)>,
    record: HolderRecord,
}

#[derive(Debug)]
enum Source {
    File(String),
    Missing(MissingReason),
}

impl RecordFile {
    /// Reads the text.
    ///
    /// # Errors
    /// [`Error::TooLarge`] beyond [`MAX_RECORD_BYTES`], [`Error::Syntax`] for text that is not TOML,
    /// [`Error::Key`] for a key that is unknown, missing or of the wrong type. Whether the values are right
    /// is for [`crate::check`] to say.
    pub fn parse(text: &str) -> Result<Self> {
        if text.len() > MAX_RECORD_BYTES {
            return Err(Error::TooLarge {
                what: "bytes of a record",
                limit: MAX_RECORD_BYTES,
            });
        }
        let table: Table = text.parse().map_err(|error: toml::de::Error| {
            let start = error.span().map_or(0, |span| span.start);
            let before = text.get(..start).unwrap_or(text);
            let line = before.matches('\n').count() + 1;
            Error::Syntax { line }
        })?;
        Self::from_table(&table)
    }

    /// The id of the issuer profile the record was made for.
    #[must_use]
    pub fn profile(&self) -> &str {
        &self.profile
    }

    /// The names of the image files, which lie beside the record: never a path.
    pub fn image_names(&self) -> impl Iterator<Item = &str> {
        let fingers = self.fingers.iter().filter_map(|(_, source)| match source {
            Source::File(name) => Some(name),
            Source::Missing(_) => None,
        });
        self.portrait.iter().chain(fingers).map(String::as_str)
    }

    /// The record with its images, by name.
    ///
    /// # Errors
    /// [`Error::MissingImage`] for the first name without an image.
    pub fn with_images(self, images: &BTreeMap<String, Vec<u8>>) -> Result<HolderRecord> {
        let image = |name: String| match images.get(&name) {
            Some(image) => Ok(image.clone()),
            None => Err(Error::MissingImage { name }),
        };
        let mut record = self.record;
        if let Some(name) = self.portrait {
            record.set_portrait(image(name)?);
        }
        for (position, source) in self.fingers {
            let print = match source {
                Source::File(name) => Print::Image(image(name)?),
                Source::Missing(reason) => Print::Missing(reason),
            };
            record.add_finger(Finger { position, print });
        }
        Ok(record)
    }

    fn from_table(table: &Table) -> Result<Self> {
        let mut file = Self {
            profile: String::new(),
            portrait: None,
            fingers: Vec::new(),
            record: HolderRecord::new(),
        };
        for (key, value) in table {
            match key.as_str() {
                "profile" => file.profile = text(key, value)?.to_owned(),
                "portrait" => file.portrait = Some(file_name(key, value)?),
                "can" => {
                    let can = Can::parse(text(key, value)?);
                    let can = can.map_err(|_| wrong(key, "six digits in quotation marks"))?;
                    file.record.set_can(can);
                }
                "fields" => read_fields(value, &mut file.record)?,
                "fingers" => file.fingers = read_fingers(value)?,
                _ => return Err(wrong(key, "unknown key")),
            }
        }
        if file.profile.is_empty() {
            return Err(wrong("profile", "must be given"));
        }
        Ok(file)
    }
}

fn read_fields(value: &Value, record: &mut HolderRecord) -> Result<()> {
    let table = value.as_table().ok_or(wrong("fields", "must be a table"))?;
    for (word, value) in table {
        let key = format!("fields.{word}");
        let field = Field::from_word(word)
            .filter(|field| field.is_text())
            .ok_or_else(|| wrong(&key, "unknown field"))?;
        // A date without quotation marks is a value of its own in TOML.
        match value {
            Value::Datetime(date) => record.set(field, date.to_string()),
            _ => record.set(field, text(&key, value)?),
        }
    }
    Ok(())
}

fn read_fingers(value: &Value) -> Result<Vec<(FingerPosition, Source)>> {
    let entries = value
        .as_array()
        .ok_or(wrong("fingers", "must be an array of tables"))?;
    if entries.len() > MAX_FINGERS {
        return Err(Error::TooLarge {
            what: "fingers of a record",
            limit: MAX_FINGERS,
        });
    }
    entries.iter().map(read_finger).collect()
}

fn read_finger(entry: &Value) -> Result<(FingerPosition, Source)> {
    let table = entry
        .as_table()
        .ok_or(wrong("fingers", "must be an array of tables"))?;
    let (mut position, mut source) = (None, None);
    for (word, value) in table {
        let key = format!("fingers.{word}");
        match word.as_str() {
            "position" => {
                let found = finger_position(text(&key, value)?);
                position = Some(found.ok_or_else(|| wrong(&key, "for example right-index"))?);
            }
            "image" if source.is_none() => source = Some(Source::File(file_name(&key, value)?)),
            "missing" if source.is_none() => {
                let word = text(&key, value)?;
                let reason = MissingReason::ALL.into_iter().find(|r| r.word() == word);
                let reason =
                    reason.ok_or_else(|| wrong(&key, "amputated, bandaged or unreadable"))?;
                source = Some(Source::Missing(reason));
            }
            "image" | "missing" => return Err(wrong(&key, "either image or missing")),
            _ => return Err(wrong(&key, "unknown key")),
        }
    }
    let position = position.ok_or(wrong("fingers.position", "must be given"))?;
    let source = source.ok_or(wrong("fingers.image", "image or missing must be given"))?;
    Ok((position, source))
}

fn finger_position(word: &str) -> Option<FingerPosition> {
    let (side, finger) = word.split_once('-')?;
    let finger = ["thumb", "index", "middle", "ring", "little"]
        .into_iter()
        .position(|name| name == finger)?;
    let first = match side {
        "right" => FingerPosition::RIGHT_THUMB,
        "left" => FingerPosition::LEFT_THUMB,
        _ => return None,
    };
    Some(FingerPosition(first.0 + u8::try_from(finger).ok()?))
}

/// A name in the folder of the record: without separators, so that no record reaches outside.
fn file_name(key: &str, value: &Value) -> Result<String> {
    let name = text(key, value)?;
    let is_plain = name.chars().count() <= MAX_NAME_CHARS
        && !name.starts_with('.')
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
    if name.is_empty() || !is_plain {
        return Err(wrong(
            key,
            "a file name of letters, digits, dots, hyphens and underscores",
        ));
    }
    Ok(name.to_owned())
}

fn text<'a>(key: &str, value: &'a Value) -> Result<&'a str> {
    value
        .as_str()
        .ok_or_else(|| wrong(key, "must be a text in quotation marks"))
}

fn wrong(key: &str, what: &'static str) -> Error {
    let key = key.chars().take(MAX_NAME_CHARS).collect();
    Error::Key { key, what }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WHOLE: &str = r#"
profile = "uto-passport"
portrait = "portrait.jpg"
can = "123456"
[fields]
surname = "Specimen"
date_of_birth = 1990-01-01
religion = ""
[[fingers]]
position = "right-index"
image = "right-index.png"
[[fingers]]
position = "left-little"
missing = "bandaged"
"#;

    #[test]
    fn reads_a_whole_record() {
        let file = RecordFile::parse(WHOLE).unwrap();
        assert_eq!(file.profile(), "uto-passport");
        let names: Vec<&str> = file.image_names().collect();
        assert_eq!(names, ["portrait.jpg", "right-index.png"]);
        let images = names
            .iter()
            .map(|name| ((*name).to_owned(), name.as_bytes().to_vec()));
        let images: BTreeMap<_, _> = images.collect();
        let record = file.with_images(&images).unwrap();
        assert_eq!(record.texts().get(Field::DateOfBirth), Some("1990-01-01"));
        assert_eq!(record.texts().get(Field::Religion), None);
        assert_eq!(record.can().unwrap().expose(), "123456");
        assert_eq!(record.portrait(), Some(&b"portrait.jpg"[..]));
        let [index, little] = record.fingers() else {
            panic!("{record:?}")
        };
        assert_eq!(index.position, FingerPosition::RIGHT_INDEX);
        assert_eq!(index.print, Print::Image(b"right-index.png".to_vec()));
        assert_eq!(little.position, FingerPosition::LEFT_LITTLE);
        assert_eq!(little.print, Print::Missing(MissingReason::Bandaged));
    }

    #[test]
    fn asks_for_every_image() {
        let file = RecordFile::parse(WHOLE).unwrap();
        let error = file.with_images(&BTreeMap::new()).unwrap_err();
        let name = "portrait.jpg".to_owned();
        assert_eq!(error, Error::MissingImage { name });
    }

    #[test]
    fn names_the_key_that_is_wrong() {
        let check = |text: &str, expected: &str| {
            let error = RecordFile::parse(text).unwrap_err();
            assert!(
                matches!(&error, Error::Key { key, .. } if key == expected),
                "{text}: {error}"
            );
        };
        check("", "profile");
        check("profile = 1", "profile");
        check("profile = 'x'\ncolour = 'x'", "colour");
        check("profile = 'x'\nportrait = '../../secret'", "portrait");
        check("profile = 'x'\nportrait = '.ssh'", "portrait");
        check("profile = 'x'\nportrait = ''", "portrait");
        check("profile = 'x'\ncan = '12345'", "can");
        check("profile = 'x'\nfields = 'x'", "fields");
        check("profile = 'x'\nfields.nickname = 'x'", "fields.nickname");
        check("profile = 'x'\nfields.portrait = 'x'", "fields.portrait");
        check("profile = 'x'\nfields.height = 170", "fields.height");
        check("profile = 'x'\nfingers = 'x'", "fingers");
        check("profile = 'x'\nfingers = ['x']", "fingers");
        check("profile = 'x'\n[[fingers]]", "fingers.position");
        check(
            "profile = 'x'\n[[fingers]]\nposition = 'right-toe'",
            "fingers.position",
        );
        check(
            "profile = 'x'\n[[fingers]]\nposition = 'right-index'",
            "fingers.image",
        );
        check(
            "profile = 'x'\n[[fingers]]\nmissing = 'shy'",
            "fingers.missing",
        );
        check(
            "profile = 'x'\n[[fingers]]\nimage = 'a.png'\nmissing = 'bandaged'",
            "fingers.missing",
        );
        check("profile = 'x'\n[[fingers]]\nscore = '9'", "fingers.score");
    }

    #[test]
    fn says_where_the_syntax_breaks_without_showing_it() {
        let error = RecordFile::parse("profile = 'x'\ncan = 123456x\n").unwrap_err();
        assert_eq!(error, Error::Syntax { line: 2 });
        assert!(!error.to_string().contains("123456"));
    }

    #[test]
    fn has_limits() {
        let long = "#".repeat(MAX_RECORD_BYTES + 1);
        assert!(matches!(
            RecordFile::parse(&long),
            Err(Error::TooLarge { .. })
        ));
        let fingers = "[[fingers]]\nposition = 'right-index'\nmissing = 'bandaged'\n".repeat(11);
        let text = format!("profile = 'x'\n{fingers}");
        assert!(matches!(
            RecordFile::parse(&text),
            Err(Error::TooLarge { .. })
        ));
    }

    proptest! {
        #[test]
        fn never_panics(text in any::<String>()) {
            let _ = RecordFile::parse(&text);
        }

        #[test]
        fn never_panics_on_what_looks_right(at in 0..WHOLE.len(), with in any::<char>()) {
            let mut text = WHOLE.to_owned();
            text.insert(at, with);
            let _ = RecordFile::parse(&text);
        }

        #[test]
        fn every_text_comes_back(value in "\\PC{1,40}") {
            let text = format!("profile = 'x'\n[fields]\nreligion = {}", Value::String(value.clone()));
            let record = RecordFile::parse(&text).unwrap().with_images(&BTreeMap::new()).unwrap();
            prop_assert_eq!(record.texts().get(Field::Religion), Some(value.as_str()));
        }
    }
}
