//! What the octets of values mean.

use iso7816::tlv::Tag;
use lds::{APPLICATION_AID, File};

use super::oids;

/// A list of names for the numbers of a code.
pub(super) type Names = &'static [(u64, &'static str)];

/// Text in UTF-8; what is no text is replaced.
pub(super) fn text(octets: &[u8]) -> Option<String> {
    Some(String::from_utf8_lossy(octets).into_owned())
}

/// Octets in hexadecimal.
pub(super) fn hexadecimal(octets: &[u8]) -> Option<String> {
    Some(hex::encode_upper(octets))
}

/// How many octets.
pub(super) fn count(octets: &[u8]) -> Option<String> {
    Some(match octets.len() {
        1 => "1 byte".to_owned(),
        count => format!("{count} bytes"),
    })
}

/// An unsigned number, most significant octet first.
pub(super) fn number(octets: &[u8]) -> Option<String> {
    unsigned(octets).map(|number| number.to_string())
}

/// An unsigned number of at most eight octets.
pub(super) fn unsigned(octets: &[u8]) -> Option<u64> {
    let fits = (1..=8).contains(&octets.len());
    fits.then(|| {
        octets
            .iter()
            .fold(0, |number, octet| number << 8 | u64::from(*octet))
    })
}

/// An INTEGER: small ones as a number, large ones by their size.
pub(super) fn integer(octets: &[u8]) -> Option<String> {
    let negative = octets.first()? & 0x80 != 0;
    let significant = significant(octets);
    if octets.len() <= 8 {
        let sign = if negative { -1i64 } else { 0 };
        let number = octets
            .iter()
            .fold(sign, |number, octet| number << 8 | i64::from(*octet));
        return Some(number.to_string());
    }
    if negative {
        return Some(format!("negative number of {} bytes", octets.len()));
    }
    Some(match unsigned(significant) {
        Some(number) => number.to_string(),
        None if significant.is_empty() => "0".to_owned(),
        None => format!("number of {} bits", bit_length(significant)),
    })
}

/// Bits of an unsigned number.
pub(super) fn bit_length(octets: &[u8]) -> usize {
    let significant = significant(octets);
    let zeros = significant.first().map_or(0, |first| first.leading_zeros());
    (8 * significant.len()).saturating_sub(usize::try_from(zeros).unwrap_or_default())
}

/// An unsigned number without leading zeros.
pub(super) fn significant(octets: &[u8]) -> &[u8] {
    let zeros = octets.iter().take_while(|octet| **octet == 0).count();
    octets.get(zeros..).unwrap_or_default()
}

/// A code with the name that a table has for it.
pub(super) fn coded(octets: &[u8], names: Names) -> Option<String> {
    let code = unsigned(octets)?;
    Some(match names.iter().find(|(known, _)| *known == code) {
        Some((_, name)) => format!("{code} = {name}"),
        None => code.to_string(),
    })
}

/// A code that is written in hexadecimal, with the name that a table has for it.
pub(super) fn coded_hexadecimal(octets: &[u8], names: Names) -> Option<String> {
    let (code, text) = (unsigned(octets)?, hex::encode_upper(octets));
    Some(match names.iter().find(|(known, _)| *known == code) {
        Some((_, name)) => format!("{text} = {name}"),
        None => text,
    })
}

/// A day, YYYYMMDD in characters or in binary coded decimal, unknown parts zero.
pub(super) fn date(octets: &[u8]) -> Option<String> {
    let digits = digits(octets, 8)?;
    let (year, rest) = digits.split_at_checked(4)?;
    let (month, day) = rest.split_at_checked(2)?;
    Some(format!("{}-{}-{}", known(year), known(month), known(day)))
}

/// A moment, YYYYMMDDhhmmss in characters or in binary coded decimal.
pub(super) fn date_time(octets: &[u8]) -> Option<String> {
    generalized_time(digits(octets, 14)?.as_bytes())
}

