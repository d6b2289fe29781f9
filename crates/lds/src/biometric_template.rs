//! What EF.DG2, EF.DG3 and EF.DG4 share: biometric records with their headers (Doc 9303-10 §4.7.2 to §4.7.4).
//!
//! ```text
//! 7F61 { 02 number, 7F60 { A1 header, 5F2E record | 7F2E record } … } [53 issuer's own]
//! ```
//!
//! The records themselves, ISO 19794 and ISO 39794, are the matter of the `biometrics` crate.

mod header;
mod record;
mod subtype;

use iso7816::tlv::{Tag, Tlv, Writer};

pub use header::{BiometricHeader, ValidityPeriod};
pub use record::{BiometricRecord, RecordEncoding};
pub use subtype::{BiometricSubtype, Finger, Side};

use crate::asn1::{self, INTEGER};
use crate::data_object::{self, Row};
use crate::{DataObject, Deviation, Deviations, Error, Result};

const GROUP: Tag = Tag::new(0x7F61);
const INFORMATION: Tag = Tag::new(0x7F60);
const HEADER: Tag = Tag::new(0xA1);
const DISCRETIONARY: Tag = Tag::new(0x53);

/// What a biometric record is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Modality {
    /// A face, EF.DG2.
    Face,
    /// A finger, EF.DG3.
    Finger,
    /// An iris, EF.DG4.
    Iris,
}

/// One record with its header, a template `7F60`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BiometricInformation {
    /// What the record is.
    pub header: BiometricHeader,
    /// The record.
    pub record: BiometricRecord,
    /// Other objects of the template.
    pub other: Vec<DataObject>,
}

/// The content of EF.DG2, EF.DG3 or EF.DG4.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BiometricInformationGroup {
    /// The records, the interoperable one first.
    pub records: Vec<BiometricInformation>,
    /// Random content of a file without records: it makes the hashes of such files differ (Doc 9303-10 §4.7.3.2.2).
    pub discretionary: Option<Vec<u8>>,
    /// Other objects of the file.
    pub other: Vec<DataObject>,
}

impl Modality {
    /// Format type of a record (Doc 9303-10 §4.7.2 to §4.7.4).
    #[must_use]
    pub const fn format_type(self, record: &BiometricRecord) -> u16 {
        match (self, record) {
            (Self::Face, BiometricRecord::Iso19794(_)) => 0x0008,
            (Self::Face, BiometricRecord::Iso39794(_)) => 0x002A,
            (Self::Finger, BiometricRecord::Iso19794(_)) => 0x0007,
            (Self::Finger, BiometricRecord::Iso39794(_)) => 0x0028,
            (Self::Iris, BiometricRecord::Iso19794(_)) => 0x0009,
            (Self::Iris, BiometricRecord::Iso39794(_)) => 0x002C,
        }
    }

    /// Fewest and most records of the file. Irises may be none although a table of the standard wants one
    /// (Doc 9303-10 §4.7.4.2.2).
    const fn allowed(self) -> (usize, usize) {
        match self {
            Self::Face => (1, 9),
            Self::Finger => (0, u8::MAX as usize),
            Self::Iris => (0, 9),
        }
    }
}

impl BiometricInformation {
    /// A record with the header that the standard wants at least: owner and type of its format, and what part of the
    /// body it shows.
    #[must_use]
    pub fn new(
        modality: Modality,
        subtype: Option<BiometricSubtype>,
        record: BiometricRecord,
    ) -> Self {
        Self {
            header: BiometricHeader {
                subtype,
                format_owner: Some(BiometricHeader::JTC1_SC37),
                format_type: Some(modality.format_type(&record)),
                ..BiometricHeader::default()
            },
            record,
            other: Vec::new(),
        }
    }

