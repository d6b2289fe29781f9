//! The document numbers of a deviation: hundreds of thousands of them, read in one pass and found by halving.

use crate::Result;
use crate::ber::Element;
use crate::deviation_list::read_set;
use crate::name::text;

/// Most document numbers of one deviation.
pub const MAX_DOCUMENT_NUMBERS: usize = 2_000_000;

/// A set of document numbers. Fillers and blanks at the end do not count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DocumentNumbers {
    sorted: Vec<Box<str>>,
}

impl DocumentNumbers {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sorted.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// Whether a number of the machine readable zone is one of them.
    #[must_use]
    pub fn contains(&self, number: &str) -> bool {
        let number = without_fillers(number);
        self.sorted
            .binary_search_by(|known| (**known).cmp(number))
            .is_ok()
    }

    /// The numbers in alphabetical order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.sorted.iter().map(|number| &**number)
    }

    /// Reads `SET OF PrintableString`.
    pub(super) fn read(set: &Element<'_>) -> Result<Self> {
        let numbers = read_set(set, MAX_DOCUMENT_NUMBERS, "document numbers", text)?;
        Ok(numbers.iter().map(String::as_str).collect())
    }
}

impl<'a> FromIterator<&'a str> for DocumentNumbers {
    fn from_iter<I: IntoIterator<Item = &'a str>>(numbers: I) -> Self {
        let numbers = numbers.into_iter();
        let mut sorted: Vec<Box<str>> = numbers.map(|n| without_fillers(n).into()).collect();
        sorted.sort_unstable();
        sorted.dedup();
        Self { sorted }
    }
}

fn without_fillers(number: &str) -> &str {
    let filler = |letter: char| letter == '<' || letter.is_whitespace();
    number.trim_start().trim_end_matches(filler)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_and_without_fillers() {
        let numbers: DocumentNumbers = ["X12", "C01X00T47", "X12<", "X12 <", " AB "]
            .into_iter()
            .collect();
        assert_eq!(
            numbers.iter().collect::<Vec<_>>(),
            ["AB", "C01X00T47", "X12"]
        );
        for (number, contained) in [
            ("X12", true),
            ("X12<<<<<<", true),
            ("C01X00T47", true),
            ("C01X00T4", false),
            ("", false),
            ("<", false),
            ("x12", false),
        ] {
            assert_eq!(numbers.contains(number), contained, "{number}");
        }
        assert!(DocumentNumbers::default().is_empty());
    }
}
