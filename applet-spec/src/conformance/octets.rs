//! Octets as a case writes them: digits, lengths that count themselves, and values that are known at run time only.

use core::fmt;
use core::iter::Peekable;
use core::str::Chars;

use iso7816::tlv;
use serde::{Deserialize, Deserializer, de};

/// Deepest nesting of `[…]`: a certificate inside a template inside a command needs five.
const MAX_DEPTH: usize = 8;
/// Where the length field of a command begins: behind CLA, INS, P1 and P2.
const HEADER_LEN: usize = 4;

/// Octets with room for values of the card.
///
/// `00 22 41 A4 [80 [<ca-oid>]]`: two hexadecimal digits are an octet, `[…]` is the length of what stands inside and then what
/// stands inside, `<name>` is a value, `<name change>` the value changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Octets(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Octet(u8),
    Counted(Octets),
    Value { name: String, change: Change },
}

/// What is done to a value before it is put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    /// Nothing.
    None,
    /// The last octet is left out.
    Cut,
    /// Every octet but the first becomes zero: a point (0, 0) keeps its format octet.
    Zeroed,
    /// Every octet becomes zero.
    Zero,
    /// The first half becomes zero: r of an ECDSA signature.
    ZeroLeft,
    /// The second half becomes zero: s of an ECDSA signature.
    ZeroRight,
    /// Every octet becomes FF: above every prime.
    Filled,
    /// The last octet is inverted: a point leaves its curve, a MAC no longer holds.
    Inverted,
    /// The first octet becomes 05, which is no format of a point.
    Format,
    /// The length of the data object says an octet more than there is.
    Longer,
}

impl Change {
    const WORDS: [(&'static str, Self); 9] = [
        ("cut", Self::Cut),
        ("zeroed", Self::Zeroed),
        ("zero", Self::Zero),
        ("zero-left", Self::ZeroLeft),
        ("zero-right", Self::ZeroRight),
        ("filled", Self::Filled),
        ("inverted", Self::Inverted),
        ("format-05", Self::Format),
        ("longer", Self::Longer),
    ];

    fn apply(self, value: &mut Vec<u8>) {
        match self {
            Self::None => {}
            Self::Cut => drop(value.pop()),
            Self::Zeroed => value.iter_mut().skip(1).for_each(|octet| *octet = 0),
            Self::Zero => value.fill(0),
            Self::ZeroLeft => zero_half(value, false),
            Self::ZeroRight => zero_half(value, true),
            Self::Filled => value.fill(0xFF),
            Self::Inverted => value
                .iter_mut()
                .rev()
                .take(1)
                .for_each(|octet| *octet = !*octet),
            Self::Format => value.iter_mut().take(1).for_each(|octet| *octet = 5),
            Self::Longer => {
                let header = tlv::read(value).map_or(0, |(object, _)| object.header_len());
                let last = header.checked_sub(1).and_then(|last| value.get_mut(last));
                last.into_iter()
                    .for_each(|octet| *octet = octet.wrapping_add(1));
            }
        }
    }
}

fn zero_half(value: &mut [u8], right: bool) {
    let middle = value.len() / 2;
    let places = value.iter_mut().enumerate();
    places
        .filter(|(place, _)| (*place >= middle) == right)
        .for_each(|(_, octet)| *octet = 0);
}

/// A value that a step names and nobody knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("<{0}> is not known of this card")]
pub struct Unknown(pub String);

impl Octets {
    /// Reads the notation; blanks count for nothing.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let mut characters = text.chars().peekable();
        let octets = parts(&mut characters, 0)?;
        match characters.next() {
            None => Ok(octets),
            Some(_) => Err("a bracket that was not opened"),
        }
    }

    /// The octets, `[…]` with lengths of BER.
    ///
    /// # Errors
    /// [`Unknown`] for the first value that `value` does not give.
    pub fn fill(&self, value: &mut dyn FnMut(&str) -> Option<Vec<u8>>) -> Result<Vec<u8>, Unknown> {
        let mut octets = Vec::new();
        for part in &self.0 {
            match part {
                Part::Octet(octet) => octets.push(*octet),
                Part::Counted(inner) => {
                    let inner = inner.fill(value)?;
                    octets.extend(ber_length(inner.len()));
                    octets.extend(inner);
                }
                Part::Value { name, change } => {
                    let mut inner = value(name).ok_or_else(|| Unknown(name.clone()))?;
                    change.apply(&mut inner);
                    octets.extend(inner);
                }
            }
        }
        Ok(octets)
    }

    /// The octets of a command: `[…]` behind its header is Lc and the data, extended where they need it, and Le with them.
    ///
    /// # Errors
    /// As [`Octets::fill`].
    pub fn fill_command(
        &self,
        value: &mut dyn FnMut(&str) -> Option<Vec<u8>>,
    ) -> Result<Vec<u8>, Unknown> {
        let Some(Part::Counted(data)) = self.0.get(HEADER_LEN) else {
            return self.fill(value);
        };
        let part = |range: &[Part]| Self(range.to_vec());
        let mut command = part(self.0.get(..HEADER_LEN).unwrap_or_default()).fill(value)?;
        let data = data.fill(value)?;
        let le = part(self.0.get(HEADER_LEN + 1..).unwrap_or_default()).fill(value)?;
        match u8::try_from(data.len()) {
            Ok(length) => command.push(length),
            Err(_) => {
                let [.., high, low] = data.len().to_be_bytes();
                command.extend([0, high, low]);
            }
        }
        let extended = data.len() > usize::from(u8::MAX);
        command.extend(data);
        if extended && le.len() == 1 {
            command.push(0);
        }
        command.extend(le);
        Ok(command)
    }
}

