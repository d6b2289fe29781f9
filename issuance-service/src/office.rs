//! The service behind every route and every worker: what one decision changes, it changes as a whole.
//!
//! ```text
//! packet ─▶ application ─ check ─▶ people who resemble ─ review, approve ─▶ person, number
//!                                                                              │
//! hand-over ◀─ consignment ◀─ quality control ◀─ batch ◀─ signed job ◀─ chip ◀─┘
//! ```
//!
//! * [`Office::application`], [`Office::document`]: a command of somebody becomes one [`register::store::Change`]: events of every stream that it
//!   touches, rows, tasks, an audit entry, a notice.
//! * [`check`](Office::check_next), [`produce`](Office::produce_next), [`erase`](Office::erase_next): what the workers do, one task at a time. A worker that dies
//!   loses nothing: its lease runs out, and the next one goes on.
//!
//! What is refused is audited as well.

mod applications;
mod audit;
mod check;
mod documents;
mod erase;
mod hand;
mod notice;
mod numbers;
mod people;
mod produce;
mod registering;
mod search_keys;
mod worker;

use std::sync::Arc;

use access::Permission;
use crypto::CryptoRng;
use enrolment::duplicates::Policy;
use register::store::{AnyStore, Change, Store as _};
use register::{Applications, Documents, People};

pub(crate) use documents::application_follows;
pub use documents::permission_of;
pub use hand::Hand;
pub use notice::{Notice, NoticeKind};
pub(crate) use numbers::named;
pub use people::{PersonQuery, PersonView};
pub(crate) use produce::JOB_FILE;
pub use worker::{Done, LEASE};

use crate::intake::IntakeDesk;
use crate::signers::Signers;

/// Draws randomness for one piece of work.
pub type Randomness = dyn Fn() -> Box<dyn CryptoRng + Send> + Send + Sync;

/// The service behind every route and every worker.
#[derive(Clone)]
pub struct Office {
    store: AnyStore,
    applications: Applications<AnyStore>,
    documents: Documents<AnyStore>,
    people: People<AnyStore>,
    desk: Arc<IntakeDesk<AnyStore>>,
    signers: Option<Arc<Signers>>,
    policy: Arc<Policy>,
    /// The word of this data centre: personal numbers are leased to it in blocks.
    data_centre: String,
    randomness: Arc<Randomness>,
}

impl Office {
    /// An office on the store of an intake desk. Without signers nothing is produced.
    #[must_use]
    pub fn new(
        desk: Arc<IntakeDesk<AnyStore>>,
        signers: Option<Arc<Signers>>,
        data_centre: String,
        randomness: Arc<Randomness>,
    ) -> Self {
        let store = desk.store().clone();
        Self {
            applications: Applications::new(store.clone()),
            documents: Documents::new(store.clone()),
            people: People::new(store.clone()),
            store,
            desk,
            signers,
            policy: Arc::new(Policy::standard()),
            data_centre,
            randomness,
        }
    }

    /// Whether there is a document signer: without one nothing is produced.
    #[must_use]
    pub const fn can_sign(&self) -> bool {
        self.signers.is_some()
    }

    /// Where everything is remembered.
    #[must_use]
    pub const fn store(&self) -> &AnyStore {
        &self.store
    }

    /// Where packets come in.
    #[must_use]
    pub const fn desk(&self) -> &Arc<IntakeDesk<AnyStore>> {
        &self.desk
    }

    /// Applications, for questions.
    #[must_use]
    pub const fn applications(&self) -> &Applications<AnyStore> {
        &self.applications
    }

    /// Documents, for questions.
    #[must_use]
    pub const fn documents(&self) -> &Documents<AnyStore> {
        &self.documents
    }

    /// People, for questions.
    #[must_use]
    pub const fn people(&self) -> &People<AnyStore> {
        &self.people
    }

    /// A generator for one piece of work.
    #[must_use]
    pub fn rng(&self) -> Box<dyn CryptoRng + Send> {
        (self.randomness)()
    }

    /// Commits a change of somebody's: with its audit entry, in one transaction. Rooms that have their own rows use this.
    ///
    /// # Errors
    /// [`crate::Error::Store`]: nothing happened then.
    pub async fn commit(
        &self,
        mut change: Change,
        hand: &Hand,
        permission: Permission,
        subject: (&str, uuid::Uuid),
    ) -> crate::Result<()> {
        audit::done(&mut change, hand, permission, subject)?;
        Ok(self.store.commit(&change).await?)
    }

    /// Records that something was refused to somebody, and why.
    ///
    /// # Errors
    /// [`crate::Error::Store`].
    pub async fn refuse(
        &self,
        hand: &Hand,
        permission: Permission,
        subject: (&str, uuid::Uuid),
        reason: &str,
        now: time::OffsetDateTime,
    ) -> crate::Result<()> {
        let mut change = Change::new(now);
        audit::refused(&mut change, hand, permission, subject, reason)?;
        Ok(self.store.commit(&change).await?)
    }
}
