//! The templates around biometric records (Doc 9303-10 §4.7.2 to §4.7.4), and the records of EF.DG3 and EF.DG4.

use iso7816::tlv::Tlv;
use lds::File;

use super::Test::{Length, Rule, Tag};
use super::{Finding, Held, Predicate, all_inside, broken, inside, outer, require};
use crate::conformance::Knowledge;

const GROUP: u32 = 0x7F61;
const TEMPLATE: u32 = 0x7F60;
const HEADER: u32 = 0xA1;
/// A record of ISO 19794.
pub(super) const BLOCK_19794: u32 = 0x5F2E;
/// A record of ISO 39794.
pub(super) const BLOCK_39794: u32 = 0x7F2E;
const FINGER: &str = "Doc 9303-10 §4.7.3";
const IRIS: &str = "Doc 9303-10 §4.7.4";
const DG3: Modality = Modality {
    file: File::Dg3,
    type_19794: 0x0007,
    type_39794: 0x0028,
    magic: b"FIR\0",
    standard_tag: 0x64,
};
const DG4: Modality = Modality {
    file: File::Dg4,
    type_19794: 0x0009,
    type_39794: 0x002C,
    magic: b"IIR\0",
    standard_tag: 0x66,
};

/// How a data group of biometrics writes what it holds.
pub(super) struct Modality {
    pub(super) file: File,
    /// CBEFF format types.
    pub(super) type_19794: u16,
    pub(super) type_39794: u16,
    /// How a record of ISO 19794 begins.
    pub(super) magic: &'static [u8],
    /// The tag of a record of ISO 39794.
    pub(super) standard_tag: u32,
}

#[rustfmt::skip]
pub(super) const TABLE: &[Predicate] = &[
    Predicate::new("dg3-tag", FINGER, "EF.DG3 has the tag 63", Tag(File::Dg3)),
    Predicate::new("dg3-length", FINGER, "EF.DG3 is one data object, all there, with the shortest length", Length(File::Dg3)),
    Predicate::new("dg3-group", FINGER, "EF.DG3 holds one group template 7F61", Rule(|k| one_group(k, &DG3))),
    Predicate::new("dg3-count", FINGER, "the number of the group is that of its templates", Rule(|k| count(k, &DG3))),
    Predicate::new("dg3-templates", FINGER, "the group holds templates 7F60 and no others", Rule(|k| templates_only(k, &DG3))),
    Predicate::new("dg3-header", FINGER, "each template has one header A1", Rule(|k| headers(k, &DG3))),
    Predicate::new("dg3-format-owner", FINGER, "the owner of the format of the first record is 0101", Rule(|k| format_owner(k, &DG3))),
    Predicate::new("dg3-format-type", FINGER, "the type of the format is one of fingers", Rule(|k| format_type(k, &DG3))),
    Predicate::new("dg3-subtype", FINGER, "each header says which finger", Rule(|k| subtype(k, &DG3, &[0x05, 0x06, 0x09, 0x0A, 0x0D, 0x0E, 0x11, 0x12, 0x15, 0x16]))),
    Predicate::new("dg3-block", FINGER, "each template has one data block 5F2E or 7F2E", Rule(|k| blocks(k, &DG3))),
    Predicate::new("dg3-block-fits", FINGER, "data block and type of the format are of one standard", Rule(|k| block_fits(k, &DG3))),
    Predicate::new("dg3-type-39794", FINGER, "the type of the format is 0028", Rule(|k| is_type_39794(k, &DG3))),
    Predicate::new("dg3-block-39794", FINGER, "the data block is 7F2E", Rule(|k| is_block_39794(k, &DG3))),
    Predicate::new("dg3-standard-tag", "ISO 39794-4", "the record has the tag 64", Rule(|k| standard_tag(k, &DG3))),
    Predicate::new("dg4-tag", IRIS, "EF.DG4 has the tag 76", Tag(File::Dg4)),
    Predicate::new("dg4-length", IRIS, "EF.DG4 is one data object, all there, with the shortest length", Length(File::Dg4)),
    Predicate::new("dg4-group", IRIS, "EF.DG4 holds one group template 7F61", Rule(|k| one_group(k, &DG4))),
    Predicate::new("dg4-count", IRIS, "the number of the group is that of its templates", Rule(|k| count(k, &DG4))),
    Predicate::new("dg4-templates", IRIS, "the group holds templates 7F60 and no others", Rule(|k| templates_only(k, &DG4))),
    Predicate::new("dg4-header", IRIS, "each template has one header A1", Rule(|k| headers(k, &DG4))),
    Predicate::new("dg4-format-owner", IRIS, "the owner of the format of the first record is 0101", Rule(|k| format_owner(k, &DG4))),
    Predicate::new("dg4-format-type", IRIS, "the type of the format is one of irises", Rule(|k| format_type(k, &DG4))),
    Predicate::new("dg4-subtype", IRIS, "each header says which eye", Rule(|k| subtype(k, &DG4, &[0x01, 0x02]))),
    Predicate::new("dg4-block", IRIS, "each template has one data block 5F2E or 7F2E", Rule(|k| blocks(k, &DG4))),
    Predicate::new("dg4-block-fits", IRIS, "data block and type of the format are of one standard", Rule(|k| block_fits(k, &DG4))),
    Predicate::new("dg4-type-39794", IRIS, "the type of the format is 002C", Rule(|k| is_type_39794(k, &DG4))),
    Predicate::new("dg4-block-39794", IRIS, "the data block is 7F2E", Rule(|k| is_block_39794(k, &DG4))),
    Predicate::new("dg4-standard-tag", "ISO 39794-6", "the record has the tag 66", Rule(|k| standard_tag(k, &DG4))),
    Predicate::new("dg4-iris-block", "ISO 39794-6", "the iris record can be read", Rule(iris_record)),
];

