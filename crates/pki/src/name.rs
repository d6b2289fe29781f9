//! Distinguished names as the field writes them, compared by meaning.

use core::fmt;

use const_oid::ObjectIdentifier;

use crate::Result;
use crate::ber::{Element, Tag};
use crate::deviation::DeviationKind;
use crate::oids;

/// Most attributes of one name.
const MAX_NAME_ATTRIBUTES: usize = 64;

/// A distinguished name (RFC 5280 §4.1.2.4).
///
/// Two names are equal when they hold the same attributes with the same text, whatever the string types, the case, the
/// blanks and the order of the attributes: signers and certificate writers of one country disagree in all four.
#[derive(Debug, Clone)]
pub struct Name {
    der: Vec<u8>,
    attributes: Vec<Attribute>,
    canonical: String,
}

/// One attribute of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// What it says.
    pub kind: ObjectIdentifier,
    /// Its text.
    pub value: String,
    /// Number of the universal string type it is written in: 12 UTF8String, 19 PrintableString.
    pub string_type: u32,
}

impl Name {
    /// The bytes as they were read.
    #[must_use]
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }

    /// The attributes in the order they are written.
    #[must_use]
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// The text of the first attribute of this kind.
    #[must_use]
    pub fn attribute(&self, kind: ObjectIdentifier) -> Option<&str> {
        self.attributes
            .iter()
            .find(|attribute| attribute.kind == kind)
            .map(|attribute| attribute.value.as_str())
    }

    /// countryName as written; see [`crate::issuing_state`] for comparisons.
    #[must_use]
    pub fn country(&self) -> Option<&str> {
        self.attribute(oids::COUNTRY_NAME)
    }

    /// A text that is the same for equal names.
    pub(crate) fn canonical(&self) -> &str {
        &self.canonical
    }

    /// Reads a name.
    pub(crate) fn read(element: &Element<'_>) -> Result<Self> {
        let mut attributes = Vec::new();
        let mut rdns = element.children("name")?;
        while !rdns.is_empty() {
            let mut rdn = rdns
                .expect(Tag::SET, "relative distinguished name")?
                .children("relative distinguished name")?;
            while !rdn.is_empty() {
                if attributes.len() == MAX_NAME_ATTRIBUTES {
                    return Err(element.malformed("name of too many attributes"));
                }
                attributes.push(read_attribute(
                    &rdn.expect(Tag::SEQUENCE, "name attribute")?,
                )?);
            }
        }
        Ok(Self {
            der: element.raw.to_vec(),
            canonical: canonical(&attributes),
            attributes,
        })
    }

    /// Records what Doc 9303-12 §7.1 (table of certificate fields) wants otherwise.
    pub(crate) fn record_deviations(&self, element: &Element<'_>) {
        const ALLOWED: [u32; 2] = [12, 19];
        match self.country() {
            None => element.record(DeviationKind::NoCountry),
            Some(country) => {
                let two_letters =
                    country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase());
                if !two_letters {
                    element.record(DeviationKind::CountryForm);
                }
            }
        }
        const PRINTABLE: u32 = 19;
        const PRINTABLE_ONLY: [ObjectIdentifier; 2] = [oids::COUNTRY_NAME, oids::SERIAL_NUMBER];
        for attribute in &self.attributes {
            let wants_printable = PRINTABLE_ONLY.contains(&attribute.kind);
            if !ALLOWED.contains(&attribute.string_type)
                || (wants_printable && attribute.string_type != PRINTABLE)
            {
                element.record(DeviationKind::StringType(attribute.string_type));
            }
        }
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.canonical == other.canonical
    }
}

impl Eq for Name {}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, attribute) in self.attributes.iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}")?;
            match short_name(attribute.kind) {
                Some(name) => write!(f, "{name}=")?,
                None => write!(f, "{}=", attribute.kind)?,
            }
            // The text is foreign: a control character in it could rewrite a terminal.
            attribute
                .value
                .chars()
                .map(|c| {
                    if c.is_control() {
                        char::REPLACEMENT_CHARACTER
                    } else {
                        c
                    }
                })
                .try_for_each(|c| write!(f, "{c}"))?;
        }
        Ok(())
    }
}

fn short_name(kind: ObjectIdentifier) -> Option<&'static str> {
    [
        (oids::COMMON_NAME, "CN"),
        (oids::SERIAL_NUMBER, "serialNumber"),
        (oids::COUNTRY_NAME, "C"),
        (oids::LOCALITY_NAME, "L"),
        (oids::STATE_OR_PROVINCE_NAME, "ST"),
        (oids::ORGANIZATION_NAME, "O"),
        (oids::ORGANIZATIONAL_UNIT_NAME, "OU"),
    ]
    .into_iter()
    .find_map(|(oid, name)| (oid == kind).then_some(name))
}

fn read_attribute(element: &Element<'_>) -> Result<Attribute> {
    let mut fields = element.children("name attribute")?;
    let kind = fields
        .expect(Tag::OBJECT_IDENTIFIER, "type of name attribute")?
        .oid("type of name attribute")?;
    let value = fields.next("value of name attribute")?;
    fields.finish();
    Ok(Attribute {
        kind,
        value: text(&value)?,
        string_type: value.tag.universal_number().unwrap_or_default(),
    })
}

