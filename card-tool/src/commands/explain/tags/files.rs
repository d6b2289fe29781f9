//! The files of the chip (Doc 9303-10 §3.11, §4.6, §4.7).

use super::biometric_data::{FACE, FINGER, IRIS};
use super::certificates::CONTENT_INFO;
use super::keys::SUBJECT_PUBLIC_KEY_INFO;
use super::security_infos::SECURITY_INFOS;
use crate::commands::explain::grammar::{ANY, Object, any, each, fields, record, row, value};
use crate::commands::explain::value as tell;
use crate::commands::explain::{biometric_record, mrz_lines, sum};

/// EF.ATR/INFO, a row of objects (Doc 9303-10 §3.11.1; ISO 7816-4 §12.1.1).
#[rustfmt::skip]
pub(in crate::commands::explain) const ATR_INFO: [Object; 8] = [
    value(0x43, "card service data", tell::hexadecimal),
    value(0x44, "initial access data", tell::hexadecimal),
    value(0x45, "card issuer's data", tell::hexadecimal),
    value(0x46, "pre-issuing data", tell::hexadecimal),
    value(0x47, "card capabilities", tell::card_capabilities),
    value(0x4F, "application identifier", tell::application),
    fields(0x7F66, "extended length information", &[
        value(0x02, "most bytes of a command", tell::number),
        value(0x02, "most bytes of an answer", tell::number),
    ]),
    value(0xE0, "buffer sizes (ISO 7816-4:2005)", tell::hexadecimal),
];

/// EF.DIR (Doc 9303-10 §3.11.2).
#[rustfmt::skip]
pub(in crate::commands::explain) const APPLICATION_TEMPLATE: Object = row(0x61, "application template", &[
    value(0x4F, "application identifier (AID)", tell::application),
    value(0x50, "application label", tell::text),
    value(0x51, "path", tell::hexadecimal),
    value(0x5F50, "uniform resource locator", tell::text),
    any(0x73, "discretionary data objects"),
]);

/// EF.CardAccess (Doc 9303-10 §3.11.3).
pub(in crate::commands::explain) const CARD_ACCESS: Object = SECURITY_INFOS;

/// EF.COM (Doc 9303-10 §4.6.1).
#[rustfmt::skip]
pub(in crate::commands::explain) const COM: Object = row(0x60, "EF.COM", &[
    value(0x5F01, "LDS version", tell::lds_version),
    value(0x5F36, "Unicode version", tell::unicode_version),
    value(0x5C, "tag list", tell::data_groups),
]);

/// EF.SOD (Doc 9303-10 §4.6.2).
pub(in crate::commands::explain) const SOD: Object = each(0x77, "EF.SOD", &CONTENT_INFO);

/// EF.DG1 (Doc 9303-10 §4.7.1).
pub(in crate::commands::explain) const DG1: Object = row(
    0x61,
    "EF.DG1",
    &[record(0x5F1F, "MRZ data object", mrz_lines::read).sum(sum::zone)],
);

/// EF.DG2 (Doc 9303-10 §4.7.2).
pub(in crate::commands::explain) const DG2: Object = row(0x75, "EF.DG2", BIOMETRICS);
/// EF.DG3 (Doc 9303-10 §4.7.3).
pub(in crate::commands::explain) const DG3: Object = row(0x63, "EF.DG3", BIOMETRICS);
/// EF.DG4 (Doc 9303-10 §4.7.4).
pub(in crate::commands::explain) const DG4: Object = row(0x76, "EF.DG4", BIOMETRICS);

#[rustfmt::skip]
const BIOMETRICS: &[Object] = &[
    row(0x7F61, "Biometric Information Group Template", &[
        value(0x02, "number of instances", tell::number),
        row(0x7F60, "Biometric Information Template", &[
            BIOMETRIC_HEADER,
            record(0x5F2E, "Biometric Data Block", biometric_record::read).sum(biometric_record::kind),
            row(0x7F2E, "Biometric Data Block", &[row(0xA1, "ISO 39794 data", &[FINGER, FACE, IRIS])]),
        ]),
    ]),
    value(0x53, "discretionary data", tell::count),
];

#[rustfmt::skip]
const BIOMETRIC_HEADER: Object = row(0xA1, "Biometric Header Template", &[
    value(0x80, "header version", tell::hexadecimal),
    value(0x81, "biometric type", |octets| tell::coded_hexadecimal(octets, &[(0x02, "face"), (0x08, "finger"), (0x10, "iris")])),
    value(0x82, "biometric subtype", tell::biometric_subtype),
    value(0x83, "creation date and time", tell::date_time),
    value(0x85, "validity period", tell::period),
    value(0x86, "creator of the reference data (PID)", tell::hexadecimal),
    value(0x87, "format owner", |octets| tell::coded_hexadecimal(octets, &[(0x0101, "JTC 1/SC 37")])),
    value(0x88, "format type", |octets| tell::coded_hexadecimal(octets, &[
        (0x07, "ISO 19794-4 finger image"), (0x08, "ISO 19794-5 face image"), (0x09, "ISO 19794-6 iris image"),
        (0x0B, "ISO 19794-6 iris image (old number)"), (0x28, "ISO 39794-4 finger image"), (0x2A, "ISO 39794-5 face image"),
        (0x2C, "ISO 39794-6 iris image"),
    ])),
]);

/// EF.DG5 (Doc 9303-10 §4.7.5).
#[rustfmt::skip]
pub(in crate::commands::explain) const DG5: Object = row(0x65, "EF.DG5", &[
    value(0x02, "number of images", tell::number),
    value(0x5F40, "displayed portrait", tell::image),
]);

/// EF.DG6 (Doc 9303-10 §4.7.6).
pub(in crate::commands::explain) const DG6: Object = any(0x66, "EF.DG6");

