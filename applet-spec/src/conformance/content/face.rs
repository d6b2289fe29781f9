//! EF.DG2: a face, in either generation of formats.

use biometrics::face::iso39794_5::{FaceRecord, ImageKind, Representation};
use biometrics::image::{ImageFormat, sniff};
use iso7816::tlv::Tlv;
use lds::File;

use super::Test::{Length, Rule, Tag};
use super::biometric::{self, BLOCK_19794, BLOCK_39794, Modality};
use super::{Finding, Held, Predicate, all_inside, broken, inside, require};
use crate::conformance::Knowledge;

const FACE: &str = "Doc 9303-10 §4.7.2";
const OLDER: &str = "ISO 19794-5";
const NEWER: &str = "ISO 39794-5";
const DG2: Modality = Modality {
    file: File::Dg2,
    type_19794: 0x0008,
    type_39794: 0x002A,
    magic: b"FAC\0",
    standard_tag: 0x65,
};

#[rustfmt::skip]
pub(super) const TABLE: &[Predicate] = &[
    Predicate::new("dg2-tag", FACE, "EF.DG2 has the tag 75", Tag(File::Dg2)),
    Predicate::new("dg2-length", FACE, "EF.DG2 is one data object, all there, with the shortest length", Length(File::Dg2)),
    Predicate::new("dg2-group", FACE, "EF.DG2 holds one group template 7F61", Rule(|k| biometric::one_group(k, &DG2))),
    Predicate::new("dg2-count", FACE, "the number of the group is that of its templates", Rule(|k| biometric::count(k, &DG2))),
    Predicate::new("dg2-templates", FACE, "the group holds templates 7F60 and no others", Rule(|k| biometric::templates_only(k, &DG2))),
    Predicate::new("dg2-header", FACE, "each template has one header A1", Rule(|k| biometric::headers(k, &DG2))),
    Predicate::new("dg2-format-owner", FACE, "the owner of the format is 0101", Rule(|k| biometric::format_owner(k, &DG2))),
    Predicate::new("dg2-type-19794", FACE, "the type of the format is 0008", Rule(|k| biometric::is_type_19794(k, &DG2))),
    Predicate::new("dg2-block-19794", FACE, "the data block is 5F2E", Rule(is_block_19794)),
    Predicate::new("dg2-facial-header", OLDER, "the record begins with its format, its version and its own length", Rule(facial_header)),
    Predicate::new("dg2-facial-information", OLDER, "the facial information has 20 octets and codes of the standard", Rule(facial_information)),
    Predicate::new("dg2-feature-points", OLDER, "the feature points fit the block of the image", Rule(feature_points)),
    Predicate::new("dg2-image-information", OLDER, "the image information names a kind, a compression and a size", Rule(image_information)),
    Predicate::new("dg2-type-39794", FACE, "the type of the format is 002A", Rule(|k| biometric::is_type_39794(k, &DG2))),
    Predicate::new("dg2-block-39794", FACE, "the data block is 7F2E", Rule(|k| biometric::is_block_39794(k, &DG2))),
    Predicate::new("dg2-standard-tag", NEWER, "the record has the tag 65", Rule(|k| biometric::standard_tag(k, &DG2))),
    Predicate::new("dg2-face-record", NEWER, "the face record can be read", Rule(|k| record(k).map(drop))),
    Predicate::new("dg2-version", NEWER, "the version has a generation and a year", Rule(version)),
    Predicate::new("dg2-representations", NEWER, "there is a representation", Rule(|k| representations(k, 1, usize::MAX))),
    Predicate::new("dg2-one-representation", NEWER, "there is one representation", Rule(|k| representations(k, 1, 1))),
    Predicate::new("dg2-gender", NEWER, "the sex, if there is one, is a code of the standard", Rule(gender)),
    Predicate::new("dg2-image-representation", NEWER, "the image representation is a choice of the standard", Rule(image_representation)),
    Predicate::new("dg2-two-dimensional", NEWER, "the image is of two dimensions", Rule(two_dimensional)),
    Predicate::new("dg2-image-format", NEWER, "the image is JPEG or JPEG 2000", Rule(image_format)),
    Predicate::new("dg2-image-kind", NEWER, "the kind of image, if it is said, is that of travel documents", Rule(image_kind)),
];

