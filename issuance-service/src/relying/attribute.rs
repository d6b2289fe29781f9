//! Attributes that are compared, and how far two spellings of one may differ.

use core::fmt;
use core::str::FromStr;

use enrolment::{BirthDate, Field, HolderRecord, Kind, spelling};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::Fault;

/// What a party may ask to be compared, besides whether the person lives. Images, other people's lists and numbers of other registers are
/// not here.
const FIELDS: [Field; 14] = [
    Field::FullName,
    Field::DateOfBirth,
    Field::Sex,
    Field::Nationality,
    Field::EthnicGroup,
    Field::PlaceOfOrigin,
    Field::PlaceOfBirth,
    Field::PlaceOfBirthRegistration,
    Field::PermanentResidence,
    Field::CurrentResidence,
    Field::FatherName,
    Field::MotherName,
    Field::SpouseName,
    Field::CmndNumber,
];
/// The word for whether the person lives.
const LIFE: &str = "life_status";
/// Octets of a text at most: the longest field has 300 characters.
pub const MAX_TEXT: usize = 1200;

/// An attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Attribute {
    /// A text of the record.
    Text(Field),
    /// `living`, `missing` or `dead`.
    Life,
}

/// What a comparison says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It is so.
    Match,
    /// It is not so.
    NoMatch,
    /// The register does not know.
    NotKnown,
}

/// How well it matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// The same; case, composition and the place of a tone within a syllable do not count.
    Exact,
    /// The same words without their marks, in whatever order: `nguyen thi hoa` for `Nguyễn Thị Hòa`.
    Folded,
    /// A date of which the register knows less: what it knows agrees.
    Partial,
}

impl Attribute {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        FIELDS.into_iter().map(Self::Text).chain([Self::Life])
    }

    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Text(field) => field.word(),
            Self::Life => LIFE,
        }
    }

    /// Whether knowing it shows that somebody knows the person: then the other answers are given.
    #[must_use]
    pub const fn is_anchor(self) -> bool {
        matches!(self, Self::Text(Field::FullName | Field::DateOfBirth))
    }

    /// Whether a text can be one of this attribute at all.
    #[must_use]
    pub fn takes(self, text: &str) -> bool {
        let fits = !text.trim().is_empty()
            && text.len() <= MAX_TEXT
            && !text.chars().any(char::is_control);
        fits && match self {
            Self::Life => register::person::LifeStatus::from_word(text).is_some(),
            Self::Text(field) => match field.kind() {
                Kind::Date => BirthDate::parse(text).is_some(),
                Kind::Sex => matches!(text, "male" | "female" | "unspecified"),
                _ => text.chars().count() <= field.max_chars(),
            },
        }
    }

    /// Compares what is asked with what is known.
    #[must_use]
    pub fn compare(self, asked: &str, known: Option<&str>) -> (Verdict, Option<Level>) {
        let Some(known) = known.filter(|known| !known.trim().is_empty()) else {
            return (Verdict::NotKnown, None);
        };
        let level = match self {
            Self::Life => (asked == known).then_some(Level::Exact),
            Self::Text(field) => match field.kind() {
                Kind::Date => dates(asked, known),
                Kind::Name | Kind::Address | Kind::Text => texts(asked, known),
                _ => (plain(asked) == plain(known)).then_some(Level::Exact),
            },
        };
        match level {
            Some(level) => (Verdict::Match, Some(level)),
            None => (Verdict::NoMatch, None),
        }
    }
}

/// What the record says under a field; names of other profiles are put together.
pub(super) fn known(record: &HolderRecord, field: Field) -> Option<String> {
    let texts = record.texts();
    if let Some(text) = texts.get(field) {
        return Some(text.to_owned());
    }
    if field != Field::FullName {
        return None;
    }
    let parts =
        [Field::Surname, Field::GivenNames].map(|field| texts.get(field).unwrap_or_default());
    let name = parts.join(" ");
    (!name.trim().is_empty()).then_some(name)
}

fn texts(asked: &str, known: &str) -> Option<Level> {
    // Commas separate the parts of addresses: they are neither letters nor blanks there.
    let (asked, known) = (
        asked.replace([',', ';'], " "),
        known.replace([',', ';'], " "),
    );
    let key = spelling::key(&asked);
    if !key.is_empty() && key == spelling::key(&known) {
        return Some(Level::Exact);
    }
    let folded = folded_words(&asked);
    (!folded.is_empty() && folded == folded_words(&known)).then_some(Level::Folded)
}

fn folded_words(text: &str) -> Vec<String> {
    let bare = spelling::bare(text);
    let mut words: Vec<String> = spelling::words(&bare).map(str::to_owned).collect();
    words.sort_unstable();
    words
}