/// A period of two days in binary coded decimal.
pub(super) fn period(octets: &[u8]) -> Option<String> {
    let (from, to) = octets.split_at_checked(4)?;
    Some(format!("{} to {}", date(from)?, date(to)?))
}

/// A day of a card verifiable certificate: YYMMDD, one digit in each octet (Doc 9303-12 §7.2.2).
pub(super) fn certificate_date(octets: &[u8]) -> Option<String> {
    let [y1, y2, m1, m2, d1, d2] = octets else {
        return None;
    };
    octets
        .iter()
        .all(|digit| *digit < 10)
        .then(|| format!("20{y1}{y2}-{m1}{m2}-{d1}{d2}"))
}

/// A moment as GeneralizedTime; the seconds may be missing, and the zone.
pub(super) fn generalized_time(octets: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(octets).ok()?;
    let (digits, zone) =
        text.split_at_checked(text.bytes().take_while(u8::is_ascii_digit).count())?;
    let part = |from: usize| digits.get(from..from + 2);
    let day = format!("{}-{}-{}", digits.get(..4)?, part(4)?, part(6)?);
    let minute = format!("{}:{}", part(8)?, part(10)?);
    let second = part(12)
        .map(|second| format!(":{second}"))
        .unwrap_or_default();
    let zone = match zone {
        "" => String::new(),
        "Z" => " UTC".to_owned(),
        other => format!(" {other}"),
    };
    (digits.len() <= 14).then(|| format!("{day} {minute}{second}{zone}"))
}

fn digits(octets: &[u8], count: usize) -> Option<String> {
    let digits = if octets.len() == count {
        String::from_utf8(octets.to_vec()).ok()?
    } else if 2 * octets.len() == count {
        hex::encode(octets)
    } else {
        return None;
    };
    digits
        .bytes()
        .all(|digit| digit.is_ascii_digit())
        .then_some(digits)
}

fn known(part: &str) -> String {
    if part.bytes().all(|digit| digit == b'0') {
        "?".repeat(part.len())
    } else {
        part.to_owned()
    }
}

/// Version of the data structure: four digits (Doc 9303-10 §4.6.1).
pub(super) fn lds_version(octets: &[u8]) -> Option<String> {
    version(octets, 2)
}

/// Version of Unicode: six digits (Doc 9303-10 §4.6.1).
pub(super) fn unicode_version(octets: &[u8]) -> Option<String> {
    version(octets, 3)
}

fn version(octets: &[u8], parts: usize) -> Option<String> {
    let digits = digits(octets, 2 * parts)?;
    let numbers = (0..parts).map(|part| {
        digits
            .get(2 * part..2 * part + 2)?
            .parse::<u8>()
            .ok()
            .map(|number| number.to_string())
    });
    Some(numbers.collect::<Option<Vec<_>>>()?.join("."))
}

/// The tag list of EF.COM: which data groups there are.
pub(super) fn data_groups(octets: &[u8]) -> Option<String> {
    let name = |tag: &u8| {
        File::from_tag(Tag::new((*tag).into()))
            .map_or_else(|| format!("{tag:02X}?"), |file| file.name().to_owned())
    };
    Some(octets.iter().map(name).collect::<Vec<_>>().join(", "))
}

/// An application identifier.
pub(super) fn application(octets: &[u8]) -> Option<String> {
    const APPLICATIONS: [(&[u8], &str); 5] = [
        (&APPLICATION_AID, "eMRTD application"),
        (
            &[0xA0, 0x00, 0x00, 0x02, 0x47, 0x20, 0x01],
            "LDS2 travel records",
        ),
        (
            &[0xA0, 0x00, 0x00, 0x02, 0x47, 0x20, 0x02],
            "LDS2 visa records",
        ),
        (
            &[0xA0, 0x00, 0x00, 0x02, 0x47, 0x20, 0x03],
            "LDS2 additional biometrics",
        ),
        (
            &applet_spec::PERSONALISATION_AID,
            "personalisation application",
        ),
    ];
    let known = APPLICATIONS.into_iter().find(|(aid, _)| *aid == octets);
    Some(known.map_or_else(|| hex::encode_upper(octets), |(_, name)| name.to_owned()))
}

