//! Numbers for newborns: civil status registers a birth and gets the child's number, exactly once; a wrong one is cancelled by two persons,
//! who may have a right one given in the same step (Circular 59/2021 Art. 6).

mod cancellation;

use std::collections::BTreeMap;

use access::Permission;
use enrolment::personal_number::{NumberScheme, RegisteredBirth};
use enrolment::{BirthDate, Field, HolderRecord, Severity, check_text};
use mrz::Sex;
use register::PersonHistory;
use register::person::{Command, Origin, process};
use register::store::{AnyStore, Change, ClaimKind, Store as _, StoreError, StreamKind};
use serde::Deserialize;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::audit::Told;
use super::changes::tell;
use super::reference::{for_party, keyed};
use super::{Fault, Party, RelyingDesk, Result, records};
use crate::office::{NoticeKind, Office};

pub use cancellation::{Facts, Proposal, Wish};

/// How often a number is drawn anew because somebody else was faster.
const MAX_ATTEMPTS: usize = 20;
/// What a birth register may say of a child.
pub const FIELDS: [Field; 15] = [
    Field::FullName,
    Field::DateOfBirth,
    Field::Sex,
    Field::Nationality,
    Field::EthnicGroup,
    Field::PlaceOfBirth,
    Field::PlaceOfBirthRegistration,
    Field::PlaceOfOrigin,
    Field::PermanentResidence,
    Field::FatherName,
    Field::FatherNumber,
    Field::FatherNationality,
    Field::MotherName,
    Field::MotherNumber,
    Field::MotherNationality,
];
/// Octets of a text at most.
const MAX_TEXT: usize = 1200;

/// A registered birth.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Birth {
    /// The party's own name of the birth: the same birth has the same one for ever, and gets the same number.
    pub request: Uuid,
    /// The code of the place where the birth is registered.
    #[schema(min_length = 1, max_length = 8, example = "001")]
    pub place: String,
    /// What is known of the child, by field: full name, date of birth and sex at least.
    #[schema(value_type = BTreeMap<String, String>,
        example = json!({ "full_name": "TEST SPECIMEN", "date_of_birth": "2026-11-20", "sex": "female" }))]
    pub texts: BTreeMap<String, String>,
}

/// The number of a child.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbered {
    /// The child, by the party's own name.
    pub reference: Uuid,
    /// The number.
    pub number: String,
    /// Whether it was given just now.
    pub is_new: bool,
}

impl Birth {
    /// The record of the child.
    fn record(&self) -> Result<HolderRecord> {
        let mut record = HolderRecord::new();
        for (word, text) in &self.texts {
            let field = FIELDS
                .into_iter()
                .find(|field| field.word() == word)
                .ok_or(Fault::Content("texts: a field"))?;
            let fits = !text.trim().is_empty()
                && text.len() <= MAX_TEXT
                && text.chars().count() <= field.max_chars();
            if !fits || text.chars().any(char::is_control) {
                return Err(Fault::Content("texts"));
            }
            record.set(field, text.as_str());
        }
        match record.texts().get(Field::FullName) {
            Some(_) => Ok(record),
            None => Err(Fault::Content("texts: full_name")),
        }
    }
}

/// What a station would not take is not taken here either: of the names and places of a child documents are made later.
fn must_be_writable(record: &HolderRecord) -> Result<()> {
    let refused = |(field, text): (Field, &str)| {
        let findings = check_text(field, text);
        let mut findings = findings.iter();
        findings
            .any(|finding| finding.severity() == Severity::Error)
            .then_some(field)
    };
    match record.texts().iter().find_map(refused) {
        Some(field) => Err(Fault::Text(field)),
        None => Ok(()),
    }
}

/// What a number is made of, out of a record.
fn facts(record: &HolderRecord) -> Result<(BirthDate, Sex)> {
    let texts = record.texts();
    let born = texts.get(Field::DateOfBirth).and_then(BirthDate::parse);
    let born = born.ok_or(Fault::Content("texts: date_of_birth"))?;
    let sex = texts
        .get(Field::Sex)
        .and_then(sex)
        .ok_or(Fault::Content("texts: sex"))?;
    Ok((born, sex))
}

fn sex(word: &str) -> Option<Sex> {
    match word {
        "male" => Some(Sex::Male),
        "female" => Some(Sex::Female),
        _ => None,
    }
}

