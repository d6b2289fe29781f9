use enrolment::Field;

use super::Person;
use crate::fingerprint::{Class, Finger};
use crate::portrait::look::{Brows, Clothes, Cut, Eyes, Face, Hair, Look, Skin};

/// A citizen of Viet Nam whose card is valid to the age of sixty.
pub(super) fn person() -> Person {
    Person {
        id: "vn-citizen-nam",
        profile: "vn-cccd-2021",
        fields: FIELDS.to_vec(),
        look: look(),
        right_index: Finger {
            seed: 1_101,
            class: Class::Whorl,
        },
        left_index: Finger {
            seed: 1_104,
            class: Class::LeftLoop,
        },
    }
}

const FIELDS: [(Field, &str); 28] = [
    (Field::PersonalNumber, "001081000017"),
    (Field::FullName, "Nguyễn Văn Mẫu Specimen"),
    (Field::OtherName, "Mẫu Specimen"),
    (Field::DateOfBirth, "1981-04-12"),
    (Field::Sex, "male"),
    (Field::Nationality, "VNM"),
    (Field::EthnicGroup, "Kinh"),
    (Field::Religion, "Không"),
    (Field::PlaceOfBirth, "Phường Mẫu, Hà Nội"),
    (Field::PlaceOfBirthRegistration, "Phường Mẫu, Hà Nội"),
    (Field::PlaceOfOrigin, "Xã Mẫu, Ninh Bình"),
    (
        Field::PermanentResidence,
        "Số 1, Phố Mẫu, Phường Mẫu, Hà Nội",
    ),
    (
        Field::TemporaryResidence,
        "Số 2, Phố Mẫu, Phường Mẫu, Hải Phòng",
    ),
    (Field::CurrentResidence, "Số 1, Phố Mẫu, Phường Mẫu, Hà Nội"),
    (
        Field::IdentifyingMarks,
        "Nốt ruồi cách 1 cm dưới sau mép trái",
    ),
    (Field::Height, "170"),
    (Field::EyeColour, "brown"),
    (Field::BloodGroup, "O+"),
    (Field::MaritalStatus, "married"),
    (Field::FatherName, "Nguyễn Văn Bách Specimen"),
    (Field::MotherName, "Lê Thị Hoa Specimen"),
    (Field::SpouseName, "Phạm Thị Lan Specimen"),
    (Field::Telephone, "+84000000001"),
    (Field::Mail, "mau.specimen@example.org"),
    (Field::Profession, "Thợ mộc"),
    (Field::PreviousDocumentNumber, "000000017"),
    (Field::DateOfIssue, "2026-11-16"),
    (Field::DateOfExpiry, "2041-04-12"),
];

fn look() -> Look {
    Look {
        seed: 11,
        face: Face {
            width: 1.0,
            jaw: 1.04,
            chin: 1.05,
            sockets: 0.85,
            bridge: 0.85,
            nose: 1.12,
            mouth: 1.0,
            lips: 1.05,
            neck: 1.05,
            age: 0.35,
        },
        skin: Skin {
            tone: 0xE0_B2_8F,
            blush: 0xD0_8A_72,
            flush: 0.50,
            stubble: 0.30,
        },
        eyes: Eyes {
            iris: 0x3B_24_15,
            opening: 0.92,
            tilt: 0.03,
            crease: 0.055,
            lashes: 0.1,
        },
        brows: Brows {
            thickness: 1.1,
            arch: 0.8,
            colour: 0x1A_14_12,
        },
        lips: 0xB3_69_5C,
        hair: Hair {
            cut: Cut::Short { receding: 0.15 },
            colour: 0x16_11_0F,
            gloss: 0x6B_62_5E,
            grey: 0.025,
        },
        beard: None,
        clothes: Clothes::Suit {
            jacket: 0x23_2B_3D,
            shirt: 0xF1_F3_F6,
            tie: Some(0x6B_1F_2A),
        },
    }
}
