//! Where cards are personalised, counted and handed over.

use core::fmt;

use serde::{Deserialize, Serialize};

use super::Refusal;

/// Longest word of a site.
const MAX_LEN: usize = 40;

/// The word of a place: small letters, digits and hyphens. It stands in lanes and tallies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Site(String);

impl Site {
    /// Takes a word.
    ///
    /// # Errors
    /// [`Refusal::Site`].
    pub fn new(word: &str) -> Result<Self, Refusal> {
        let is_plain =
            |octet: u8| octet.is_ascii_lowercase() || octet.is_ascii_digit() || octet == b'-';
        if (1..=MAX_LEN).contains(&word.len()) && word.bytes().all(is_plain) {
            Ok(Self(word.to_owned()))
        } else {
            Err(Refusal::Site)
        }
    }

    /// The word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Site {
    type Error = Refusal;

    fn try_from(word: String) -> Result<Self, Refusal> {
        Self::new(&word)
    }
}

impl From<Site> for String {
    fn from(site: Site) -> Self {
        site.0
    }
}
