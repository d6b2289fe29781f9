//! The few ASN.1 types of SecurityInfos and of the LDS security object (ISO 8825-1).

use const_oid::ObjectIdentifier;
use iso7816::tlv::{Tag, Tlv, Writer};

use crate::{Deviation, Deviations, Error, Result};

pub(crate) const INTEGER: Tag = Tag::new(0x02);
pub(crate) const OCTET_STRING: Tag = Tag::new(0x04);
pub(crate) const NULL: Tag = Tag::new(0x05);
pub(crate) const OBJECT_IDENTIFIER: Tag = Tag::new(0x06);
pub(crate) const UTF8_STRING: Tag = Tag::new(0x0C);
pub(crate) const PRINTABLE_STRING: Tag = Tag::new(0x13);
pub(crate) const IA5_STRING: Tag = Tag::new(0x16);
pub(crate) const BMP_STRING: Tag = Tag::new(0x1E);
pub(crate) const SEQUENCE: Tag = Tag::new(0x30);
pub(crate) const SET: Tag = Tag::new(0x31);

/// Reads an INTEGER as a number that is not negative.
///
/// Issuers forget the leading zero of identifiers above 127: such a value is read as they meant it, and reported.
pub(crate) fn unsigned(object: &Tlv<'_>, deviations: &mut Deviations) -> Result<u64> {
    const WHAT: &str = "INTEGER";
    let at = object.at;
    let malformed = Error::Malformed { what: WHAT, at };
    let (&first, rest) = object.value.split_first().ok_or(malformed)?;
    let superfluous = first == 0 && rest.first().is_some_and(|next| next & 0x80 == 0);
    if first & 0x80 != 0 || superfluous {
        deviations.push(Deviation::NotDer { what: WHAT, at });
    }
    let zeros = object.value.iter().take_while(|byte| **byte == 0).count();
    if object.value.len() - zeros > size_of::<u64>() {
        return Err(malformed);
    }
    Ok(object
        .value
        .iter()
        .fold(0, |value, byte| value << 8 | u64::from(*byte)))
}

/// Reads an INTEGER that fits one octet.
pub(crate) fn small(object: &Tlv<'_>, deviations: &mut Deviations) -> Result<u8> {
    let (what, at) = ("INTEGER, beyond 255", object.at);
    u8::try_from(unsigned(object, deviations)?).map_err(|_| Error::Malformed { what, at })
}

/// Reads an OBJECT IDENTIFIER.
pub(crate) fn oid(object: &Tlv<'_>) -> Result<ObjectIdentifier> {
    let (what, at) = ("OBJECT IDENTIFIER", object.at);
    ObjectIdentifier::from_bytes(object.value).map_err(|_| Error::Malformed { what, at })
}

/// Appends an INTEGER.
pub(crate) fn write_unsigned(value: u64, writer: &mut Writer) {
    let bytes = value.to_be_bytes();
    let first = bytes.iter().position(|byte| *byte != 0).unwrap_or(7);
    let significant = bytes.get(first..).unwrap_or_default();
    if significant.first().is_some_and(|byte| byte & 0x80 != 0) {
        let padded: Vec<u8> = core::iter::once(0)
            .chain(significant.iter().copied())
            .collect();
        writer.object(INTEGER, &padded);
    } else {
        writer.object(INTEGER, significant);
    }
}

/// Appends an OBJECT IDENTIFIER.
pub(crate) fn write_oid(oid: ObjectIdentifier, writer: &mut Writer) {
    writer.object(OBJECT_IDENTIFIER, oid.as_bytes());
}

#[cfg(test)]
mod tests {
    use iso7816::tlv;

    use super::*;

    #[test]
    fn integers() {
        for (value, der) in [
            (0, &[2, 1, 0][..]),
            (0x7F, &[2, 1, 0x7F]),
            (0x80, &[2, 2, 0, 0x80]),
            (0x100, &[2, 2, 1, 0]),
            (u64::MAX, &[2, 9, 0, 255, 255, 255, 255, 255, 255, 255, 255]),
        ] {
            let mut writer = Writer::new();
            write_unsigned(value, &mut writer);
            assert_eq!(writer.finish(), der);
            let mut deviations = Deviations::new();
            let read = unsigned(&tlv::read(der).unwrap().0, &mut deviations).unwrap();
            assert_eq!((read, deviations.len()), (value, 0));
        }
    }

    #[test]
    fn integers_that_are_not_der() {
        for (ber, value) in [
            (&[2, 1, 0x80][..], 0x80),
            (&[2, 2, 0, 1], 1),
            (&[2, 2, 0xFF, 0xFF], 0xFFFF),
        ] {
            let mut deviations = Deviations::new();
            let read = unsigned(&tlv::read(ber).unwrap().0, &mut deviations).unwrap();
            assert_eq!((read, deviations.len()), (value, 1), "{ber:02X?}");
        }
        for ber in [&[2, 0][..], &[2, 9, 1, 0, 0, 0, 0, 0, 0, 0, 0]] {
            let object = tlv::read(ber).unwrap().0;
            assert!(unsigned(&object, &mut Deviations::new()).is_err());
        }
    }
}
