//! The universal types of ASN.1: names and values (ISO 8824-1, ISO 8825-1).

use std::borrow::Cow;

use super::oids;
use super::value;

/// Tag of an OBJECT IDENTIFIER.
pub(super) const OBJECT_IDENTIFIER: u32 = 0x06;

#[rustfmt::skip]
static TYPES: [(u32, &str); 22] = [
    (0x01, "BOOLEAN"), (0x02, "INTEGER"), (0x03, "BIT STRING"), (0x04, "OCTET STRING"), (0x05, "NULL"),
    (0x06, "OBJECT IDENTIFIER"), (0x0A, "ENUMERATED"), (0x0C, "UTF8String"), (0x12, "NumericString"),
    (0x13, "PrintableString"), (0x14, "TeletexString"), (0x16, "IA5String"), (0x17, "UTCTime"), (0x18, "GeneralizedTime"),
    (0x1A, "VisibleString"), (0x1C, "UniversalString"), (0x1E, "BMPString"), (0x23, "BIT STRING in parts"),
    (0x24, "OCTET STRING in parts"), (0x2C, "UTF8String in parts"), (0x30, "SEQUENCE"), (0x31, "SET"),
];

/// What an object is called of which only the tag is known.
pub(super) fn name(tag: u32) -> Cow<'static, str> {
    if let Some((_, name)) = TYPES.iter().find(|(known, _)| *known == tag) {
        return Cow::Borrowed(name);
    }
    match tag {
        0x80..=0x9E | 0xA0..=0xBE => format!("[{}]", tag & 0x1F).into(),
        _ => format!("object {tag:02X}").into(),
    }
}

/// Whether the tag is one whose value always consists of objects.
pub(super) fn is_sequence(tag: Option<u32>) -> bool {
    matches!(tag, Some(0x30 | 0x31))
}

/// The value of a universal type, and a remark.
pub(super) fn value(tag: u32, octets: &[u8]) -> (Option<String>, Option<String>) {
    if tag == OBJECT_IDENTIFIER {
        let dotted = oids::dotted(octets);
        let name = dotted.as_deref().and_then(oids::name);
        return match name {
            Some(name) => (Some(name.to_owned()), dotted),
            None => (dotted, None),
        };
    }
    let value = match tag {
        0x01 => boolean(octets),
        0x02 | 0x0A => value::integer(octets),
        0x03 => bit_string(octets),
        0x0C | 0x12..=0x14 | 0x16 | 0x1A | 0x1C | 0x1E => string(tag, octets),
        0x17 => utc_time(octets),
        0x18 => value::generalized_time(octets),
        _ => None,
    };
    (value, None)
}

fn boolean(octets: &[u8]) -> Option<String> {
    let [octet] = octets else { return None };
    Some(if *octet == 0 { "FALSE" } else { "TRUE" }.to_owned())
}

fn bit_string(octets: &[u8]) -> Option<String> {
    let (unused, bits) = octets.split_first()?;
    let count = (8 * bits.len()).checked_sub((*unused).into())?;
    Some(format!("{count} bits"))
}

fn string(tag: u32, octets: &[u8]) -> Option<String> {
    match tag {
        0x1E => {
            let units = octets.chunks(2).map(|unit| {
                unit.iter()
                    .fold(0, |code, octet| code << 8 | u16::from(*octet))
            });
            Some(
                char::decode_utf16(units)
                    .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
                    .collect(),
            )
        }
        0x1C => {
            let codes = octets.chunks(4).map(|unit| {
                unit.iter()
                    .fold(0, |code, octet| code << 8 | u32::from(*octet))
            });
            Some(
                codes
                    .map(|code| char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
                    .collect(),
            )
        }
        // As the field uses it, T.61 is ISO 8859-1.
        0x14 => Some(octets.iter().map(|octet| char::from(*octet)).collect()),
        _ => value::text(octets),
    }
}

/// Years from 50 on belong to the last century (RFC 5280 §4.1.2.5.1).
fn utc_time(octets: &[u8]) -> Option<String> {
    let century: &[u8] = if octets.first()? >= &b'5' {
        b"19"
    } else {
        b"20"
    };
    value::generalized_time(&[century, octets].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(tag: u32, octets: &[u8], expected: Option<&str>) {
        assert_eq!(value(tag, octets).0.as_deref(), expected, "{tag:02X}");
    }

    #[test]
    fn values() {
        check(0x01, &[0xFF], Some("TRUE"));
        check(0x02, &[0x01, 0x00], Some("256"));
        check(0x02, &[0xFF], Some("-1"));
        check(0x02, &[0x00; 129], Some("0"));
        check(0x03, &[0x07, 0x80], Some("1 bits"));
        check(0x03, &[0x09], None);
        check(0x06, &[0x55, 0x04, 0x06], Some("countryName"));
        check(0x14, &[0xE9], Some("é"));
        check(0x1E, &[0x00, 0x43, 0x1E, 0xBB], Some("Cẻ"));
        check(0x17, b"261121125603Z", Some("2026-11-21 12:56:03 UTC"));
        check(0x17, b"5001010000Z", Some("1950-01-01 00:00 UTC"));
        check(0x17, b"", None);
        check(0x18, b"20260101", None);
    }

    #[test]
    fn names() {
        for (tag, expected) in [
            (0x30, "SEQUENCE"),
            (0xA3, "[3]"),
            (0x80, "[0]"),
            (0x5F1F, "object 5F1F"),
        ] {
            assert_eq!(name(tag), expected);
        }
    }
}
