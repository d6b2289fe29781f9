//! One element and its content as the types of ASN.1.

use std::borrow::Cow;

use const_oid::ObjectIdentifier;

use super::indefinite::ObjectNumber;
use super::{Cursor, MAX_DEPTH, Tag};
use crate::deviation::{DeviationKind, Deviations};
use crate::{Error, Result};

/// One element of the input.
#[derive(Clone, Copy)]
pub(crate) struct Element<'a> {
    pub(crate) tag: Tag,
    pub(super) constructed: bool,
    /// Tag, length, content, and end-of-contents octets if any, as they were sent.
    pub(crate) raw: &'a [u8],
    /// The content without end-of-contents octets.
    pub(crate) content: &'a [u8],
    /// Offset of the tag in the object.
    pub(crate) at: usize,
    pub(super) content_at: usize,
    pub(super) object: ObjectNumber,
    pub(super) deviations: &'a Deviations,
}

impl<'a> Element<'a> {
    /// The elements inside.
    pub(crate) fn children(&self, what: &'static str) -> Result<Cursor<'a>> {
        if !self.constructed {
            return Err(self.malformed(what));
        }
        Ok(Cursor {
            rest: self.content,
            at: self.content_at,
            object: self.object,
            deviations: self.deviations,
        })
    }

    /// The one element inside an explicit tag.
    pub(crate) fn explicit(&self, tag: Tag, what: &'static str) -> Result<Element<'a>> {
        let mut inside = self.children(what)?;
        let element = inside.expect(tag, what)?;
        inside.finish();
        Ok(element)
    }

    /// The elements that a primitive OCTET STRING wraps; their offsets are those of the object around it.
    pub(crate) fn wrapped(&self, what: &'static str) -> Result<Cursor<'a>> {
        Ok(Cursor {
            rest: self.primitive(what)?,
            at: self.content_at,
            object: self.object,
            deviations: self.deviations,
        })
    }

    /// The octets of an OCTET STRING (or a string type of one octet per unit), its parts joined.
    pub(crate) fn octets(&self, what: &'static str) -> Result<Cow<'a, [u8]>> {
        if !self.constructed {
            return Ok(Cow::Borrowed(self.content));
        }
        self.record(DeviationKind::ConstructedString);
        let mut joined = Vec::new();
        self.join_parts(&mut joined, MAX_DEPTH, what)?;
        Ok(Cow::Owned(joined))
    }

    fn join_parts(&self, joined: &mut Vec<u8>, depth: usize, what: &'static str) -> Result<()> {
        let depth = depth.checked_sub(1).ok_or(self.malformed(what))?;
        let mut parts = self.children(what)?;
        while !parts.is_empty() {
            let part = parts.next(what)?;
            if part.constructed {
                part.join_parts(joined, depth, what)?;
            } else {
                joined.extend_from_slice(part.content);
            }
        }
        Ok(())
    }

    /// The octets of a BIT STRING of whole octets.
    pub(crate) fn bits(&self, what: &'static str) -> Result<&'a [u8]> {
        self.primitive(what)?
            .strip_prefix(&[0])
            .ok_or(self.malformed(what))
    }

    pub(crate) fn oid(&self, what: &'static str) -> Result<ObjectIdentifier> {
        ObjectIdentifier::from_bytes(self.primitive(what)?).map_err(|_| self.malformed(what))
    }

    /// An INTEGER in two's complement, leading octets that say nothing removed.
    pub(crate) fn integer(&self, what: &'static str) -> Result<&'a [u8]> {
        let mut value = self.primitive(what)?;
        if value.is_empty() {
            return Err(self.malformed(what));
        }
        while let [first @ (0x00 | 0xFF), second, ..] = value {
            if (first ^ second) & 0x80 != 0 {
                break;
            }
            value = value.get(1..).unwrap_or_default();
        }
        if value.len() != self.content.len() {
            self.record(DeviationKind::NonMinimalInteger);
        }
        Ok(value)
    }

    /// An INTEGER that is a small number, such as a version.
    pub(crate) fn small_integer(&self, what: &'static str) -> Result<u32> {
        let value = self.integer(what)?;
        let negative = value.first().is_some_and(|first| first & 0x80 != 0);
        if negative || value.len() > size_of::<u64>() {
            return Err(self.malformed(what));
        }
        let number = value
            .iter()
            .fold(0u64, |number, byte| number << 8 | u64::from(*byte));
        u32::try_from(number).map_err(|_| self.malformed(what))
    }

    pub(crate) fn boolean(&self, what: &'static str) -> Result<bool> {
        match self.primitive(what)? {
            [0x00] => Ok(false),
            [0xFF] => Ok(true),
            [_] => {
                self.record(DeviationKind::BooleanTrueNotFf);
                Ok(true)
            }
            _ => Err(self.malformed(what)),
        }
    }

    /// The content of a type that has no constructed form.
    fn primitive(&self, what: &'static str) -> Result<&'a [u8]> {
        if self.constructed {
            return Err(self.malformed(what));
        }
        Ok(self.content)
    }

    pub(crate) fn record(&self, kind: DeviationKind) {
        self.deviations.record(kind, self.at);
    }

    pub(crate) fn malformed(&self, what: &'static str) -> Error {
        Error::Malformed { what, at: self.at }
    }

    /// Where the raw bytes stand in the object.
    pub(crate) fn range(&self) -> core::ops::Range<usize> {
        self.at..self.at + self.raw.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers() {
        for (hex, value, minimal) in [
            ("020100", "00", true),
            ("020180", "80", true),
            ("02020080", "0080", true),
            ("0203000001", "01", false),
            ("0203FFFF80", "80", false),
            ("0202FF7F", "ff7f", true),
        ] {
            let bytes = hex::decode(hex).unwrap();
            let deviations = Deviations::default();
            let found = Cursor::new(&bytes, &deviations)
                .next("integer")
                .and_then(|e| e.integer("integer"))
                .map(hex::encode);
            assert_eq!(found.as_deref(), Ok(value), "{hex}");
            assert_eq!(deviations.into_vec().is_empty(), minimal, "{hex}");
        }
    }

    #[test]
    fn small_integers() {
        for (hex, value) in [
            ("020103", Some(3)),
            ("02020080", Some(128)),
            ("020500FFFFFFFF", Some(u32::MAX)),
            ("020180", None),
            ("0203FFFF80", None),
            ("02050100000000", None),
            ("0200", None),
        ] {
            let bytes = hex::decode(hex).unwrap();
            let deviations = Deviations::default();
            let found = Cursor::new(&bytes, &deviations)
                .next("integer")
                .and_then(|e| e.small_integer("integer"));
            assert_eq!(found.ok(), value, "{hex}");
        }
    }
}
