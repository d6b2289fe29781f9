//! The DER form of a BER element: for reading with strict parsers, and for signatures made over the DER form of
//! what was then sent in another form (RFC 5652 §5.4).

use iso7816::tlv;

use super::{Cursor, Deviations, Element, MAX_DEPTH, Tag};
use crate::{Error, Result};

const WHAT: &str = "element to bring into DER";

/// Lengths in shortest form, strings in one part, SETs in order. The content of primitive elements stays as it is.
pub(crate) fn to_der(bytes: &[u8]) -> Result<Vec<u8>> {
    let ignored = Deviations::default();
    let element = Cursor::new(bytes, &ignored).next(WHAT)?;
    encode(&element, MAX_DEPTH)
}

fn encode(element: &Element<'_>, depth: usize) -> Result<Vec<u8>> {
    let depth = depth.checked_sub(1).ok_or(Error::Malformed {
        what: WHAT,
        at: element.at,
    })?;
    if !element.constructed {
        return Ok(tlv::encode(identifier(element, false)?, element.content));
    }
    if is_string(element.tag) {
        let octets = element.octets(WHAT)?;
        return Ok(tlv::encode(identifier(element, false)?, &octets));
    }
    let mut inside = element.children(WHAT)?;
    let mut parts = Vec::new();
    while !inside.is_empty() {
        parts.push(encode(&inside.next(WHAT)?, depth)?);
    }
    if element.tag == Tag::SET {
        parts.sort();
    }
    Ok(tlv::encode(identifier(element, true)?, &parts.concat()))
}

/// OCTET STRING, and the character strings of X.680 §8.6.
fn is_string(tag: Tag) -> bool {
    matches!(tag.universal_number(), Some(4 | 12 | 18..=22 | 25..=30))
}

/// The identifier octets with or without the mark of the constructed form.
fn identifier(element: &Element<'_>, constructed: bool) -> Result<tlv::Tag> {
    const CONSTRUCTED: u8 = 0x20;
    let header_len = element.content_at - element.at;
    let octets = element.raw.get(..header_len).unwrap_or_default();
    let (&first, more) = octets.split_first().ok_or(element.malformed(WHAT))?;
    let first = if constructed {
        first | CONSTRUCTED
    } else {
        first & !CONSTRUCTED
    };
    let mut number = u32::from(first);
    if first & 0x1F == 0x1F {
        // Doc 9303 and the standards below it stay within two identifier octets.
        let second = *more.first().ok_or(element.malformed(WHAT))?;
        if second & 0x80 != 0 {
            return Err(element.malformed(WHAT));
        }
        number = number << 8 | u32::from(second);
    }
    Ok(tlv::Tag::new(number))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ber_becomes_der() {
        for (ber, der) in [
            ("0500", "0500"),
            ("3080020101 0000", "3003020101"),
            ("30810302010 1", "3003020101"),
            ("2480 0401AA 0401BB 0000", "0402aabb"),
            ("2C06 0C0141 0C0142", "0c024142"),
            ("3106 020102 020101", "3106020101020102"),
            ("A080 2480 0401AA 0000 0000", "a0030401aa"),
            ("7F2180 020101 0000", "7f2103020101"),
        ] {
            let bytes = hex::decode(ber.replace(' ', "")).unwrap();
            assert_eq!(hex::encode(to_der(&bytes).unwrap()), der, "{ber}");
        }
    }

    proptest! {
        #[test]
        fn der_form_is_stable(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            if let Ok(der) = to_der(&bytes) {
                prop_assert_eq!(to_der(&der).unwrap(), der);
            }
        }
    }
}
