//! The person whom an application is about: known, or registered with the first document, and never twice.
//!
//! Two packets of one new person may be checked and approved at the same moment, when the register knows neither. So who resembles is asked once
//! more when the person is registered, in the same transaction: whoever could resemble somebody shares a search key with them, each search key
//! has a guard, and a registration raises its guards. The second registration finds that they were raised, asks again, and sees the first.

use std::collections::BTreeSet;

use access::Permission;
use enrolment::{Field, HolderRecord, IssuerProfile};
use perso::RegisterError;
use register::PersonHistory;
use register::application::{Application, Command, Refusal, Resemblance, process};
use register::person::{self, Origin};
use register::store::{
    Change, Entity, EntityChange, EntityKind, Expected, SearchKey, Store as _, StoreError,
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::applications::SUBJECT;
use super::notice::{self, NoticeKind};
use super::numbers::named;
use super::{Hand, Office, search_keys};
use crate::service::new_job;
use crate::{DocumentOrder, Error, Result};

/// How many guards there are: enough that strangers hardly ever share one, few enough that a register of a hundred million has no more rows for it.
const GUARDS: u32 = 1 << 16;

/// What must still be true when somebody is registered: nobody who could resemble them was registered since they were looked for.
#[derive(Debug)]
#[must_use]
pub(crate) struct Guard(Vec<(Uuid, Option<u32>)>);

impl Guard {
    /// Into the change that registers.
    pub(crate) fn raise(self, change: &mut Change) {
        change
            .entities
            .extend(self.0.into_iter().map(|(id, version)| EntityChange::Put {
                entity: Entity {
                    kind: EntityKind::Setting,
                    id,
                    state: "guard".to_owned(),
                    place: String::new(),
                    order: 0,
                    version: 0,
                    body: "{}".to_owned(),
                },
                expected: version.map_or(Expected::New, Expected::Version),
                keys: None,
            }));
    }
}

/// Whether a document was not entered because a guard was raised: somebody was registered in this moment, and it is decided anew.
pub(super) fn was_raised(error: &Error) -> bool {
    let Error::Perso(perso::Error::Register(RegisterError::Storage(source))) = error else {
        return false;
    };
    matches!(
        source.downcast_ref(),
        Some(StoreError::EntityChanged {
            kind: EntityKind::Setting,
            ..
        })
    )
}

/// The guards of search keys, in one order for everybody: two registrations never wait for each other.
fn guards(keys: &[SearchKey]) -> BTreeSet<Uuid> {
    let guard = |SearchKey(key): &SearchKey| {
        let [a, b, c, d, ..] = *key;
        let number = u32::from_be_bytes([a, b, c, d]) % GUARDS;
        named(&format!("resemblance/{number}"))
    };
    keys.iter().map(guard).collect()
}

impl Office {
    /// The guards of a record as they stand. Asked before anybody who resembles is looked for.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub(crate) async fn guard(&self, record: &HolderRecord) -> Result<Guard> {
        // Asked keys are kept keys and more: whoever is asked for and whoever asks share one.
        let keys = search_keys::asked(self.desk.vault(), record);
        let mut seen = Vec::new();
        for id in guards(&keys) {
            let entity = self.store.entity(EntityKind::Setting, id).await?;
            seen.push((id, entity.map(|entity| entity.version)));
        }
        Ok(Guard(seen))
    }

    /// Sends an application of somebody whom the register does not know back to the comparison of duplicates, if somebody who resembles was
    /// registered since. Whether it did.
    ///
    /// # Errors
    /// Those of [`Office::application`].
    pub(super) async fn compared_again(
        &self,
        id: Uuid,
        application: &Application,
        record: &HolderRecord,
        now: OffsetDateTime,
    ) -> Result<bool> {
        if application.person().is_some() {
            return Ok(false);
        }
        let compared = application.check().map(|check| check.resembling.as_slice());
        let compared = compared.unwrap_or_default();
        let is_new = |one: &Resemblance| compared.iter().all(|other| other.person != one.person);
        let mut resembling = self.resembling(record, None).await?;
        resembling.retain(is_new);
        if resembling.is_empty() {
            return Ok(false);
        }
        let hand = Hand::service("check", now);
        let command = Command::RecordResemblance { resembling };
        self.application_with(id, &command, None, &hand, Change::new(now))
            .await?;
        Ok(true)
    }

    /// Before somebody grants an application: who was registered since the checks is compared first.
    ///
    /// # Errors
    /// [`Refusal::Resembling`], audited: the application waits for the comparison then.
    pub(super) async fn compared_before_approval(
        &self,
        id: Uuid,
        command: &Command,
        hand: &Hand,
        now: OffsetDateTime,
    ) -> Result<()> {
        let history = self.applications.history(id).await?;
        let Some(application) = history.application() else {
            return Ok(());
        };
        // What is refused or was done before needs no look into the packet.
        if !matches!(process(Some(&application), command), Ok(Some(_)))
            || application.person().is_some()
        {
            return Ok(());
        }
        let (packet, record, _) = self.open(id).await?;
        drop(packet);
        if !self.compared_again(id, &application, &record, now).await? {
            return Ok(());
        }
        let refusal = Refusal::Resembling;
        let subject = (SUBJECT, id);
        self.refuse(
            hand,
            Permission::ApplicationApprove,
            subject,
            refusal.code(),
            now,
        )
        .await?;
        Err(refusal.into())
    }

    /// The person whom an application is about: known, or to be registered, with a number where the document needs one.
    pub(super) async fn person_for(
        &self,
        application: &Application,
        record: &mut HolderRecord,
        profile: &'static dyn IssuerProfile,
        now: OffsetDateTime,
    ) -> Result<PersonOf> {
        let id = application
            .person()
            .unwrap_or_else(|| new_job(now, &mut *self.rng()));
        let history = self.people.history(id).await?;
        let registered = history.person();
        let own = registered.as_ref().and_then(|person| person.number());
        let stated = record.texts().get(Field::PersonalNumber).map(str::to_owned);
        if let Some(stated) = &stated {
            // What was approved is printed, and nothing else: a number of somebody else is no slip of the pen.
            let holder = self.people.of_number(stated).await?;
            if holder.is_some_and(|holder| holder != id) || own.is_some_and(|own| own != stated) {
                return Err(person::Refusal::OtherNumber.into());
            }
        }
        let number = match (own, stated, profile.number_scheme()) {
            (Some(own), _, _) => Some(own.to_owned()),
            (None, Some(stated), _) => Some(stated),
            (None, None, Some(scheme)) => {
                let birth = scheme.birth_in(record.texts(), now.date());
                let birth = birth.ok_or(Error::NotAccepted(Vec::new()))?;
                Some(self.free_number(scheme, &birth, now).await?)
            }
            (None, None, None) => None,
        };
        if let Some(number) = &number {
            record.set(Field::PersonalNumber, number.as_str());
        }
        Ok(PersonOf { history, number })
    }
}

