use enrolment::Field;

use super::Person;
use crate::fingerprint::{Class, Finger};
use crate::portrait::look::{Beard, Brows, Clothes, Cut, Eyes, Face, Hair, Look, Skin};

/// The holder of a passport of Utopia.
pub(super) fn person() -> Person {
    Person {
        id: "uto-passport-anton",
        profile: "uto-passport",
        fields: FIELDS.to_vec(),
        look: look(),
        right_index: Finger {
            seed: 3_301,
            class: Class::Arch,
        },
        left_index: Finger {
            seed: 3_302,
            class: Class::LeftLoop,
        },
    }
}

const FIELDS: [(Field, &str); 24] = [
    (Field::PersonalNumber, "SPEC660730013"),
    (Field::Surname, "Specimen"),
    (Field::GivenNames, "Anton Örjan Søren"),
    (Field::OtherName, "Toni Specimen"),
    (Field::DateOfBirth, "1966-07-30"),
    (Field::Sex, "male"),
    (Field::Nationality, "UTO"),
    (Field::PlaceOfBirth, "Zenith, Utopia"),
    (Field::PermanentResidence, "1 Example Lane, Zenith, Utopia"),
    (Field::Height, "181"),
    (Field::EyeColour, "blue"),
    (Field::MaritalStatus, "married"),
    (Field::FatherName, "Sören Specimen"),
    (Field::MotherName, "Åse Specimen"),
    (Field::SpouseName, "Erika Specimen"),
    (Field::Telephone, "+99900000013"),
    (Field::Mail, "anton.specimen@example.org"),
    (Field::Profession, "Librarian"),
    (Field::Title, "Dr"),
    (Field::PreviousDocumentNumber, "S00000007"),
    (Field::DocumentNumber, "S00000013"),
    (Field::DateOfIssue, "2026-11-16"),
    (Field::DateOfExpiry, "2036-11-16"),
    (Field::IssuingAuthority, "Utopia Passport Office (SPECIMEN)"),
];

fn look() -> Look {
    Look {
        seed: 33,
        face: Face {
            width: 1.03,
            jaw: 1.08,
            chin: 1.12,
            sockets: 1.15,
            bridge: 1.5,
            nose: 1.02,
            mouth: 1.02,
            lips: 0.85,
            neck: 1.12,
            age: 0.85,
        },
        skin: Skin {
            tone: 0xE3_B4_95,
            blush: 0xCF_7F_6A,
            flush: 0.60,
            stubble: 0.25,
        },
        eyes: Eyes {
            iris: 0x52_69_7A,
            opening: 0.95,
            tilt: 0.0,
            crease: 0.075,
            lashes: 0.05,
        },
        brows: Brows {
            thickness: 1.25,
            arch: 0.7,
            colour: 0x5A_4A_3E,
        },
        lips: 0xBE_80_74,
        hair: Hair {
            cut: Cut::Short { receding: 0.75 },
            colour: 0x4A_3A_2E,
            gloss: 0xA8_9C_90,
            grey: 0.55,
        },
        beard: Some(Beard {
            colour: 0x5A_44_33,
            grey: 0.5,
        }),
        clothes: Clothes::Suit {
            jacket: 0x3C_4A_3F,
            shirt: 0xC9_D8_E6,
            tie: None,
        },
    }
}
