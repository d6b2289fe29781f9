//! What is compared of a person.

use core::fmt;

use super::names::Name;
use crate::date::BirthDate;
use crate::field::Field;
use crate::record::Texts;
use crate::spelling;

/// A person made ready for comparison: numbers, names, date of birth, a few words.
#[derive(Clone)]
pub struct Person {
    pub(super) id: String,
    pub(super) numbers: Vec<Number>,
    pub(super) names: [Name; NAMES.len()],
    pub(super) birth: Option<BirthDate>,
    pub(super) words: [String; WORDS.len()],
}

/// Which numbers may be the same number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NumberClass {
    /// Of a person, twelve digits, in force or cancelled.
    Personal,
    /// Of a person, nine digits.
    Old,
    /// Of a document of another kind.
    Document,
}

#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Number {
    pub(super) class: NumberClass,
    pub(super) field: Field,
    pub(super) text: String,
}

/// The names that tests can speak of.
pub(super) const NAMES: [Field; 3] = [Field::FullName, Field::FatherName, Field::MotherName];

/// The texts that tests can ask to be the same, in the order of [`Person::words`].
pub(super) const WORDS: [Field; 5] = [
    Field::Sex,
    Field::PlaceOfOrigin,
    Field::PlaceOfBirthRegistration,
    Field::PermanentResidence,
    Field::Telephone,
];

const NUMBERS: [Field; 5] = [
    Field::PersonalNumber,
    Field::CancelledNumber,
    Field::CmndNumber,
    Field::PreviousDocumentNumber,
    Field::DocumentNumber,
];

/// The longest number that is compared.
const MAX_NUMBER: usize = 32;

impl Person {
    /// Of a record's texts. `id` is what the register calls the person; a hint never names the id that is searched for.
    #[must_use]
    pub fn of_texts(id: &str, texts: &Texts) -> Self {
        Self::from_lookup(id, |field| texts.get(field))
    }

    /// Of texts by field.
    #[must_use]
    pub fn new(id: &str, texts: &[(Field, &str)]) -> Self {
        Self::from_lookup(id, |field| {
            texts
                .iter()
                .find(|(each, _)| *each == field)
                .map(|(_, text)| *text)
        })
    }

    /// What the register calls the person.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    fn from_lookup<'a>(id: &str, text: impl Fn(Field) -> Option<&'a str>) -> Self {
        let numbers = NUMBERS
            .iter()
            .filter_map(|field| Number::of(*field, text(*field)?));
        let full_name = match text(Field::FullName) {
            Some(name) => Name::of(name),
            None => {
                let parts = [Field::Surname, Field::GivenNames]
                    .map(|field| text(field).unwrap_or_default());
                Name::of(&parts.join(" "))
            }
        };
        let relative = |field| text(field).map(Name::of).unwrap_or_default();
        Self {
            id: id.to_owned(),
            numbers: numbers.collect(),
            names: [
                full_name,
                relative(Field::FatherName),
                relative(Field::MotherName),
            ],
            birth: text(Field::DateOfBirth).and_then(BirthDate::parse),
            words: WORDS.map(|field| text(field).map(spelling::key).unwrap_or_default()),
        }
    }
}

impl Number {
    /// `None` for a text without a digit.
    fn of(field: Field, text: &str) -> Option<Self> {
        let kept = text
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(MAX_NUMBER);
        let text = kept.collect::<String>().to_ascii_uppercase();
        let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let class = match text.len() {
            12 if is_digits && field != Field::DocumentNumber => NumberClass::Personal,
            9 if is_digits && field != Field::DocumentNumber => NumberClass::Old,
            _ => NumberClass::Document,
        };
        let has_digit = text.bytes().any(|byte| byte.is_ascii_digit());
        has_digit.then_some(Self { class, field, text })
    }
}

impl fmt::Debug for Person {
    /// A person's data do not belong into logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Person({} numbers)", self.numbers.len())
    }
}
