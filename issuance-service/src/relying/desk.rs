//! The desk where relying parties ask.

use std::sync::Arc;

use access::Permission;
use audit_log::Actor;
use register::store::{Change, Store};
use time::OffsetDateTime;
use uuid::Uuid;

use super::agreement::{self, Agreement};
use super::audit::Told;
use super::guessing::Misses;
use super::pace::Pace;
use super::records::Nobody;
use super::{Fault, Result};
use crate::Vault;

/// The desk where relying parties ask.
#[derive(Clone)]
pub struct RelyingDesk<S> {
    pub(super) store: S,
    pub(super) vault: Arc<Vault>,
    pub(super) nobody: Arc<Nobody>,
    pub(super) pace: Arc<Pace>,
    pub(super) misses: Arc<Misses>,
    /// Where this service is reached: `https://register.example`, without a slash at the end.
    pub(super) address: Arc<str>,
}

/// A party that asks, with what was agreed on.
#[derive(Debug, Clone)]
pub struct Party {
    /// Its device or account.
    pub id: Uuid,
    /// As the audit log names it.
    pub actor: Actor,
    /// The request in which it asks.
    pub request: Uuid,
    /// What it may.
    pub agreement: Agreement,
}

impl<S: Store> RelyingDesk<S> {
    /// A desk. `address` is where the service is reached: status lists are named by it.
    ///
    /// # Errors
    /// [`Fault::Crypto`].
    pub fn new(store: S, vault: Arc<Vault>, address: &str) -> Result<Self> {
        Ok(Self {
            nobody: Arc::new(Nobody::new(&vault)?),
            store,
            vault,
            pace: Arc::default(),
            misses: Arc::default(),
            address: address.trim_end_matches('/').into(),
        })
    }

    /// The store.
    pub const fn store(&self) -> &S {
        &self.store
    }

    /// Who asks, with what was agreed on.
    ///
    /// # Errors
    /// [`Fault::NoAgreement`].
    pub async fn party(
        &self,
        id: Uuid,
        actor: Actor,
        request: Uuid,
        now: OffsetDateTime,
    ) -> Result<Party> {
        let kept = agreement::of(&self.store, id).await?;
        let agreement = kept
            .map(|kept| kept.agreement)
            .filter(|agreement| agreement.holds_on(now.date()));
        let agreement = agreement.ok_or(Fault::NoAgreement)?;
        Ok(Party {
            id,
            actor,
            request,
            agreement,
        })
    }

    /// Records that something was refused to a party.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn refuse(
        &self,
        party: &Party,
        permission: Permission,
        fault: &Fault,
        now: OffsetDateTime,
    ) -> Result<()> {
        let Some(reason) = fault.refusal() else {
            return Ok(());
        };
        let mut change = Change::new(now);
        let told = Told::done(permission, ("request", party.request));
        Told {
            refused: Some(reason),
            ..told
        }
        .put(&mut change, party)?;
        change.tally(format!("relying/refused/{reason}"));
        Ok(self.store.commit(&change).await?)
    }
}
