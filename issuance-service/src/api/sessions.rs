//! Sessions and one-time links in the register: both are found by the hash of their token, and both pass by themselves.

use access::one_time_link::OneTimeLink;
use access::{Account, SecretToken, Session, TokenHash};
use register::store::{
    Change, Entity, EntityChange, EntityKind, Expected, Query, Store as _, StoreError,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use super::Api;
use super::accounts::{Kept, milliseconds};
use super::problem::{Kind, Problem, internal};

/// What is gone is cleared away so many at a time.
const CLEARED_AT_ONCE: u32 = 200;

/// A link, and the secret that is offered to who opens it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeptLink {
    /// The link.
    pub link: OneTimeLink,
    /// The secret of the second factor that was shown, sealed for the account, in hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offered: Option<String>,
}

/// The id of an entity that is found by a token's hash: half of it. The body holds the whole.
fn id_of(hash: &TokenHash) -> Uuid {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, ..] = *hash.as_bytes();
    Uuid::from_bytes([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p])
}

fn passing<T: Serialize>(
    kind: EntityKind,
    hash: &TokenHash,
    account: Uuid,
    ends: OffsetDateTime,
    body: &T,
) -> Result<Entity, Problem> {
    Ok(Entity {
        kind,
        id: id_of(hash),
        state: "open".to_owned(),
        place: account.to_string(),
        order: milliseconds(ends),
        version: 0,
        body: serde_json::to_string(body).map_err(|error| internal(&error))?,
    })
}

fn body<T: DeserializeOwned>(entity: &Entity) -> Result<T, StoreError> {
    serde_json::from_str(&entity.body).map_err(|_| StoreError::Corrupt {
        id: entity.id,
        what: "session or link",
    })
}

impl Api {
    /// The session of a token, and its account. A session that is over is removed.
    ///
    /// # Errors
    /// [`Kind::SignInNeeded`], [`Kind::SessionOver`]; those of the store.
    pub async fn session_of(&self, token: &SecretToken) -> Result<(Session, Account), Problem> {
        let hash = token.hash();
        let entity = self
            .store
            .entity(EntityKind::Session, id_of(&hash))
            .await?
            .ok_or(Kind::SignInNeeded)?;
        let mut session: Session = body(&entity)?;
        // The id is half of the hash; the comparison of the whole takes the same time for all.
        if session.hash != hash {
            return Err(Kind::SignInNeeded.into());
        }
        let account = self
            .account(session.account)
            .await?
            .ok_or(Kind::SignInNeeded)?
            .account;
        let now = self.now();
        if let Err(over) = session.check(&account, &self.sessions, now) {
            let mut change = self.change();
            change.entities.push(end_session(&session));
            self.commit(&change).await?;
            return Err(over.into());
        }
        if session.touch(now) {
            let mut change = self.change();
            self.put_session(&mut change, &session, Expected::Version(entity.version))?;
            // Another request of the same minute was faster.
            match self.store.commit(&change).await {
                Ok(()) | Err(StoreError::EntityChanged { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok((session, account))
    }

    /// Puts a session into a change.
    ///
    /// # Errors
    /// [`Kind::Internal`].
    pub fn put_session(
        &self,
        change: &mut Change,
        session: &Session,
        expected: Expected,
    ) -> Result<(), Problem> {
        let ends = session.opened.saturating_add(self.sessions.absolute);
        let entity = passing(
            EntityKind::Session,
            &session.hash,
            session.account,
            ends,
            session,
        )?;
        change.entities.push(EntityChange::Put {
            entity,
            expected,
            keys: None,
        });
        Ok(())
    }

    /// The link of a token, its account, and its version in the store.
    ///
    /// # Errors
    /// [`Kind::LinkUnusable`]; those of the store.
    pub async fn link_of(&self, token: &SecretToken) -> Result<(KeptLink, Kept, u32), Problem> {
        let hash = token.hash();
        let entity = self
            .store
            .entity(EntityKind::Link, id_of(&hash))
            .await?
            .ok_or(Kind::LinkUnusable)?;
        let kept: KeptLink = body(&entity)?;
        kept.link.check(token, self.now())?;
        let account = self
            .account(kept.link.account)
            .await?
            .ok_or(Kind::LinkUnusable)?;
        Ok((kept, account, entity.version))
    }

    /// Puts a link into a change.
    ///
    /// # Errors
    /// [`Kind::Internal`].
    pub fn put_link(
        &self,
        change: &mut Change,
        kept: &KeptLink,
        expected: Expected,
    ) -> Result<(), Problem> {
        let link = &kept.link;
        let entity = passing(
            EntityKind::Link,
            &link.hash,
            link.account,
            link.expires,
            kept,
        )?;
        change.entities.push(EntityChange::Put {
            entity,
            expected,
            keys: None,
        });
        Ok(())
    }

    /// Takes every link of an account away, as far as one change may.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn end_links(&self, change: &mut Change, account: Uuid) -> Result<(), Problem> {
        let query = Query {
            place: Some(account.to_string()),
            ..Query::of(EntityKind::Link, CLEARED_AT_ONCE)
        };
        let links = self.store.list(&query).await?;
        change
            .entities
            .extend(links.into_iter().map(|link| EntityChange::Remove {
                kind: link.kind,
                id: link.id,
            }));
        Ok(())
    }

    /// Clears away what has passed: sessions, links, kept answers. Says how many there were.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn clear_away(&self) -> Result<usize, Problem> {
        let now = milliseconds(self.now());
        let mut change = self.change();
        for kind in [EntityKind::Session, EntityKind::Link, EntityKind::Reply] {
            let first = self.store.list(&Query::of(kind, CLEARED_AT_ONCE)).await?;
            let over = first.into_iter().filter(|entity| entity.order < now);
            change
                .entities
                .extend(over.map(|entity| EntityChange::Remove {
                    kind,
                    id: entity.id,
                }));
        }
        if !change.entities.is_empty() {
            self.commit(&change).await?;
        }
        Ok(change.entities.len())
    }
}

/// The end of a session.
#[must_use]
pub fn end_session(session: &Session) -> EntityChange {
    EntityChange::Remove {
        kind: EntityKind::Session,
        id: id_of(&session.hash),
    }
}

/// The use of a link: it is gone.
#[must_use]
pub fn end_link(link: &OneTimeLink) -> EntityChange {
    EntityChange::Remove {
        kind: EntityKind::Link,
        id: id_of(&link.hash),
    }
}
