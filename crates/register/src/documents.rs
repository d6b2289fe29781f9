//! Documents on a store: what [`crate::document`] decides becomes a [`Change`], and rows become documents again.

mod row;

use crypto::SecretBytes;
use perso::{Entered, RegisterError};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::document::{Command, Document, Entry, Event, Stage, StageKind, stored};
use crate::store::{
    Append, BlobChange, BlobName, Breadth, Change, Claim, ClaimChange, ClaimKind, Cursor,
    EntityChange, EntityKind, Expected, Query, SearchKey, Store, StoreError, Stream, StreamKind,
    TaskChange,
};
use crate::{Digest, document};

pub use row::DocumentSummary;

/// Documents of a store.
#[derive(Debug, Clone)]
pub struct Documents<S> {
    store: S,
}

/// An event of a document as it is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Its number among the events of the job, from 1.
    pub version: u32,
    /// When it was recorded.
    pub at: OffsetDateTime,
    /// What happened.
    pub event: Event,
}

/// The events of one job.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History(pub Vec<Recorded>);

/// By what a document is found, besides its job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// The number of the document. Documents that are numbered by the person share it: the last one is found.
    DocumentNumber {
        /// Issuing state of the MRZ.
        issuing_state: String,
        /// Document number of the MRZ.
        number: String,
    },
    /// The serial number of the chip.
    Chip(Vec<u8>),
    /// SHA-256 of EF.SOD.
    SecurityObject(Digest),
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Only documents of this stage.
    pub stage: Option<StageKind>,
    /// Only documents after this one.
    pub after: Option<Cursor>,
    /// At most so many.
    pub limit: u32,
}

impl History {
    /// The document that they make; `None` when nothing has happened.
    #[must_use]
    pub fn document(&self) -> Option<Document> {
        Document::replay(self.0.iter().map(|recorded| &recorded.event))
    }

    /// The version that the next event is appended behind.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.0.last().map_or(0, |recorded| recorded.version)
    }

    /// When it was entered; `None` when nothing has happened.
    #[must_use]
    pub fn entered_at(&self) -> Option<OffsetDateTime> {
        self.0.first().map(|recorded| recorded.at)
    }
}

/// Adds an event behind a history, with everything that follows from it: claims, the row, the search key, the job file that goes.
///
/// # Errors
/// [`StoreError::Corrupt`] for an event that makes no document out of the history.
pub fn append(change: &mut Change, history: &History, event: &Event) -> Result<(), StoreError> {
    let job = match event {
        Event::DocumentEntered(entry) => entry.document.job,
        _ => history
            .document()
            .map_or(Uuid::nil(), |document| document.job()),
    };
    let after = Document::apply(history.document(), event);
    let after = after.ok_or(StoreError::Corrupt {
        id: job,
        what: "history",
    })?;
    change.appends.push(Append {
        stream: stream(job),
        after: history.version(),
        bodies: vec![stored::encode(event)?],
    });
    claim(change, &after, event);
    change.entities.push(EntityChange::Put {
        entity: row::entity(&after, history.entered_at().unwrap_or(change.at), change.at)?,
        expected: Expected::Any,
        keys: match event {
            Event::DocumentEntered(entry) => Some(vec![number_key(
                &entry.document.issuing_state,
                &entry.document.document_number,
            )]),
            _ => None,
        },
    });
    if !matches!(
        after.stage(),
        Stage::Entered | Stage::Signed(_) | Stage::Written { .. }
    ) {
        // The card is made, or never will be: what was needed to make it goes.
        change.blobs.push(BlobChange::Erase {
            owner: job,
            name: BlobName::JobFile,
        });
        change.tasks.push(TaskChange::Finish(job));
    }
    Ok(())
}

