//! EF.DG11: additional personal details (Doc 9303-10 §4.7.11).

use iso7816::tlv::{Tag, Tlv};

use crate::tagged_fields::{FieldReader, FieldWriter};
use crate::{DataObject, Deviations, File, FileContent, PartialDate, Result, Text};

const FULL_NAME: Tag = Tag::new(0x5F0E);
const OTHER_NAME: Tag = Tag::new(0x5F0F);
const PERSONAL_NUMBER: Tag = Tag::new(0x5F10);
const DATE_OF_BIRTH: Tag = Tag::new(0x5F2B);
const PLACE_OF_BIRTH: Tag = Tag::new(0x5F11);
const PERMANENT_ADDRESS: Tag = Tag::new(0x5F42);
const TELEPHONE: Tag = Tag::new(0x5F12);
const PROFESSION: Tag = Tag::new(0x5F13);
const TITLE: Tag = Tag::new(0x5F14);
const PERSONAL_SUMMARY: Tag = Tag::new(0x5F15);
const PROOF_OF_CITIZENSHIP: Tag = Tag::new(0x5F16);
const OTHER_TRAVEL_DOCUMENTS: Tag = Tag::new(0x5F17);
const CUSTODY_INFORMATION: Tag = Tag::new(0x5F18);

/// EF.DG11. Every field is optional: the conditions of table 72 contradict the example of annex A.5.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dg11 {
    /// Full name in national characters, `<<` and `<` as in the machine readable zone, not truncated.
    pub full_name: Option<Text>,
    /// Other names, written as the full name.
    pub other_names: Vec<Text>,
    /// Personal number.
    pub personal_number: Option<Text>,
    /// Full date of birth.
    pub date_of_birth: Option<PartialDate>,
    /// Place of birth, parts separated by `<`.
    pub place_of_birth: Option<Text>,
    /// Permanent address, parts separated by `<`.
    pub permanent_address: Option<Text>,
    /// Telephone number, ITU-T E.164 recommended.
    pub telephone: Option<Text>,
    /// Profession.
    pub profession: Option<Text>,
    /// Title.
    pub title: Option<Text>,
    /// Personal summary.
    pub personal_summary: Option<Text>,
    /// Image of a proof of citizenship, JPEG or JPEG 2000.
    pub proof_of_citizenship: Option<Vec<u8>>,
    /// Numbers of other travel documents, separated by `<`.
    pub other_travel_documents: Option<Text>,
    /// Custody information.
    pub custody_information: Option<Text<999>>,
    /// Objects that are not known or were not understood.
    pub other: Vec<DataObject>,
}

impl FileContent for Dg11 {
    const FILE: File = File::Dg11;
    const TAG: Tag = Tag::new(0x6B);

    fn read(outer: &Tlv<'_>, deviations: &mut Deviations) -> Result<Self> {
        let mut fields = FieldReader::new(outer, OTHER_NAME, deviations)?;
        Ok(Self {
            full_name: fields.text(FULL_NAME),
            other_names: fields.group(OTHER_NAME),
            personal_number: fields.text(PERSONAL_NUMBER),
            date_of_birth: fields.date(DATE_OF_BIRTH),
            place_of_birth: fields.text(PLACE_OF_BIRTH),
            permanent_address: fields.text(PERMANENT_ADDRESS),
            telephone: fields.text(TELEPHONE),
            profession: fields.text(PROFESSION),
            title: fields.text(TITLE),
            personal_summary: fields.text(PERSONAL_SUMMARY),
            proof_of_citizenship: fields.image(PROOF_OF_CITIZENSHIP),
            other_travel_documents: fields.text(OTHER_TRAVEL_DOCUMENTS),
            custody_information: fields.text(CUSTODY_INFORMATION),
            other: fields.rest(),
        })
    }

    fn value(&self) -> Vec<u8> {
        let mut fields = FieldWriter::default();
        fields.text(FULL_NAME, self.full_name.as_ref());
        fields.group(OTHER_NAME, &self.other_names);
        fields.text(PERSONAL_NUMBER, self.personal_number.as_ref());
        fields.date(DATE_OF_BIRTH, self.date_of_birth);
        fields.text(PLACE_OF_BIRTH, self.place_of_birth.as_ref());
        fields.text(PERMANENT_ADDRESS, self.permanent_address.as_ref());
        fields.text(TELEPHONE, self.telephone.as_ref());
        fields.text(PROFESSION, self.profession.as_ref());
        fields.text(TITLE, self.title.as_ref());
        fields.text(PERSONAL_SUMMARY, self.personal_summary.as_ref());
        fields.bytes(PROOF_OF_CITIZENSHIP, self.proof_of_citizenship.as_deref());
        fields.text(OTHER_TRAVEL_DOCUMENTS, self.other_travel_documents.as_ref());
        fields.text(CUSTODY_INFORMATION, self.custody_information.as_ref());
        fields.rest(&self.other);
        fields.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Deviation, Parsed};