/// Card capabilities (ISO 7816-4 §12.1.1.9).
pub(super) fn card_capabilities(octets: &[u8]) -> Option<String> {
    const BITS: [(usize, u8, &str); 6] = [
        (0, 0x80, "selection by full name"),
        (0, 0x04, "short file identifiers"),
        (0, 0x02, "record numbers"),
        (2, 0x80, "command chaining"),
        (2, 0x40, "extended length"),
        (2, 0x20, "extended length information in EF.ATR/INFO"),
    ];
    let set = |(octet, bit, _): &&(usize, u8, &str)| {
        octets.get(*octet).is_some_and(|octet| octet & bit != 0)
    };
    let names: Vec<&str> = BITS.iter().filter(set).map(|(_, _, name)| *name).collect();
    Some(if names.is_empty() {
        "none of those known".to_owned()
    } else {
        names.join(", ")
    })
}

/// Which finger or eye (Doc 9303-10 §4.7.3).
pub(super) fn biometric_subtype(octets: &[u8]) -> Option<String> {
    const FINGERS: [&str; 6] = [
        "",
        " thumb",
        " pointer finger",
        " middle finger",
        " ring finger",
        " little finger",
    ];
    let &[code] = octets else { return None };
    let side = match code & 0b11 {
        0b01 => "right",
        0b10 => "left",
        _ => "no side given",
    };
    let finger = FINGERS.get(usize::from(code >> 2 & 0b111)).unwrap_or(&"");
    Some(if code == 0 {
        "no information".to_owned()
    } else {
        format!("{side}{finger}")
    })
}

/// Length of a salt.
pub(super) fn salt_length(octets: &[u8]) -> Option<String> {
    Some(format!("salt of {} bytes", unsigned(octets)?))
}

/// Number of a key.
pub(super) fn key_id(octets: &[u8]) -> Option<String> {
    Some(format!("key {}", integer(octets)?))
}

/// Size of an unsigned number.
pub(super) fn bits(octets: &[u8]) -> Option<String> {
    Some(format!("number of {} bits", bit_length(octets)))
}

/// Version of a certificate, which is counted from 0.
pub(super) fn certificate_version(octets: &[u8]) -> Option<String> {
    Some(format!("v{}", unsigned(octets)?.checked_add(1)?))
}

/// Number of standardised domain parameters (Doc 9303-11 table 12).
pub(super) fn domain_parameters(octets: &[u8]) -> Option<String> {
    coded(
        octets,
        &[
            (0, "1024-bit MODP group with 160-bit subgroup"),
            (1, "2048-bit MODP group with 224-bit subgroup"),
            (2, "2048-bit MODP group with 256-bit subgroup"),
            (8, "secp192r1"),
            (9, "brainpoolP192r1"),
            (10, "secp224r1"),
            (11, "brainpoolP224r1"),
            (12, "secp256r1"),
            (13, "brainpoolP256r1"),
            (14, "brainpoolP320r1"),
            (15, "secp384r1"),
            (16, "brainpoolP384r1"),
            (17, "brainpoolP512r1"),
            (18, "secp521r1"),
        ],
    )
}

/// The bits of KeyUsage (RFC 5280 §4.2.1.3).
pub(super) fn key_usage(octets: &[u8]) -> Option<String> {
    const BITS: [&str; 9] = [
        "digitalSignature",
        "nonRepudiation",
        "keyEncipherment",
        "dataEncipherment",
        "keyAgreement",
        "keyCertSign",
        "cRLSign",
        "encipherOnly",
        "decipherOnly",
    ];
    let (_, bits) = octets.split_first()?;
    let is_set = |index: usize| {
        bits.get(index / 8)
            .is_some_and(|octet| octet & 0x80 >> (index % 8) != 0)
    };
    let names: Vec<&str> = (0..)
        .zip(BITS)
        .filter(|(index, _)| is_set(*index))
        .map(|(_, name)| name)
        .collect();
    Some(names.join(", "))
}

