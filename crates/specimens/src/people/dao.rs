use enrolment::Field;

use super::Person;
use crate::fingerprint::{Class, Finger};
use crate::portrait::look::{Brows, Clothes, Cut, Eyes, Face, Hair, Look, Skin};

/// A citizen of Viet Nam whose card is valid to the age of forty.
pub(super) fn person() -> Person {
    Person {
        id: "vn-citizen-dao",
        profile: "vn-cccd-2021",
        fields: FIELDS.to_vec(),
        look: look(),
        right_index: Finger {
            seed: 2_201,
            class: Class::RightLoop,
        },
        left_index: Finger {
            seed: 2_202,
            class: Class::Whorl,
        },
    }
}

const FIELDS: [(Field, &str); 27] = [
    (Field::PersonalNumber, "048197000023"),
    (Field::FullName, "Trần Thị Đào Specimen"),
    (Field::OtherName, "Đào Specimen"),
    (Field::DateOfBirth, "1997-09-02"),
    (Field::Sex, "female"),
    (Field::Nationality, "VNM"),
    (Field::EthnicGroup, "Tày"),
    (Field::Religion, "Phật giáo"),
    (Field::PlaceOfBirth, "Phường Mẫu, Đà Nẵng"),
    (Field::PlaceOfBirthRegistration, "Phường Mẫu, Đà Nẵng"),
    (Field::PlaceOfOrigin, "Xã Mẫu, Cao Bằng"),
    (
        Field::PermanentResidence,
        "Căn hộ 1203, Tòa nhà Mẫu, Đường Mẫu kéo dài, Khu phố 7, Phường Mẫu Thượng, Đà Nẵng",
    ),
    (
        Field::TemporaryResidence,
        "Số 3, Đường Mẫu, Phường Mẫu, Huế",
    ),
    (Field::CurrentResidence, "Số 3, Đường Mẫu, Phường Mẫu, Huế"),
    (
        Field::IdentifyingMarks,
        "Sẹo chấm cách 2 cm trên trước đầu lông mày phải",
    ),
    (Field::Height, "158"),
    (Field::EyeColour, "brown"),
    (Field::BloodGroup, "AB+"),
    (Field::MaritalStatus, "single"),
    (Field::FatherName, "Trần Quốc Khánh Specimen"),
    (Field::MotherName, "Đỗ Thị Ước Specimen"),
    (Field::Telephone, "+84000000002"),
    (Field::Mail, "dao.specimen@example.org"),
    (Field::Profession, "Giáo viên"),
    (Field::PreviousDocumentNumber, "000000023"),
    (Field::DateOfIssue, "2026-11-16"),
    (Field::DateOfExpiry, "2037-09-02"),
];

fn look() -> Look {
    Look {
        seed: 22,
        face: Face {
            width: 0.97,
            jaw: 0.93,
            chin: 0.86,
            sockets: 0.62,
            bridge: 0.72,
            nose: 1.0,
            mouth: 0.94,
            lips: 1.22,
            neck: 0.84,
            age: 0.0,
        },
        skin: Skin {
            tone: 0xEC_C0_A0,
            blush: 0xDD_8A_78,
            flush: 0.60,
            stubble: 0.0,
        },
        eyes: Eyes {
            iris: 0x34_20_0F,
            opening: 1.08,
            tilt: 0.035,
            crease: 0.050,
            lashes: 0.75,
        },
        brows: Brows {
            thickness: 0.72,
            arch: 1.2,
            colour: 0x2A_1D_17,
        },
        lips: 0xC0_60_5C,
        hair: Hair {
            cut: Cut::Long,
            colour: 0x1B_13_10,
            gloss: 0x8A_74_68,
            grey: 0.0,
        },
        beard: None,
        clothes: Clothes::AoDai {
            silk: 0x1F_5D_63,
            trim: 0xD9_B5_6A,
        },
    }
}
