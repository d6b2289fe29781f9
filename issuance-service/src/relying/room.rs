//! Everything of this room that routes and workers share.

use std::sync::Arc;

use access::Permission;
use enrolment::personal_number::NumberScheme;
use enrolment::profiles;
use pki::Signer;
use register::store::AnyStore;
use time::OffsetDateTime;

use super::agreement::Agreement;
use super::carriers::Carriers;
use super::courier::Courier;
use super::lines::Running;
use super::status::Publisher;
use super::{Fault, Party, RelyingDesk, Result};
use crate::api::audit::Audit;
use crate::api::caller::Caller;
use crate::{RelyingConfig, Vault};

/// Everything of this room that routes and workers share.
#[derive(Clone)]
pub struct Room {
    /// Where parties ask.
    pub desk: RelyingDesk<AnyStore>,
    /// Signs status lists.
    pub publisher: Publisher,
    /// Batches that are worked on.
    pub running: Running,
    /// The lines by which changes are brought.
    pub carriers: Carriers,
    scheme: Option<&'static dyn NumberScheme>,
}

impl Room {
    /// Opens it.
    ///
    /// # Errors
    /// [`crate::Error::File`] for authorities that cannot be read; [`crate::Error::UnknownProfile`].
    pub fn open(
        config: &RelyingConfig,
        address: &str,
        store: AnyStore,
        vault: Arc<Vault>,
        status_key: Arc<dyn Signer>,
    ) -> crate::Result<Self> {
        let address = config.address.as_deref().unwrap_or(address);
        let scheme = match &config.number_profile {
            Some(id) => profiles::by_id(id)
                .ok_or(crate::Error::UnknownProfile)?
                .number_scheme(),
            None => profiles::ALL
                .iter()
                .find_map(|profile| profile.number_scheme()),
        };
        Ok(Self {
            desk: RelyingDesk::new(store, vault, address).map_err(as_error)?,
            publisher: Publisher::new(status_key).map_err(as_error)?,
            running: Running::default(),
            carriers: config.carriers()?,
            scheme,
        })
    }

    /// How numbers for newborns are built.
    ///
    /// # Errors
    /// [`Fault::State`] where no profile has numbers.
    pub fn scheme(&self) -> Result<&'static dyn NumberScheme> {
        self.scheme
            .ok_or(Fault::State("no issuer profile here has personal numbers"))
    }

    /// Who asks, with what was agreed on; a party without an agreement is refused, and that is audited.
    ///
    /// # Errors
    /// [`Fault::NoAgreement`].
    pub async fn party(
        &self,
        caller: &Caller,
        permission: Permission,
        now: OffsetDateTime,
    ) -> Result<Party> {
        let party = self
            .desk
            .party(caller.id(), caller.actor(), caller.request, now)
            .await;
        if let Err(Fault::NoAgreement) = &party {
            let mut change = register::store::Change::new(now);
            let told = Audit::of(caller, permission.code(), "request", caller.request)
                .refused("no-agreement");
            // An entry of words of this program is one.
            if told.put(&mut change).is_ok() {
                register::store::Store::commit(&self.desk.store, &change).await?;
            }
        }
        party
    }

    /// A member of the staff, with whom nothing is agreed on.
    #[must_use]
    pub fn staff(caller: &Caller) -> Party {
        Party {
            id: caller.id(),
            actor: caller.actor(),
            request: caller.request,
            agreement: Agreement::nothing(),
        }
    }

    /// Whoever brings changes, if they are to be brought anywhere.
    #[must_use]
    pub fn courier(&self) -> Option<Courier<AnyStore, Carriers>> {
        let carriers = self.carriers.clone();
        (!carriers.is_empty()).then(|| Courier::new(self.desk.clone(), carriers))
    }
}

/// A fault of this room as one of the crate: what the store or the office has said stays that.
#[must_use]
pub fn as_error(fault: Fault) -> crate::Error {
    match fault {
        Fault::Store(error) => error.into(),
        Fault::Crypto(error) => error.into(),
        Fault::Office(error) => *error,
        fault => fault.into(),
    }
}
