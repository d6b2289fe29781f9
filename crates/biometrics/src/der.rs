//! Objects of DER as ISO 39794 uses it: tags of one octet, lengths of at most four.
//!
//! What BER allows and DER does not is read and reported; what cannot be followed is refused.

use crate::{Deviation, Error, Result};

/// Most objects in one template; a face has at most some hundred landmarks.
const MAX_OBJECTS: usize = 4_096;

/// Most deviations that are listed: a hostile record could have one in every octet.
pub(crate) const MAX_DEVIATIONS: usize = 64;

/// The tag of SEQUENCE.
pub(crate) const SEQUENCE: u8 = 0x30;

const CONSTRUCTED: u8 = 0x20;
const CONTEXT: u8 = 0x80;

/// What the readers of one record share: the deviations found so far.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    pub(crate) deviations: Vec<Deviation>,
    /// Where the first code stands that is not in an extension block.
    pub(crate) first_bare_code: Option<usize>,
}

impl Reading {
    /// Lists a deviation, as long as there is room.
    pub(crate) fn note(&mut self, deviation: Deviation) {
        if self.deviations.len() < MAX_DEVIATIONS {
            self.deviations.push(deviation);
        }
    }
}

/// One object: its tag, its value, and where it begins in the record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Object<'a> {
    pub(crate) tag: u8,
    pub(crate) value: &'a [u8],
    pub(crate) at: usize,
    value_at: usize,
}

impl<'a> Object<'a> {
    /// Reads the object at the start of `bytes`, which stand at `at`; also gives what follows it.
    pub(crate) fn read(
        bytes: &'a [u8],
        at: usize,
        reading: &mut Reading,
    ) -> Result<(Self, &'a [u8])> {
        const WHAT: &str = "DER object";
        let malformed = || Error::Malformed { what: WHAT, at };
        let (&tag, rest) = bytes.split_first().ok_or_else(malformed)?;
        if tag & 0x1F == 0x1F {
            return Err(Error::Malformed {
                what: "DER tag of one octet",
                at,
            });
        }
        let (&first, rest) = rest.split_first().ok_or_else(malformed)?;
        let (length, rest) = match first {
            0..=0x7F => (usize::from(first), rest),
            0x81..=0x84 => {
                let (octets, rest) = rest
                    .split_at_checked(usize::from(first & 0x0F))
                    .ok_or_else(malformed)?;
                let length = octets
                    .iter()
                    .fold(0_u64, |sum, octet| sum << 8 | u64::from(*octet));
                let shortest = length > 0x7F && octets.first() != Some(&0);
                if !shortest {
                    reading.note(Deviation::NotDer { what: "length", at });
                }
                (usize::try_from(length).unwrap_or(usize::MAX), rest)
            }
            _ => return Err(malformed()),
        };
        let value_at = at + bytes.len() - rest.len();
        let (value, rest) = rest.split_at_checked(length).ok_or(Error::Malformed {
            what: "DER object: the record is cut short",
            at,
        })?;
        let object = Self {
            tag,
            value,
            at,
            value_at,
        };
        Ok((object, rest))
    }