fn dates(asked: &str, known: &str) -> Option<Level> {
    let (asked, known) = (BirthDate::parse(asked)?, BirthDate::parse(known)?);
    if asked == known {
        return Some(Level::Exact);
    }
    let agrees = |asked: Option<u8>, known: Option<u8>| known.is_none() || asked == known;
    let is_less = known.complete().is_none() && known.year() == asked.year();
    let is_partial =
        is_less && agrees(asked.month(), known.month()) && agrees(asked.day(), known.day());
    is_partial.then_some(Level::Partial)
}

fn plain(text: &str) -> String {
    let letters = text.chars().filter(|c| !c.is_whitespace());
    letters.flat_map(char::to_lowercase).collect()
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Attribute {
    type Err = Fault;

    fn from_str(word: &str) -> Result<Self, Fault> {
        let found = Self::all().find(|attribute| attribute.word() == word);
        found.ok_or(Fault::Content("attributes: no such attribute"))
    }
}

impl Serialize for Attribute {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl<'de> Deserialize<'de> for Attribute {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        word.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(attribute: &str, asked: &str, known: &str, expected: Option<Level>) {
        let attribute: Attribute = attribute.parse().unwrap();
        assert!(attribute.takes(asked), "{attribute} {asked}");
        let (verdict, level) = attribute.compare(asked, Some(known));
        assert_eq!(level, expected, "{attribute} {asked} / {known}");
        let wanted = if expected.is_some() {
            Verdict::Match
        } else {
            Verdict::NoMatch
        };
        assert_eq!(verdict, wanted);
    }

    #[test]
    fn texts_match_with_named_tolerance() {
        let (exact, folded, partial) = (
            Some(Level::Exact),
            Some(Level::Folded),
            Some(Level::Partial),
        );
        check("full_name", "Nguyễn Thị Hòa", "NGUYỄN THỊ HOÀ", exact);
        check(
            "full_name",
            "Nguye\u{302}\u{303}n  Thị Hòa",
            "Nguyễn Thị Hòa",
            exact,
        );
        check("full_name", "nguyen thi hoa", "Nguyễn Thị Hòa", folded);
        check("full_name", "Hòa Nguyễn Thị", "Nguyễn Thị Hòa", folded);
        check("full_name", "Nguyễn Thị Hoa", "Nguyễn Thị Hòa", folded);
        check("full_name", "Nguyễn Thị Hò", "Nguyễn Thị Hòa", None);
        check("full_name", "Nguyễn Thị", "Nguyễn Thị Hòa", None);
        check("full_name", "%", "Nguyễn Thị Hòa", None);
        check("full_name", "' OR 1=1 --", "Nguyễn Thị Hòa", None);
        check(
            "permanent_residence",
            "1 TEST, Hà Nội",
            "1 Test Hà Nội",
            exact,
        );
        check("date_of_birth", "1999-02-01", "1999-02-01", exact);
        check("date_of_birth", "1999-02-01", "1999-02", partial);
        check("date_of_birth", "1999-02-01", "1999", partial);
        check("date_of_birth", "1999", "1999-02-01", None);
        check("date_of_birth", "1999-02-01", "1999-01-02", None);
        check("sex", "female", "female", exact);
        check("sex", "female", "male", None);
        check("nationality", "vnm", "VNM", exact);
        check("life_status", "living", "living", exact);
        check("life_status", "living", "dead", None);
    }

    #[test]
    fn what_is_not_known_is_said_so() {
        for attribute in Attribute::all() {
            for known in [None, Some(""), Some(" ")] {
                assert_eq!(attribute.compare("x", known), (Verdict::NotKnown, None));
            }
            let word = serde_json::to_string(&attribute).unwrap();
            assert_eq!(serde_json::from_str::<Attribute>(&word).unwrap(), attribute);
        }
    }

    #[test]
    fn what_cannot_be_one_is_not_taken() {
        let long = "x".repeat(MAX_TEXT + 1);
        for (attribute, text) in [
            ("full_name", ""),
            ("full_name", "  "),
            ("full_name", "TEST\0"),
            ("full_name", &long),
            ("full_name", &"x".repeat(101)),
            ("date_of_birth", "1999-02-30"),
            ("date_of_birth", "01/02/1999"),
            ("sex", "M"),
            ("life_status", "alive"),
        ] {
            let attribute: Attribute = attribute.parse().unwrap();
            assert!(!attribute.takes(text), "{attribute} {text}");
        }
        for word in ["portrait", "can", "children", "", "full-name"] {
            assert!(word.parse::<Attribute>().is_err(), "{word}");
        }
    }
}
