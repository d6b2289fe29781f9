//! EF.DG12: additional document details (Doc 9303-10 §4.7.12).

use iso7816::tlv::{Tag, Tlv};
use time::PrimitiveDateTime;

use crate::tagged_fields::{FieldReader, FieldWriter};
use crate::{DataObject, Deviations, File, FileContent, PartialDate, Result, Text};

const ISSUING_AUTHORITY: Tag = Tag::new(0x5F19);
const DATE_OF_ISSUE: Tag = Tag::new(0x5F26);
const OTHER_PERSON: Tag = Tag::new(0x5F1A);
const ENDORSEMENTS: Tag = Tag::new(0x5F1B);
const TAX_EXIT_REQUIREMENTS: Tag = Tag::new(0x5F1C);
const IMAGE_OF_FRONT: Tag = Tag::new(0x5F1D);
const IMAGE_OF_REAR: Tag = Tag::new(0x5F1E);
const PERSONALISED_AT: Tag = Tag::new(0x5F55);
const PERSONALISATION_SYSTEM: Tag = Tag::new(0x5F56);

/// EF.DG12. Every field is optional.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dg12 {
    /// Issuing authority.
    pub issuing_authority: Option<Text>,
    /// Date of issue.
    pub date_of_issue: Option<PartialDate>,
    /// Names of other persons on the document.
    pub other_persons: Vec<Text>,
    /// Endorsements and observations.
    pub endorsements: Option<Text>,
    /// Tax and exit requirements.
    pub tax_exit_requirements: Option<Text>,
    /// Image of the front of the document, JPEG or JPEG 2000.
    pub image_of_front: Option<Vec<u8>>,
    /// Image of the rear of the document, JPEG or JPEG 2000.
    pub image_of_rear: Option<Vec<u8>>,
    /// When the document was personalised, in the time of the issuer.
    pub personalised_at: Option<PrimitiveDateTime>,
    /// Serial number of the system that personalised it.
    pub personalisation_system: Option<Text>,
    /// Objects that are not known or were not understood.
    pub other: Vec<DataObject>,
}

impl FileContent for Dg12 {
    const FILE: File = File::Dg12;
    const TAG: Tag = Tag::new(0x6C);

    fn read(outer: &Tlv<'_>, deviations: &mut Deviations) -> Result<Self> {
        let mut fields = FieldReader::new(outer, OTHER_PERSON, deviations)?;
        Ok(Self {
            issuing_authority: fields.text(ISSUING_AUTHORITY),
            date_of_issue: fields.date(DATE_OF_ISSUE),
            other_persons: fields.group(OTHER_PERSON),
            endorsements: fields.text(ENDORSEMENTS),
            tax_exit_requirements: fields.text(TAX_EXIT_REQUIREMENTS),
            image_of_front: fields.image(IMAGE_OF_FRONT),
            image_of_rear: fields.image(IMAGE_OF_REAR),
            personalised_at: fields.date_time(PERSONALISED_AT),
            personalisation_system: fields.text(PERSONALISATION_SYSTEM),
            other: fields.rest(),
        })
    }

    fn value(&self) -> Vec<u8> {
        let mut fields = FieldWriter::default();
        fields.text(ISSUING_AUTHORITY, self.issuing_authority.as_ref());
        fields.date(DATE_OF_ISSUE, self.date_of_issue);
        fields.group(OTHER_PERSON, &self.other_persons);
        fields.text(ENDORSEMENTS, self.endorsements.as_ref());
        fields.text(TAX_EXIT_REQUIREMENTS, self.tax_exit_requirements.as_ref());
        fields.bytes(IMAGE_OF_FRONT, self.image_of_front.as_deref());
        fields.bytes(IMAGE_OF_REAR, self.image_of_rear.as_deref());
        fields.date_time(PERSONALISED_AT, self.personalised_at);
        fields.text(PERSONALISATION_SYSTEM, self.personalisation_system.as_ref());
        fields.rest(&self.other);
        fields.finish()
    }
}
