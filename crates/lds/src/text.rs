//! Text of the data groups (Doc 9303-10 §3.9.1, §4.7.11).

use core::fmt;

use iso7816::tlv::Tlv;

use crate::{Deviation, Deviations, Error, Result};

/// Text of at most `MAX` octets: 99 unless the standard grants more.
///
/// UTF-8, as it should be, or whatever octets a chip has in place of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Text<const MAX: usize = 99> {
    octets: Vec<u8>,
}

impl<const MAX: usize> Text<MAX> {
    /// Text to be stored.
    ///
    /// # Errors
    /// [`Error::Misuse`] when it is empty or longer than `MAX` octets.
    pub fn new(text: &str) -> Result<Self> {
        if text.is_empty() {
            return Err(Error::Misuse("an empty text is left out, not written"));
        }
        if text.len() > MAX {
            return Err(Error::Misuse("text longer than its data group allows"));
        }
        let octets = text.as_bytes().to_vec();
        Ok(Self { octets })
    }

    /// The text; `None` when it is not UTF-8.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        core::str::from_utf8(&self.octets).ok()
    }

    /// The octets as they are stored.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.octets
    }

    /// The parts of an address or list, separated by `<`; none when the text is not UTF-8.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        self.as_str().into_iter().flat_map(|text| text.split('<'))
    }

    /// Reads the value of an object; too long a text and foreign character sets are reported and kept.
    pub(crate) fn read(object: &Tlv<'_>, deviations: &mut Deviations) -> Option<Self> {
        let (tag, at, length) = (object.tag, object.at, object.value.len());
        if length == 0 {
            deviations.push(Deviation::Empty { tag, at });
            return None;
        }
        if length > MAX {
            deviations.push(Deviation::TextTooLong {
                tag,
                at,
                length,
                limit: MAX,
            });
        }
        let text = Self {
            octets: object.value.to_vec(),
        };
        if text.as_str().is_none() {
            deviations.push(Deviation::CharacterSet { tag, at });
        }
        Some(text)
    }
}

/// Octets that are not UTF-8 show as replacement characters.
impl<const MAX: usize> fmt::Display for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.octets))
    }
}

impl<const MAX: usize> fmt::Debug for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&String::from_utf8_lossy(&self.octets), f)
    }
}

#[cfg(test)]
mod tests {
    use iso7816::tlv;

    use super::*;

    #[test]
    fn length_counts_octets_and_binds_the_writer() {
        assert!(Text::<4>::new("Hồ").is_ok());
        assert!(Text::<3>::new("Hồ").is_err());
        assert!(Text::<3>::new("").is_err());
    }

    #[test]
    fn the_reader_reports() {
        for (object, deviations, text) in [
            (&[0x5F, 0x0E, 2, b'A', b'B'][..], 0, Some("AB")),
            (&[0x5F, 0x0E, 3, b'A', b'B', b'C'], 1, Some("ABC")),
            (&[0x5F, 0x0E, 1, 0xE9], 1, Some("\u{FFFD}")),
            (&[0x5F, 0x0E, 0], 1, None),
        ] {
            let mut found = Deviations::new();
            let read = Text::<2>::read(&tlv::read(object).unwrap().0, &mut found);
            assert_eq!(read.map(|t| t.to_string()).as_deref(), text);
            assert_eq!(found.len(), deviations, "{found:?}");
        }
    }

    #[test]
    fn parts_are_separated_by_the_filler() {
        let address = Text::<99>::new("12 EXAMPLE RD<EXAMPLETON<UTO").unwrap();
        assert!(address.parts().eq(["12 EXAMPLE RD", "EXAMPLETON", "UTO"]));
    }
}