    fn read(template: &Tlv<'_>, modality: Modality, deviations: &mut Deviations) -> Result<Self> {
        let mut row = Row::inside(template, deviations)?;
        let header = row.require(HEADER, "biometric header", deviations)?;
        let object = match row.take(RecordEncoding::Iso19794.tag(), deviations) {
            Some(object) => object,
            None => row.require(
                RecordEncoding::Iso39794.tag(),
                "biometric record",
                deviations,
            )?,
        };
        let other = row.rest(deviations);

        if object.value.is_empty() {
            let (tag, at) = (object.tag, object.at);
            deviations.push(Deviation::Empty { tag, at });
        }
        let record = BiometricRecord::of_tag(object.tag, object.value).ok_or(Error::Malformed {
            what: "biometric record",
            at: object.at,
        })?;
        let at = header.at;
        let header = BiometricHeader::read(&header, deviations)?;
        header.compare(modality, &record, at, deviations);
        Ok(Self {
            header,
            record,
            other,
        })
    }

    fn write(&self, template: &mut Writer) {
        template.nest(HEADER, |header| self.header.write(header));
        template.object(self.record.tag(), self.record.as_bytes());
        data_object::write_all(&self.other, template);
    }
}

impl BiometricInformationGroup {
    /// A group of these records.
    ///
    /// # Errors
    /// [`Error::Misuse`] when there are fewer or more than the file must hold.
    pub(crate) fn new(
        modality: Modality,
        records: impl IntoIterator<Item = (Option<BiometricSubtype>, BiometricRecord)>,
    ) -> Result<Self> {
        let records: Vec<_> = records
            .into_iter()
            .map(|(subtype, record)| BiometricInformation::new(modality, subtype, record))
            .collect();
        let (fewest, most) = modality.allowed();
        if !(fewest..=most).contains(&records.len()) {
            return Err(Error::Misuse("number of biometric records"));
        }
        Ok(Self {
            records,
            ..Self::default()
        })
    }

    /// A group without records.
    pub(crate) fn empty(random: &[u8]) -> Self {
        Self {
            discretionary: Some(random.to_vec()),
            ..Self::default()
        }
    }

    pub(crate) fn read(
        outer: &Tlv<'_>,
        modality: Modality,
        deviations: &mut Deviations,
    ) -> Result<Self> {
        let mut file = Row::inside(outer, deviations)?;
        let group = file.require(GROUP, "biometric information group", deviations)?;
        let discretionary = file.take(DISCRETIONARY, deviations);
        let other = file.rest(deviations);

        let mut row = Row::inside(&group, deviations)?;
        let count = row.require(INTEGER, "number of biometric records", deviations)?;
        let expected = usize::from(asn1::small(&count, deviations)?);
        let records = row
            .take_all(|tag| tag == INFORMATION, deviations)
            .iter()
            .map(|template| BiometricInformation::read(template, modality, deviations))
            .collect::<Result<Vec<_>>>()?;
        row.rest(deviations);

        report_count(&group, modality, expected, records.len(), deviations);
        if let Some(object) = discretionary.filter(|_| !records.is_empty()) {
            let (tag, at) = (object.tag, object.at);
            deviations.push(Deviation::Unexpected { tag, at });
        }
        Ok(Self {
            records,
            discretionary: discretionary.map(|object| object.value.to_vec()),
            other,
        })
    }

    pub(crate) fn value(&self) -> Vec<u8> {
        let mut file = Writer::new();
        file.nest(GROUP, |group| {
            asn1::write_unsigned(self.records.len() as u64, group);
            for record in &self.records {
                group.nest(INFORMATION, |template| record.write(template));
            }
        });
        if let Some(discretionary) = &self.discretionary {
            file.object(DISCRETIONARY, discretionary);
        }
        data_object::write_all(&self.other, &mut file);
        file.finish()
    }
}

fn report_count(
    group: &Tlv<'_>,
    modality: Modality,
    expected: usize,
    found: usize,
    deviations: &mut Deviations,
) {
    let (fewest, most) = modality.allowed();
    if found != expected || !(fewest..=most).contains(&found) {
        deviations.push(Deviation::Count {
            what: "biometric records",
            expected: expected.clamp(fewest, most),
            found,
            at: group.at,
        });
    }
}

#[cfg(test)]
mod tests;
