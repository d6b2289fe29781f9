//! Which reader a person means.

use core::convert::Infallible;
use core::str::FromStr;

use super::{Identity, Reader};
use crate::{Error, Result};

/// A choice of one reader.
///
/// Readers are listed in no particular order and are renamed when they move, so a name, or the part of it that
/// says which one, is the right choice; a number is the last resort.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ReaderSelector {
    /// The one that holds a card.
    #[default]
    WithCard,
    /// By what stays the same when it is plugged in again.
    Stable(Stable),
    /// In this order: the exact name, a part of exactly one name (case does not matter), the position in the list from 0.
    Matching(String),
}

impl ReaderSelector {
    /// Finds the reader.
    ///
    /// # Errors
    /// [`Error::NoReader`], [`Error::UnknownReader`], [`Error::AmbiguousReader`], and [`Error::NoCard`] when the only
    /// hint was a card and there is none.
    pub fn select<'a>(&self, readers: &'a [Reader]) -> Result<&'a Reader> {
        if readers.is_empty() {
            return Err(Error::NoReader);
        }
        match self {
            Self::WithCard => with_card(readers),
            Self::Stable(stable) => stable.find(readers, &|reader| Identity::of(reader, readers)),
            Self::Matching(wanted) => matching(wanted, readers),
        }
    }
}

impl FromStr for ReaderSelector {
    type Err = Infallible;

    fn from_str(text: &str) -> core::result::Result<Self, Infallible> {
        let stable = Stable::parse(text).map(Self::Stable);
        Ok(stable.unwrap_or_else(|| Self::Matching(text.to_owned())))
    }
}

/// A reader by what stays the same of it: `serial:21121224200125`, `usb:1-2.3`; with `/1` the second slot of a reader that has several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stable {
    wanted: Identity,
    slot: Option<u8>,
}

impl Stable {
    fn parse(text: &str) -> Option<Self> {
        let (kind, rest) = text.split_once(':')?;
        let (value, slot) = match rest.split_once('/') {
            Some((value, slot)) => (value, Some(slot.parse().ok()?)),
            None => (rest, None),
        };
        let value = Some(value).filter(|value| !value.is_empty())?.to_owned();
        let mut wanted = Identity::default();
        match kind {
            "serial" => wanted.serial = Some(value),
            "usb" => wanted.usb = Some(value),
            _ => return None,
        }
        Some(Self { wanted, slot })
    }

    fn find<'a>(
        &self,
        readers: &'a [Reader],
        identity: &dyn Fn(&Reader) -> Identity,
    ) -> Result<&'a Reader> {
        let is_meant = |reader: &&Reader| {
            let found = identity(reader);
            let is_device = match &self.wanted.serial {
                Some(_) => found.serial == self.wanted.serial,
                None => found.usb == self.wanted.usb,
            };
            is_device
                && self
                    .slot
                    .is_none_or(|slot| slot_of(&reader.name) == Some(slot))
        };
        let found: Vec<&Reader> = readers.iter().filter(is_meant).collect();
        match found.as_slice() {
            &[only] => Ok(only),
            [] => Err(Error::UnknownReader {
                wanted: self.to_string(),
                found: names(readers),
            }),
            several => Err(Error::AmbiguousReader {
                candidates: names(several.iter().copied()),
            }),
        }
    }
}

impl core::fmt::Display for Stable {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match (&self.wanted.serial, &self.wanted.usb) {
            (Some(serial), _) => write!(f, "serial:{serial}")?,
            (None, usb) => write!(f, "usb:{}", usb.as_deref().unwrap_or_default())?,
        }
        match self.slot {
            Some(slot) => write!(f, "/{slot}"),
            None => Ok(()),
        }
    }
}

/// The slot in a name of pcscd, which ends with the number of the reader and that of the slot, each of two hexadecimal digits.
fn slot_of(name: &str) -> Option<u8> {
    let (_, slot) = name.rsplit_once(' ')?;
    if slot.len() == 2 {
        u8::from_str_radix(slot, 16).ok()
    } else {
        None
    }
}

fn with_card(readers: &[Reader]) -> Result<&Reader> {
    let holding: Vec<&Reader> = readers.iter().filter(|reader| reader.has_card()).collect();
    match (holding.as_slice(), readers) {
        // The only reader is meant even while it is empty or its card is mute: the connection tells which.
        (&[only], _) | ([], [only]) => Ok(only),
        ([], _) => Err(Error::NoCard {
            readers: names(readers),
        }),
        (several, _) => Err(Error::AmbiguousReader {
            candidates: names(several.iter().copied()),
        }),
    }
}

