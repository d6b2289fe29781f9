//! The Vietnamese citizen identity card of 2021 (căn cước công dân gắn chip).
//!
//! A card of size TD1 whose numbers all follow from the twelve-digit personal number: the document number is its
//! digits 4 to 12, the card access number its last six. The holder's particulars are in EF.DG13, EF.DG11 is absent.
//!
//! Law: Law on citizen identification 2014 (ages), Decree 137/2015 Art. 13 and Circular 07/2016 (personal number),
//! Circular 06/2021 (the card). No text defines the chip: layout of EF.DG13, protocols and security object are as
//! observed on cards; JPEG 2000 in EF.DG2, the words for a card without expiry and dates with unknown parts
//! are assumed. What the next card has in common with this one is in [`super::vietnam`].

use time::macros::date;

use super::vietnam::{
    self, Card, CodesAfterMerger, FINGERS_FROM, MarriageAges, Parameters, ParentAges, QrPart,
};
use crate::field::{Bilingual, Field};
use crate::profile::ProfileData;

pub use super::vietnam::{NO_EXPIRY, PersonalNumber, Province, expiry_for};

/// The profile.
pub(super) static CARD: Card = Card {
    data: &DATA,
    parameters: &PARAMETERS,
};

static PARAMETERS: Parameters = Parameters {
    place: Field::PlaceOfOrigin,
    residence: Field::PermanentResidence,
    first_card_from: 14,
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
    ],
};

static DATA: ProfileData = ProfileData {
    id: "vn-cccd-2021",
    title: Bilingual {
        en: "Vietnamese citizen identity card (2021)",
        vi: "Thẻ căn cước công dân gắn chip (2021)",
    },
    required: &[
        Field::PersonalNumber,
        Field::FullName,
        Field::DateOfBirth,
        Field::Sex,
        Field::Nationality,
        Field::EthnicGroup,
        Field::Religion,
        Field::PlaceOfOrigin,
        Field::PermanentResidence,
        Field::IdentifyingMarks,
        Field::DateOfIssue,
        Field::DateOfExpiry,
    ],
    optional: &[&[Field::PlaceOfBirthRegistration], vietnam::REGISTER],
    ..vietnam::COMMON
};
