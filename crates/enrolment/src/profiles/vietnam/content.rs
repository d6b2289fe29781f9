//! A Vietnamese card as a profile: from an accepted record to the zone, EF.DG13 and the QR code.

use crypto::CryptoRng;
use lds::Dg13;
use lds::dg13::vietnam::{CitizenDate, VietnamCitizen};
use mrz::name::transliterate;
use mrz::{Fields, Mrz, MrzDate, MrzTd1, Sex};
use time::Date;

use super::parameters::{Parameters, QrPart};
use super::personal_number::{OLD_DIGITS, PersonalNumber};
use super::rules;
use super::validity::renewal_of;
use crate::accepted::AcceptedRecord;
use crate::can::Can;
use crate::date::{BirthDate, Expiry};
use crate::field::Field;
use crate::finding::{Findings, Rule};
use crate::personal_number::NumberScheme;
use crate::profile::{HolderName, IssuerProfile, ProfileData};
use crate::record::Texts;
use crate::renewal::Renewal;
use crate::rules::Facts;
use crate::{Error, Result};

/// What the machine readable zone prints as the expiry of a card that has none.
pub const NO_EXPIRY: &str = "991231";

/// What the card prints, and EF.DG13 is assumed to hold, for a card without expiry.
const NO_EXPIRY_WORDS: &str = "Không thời hạn";

/// The state in the machine readable zone.
pub(in crate::profiles) const STATE: &str = "VNM";

/// A Vietnamese card: what both generations make of a record in the same way.
#[derive(Debug)]
pub(in crate::profiles) struct Card {
    /// The profile as data.
    pub(in crate::profiles) data: &'static ProfileData,
    /// What the generations differ in.
    pub(in crate::profiles) parameters: &'static Parameters,
}

impl IssuerProfile for Card {
    fn data(&self) -> &'static ProfileData {
        self.data
    }

    fn rules(&self) -> &'static [&'static Rule] {
        rules::RULES
    }

    fn check(&self, facts: &Facts<'_>, findings: &mut Findings) {
        rules::check(facts, self.parameters, findings);
    }

    /// The first word is the surname, the rest are middle and given names.
    fn name<'a>(&self, texts: &'a Texts) -> Option<HolderName<'a>> {
        let name = texts.get(Field::FullName)?;
        let (primary, secondary) = name.split_once(' ').unwrap_or((name, ""));
        Some(HolderName { primary, secondary })
    }

    /// Digits 4 to 12 of the personal number.
    fn document_number<'a>(&self, texts: &'a Texts) -> Option<&'a str> {
        PersonalNumber::document_number_in(texts.get(Field::PersonalNumber)?)
    }

    fn is_numbered_by_person(&self) -> bool {
        true
    }

    /// In the two years before the age to which it is valid.
    fn renewal(&self, birth: BirthDate, issued: Date, expiry: Expiry) -> Option<Renewal> {
        renewal_of(birth, issued, expiry)
    }

    /// The last six digits of the personal number.
    fn can(&self, texts: &Texts, _: &mut dyn CryptoRng) -> Result<Can> {
        let number = texts.get(Field::PersonalNumber).unwrap_or_default();
        number_of(number)?.can()
    }

    fn mrz(&self, record: &AcceptedRecord) -> Result<Mrz> {
        let number = record.require(Field::PersonalNumber)?;
        let name = self.name(record.texts()).ok_or(missing(Field::FullName))?;
        let primary = transliterate(name.primary, &self.data.transliteration)?;
        let secondary = transliterate(name.secondary, &self.data.transliteration)?;
        let fields = Fields {
            document_code: self.data.document_code,
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
        let file = self.citizen(record).to_dg13().map_err(|_| Error::Value {
            field: self.parameters.residence,
            what: "and the other texts are together longer than the 700 bytes of EF.DG13",
        })?;
        Ok(Some(file))
    }

    fn number_scheme(&self) -> Option<&'static dyn NumberScheme> {
        Some(self.parameters)
    }

    fn qr_text(&self, record: &AcceptedRecord) -> Option<String> {
        let parts = self.parameters.qr.iter();
        let parts: Option<Vec<String>> = parts.map(|part| qr_part(*part, record)).collect();
        Some(parts?.join("|"))
    }
}

impl Card {
    /// The content of EF.DG13; the meaning of its sixteenth field is not known, and it stays empty.
    fn citizen(&self, record: &AcceptedRecord) -> VietnamCitizen {
        let text = |field| record.text(field).map(str::to_owned);
        VietnamCitizen {
            personal_number: text(Field::PersonalNumber),
            full_name: text(Field::FullName),
            date_of_birth: Some(birth_date(record.date_of_birth())),
            sex: Some(sex_word(record.sex()).to_owned()),
            nationality: Some("Việt Nam".to_owned()),
            ethnic_group: text(Field::EthnicGroup),
            religion: text(Field::Religion),
            place_of_origin: text(self.parameters.place),
            place_of_residence: text(self.parameters.residence),
            identifying_marks: text(Field::IdentifyingMarks),
            date_of_issue: Some(CitizenDate::Day(record.date_of_issue())),
            date_of_expiry: Some(match record.expiry() {
                Expiry::On(day) => CitizenDate::Day(day),
                Expiry::Never => CitizenDate::Words(NO_EXPIRY_WORDS.to_owned()),
            }),
            father: text(Field::FatherName),
            mother: text(Field::MotherName),
            spouse: text(Field::SpouseName),
            previous_number: text(Field::PreviousDocumentNumber)
                .or_else(|| text(Field::CmndNumber)),
            ..VietnamCitizen::default()
        }
    }
}

/// `None` when a part that every card has is not given, which acceptance has ruled out.
fn qr_part(part: QrPart, record: &AcceptedRecord) -> Option<String> {
    Some(match part {
        QrPart::Text(field) => record.text(field).unwrap_or_default().to_owned(),
        QrPart::FullName => record.text(Field::FullName)?.to_uppercase(),
        QrPart::OldNumber => {
            let previous = record.text(Field::PreviousDocumentNumber);
            let old = previous.filter(|number| number.len() == OLD_DIGITS);
            old.or(record.text(Field::CmndNumber))
                .unwrap_or_default()
                .to_owned()
        }
        QrPart::DateOfBirth => digits(record.date_of_birth()),
        QrPart::Sex => sex_word(record.sex()).to_owned(),
        QrPart::DateOfIssue => digits(BirthDate::on(record.date_of_issue())),
    })
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
