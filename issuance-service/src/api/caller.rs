//! Who asks: an account by its session, or a device by its certificate. [`super::guard`] finds out, before any handler runs.

use std::net::IpAddr;

use access::account::By;
use access::{DeviceKind, Permission, RoleSet, Session};
use audit_log::{Actor, ActorKind, Token};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use register::Officer;
use uuid::Uuid;

use super::problem::{Kind, Problem};
use crate::office::Hand;
use crate::personalisation::Site;

/// Who asks.
#[derive(Debug, Clone)]
pub struct Caller {
    /// By what he is known.
    pub kind: CallerKind,
    /// What he may.
    pub roles: RoleSet,
    /// The name under which his steps stand in the register.
    pub officer: Officer,
    /// The request.
    pub request: Uuid,
    /// From where.
    pub address: IpAddr,
}

/// By what somebody is known.
#[derive(Debug, Clone)]
pub enum CallerKind {
    /// A person.
    Account {
        /// The account.
        id: Uuid,
        /// Its login name.
        login: String,
        /// The session in which he asks.
        session: Box<Session>,
    },
    /// A machine.
    Device {
        /// Which one.
        id: Uuid,
        /// Of what kind.
        kind: DeviceKind,
        /// How people call it.
        name: String,
        /// Where it writes cards, if it does.
        site: Option<Site>,
    },
}

impl Caller {
    /// The account or the device.
    #[must_use]
    pub const fn id(&self) -> Uuid {
        match &self.kind {
            CallerKind::Account { id, .. } | CallerKind::Device { id, .. } => *id,
        }
    }

    /// The device, where it is one.
    #[must_use]
    pub const fn device(&self) -> Option<Uuid> {
        match &self.kind {
            CallerKind::Account { .. } => None,
            CallerKind::Device { id, .. } => Some(*id),
        }
    }

    /// Whether the batches of a site are his business: those of its own site are a machine's, all are people's.
    #[must_use]
    pub fn works_at(&self, site: &Site) -> bool {
        match &self.kind {
            CallerKind::Account { .. } => true,
            CallerKind::Device { site: own, .. } => own.as_ref() == Some(site),
        }
    }

    /// Whether he has a right.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.roles.allows(permission)
    }

    /// As who changes accounts.
    #[must_use]
    pub const fn by(&self) -> By {
        By {
            id: self.id(),
            roles: self.roles,
        }
    }

    /// The session, of a person.
    ///
    /// # Errors
    /// [`Kind::NotFound`] for a device: it has none.
    pub fn session(&self) -> Result<&Session, Problem> {
        match &self.kind {
            CallerKind::Account { session, .. } => Ok(session),
            CallerKind::Device { .. } => Err(Kind::NotFound.into()),
        }
    }

    /// In whose name [`crate::office::Office`] does what he asks for.
    #[must_use]
    pub fn hand(&self) -> Hand {
        Hand {
            officer: self.officer.clone(),
            actor: self.actor(),
            request: self.request,
        }
    }

    /// As the audit log names him.
    #[must_use]
    pub fn actor(&self) -> Actor {
        let (kind, id, name) = match &self.kind {
            CallerKind::Account { id, login, .. } => (ActorKind::Person, *id, login),
            CallerKind::Device {
                id,
                kind: DeviceKind::RelyingParty,
                name,
                ..
            } => (ActorKind::RelyingParty, *id, name),
            CallerKind::Device { id, name, .. } => (ActorKind::Device, *id, name),
        };
        Actor {
            kind,
            id: id.into(),
            name: Token::new(name.as_str()).unwrap_or_else(|_| id.into()),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        // Missing only on a route for everybody: a fault of the table, answered as if nobody had signed in.
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| Kind::SignInNeeded.into())
    }
}
