//! The Vietnamese citizen identity card of 2021 (căn cước công dân gắn chip).
//!
//! A card of size TD1 whose numbers all follow from the twelve-digit personal number: the document number is its
//! digits 4 to 12, the card access number its last six. The holder's particulars are in EF.DG13, EF.DG11 is absent.
//!
//! Law: Law on citizen identification 2014 (ages), Decree 137/2015 Art. 13 and Circular 07/2016 (personal number),
//! Circular 06/2021 (the card). No text defines the chip: layout of EF.DG13, protocols and security object are as
//! observed on cards; JPEG 2000 in EF.DG2, the words for a card without expiry and dates with unknown parts
//! are assumed.

mod personal_number;
mod province;
mod rules;
mod validity;

pub use personal_number::PersonalNumber;
pub use province::Province;
pub use validity::expiry_for;

use crypto::{Cipher, CryptoRng, Curve, HashAlgorithm};
use lds::dg13::vietnam::{CitizenDate, VietnamCitizen};
use lds::security_info::PaceMapping;
use lds::{Dg13, File};
use mrz::name::{Choices, transliterate};
use mrz::{Fields, Format, Mrz, MrzDate, MrzTd1, Sex};

use crate::accepted::AcceptedRecord;
use crate::can::Can;
use crate::date::{BirthDate, Expiry};
use crate::field::{Bilingual, Field};
use crate::finding::{Findings, Rule};
use crate::profile::{
    ActiveAuthenticationKey, Chip, ChipAuthenticationKey, FingerRule, HolderName, IssuerProfile,
    PaceOffer, PortraitCoding, PortraitRule, ProfileData, SecurityObjectRule,
};
use crate::record::Texts;
use crate::rules::Facts;
use crate::{Error, Result};

/// The profile.
#[derive(Debug, Clone, Copy)]
pub struct VnCccd2021;

/// What the machine readable zone prints as the expiry of a card that has none.
pub const NO_EXPIRY: &str = "991231";

/// What the card prints, and EF.DG13 is assumed to hold, for a card without expiry.
const NO_EXPIRY_WORDS: &str = "Không thời hạn";

const STATE: &str = "VNM";
const CURVE: Curve = Curve::BrainpoolP256r1;
const CIPHER: Cipher = Cipher::Aes128;

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
        Field::MotherName,
        Field::SpouseName,
        Field::RepresentativeName,
        Field::Telephone,
        Field::Mail,
        Field::Profession,
        Field::PreviousDocumentNumber,
        Field::DocumentNumber,
        Field::IssuingAuthority,
    ],
    portrait: PortraitRule {
        min_width: 300,
        min_height: 400,
        coding: PortraitCoding::Jpeg2000,
        max_bytes: 15_000,
    },
    // Law 26/2023: no biometrics below the age of six.
    fingers: FingerRule { from_age: 6 },
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

