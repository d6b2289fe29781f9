//! The biometric header template `A1` (Doc 9303-10 §4.7.2; ISO 7816-11 §A).

use iso7816::tlv::{Tag, Tlv, Writer};
use time::PrimitiveDateTime;

use super::{BiometricRecord, BiometricSubtype, Modality};
use crate::data_object::{self, Row, understood};
use crate::date::{date_time_digits, date_time_from_digits, from_bcd, to_bcd};
use crate::{DataObject, Deviation, Deviations, PartialDate, Result};

const VERSION: Tag = Tag::new(0x80);
const BIOMETRIC_TYPE: Tag = Tag::new(0x81);
const SUBTYPE: Tag = Tag::new(0x82);
const CREATED: Tag = Tag::new(0x83);
const VALIDITY: Tag = Tag::new(0x85);
const CREATOR: Tag = Tag::new(0x86);
const FORMAT_OWNER: Tag = Tag::new(0x87);
const FORMAT_TYPE: Tag = Tag::new(0x88);

/// What a biometric record is. Only owner and type of the format are mandatory, and for fingers and irises the subtype.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BiometricHeader {
    /// Version of the header: `0101`.
    pub version: Option<[u8; 2]>,
    /// Type of biometrics, one to three octets: `02` face, `08` finger, `10` iris.
    pub biometric_type: Option<Vec<u8>>,
    /// Which finger or eye.
    pub subtype: Option<BiometricSubtype>,
    /// When the record was made.
    pub created: Option<PrimitiveDateTime>,
    /// From when to when it is valid.
    pub validity: Option<ValidityPeriod>,
    /// Who made it: product identifier.
    pub creator: Option<[u8; 4]>,
    /// Owner of the format of the record.
    pub format_owner: Option<u16>,
    /// Type of the format of the record.
    pub format_type: Option<u16>,
    /// Objects that are not known or were not understood.
    pub other: Vec<DataObject>,
}

/// First and last day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ValidityPeriod {
    /// First day.
    pub from: PartialDate,
    /// Last day.
    pub to: PartialDate,
}

impl BiometricHeader {
    /// JTC 1/SC 37 of ISO and IEC, the owner of the formats of ISO 19794 and ISO 39794.
    pub const JTC1_SC37: u16 = 0x0101;

    pub(super) fn read(header: &Tlv<'_>, deviations: &mut Deviations) -> Result<Self> {
        let mut fields = Fields {
            row: Row::inside(header, deviations)?,
            other: Vec::new(),
            deviations,
        };
        let mut read = Self {
            version: fields.take(VERSION, "version of the header", array),
            biometric_type: fields.take(BIOMETRIC_TYPE, "type of biometrics", biometric_type),
            subtype: fields.take(SUBTYPE, "finger or eye", subtype),
            created: fields.take(CREATED, "date and time", date_time),
            validity: fields.take(VALIDITY, "period of validity", validity),
            creator: fields.take(CREATOR, "product identifier", array),
            format_owner: fields.take(FORMAT_OWNER, "owner of the format", number),
            format_type: fields.take(FORMAT_TYPE, "type of the format", number),
            other: Vec::new(),
        };
        read.other = fields.other;
        read.other.extend(fields.row.rest(fields.deviations));
        Ok(read)
    }

    /// Reports what is missing or does not fit the record.
    pub(super) fn compare(
        &self,
        modality: Modality,
        record: &BiometricRecord,
        at: usize,
        deviations: &mut Deviations,
    ) {
        let has_subtype = modality == Modality::Face || self.subtype.is_some();
        for (present, tag) in [
            (has_subtype, SUBTYPE),
            (self.format_owner.is_some(), FORMAT_OWNER),
            (self.format_type.is_some(), FORMAT_TYPE),
        ] {
            if !present {
                deviations.push(Deviation::Missing { tag, at });
            }
        }
        let format_type = modality.format_type(record);
        for (regular, what) in [
            (
                self.format_owner
                    .is_none_or(|owner| owner == Self::JTC1_SC37),
                "owner of the format",
            ),
            (
                self.format_type.is_none_or(|found| found == format_type),
                "type of the format",
            ),
        ] {
            if !regular {
                deviations.push(Deviation::Value { what, at });
            }
        }
    }

    pub(super) fn write(&self, header: &mut Writer) {
        let created = self
            .created
            .map(|created| to_bcd(&date_time_digits(created)));
        let validity = self.validity.map(|period| {
            let ValidityPeriod { from, to } = period;
            to_bcd(&(from.digits() + &to.digits()))
        });
        let subtype = self.subtype.map(|subtype| vec![subtype.0]);
        let number = |number: u16| number.to_be_bytes().to_vec();
        for (tag, value) in [
            (VERSION, self.version.map(Vec::from)),
            (BIOMETRIC_TYPE, self.biometric_type.clone()),
            (SUBTYPE, subtype),
            (CREATED, created),
            (VALIDITY, validity),
            (CREATOR, self.creator.map(Vec::from)),
            (FORMAT_OWNER, self.format_owner.map(number)),
            (FORMAT_TYPE, self.format_type.map(number)),
        ] {
            if let Some(value) = value {
                header.object(tag, &value);
            }
        }
        data_object::write_all(&self.other, header);
    }
}

struct Fields<'a, 'd> {
    row: Row<'a>,
    other: Vec<DataObject>,
    deviations: &'d mut Deviations,
}

impl Fields<'_, '_> {
    fn take<T>(&mut self, tag: Tag, what: &'static str, read: fn(&[u8]) -> Option<T>) -> Option<T> {
        let object = self.row.take(tag, self.deviations)?;
        let content = read(object.value);
        understood(&object, what, content, &mut self.other, self.deviations)
    }
}

fn array<const N: usize>(value: &[u8]) -> Option<[u8; N]> {
    value.try_into().ok()
}

fn number(value: &[u8]) -> Option<u16> {
    array(value).map(u16::from_be_bytes)
}

fn biometric_type(value: &[u8]) -> Option<Vec<u8>> {
    (1..=3).contains(&value.len()).then(|| value.to_vec())
}

fn subtype(value: &[u8]) -> Option<BiometricSubtype> {
    array(value).map(|[code]| BiometricSubtype(code))
}

fn date_time(value: &[u8]) -> Option<PrimitiveDateTime> {
    date_time_from_digits(&from_bcd(value)?)
}

fn validity(value: &[u8]) -> Option<ValidityPeriod> {
    let digits = from_bcd(value)?;
    let (from, to) = digits.split_at_checked(8)?;
    Some(ValidityPeriod {
        from: PartialDate::from_digits(from)?,
        to: PartialDate::from_digits(to)?,
    })
}
