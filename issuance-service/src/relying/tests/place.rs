//! A register with some people in it, and a party.

use std::sync::Arc;

use audit_log::{Actor, ActorKind, Token};
use crypto::SealingKey;
use enrolment::{Field, HolderRecord};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use register::document::{Event as DocumentEvent, stored};
use register::person::{Event, Origin};
use register::store::{AnyStore, Change, Sequencing, Store as _, Topic};
use register::{Details, Documents, History, PersonHistory, append_document};
use tempfile::TempDir;
use time::OffsetDateTime;
use time::macros::datetime;
use uuid::Uuid;

use super::counted::Counted;
use crate::Vault;
use crate::office::NoticeKind;
use crate::relying::agreement::{self, Agreement};
use crate::relying::attribute::Attribute;
use crate::relying::changes::tell;
use crate::relying::subject::Subject;
use crate::relying::verification::Request;
use crate::relying::{Party, RelyingDesk};

pub const NOW: OffsetDateTime = datetime!(2026-11-22 10:00 UTC);
pub const NUMBER: &str = "001099000001";
pub const ADDRESS: &str = "https://register.example";

pub struct Place {
    _folder: TempDir,
    pub store: Counted,
    pub vault: Arc<Vault>,
    pub desk: RelyingDesk<Counted>,
}

pub fn agreement() -> Agreement {
    Agreement {
        attributes: Attribute::all().collect(),
        purposes: vec!["open-account".to_owned()],
        consent_needed: true,
        per_minute: 60_000,
        lines_per_day: 1_000_000,
        misses_per_day: 100_000,
        tries_per_subject: 5,
        chips: true,
        numbers: true,
        changes: vec![NoticeKind::DocumentEnded, NoticeKind::DocumentSuspended],
        until: None,
    }
}

pub fn ask(number: &str, attributes: &[(&str, &str)]) -> Request {
    Request {
        subject: Subject::PersonalNumber(number.to_owned()),
        attributes: attributes
            .iter()
            .map(|(word, text)| (word.parse().unwrap(), (*text).to_owned()))
            .collect(),
        purpose: "open-account".to_owned(),
        consent: Some("consent-17".to_owned()),
    }
}

impl Place {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("register.sqlite");
        let store = Counted::new(AnyStore::create(path.to_str().unwrap()).await.unwrap());
        let master = SealingKey::generate(&mut StdRng::seed_from_u64(5));
        let vault = Arc::new(Vault::new(folder.path().join("vault"), master));
        let desk = RelyingDesk::new(store.clone(), Arc::clone(&vault), ADDRESS).unwrap();
        Self {
            _folder: folder,
            store,
            vault,
            desk,
        }
    }

    pub async fn party(&self, agreement: Agreement) -> Party {
        let id = Uuid::now_v7();
        let mut change = Change::new(NOW);
        agreement::put(&mut change, id, &agreement, 0).unwrap();
        self.store.commit(&change).await.unwrap();
        let name = Token::new("TEST-bank").unwrap();
        let actor = Actor {
            kind: ActorKind::RelyingParty,
            id: id.into(),
            name,
        };
        self.desk
            .party(id, actor, Uuid::now_v7(), NOW)
            .await
            .unwrap()
    }

    pub async fn person(&self, number: &str, texts: &[(Field, &str)]) -> Uuid {
        let id = Uuid::now_v7();
        let mut record = HolderRecord::new();
        for (field, text) in texts {
            record.set(*field, *text);
        }
        let sealed = crate::person_texts::seal(&self.vault, id, record.texts()).unwrap();
        let mut change = Change::new(NOW);
        let mut history = PersonHistory::empty(id);
        let origin = Event::PersonRegistered(Origin::Application(Uuid::nil()));
        history
            .append(
                &mut change,
                origin,
                Some(Details {
                    sealed,
                    keys: Vec::new(),
                }),
            )
            .unwrap();
        let number = number.to_owned();
        history
            .append(&mut change, Event::NumberAssigned { number }, None)
            .unwrap();
        self.store.commit(&change).await.unwrap();
        id
    }

    /// Somebody of whom the usual things are known.
    pub async fn somebody(&self) -> Uuid {
        let texts = [
            (Field::FullName, "Nguyễn Thị Hòa"),
            (Field::DateOfBirth, "1999-02-01"),
            (Field::Sex, "female"),
            (Field::PermanentResidence, "1 TEST, SPECIMEN"),
        ];
        self.person(NUMBER, &texts).await
    }

    /// Appends an event to a document, as it is stored.
    pub async fn document(&self, job: Uuid, body: &str) {
        self.document_with(job, body, Change::new(NOW)).await;
    }

    pub async fn document_with(&self, job: Uuid, body: &str, mut change: Change) {
        let event: DocumentEvent = stored::decode(job, body).unwrap();
        // The id of the job is not in the event that enters it.
        let history: History = Documents::new(self.store.clone())
            .history(job)
            .await
            .unwrap();
        append_document(&mut change, &history, &event).unwrap();
        self.store.commit(&change).await.unwrap();
    }

    pub async fn notice(&self, kind: NoticeKind, subject: Uuid, person: Option<Uuid>) {
        let mut change = Change::new(NOW);
        tell(&mut change, kind, subject, person, Some("lost"));
        self.store.commit(&change).await.unwrap();
        self.sequence(Topic::Notice).await;
    }

    pub async fn sequence(&self, topic: Topic) {
        let waiting = self.store.unsequenced(topic, 100_000).await.unwrap();
        if waiting.is_empty() {
            return;
        }
        let (size, _) = self.store.sequenced(topic).await.unwrap();
        let entries = waiting.iter().map(|entry| entry.id).collect();
        let sequencing = Sequencing {
            topic,
            size,
            entries,
            hashes: Vec::new(),
            checkpoint: None,
        };
        self.store.sequence(&sequencing).await.unwrap();
    }

    /// The audit log as text.
    pub async fn audit_log(&self) -> Vec<String> {
        self.sequence(Topic::Audit).await;
        let entries = self.store.journal(Topic::Audit, 0, 100_000).await.unwrap();
        entries
            .into_iter()
            .map(|entry| String::from_utf8(entry.body).unwrap())
            .collect()
    }
}