    fn parse(content: &str) -> Parsed<Dg11> {
        let value = test_support::unhex(content);
        Dg11::parse(&iso7816::tlv::encode(Dg11::TAG, &value)).unwrap()
    }

    fn check(content: &str, expected: Option<Deviation>) {
        let expected: Vec<_> = expected.into_iter().collect();
        assert_eq!(parse(content).deviations, expected, "{content}");
    }

    /// What issuers do in the field and readers put up with.
    #[test]
    fn names_in_a_template_and_without() {
        let (tag, at) = (OTHER_NAME, 6);
        // The standard leaves open whether the tag list names the template or what is in it.
        check("5C01A0 A007 020101 5F0F0141", None);
        check("5C025F0F A007 020101 5F0F0141", None);
        check(
            "5C025F0F 5F0F0141",
            Some(Deviation::WithoutTemplate { tag, at }),
        );
        let (what, expected, found) = ("texts in a group", 2, 1);
        check(
            "5C025F0F A007 020102 5F0F0141",
            Some(Deviation::Count {
                what,
                expected,
                found,
                at,
            }),
        );
    }

    #[test]
    fn contents_that_depart() {
        let (tag, at, what) = (DATE_OF_BIRTH, 6, "date");
        check(
            "5C025F2B 5F2B0419900101",
            Some(Deviation::BcdDate { tag, at }),
        );
        check(
            "5C025F2B 5F2B03313939",
            Some(Deviation::NotUnderstood { tag, at, what }),
        );
        check("5C025F2B 5F2B00", Some(Deviation::Empty { tag, at }));
        let (tag, what) = (PROFESSION, "format of an image");
        check("5C025F13 5F1300", Some(Deviation::Empty { tag, at }));
        check("5C025F16 5F160141", Some(Deviation::Value { what, at }));
        let (tag, limit) = (CUSTODY_INFORMATION, 999);
        let text = format!("5C025F18 5F188203E8{}", "41".repeat(1000));
        let length = 1000;
        check(
            &text,
            Some(Deviation::TextTooLong {
                tag,
                at: 8,
                length,
                limit,
            }),
        );
    }

    #[test]
    fn objects_and_their_list() {
        let tag = PERSONAL_NUMBER;
        check(
            "5C045F0E5F10 5F100131 5F0E0141",
            Some(Deviation::OutOfOrder { tag, at: 8 }),
        );
        check("5C045F0E5F10 5F0E0141", Some(Deviation::ListedOnly { tag }));
        let tag = FULL_NAME;
        check("5C00 5F0E0141", Some(Deviation::NotListed { tag, at: 4 }));
        check(
            "5C025F0E 5F0E0141 5F0E0142",
            Some(Deviation::Unexpected { tag, at: 10 }),
        );
        let tag = Tag::new(0x5C);
        check("5F0E0141", Some(Deviation::Missing { tag, at: 0 }));
    }

    #[test]
    fn nothing_is_lost() {
        let parsed = parse("5C065F0E5F2BDF01 5F0E0141 5F2B03313939 DF0102AABB").value;
        assert_eq!(parsed.full_name, Some(Text::new("A").unwrap()));
        assert_eq!(parsed.other.len(), 2);
        let again = Dg11::parse(&parsed.to_bytes()).unwrap().value;
        assert_eq!(again, parsed);
    }

    /// A date that cannot be understood, before and behind a group that cannot.
    #[test]
    fn what_was_kept_stays_in_its_order() {
        for content in [
            "5C055F2BA05F0F A0060201015F0F00 5F2B0358585A 5F0F0141",
            "5C055F0FA05F2B 5F2B0358585A A0060201015F0F00 5F0F0141",
            "5C055F0FA05F2B 5F0F0141 A003020300 5F2B0358585A DF010101",
        ] {
            let written = parse(content).value.to_bytes();
            let again = Dg11::parse(&written).unwrap().value;
            assert_eq!(again.to_bytes(), written, "{content}");
        }
    }

    /// What is empty is not there, so that the next of its kind is the first; writing makes no difference to it.
    #[test]
    fn behind_what_is_empty() {
        let name = Some(Text::new("A").unwrap());
        for (content, full_name, other_names, other) in [
            ("5C025F0E 5F0E00 5F0E0141", name.clone(), 0, 0),
            ("5C025F0E 5F0E00 5F0E00", None, 0, 0),
            ("5C025F0E 5F0E0141 5F0E00", name, 0, 1),
            ("5C025F16 5F1600 5F1600 5F1600", None, 0, 0),
            ("5C025F0F A003020100 A007 020101 5F0F0141", None, 1, 0),
        ] {
            let parsed = parse(content).value;
            assert_eq!(parsed.full_name, full_name, "{content}");
            assert_eq!(parsed.other_names.len(), other_names, "{content}");
            assert_eq!(parsed.other.len(), other, "{content}");
            let again = Dg11::parse(&parsed.to_bytes()).unwrap().value;
            assert_eq!(again, parsed, "{content}");
        }
    }
}