fn claim(change: &mut Change, document: &Document, event: &Event) {
    let holder = document.job();
    let mut take = |claim| change.claims.push(ClaimChange::Take { claim, holder });
    match event {
        Event::DocumentEntered(entry) => {
            take(number_claim(entry));
            let serial = &entry.document.chip_serial;
            take(Claim::new(ClaimKind::ChipSerial, serial.as_slice()));
            for key in &entry.document.chip_keys {
                take(Claim::new(ClaimKind::ChipKey, key.as_slice()));
            }
        }
        Event::DocumentSigned(signature) => take(Claim::new(
            ClaimKind::SecurityObject,
            signature.security_object.as_octets(),
        )),
        event if ends_making(document.entry(), event) => {
            let claim = number_claim(document.entry());
            if claim.kind == ClaimKind::DocumentInMaking {
                change.claims.push(ClaimChange::Release { claim, holder });
            }
        }
        _ => {}
    }
}

/// Whether the next document of the person may be begun. A bureau that issues from folders is not told of the hand-over.
const fn ends_making(entry: &Entry, event: &Event) -> bool {
    match event {
        Event::DocumentVoided(_) | Event::DocumentEnded(_) | Event::DocumentHandedOver(_) => true,
        Event::DocumentDelivered(_) => entry.application.is_none(),
        _ => false,
    }
}

/// What makes a document the only one: its number, or being in the making for a person.
fn number_claim(entry: &Entry) -> Claim {
    let document = &entry.document;
    let state = &document.issuing_state;
    match &entry.personal_number {
        Some(person) => {
            let code = &document.document_code;
            let value = format!("{state}/{code}/{person}");
            Claim::new(ClaimKind::DocumentInMaking, value)
        }
        None => {
            let number = &document.document_number;
            Claim::new(ClaimKind::DocumentNumber, format!("{state}/{number}"))
        }
    }
}

/// The key by which documents of a number are searched: the number of a document is no secret to whoever may read rows.
fn number_key(issuing_state: &str, number: &str) -> SearchKey {
    let digest = Digest::of(format!("document-number/{issuing_state}/{number}").as_bytes());
    let mut key = [0; 16];
    key.iter_mut()
        .zip(digest.as_octets())
        .for_each(|(to, from)| *to = *from);
    SearchKey(key)
}

const fn stream(job: Uuid) -> Stream {
    Stream {
        kind: StreamKind::Document,
        id: job,
    }
}

impl<S: Store> Documents<S> {
    /// The documents of a store.
    pub const fn new(store: S) -> Self {
        Self { store }
    }

    /// The store.
    pub const fn store(&self) -> &S {
        &self.store
    }

    /// Enters a document as its first event, with whatever else the change holds. The same document again, out of the same record, is
    /// answered in the same way.
    ///
    /// # Errors
    /// [`RegisterError`] naming the job that holds the number, the chip or the key, [`RegisterError::JobDiffers`] for another
    /// record; nothing was entered then.
    pub async fn enter(&self, entry: &Entry, mut change: Change) -> Result<Entered, RegisterError> {
        let event = Event::DocumentEntered(entry.clone());
        append(&mut change, &History::default(), &event).map_err(storage)?;
        let job = entry.document.job;
        if document::process(None, &Command::EnterDocument(entry.clone())).is_err() {
            // The one thing that no constraint sees: two keys of one chip are equal.
            return Err(RegisterError::ChipKeyUsed(job));
        }
        match self.store.commit(&change).await {
            Ok(()) => Ok(Entered::New),
            Err(error @ (StoreError::Conflict(_) | StoreError::Claimed { .. })) => {
                self.explain(entry, job, error).await
            }
            Err(error) => Err(storage(error)),
        }
    }

    /// Who holds what the entry wants. Documents never go, so what was in the way a moment ago still is.
    async fn explain(
        &self,
        entry: &Entry,
        job: Uuid,
        error: StoreError,
    ) -> Result<Entered, RegisterError> {
        if let Some(document) = self.history(job).await.map_err(storage)?.document() {
            return if document.entry().is_same_document(entry) {
                Ok(Entered::Before)
            } else {
                Err(RegisterError::JobDiffers)
            };
        }
        Err(match error {
            StoreError::Claimed { claim, holder } => match claim.kind {
                ClaimKind::ChipSerial => RegisterError::ChipUsed(holder),
                ClaimKind::ChipKey => RegisterError::ChipKeyUsed(holder),
                ClaimKind::PersonalNumber => RegisterError::PersonalNumberUsed(holder),
                _ => RegisterError::DocumentNumberUsed(holder),
            },
            error => storage(error),
        })
    }

