//! The Vietnamese identity card of 2024 (căn cước), by Law 26/2023 and Circular 16/2024.
//!
//! Numbers, zone, chip and access are those of the card of 2021 as far as anybody has seen. What differs: there are
//! cards from birth on, below the age of fourteen a representative acts, the card names the place of birth registration
//! instead of the origin.
//!
//! Assumed, because one public source or none says so: the meaning of places 8 and 9 of EF.DG13, the order of the QR
//! code, that EF.DG13 holds no further fields (Circular 16/2024 Art. 6 (b) lists more than readers have found), and that a
//! card of a child below six, which prints no photo, has an EF.DG2 all the same (Doc 9303-10 §3 makes it mandatory).

use time::macros::date;

use super::vietnam::{
    self, Card, CodesAfterMerger, FINGERS_FROM, MarriageAges, Parameters, ParentAges, QrPart,
};
use crate::field::{Bilingual, Field};
use crate::profile::ProfileData;

/// The profile.
pub(super) static CARD: Card = Card {
    data: &DATA,
    parameters: &PARAMETERS,
};

static PARAMETERS: Parameters = Parameters {
    place: Field::PlaceOfBirthRegistration,
    residence: Field::PermanentResidence,
    first_card_from: 0,
    represented_below: 14,
    fingers_from: FINGERS_FROM,
    country_codes: 100..=999,
    codes_after_merger: CodesAfterMerger::Kept,
    two_levels_since: date!(2025 - 07 - 01),
    marriage: MarriageAges {
        female: 18,
        male: 20,
    },
    parents: ParentAges {
        impossible_below: 10,
        usual_mother: (15, 55),
        usual_father: (15, 80),
    },
    last_day_of_cmnd: date!(2024 - 12 - 31),
    cmnd_from: 14,
    qr: &[
        QrPart::Text(Field::PersonalNumber),
        QrPart::OldNumber,
        QrPart::FullName,
        QrPart::DateOfBirth,
        QrPart::Sex,
        QrPart::Text(Field::PermanentResidence),
        QrPart::DateOfIssue,
        QrPart::Text(Field::FatherName),
        QrPart::Text(Field::MotherName),
        QrPart::Text(Field::SpouseName),
        QrPart::Text(Field::CancelledNumber),
    ],
};

static DATA: ProfileData = ProfileData {
    id: "vn-can-cuoc-2024",
    title: Bilingual {
        en: "Vietnamese identity card (2024)",
        vi: "Thẻ căn cước (2024)",
    },
    required: &[
        Field::PersonalNumber,
        Field::FullName,
        Field::DateOfBirth,
        Field::Sex,
        Field::Nationality,
        Field::EthnicGroup,
        Field::Religion,
        Field::PlaceOfBirthRegistration,
        Field::PermanentResidence,
        Field::DateOfIssue,
        Field::DateOfExpiry,
    ],
    optional: &[
        &[Field::PlaceOfOrigin, Field::IdentifyingMarks],
        vietnam::REGISTER,
    ],
    ..vietnam::COMMON
};