/// An image: format and size.
pub(super) fn image(octets: &[u8]) -> Option<String> {
    use biometrics::image::{dimensions, sniff};
    let format = match sniff(octets) {
        Some(format) => format.to_string(),
        None => return Some("no known format of images".to_owned()),
    };
    Some(match dimensions(octets) {
        Ok((width, height)) => format!("{format}, {width} × {height} pixels"),
        Err(_) => format,
    })
}

/// An object identifier without tag and length, as in MANAGE SECURITY ENVIRONMENT.
pub(super) fn identifier(octets: &[u8]) -> Option<String> {
    oids::describe(octets)
}

/// Tags, one behind the other, by their names in a table.
pub(super) fn tag_list(octets: &[u8], name: impl Fn(u32) -> Option<&'static str>) -> String {
    let mut names = Vec::new();
    let mut rest = octets;
    while let [first, behind @ ..] = rest {
        let two = first & 0x1F == 0x1F;
        let (tag, behind) = match behind {
            [second, behind @ ..] if two => (u32::from(*first) << 8 | u32::from(*second), behind),
            _ => (u32::from(*first), behind),
        };
        names.push(name(tag).map_or_else(|| format!("{tag:02X}"), str::to_owned));
        rest = behind;
    }
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(tell: fn(&[u8]) -> Option<String>, octets: &[u8], expected: Option<&str>) {
        assert_eq!(tell(octets).as_deref(), expected, "{octets:02X?}");
    }

    #[test]
    fn dates() {
        check(date, b"19900101", Some("1990-01-01"));
        check(date, b"19900000", Some("1990-??-??"));
        check(date, &[0x19, 0x90, 0x01, 0x01], Some("1990-01-01"));
        check(date, b"1990010", None);
        check(date, &[0xFF; 8], None);
        check(date_time, b"20250101120000", Some("2025-01-01 12:00:00"));
        check(
            period,
            &[0x20, 0x02, 0x04, 0x01, 0x20, 0x07, 0x03, 0x31],
            Some("2002-04-01 to 2007-03-31"),
        );
        check(certificate_date, &[2, 6, 0, 1, 3, 1], Some("2026-01-31"));
        check(certificate_date, &[2, 6, 0, 1, 3, 10], None);
        check(generalized_time, "2026012é0000".as_bytes(), None);
    }

    #[test]
    fn numbers() {
        check(integer, &[0x00, 0x80], Some("128"));
        check(integer, &[0x00; 9], Some("0"));
        check(
            integer,
            &[&[0x00][..], &[0xFF; 32]].concat(),
            Some("number of 256 bits"),
        );
        check(integer, &[0x80; 9], Some("negative number of 9 bytes"));
        check(integer, &[], None);
        check(number, &[], None);
        check(number, &[0xFF; 8], Some("18446744073709551615"));
    }

    #[test]
    fn codes_and_lists() {
        check(lds_version, b"0108", Some("1.8"));
        check(unicode_version, b"040000", Some("4.0.0"));
        check(
            data_groups,
            &[0x61, 0x75, 0x99],
            Some("EF.DG1, EF.DG2, 99?"),
        );
        check(biometric_subtype, &[0x0A], Some("left pointer finger"));
        check(biometric_subtype, &[0x02], Some("left"));
        check(application, &APPLICATION_AID, Some("eMRTD application"));
        let name = |tag| (tag == 0x5F0E).then_some("full name");
        assert_eq!(
            tag_list(&[0x5F, 0x0E, 0x53, 0x5F], name),
            "full name, 53, 5F"
        );
    }
}