impl IssuerProfile for VnCccd2021 {
    fn data(&self) -> &'static ProfileData {
        &DATA
    }

    fn rules(&self) -> &'static [&'static Rule] {
        &rules::RULES
    }

    fn check(&self, facts: &Facts<'_>, findings: &mut Findings) {
        rules::check(facts, findings);
    }

    /// The first word is the surname, the rest are middle and given names.
    fn name<'a>(&self, texts: &'a Texts) -> Option<HolderName<'a>> {
        let name = texts.get(Field::FullName)?;
        let (primary, secondary) = name.split_once(' ').unwrap_or((name, ""));
        Some(HolderName { primary, secondary })
    }

    fn document_number<'a>(&self, texts: &'a Texts) -> Option<&'a str> {
        PersonalNumber::document_number_in(texts.get(Field::PersonalNumber)?)
    }

    fn can(&self, texts: &Texts, _: &mut dyn CryptoRng) -> Result<Can> {
        let number = texts.get(Field::PersonalNumber).unwrap_or_default();
        number_of(number)?.can()
    }

    fn mrz(&self, record: &AcceptedRecord) -> Result<Mrz> {
        let number = record.require(Field::PersonalNumber)?;
        let name = self.name(record.texts()).ok_or(missing(Field::FullName))?;
        let primary = transliterate(name.primary, &DATA.transliteration)?;
        let secondary = transliterate(name.secondary, &DATA.transliteration)?;
        let fields = Fields {
            document_code: DATA.document_code,
            issuing_state: STATE,
            document_number: record.document_number()?,
            nationality: STATE,
            date_of_birth: record.date_of_birth().to_mrz()?,
            sex: record.sex(),
            date_of_expiry: match record.expiry() {
                Expiry::On(day) => MrzDate::from_date(day),
                Expiry::Never => MrzDate::parse(NO_EXPIRY)?,
            },
            primary_identifier: &primary,
            secondary_identifier: &secondary,
        };
        // The whole personal number and, in the last position, a check digit of its own.
        let optional = format!("{number}<<{}", mrz::check_digit(number)?);
        Ok(MrzTd1::new(&fields, &optional, "")?.into())
    }

    fn dg13(&self, record: &AcceptedRecord) -> Result<Option<Dg13>> {
        let dg13 = citizen(record).to_dg13().map_err(|_| Error::Value {
            field: Field::PermanentResidence,
            what: "and the other texts are together longer than the 700 bytes of EF.DG13",
        })?;
        Ok(Some(dg13))
    }

    /// Seven fields: number, old number of nine digits, name, birth, sex, residence, issue.
    fn qr_text(&self, record: &AcceptedRecord) -> Option<String> {
        let old_number = record
            .text(Field::PreviousDocumentNumber)
            .filter(|number| number.len() == personal_number::OLD_DIGITS);
        let fields = [
            record.text(Field::PersonalNumber)?.to_owned(),
            old_number.unwrap_or_default().to_owned(),
            record.text(Field::FullName)?.to_uppercase(),
            digits(record.date_of_birth()),
            sex_word(record.sex()).to_owned(),
            record.text(Field::PermanentResidence)?.to_owned(),
            digits(BirthDate::on(record.date_of_issue())),
        ];
        Some(fields.join("|"))
    }
}

/// The content of EF.DG13; the meaning of its sixteenth field is not known, and it stays empty.
fn citizen(record: &AcceptedRecord) -> VietnamCitizen {
    let text = |field| record.text(field).map(str::to_owned);
    VietnamCitizen {
        personal_number: text(Field::PersonalNumber),
        full_name: text(Field::FullName),
        date_of_birth: Some(birth_date(record.date_of_birth())),
        sex: Some(sex_word(record.sex()).to_owned()),
        nationality: Some("Việt Nam".to_owned()),
        ethnic_group: text(Field::EthnicGroup),
        religion: text(Field::Religion),
        place_of_origin: text(Field::PlaceOfOrigin),
        place_of_residence: text(Field::PermanentResidence),
        identifying_marks: text(Field::IdentifyingMarks),
        date_of_issue: Some(CitizenDate::Day(record.date_of_issue())),
        date_of_expiry: Some(match record.expiry() {
            Expiry::On(day) => CitizenDate::Day(day),
            Expiry::Never => CitizenDate::Words(NO_EXPIRY_WORDS.to_owned()),
        }),
        father: text(Field::FatherName),
        mother: text(Field::MotherName),
        spouse: text(Field::SpouseName),
        previous_number: text(Field::PreviousDocumentNumber),
        ..VietnamCitizen::default()
    }
}

fn birth_date(birth: BirthDate) -> CitizenDate {
    match (birth.complete(), birth.month()) {
        (Some(day), _) => CitizenDate::Day(day),
        (None, Some(month)) => CitizenDate::Words(format!("{month:02}/{:04}", birth.year())),
        (None, None) => CitizenDate::Words(format!("{:04}", birth.year())),
    }
}

/// `ddMMyyyy`; parts that are not known are left out.
fn digits(birth: BirthDate) -> String {
    let part = |part: Option<u8>| part.map_or(String::new(), |part| format!("{part:02}"));
    format!(
        "{}{}{:04}",
        part(birth.day()),
        part(birth.month()),
        birth.year()
    )
}

fn sex_word(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => "Nam",
        Sex::Female => "Nữ",
        Sex::Unspecified => "",
    }
}

fn number_of(text: &str) -> Result<PersonalNumber> {
    PersonalNumber::parse(text).ok_or(Error::Value {
        field: Field::PersonalNumber,
        what: "is not a personal number",
    })
}

fn missing(field: Field) -> Error {
    let what = "is not given";
    Error::Value { field, what }
}
