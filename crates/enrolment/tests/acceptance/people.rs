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

/// The day on which records for the card of 2024 are checked.
pub(crate) const TODAY_2026: Date = date!(2026 - 11 - 20);

/// A citizen of 27 who gets a card of 2024: every field that is not about death, absence or cancelled numbers.
pub(crate) fn holder() -> HolderRecord {
    with_images(&[
        (Field::PersonalNumber, "001099000001"),
        (Field::CmndNumber, "012345678"),
        (Field::FullName, "Họ Tên Mẫu"),
        (Field::OtherName, "Tên Mẫu"),
        (Field::DateOfBirth, "1999-02-01"),
        (Field::Sex, "male"),
        (Field::Nationality, "VNM"),
        (Field::EthnicGroup, "H'Mông"),
        (Field::Religion, "Phật giáo Hòa Hảo"),
        (Field::PlaceOfBirth, "Thị xã Mẫu, Hà Tây"),
        (
            Field::PlaceOfBirthRegistration,
            "Quận Ba Đình, Thành phố Hà Nội",
        ),
        (Field::PlaceOfOrigin, "Xã Mẫu, Hà Nam"),
        (
            Field::PermanentResidence,
            "Số 1, Phố Mẫu, Phường Mẫu, Hà Nội",
        ),
        (
            Field::TemporaryResidence,
            "Thôn Mẫu, Xã Mẫu, Tỉnh Ninh Bình",
        ),
        (Field::CurrentResidence, "Đặc khu Mẫu, Khánh Hoà"),
        (
            Field::IdentifyingMarks,
            "Sẹo chấm C:1cm trên sau đuôi mày trái",
        ),
        (Field::Height, "168"),
        (Field::EyeColour, "brown"),
        (Field::BloodGroup, "AB"),
        (Field::MaritalStatus, "married"),
        (Field::FatherName, "Họ Cha Mẫu"),
        (Field::FatherDateOfBirth, "1970-03-04"),
        (Field::FatherNumber, "035070000002"),
        (Field::FatherCmndNumber, "012345671"),
        (Field::FatherNationality, "VNM"),
        (Field::MotherName, "Họ Mẹ Mẫu"),
        (Field::MotherDateOfBirth, "1972"),
        (Field::MotherNumber, "035172000002"),
        (Field::SpouseName, "Họ Vợ Mẫu"),
        (Field::SpouseDateOfBirth, "2000-05"),
        (Field::SpouseNumber, "079300000003"),
        (
            Field::Children,
            "Họ Con Mẫu, 001223000004, VNM; Họ Con Út Mẫu",
        ),
        (Field::Represented, "Họ Con Mẫu, 001223000004"),
        (Field::HouseholdHead, "HỌ TÊN MẪU"),
        (Field::HouseholdHeadNumber, "001099000001"),
        (Field::HouseholdRelation, "self"),
        (
            Field::HouseholdMembers,
            "Họ Vợ Mẫu, 079300000003; Họ Con Mẫu",
        ),
        (Field::ResidenceFileNumber, "HS0001"),
        (Field::Telephone, "+84901234567"),
        (Field::Mail, "mau.specimen@example.org"),
        (Field::ElectronicIdentity, "level-2"),
        (Field::Profession, "Thợ mộc"),
        (Field::PreviousDocumentNumber, "001099000001"),
        (Field::PreviousDateOfIssue, "2021-05-10"),
        (Field::PreviousDateOfExpiry, "2024-02-01"),
        (
            Field::PreviousPlaceOfIssue,
            "Cục Cảnh sát quản lý hành chính về trật tự xã hội",
        ),
        (Field::RequestKind, "change"),
        (Field::RequestReason, "age-milestone"),
        (Field::DateOfIssue, "2026-11-20"),
        (Field::DateOfExpiry, "2039-02-01"),
    ])
}

/// A boy of six whose mother acts for him.
pub(crate) fn child() -> HolderRecord {
    with_images(&[
        (Field::PersonalNumber, "001220000015"),
        (Field::FullName, "Họ Con Mẫu"),
        (Field::DateOfBirth, "2020-05-04"),
        (Field::Sex, "male"),
        (Field::Nationality, "VNM"),
        (Field::EthnicGroup, "Kinh"),
        (Field::Religion, "Không"),
        (Field::PlaceOfBirthRegistration, "Phường Mẫu, Hà Nội"),
        (Field::PermanentResidence, "Phường Mẫu, Hà Nội"),
        (Field::MotherName, "Họ Mẹ Mẫu"),
        (Field::MotherDateOfBirth, "1992-07-08"),
        (Field::RepresentativeName, "Họ Mẹ Mẫu"),
        (Field::RepresentativeDateOfBirth, "1992-07-08"),
        (Field::RepresentativeNumber, "035192000006"),
        (Field::RepresentativeRelation, "mother"),
        (Field::RequestKind, "first"),
        (Field::DateOfIssue, "2026-11-20"),
        (Field::DateOfExpiry, "2034-05-04"),
    ])
}

/// Any of them, by the word of the tests: the id of a profile, or `child`.
pub(crate) fn whole(who: &str) -> (HolderRecord, &'static dyn IssuerProfile, Date) {
    match who {
        "vn-cccd-2021" => (citizen(), profile(who), TODAY),
        "vn-can-cuoc-2024" => (holder(), profile(who), TODAY_2026),
        "child" => (child(), profile("vn-can-cuoc-2024"), TODAY_2026),
        _ => (traveller(), profile("uto-passport"), TODAY),
    }
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
    accepted_on(TODAY, record, profile_id)
}

pub(crate) fn accepted_on(today: Date, record: HolderRecord, profile_id: &str) -> AcceptedRecord {
    let mut rng = StdRng::seed_from_u64(7);
    accept(record, profile(profile_id), today, &mut rng).unwrap_or_else(|refusal| {
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
