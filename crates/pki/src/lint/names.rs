//! Issuer and subject (Doc 9303-12 §7.1.1.1).

use const_oid::ObjectIdentifier;

use super::rules;
use super::sheet::Sheet;
use super::view::NameView;
use crate::name::Attribute;
use crate::oids;

const UTF8_STRING: u32 = 12;
const PRINTABLE_STRING: u32 = 19;
const IA5_STRING: u32 = 22;

/// Attributes whose syntax is IA5String: mail address and domain component.
const IA5_ATTRIBUTES: [ObjectIdentifier; 2] = [
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.1"),
    ObjectIdentifier::new_unwrap("0.9.2342.19200300.100.1.25"),
];

/// Checks one name; `which` is its field.
pub(super) fn check(view: &NameView, which: &str, sheet: &mut Sheet) {
    let name = &view.name;
    if name.country().is_none() {
        let found = format!("{which} {name}");
        sheet.find(&rules::COUNTRY_PRESENT, view.at, found, "countryName");
    }
    if name.attribute(oids::COMMON_NAME).is_none() {
        let found = format!("{which} {name}");
        sheet.find(&rules::COMMON_NAME_PRESENT, view.at, found, "commonName");
    }
    for attribute in name.attributes() {
        match attribute.kind {
            oids::COUNTRY_NAME => check_country(attribute, view.at, which, sheet),
            oids::SERIAL_NUMBER => {
                if attribute.string_type != PRINTABLE_STRING {
                    let found = written(attribute, which);
                    let rule = &rules::SERIAL_NUMBER_TYPE;
                    sheet.find(rule, view.at, found, "PrintableString");
                }
            }
            _ => check_text(attribute, view.at, which, sheet),
        }
    }
}

fn check_country(attribute: &Attribute, at: usize, which: &str, sheet: &mut Sheet) {
    let found = || written(attribute, which);
    if attribute.string_type != PRINTABLE_STRING {
        sheet.find(&rules::COUNTRY_TYPE, at, found(), "PrintableString");
    }
    let country = &attribute.value;
    if country.bytes().any(|byte| byte.is_ascii_lowercase()) {
        sheet.find(&rules::COUNTRY_CASE, at, found(), country.to_uppercase());
    }
    let letters = country.bytes().all(|byte| byte.is_ascii_alphabetic());
    if country.len() != 2 || !letters {
        sheet.find(&rules::COUNTRY_FORM, at, found(), "two letters");
    }
}

fn check_text(attribute: &Attribute, at: usize, which: &str, sheet: &mut Sheet) {
    let allowed = match attribute.string_type {
        UTF8_STRING | PRINTABLE_STRING => true,
        IA5_STRING => IA5_ATTRIBUTES.contains(&attribute.kind),
        _ => false,
    };
    if !allowed {
        for rule in [&rules::STRING_TYPE, &rules::STRING_TYPE_CERT] {
            let found = written(attribute, which);
            sheet.find(rule, at, found, "PrintableString or UTF8String");
        }
    }
}

fn written(attribute: &Attribute, which: &str) -> String {
    let string_type = match attribute.string_type {
        UTF8_STRING => "UTF8String",
        PRINTABLE_STRING => "PrintableString",
        20 => "T61String",
        IA5_STRING => "IA5String",
        28 => "UniversalString",
        30 => "BMPString",
        _ => "another type",
    };
    format!("{which}: \"{}\" as {string_type}", attribute.value)
}
