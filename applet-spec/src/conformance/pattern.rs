//! What an answer must look like.

use core::fmt;

use iso7816::StatusWord;
use serde::{Deserialize, Deserializer, de};

/// Status words that are right: `9000`, `6982|6A82`, `6XXX` (any digit), `error` (any word that ISO 7816-4 §5.6 calls an error,
/// 64xx to 6Fxx), `any`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusPattern(String);

const ERROR: &str = "error";
const ANY: &str = "any";

impl StatusPattern {
    /// Reads a pattern.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_word =
            |word: &str| word.len() == 4 && word.chars().all(|c| c == 'X' || c.is_ascii_hexdigit());
        text.split('|')
            .all(|word| matches!(word, ERROR | ANY) || is_word(word))
            .then(|| Self(text.to_owned()))
    }

    /// Whether a status word is among them.
    #[must_use]
    pub fn matches(&self, word: StatusWord) -> bool {
        let found = format!("{word:?}");
        self.0.split('|').any(|pattern| match pattern {
            ANY => true,
            ERROR => word.is_error(),
            pattern => fits(pattern, &found),
        })
    }

    /// The pattern as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Data that are right: hexadecimal digits, `X` for any digit, `..` at the end for "and more"; nothing for no data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataPattern {
    digits: String,
    open: bool,
}

impl DataPattern {
    /// Reads a pattern; blanks count for nothing.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text: String = text.split_whitespace().collect();
        let (digits, open) = match text.strip_suffix("..") {
            Some(digits) => (digits, true),
            None => (&*text, false),
        };
        // Any data, or none: that would say nothing.
        if digits.is_empty() && open {
            return None;
        }
        let valid = digits.chars().all(|c| c == 'X' || c.is_ascii_hexdigit());
        (valid && digits.len().is_multiple_of(2)).then(|| Self {
            digits: digits.to_owned(),
            open,
        })
    }

    /// Whether the data are as described.
    #[must_use]
    pub fn matches(&self, data: &[u8]) -> bool {
        let found = hex::encode_upper(data);
        match found.get(..self.digits.len()) {
            Some(start) => fits(&self.digits, start) && (self.open || start.len() == found.len()),
            None => false,
        }
    }
}

impl fmt::Display for DataPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&*self.digits, self.open) {
            ("", _) => f.write_str("no data"),
            (digits, true) => write!(f, "{digits}.."),
            (digits, false) => f.write_str(digits),
        }
    }
}

fn fits(pattern: &str, found: &str) -> bool {
    pattern.len() == found.len()
        && pattern
            .chars()
            .zip(found.chars())
            .all(|(pattern, found)| pattern == 'X' || pattern.eq_ignore_ascii_case(&found))
}

impl<'de> Deserialize<'de> for StatusPattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("a pattern of status words"))
    }
}

impl<'de> Deserialize<'de> for DataPattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("a pattern of data"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_words() {
        for (pattern, word, matches) in [
            ("9000", 0x9000, true),
            ("9000", 0x6982, false),
            ("6982|6A82", 0x6A82, true),
            ("6XXX", 0x6D00, true),
            ("61XX", 0x6D00, false),
            ("error", 0x6982, true),
            ("error", 0x6300, false),
            ("error", 0x9000, false),
            ("6300|error", 0x6300, true),
            ("any", 0x9000, true),
        ] {
            let found = StatusPattern::parse(pattern).unwrap();
            assert_eq!(found.matches(StatusWord(word)), matches, "{pattern}");
        }
        for text in ["", "900", "9000|", "90 00", "G000"] {
            assert_eq!(StatusPattern::parse(text), None, "{text}");
        }
    }

    #[test]
    fn data() {
        for (pattern, data, matches) in [
            ("", &[][..], true),
            ("", &[1], false),
            ("XX..", &[1], true),
            ("XX..", &[], false),
            ("60 XX 5F..", &[0x60, 0x16, 0x5F, 0x01], true),
            ("60 XX 5F", &[0x60, 0x16, 0x5F, 0x01], false),
            ("6016", &[0x60], false),
        ] {
            let found = DataPattern::parse(pattern).unwrap();
            assert_eq!(found.matches(data), matches, "{pattern}");
        }
        assert_eq!(DataPattern::parse("6"), None);
        assert_eq!(DataPattern::parse(".."), None);
        assert_eq!(DataPattern::parse("ZZ"), None);
    }
}