/// The templates of all records.
fn templates<'a>(knowledge: &'a Knowledge, modality: &Modality) -> Result<Vec<Tlv<'a>>, Finding> {
    all_inside(&inside(&outer(knowledge, modality.file)?, GROUP)?, TEMPLATE)
}

/// The templates of records, of which there must be one to say something about.
fn some_templates<'a>(
    knowledge: &'a Knowledge,
    modality: &Modality,
) -> Result<Vec<Tlv<'a>>, Finding> {
    let templates = templates(knowledge, modality)?;
    if templates.is_empty() {
        return Err(Finding::Absent(format!("record in {}", modality.file)));
    }
    Ok(templates)
}

pub(super) fn one_group(knowledge: &Knowledge, modality: &Modality) -> Held {
    let groups = all_inside(&outer(knowledge, modality.file)?, GROUP)?.len();
    require(groups == 1, || format!("{groups} objects 7F61"))
}

pub(super) fn count(knowledge: &Knowledge, modality: &Modality) -> Held {
    const INTEGER: u32 = 0x02;
    let group = inside(&outer(knowledge, modality.file)?, GROUP)?;
    let stated = inside(&group, INTEGER)?.value;
    let found = all_inside(&group, TEMPLATE)?.len();
    let is_count = matches!(stated, [number] if usize::from(*number) == found);
    require(is_count, || {
        format!("stated {}, there are {found}", hex::encode_upper(stated))
    })
}

pub(super) fn templates_only(knowledge: &Knowledge, modality: &Modality) -> Held {
    let group = inside(&outer(knowledge, modality.file)?, GROUP)?;
    let children = group
        .children()
        .or_else(|error| broken(error.to_string()))?;
    let stranger = children
        .iter()
        .find(|child| ![0x02, TEMPLATE].contains(&child.tag.get()));
    match stranger {
        Some(child) => broken(format!("an object {}", child.tag)),
        None => Ok(()),
    }
}

pub(super) fn headers(knowledge: &Knowledge, modality: &Modality) -> Held {
    for template in some_templates(knowledge, modality)? {
        let headers = all_inside(&template, HEADER)?.len();
        require(headers == 1, || format!("{headers} headers in a template"))?;
    }
    Ok(())
}

/// A number of two octets in the header of the first record.
fn header_number(knowledge: &Knowledge, modality: &Modality, tag: u32) -> Result<u16, Finding> {
    let first = *some_templates(knowledge, modality)?
        .first()
        .ok_or(Finding::Unread(modality.file))?;
    let object = inside(&inside(&first, HEADER)?, tag)?;
    match object.value.try_into() {
        Ok(octets) => Ok(u16::from_be_bytes(octets)),
        Err(_) => broken(format!("object {tag:02X} of {} octets", object.value.len())),
    }
}

pub(super) fn format_owner(knowledge: &Knowledge, modality: &Modality) -> Held {
    const JTC1_SC37: u16 = 0x0101;
    let owner = header_number(knowledge, modality, 0x87)?;
    require(owner == JTC1_SC37, || format!("owner {owner:04X}"))
}

fn type_of(knowledge: &Knowledge, modality: &Modality) -> Result<u16, Finding> {
    header_number(knowledge, modality, 0x88)
}

