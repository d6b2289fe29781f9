//! BER-TLV data objects (ISO 7816-4 §6, ISO 8825-1) with positions and limits.
//!
//! Definite lengths only: indefinite ones do not occur in files and commands of a chip. Lengths need not be minimal when
//! read (cards send `82 00 E7`), and are minimal when written.

use core::fmt;

use crate::{Error, Result};

/// Most octets of a tag that are accepted.
pub const MAX_TAG_LEN: usize = 3;
/// Most octets of a length field, the first one included: values up to 2³² − 1.
pub const MAX_LENGTH_LEN: usize = 5;
/// Most data objects [`read_all`] returns: far above any file of Doc 9303, far below exhaustion.
pub const MAX_OBJECTS: usize = 4_096;

/// A tag of one to three octets, as a number: `0x5F1F`, `0x7F49`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(u32);

impl Tag {
    /// A tag by its number.
    #[must_use]
    pub const fn new(value: u32) -> Self {
        Self(value)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// Whether the value consists of data objects (b6 of the first octet).
    #[must_use]
    pub fn is_constructed(self) -> bool {
        self.significant()
            .next()
            .is_some_and(|first| first & 0x20 != 0)
    }

    /// The octets as written.
    pub fn significant(self) -> impl Iterator<Item = u8> {
        let bytes = self.0.to_be_bytes();
        let skip = bytes.iter().take_while(|b| **b == 0).count().min(3);
        bytes.into_iter().skip(skip)
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.significant()
            .try_for_each(|byte| write!(f, "{byte:02X}"))
    }
}

/// A data object inside a larger input.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Tlv<'a> {
    /// Tag.
    pub tag: Tag,
    /// Value.
    pub value: &'a [u8],
    /// The whole object: tag, length and value as they were sent.
    pub raw: &'a [u8],
    /// Offset of the tag from the start of the input it was read from.
    pub at: usize,
}

impl<'a> Tlv<'a> {
    /// The objects inside the value; positions count from the same start as this object's.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the value is no row of data objects.
    pub fn children(&self) -> Result<Vec<Tlv<'a>>> {
        read_all_at(self.value, self.at + self.header_len())
    }

    /// Octets of tag and length.
    #[must_use]
    pub const fn header_len(&self) -> usize {
        self.raw.len() - self.value.len()
    }
}

impl fmt::Debug for Tlv<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} ({} bytes at {})",
            self.tag,
            self.value.len(),
            self.at
        )
    }
}

/// Reads the first data object; the rest of the input comes second.
///
/// # Errors
/// [`Error::Malformed`] when tag, length or value are cut or beyond the limits.
pub fn read(input: &[u8]) -> Result<(Tlv<'_>, &[u8])> {
    read_at(input, 0)
}

/// Reads all data objects of the input.
///
/// # Errors
/// [`Error::Malformed`] when one is cut, or there are more than [`MAX_OBJECTS`].
pub fn read_all(input: &[u8]) -> Result<Vec<Tlv<'_>>> {
    read_all_at(input, 0)
}

/// The value of the one object that makes up the whole input.
///
/// # Errors
/// [`Error::Malformed`] when the tag is another one or something stands behind the object.
pub fn single(input: &[u8], tag: Tag) -> Result<&[u8]> {
    let (object, rest) = read(input)?;
    if object.tag != tag {
        return Err(Error::Malformed {
            what: "tag, not the expected one",
            at: 0,
        });
    }
    if !rest.is_empty() {
        return Err(Error::Malformed {
            what: "bytes behind the data object",
            at: object.raw.len(),
        });
    }
    Ok(object.value)
}

/// The first object with this tag.
#[must_use]
pub fn find<'a>(objects: &[Tlv<'a>], tag: Tag) -> Option<Tlv<'a>> {
    objects.iter().find(|object| object.tag == tag).copied()
}

/// The length of the whole object whose first octets are given; `None` while tag and length are not complete.
///
/// # Errors
/// [`Error::Malformed`] when tag or length are beyond the limits.
pub fn total_len(start: &[u8]) -> Result<Option<usize>> {
    let Some((_, tag_len)) = read_tag(start, 0)? else {
        return Ok(None);
    };
    let rest = start.get(tag_len..).unwrap_or_default();
    Ok(read_length(rest, tag_len)?.map(|(length, length_len)| tag_len + length_len + length))
}

