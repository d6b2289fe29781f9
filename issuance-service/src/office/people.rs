//! People, as the office sees them: texts opened, searched by keys that nobody can read.

use std::collections::BTreeMap;

use enrolment::duplicates::{self, Person, Weights};
use enrolment::{BirthDate, Field, HolderRecord, spelling};
use register::application::Resemblance;
use register::person::LifeStatus;
use register::store::SearchKey;
use register::{Details, PersonRow};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::Office;
use crate::{Error, Result, Vault};

/// The purpose under which texts of people are sealed.
const TEXTS: &str = "person";
/// Most people who are compared with one: the keys let through some dozens in a register of a hundred million.
pub const MAX_COMPARED: u32 = 500;

/// A person with everything that is known.
pub struct PersonView {
    /// The row.
    pub row: PersonRow,
    /// The texts.
    pub texts: HolderRecord,
}

impl PersonView {
    /// The name in full.
    #[must_use]
    pub fn full_name(&self) -> String {
        full_name(&self.texts)
    }
}

/// By what somebody looks for a person.
#[derive(Debug, Clone, Default)]
pub struct PersonQuery {
    /// The name, in any order, with or without tones.
    pub name: String,
    /// The date of birth, or its year.
    pub birth: Option<String>,
}

impl Office {
    /// A person with everything that is known; `None` when the register knows none of this id.
    ///
    /// # Errors
    /// [`Error::Store`], [`Error::Crypto`].
    pub async fn person(&self, id: Uuid) -> Result<Option<PersonView>> {
        let row = self.people.row(id).await?;
        row.map(|row| self.view(row)).transpose()
    }

    /// People whose names and dates of birth are like those asked for, the most similar first.
    ///
    /// # Errors
    /// [`Error::Store`], [`Error::Crypto`].
    pub async fn search(&self, query: &PersonQuery, limit: usize) -> Result<Vec<PersonView>> {
        let mut record = HolderRecord::new();
        record.set(Field::FullName, query.name.as_str());
        if let Some(birth) = &query.birth {
            record.set(Field::DateOfBirth, birth.as_str());
        }
        let mut views = self.alike(&record).await?;
        let probe = duplicates::Name::of(&query.name);
        let weights = Weights::default();
        let similarity = |view: &PersonView| {
            let name = duplicates::Name::of(&full_name(&view.texts));
            duplicates::name_similarity(&probe, &name, &weights)
        };
        views.sort_by(|a, b| similarity(b).total_cmp(&similarity(a)));
        views.truncate(limit);
        Ok(views)
    }

    /// Registered persons who resemble the holder of a record, by the policy of duplicates. The one who has the personal number of the
    /// record is among them only when something else speaks against it.
    ///
    /// # Errors
    /// [`Error::Store`], [`Error::Crypto`].
    pub(super) async fn resembling(
        &self,
        record: &HolderRecord,
        known: Option<Uuid>,
    ) -> Result<Vec<Resemblance>> {
        let views = self.alike(record).await?;
        let people: Vec<Person> = views
            .iter()
            .map(|view| Person::of_texts(&view.row.id.to_string(), view.texts.texts()))
            .collect();
        let probe = Person::of_texts("applicant", record.texts());
        let hints = duplicates::search(&probe, &people, &self.policy, &Weights::default(), None);
        let resemblances = hints.into_iter().filter_map(|hint| {
            let person = hint.id.parse().ok()?;
            // Whoever has the number and the name is the applicant, and no duplicate.
            (Some(person) != known).then_some(Resemblance {
                person,
                rule: hint.rule,
                score: percent(hint.score),
            })
        });
        Ok(resemblances.collect())
    }

    async fn alike(&self, record: &HolderRecord) -> Result<Vec<PersonView>> {
        let keys = search_keys(self.desk.vault(), record);
        let rows = self.people.find(&keys, MAX_COMPARED).await?;
        rows.into_iter().map(|row| self.view(row)).collect()
    }

    fn view(&self, row: PersonRow) -> Result<PersonView> {
        let texts = open_texts(self.desk.vault(), &row)?;
        Ok(PersonView { row, texts })
    }

