//! The rules of the Vietnamese cards.

use biometrics::finger::FingerPosition;
use enrolment::{Field, HolderRecord};

use super::{CC, CHILD, Case, VN, other, text};
use crate::people::{child, image};

pub(super) fn numbers_of_citizens() -> Vec<Case> {
    use Field::*;
    vec![
        text(CC, PersonalNumber, "315099000001", "vn-number-country")
            .with(|r| r.set(PreviousDocumentNumber, "315099000001")),
        text(
            CC,
            PlaceOfBirthRegistration,
            "Phường Mẫu, Cà Mau",
            "vn-number-registration",
        )
        .at(PersonalNumber),
        text(CC, CancelledNumber, "001099000001", "vn-cancelled-number"),
        text(CC, CancelledNumber, "00109900002", "vn-cancelled-number"),
        text(
            CC,
            PreviousDocumentNumber,
            "001099000002",
            "vn-previous-other",
        ),
        text(VN, PersonalNumber, "", "vn-number-left-out")
            .with(|r| r.set(PlaceOfBirthRegistration, "Phường Mẫu, Hà Nội"))
            .and("field-required", PersonalNumber),
        text(CC, PersonalNumber, "", "vn-number-known").and("field-required", PersonalNumber),
        text(VN, PlaceOfBirthRegistration, "", "vn-number-facts")
            .with(|r| r.set(PersonalNumber, ""))
            .and("field-required", PersonalNumber)
            .and("vn-number-left-out", PersonalNumber),
        text(CC, CmndNumber, "01234567", "vn-cmnd-form"),
        text(CHILD, CmndNumber, "012345671", "vn-cmnd-age"),
        text(VN, CmndNumber, "012345671", "vn-cmnd-differs"),
        text(CC, CmndNumber, "123456789", "vn-cmnd-made-up"),
        text(VN, PreviousDocumentNumber, "000000000", "vn-cmnd-made-up"),
    ]
}

pub(super) fn persons() -> Vec<Case> {
    use Field::*;
    vec![
        text(VN, FullName, "Họ Téná Mẫu", "vn-name-tones"),
        text(VN, FullName, "Họ Tên mẫu", "vn-name-small-letters"),
        text(VN, FullName, "Họ Tên Müller", "vn-name-letters"),
        text(VN, FullName, "Họ Tên Ǹau", "vn-name-letters"),
        text(VN, EthnicGroup, "Tây", "vn-ethnic-group"),
        text(VN, Religion, "Khác", "vn-religion"),
        text(VN, Telephone, "+840901234567", "vn-telephone"),
        other(VN, MaritalStatus, "vn-marriage-age", |r| {
            r.set(DateOfBirth, "2002-02-01");
            r.set(PersonalNumber, "001202000001");
            r.set(DateOfExpiry, "2027-02-01");
            r.set(MaritalStatus, "married");
            r.set(SpouseName, "Họ Vợ Mẫu");
        }),
        text(VN, MaritalStatus, "married", "vn-spouse-missing").at(SpouseName),
        other(CHILD, ElectronicIdentity, "vn-electronic-level", |r| {
            *r = infant();
            r.set(ElectronicIdentity, "level-2");
        }),
        text(CC, HouseholdHead, "Họ Vợ Mẫu", "vn-household-self").at(HouseholdRelation),
    ]
}

pub(super) fn relatives() -> Vec<Case> {
    use Field::*;
    vec![
        text(CC, FatherNumber, "03507000000", "vn-relative-number"),
        text(CC, HouseholdHeadNumber, "1", "vn-relative-number"),
        text(CC, SpouseCmndNumber, "01234567X", "vn-relative-cmnd"),
        other(CC, FatherNumber, "vn-relative-own-number", |r| {
            r.set(FatherNumber, "001070000001");
            r.set(PersonalNumber, "001070000001");
            r.set(PreviousDocumentNumber, "001070000001");
            r.set(DateOfBirth, "1970-03-04");
            r.set(FatherDateOfBirth, "");
            r.set(DateOfExpiry, "2030-03-04");
            r.set(MotherDateOfBirth, "");
            r.set(MotherNumber, "");
            r.set(RequestReason, "on-request");
        })
        .and("vn-parent-age", FatherName),
        other(CHILD, SpouseNumber, "vn-relative-same-number", |r| {
            r.set(FatherName, "Họ Cha Mẫu");
            r.set(FatherNumber, "035070000002");
            r.set(SpouseName, "Họ Khác");
            r.set(SpouseNumber, "035070000002");
        })
        .and("family-spouse-of-child", SpouseName)
        .and("vn-spouse-sex", SpouseNumber),
        text(CC, FatherNumber, "035170000002", "vn-relative-sex"),
        text(CC, MotherNumber, "035173000002", "vn-relative-year"),
        text(CC, FatherName, "", "vn-relative-nameless"),
        text(CC, MotherDateOfBirth, "1992", "vn-parent-age")
            .at(MotherName)
            .with(|r| r.set(MotherNumber, "")),
        text(CC, MotherNumber, "035192000002", "vn-parent-age")
            .at(MotherName)
            .with(|r| r.set(MotherDateOfBirth, "")),
        text(CC, FatherDateOfBirth, "1985-03-04", "vn-parent-unusual-age")
            .at(FatherName)
            .with(|r| r.set(FatherNumber, "")),
        text(CC, SpouseDateOfBirth, "2009-05", "vn-spouse-age")
            .at(SpouseName)
            .with(|r| r.set(SpouseNumber, "")),
        text(CC, SpouseNumber, "079200000003", "vn-spouse-sex"),
        other(
            CHILD,
            RepresentativeName,
            "vn-representative-missing",
            |r| {
                for field in [
                    RepresentativeName,
                    RepresentativeDateOfBirth,
                    RepresentativeNumber,
                    RepresentativeRelation,
                ] {
                    r.set(field, "");
                }
            },
        ),
        other(CHILD, RepresentativeName, "vn-representative-young", |r| {
            r.set(RepresentativeName, "Họ Chị Mẫu");
            r.set(RepresentativeDateOfBirth, "2008-11-21");
            r.set(RepresentativeNumber, "");
            r.set(RepresentativeRelation, "sibling");
        }),
        other(CC, RepresentativeName, "vn-representative-adult", |r| {
            r.set(RepresentativeName, "Họ Anh Mẫu");
            r.set(RepresentativeRelation, "sibling");
        }),
        text(
            CHILD,
            RepresentativeRelation,
            "",
            "vn-representative-relation",
        ),
        text(CHILD, MotherName, "Họ Mẹ Khác", "vn-representative-differs")
            .at(RepresentativeRelation),
    ]
}