fn read_all_at(mut input: &[u8], mut at: usize) -> Result<Vec<Tlv<'_>>> {
    let mut objects = Vec::new();
    while !input.is_empty() {
        if objects.len() == MAX_OBJECTS {
            return Err(Error::Malformed {
                what: "row of too many data objects",
                at,
            });
        }
        let (object, rest) = read_at(input, at)?;
        at += object.raw.len();
        input = rest;
        objects.push(object);
    }
    Ok(objects)
}

fn read_at(input: &[u8], at: usize) -> Result<(Tlv<'_>, &[u8])> {
    let cut = |what| Error::Malformed {
        what,
        at: at + input.len(),
    };
    let (tag, tag_len) = read_tag(input, at)?.ok_or(cut("tag, cut"))?;
    let rest = input.get(tag_len..).unwrap_or_default();
    let (length, length_len) = read_length(rest, at + tag_len)?.ok_or(cut("length, cut"))?;
    let header_len = tag_len + length_len;
    let total = header_len.checked_add(length).ok_or(cut("length"))?;
    let (raw, rest) = input.split_at_checked(total).ok_or(cut("value, cut"))?;
    let value = raw.get(header_len..).unwrap_or_default();
    Ok((
        Tlv {
            tag,
            value,
            raw,
            at,
        },
        rest,
    ))
}

fn read_tag(input: &[u8], at: usize) -> Result<Option<(Tag, usize)>> {
    let Some(&first) = input.first() else {
        return Ok(None);
    };
    let mut value = u32::from(first);
    if first & 0x1F != 0x1F {
        return Ok(Some((Tag(value), 1)));
    }
    for (index, &byte) in input.iter().enumerate().skip(1) {
        if index == MAX_TAG_LEN {
            return Err(Error::Malformed {
                what: "tag of more than three bytes",
                at,
            });
        }
        value = value << 8 | u32::from(byte);
        if byte & 0x80 == 0 {
            return Ok(Some((Tag(value), index + 1)));
        }
    }
    Ok(None)
}

fn read_length(input: &[u8], at: usize) -> Result<Option<(usize, usize)>> {
    let Some(&first) = input.first() else {
        return Ok(None);
    };
    let count = match first {
        0..=0x7F => return Ok(Some((usize::from(first), 1))),
        0x81..=0x84 => usize::from(first & 0x7F),
        _ => {
            return Err(Error::Malformed {
                what: "form of length",
                at,
            });
        }
    };
    let Some(bytes) = input.get(1..=count) else {
        return Ok(None);
    };
    let value = bytes
        .iter()
        .fold(0u64, |value, byte| value << 8 | u64::from(*byte));
    let value = usize::try_from(value).map_err(|_| Error::Malformed { what: "length", at })?;
    Ok(Some((value, 1 + count)))
}

/// One data object as bytes.
#[must_use]
pub fn encode(tag: Tag, value: &[u8]) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.object(tag, value);
    writer.finish()
}

/// Octets that [`encode`] puts in front of a value of this length.
#[must_use]
pub fn header_len(tag: Tag, value_len: usize) -> usize {
    let length = value_len.to_be_bytes();
    let prefix = usize::from(value_len > LONGEST_SHORT_FORM);
    tag.significant().count() + prefix + without_leading_zeros(&length).len()
}

/// The longest value whose length is one octet.
const LONGEST_SHORT_FORM: usize = 0x7F;

/// The last octet always stays.
fn without_leading_zeros(octets: &[u8]) -> &[u8] {
    let last = octets.len().saturating_sub(1);
    let zeros = octets
        .iter()
        .take(last)
        .take_while(|octet| **octet == 0)
        .count();
    octets.get(zeros..).unwrap_or_default()
}

/// Writes a row of data objects with minimal lengths.
#[derive(Default)]
pub struct Writer {
    out: Vec<u8>,
}

impl Writer {
    /// Octets of tag and length for any value that is written here.
    const HEADER_ROOM: usize = 8;

    /// An empty row.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends an object.
    pub fn object(&mut self, tag: Tag, value: &[u8]) -> &mut Self {
        self.out.reserve(Self::HEADER_ROOM + value.len());
        self.header(tag, value.len());
        self.out.extend_from_slice(value);
        self
    }