fn format_type(knowledge: &Knowledge, modality: &Modality) -> Held {
    let found = type_of(knowledge, modality)?;
    let known = [modality.type_19794, modality.type_39794].contains(&found);
    require(known, || format!("type {found:04X}"))
}

pub(super) fn is_type_19794(knowledge: &Knowledge, modality: &Modality) -> Held {
    let found = type_of(knowledge, modality)?;
    require(found == modality.type_19794, || format!("type {found:04X}"))
}

pub(super) fn is_type_39794(knowledge: &Knowledge, modality: &Modality) -> Held {
    only_39794(knowledge, modality)?;
    let found = type_of(knowledge, modality)?;
    require(found == modality.type_39794, || format!("type {found:04X}"))
}

fn subtype(knowledge: &Knowledge, modality: &Modality, known: &[u8]) -> Held {
    const SUBTYPE: u32 = 0x82;
    for template in some_templates(knowledge, modality)? {
        let object = inside(&inside(&template, HEADER)?, SUBTYPE)?;
        let right = matches!(object.value, [code] if known.contains(code));
        require(right, || {
            format!("subtype {}", hex::encode_upper(object.value))
        })?;
    }
    Ok(())
}

/// The data blocks of a template.
fn blocks_of<'a>(template: &Tlv<'a>) -> Result<Vec<Tlv<'a>>, Finding> {
    let mut blocks = all_inside(template, BLOCK_19794)?;
    blocks.extend(all_inside(template, BLOCK_39794)?);
    Ok(blocks)
}

pub(super) fn blocks(knowledge: &Knowledge, modality: &Modality) -> Held {
    for template in some_templates(knowledge, modality)? {
        let blocks = blocks_of(&template)?.len();
        require(blocks == 1, || {
            format!("{blocks} data blocks in a template")
        })?;
    }
    Ok(())
}

/// The data block of the first record.
pub(super) fn block<'a>(knowledge: &'a Knowledge, modality: &Modality) -> Result<Tlv<'a>, Finding> {
    let first = some_templates(knowledge, modality)?.into_iter().next();
    let blocks = first.map(|template| blocks_of(&template)).transpose()?;
    match blocks.unwrap_or_default().first() {
        Some(block) => Ok(*block),
        None => broken("no data block"),
    }
}

pub(super) fn block_fits(knowledge: &Knowledge, modality: &Modality) -> Held {
    let block = block(knowledge, modality)?;
    let found = type_of(knowledge, modality)?;
    let fits = match block.tag.get() {
        BLOCK_19794 => found == modality.type_19794 && block.value.starts_with(modality.magic),
        _ => found == modality.type_39794,
    };
    require(fits, || {
        format!("type {found:04X} with a data block {}", block.tag)
    })
}

/// Says nothing about a record of the older standard: neither its type nor its block is of the newer one.
fn only_39794(knowledge: &Knowledge, modality: &Modality) -> Held {
    let older = block(knowledge, modality)?.tag.get() == BLOCK_19794
        && type_of(knowledge, modality)? == modality.type_19794;
    match older {
        true => Err(Finding::Absent(format!(
            "record of ISO 39794 in {}",
            modality.file
        ))),
        false => Ok(()),
    }
}

pub(super) fn is_block_39794(knowledge: &Knowledge, modality: &Modality) -> Held {
    only_39794(knowledge, modality)?;
    let tag = block(knowledge, modality)?.tag;
    require(tag.get() == BLOCK_39794, || format!("data block {tag}"))
}

/// The record of ISO 39794, in the template A1 of its block.
pub(super) fn record_39794<'a>(
    knowledge: &'a Knowledge,
    modality: &Modality,
) -> Result<Tlv<'a>, Finding> {
    only_39794(knowledge, modality)?;
    let wrapper = inside(&block(knowledge, modality)?, 0xA1)?;
    let children = wrapper
        .children()
        .or_else(|error| broken(error.to_string()))?;
    children
        .first()
        .copied()
        .ok_or(Finding::Broken("an empty data block".to_owned()))
}

pub(super) fn standard_tag(knowledge: &Knowledge, modality: &Modality) -> Held {
    let tag = record_39794(knowledge, modality)?.tag;
    require(tag.get() == modality.standard_tag, || format!("tag {tag}"))
}

fn iris_record(knowledge: &Knowledge) -> Held {
    let record = record_39794(knowledge, &DG4)?;
    match biometrics::iris::iso39794_6::IrisRecord::parse(record.raw) {
        Ok(_) => Ok(()),
        Err(error) => broken(error.to_string()),
    }
}