    /// The objects inside.
    pub(crate) fn children(&self, reading: &mut Reading) -> Result<Children<'a>> {
        if self.tag & CONSTRUCTED == 0 {
            return Err(self.malformed("DER template"));
        }
        let mut objects = Vec::new();
        let mut rest = self.value;
        while !rest.is_empty() {
            if objects.len() == MAX_OBJECTS {
                return Err(Error::TooLarge {
                    what: "number of DER objects in one template",
                    found: MAX_OBJECTS as u64 + 1,
                    limit: MAX_OBJECTS as u64,
                });
            }
            let at = self.value_at + self.value.len() - rest.len();
            let (object, behind) = Self::read(rest, at, reading)?;
            objects.push(object);
            rest = behind;
        }
        Ok(Children {
            objects,
            at: self.at,
            last_taken: 0,
        })
    }

    /// The value of an object that holds no others.
    pub(crate) fn primitive(&self) -> Result<&'a [u8]> {
        if self.tag & CONSTRUCTED != 0 {
            return Err(self.malformed("DER value"));
        }
        Ok(self.value)
    }

    /// The number of an INTEGER or ENUMERATED.
    pub(crate) fn integer(&self, reading: &mut Reading) -> Result<i64> {
        let octets = self.primitive()?;
        let negative = octets.first().is_some_and(|octet| octet & 0x80 != 0);
        if octets.is_empty() || octets.len() > 8 {
            return Err(self.malformed("integer"));
        }
        if let &[first, second, ..] = octets
            && matches!((first, second & 0x80), (0x00, 0x00) | (0xFF, 0x80))
        {
            let at = self.at;
            reading.note(Deviation::NotDer {
                what: "integer",
                at,
            });
        }
        let start = if negative { -1 } else { 0 };
        Ok(octets
            .iter()
            .fold(start, |sum: i64, octet| sum << 8 | i64::from(*octet)))
    }

    pub(crate) fn malformed(&self, what: &'static str) -> Error {
        Error::Malformed { what, at: self.at }
    }
}

/// The objects of one template, taken by their numbers.
#[derive(Debug)]
pub(crate) struct Children<'a> {
    objects: Vec<Object<'a>>,
    at: usize,
    last_taken: usize,
}

impl<'a> Children<'a> {
    /// The object `[number]` of the context class, primitive or not.
    pub(crate) fn take(&mut self, number: u8, reading: &mut Reading) -> Option<Object<'a>> {
        let tag = CONTEXT | number;
        let index = self
            .objects
            .iter()
            .position(|object| object.tag & !CONSTRUCTED == tag)?;
        let object = self.objects.remove(index);
        if object.at < self.last_taken {
            let at = object.at;
            reading.note(Deviation::NotDer { what: "order", at });
        }
        self.last_taken = self.last_taken.max(object.at);
        Some(object)
    }

    /// The object `[number]`, which the structure cannot do without.
    pub(crate) fn require(
        &mut self,
        number: u8,
        what: &'static str,
        reading: &mut Reading,
    ) -> Result<Object<'a>> {
        let at = self.at;
        self.take(number, reading)
            .ok_or(Error::Malformed { what, at })
    }

    /// All objects of one universal tag.
    pub(crate) fn take_all(&mut self, tag: u8) -> Vec<Object<'a>> {
        let (taken, left) = core::mem::take(&mut self.objects)
            .into_iter()
            .partition(|object| object.tag == tag);
        self.objects = left;
        taken
    }

    /// The only object of a CHOICE.
    pub(crate) fn only(mut self, what: &'static str, reading: &mut Reading) -> Result<Object<'a>> {
        let at = self.at;
        if self.objects.is_empty() {
            return Err(Error::Malformed { what, at });
        }
        let object = self.objects.remove(0);
        self.finish(reading);
        Ok(object)
    }

    /// Reports what nobody took.
    pub(crate) fn finish(self, reading: &mut Reading) {
        for Object { tag, at, .. } in self.objects {
            reading.note(Deviation::Unexpected { tag, at });
        }
    }

    /// Whether an object of this tag has not been taken yet.
    pub(crate) fn has(&self, tag: u8) -> bool {
        self.objects.iter().any(|object| object.tag == tag)
    }

    pub(crate) fn at(&self) -> usize {
        self.at
    }
}

/// Writes objects one behind the other.
#[derive(Debug)]
pub(crate) struct Writer {
    octets: Vec<u8>,
    /// Codes stand in extension blocks, as the ICAO profile wants them.
    pub(crate) in_extension_blocks: bool,
}

impl Writer {
    pub(crate) fn new(in_extension_blocks: bool) -> Self {
        Self {
            octets: Vec::new(),
            in_extension_blocks,
        }
    }

    /// A value under the context tag `[number]`.
    pub(crate) fn primitive(&mut self, number: u8, value: &[u8]) {
        self.object(CONTEXT | number, value);
    }

    /// A template under the context tag `[number]`.
    pub(crate) fn template(&mut self, number: u8, write: impl FnOnce(&mut Self)) {
        self.nest(CONTEXT | CONSTRUCTED | number, write);
    }

