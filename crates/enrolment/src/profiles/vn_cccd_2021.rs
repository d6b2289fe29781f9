//! The Vietnamese citizen identity card of 2021 (căn cước công dân gắn chip).
//!
//! A card of size TD1 whose numbers all follow from the twelve-digit personal number: the document number is its
//! digits 4 to 12, the card access number its last six. The holder's particulars are in EF.DG13, EF.DG11 is absent.
//!
//! Law: Law on citizen identification 2014 (ages), Decree 137/2015 Art. 13 and Circular 07/2016 (personal number),
//! Circular 06/2021 (the card). No text defines the chip: layout of EF.DG13, protocols and security object are as
//! observed on cards; JPEG 2000 in EF.DG2, the words for a card without expiry and dates with unknown parts
//! are assumed. What the next card has in common with this one is in [`super::vietnam`].

use crypto::{Cipher, CryptoRng, Curve, HashAlgorithm};
use lds::security_info::PaceMapping;
use lds::{Dg13, File};
use mrz::name::Choices;
use mrz::{Format, Mrz};
use time::macros::date;

use super::vietnam::{
    Card, CodesAfterMerger, MarriageAges, Parameters, ParentAges, QrPart, STATE, rules,
};
use crate::Result;
use crate::accepted::AcceptedRecord;
use crate::can::Can;
use crate::field::{Bilingual, Field};
use crate::finding::{Findings, Rule};
use crate::profile::{
    ActiveAuthenticationKey, Chip, ChipAuthenticationKey, FingerRule, HolderName, IssuerProfile,
    PaceOffer, PortraitCoding, PortraitRule, ProfileData, SecurityObjectRule,
};
use crate::record::Texts;
use crate::rules::Facts;

pub use super::vietnam::{NO_EXPIRY, PersonalNumber, Province, expiry_for};

/// The profile.
#[derive(Debug, Clone, Copy)]
pub struct VnCccd2021;

const CURVE: Curve = Curve::BrainpoolP256r1;
const CIPHER: Cipher = Cipher::Aes128;

/// The age from which fingerprints are taken: Law 26/2023.
const FINGERS_FROM: i32 = 6;

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
    document_code: "ID",
    issuing_state: STATE,
    country: "VN",
    mrz_format: Format::Td1,
    transliteration: Choices::RECOMMENDED,
    name_field: Field::FullName,
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
    optional: &[
        Field::CancelledNumber,
        Field::CmndNumber,
        Field::OtherName,
        Field::PlaceOfBirth,
        Field::PlaceOfBirthRegistration,
        Field::TemporaryResidence,
        Field::CurrentResidence,
        Field::Height,
        Field::EyeColour,
        Field::BloodGroup,
        Field::MaritalStatus,
        Field::FatherName,
        Field::FatherDateOfBirth,
        Field::FatherNumber,
        Field::FatherCmndNumber,
        Field::FatherNationality,
        Field::MotherName,
        Field::MotherDateOfBirth,
        Field::MotherNumber,
        Field::MotherCmndNumber,
        Field::MotherNationality,
        Field::SpouseName,
        Field::SpouseDateOfBirth,
        Field::SpouseNumber,
        Field::SpouseCmndNumber,
        Field::SpouseNationality,
        Field::RepresentativeName,
        Field::RepresentativeDateOfBirth,
        Field::RepresentativeNumber,
        Field::RepresentativeCmndNumber,
        Field::RepresentativeNationality,
        Field::RepresentativeRelation,
        Field::Children,
        Field::Represented,
        Field::HouseholdHead,
        Field::HouseholdHeadNumber,
        Field::HouseholdRelation,
        Field::HouseholdMembers,
        Field::ResidenceFileNumber,
        Field::DeclaredAbsence,
        Field::DateOfDeath,
        Field::DateMissing,
        Field::Telephone,
        Field::Mail,
        Field::ElectronicIdentity,
        Field::OtherInformation,
        Field::Profession,
        Field::PreviousDocumentNumber,
        Field::PreviousDateOfIssue,
        Field::PreviousDateOfExpiry,
        Field::PreviousPlaceOfIssue,
        Field::RequestKind,
        Field::RequestReason,
        Field::DocumentNumber,
        Field::IssuingAuthority,
    ],
    portrait: PortraitRule {
        min_width: 300,
        min_height: 400,
        coding: PortraitCoding::Jpeg2000,
        max_bytes: 15_000,
    },
    fingers: FingerRule {
        from_age: FINGERS_FROM,
    },
    data_groups: &[
        File::Dg1,
        File::Dg2,
        File::Dg3,
        File::Dg13,
        File::Dg14,
        File::Dg15,
    ],
    security_object: SecurityObjectRule {
        hash: HashAlgorithm::Sha256,
        names_versions: false,
    },
    chip: Chip {
        basic_access_control: true,
        pace: &[PaceOffer {
            mapping: PaceMapping::GenericMapping,
            cipher: CIPHER,
            curve: CURVE,
        }],
        chip_authentication: Some(ChipAuthenticationKey {
            curve: CURVE,
            cipher: CIPHER,
        }),
        active_authentication: Some(ActiveAuthenticationKey::Rsa { bits: 2048 }),
        terminal_authentication: true,
    },
};

static CARD: Card = Card {
    data: &DATA,
    parameters: &PARAMETERS,
};

impl IssuerProfile for VnCccd2021 {
    fn data(&self) -> &'static ProfileData {
        &DATA
    }

    fn rules(&self) -> &'static [&'static Rule] {
        rules::RULES
    }

    fn check(&self, facts: &Facts<'_>, findings: &mut Findings) {
        rules::check(facts, &PARAMETERS, findings);
    }

    fn name<'a>(&self, texts: &'a Texts) -> Option<HolderName<'a>> {
        CARD.name(texts)
    }

    fn document_number<'a>(&self, texts: &'a Texts) -> Option<&'a str> {
        CARD.document_number(texts)
    }

    fn can(&self, texts: &Texts, _: &mut dyn CryptoRng) -> Result<Can> {
        CARD.can(texts)
    }

    fn mrz(&self, record: &AcceptedRecord) -> Result<Mrz> {
        CARD.mrz(record)
    }

    fn dg13(&self, record: &AcceptedRecord) -> Result<Option<Dg13>> {
        CARD.dg13(record).map(Some)
    }

    fn qr_text(&self, record: &AcceptedRecord) -> Option<String> {
        CARD.qr_text(record)
    }
}