/// Whether header or data block of EF.DG2 say that it is of the older generation, and of the newer one.
pub(super) fn forms(knowledge: &Knowledge) -> [bool; 2] {
    let block = biometric::block(knowledge, &DG2).map(|block| block.tag.get());
    let says = |of_type: Held, of_block: u32| of_type.is_ok() || block == Ok(of_block);
    [
        says(biometric::is_type_19794(knowledge, &DG2), BLOCK_19794),
        says(biometric::is_type_39794(knowledge, &DG2), BLOCK_39794),
    ]
}

fn is_block_19794(knowledge: &Knowledge) -> Held {
    let tag = biometric::block(knowledge, &DG2)?.tag;
    require(tag.get() == BLOCK_19794, || format!("data block {tag}"))
}

/// Octets of a record of ISO 19794-5; `at` is where they begin, from the start of the record.
fn octets<const N: usize>(record: &[u8], at: usize) -> Result<[u8; N], Finding> {
    let octets = record.get(at..).and_then(|rest| rest.first_chunk::<N>());
    octets
        .copied()
        .ok_or_else(|| Finding::Broken(format!("the record ends before octet {}", at + N)))
}

fn older_record(knowledge: &Knowledge) -> Result<&[u8], Finding> {
    let block = biometric::block(knowledge, &DG2)?;
    match block.tag.get() {
        BLOCK_19794 => Ok(block.value),
        _ => Err(Finding::Absent("record of ISO 19794 in EF.DG2".to_owned())),
    }
}

/// Where the parts of a record of one image begin.
mod offset {
    pub(super) const LENGTH: usize = 8;
    pub(super) const COUNT: usize = 12;
    pub(super) const BLOCK: usize = 14;
    pub(super) const POINTS: usize = BLOCK + 4;
    pub(super) const GENDER: usize = BLOCK + 6;
    pub(super) const EYES: usize = BLOCK + 7;
    pub(super) const HAIR: usize = BLOCK + 8;
    pub(super) const AFTER_INFORMATION: usize = BLOCK + 20;
}

const POINT_LEN: usize = 8;
const IMAGE_INFORMATION_LEN: usize = 12;

fn facial_header(knowledge: &Knowledge) -> Held {
    let record = older_record(knowledge)?;
    let begins = octets::<8>(record, 0)?;
    require(&begins == b"FAC\x00010\x00", || {
        format!("begins with {}", hex::encode_upper(begins))
    })?;
    let stated = u32::from_be_bytes(octets(record, offset::LENGTH)?);
    require(usize::try_from(stated) == Ok(record.len()), || {
        format!("length {stated} in a record of {}", record.len())
    })?;
    let images = u16::from_be_bytes(octets(record, offset::COUNT)?);
    require(images > 0, || "no image".to_owned())
}

fn facial_information(knowledge: &Knowledge) -> Held {
    /// Unspecified, male, female, unknown, other.
    const GENDERS: [u8; 5] = [0x00, 0x01, 0x02, 0x03, 0xFF];
    const LAST_EYE_COLOUR: u8 = 0x07;
    const LAST_HAIR_COLOUR: u8 = 0x07;
    const OTHER: u8 = 0xFF;
    let record = older_record(knowledge)?;
    let stated = u32::from_be_bytes(octets(record, offset::BLOCK)?);
    let left = record.len() - offset::BLOCK;
    require(
        usize::try_from(stated).is_ok_and(|stated| stated <= left),
        || format!("a block of {stated} octets where {left} are left"),
    )?;
    let [gender] = octets(record, offset::GENDER)?;
    let [eyes] = octets(record, offset::EYES)?;
    let [hair] = octets(record, offset::HAIR)?;
    octets::<20>(record, offset::BLOCK)?;
    let right = GENDERS.contains(&gender)
        && (eyes <= LAST_EYE_COLOUR || eyes == OTHER)
        && (hair <= LAST_HAIR_COLOUR || hair == OTHER);
    require(right, || {
        format!("codes {gender:02X}, {eyes:02X}, {hair:02X}")
    })
}

fn points(record: &[u8]) -> Result<usize, Finding> {
    Ok(usize::from(u16::from_be_bytes(octets(
        record,
        offset::POINTS,
    )?)))
}

fn feature_points(knowledge: &Knowledge) -> Held {
    let record = older_record(knowledge)?;
    let points = points(record)?;
    let end = offset::AFTER_INFORMATION + points * POINT_LEN + IMAGE_INFORMATION_LEN;
    require(end < record.len(), || {
        format!("{points} feature points lead beyond the record")
    })
}