/// A person of the register, before the document is entered.
pub(super) struct PersonOf {
    pub(super) history: PersonHistory,
    number: Option<String>,
}

impl PersonOf {
    /// Registers the person, records the number, takes over what the application says.
    pub(super) fn write(
        &mut self,
        office: &Office,
        change: &mut Change,
        application: Uuid,
        order: &DocumentOrder,
    ) -> Result<()> {
        let id = self.history.id;
        let record = order.record.record();
        let mut commands = Vec::new();
        if self.history.person().is_none() {
            let origin = Origin::Application(application);
            commands.push(person::Command::Register(origin));
        }
        if let Some(number) = &self.number {
            commands.push(person::Command::AssignNumber(number.clone()));
        }
        commands.push(person::Command::ChangeRecord {
            application,
            record: order.record_digest().clone(),
        });
        for command in commands {
            let granted = person::process(self.history.person().as_ref(), &command)?;
            let Some(event) = granted else { continue };
            let told = match &event {
                person::Event::NumberAssigned { .. } => Some(NoticeKind::NumberAssigned),
                person::Event::RecordChanged { .. } => Some(NoticeKind::PersonChanged),
                _ => None,
            };
            let details = office.details(id, record)?;
            self.history.append(change, event, Some(details))?;
            if let Some(kind) = told {
                notice::add(change, kind, id, Some(id), None);
            }
        }
        Ok(())
    }
}
