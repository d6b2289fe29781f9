//! The alphabets of entries. They are small on purpose: no name of a person and no line of an MRZ can be written in them.

use core::fmt;

use crypto::HashAlgorithm;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::EntryFault;

/// The longest word.
pub const MAX_WORD: usize = 64;
/// The longest token.
pub const MAX_TOKEN: usize = 160;
/// Lengths of personal numbers in the countries of this toolchain's profiles: 9 and 12 digits in Viet Nam.
const PERSONAL_NUMBER_DIGITS: [usize; 2] = [9, 12];
/// Digits of a document number after its letters.
const DOCUMENT_NUMBER_DIGITS: core::ops::RangeInclusive<usize> = 6..=8;
/// Letters of a document number before its digits.
const DOCUMENT_NUMBER_LETTERS: core::ops::RangeInclusive<usize> = 1..=2;

/// A word of a vocabulary: `application.approve`, `not-two-persons`. Lower case letters, digits, `.` and `-`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Word(String);

impl Word {
    /// Checks a word.
    ///
    /// # Errors
    /// [`EntryFault::Word`].
    pub fn new(text: impl Into<String>) -> Result<Self, EntryFault> {
        let text = text.into();
        let allowed =
            |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, b'.' | b'-');
        let begins = text.bytes().next().is_some_and(|c| c.is_ascii_lowercase());
        if !begins || text.len() > MAX_WORD || !text.bytes().all(allowed) {
            return Err(EntryFault::Word(MAX_WORD));
        }
        Ok(Self(text))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands between its dots and hyphens.
    pub(super) fn parts(&self) -> impl Iterator<Item = &str> {
        self.0.split(['.', '-'])
    }
}

/// An identifier or a small value: ASCII letters, digits and `._:/+=@-`, no spaces.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token(String);

impl Token {
    /// Checks a token.
    ///
    /// # Errors
    /// [`EntryFault::Token`]; [`EntryFault::PersonalValue`] for what has the form of a personal or document number.
    pub fn new(text: impl Into<String>) -> Result<Self, EntryFault> {
        let text = text.into();
        let allowed = |c: u8| c.is_ascii_alphanumeric() || b"._:/+=@-".contains(&c);
        if text.is_empty() || text.len() > MAX_TOKEN || !text.bytes().all(allowed) {
            return Err(EntryFault::Token(MAX_TOKEN));
        }
        if is_personal_number(&text) || is_document_number(&text) {
            return Err(EntryFault::PersonalValue);
        }
        Ok(Self(text))
    }

    /// `sha256:` and the hash of something that is long and cannot be guessed, such as a request with its nonce. The hash of a personal
    /// number is no secret: all of them are tried in an hour.
    #[must_use]
    pub fn of_digest(bytes: &[u8]) -> Self {
        let digest = HashAlgorithm::Sha256.digest(bytes);
        Self(format!("sha256:{}", hex::encode(digest)))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<uuid::Uuid> for Token {
    fn from(id: uuid::Uuid) -> Self {
        Self(id.to_string())
    }
}

impl From<u64> for Token {
    /// A count, led by `n`, so that no count is taken for a number of a person.
    fn from(count: u64) -> Self {
        Self(format!("n={count}"))
    }
}

fn is_personal_number(text: &str) -> bool {
    PERSONAL_NUMBER_DIGITS.contains(&text.len()) && text.bytes().all(|c| c.is_ascii_digit())
}

fn is_document_number(text: &str) -> bool {
    let letters = text.bytes().take_while(u8::is_ascii_uppercase).count();
    let digits = text
        .bytes()
        .skip(letters)
        .filter(u8::is_ascii_digit)
        .count();
    letters + digits == text.len()
        && DOCUMENT_NUMBER_LETTERS.contains(&letters)
        && DOCUMENT_NUMBER_DIGITS.contains(&digits)
}

macro_rules! text {
    ($type:ident) => {
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl core::str::FromStr for $type {
            type Err = EntryFault;

            fn from_str(text: &str) -> Result<Self, EntryFault> {
                Self::new(text)
            }
        }

        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::new(String::deserialize(deserializer)?).map_err(de::Error::custom)
            }
        }
    };
}
text!(Word);
text!(Token);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        for (text, want) in [
            ("application.approve", true),
            ("a", true),
            ("not-two-persons", true),
            ("", false),
            ("Approve", false),
            ("9lives", false),
            ("two words", false),
            ("đăng", false),
            (&"a".repeat(MAX_WORD), true),
            (&"a".repeat(MAX_WORD + 1), false),
        ] {
            assert_eq!(Word::new(text).is_ok(), want, "{text}");
        }
    }

    #[test]
    fn tokens_and_what_looks_like_a_person() {
        let long = "x".repeat(MAX_TOKEN + 1);
        for (text, want) in [
            ("officer-17", Ok(())),
            ("2026-11-22T10:00:00Z", Ok(())),
            ("12345678", Ok(())),
            ("1234567890", Ok(())),
            ("0123456789ab", Ok(())),
            ("B-12345678", Ok(())),
            ("012345678901", Err(EntryFault::PersonalValue)),
            ("012345678", Err(EntryFault::PersonalValue)),
            ("C1234567", Err(EntryFault::PersonalValue)),
            ("XX123456", Err(EntryFault::PersonalValue)),
            ("", Err(EntryFault::Token(MAX_TOKEN))),
            ("TEST SPECIMEN", Err(EntryFault::Token(MAX_TOKEN))),
            ("SPECIMEN<<TEST", Err(EntryFault::Token(MAX_TOKEN))),
            ("Nguyễn", Err(EntryFault::Token(MAX_TOKEN))),
            (&long, Err(EntryFault::Token(MAX_TOKEN))),
        ] {
            assert_eq!(Token::new(text).map(drop), want, "{text}");
        }
    }

    #[test]
    fn made_tokens_are_tokens() {
        for token in [
            Token::of_digest(b"request"),
            Token::from(uuid::Uuid::nil()),
            Token::from(123_456_789_u64),
        ] {
            assert_eq!(Token::new(token.as_str()), Ok(token));
        }
    }
}