impl RelyingDesk<AnyStore> {
    /// Registers a birth and gives the child its number; for the same request again, the same number.
    ///
    /// # Errors
    /// [`Fault::NotAgreed`], [`Fault::Content`], [`Fault::State`] when the number of this birth was cancelled; they are audited.
    pub async fn register_birth(
        &self,
        office: &Office,
        scheme: &'static dyn NumberScheme,
        party: &Party,
        birth: &Birth,
        now: OffsetDateTime,
    ) -> Result<Numbered> {
        let numbered = self.try_birth(office, scheme, party, birth, now).await;
        if let Err(fault) = &numbered {
            self.refuse(party, Permission::NumberRequest, fault, now)
                .await?;
        }
        numbered
    }

    async fn try_birth(
        &self,
        office: &Office,
        scheme: &'static dyn NumberScheme,
        party: &Party,
        birth: &Birth,
        now: OffsetDateTime,
    ) -> Result<Numbered> {
        if !party.agreement.numbers {
            return Err(Fault::NotAgreed("numbers"));
        }
        self.pace.admit(party.id, party.agreement.per_minute, now)?;
        let mut record = birth.record()?;
        let (born, sex) = facts(&record)?;
        if born.is_after(now.date()) {
            return Err(Fault::Content("texts: date_of_birth"));
        }
        let facts = RegisteredBirth {
            place: &birth.place,
            sex,
            year: born.year(),
            registered: now.date(),
        };
        scheme
            .series_of(&facts)
            .map_err(|_| Fault::Content("place, sex and year have no numbers"))?;
        let id = keyed(
            &self.vault,
            &format!("birth/{}/{}", party.id, birth.request),
        );
        let reference = for_party(&self.vault, party.id, id);
        for _ in 0..MAX_ATTEMPTS {
            let history = office.people().history(id).await?;
            if let Some(number) = self.numbered_before(&history, &record)? {
                return Ok(Numbered {
                    reference,
                    number,
                    is_new: false,
                });
            }
            // A birth that has its number keeps it, by whatever rules it was taken.
            must_be_writable(&record)?;
            let guard = office.guard(&record).await?;
            let number = office.free_number(scheme, &facts, now).await?;
            record.set(Field::PersonalNumber, number.as_str());
            let mut change =
                self.birth_change(office, party, birth, history, &record, &number, now)?;
            // Whoever registers somebody who resembles the child in this moment looks again.
            guard.raise(&mut change);
            match self.store.commit(&change).await {
                Ok(()) => {
                    return Ok(Numbered {
                        reference,
                        number,
                        is_new: true,
                    });
                }
                Err(StoreError::Claimed { claim, .. })
                    if claim.kind == ClaimKind::PersonalNumber => {}
                Err(StoreError::EntityChanged { .. }) => {}
                Err(StoreError::Conflict(stream)) if stream.kind == StreamKind::Person => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Fault::Changed)
    }

    /// The number that this birth has already.
    fn numbered_before(
        &self,
        history: &PersonHistory,
        record: &HolderRecord,
    ) -> Result<Option<String>> {
        let Some(person) = history.person() else {
            return Ok(None);
        };
        let known = records::open(&self.vault, history.id, &history.sealed)?;
        let is_same = FIELDS
            .iter()
            .all(|field| known.texts().get(*field) == record.texts().get(*field));
        match person.number() {
            Some(number) if is_same => Ok(Some(number.to_owned())),
            Some(_) => Err(Fault::Content("request: another birth has this name")),
            None => Err(Fault::State("the number of this birth was cancelled")),
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn birth_change(
        &self,
        office: &Office,
        party: &Party,
        birth: &Birth,
        mut history: PersonHistory,
        record: &HolderRecord,
        number: &str,
        now: OffsetDateTime,
    ) -> Result<Change> {
        let id = history.id;
        let mut change = Change::new(now);
        let origin = Origin::BirthRegister {
            request: birth.request,
            party: party.id,
        };
        let mut details = Some(office.details(id, record)?);
        for command in [
            Command::Register(origin),
            Command::AssignNumber(number.to_owned()),
        ] {
            let event = process(history.person().as_ref(), &command)
                .map_err(|refusal| Fault::from(crate::Error::from(refusal)))?;
            if let Some(event) = event {
                history.append(&mut change, event, details.take())?;
            }
        }
        tell(
            &mut change,
            NoticeKind::NumberAssigned,
            id,
            Some(id),
            Some("birth"),
        );
        Told::done(Permission::NumberRequest, ("person", id)).put(&mut change, party)?;
        change.tally("relying/births");
        Ok(change)
    }
}