    /// Appends an event behind a history, and sets or erases the job file of the job.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when something else has happened to the job; [`StoreError::Claimed`]. Nothing was appended then.
    pub async fn append(
        &self,
        history: &History,
        event: &Event,
        job_file: Option<&SecretBytes>,
        at: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let mut change = Change::new(at);
        append(&mut change, history, event)?;
        if let (Some(content), Some(document)) = (job_file, history.document()) {
            change.blobs.push(BlobChange::Put {
                owner: document.job(),
                name: BlobName::JobFile,
                sealed: content.expose().to_vec(),
            });
        }
        self.store.commit(&change).await
    }

    /// Everything that happened to a job, in order; empty when it is unknown.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn history(&self, job: Uuid) -> Result<History, StoreError> {
        let recorded = self.store.history(stream(job)).await?;
        let recorded = recorded.into_iter().map(|recorded| {
            Ok(Recorded {
                version: recorded.version,
                at: recorded.at,
                event: document::stored::decode(job, &recorded.body)?,
            })
        });
        Ok(History(recorded.collect::<Result<_, StoreError>>()?))
    }

    /// The job file, while there is one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn job_file(&self, job: Uuid) -> Result<Option<SecretBytes>, StoreError> {
        let content = self.store.blob(job, BlobName::JobFile).await?;
        Ok(content.map(SecretBytes::new))
    }

    /// The job of a document.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn find(&self, key: &Key) -> Result<Option<Uuid>, StoreError> {
        let claim = match key {
            Key::Chip(serial) => Claim::new(ClaimKind::ChipSerial, serial.as_slice()),
            Key::SecurityObject(digest) => {
                Claim::new(ClaimKind::SecurityObject, digest.as_octets())
            }
            Key::DocumentNumber {
                issuing_state,
                number,
            } => {
                let value = format!("{issuing_state}/{number}");
                let claim = Claim::new(ClaimKind::DocumentNumber, value);
                if let Some(job) = self.store.holder(&claim).await? {
                    return Ok(Some(job));
                }
                let keys = [number_key(issuing_state, number)];
                let found = self
                    .store
                    .find(EntityKind::Document, &keys, Breadth::All, 100)
                    .await?;
                let last = found.iter().max_by_key(|entity| entity.order);
                return Ok(last.map(|entity| entity.id));
            }
        };
        self.store.holder(&claim).await
    }

    /// The line of a document; `None` when it is unknown.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn summary(&self, job: Uuid) -> Result<Option<DocumentSummary>, StoreError> {
        let entity = self.store.entity(EntityKind::Document, job).await?;
        entity.as_ref().map(DocumentSummary::of).transpose()
    }

    /// The place of a document in lists; `None` when it is unknown.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn cursor(&self, job: Uuid) -> Result<Option<Cursor>, StoreError> {
        let entity = self.store.entity(EntityKind::Document, job).await?;
        Ok(entity.map(|entity| Cursor {
            order: entity.order,
            id: entity.id,
        }))
    }

    /// Documents in the order of their entry.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn list(&self, page: &Page) -> Result<Vec<DocumentSummary>, StoreError> {
        let query = Query {
            state: page.stage.map(|stage| stage.word().to_owned()),
            after: page.after,
            ..Query::of(EntityKind::Document, page.limit)
        };
        let entities = self.store.list(&query).await?;
        entities.iter().map(DocumentSummary::of).collect()
    }
}

fn storage(error: StoreError) -> RegisterError {
    RegisterError::Storage(Box::new(error))
}