/// The notation, in one spelling.
impl fmt::Display for Octets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (part, place) in self.0.iter().zip(0..) {
            let blank = if place == 0 { "" } else { " " };
            match part {
                Part::Octet(octet) => write!(f, "{blank}{octet:02X}")?,
                Part::Counted(inner) => write!(f, "{blank}[{inner}]")?,
                Part::Value { name, change } => {
                    let word = Change::WORDS.iter().find(|(_, known)| known == change);
                    let change = word.map(|(word, _)| format!(" {word}")).unwrap_or_default();
                    write!(f, "{blank}<{name}{change}>")?;
                }
            }
        }
        Ok(())
    }
}

fn ber_length(length: usize) -> Vec<u8> {
    let octets = length.to_be_bytes();
    let significant = octets.iter().skip_while(|octet| **octet == 0).copied();
    match length {
        0x00..=0x7F => octets.into_iter().next_back().into_iter().collect(),
        _ => {
            let significant: Vec<u8> = significant.collect();
            let count = u8::try_from(significant.len()).unwrap_or(u8::MAX);
            [&[0x80 | count], &significant[..]].concat()
        }
    }
}

fn parts(characters: &mut Peekable<Chars<'_>>, depth: usize) -> Result<Octets, &'static str> {
    let mut parts = Vec::new();
    while let Some(character) = characters.peek().copied() {
        match character {
            ']' => break,
            _ if character.is_whitespace() => drop(characters.next()),
            '[' if depth == MAX_DEPTH => return Err("brackets nested too deep"),
            '[' => {
                characters.next();
                parts.push(Part::Counted(self::parts(characters, depth + 1)?));
                if characters.next() != Some(']') {
                    return Err("a bracket that is not closed");
                }
            }
            '<' => {
                characters.next();
                let inner: String = characters.by_ref().take_while(|c| *c != '>').collect();
                parts.push(named(&inner)?);
            }
            _ => parts.push(Part::Octet(octet(characters)?)),
        }
    }
    Ok(Octets(parts))
}

fn named(inner: &str) -> Result<Part, &'static str> {
    let (name, change) = inner.trim().split_once(' ').unwrap_or((inner.trim(), ""));
    let known = |change: &str| Change::WORDS.into_iter().find(|(word, _)| *word == change);
    let change = match change.trim() {
        "" => Change::None,
        word => {
            known(word)
                .ok_or("a change of a value that there is not")?
                .1
        }
    };
    let name = name.to_owned();
    match name.is_empty() {
        false => Ok(Part::Value { name, change }),
        true => Err("a value without a name"),
    }
}

fn octet(characters: &mut Peekable<Chars<'_>>) -> Result<u8, &'static str> {
    let mut digit = || {
        let digit = characters.next().and_then(|digit| digit.to_digit(16));
        digit.and_then(|digit| u8::try_from(digit).ok())
    };
    match (digit(), digit()) {
        (Some(high), Some(low)) => Ok(high << 4 | low),
        _ => Err("two hexadecimal digits for an octet"),
    }
}

impl<'de> Deserialize<'de> for Octets {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(name: &str) -> Option<Vec<u8>> {
        match name {
            "key" => Some(vec![4, 1, 2]),
            "long" => Some(vec![7; 300]),
            "nothing" => Some(Vec::new()),
            "object" => Some(vec![0x5F, 0x37, 2, 1, 2]),
            _ => None,
        }
    }

    #[test]
    fn values_and_lengths() {
        for (text, expected) in [
            ("00 a4", Some("00A4")),
            ("7C [81 [<key>]]", Some("7C058103040102")),
            (
                "<key cut> <key zeroed> <key zero>",
                Some("0401040000000000"),
            ),
            (
                "<key filled> <key inverted> <key format-05>",
                Some("FFFFFF0401FD050102"),
            ),
            ("<key zero-left> <key zero-right>", Some("000102040000")),
            ("84 [<nothing cut>]", Some("8400")),
            ("<object longer>", Some("5F37030102")),
            ("<stranger>", None),
        ] {
            let filled = Octets::parse(text).unwrap().fill(&mut value);
            assert_eq!(
                filled.ok().map(hex::encode_upper).as_deref(),
                expected,
                "{text}"
            );
        }
        let long = Octets::parse("5F37 [<long>]").unwrap().fill(&mut value);
        assert_eq!(long.unwrap()[..5], [0x5F, 0x37, 0x82, 0x01, 0x2C]);
    }

    #[test]
    fn commands_have_a_length_field_of_their_own() {
        let command = |text: &str| {
            Octets::parse(text)
                .unwrap()
                .fill_command(&mut value)
                .unwrap()
        };
        assert_eq!(
            command("00 22 41 A4 [80 [<key>]]"),
            test_support::unhex("002241A4058003040102")
        );
        assert_eq!(command("00 B0 9E 00 00"), test_support::unhex("00B09E0000"));
        let long = command("00 86 00 00 [<long>] 00");
        assert_eq!(long[..7], [0, 0x86, 0, 0, 0, 1, 0x2C]);
        assert_eq!(long[307..], [0, 0]);
    }

    #[test]
    fn octets_are_written_as_they_are_read() {
        for text in [
            "",
            "00 22 41 A4 [80 [<ca-oid>] 84 [7E]] 00",
            "7C [81 [<81 inverted>]]",
        ] {
            assert_eq!(Octets::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_notation() {
        for text in ["0", "0G", "[", "]", "[00", "<>", "<key backwards>"] {
            assert!(Octets::parse(text).is_err(), "{text}");
        }
        assert!(Octets::parse(&"[".repeat(20)).is_err());
    }
}
