//! What the cards of both generations are as data; a profile says what is its own and takes the rest from here.

use crypto::{AgreementDomain, Cipher, Curve, HashAlgorithm};
use lds::File;
use lds::security_info::PaceMapping;
use mrz::Format;
use mrz::name::Choices;

use super::STATE;
use crate::field::{Bilingual, Field};
use crate::profile::{
    ActiveAuthenticationKey, Chip, ChipAuthenticationKey, FingerRule, PaceOffer, PortraitCoding,
    PortraitRule, ProfileData, SecurityObjectRule,
};

/// The age from which fingerprints are taken: Law 26/2023.
pub(in crate::profiles) const FINGERS_FROM: i32 = 6;

const CURVE: Curve = Curve::BrainpoolP256r1;
const CIPHER: Cipher = Cipher::Aes128;

/// What the register holds of a person beside what the cards demand.
pub(in crate::profiles) const REGISTER: &[Field] = &[
    Field::CancelledNumber,
    Field::CmndNumber,
    Field::OtherName,
    Field::PlaceOfBirth,
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
];

/// No profile by itself: it has no name.
pub(in crate::profiles) const COMMON: ProfileData = ProfileData {
    id: "",
    title: Bilingual { en: "", vi: "" },
    document_code: "ID",
    issuing_state: STATE,
    country: "VN",
    mrz_format: Format::Td1,
    transliteration: Choices::RECOMMENDED,
    name_field: Field::FullName,
    // Numbered by the person.
    document_numbers: None,
    required: &[],
    optional: &[REGISTER],
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
            domain: AgreementDomain::Ec(CURVE),
        }],
        chip_authentication: &[ChipAuthenticationKey {
            domain: AgreementDomain::Ec(CURVE),
            ciphers: &[CIPHER],
            key_id: None,
        }],
        active_authentication: Some(ActiveAuthenticationKey::Rsa { bits: 2048 }),
        terminal_authentication: true,
        pin: None,
        puk: None,
    },
};
