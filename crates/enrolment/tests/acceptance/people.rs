//! Specimen people whose records break no rule.

use std::sync::LazyLock;

use biometrics::finger::FingerPosition;
use biometrics::image::{Colour, Image, encode_jpeg, encode_png};
use enrolment::{
    AcceptedRecord, Field, Finger, HolderRecord, IssuerProfile, Print, accept, profiles,
};
use rand::SeedableRng;
use rand::rngs::StdRng;
use time::Date;
use time::macros::date;

/// The day on which all records here are checked.
pub(crate) const TODAY: Date = date!(2021 - 05 - 10);

pub(crate) static PORTRAIT: LazyLock<Vec<u8>> = LazyLock::new(|| portrait(413, 531));
pub(crate) static PRINT: LazyLock<Vec<u8>> = LazyLock::new(|| print(300, 400, 500));

/// A picture of this size, without a face.
pub(crate) fn portrait(width: u32, height: u32) -> Vec<u8> {
    let samples = vec![180; width as usize * height as usize * 3];
    encode_jpeg(
        &Image::new(Colour::Rgb8, width, height, samples).unwrap(),
        60,
    )
    .unwrap()
}

/// A grey picture of this size and resolution, without ridges.
pub(crate) fn print(width: u32, height: u32, ppi: u16) -> Vec<u8> {
    let samples = vec![90; width as usize * height as usize];
    let image = Image::new(Colour::Grey8, width, height, samples).unwrap();
    encode_png(&image.with_ppi(ppi)).unwrap()
}

pub(crate) fn profile(id: &str) -> &'static dyn IssuerProfile {
    profiles::by_id(id).expect("a profile of this id")
}

/// A citizen of 22 whose card is valid to the age of 25: sample A of EF.DG13.
pub(crate) fn citizen() -> HolderRecord {
    with_images(&[
        (Field::PersonalNumber, "001099000001"),
        (Field::FullName, "Họ Tên Mẫu"),
        (Field::DateOfBirth, "1999-02-01"),
        (Field::Sex, "male"),
        (Field::Nationality, "VNM"),
        (Field::EthnicGroup, "Kinh"),
        (Field::Religion, "Không"),
        (Field::PlaceOfOrigin, "Ba Đình, Hà Nội"),
        (Field::PermanentResidence, "Số 1, Phố Mẫu, Ba Đình, Hà Nội"),
        (
            Field::IdentifyingMarks,
            "Sẹo chấm C:1cm trên sau đuôi mày trái",
        ),
        (Field::FatherName, "Tên Cha Mẫu"),
        (Field::MotherName, "Tên Mẹ Mẫu"),
        (Field::PreviousDocumentNumber, "012345678"),
        (Field::DateOfIssue, "2021-05-10"),
        (Field::DateOfExpiry, "2024-02-01"),
    ])
}

pub(crate) fn traveller() -> HolderRecord {
    with_images(&[
        (Field::Surname, "Specimen"),
        (Field::GivenNames, "Test"),
        (Field::DateOfBirth, "1990-01-01"),
        (Field::Sex, "female"),
        (Field::Nationality, "UTO"),
        (Field::PlaceOfBirth, "Exampleton, UTO"),
        (Field::DocumentNumber, "X12345678"),
        (Field::DateOfIssue, "2021-05-10"),
        (Field::DateOfExpiry, "2031-05-10"),
        (Field::IssuingAuthority, "Department of Specimens"),
    ])
}

pub(crate) fn accepted(record: HolderRecord, profile_id: &str) -> AcceptedRecord {
    let mut rng = StdRng::seed_from_u64(7);
    accept(record, profile(profile_id), TODAY, &mut rng).unwrap_or_else(|refusal| {
        let findings: Vec<String> = refusal.findings.iter().map(ToString::to_string).collect();
        panic!("{findings:#?}")
    })
}

pub(crate) fn image(position: FingerPosition) -> Finger {
    let print = Print::Image(PRINT.clone());
    Finger { position, print }
}

fn with_images(texts: &[(Field, &str)]) -> HolderRecord {
    let mut record = HolderRecord::new();
    for (field, text) in texts {
        record.set(*field, *text);
    }
    record.set_portrait(PORTRAIT.clone());
    record.add_finger(image(FingerPosition::RIGHT_INDEX));
    record.add_finger(image(FingerPosition::LEFT_INDEX));
    record
}
