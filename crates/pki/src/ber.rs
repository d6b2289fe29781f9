//! The walk over foreign BER and DER: every object of others is read through here, and nothing is ever re-encoded
//! before it is verified. What is BER where DER is required is accepted and recorded.

mod element;
mod indefinite;
mod to_der;

use asn1_rs::{Class, FromBer, Header, Length};

use crate::deviation::{DeviationKind, Deviations};
use crate::{Error, Result};
use indefinite::{END_OF_CONTENTS, ObjectNumber};

pub(crate) use element::Element;
pub(crate) use indefinite::IndefiniteLengths;
pub(crate) use to_der::to_der;

/// Deepest nesting that is followed.
pub(crate) const MAX_DEPTH: usize = 32;

/// Class and number of a tag; whether it is constructed is a property of the element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tag {
    class: Class,
    number: u32,
}

impl Tag {
    pub(crate) const BOOLEAN: Self = Self::universal(1);
    pub(crate) const INTEGER: Self = Self::universal(2);
    pub(crate) const BIT_STRING: Self = Self::universal(3);
    pub(crate) const OCTET_STRING: Self = Self::universal(4);
    pub(crate) const OBJECT_IDENTIFIER: Self = Self::universal(6);
    pub(crate) const SEQUENCE: Self = Self::universal(16);
    pub(crate) const SET: Self = Self::universal(17);
    pub(crate) const UTC_TIME: Self = Self::universal(23);
    pub(crate) const GENERALIZED_TIME: Self = Self::universal(24);

    pub(crate) const fn universal(number: u32) -> Self {
        Self {
            class: Class::Universal,
            number,
        }
    }

    pub(crate) const fn context(number: u32) -> Self {
        Self {
            class: Class::ContextSpecific,
            number,
        }
    }

    pub(crate) const fn application(number: u32) -> Self {
        Self {
            class: Class::Application,
            number,
        }
    }

    /// The number, if the class is universal: what string type this is.
    pub(crate) fn universal_number(self) -> Option<u32> {
        (self.class == Class::Universal).then_some(self.number)
    }
}