    /// A template under any tag.
    pub(crate) fn nest(&mut self, tag: u8, write: impl FnOnce(&mut Self)) {
        let mut inner = Self::new(self.in_extension_blocks);
        write(&mut inner);
        self.object(tag, &inner.octets);
    }

    pub(crate) fn object(&mut self, tag: u8, value: &[u8]) {
        self.octets.push(tag);
        let length = (value.len() as u64).to_be_bytes();
        let skip = length
            .iter()
            .position(|octet| *octet != 0)
            .unwrap_or(length.len() - 1);
        let length = length.get(skip..).unwrap_or_default();
        if value.len() > 0x7F {
            self.octets.push(0x80 | length.len() as u8);
        }
        self.octets.extend_from_slice(length);
        self.octets.extend_from_slice(value);
    }

    /// An INTEGER or ENUMERATED under the context tag `[number]`.
    pub(crate) fn integer(&mut self, number: u8, value: i64) {
        let octets = value.to_be_bytes();
        // The shortest two's complement: a leading octet goes when the next one has its sign.
        let skip = octets
            .windows(2)
            .take_while(|pair| {
                matches!(pair, [0x00, next] if next & 0x80 == 0)
                    || matches!(pair, [0xFF, next] if next & 0x80 != 0)
            })
            .count();
        self.primitive(number, octets.get(skip..).unwrap_or_default());
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.octets
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_written_in_their_shortest_form_and_read_again() {
        for (value, octets) in [
            (0, &[0x80, 1, 0][..]),
            (127, &[0x80, 1, 0x7F]),
            (128, &[0x80, 2, 0, 0x80]),
            (2019, &[0x80, 2, 0x07, 0xE3]),
            (-1, &[0x80, 1, 0xFF]),
            (-128, &[0x80, 1, 0x80]),
            (-180, &[0x80, 2, 0xFF, 0x4C]),
            (i64::MIN, &[0x80, 8, 0x80, 0, 0, 0, 0, 0, 0, 0]),
        ] {
            let mut writer = Writer::new(false);
            writer.integer(0, value);
            let written = writer.finish();
            assert_eq!(written, octets, "{value}");
            let mut reading = Reading::default();
            let (object, _) = Object::read(&written, 0, &mut reading).unwrap();
            assert_eq!(object.integer(&mut reading).unwrap(), value);
            assert!(reading.deviations.is_empty(), "{value}");
        }
    }

    #[test]
    fn lengths_are_written_in_their_shortest_form() {
        for (length, header) in [
            (0, &[0x04, 0x00][..]),
            (0x7F, &[0x04, 0x7F]),
            (0x80, &[0x04, 0x81, 0x80]),
            (0x100, &[0x04, 0x82, 0x01, 0x00]),
            (0x1_0000, &[0x04, 0x83, 0x01, 0x00, 0x00]),
        ] {
            let mut writer = Writer::new(false);
            writer.object(0x04, &vec![0xAA; length]);
            assert!(writer.finish().starts_with(header), "{length}");
        }
    }

    #[test]
    fn what_is_not_der_is_reported_and_what_cannot_be_followed_refused() {
        for (octets, deviations) in [
            (&[0x04, 0x81, 0x01, 0xAA][..], Some(1)),
            (&[0x04, 0x82, 0x00, 0x01, 0xAA], Some(1)),
            (&[0x04, 0x01, 0xAA], Some(0)),
            (&[0x04, 0x80, 0xAA, 0, 0], None),
            (&[0x04, 0x85, 0, 0, 0, 0, 1, 0xAA], None),
            (&[0x04, 0x02, 0xAA], None),
            (&[0x04, 0x84, 0xFF, 0xFF, 0xFF, 0xFF], None),
            (&[0x1F, 0x81, 0x00], None),
            (&[0x04], None),
            (&[], None),
        ] {
            let mut reading = Reading::default();
            let read = Object::read(octets, 0, &mut reading).is_ok();
            assert_eq!(
                read.then_some(reading.deviations.len()),
                deviations,
                "{octets:02X?}"
            );
        }
    }
}
