//! EF.DG11 and EF.DG12: details of the person and of the document. Every object is optional; one that is there must be right.

use lds::{Deviation, Dg11, Dg12, File, FileContent};

use super::Test::{Field, Length, Rule, Tag};
use super::{Held, Predicate, broken, inside, outer, parsed};
use crate::conformance::Knowledge;

const DG11: &str = "Doc 9303-10 §4.7.11";
const DG12: &str = "Doc 9303-10 §4.7.12";

#[rustfmt::skip]
pub(super) const TABLE: &[Predicate] = &[
    Predicate::new("dg11-tag", DG11, "EF.DG11 has the tag 6B", Tag(File::Dg11)),
    Predicate::new("dg11-length", DG11, "EF.DG11 is one data object, all there, with the shortest length", Length(File::Dg11)),
    Predicate::new("dg11-tag-list", DG11, "the tag list 5C names the objects that are there", Rule(tag_list::<Dg11>)),
    Predicate::new("dg11-full-name", DG11, "the full name is written as the standard has it", Field(File::Dg11, 0x5F0E)),
    Predicate::new("dg11-other-names", DG11, "other names, in a template with their number, are written as the standard has it", Field(File::Dg11, 0xA0)),
    Predicate::new("dg11-personal-number", DG11, "the personal number is written as the standard has it", Field(File::Dg11, 0x5F10)),
    Predicate::new("dg11-date-of-birth", DG11, "the full date of birth is written as the standard has it", Field(File::Dg11, 0x5F2B)),
    Predicate::new("dg11-place-of-birth", DG11, "the place of birth is written as the standard has it", Field(File::Dg11, 0x5F11)),
    Predicate::new("dg11-address", DG11, "the address is written as the standard has it", Field(File::Dg11, 0x5F42)),
    Predicate::new("dg11-telephone", DG11, "the telephone number is written as the standard has it", Field(File::Dg11, 0x5F12)),
    Predicate::new("dg11-profession", DG11, "the profession is written as the standard has it", Field(File::Dg11, 0x5F13)),
    Predicate::new("dg11-title", DG11, "the title is written as the standard has it", Field(File::Dg11, 0x5F14)),
    Predicate::new("dg11-summary", DG11, "the personal summary is written as the standard has it", Field(File::Dg11, 0x5F15)),
    Predicate::new("dg11-proof-of-citizenship", DG11, "the proof of citizenship, an image, is written as the standard has it", Field(File::Dg11, 0x5F16)),
    Predicate::new("dg11-other-documents", DG11, "the numbers of other travel documents are written as the standard has it", Field(File::Dg11, 0x5F17)),
    Predicate::new("dg12-tag", DG12, "EF.DG12 has the tag 6C", Tag(File::Dg12)),
    Predicate::new("dg12-length", DG12, "EF.DG12 is one data object, all there, with the shortest length", Length(File::Dg12)),
    Predicate::new("dg12-tag-list", DG12, "the tag list 5C names the objects that are there", Rule(tag_list::<Dg12>)),
    Predicate::new("dg12-issuing-authority", DG12, "the issuing authority is written as the standard has it", Field(File::Dg12, 0x5F19)),
    Predicate::new("dg12-date-of-issue", DG12, "the date of issue is written as the standard has it", Field(File::Dg12, 0x5F26)),
    Predicate::new("dg12-other-persons", DG12, "names of other persons, in a template with their number, are written as the standard has it", Field(File::Dg12, 0xA0)),
    Predicate::new("dg12-endorsements", DG12, "the endorsements are written as the standard has it", Field(File::Dg12, 0x5F1B)),
    Predicate::new("dg12-tax-exit", DG12, "the tax and exit requirements are written as the standard has it", Field(File::Dg12, 0x5F1C)),
    Predicate::new("dg12-front-image", DG12, "the image of the front is written as the standard has it", Field(File::Dg12, 0x5F1D)),
    Predicate::new("dg12-rear-image", DG12, "the image of the rear is written as the standard has it", Field(File::Dg12, 0x5F1E)),
    Predicate::new("dg12-personalised-at", DG12, "the time of personalisation is written as the standard has it", Field(File::Dg12, 0x5F55)),
    Predicate::new("dg12-personalisation-system", DG12, "the serial number of the system is written as the standard has it", Field(File::Dg12, 0x5F56)),
];

fn tag_list<F: FileContent>(knowledge: &Knowledge) -> Held {
    const TAG_LIST: u32 = 0x5C;
    inside(&outer(knowledge, F::FILE)?, TAG_LIST)?;
    let of_list = |deviation: &&Deviation| {
        matches!(
            deviation,
            Deviation::ListedOnly { .. } | Deviation::NotListed { .. }
        )
    };
    match parsed::<F>(knowledge)?.deviations.iter().find(of_list) {
        None => Ok(()),
        Some(deviation) => broken(deviation.to_string()),
    }
}