/// A row of elements, read from the front.
#[derive(Clone)]
pub(crate) struct Cursor<'a> {
    rest: &'a [u8],
    at: usize,
    /// Which of the rows of bytes that share `deviations` this is: offsets are those of this row.
    object: ObjectNumber,
    deviations: &'a Deviations,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8], deviations: &'a Deviations) -> Self {
        Self {
            rest: bytes,
            at: 0,
            object: deviations.indefinite.next_object(),
            deviations,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// Reads the next element, whatever it is.
    pub(crate) fn next(&mut self, what: &'static str) -> Result<Element<'a>> {
        let (element, rest) = self.read(what)?;
        self.at += element.raw.len();
        self.rest = rest;
        Ok(element)
    }

    /// Reads the next element, which must have this tag.
    pub(crate) fn expect(&mut self, tag: Tag, what: &'static str) -> Result<Element<'a>> {
        let at = self.at;
        self.optional(tag, what)?
            .ok_or(Error::Malformed { what, at })
    }

    /// Reads the next element if there is one and it has this tag.
    pub(crate) fn optional(&mut self, tag: Tag, what: &'static str) -> Result<Option<Element<'a>>> {
        if self.peek() == Some(tag) {
            self.next(what).map(Some)
        } else {
            Ok(None)
        }
    }

    /// Ends a structure: elements that its definition does not know are recorded.
    pub(crate) fn finish(self) {
        if !self.rest.is_empty() {
            self.deviations
                .record(DeviationKind::SurplusElement, self.at);
        }
    }

    /// Ends a whole object: bytes behind it are recorded.
    pub(crate) fn finish_object(self) {
        if !self.rest.is_empty() {
            self.deviations
                .record(DeviationKind::TrailingBytes(self.rest.len()), self.at);
        }
    }

    fn read(&self, what: &'static str) -> Result<(Element<'a>, &'a [u8])> {
        let malformed = || Error::Malformed { what, at: self.at };
        let (after, header) = Header::from_ber(self.rest).map_err(|_| malformed())?;
        let header_len = self.rest.len() - after.len();
        let (content, rest) = match header.length() {
            Length::Definite(len) => {
                if header_len > shortest_header_len(&header, len) {
                    self.deviations
                        .record(DeviationKind::NonMinimalLength, self.at);
                }
                after.split_at_checked(len).ok_or_else(malformed)?
            }
            Length::Indefinite => {
                self.deviations
                    .record(DeviationKind::IndefiniteLength, self.at);
                let ends = &self.deviations.indefinite;
                let len = ends.len_of(after, self.object, self.at + header_len);
                let (content, rest) = after
                    .split_at_checked(len.ok_or_else(malformed)?)
                    .ok_or_else(malformed)?;
                (
                    content,
                    rest.strip_prefix(&END_OF_CONTENTS).ok_or_else(malformed)?,
                )
            }
        };
        let (raw, _) = self
            .rest
            .split_at_checked(self.rest.len() - rest.len())
            .ok_or_else(malformed)?;
        let element = Element {
            tag: Tag {
                class: header.class(),
                number: header.tag().0,
            },
            constructed: header.is_constructed(),
            raw,
            content,
            at: self.at,
            content_at: self.at + header_len,
            object: self.object,
            deviations: self.deviations,
        };
        Ok((element, rest))
    }

    pub(crate) fn peek(&self) -> Option<Tag> {
        let (_, header) = Header::from_ber(self.rest).ok()?;
        Some(Tag {
            class: header.class(),
            number: header.tag().0,
        })
    }
}

fn shortest_header_len(header: &Header<'_>, content_len: usize) -> usize {
    let tag_len = header.raw_tag().map_or(1, <[u8]>::len);
    let length_len = match content_len {
        0..=0x7F => 1,
        len => 1 + (usize::BITS - len.leading_zeros()).div_ceil(8) as usize,
    };
    tag_len + length_len
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(bytes: &[u8]) -> Result<(Vec<u8>, Vec<DeviationKind>)> {
        let deviations = Deviations::default();
        let octets = {
            let mut cursor = Cursor::new(bytes, &deviations);
            let element = cursor.expect(Tag::OCTET_STRING, "string")?;
            let octets = element.octets("string")?.into_owned();
            cursor.finish_object();
            octets
        };
        let kinds = deviations.into_vec().into_iter().map(|d| d.kind).collect();
        Ok((octets, kinds))
    }

    #[test]
    fn strings_in_every_form() {
        use DeviationKind::{ConstructedString, IndefiniteLength, NonMinimalLength, TrailingBytes};
        for (hex, octets, deviations) in [
            ("0402AABB", "aabb", vec![]),
            ("048102AABB", "aabb", vec![NonMinimalLength]),
            ("04820002AABB", "aabb", vec![NonMinimalLength]),
            ("0402AABB0000", "aabb", vec![TrailingBytes(2)]),
            ("24060401AA0401BB", "aabb", vec![ConstructedString]),
            (
                "24800401AA0401BB0000",
                "aabb",
                vec![IndefiniteLength, ConstructedString],
            ),
            (
                "248024800401AA00000401BB0000",
                "aabb",
                vec![IndefiniteLength, ConstructedString, IndefiniteLength],
            ),
        ] {
            let (found, kinds) = first(&hex::decode(hex).unwrap()).unwrap();
            assert_eq!(hex::encode(found), octets, "{hex}");
            assert_eq!(kinds, deviations, "{hex}");
        }
    }

    #[test]
    fn what_is_refused() {
        for hex in [
            "",
            "04",
            "0402AA",
            "0480AA0000",
            "24800401AA",
            "0302AABB",
            "04FF",
        ] {
            assert!(first(&hex::decode(hex).unwrap()).is_err(), "{hex}");
        }
    }

    #[test]
    fn an_empty_context_element_is_not_the_end_of_contents() {
        let deviations = Deviations::default();
        let mut cursor = Cursor::new(
            &[0x30, 0x80, 0x80, 0x00, 0x05, 0x00, 0x00, 0x00],
            &deviations,
        );
        let sequence = cursor.expect(Tag::SEQUENCE, "sequence").unwrap();
        assert_eq!(sequence.content, [0x80, 0x00, 0x05, 0x00]);
        assert!(cursor.is_empty());
    }

    #[test]
    fn nested_indefinite_lengths_are_measured_once() {
        // All levels that are allowed, and in the innermost as much as fits: each level would be a walk over all of it.
        const LEVELS: usize = MAX_DEPTH - 1;
        let row = [0x05, 0x00].repeat(5_000_000);
        let whole = [
            [0x30, 0x80].repeat(LEVELS),
            row.clone(),
            END_OF_CONTENTS.repeat(LEVELS),
        ]
        .concat();
        let deviations = Deviations::default();
        let start = std::time::Instant::now();
        let mut element = Cursor::new(&whole, &deviations).next("level").unwrap();
        let once = start.elapsed();
        for _ in 1..LEVELS {
            element = element.children("level").unwrap().next("level").unwrap();
        }
        let all = start.elapsed();
        assert_eq!(element.content.len(), row.len());
        assert!(all < once * 3, "{once:?} for one level, {all:?} for all");
    }

    #[test]
    fn the_ends_of_one_object_are_not_those_of_another() {
        let nested = |content: &[u8]| [&[0x30, 0x80], content, &END_OF_CONTENTS].concat();
        let deviations = Deviations::default();
        for len in [100, 40, 200] {
            let inside = nested(&[0x05, 0x00].repeat(len));
            let whole = nested(&inside);
            let element = Cursor::new(&whole, &deviations).next("outer").unwrap();
            let inner = element.children("outer").unwrap().next("inner").unwrap();
            assert_eq!(inner.raw, inside);
        }
    }

    #[test]
    fn deep_nesting_ends_in_an_error() {
        let bytes = [0x30, 0x80].repeat(100_000);
        let deviations = Deviations::default();
        assert!(Cursor::new(&bytes, &deviations).next("depth").is_err());
    }
}