fn matching<'a>(wanted: &str, readers: &'a [Reader]) -> Result<&'a Reader> {
    if let Some(exact) = readers.iter().find(|reader| reader.name == wanted) {
        return Ok(exact);
    }
    let part = wanted.to_lowercase();
    let candidates: Vec<&Reader> = readers
        .iter()
        .filter(|reader| reader.name.to_lowercase().contains(&part))
        .collect();
    if let [only] = candidates.as_slice() {
        return Ok(only);
    }
    // "0" is a part of most names; where it does not decide it is a position.
    if let Some(at) = wanted.parse().ok().and_then(|at: usize| readers.get(at)) {
        return Ok(at);
    }
    if candidates.is_empty() {
        return Err(Error::UnknownReader {
            wanted: wanted.to_owned(),
            found: names(readers),
        });
    }
    Err(Error::AmbiguousReader {
        candidates: names(candidates),
    })
}

fn names<'a>(readers: impl IntoIterator<Item = &'a Reader>) -> Vec<String> {
    readers.into_iter().map(|r| r.name.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Slot, Usage};
    use super::*;

    fn reader(name: &str, has_card: bool) -> Reader {
        let card = Slot::Card {
            atr: vec![0x3B, 0],
            usage: Usage::Free,
        };
        Reader {
            name: name.to_owned(),
            slot: if has_card { card } else { Slot::Empty },
        }
    }

    fn check(selector: &ReaderSelector, readers: &[Reader], expected: &str) {
        let found = match selector.select(readers) {
            Ok(reader) => reader.name.clone(),
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expected, "{selector:?}");
    }

    #[test]
    fn by_name_part_or_position() {
        let readers = [
            reader("Virtual PCD 00 01", false),
            reader("Virtual PCD 00 00", false),
            reader("Identiv uTrust 3700 F CL Reader", false),
            reader("Identiv", false),
        ];
        for (wanted, expected) in [
            ("Virtual PCD 00 00", "Virtual PCD 00 00"),
            ("00 01", "Virtual PCD 00 01"),
            ("utrust", "Identiv uTrust 3700 F CL Reader"),
            ("Identiv", "Identiv"),
            ("0", "Virtual PCD 00 01"),
            ("2", "Identiv uTrust 3700 F CL Reader"),
            (
                "PCD",
                "several readers match: Virtual PCD 00 01, Virtual PCD 00 00",
            ),
            (
                "9",
                "no reader matches \"9\"; connected: Virtual PCD 00 01, Virtual PCD 00 00, \
                 Identiv uTrust 3700 F CL Reader, Identiv",
            ),
        ] {
            check(&wanted.parse().unwrap(), &readers, expected);
        }
        check(&"x".parse().unwrap(), &[], "no card reader is connected");
    }

    #[test]
    fn by_what_stays_the_same() {
        let readers = [
            reader("Virtual PCD 00 00", false),
            reader("ACS ACR1281 00 00", false),
            reader("ACS ACR1281 00 01", false),
            reader("ACS ACR1252 01 00", false),
        ];
        let identity = |reader: &Reader| {
            let (serial, usb) = match reader.name.as_str() {
                "Virtual PCD 00 00" => (None, None),
                "ACS ACR1252 01 00" => (Some("A:1"), "1-2.3".into()),
                _ => (None, Some("1-4")),
            };
            Identity {
                serial: serial.map(str::to_owned),
                usb: usb.map(str::to_owned),
            }
        };
        for (text, expected) in [
            ("serial:A:1", "ACS ACR1252 01 00"),
            ("usb:1-2.3", "ACS ACR1252 01 00"),
            ("usb:1-4/1", "ACS ACR1281 00 01"),
            ("usb:1-4/0", "ACS ACR1281 00 00"),
            (
                "usb:1-4",
                "several readers match: ACS ACR1281 00 00, ACS ACR1281 00 01",
            ),
            (
                "usb:1-4/2",
                "no reader matches \"usb:1-4/2\"; connected: Virtual PCD 00 00, ACS ACR1281 00 00, \
                 ACS ACR1281 00 01, ACS ACR1252 01 00",
            ),
        ] {
            let stable = Stable::parse(text).unwrap();
            assert_eq!(stable.to_string(), text);
            let found = match stable.find(&readers, &identity) {
                Ok(reader) => reader.name.clone(),
                Err(error) => error.to_string(),
            };
            assert_eq!(found, expected, "{text}");
        }
        // What is no such word is a name.
        for text in ["usb:", "serial:/1", "usb:1/x", "bus:1", "ACS", "usb"] {
            assert_eq!(text.parse(), Ok(ReaderSelector::Matching(text.to_owned())));
        }
    }

    #[test]
    fn by_card() {
        let choice = ReaderSelector::WithCard;
        let (empty, full) = (reader("A", false), reader("B", true));
        check(&choice, std::slice::from_ref(&empty), "A");
        check(&choice, &[empty.clone(), full.clone()], "B");
        check(
            &choice,
            &[empty.clone(), reader("C", false)],
            "no card in A, C",
        );
        check(
            &choice,
            &[empty, full, reader("C", true)],
            "several readers match: B, C",
        );
        check(&choice, &[], "no card reader is connected");
    }
}
