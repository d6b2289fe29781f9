//! People, as the office sees them: texts opened, searched by keys that nobody can read.

use enrolment::duplicates::{self, Person, Weights};
use enrolment::packet::{Purpose, Subject};
use enrolment::{BirthDate, Field, HolderRecord, spelling};
use register::application::{Event, Resemblance};
use register::person::LifeStatus;
use register::store::SearchKey;
use register::{ApplicationSummary, Details, DocumentSummary, PersonRow};
use uuid::Uuid;

use super::Office;
use crate::{Error, Result, Vault, person_texts};

/// Words of a name that are paired: names of more words than this exist, but need not be found by all of them.
const MAX_PAIRED: usize = 6;
/// Most people who are compared with one: the keys let through some hundreds in a register of a hundred million.
pub const MAX_COMPARED: u32 = 500;
/// Applications of a person that are looked through for a portrait.
const MAX_PORTRAITS: u32 = 20;

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
        let views = self.alike(&record).await?;
        let probe = duplicates::Name::of(&query.name);
        let weights = Weights::default();
        // Each name is compared once: in a large register there are hundreds.
        let ranked = views.into_iter().map(|view| {
            let name = duplicates::Name::of(&full_name(&view.texts));
            (duplicates::name_similarity(&probe, &name, &weights), view)
        });
        let mut ranked: Vec<(f32, PersonView)> = ranked.collect();
        ranked.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        ranked.truncate(limit);
        Ok(ranked.into_iter().map(|(_, view)| view).collect())
    }

    /// The documents that were made for applications, remakes included, the last ones first.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn documents_of(
        &self,
        applications: &[ApplicationSummary],
    ) -> Result<Vec<DocumentSummary>> {
        let mut documents = Vec::new();
        for line in applications {
            let history = self.applications.history(line.id).await?;
            for (_, event) in &history.events {
                if let Event::ProductionBegun { job } = event {
                    documents.extend(self.documents.summary(*job).await?);
                }
            }
        }
        documents.sort_by_key(|line| core::cmp::Reverse((line.entered_at, line.job)));
        Ok(documents)
    }

    /// The application besides one that holds the last portrait of a person that was not erased, and its name there.
    ///
    /// # Errors
    /// [`Error::Store`], [`Error::Crypto`].
    pub async fn portrait_of(&self, person: Uuid, besides: Uuid) -> Result<Option<(Uuid, String)>> {
        let applications = self.applications.of_person(person, MAX_PORTRAITS).await?;
        let kept = |line: &&ApplicationSummary| !line.erased && line.id != besides;
        for line in applications.iter().filter(kept) {
            let packet = match self.open(line.id).await {
                Ok((packet, ..)) => packet,
                Err(Error::Erased | Error::Station(_) | Error::UnknownProfile) => continue,
                Err(error) => return Err(error),
            };
            let portrait = packet.manifest().attachments.iter().find(|entry| {
                entry.purpose == Purpose::Record && entry.subject == Subject::Portrait
            });
            if let Some(portrait) = portrait {
                return Ok(Some((line.id, portrait.name.clone())));
            }
        }
        Ok(None)
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
        let texts = person_texts::open(self.desk.vault(), row.id, &row.sealed)?;
        Ok(PersonView { row, texts })
    }

    /// What is known of a person, sealed, with the keys for searching.
    ///
    /// # Errors
    /// [`Error::Crypto`].
    pub fn details(&self, person: Uuid, record: &HolderRecord) -> Result<Details> {
        Ok(Details {
            sealed: person_texts::seal(self.desk.vault(), person, record.texts())?,
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

/// The keys by which a person is searched. Each lets at most some hundreds of people through in a register of a hundred million, and together they
/// forgive one mistake: a word of the name, the day and month, or the year of birth.
///
/// | key | forgives |
/// |---|---|
/// | each two words, with the date of birth | the other words, their order, tones |
/// | the last word, and the other of two, with the date of birth | every other word |
/// | all words, with the year of birth | day and month |
/// | all words, with day and month | the year |
/// | numbers of documents | everything else |
pub(super) fn search_keys(vault: &Vault, record: &HolderRecord) -> Vec<SearchKey> {
    let texts = record.texts();
    let name = full_name(record);
    let bare = spelling::bare(&name);
    let mut words: Vec<&str> = spelling::words(&bare).collect();
    let birth = texts.get(Field::DateOfBirth).and_then(BirthDate::parse);
    let mut keys = Vec::new();
    let mut add = |what: String| keys.push(vault.search_key(&what));
    if let Some(birth) = birth {
        let (year, month, day) = (birth.year(), birth.month(), birth.day());
        // Half the country is called Nguyễn, and a third Thị or Văn: one word tells enough when it is the last, by which people are called;
        // of the others two.
        let telling = words
            .len()
            .saturating_sub(if words.len() > 2 { 1 } else { 2 });
        for word in words.iter().skip(telling) {
            add(format!("word/{word}/{year}/{month:?}/{day:?}"));
        }
        words.sort_unstable();
        for (place, word) in words.iter().enumerate() {
            for other in words.iter().take(MAX_PAIRED).skip(place + 1) {
                add(format!("words/{word}/{other}/{year}/{month:?}/{day:?}"));
            }
        }
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
