//! The specimen passport of Utopia, the state that Doc 9303 keeps for examples.
//!
//! A passport of size TD3 with everything current: personal details in EF.DG11, details of the document in EF.DG12,
//! PACE and chip authentication on P-256 with AES-256, active authentication with ECDSA. It is for specimens and says
//! so: a name without the word SPECIMEN is refused.

use crypto::{AgreementDomain, Cipher, Curve, HashAlgorithm};
use lds::security_info::PaceMapping;
use lds::{Dg11, Dg12, File, Text};
use mrz::name::{Choices, transliterate};
use mrz::{Fields, Format, Mrz, MrzDate, MrzTd3};
use time::Date;

use crate::accepted::AcceptedRecord;
use crate::date::{BirthDate, Expiry};
use crate::document_number::DocumentNumbers;
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
pub struct UtoPassport;

const STATE: &str = "UTO";
const CURVE: Curve = Curve::P256;
const CIPHER: Cipher = Cipher::Aes256;

static DATA: ProfileData = ProfileData {
    id: "uto-passport",
    title: Bilingual {
        en: "Specimen passport of Utopia",
        vi: "Hộ chiếu mẫu của Utopia",
    },
    document_code: "PP",
    issuing_state: STATE,
    country: "UT",
    mrz_format: Format::Td3,
    transliteration: Choices::RECOMMENDED,
    name_field: Field::Surname,
    // The letter of the service's own range; numbers of other letters are given elsewhere.
    document_numbers: Some(DocumentNumbers {
        prefix: "U",
        digits: 8,
    }),
    required: &[
        Field::Surname,
        Field::DateOfBirth,
        Field::Sex,
        Field::Nationality,
        Field::PlaceOfBirth,
        Field::DocumentNumber,
        Field::DateOfIssue,
        Field::DateOfExpiry,
        Field::IssuingAuthority,
    ],
    optional: &[&[
        Field::PersonalNumber,
        Field::GivenNames,
        Field::OtherName,
        Field::PermanentResidence,
        Field::Height,
        Field::EyeColour,
        Field::FatherName,
        Field::MotherName,
        Field::SpouseName,
        Field::MaritalStatus,
        Field::Telephone,
        Field::Mail,
        Field::Profession,
        Field::Title,
        Field::PreviousDocumentNumber,
    ]],
    portrait: PortraitRule {
        min_width: 300,
        min_height: 400,
        coding: PortraitCoding::Jpeg2000,
        max_bytes: 15_000,
    },
    fingers: FingerRule { from_age: 12 },
    data_groups: &[
        File::Dg1,
        File::Dg2,
        File::Dg3,
        File::Dg11,
        File::Dg12,
        File::Dg14,
        File::Dg15,
    ],
    security_object: SecurityObjectRule {
        hash: HashAlgorithm::Sha256,
        names_versions: true,
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
        active_authentication: Some(ActiveAuthenticationKey::Ecdsa {
            curve: CURVE,
            hash: HashAlgorithm::Sha256,
        }),
        terminal_authentication: true,
        pin: None,
        puk: None,
    },
};

static RULES: [&Rule; 6] = [
    &SPECIMEN,
    &NATIONALITY,
    &NUMBER,
    &PERSONAL_NUMBER,
    &VALIDITY,
    &TEXT_BYTES,
];

static SPECIMEN: Rule = Rule::error(
    "uto-specimen",
    "must contain the word SPECIMEN, as must every document of Utopia",
    "phải có chữ SPECIMEN, như mọi giấy tờ của Utopia",
)
.on(&[Field::Surname])
.by("specimens say so");
static NATIONALITY: Rule = Rule::error("uto-nationality", "must be UTO", "phải là UTO")
    .on(&[Field::Nationality])
    .by("Doc 9303-3 §5 part D");
