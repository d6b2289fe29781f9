//! Versions of the data structure and of its character set (Doc 9303-10 §4.6.1, §4.6.2).

use core::fmt;

/// Version of the LDS, as its characters stand in EF.COM and EF.SOD: `0107` is 1.7.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LdsVersion(String);

/// Version of Unicode, as its characters stand in EF.COM and EF.SOD: `040000` is 4.0.0.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnicodeVersion(String);

impl LdsVersion {
    /// Version 1.7: EF.SOD does not say the version.
    #[must_use]
    pub fn v1_7() -> Self {
        Self("0107".to_owned())
    }

    /// Version 1.8: EF.SOD says the version.
    #[must_use]
    pub fn v1_8() -> Self {
        Self("0108".to_owned())
    }

    /// The version of characters that a chip or a caller gives, whatever they are.
    pub fn new(characters: impl Into<String>) -> Self {
        Self(characters.into())
    }

    /// The characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Version and update level; `None` when the characters are not four digits.
    #[must_use]
    pub fn numbers(&self) -> Option<[u8; 2]> {
        pairs(&self.0)
    }
}

impl UnicodeVersion {
    /// Version 4.0.0, the one that Doc 9303 refers to.
    #[must_use]
    pub fn v4_0_0() -> Self {
        Self("040000".to_owned())
    }

    /// The version of characters that a chip or a caller gives, whatever they are.
    pub fn new(characters: impl Into<String>) -> Self {
        Self(characters.into())
    }

    /// The characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Major version, minor version and release; `None` when the characters are not six digits.
    #[must_use]
    pub fn numbers(&self) -> Option<[u8; 3]> {
        pairs(&self.0)
    }
}

impl fmt::Display for LdsVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.numbers() {
            Some([version, update]) => write!(f, "{version}.{update}"),
            None => write!(f, "{:?}", self.0),
        }
    }
}

impl fmt::Display for UnicodeVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.numbers() {
            Some([major, minor, release]) => write!(f, "{major}.{minor}.{release}"),
            None => write!(f, "{:?}", self.0),
        }
    }
}

/// `N` numbers of two digits each.
fn pairs<const N: usize>(characters: &str) -> Option<[u8; N]> {
    let digits = characters.as_bytes();
    if digits.len() != 2 * N || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let mut numbers = [0; N];
    for (number, pair) in numbers.iter_mut().zip(digits.chunks(2)) {
        *number = pair.iter().fold(0, |n, digit| n * 10 + (digit - b'0'));
    }
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_versions() {
        for (characters, shown) in [
            ("0107", "1.7"),
            ("0108", "1.8"),
            ("1599", "15.99"),
            ("1.7", "\"1.7\""),
            ("01a7", "\"01a7\""),
        ] {
            assert_eq!(LdsVersion::new(characters).to_string(), shown);
        }
        assert_eq!(UnicodeVersion::v4_0_0().to_string(), "4.0.0");
        assert_eq!(LdsVersion::v1_7().numbers(), Some([1, 7]));
        assert!(LdsVersion::v1_7() < LdsVersion::v1_8());
    }
}
