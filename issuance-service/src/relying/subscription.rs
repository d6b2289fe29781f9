//! Subscriptions: who is told of changes by webhook or NATS, where, how far, and how well that goes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use crypto::SecretBytes;
use register::store::{
    Change, Entity, EntityChange, EntityKind, Expected, Query, Store, StoreError, Topic,
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use super::carriers::Places;
use super::{Fault, Party, RelyingDesk, Result};
use crate::Vault;
use crate::office::NoticeKind;

/// Subscriptions of a party at most.
pub const MAX_SUBSCRIPTIONS: usize = 8;
/// Octets of a secret.
pub const SECRET: usize = 32;
/// What a secret begins with (Standard Webhooks 1.0).
pub const SECRET_PREFIX: &str = "whsec_";
/// The purpose under which secrets are sealed.
const PURPOSE: &str = "webhook-secret";

/// How it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Changes are brought.
    Active,
    /// Nothing could be brought for days, or the receiver said that it is gone: somebody has to look, and resume it.
    Alarm,
    /// The party does not want it any more.
    Closed,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Active, Self::Alarm, Self::Closed];

    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Alarm => "alarm",
            Self::Closed => "closed",
        }
    }
}

/// A subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Its name.
    pub id: Uuid,
    /// Whose it is.
    pub party: Uuid,
    /// How it goes.
    pub state: State,
    /// Raised with every change.
    pub version: u32,
    /// When it was made, in milliseconds.
    pub created: i64,
    /// The rest.
    pub kept: Kept,
}

/// What stands in the row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The address of the webhook; `nats:` and a subject for one that is brought to the stream.
    pub url: String,
    /// Of what it is told.
    pub kinds: Vec<NoticeKind>,
    /// The number of the next notice that is looked at.
    pub next: u64,
    /// Since when nothing was taken, as seconds since 1970.
    #[serde(default)]
    pub failing_since: Option<i64>,
    /// How often it failed since then.
    #[serde(default)]
    pub failures: u32,
    /// What the receiver last answered; 0 for nothing.
    #[serde(default)]
    pub last_status: Option<u16>,
    /// The secret of the signatures, sealed, in base64.
    secret: String,
}

impl Subscription {
    /// Out of its row.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn read(entity: &Entity) -> core::result::Result<Self, StoreError> {
        let corrupt = || StoreError::Corrupt {
            id: entity.id,
            what: "subscription",
        };
        Ok(Self {
            id: entity.id,
            party: entity.place.parse().map_err(|_| corrupt())?,
            state: State::ALL
                .into_iter()
                .find(|state| state.word() == entity.state)
                .ok_or_else(corrupt)?,
            version: entity.version,
            created: entity.order,
            kept: serde_json::from_str(&entity.body).map_err(|_| corrupt())?,
        })
    }

    /// Into a change: it must be as it was read.
    pub(super) fn put(&self, change: &mut Change) {
        change.entities.push(EntityChange::Put {
            entity: Entity {
                kind: EntityKind::Subscription,
                id: self.id,
                state: self.state.word().to_owned(),
                place: self.party.to_string(),
                order: self.created,
                version: 0,
                body: serde_json::to_string(&self.kept).unwrap_or_default(),
            },
            expected: match self.version {
                0 => Expected::New,
                version => Expected::Version(version),
            },
            keys: None,
        });
    }

    /// The secret of its signatures.
    pub(super) fn secret(&self, vault: &Vault) -> Result<SecretBytes> {
        let sealed = BASE64
            .decode(&self.kept.secret)
            .map_err(|_| StoreError::Corrupt {
                id: self.id,
                what: "secret",
            })?;
        Ok(vault.open(PURPOSE, self.id, &sealed)?)
    }
}

/// A secret as the party gets it, once.
#[must_use]
pub fn secret_text(secret: &SecretBytes) -> zeroize::Zeroizing<String> {
    zeroize::Zeroizing::new(format!("{SECRET_PREFIX}{}", BASE64.encode(secret.expose())))
}

/// What a party wants.
#[derive(Debug, Clone)]
pub struct Wish {
    /// The name of the subscription: the same for the same request.
    pub id: Uuid,
    /// The address of the webhook, or `nats:`.
    pub url: String,
    /// Of what it wants to be told; everything that was agreed on where nothing is named.
    pub kinds: Vec<NoticeKind>,
}

/// Subscriptions of a party.
#[must_use]
pub fn query(party: Uuid, limit: u32) -> Query {
    Query {
        place: Some(party.to_string()),
        ..Query::of(EntityKind::Subscription, limit)
    }
}

impl<S: Store> RelyingDesk<S> {
    /// Makes a subscription: what happens from now on is brought. The caller commits the change, and shows the secret.
    ///
    /// # Errors
    /// [`Fault::NotAgreed`], [`Fault::Content`], [`Fault::State`].
    pub async fn subscribe(
        &self,
        change: &mut Change,
        party: &Party,
        wish: Wish,
        places: &Places,
        secret: &SecretBytes,
    ) -> Result<Subscription> {
        let url = places.address(&wish.url)?;
        let agreed = &party.agreement.changes;
        if agreed.is_empty() || wish.kinds.iter().any(|kind| !agreed.contains(kind)) {
            return Err(Fault::NotAgreed("changes"));
        }
        let before = self.store.list(&query(party.id, 500)).await?;
        let open = before
            .iter()
            .filter(|row| row.state != State::Closed.word())
            .count();
        if open >= MAX_SUBSCRIPTIONS {
            return Err(Fault::State("a party has 8 subscriptions at most"));
        }
        let (next, _) = self.store.sequenced(Topic::Notice).await?;
        let sealed = self.vault.seal(PURPOSE, wish.id, secret.expose())?;
        let subscription = Subscription {
            id: wish.id,
            party: party.id,
            state: State::Active,
            version: 0,
            created: milliseconds(change.at),
            kept: Kept {
                url,
                kinds: if wish.kinds.is_empty() {
                    agreed.clone()
                } else {
                    wish.kinds
                },
                next,
                failing_since: None,
                failures: 0,
                last_status: None,
                secret: BASE64.encode(sealed),
            },
        };
        subscription.put(change);
        Ok(subscription)
    }

    /// A subscription of a party.
    ///
    /// # Errors
    /// [`Fault::Unknown`], also for somebody else's.
    pub async fn subscription(&self, party: Uuid, id: Uuid) -> Result<Subscription> {
        let row = self.store.entity(EntityKind::Subscription, id).await?;
        let subscription = row.as_ref().map(Subscription::read).transpose()?;
        subscription
            .filter(|subscription| subscription.party == party)
            .ok_or(Fault::Unknown)
    }

    /// Goes on with one that is in alarm: from where it stopped.
    ///
    /// # Errors
    /// [`Fault::State`] for one that is closed.
    pub fn resume(&self, change: &mut Change, subscription: &mut Subscription) -> Result<()> {
        if subscription.state == State::Closed {
            return Err(Fault::State("a closed subscription stays closed"));
        }
        subscription.state = State::Active;
        subscription.kept.failing_since = None;
        subscription.kept.failures = 0;
        subscription.put(change);
        Ok(())
    }

    /// Ends one.
    pub fn unsubscribe(&self, change: &mut Change, subscription: &mut Subscription) {
        subscription.state = State::Closed;
        subscription.put(change);
    }
}

pub(super) fn milliseconds(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}