static NUMBER: Rule = Rule::error(
    "uto-document-number",
    "must be a letter and eight digits",
    "phải gồm một chữ cái và tám chữ số",
)
.on(&[Field::DocumentNumber])
.by("numbers of Utopia");
static PERSONAL_NUMBER: Rule = Rule::error(
    "uto-personal-number",
    "has more than the 14 characters of the machine readable zone",
    "dài quá 14 ký tự của dòng MRZ",
)
.on(&[Field::PersonalNumber])
.by("Doc 9303-4 §4.2.2");
static VALIDITY: Rule = Rule::error(
    "uto-validity",
    "must be {} at the latest",
    "muộn nhất phải là {}",
)
.on(&[Field::DateOfExpiry])
.by("ten years, five below the age of eighteen");
static TEXT_BYTES: Rule = Rule::error(
    "uto-text-bytes",
    "takes more than the 99 bytes of its place on the chip",
    "dài quá 99 byte dành cho trường này trên chip",
)
.on(&[
    Field::PersonalNumber,
    Field::OtherName,
    Field::PlaceOfBirth,
    Field::PermanentResidence,
    Field::Telephone,
    Field::Profession,
    Field::Title,
    Field::PreviousDocumentNumber,
    Field::IssuingAuthority,
])
.by("Doc 9303-10 §4.7.11, §4.7.12");

/// Years of validity from the age of eighteen on, and below.
const VALIDITY_YEARS: (i32, i32) = (10, 5);
const AGE_OF_MAJORITY: i32 = 18;

/// Bytes of a text in EF.DG11 and EF.DG12 (Doc 9303-10 §4.7.11, §4.7.12).
const MAX_TEXT_BYTES: usize = 99;

/// Characters for the personal number (Doc 9303-4 §4.2.2).
const MAX_PERSONAL_NUMBER: usize = 14;

impl IssuerProfile for UtoPassport {
    fn data(&self) -> &'static ProfileData {
        &DATA
    }

    fn rules(&self) -> &'static [&'static Rule] {
        &RULES
    }

    fn check(&self, facts: &Facts<'_>, findings: &mut Findings) {
        check_person(facts, findings);
        check_document(facts, findings);
        for field in STORED {
            let is_long = facts
                .text(field)
                .is_some_and(|text| text.len() > MAX_TEXT_BYTES);
            if is_long {
                findings.add(field, &TEXT_BYTES);
            }
        }
    }

    fn name<'a>(&self, texts: &'a Texts) -> Option<HolderName<'a>> {
        Some(HolderName {
            primary: texts.get(Field::Surname)?,
            secondary: texts.get(Field::GivenNames).unwrap_or_default(),
        })
    }

    fn mrz(&self, record: &AcceptedRecord) -> Result<Mrz> {
        let primary = transliterate(record.require(Field::Surname)?, &DATA.transliteration)?;
        let given_names = record.text(Field::GivenNames).unwrap_or_default();
        let secondary = transliterate(given_names, &DATA.transliteration)?;
        let expiry = record.expiry().day().ok_or(Error::Value {
            field: Field::DateOfExpiry,
            what: "a passport expires",
        })?;
        let fields = Fields {
            document_code: DATA.document_code,
            issuing_state: STATE,
            document_number: record.document_number()?,
            nationality: record.require(Field::Nationality)?,
            date_of_birth: record.date_of_birth().to_mrz()?,
            sex: record.sex(),
            date_of_expiry: MrzDate::from_date(expiry),
            primary_identifier: &primary,
            secondary_identifier: &secondary,
        };
        let personal_number = record.text(Field::PersonalNumber).unwrap_or_default();
        Ok(MrzTd3::new(&fields, personal_number)?.into())
    }

    fn dg11(&self, record: &AcceptedRecord) -> Result<Option<Dg11>> {
        let text = |field| stored(record, field, str::to_owned);
        let place = |field| stored(record, field, parts);
        let full_name = match record.text(Field::GivenNames) {
            Some(given_names) => format!(
                "{}<<{}",
                components(record.require(Field::Surname)?),
                components(given_names)
            ),
            None => components(record.require(Field::Surname)?),
        };
        Ok(Some(Dg11 {
            full_name: Some(fit(Field::Surname, &full_name)?),
            other_names: stored(record, Field::OtherName, components)?
                .into_iter()
                .collect(),
            personal_number: text(Field::PersonalNumber)?,
            date_of_birth: Some(record.date_of_birth().to_lds()?),
            place_of_birth: place(Field::PlaceOfBirth)?,
            permanent_address: place(Field::PermanentResidence)?,
            telephone: text(Field::Telephone)?,
            profession: text(Field::Profession)?,
            title: text(Field::Title)?,
            other_travel_documents: text(Field::PreviousDocumentNumber)?,
            ..Dg11::default()
        }))
    }

    fn dg12(&self, record: &AcceptedRecord) -> Result<Option<Dg12>> {
        let authority = stored(record, Field::IssuingAuthority, str::to_owned)?;
        Ok(Some(Dg12 {
            issuing_authority: authority,
            date_of_issue: Some(record.date_of_issue().into()),
            ..Dg12::default()
        }))
    }
}