/// The text of a character string; what its type does not allow is replaced and recorded.
pub(crate) fn text(element: &Element<'_>) -> Result<String> {
    const T61: u32 = 20;
    const UNIVERSAL: u32 = 28;
    const BMP: u32 = 30;
    let octets = element.octets("character string")?;
    let units = |width: usize| {
        octets.chunks(width).map(|unit| {
            unit.iter()
                .fold(0, |code, byte| code << 8 | u32::from(*byte))
        })
    };
    let text: String = match element.tag.universal_number() {
        Some(BMP) => {
            let units: Vec<u16> = units(2).filter_map(|unit| unit.try_into().ok()).collect();
            String::from_utf16_lossy(&units)
        }
        Some(UNIVERSAL) => units(4)
            .map(|unit| char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect(),
        // T.61 as the field uses it is ISO 8859-1.
        Some(T61) => octets.iter().map(|byte| char::from(*byte)).collect(),
        _ => String::from_utf8_lossy(&octets).into_owned(),
    };
    if text.contains(char::REPLACEMENT_CHARACTER) {
        element.record(DeviationKind::StringContent);
    }
    Ok(text)
}

/// Attributes in order of type and text, text in lower case with single blanks (after RFC 5280 §7.1).
fn canonical(attributes: &[Attribute]) -> String {
    let mut lines: Vec<String> = attributes
        .iter()
        .map(|attribute| {
            let words: Vec<&str> = attribute.value.split_whitespace().collect();
            format!("{}={}", attribute.kind, words.join(" ").to_lowercase())
        })
        .collect();
    lines.sort();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use iso7816::tlv;

    use super::*;
    use crate::ber::Cursor;
    use crate::deviation::Deviations;

    fn der(attributes: &[(ObjectIdentifier, u32, &str)]) -> Vec<u8> {
        let mut name = tlv::Writer::new();
        name.nest(tlv::Tag::new(0x30), |name| {
            for (kind, string_type, value) in attributes {
                name.nest(tlv::Tag::new(0x31), |rdn| {
                    rdn.nest(tlv::Tag::new(0x30), |attribute| {
                        attribute
                            .object(tlv::Tag::new(0x06), kind.as_bytes())
                            .object(tlv::Tag::new(*string_type), value.as_bytes());
                    });
                });
            }
        });
        name.finish()
    }

    fn read(bytes: &[u8]) -> (Name, Vec<DeviationKind>) {
        let deviations = Deviations::default();
        let name = {
            let element = Cursor::new(bytes, &deviations).next("name").unwrap();
            let name = Name::read(&element).unwrap();
            name.record_deviations(&element);
            name
        };
        (
            name,
            deviations.into_vec().into_iter().map(|d| d.kind).collect(),
        )
    }

    #[test]
    fn order_case_blanks_and_string_type_do_not_matter() {
        let (c, cn, o) = (
            oids::COUNTRY_NAME,
            oids::COMMON_NAME,
            oids::ORGANIZATION_NAME,
        );
        let (name, deviations) = read(&der(&[(c, 19, "UT"), (o, 12, "TEST"), (cn, 12, "CSCA 1")]));
        assert_eq!(name.to_string(), "C=UT, O=TEST, CN=CSCA 1");
        assert_eq!(name.country(), Some("UT"));
        assert!(deviations.is_empty());
        for (attributes, equal) in [
            (
                &[(cn, 19, " csca  1"), (c, 12, "ut"), (o, 22, "Test")][..],
                true,
            ),
            (&[(c, 19, "UT"), (o, 12, "TEST"), (cn, 12, "CSCA1")], false),
            (&[(c, 19, "UT"), (cn, 12, "TEST"), (o, 12, "CSCA 1")], false),
            (&[(c, 19, "UT"), (cn, 12, "CSCA 1")], false),
        ] {
            assert_eq!(read(&der(attributes)).0 == name, equal, "{attributes:?}");
        }
    }

    #[test]
    fn deviations_of_names() {
        use DeviationKind::{CountryForm, NoCountry, StringType};
        let (c, cn) = (oids::COUNTRY_NAME, oids::COMMON_NAME);
        for (attributes, deviations) in [
            (&[(c, 19, "ut")][..], vec![CountryForm]),
            (&[(c, 19, "UTO")], vec![CountryForm]),
            (&[(cn, 12, "CSCA")], vec![NoCountry]),
            (&[(c, 19, "UT"), (cn, 20, "CSCA")], vec![StringType(20)]),
        ] {
            assert_eq!(read(&der(attributes)).1, deviations, "{attributes:?}");
        }
    }

    #[test]
    fn wide_strings_and_control_characters() {
        let name = read(&der(&[(oids::COMMON_NAME, 30, "\0C\0S")])).0;
        assert_eq!(name.attribute(oids::COMMON_NAME), Some("CS"));
        let name = read(&der(&[(oids::COMMON_NAME, 12, "a\u{1b}[2J")])).0;
        assert_eq!(name.to_string(), "CN=a\u{fffd}[2J");
    }
}