fn image_information(knowledge: &Knowledge) -> Held {
    /// Basic, full frontal, token frontal.
    const LAST_KIND: u8 = 2;
    /// JPEG, JPEG 2000.
    const LAST_COMPRESSION: u8 = 1;
    let record = older_record(knowledge)?;
    let at = offset::AFTER_INFORMATION + points(record)? * POINT_LEN;
    let [kind, compression] = octets(record, at)?;
    let width = u16::from_be_bytes(octets(record, at + 2)?);
    let height = u16::from_be_bytes(octets(record, at + 4)?);
    let right = kind <= LAST_KIND && compression <= LAST_COMPRESSION && width > 0 && height > 0;
    require(right, || {
        format!("kind {kind}, compression {compression}, {width} by {height}")
    })
}

/// The record of ISO 39794-5, as the parser of `biometrics` reads it.
fn record(knowledge: &Knowledge) -> Result<FaceRecord, Finding> {
    let record = biometric::record_39794(knowledge, &DG2)?;
    match FaceRecord::parse(record.raw) {
        Ok((record, _)) => Ok(record),
        Err(error) => broken(error.to_string()),
    }
}

fn version(knowledge: &Knowledge) -> Held {
    let version = inside(&biometric::record_39794(knowledge, &DG2)?, 0xA0)?;
    inside(&version, 0x80)?;
    inside(&version, 0x81).map(drop)
}

fn representations(knowledge: &Knowledge, fewest: usize, most: usize) -> Held {
    let found = blocks(knowledge)?.len();
    require((fewest..=most).contains(&found), || {
        format!("{found} representations")
    })
}

/// The representation blocks.
fn blocks(knowledge: &Knowledge) -> Result<Vec<Tlv<'_>>, Finding> {
    let list = inside(&biometric::record_39794(knowledge, &DG2)?, 0xA1)?;
    all_inside(&list, 0x30)
}

fn first_representation(knowledge: &Knowledge) -> Result<Representation, Finding> {
    let first = record(knowledge)?.representations.into_iter().next();
    first.ok_or(Finding::Broken("no representation".to_owned()))
}

fn gender(knowledge: &Knowledge) -> Held {
    use biometrics::face::iso39794_5::Gender;
    const KNOWN: [Gender; 4] = [Gender::UNKNOWN, Gender::OTHER, Gender::MALE, Gender::FEMALE];
    let person = first_representation(knowledge)?.person;
    match person.and_then(|person| person.gender) {
        None => Err(Finding::Absent("sex in EF.DG2".to_owned())),
        Some(gender) => require(KNOWN.contains(&gender), || format!("{gender:?}")),
    }
}

/// The choice that holds the image.
fn image_choice(knowledge: &Knowledge) -> Result<Tlv<'_>, Finding> {
    const IMAGE_REPRESENTATION: u32 = 0xA1;
    let first = blocks(knowledge)?.into_iter().next();
    let first = first.ok_or(Finding::Broken("no representation".to_owned()))?;
    inside(&first, IMAGE_REPRESENTATION)
}

fn image_representation(knowledge: &Knowledge) -> Held {
    let choice = image_choice(knowledge)?;
    let children = choice
        .children()
        .or_else(|error| broken(error.to_string()))?;
    require(children.len() == 1, || {
        format!("{} choices", children.len())
    })
}

fn two_dimensional(knowledge: &Knowledge) -> Held {
    const BASE: u32 = 0xA0;
    const TWO_DIMENSIONAL: u32 = 0xA0;
    let base = inside(&image_choice(knowledge)?, BASE)?;
    inside(&base, TWO_DIMENSIONAL).map(drop)
}

fn image_format(knowledge: &Knowledge) -> Held {
    let image = first_representation(knowledge)?.image;
    match sniff(&image.data.0) {
        Some(ImageFormat::Jpeg | ImageFormat::Jp2 | ImageFormat::Jpeg2000Codestream) => Ok(()),
        _ => broken("neither JPEG nor JPEG 2000"),
    }
}

fn image_kind(knowledge: &Knowledge) -> Held {
    match first_representation(knowledge)?.image.information.kind {
        None => Err(Finding::Absent("kind of image in EF.DG2".to_owned())),
        Some(kind) => require(kind == ImageKind::MRTD, || format!("{kind:?}")),
    }
}