    /// Appends an object whose value is the row that `fill` writes.
    pub fn nest(&mut self, tag: Tag, fill: impl FnOnce(&mut Self)) -> &mut Self {
        let start = self.out.len();
        fill(self);
        let value_end = self.out.len();
        self.header(tag, value_end - start);
        let header_len = self.out.len() - value_end;
        if let Some(object) = self.out.get_mut(start..) {
            object.rotate_right(header_len);
        }
        self
    }

    fn header(&mut self, tag: Tag, value_len: usize) {
        self.out
            .extend_from_slice(without_leading_zeros(&tag.0.to_be_bytes()));
        let length = value_len.to_be_bytes();
        let length = without_leading_zeros(&length);
        if value_len > LONGEST_SHORT_FORM {
            self.out.push(0x80 | length.len().to_le_bytes()[0]);
        }
        self.out.extend_from_slice(length);
    }

    /// Appends bytes that are data objects already.
    pub fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        self.out.extend_from_slice(bytes);
        self
    }

    /// The bytes.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.out
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn forms_of_tag_and_length() {
        for (bytes, tag, value_len, total) in [
            (&[0x61, 0x00][..], 0x61, 0, 2),
            (&[0x5F, 0x1F, 0x01, 0xAA], 0x5F1F, 1, 4),
            (&[0x7F, 0x81, 0x01, 0x00], 0x7F_8101, 0, 4),
            (&[0x42, 0x81, 0x01, 0xAA], 0x42, 1, 4),
            (&[0x42, 0x82, 0x00, 0x01, 0xAA], 0x42, 1, 5),
        ] {
            let (object, rest) = read(bytes).unwrap();
            assert_eq!(
                (object.tag.get(), object.value.len(), rest.len()),
                (tag, value_len, 0),
                "{bytes:02X?}"
            );
            assert_eq!(total_len(bytes).unwrap(), Some(total));
        }
    }

    #[test]
    fn what_is_refused() {
        for (bytes, at) in [
            (&[][..], 0),
            (&[0x5F], 1),
            (&[0x7F, 0x81, 0x81, 0x01, 0x00], 0),
            (&[0x61], 1),
            (&[0x61, 0x80], 1),
            (&[0x61, 0x85, 1, 1, 1, 1, 1], 1),
            (&[0x61, 0x82, 0x01], 3),
            (&[0x61, 0x02, 0xAA], 3),
        ] {
            match read(bytes) {
                Err(Error::Malformed { at: found, .. }) => assert_eq!(found, at, "{bytes:02X?}"),
                other => panic!("{bytes:02X?}: {other:?}"),
            }
        }
    }

    #[test]
    fn positions_count_from_the_outermost_start() {
        let bytes = [0x61, 0x06, 0x02, 0x01, 0x05, 0x5F, 0x1F, 0x00];
        let inner = read(&bytes).unwrap().0.children().unwrap();
        assert_eq!(inner.iter().map(|o| o.at).collect::<Vec<_>>(), [2, 5]);
    }

    #[test]
    fn lengths_are_written_short() {
        for (len, header) in [
            (0, 2),
            (0x7F, 2),
            (0x80, 3),
            (0xFF, 3),
            (0x100, 4),
            (0x1_0000, 5),
        ] {
            let tag = Tag::new(0x53);
            assert_eq!(encode(tag, &vec![0; len]).len(), len + header);
            assert_eq!(header_len(tag, len), header);
        }
    }

    #[test]
    fn single_wants_the_tag_and_nothing_behind() {
        assert_eq!(single(&[0x53, 1, 7], Tag::new(0x53)).unwrap(), [7]);
        assert!(single(&[0x53, 1, 7], Tag::new(0x54)).is_err());
        assert!(single(&[0x53, 1, 7, 0], Tag::new(0x53)).is_err());
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = total_len(&bytes);
            if let Ok(objects) = read_all(&bytes) {
                let rebuilt: Vec<u8> = objects.iter().flat_map(|o| o.raw.to_vec()).collect();
                prop_assert_eq!(rebuilt, bytes);
            }
        }

        #[test]
        fn written_is_read(tag in prop_oneof![Just(0x53u32), Just(0x5F1F), Just(0x7F8101)], value in proptest::collection::vec(any::<u8>(), 0..70_000)) {
            let bytes = encode(Tag::new(tag), &value);
            prop_assert_eq!(single(&bytes, Tag::new(tag)).unwrap(), &value[..]);
            prop_assert_eq!(total_len(&bytes).unwrap(), Some(bytes.len()));
        }
    }
}