/// The texts that go into EF.DG11 and EF.DG12.
const STORED: [Field; 9] = [
    Field::PersonalNumber,
    Field::OtherName,
    Field::PlaceOfBirth,
    Field::PermanentResidence,
    Field::Telephone,
    Field::Profession,
    Field::Title,
    Field::PreviousDocumentNumber,
    Field::IssuingAuthority,
];

fn check_person(facts: &Facts<'_>, findings: &mut Findings) {
    let is_specimen = [Field::Surname, Field::GivenNames]
        .into_iter()
        .filter_map(|field| facts.text(field))
        .any(|name| name.to_uppercase().contains("SPECIMEN"));
    if !is_specimen {
        findings.add(Field::Surname, &SPECIMEN);
    }
    if facts
        .text(Field::Nationality)
        .is_some_and(|code| code != STATE)
    {
        findings.add(Field::Nationality, &NATIONALITY);
    }
    if facts
        .text(Field::PersonalNumber)
        .is_some_and(|number| number.len() > MAX_PERSONAL_NUMBER)
    {
        findings.add(Field::PersonalNumber, &PERSONAL_NUMBER);
    }
}

fn check_document(facts: &Facts<'_>, findings: &mut Findings) {
    let is_number = |text: &str| {
        let (letter, digits) = text.split_at_checked(1).unwrap_or_default();
        letter.bytes().all(|byte| byte.is_ascii_uppercase())
            && digits.len() == 8
            && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    if facts
        .text(Field::DocumentNumber)
        .is_some_and(|text| !is_number(text))
    {
        findings.add(Field::DocumentNumber, &NUMBER);
    }
    let (Some(birth), Some(issue), Some(expiry)) =
        (facts.date_of_birth, facts.date_of_issue, facts.expiry)
    else {
        return;
    };
    let Some(latest) = latest_expiry(birth, issue) else {
        return;
    };
    let is_in_time = matches!(expiry, Expiry::On(day) if day <= latest);
    if !is_in_time {
        findings.add_with(Field::DateOfExpiry, &VALIDITY, latest.to_string());
    }
}

fn latest_expiry(birth: BirthDate, issue: Date) -> Option<Date> {
    let (adult, minor) = VALIDITY_YEARS;
    let is_adult = birth.age_on(issue) >= AGE_OF_MAJORITY;
    BirthDate::on(issue).birthday(if is_adult { adult } else { minor })
}

/// A text of the record in the form of its data group, if it is given.
fn stored(record: &AcceptedRecord, field: Field, form: fn(&str) -> String) -> Result<Option<Text>> {
    let text = record.text(field).map(form);
    text.map(|text| fit(field, &text)).transpose()
}

fn fit(field: Field, text: &str) -> Result<Text> {
    Text::new(text).map_err(|_| Error::Value {
        field,
        what: "takes more than the 99 bytes of its place on the chip",
    })
}

/// Components of a name are separated as in the machine readable zone (Doc 9303-10 §4.7.11).
fn components(name: &str) -> String {
    name.replace(' ', "<")
}

/// Parts of an address are separated by fillers (Doc 9303-10 §4.7.11).
fn parts(address: &str) -> String {
    let parts: Vec<&str> = address.split(',').map(str::trim).collect();
    parts.join("<")
}
