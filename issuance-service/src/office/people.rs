//! People, as the office sees them: texts opened, searched by keys that nobody can read.

use enrolment::duplicates::{self, Person, Weights};
use enrolment::packet::{Purpose, Subject};
use enrolment::{BirthDate, Field, HolderRecord, spelling};
use register::application::{Event, Resemblance};
use register::person::LifeStatus;
use register::store::{Breadth, SearchKey};
use register::{ApplicationSummary, Details, DocumentSummary, PersonRow};
use uuid::Uuid;

use super::{Office, search_keys};
use crate::{Error, Result, person_texts};

/// Most people who are compared with an applicant: those who share most search keys.
const MAX_COMPARED: u32 = 200;
/// Most people who are compared with what somebody types, where the first of them are shown.
const MAX_LOOKED_AT: u32 = 32;
/// From here on a name is one that may have been typed for another ([`duplicates::Policy::standard`], name and date).
const ALIKE: f32 = 0.72;
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
        let vault = self.desk.vault();
        let exactly = search_keys::asked_exactly(vault, &record);
        let people = self
            .alike(&exactly, Breadth::Closest, MAX_LOOKED_AT)
            .await?;
        let mut found = ranked(&query.name, people);
        // Other dates may have been meant where nobody of such a name was born on the one that was said.
        if found.first().is_none_or(|(alike, _)| *alike < ALIKE) {
            let mut others = search_keys::asked(vault, &record);
            others.retain(|key| !exactly.contains(key));
            let mut people = self.alike(&others, Breadth::Closest, MAX_LOOKED_AT).await?;
            people.retain(|other| found.iter().all(|(_, view)| view.row.id != other.row.id));
            people.extend(found.into_iter().map(|(_, view)| view));
            found = ranked(&query.name, people);
        }
        found.truncate(limit);
        Ok(found.into_iter().map(|(_, view)| view).collect())
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
        let keys = search_keys::asked(self.desk.vault(), record);
        let views = self.alike(&keys, Breadth::All, MAX_COMPARED).await?;
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

    async fn alike(
        &self,
        keys: &[SearchKey],
        breadth: Breadth,
        at_most: u32,
    ) -> Result<Vec<PersonView>> {
        let rows = self.people.find(keys, breadth, at_most).await?;
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
            keys: search_keys::kept(self.desk.vault(), record),
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

pub(super) fn full_name(record: &HolderRecord) -> String {
    let texts = record.texts();
    match texts.get(Field::FullName) {
        Some(name) => name.to_owned(),
        None => [Field::Surname, Field::GivenNames]
            .map(|field| texts.get(field).unwrap_or_default())
            .join(" "),
    }
}

/// People with how alike their names are to one, the most similar first.
fn ranked(name: &str, views: Vec<PersonView>) -> Vec<(f32, PersonView)> {
    let probe = duplicates::Name::of(name);
    let weights = Weights::default();
    // Each name is compared once.
    let ranked = views.into_iter().map(|view| {
        let name = duplicates::Name::of(&full_name(&view.texts));
        (duplicates::name_similarity(&probe, &name, &weights), view)
    });
    let mut ranked: Vec<(f32, PersonView)> = ranked.collect();
    ranked.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    ranked
}

fn percent(score: f32) -> u8 {
    // Saturates, and 0 to 1 is all there is.
    (score * 100.0).round() as u8
}
