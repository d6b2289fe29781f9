//! Where a document stands: in which list, at which index.

use core::fmt;
use core::str::FromStr;

use crate::{Bits, Error, Result, StatusList};

/// Entries of one list. Fixed, so that a list stays a file of some kilobytes and every list looks like every other.
pub const ENTRIES_OF_LIST: u32 = 1 << 20;

/// The place of a document: the number of its list and the index there. The pair is what the document carries.
///
/// Who gives out indexes should draw them at random within the newest list: counted upwards they tell how many documents were issued and
/// in which order (draft-ietf-oauth-status-list-21 §13.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shard {
    list: u32,
    index: u32,
}

impl Shard {
    /// A place.
    ///
    /// # Errors
    /// [`Error::Shard`] for an index beyond [`ENTRIES_OF_LIST`].
    pub const fn new(list: u32, index: u32) -> Result<Self> {
        if index >= ENTRIES_OF_LIST {
            return Err(Error::Shard(ENTRIES_OF_LIST));
        }
        Ok(Self { list, index })
    }

    /// Number of the list.
    #[must_use]
    pub const fn list(self) -> u32 {
        self.list
    }

    /// Index in the list.
    #[must_use]
    pub const fn index(self) -> u32 {
        self.index
    }

    /// Where its list is published: the `uri` of the draft, and the `sub` of the token.
    #[must_use]
    pub fn uri(self, base: &str) -> String {
        uri_of_list(base, self.list)
    }

    /// An empty list of the fixed size.
    ///
    /// # Errors
    /// None for the sizes of this crate.
    pub fn empty_list(bits: Bits) -> Result<StatusList> {
        StatusList::new(bits, u64::from(ENTRIES_OF_LIST))
    }
}

/// Where the list of this number is published below an address.
#[must_use]
pub fn uri_of_list(base: &str, list: u32) -> String {
    format!("{}/{list}", base.trim_end_matches('/'))
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.list, self.index)
    }
}

impl FromStr for Shard {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let refused = Error::Shard(ENTRIES_OF_LIST);
        let number = |text: &str| text.parse().ok();
        let place = text.split_once('/');
        let Some((Some(list), Some(index))) = place.map(|(l, i)| (number(l), number(i))) else {
            return Err(refused);
        };
        let shard = Self::new(list, index)?;
        if shard.to_string() == text {
            Ok(shard)
        } else {
            Err(refused)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back_and_nothing_else() {
        let shard = Shard::new(12, 345).unwrap();
        assert_eq!(shard.to_string(), "12/345");
        assert_eq!("12/345".parse(), Ok(shard));
        assert_eq!(
            shard.uri("https://uto.example/status/"),
            "https://uto.example/status/12"
        );
        let last = ENTRIES_OF_LIST - 1;
        assert!(Shard::new(u32::MAX, last).is_ok());
        let refused = Err(Error::Shard(ENTRIES_OF_LIST));
        assert_eq!(Shard::new(0, ENTRIES_OF_LIST), refused);
        for text in [
            "",
            "1",
            "1/",
            "/1",
            "01/1",
            "1/+1",
            "1/1/1",
            "1/1048576",
            "-1/1",
        ] {
            assert_eq!(text.parse::<Shard>(), refused, "{text}");
        }
        assert_eq!(Shard::empty_list(Bits::Two).unwrap().entries(), 1 << 20);
    }
}