/// EF.DG7 (Doc 9303-10 §4.7.7).
#[rustfmt::skip]
pub(in crate::commands::explain) const DG7: Object = row(0x67, "EF.DG7", &[
    value(0x02, "number of images", tell::number),
    value(0x5F43, "displayed signature or usual mark", tell::image),
]);

const TEMPLATES: &[Object] = &[value(0x02, "number of templates", tell::number)];
/// EF.DG8 (Doc 9303-10 §4.7.8).
pub(in crate::commands::explain) const DG8: Object = row(0x68, "EF.DG8", TEMPLATES);
/// EF.DG9 (Doc 9303-10 §4.7.9).
pub(in crate::commands::explain) const DG9: Object = row(0x69, "EF.DG9", TEMPLATES);
/// EF.DG10 (Doc 9303-10 §4.7.10).
pub(in crate::commands::explain) const DG10: Object = row(0x6A, "EF.DG10", TEMPLATES);

/// EF.DG11 (Doc 9303-10 §4.7.11).
pub(in crate::commands::explain) const DG11: Object = row(0x6B, "EF.DG11", PERSONAL_DETAILS);

#[rustfmt::skip]
const PERSONAL_DETAILS: &[Object] = &[
    value(0x5C, "tag list", |octets| Some(tell::tag_list(octets, |tag| name_in(PERSONAL_DETAILS, tag)))),
    value(0x5F0E, "full name", tell::text),
    row(0xA0, "other names", &[value(0x02, "number of other names", tell::number), value(0x5F0F, "other name", tell::text)]),
    value(0x5F0F, "other name", tell::text),
    value(0x5F10, "personal number", tell::text),
    value(0x5F2B, "full date of birth", tell::date),
    value(0x5F11, "place of birth", tell::text),
    value(0x5F42, "permanent address", tell::text),
    value(0x5F12, "telephone", tell::text),
    value(0x5F13, "profession", tell::text),
    value(0x5F14, "title", tell::text),
    value(0x5F15, "personal summary", tell::text),
    value(0x5F16, "proof of citizenship", tell::image),
    value(0x5F17, "other valid travel document numbers", tell::text),
    value(0x5F18, "custody information", tell::text),
];

/// EF.DG12 (Doc 9303-10 §4.7.12).
pub(in crate::commands::explain) const DG12: Object = row(0x6C, "EF.DG12", DOCUMENT_DETAILS);

#[rustfmt::skip]
const DOCUMENT_DETAILS: &[Object] = &[
    value(0x5C, "tag list", |octets| Some(tell::tag_list(octets, |tag| name_in(DOCUMENT_DETAILS, tag)))),
    value(0x5F19, "issuing authority", tell::text),
    value(0x5F26, "date of issue", tell::date),
    row(0xA0, "other persons", &[value(0x02, "number of other persons", tell::number), value(0x5F1A, "other person", tell::text)]),
    value(0x5F1A, "other person", tell::text),
    value(0x5F1B, "endorsements, observations", tell::text),
    value(0x5F1C, "tax, exit requirements", tell::text),
    value(0x5F1D, "image of the front", tell::image),
    value(0x5F1E, "image of the rear", tell::image),
    value(0x5F55, "date and time of personalisation", tell::date_time),
    value(0x5F56, "serial number of the personalisation system", tell::text),
];

/// EF.DG13 of an issuer whose layout is not known (Doc 9303-10 §4.7.13).
pub(in crate::commands::explain) const DG13: Object = any(0x6D, "EF.DG13");

/// EF.DG13 of the Vietnamese citizen card (see [`lds::dg13::vietnam`]).
#[rustfmt::skip]
pub(in crate::commands::explain) const DG13_VIETNAM: Object = row(0x6D, "EF.DG13", &[
    fields(0x30, "citizen's particulars", &[
        any(0x02, "version"),
        any(0x06, "character set"),
        each(0x31, "fields", &CITIZEN_FIELD),
    ]),
]);

const CITIZEN_FIELD: Object =
    fields(0x30, "field", &[any(0x02, "id"), any(ANY, "value")]).folded(sum::citizen_field);

/// EF.DG14 (Doc 9303-10 §4.7.14).
pub(in crate::commands::explain) const DG14: Object = row(0x6E, "EF.DG14", &[SECURITY_INFOS]);

/// EF.DG15 (Doc 9303-10 §4.7.15).
pub(in crate::commands::explain) const DG15: Object =
    row(0x6F, "EF.DG15", &[SUBJECT_PUBLIC_KEY_INFO]);

/// EF.DG16 (Doc 9303-10 §4.7.16).
#[rustfmt::skip]
pub(in crate::commands::explain) const DG16: Object = row(0x70, "EF.DG16", &[
    value(0x02, "number of persons", tell::number),
    PERSON, PERSON.tagged(0xA2, "person 2"), PERSON.tagged(0xA3, "person 3"), PERSON.tagged(0xA4, "person 4"),
    PERSON.tagged(0xA5, "person 5"), PERSON.tagged(0xA6, "person 6"), PERSON.tagged(0xA7, "person 7"),
    PERSON.tagged(0xA8, "person 8"), PERSON.tagged(0xA9, "person 9"), PERSON.tagged(0xAA, "person 10"),
]);

#[rustfmt::skip]
const PERSON: Object = row(0xA1, "person 1", &[
    value(0x5F50, "date recorded", tell::date),
    value(0x5F51, "name", tell::text),
    value(0x5F52, "telephone", tell::text),
    value(0x5F53, "address", tell::text),
]);

fn name_in(table: &[Object], tag: u32) -> Option<&'static str> {
    table
        .iter()
        .find(|object| object.tag == tag)
        .map(|object| object.name)
}
