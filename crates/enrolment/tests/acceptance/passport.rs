//! The specimen passport: what its profile makes of a record.

use std::collections::BTreeMap;

use biometrics::finger::FingerPosition;
use enrolment::{Can, Field, MissingReason, RecordFile};
use lds::FileContent as _;

use crate::people::{PORTRAIT, PRINT, accepted, traveller};

const PROFILE: &str = "uto-passport";

#[test]
fn makes_a_zone_of_size_td3() {
    let mut record = traveller();
    record.set(Field::PersonalNumber, "ZE184226B");
    let mrz = accepted(record, PROFILE).mrz().unwrap();
    assert_eq!(
        mrz.lines(),
        [
            "PPUTOSPECIMEN<<TEST<<<<<<<<<<<<<<<<<<<<<<<<<",
            "X123456785UTO9001011F3105102ZE184226B<<<<<16",
        ]
    );
    assert!(mrz::Mrz::parse(&mrz.joined()).unwrap().1.is_empty());
}

#[test]
fn stores_the_particulars_of_holder_and_document() {
    let mut record = traveller();
    record.set(Field::GivenNames, "Tést Ánna");
    record.set(Field::OtherName, "Sample Tess");
    record.set(Field::PermanentResidence, "12 Example Rd, Exampleton, UTO");
    record.set(Field::Telephone, "+999123456789");
    record.set(Field::Title, "Dr");
    record.set(Field::DateOfBirth, "1990-01");
    let record = accepted(record, PROFILE);

    let dg11 = record.dg11().unwrap().unwrap();
    let read = lds::Dg11::parse(&dg11.to_bytes()).unwrap();
    assert!(read.deviations.is_empty());
    assert_eq!(
        read.value.full_name.unwrap().as_str(),
        Some("Specimen<<Tést<Ánna")
    );
    assert_eq!(read.value.other_names[0].as_str(), Some("Sample<Tess"));
    assert_eq!(read.value.date_of_birth.unwrap().digits(), "19900100");
    let address = read.value.permanent_address.unwrap();
    assert!(address.parts().eq(["12 Example Rd", "Exampleton", "UTO"]));
    assert_eq!(
        read.value.telephone.unwrap().as_str(),
        Some("+999123456789")
    );
    assert_eq!(read.value.profession, None);

    let dg12 = record.dg12().unwrap().unwrap();
    assert_eq!(
        dg12.issuing_authority.unwrap().as_str(),
        Some("Department of Specimens")
    );
    assert_eq!(dg12.date_of_issue.unwrap().digits(), "20210510");
    assert_eq!(record.dg13(), Ok(None));
    assert_eq!(record.qr_text(), None);
}

#[test]
fn draws_a_can_unless_the_record_names_one() {
    let drawn = accepted(traveller(), PROFILE);
    assert_eq!(drawn.can().expose().len(), Can::DIGITS);
    let mut record = traveller();
    record.set_can(Can::parse("314159").unwrap());
    assert_eq!(accepted(record, PROFILE).can().expose(), "314159");
}

#[test]
fn takes_a_holder_of_one_name() {
    let mut record = traveller();
    record.set(Field::GivenNames, "");
    let record = accepted(record, PROFILE);
    assert_eq!(record.mrz().unwrap().secondary_identifier(), "");
    let dg11 = record.dg11().unwrap().unwrap();
    assert_eq!(dg11.full_name.unwrap().as_str(), Some("Specimen"));
}

#[test]
fn begins_with_a_file() {
    let text = r#"
        profile = "uto-passport"
        portrait = "portrait.jpg"
        [fields]
        surname = "Specimen"
        date_of_birth = 1990-01-01
        sex = "female"
        nationality = "UTO"
        place_of_birth = "Exampleton, UTO"
        document_number = "X12345678"
        date_of_issue = "2021-05-10"
        date_of_expiry = "2031-05-10"
        issuing_authority = "Department of Specimens"
        [[fingers]]
        position = "right-index"
        image = "right-index.png"
        [[fingers]]
        position = "left-index"
        missing = "bandaged"
    "#;
    let images = BTreeMap::from([
        ("portrait.jpg".to_owned(), PORTRAIT.clone()),
        ("right-index.png".to_owned(), PRINT.clone()),
    ]);
    let file = RecordFile::parse(text).unwrap();
    assert_eq!(file.profile(), PROFILE);
    let record = accepted(file.with_images(&images).unwrap(), PROFILE);
    assert_eq!(record.document_number(), Ok("X12345678"));
    assert_eq!(record.portrait(), *PORTRAIT);
    let missing: Vec<_> = record.missing_prints().collect();
    assert_eq!(
        missing,
        [(FingerPosition::LEFT_INDEX, MissingReason::Bandaged)]
    );
}