pub(super) fn places_and_requests() -> Vec<Case> {
    use Field::*;
    vec![
        text(
            CC,
            PermanentResidence,
            "Phường Mẫu, Quận Mẫu, Hà Nội",
            "vn-address-district",
        ),
        text(
            CC,
            CurrentResidence,
            "Thị trấn Mẫu, Hà Nội",
            "vn-address-district",
        ),
        text(CC, TemporaryResidence, "Số 1, Hà Nội", "vn-address-commune"),
        text(
            CC,
            TemporaryResidence,
            "Xã Mẫu, Bắc Kạn",
            "vn-address-province-gone",
        ),
        text(
            CC,
            CurrentResidence,
            "Xã Mẫu, Hà Tây",
            "vn-address-province",
        ),
        other(VN, DateOfBirth, "vn-first-card", |r| {
            r.set(PersonalNumber, "001210000001");
            r.set(DateOfBirth, "2010-02-01");
            r.set(DateOfExpiry, "2024-02-01");
            r.set(PreviousDocumentNumber, "");
            r.set(RepresentativeName, "Tên Mẹ Mẫu");
            r.set(RepresentativeRelation, "mother");
        }),
        other(VN, DateOfBirth, "vn-first-card", |r| {
            r.set(PersonalNumber, "001221000001");
            r.set(DateOfBirth, "2021");
            r.set(DateOfExpiry, "2035-12-31");
            r.set(PreviousDocumentNumber, "");
            r.set(RepresentativeName, "Tên Mẹ Mẫu");
            r.set(RepresentativeRelation, "mother");
        })
        .and("vn-child-fingers", Fingerprints),
        born_this_year("2026", "2040-12-31"),
        born_this_year("2026-11", "2040-11-30"),
        other(CHILD, Fingerprints, "vn-child-fingers", |r| {
            *r = infant();
            r.add_finger(image(FingerPosition::LEFT_INDEX));
        }),
        text(CC, RequestReason, "lost", "vn-request-reason"),
        text(CC, RequestKind, "first", "vn-request-not-first").with(|r| r.set(RequestReason, "")),
        text(CC, PreviousDocumentNumber, "", "vn-request-no-previous"),
        other(CC, RequestReason, "vn-request-milestone", |r| {
            r.set(PersonalNumber, "001092000001");
            r.set(PreviousDocumentNumber, "001092000001");
            r.set(DateOfBirth, "1992-02-01");
            r.set(DateOfExpiry, "2032-02-01");
        }),
    ]
}

/// A newborn of whose birth not all is known, with fingers.
fn born_this_year(birth: &'static str, expiry: &'static str) -> Case {
    other(CHILD, Field::Fingerprints, "vn-child-fingers", move |r| {
        r.set(Field::PersonalNumber, "001226000015");
        r.set(Field::DateOfBirth, birth);
        r.set(Field::DateOfExpiry, expiry);
    })
}

/// The child, two years old and without fingers.
fn infant() -> HolderRecord {
    let whole = child();
    let mut record = HolderRecord::new();
    for (field, text) in whole.texts().iter() {
        record.set(field, text);
    }
    record.set_portrait(whole.portrait().unwrap().to_vec());
    record.set(Field::PersonalNumber, "001224000015");
    record.set(Field::DateOfBirth, "2024-05-04");
    record.set(Field::DateOfExpiry, "2038-05-04");
    record
}