    /// What is known of a person, sealed, with the keys for searching.
    pub(crate) fn details(&self, person: Uuid, record: &HolderRecord) -> Result<Details> {
        let texts: BTreeMap<&str, &str> = record
            .texts()
            .iter()
            .map(|(field, text)| (field.word(), text))
            .collect();
        let plain = Zeroizing::new(serde_json::to_vec(&texts).map_err(|_| Error::Interrupted)?);
        Ok(Details {
            sealed: self.desk.vault().seal(TEXTS, person, &plain)?,
            keys: search_keys(self.desk.vault(), record),
        })
    }

    /// Whether a registered person is the holder of a record: the same name, the same date of birth.
    pub(super) async fn is_holder(&self, person: Uuid, record: &HolderRecord) -> Result<bool> {
        let Some(view) = self.person(person).await? else {
            return Ok(false);
        };
        let birth = |record: &HolderRecord| {
            let text = record.texts().get(Field::DateOfBirth);
            text.and_then(BirthDate::parse)
        };
        let name = |record: &HolderRecord| spelling::key(&full_name(record));
        let is_living = view.row.status != LifeStatus::Dead;
        Ok(is_living && birth(record) == birth(&view.texts) && name(record) == name(&view.texts))
    }
}

fn open_texts(vault: &Vault, row: &PersonRow) -> Result<HolderRecord> {
    let mut record = HolderRecord::new();
    if row.sealed.is_empty() {
        return Ok(record);
    }
    let plain = vault.open(TEXTS, row.id, &row.sealed)?;
    let texts: BTreeMap<String, String> = serde_json::from_slice(plain.expose()).map_err(|_| {
        register::store::StoreError::Corrupt {
            id: row.id,
            what: "texts",
        }
    })?;
    for (word, text) in texts {
        if let Some(field) = Field::from_word(&word) {
            record.set(field, text);
        }
    }
    Ok(record)
}

fn full_name(record: &HolderRecord) -> String {
    let texts = record.texts();
    match texts.get(Field::FullName) {
        Some(name) => name.to_owned(),
        None => [Field::Surname, Field::GivenNames]
            .map(|field| texts.get(field).unwrap_or_default())
            .join(" "),
    }
}

fn percent(score: f32) -> u8 {
    // Saturates, and 0 to 1 is all there is.
    (score * 100.0).round() as u8
}

/// The keys by which a person is searched. Each lets some dozens of people through in a register of a hundred million, and together they
/// forgive one mistake: a word of the name, the day and month, or the year of birth.
///
/// | key | forgives |
/// |---|---|
/// | each word but the first, with the date of birth | other words, their order, tones |
/// | all words, with the year of birth | day and month |
/// | all words, with day and month | the year |
/// | numbers of documents | everything else |
fn search_keys(vault: &Vault, record: &HolderRecord) -> Vec<SearchKey> {
    let texts = record.texts();
    let name = full_name(record);
    let bare = spelling::bare(&name);
    let mut words: Vec<&str> = spelling::words(&bare).collect();
    let birth = texts.get(Field::DateOfBirth).and_then(BirthDate::parse);
    let mut keys = Vec::new();
    let mut add = |what: String| keys.push(vault.search_key(&what));
    if let Some(birth) = birth {
        let (year, month, day) = (birth.year(), birth.month(), birth.day());
        // Half the country is called Nguyễn: the first word tells nothing, unless there is hardly another.
        let telling = if words.len() > 2 { 1 } else { 0 };
        for word in words.iter().skip(telling) {
            add(format!("word/{word}/{year}/{month:?}/{day:?}"));
        }
        words.sort_unstable();
        let all = words.join(" ");
        add(format!("name/{all}/{year}"));
        if let (Some(month), Some(day)) = (month, day) {
            add(format!("name/{all}/{month}/{day}"));
        }
    }
    for field in [Field::PreviousDocumentNumber, Field::PersonalNumber] {
        if let Some(number) = texts.get(field) {
            add(format!("number/{number}"));
        }
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}
