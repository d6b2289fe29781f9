//! Accounts in the register: kept, found, counted.
//!
//! Secrets of the second factor are sealed for their account. Whatever changes administrators also moves one guard, so that two of them
//! cannot lock each other out at the same moment.

use access::account::{Administrators, Changed, OidcLink, PendingRoles, SecondFactor, State};
use access::password::PasswordHash;
use access::totp::{RecoveryCodes, TotpSecret};
use access::{Account, Role, RoleSet};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use register::store::{
    Change, Claim, ClaimChange, ClaimKind, Entity, EntityChange, EntityKind, Expected, Query,
    Store as _, StoreError,
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::Vault;

use super::Api;
use super::problem::Problem;

/// What the secrets of second factors are sealed for.
const PURPOSE: &str = "second-factor";
/// The place of accounts that hold, or ever held, the role of administrators.
const ADMINISTRATORS: &str = "administrator";
/// More administrators than these are not counted: there are enough.
const ADMINISTRATORS_COUNTED: u32 = 500;
/// The guard that moves with every change of administrators.
const GUARD: Uuid = Uuid::from_u128(0x61_6363_6573_732d_6164_6d69_6e00);

/// An account with what the store knows of it.
pub struct Kept {
    /// The account.
    pub account: Account,
    /// Its version in the store.
    pub version: u32,
    order: i64,
    was_administrator: bool,
}

/// An account as it is stored. Fields are only added, each with a default.
#[derive(Serialize, Deserialize)]
struct Stored {
    login: String,
    display_name: String,
    roles: RoleSet,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pending: Option<PendingRoles>,
    state: State,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    second_factor: Option<StoredFactor>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    oidc: Option<OidcLink>,
    version: u64,
}

#[derive(Serialize, Deserialize)]
struct StoredFactor {
    /// Sealed, in base64.
    secret: String,
    last_step: Option<u64>,
    /// SHA-256, in hexadecimal digits.
    recovery: Vec<String>,
}

const fn corrupt(id: Uuid, what: &'static str) -> StoreError {
    StoreError::Corrupt { id, what }
}

impl Kept {
    /// Out of the store.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for what is no account, or sealed by another service.
    pub fn read(entity: &Entity, vault: &Vault) -> Result<Self, StoreError> {
        let id = entity.id;
        let stored: Stored =
            serde_json::from_str(&entity.body).map_err(|_| corrupt(id, "account"))?;
        let password = stored
            .password
            .map(|text| PasswordHash::from_stored(&text))
            .transpose();
        let second_factor = stored
            .second_factor
            .map(|factor| factor.open(id, vault))
            .transpose()?;
        let account = Account {
            id,
            login: stored.login,
            display_name: stored.display_name,
            roles: stored.roles,
            pending: stored.pending,
            state: stored.state,
            password: password.map_err(|_| corrupt(id, "password"))?,
            second_factor,
            oidc: stored.oidc,
            version: stored.version,
        };
        let was_administrator = entity.place == ADMINISTRATORS;
        Ok(Self {
            account,
            version: entity.version,
            order: entity.order,
            was_administrator,
        })
    }
}

impl StoredFactor {
    fn seal(id: Uuid, factor: &SecondFactor, vault: &Vault) -> crate::Result<Self> {
        Ok(Self {
            secret: BASE64.encode(vault.seal(PURPOSE, id, factor.secret.to_stored().expose())?),
            last_step: factor.last_step,
            recovery: factor
                .recovery
                .to_stored()
                .iter()
                .map(hex::encode)
                .collect(),
        })
    }

    fn open(self, id: Uuid, vault: &Vault) -> Result<SecondFactor, StoreError> {
        let other = || corrupt(id, "second factor");
        let sealed = BASE64.decode(self.secret).map_err(|_| other())?;
        let secret = vault.open(PURPOSE, id, &sealed).map_err(|_| other())?;
        let hash = |text: &String| {
            hex::decode(text)
                .ok()
                .and_then(|hash| hash.try_into().ok())
                .ok_or_else(other)
        };
        Ok(SecondFactor {
            secret: TotpSecret::from_stored(secret).map_err(|_| other())?,
            last_step: self.last_step,
            recovery: RecoveryCodes::from_stored(
                self.recovery.iter().map(hash).collect::<Result<_, _>>()?,
            ),
        })
    }
}

/// The word of a state.
#[must_use]
pub const fn state_word(state: State) -> &'static str {
    match state {
        State::Invited => "invited",
        State::Active => "active",
        State::Locked => "locked",
        State::Closed => "closed",
    }
}

impl Api {
    /// The account of an id.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn account(&self, id: Uuid) -> Result<Option<Kept>, Problem> {
        let entity = self.store.entity(EntityKind::Account, id).await?;
        Ok(entity
            .map(|entity| Kept::read(&entity, &self.vault))
            .transpose()?)
    }

    /// The account of a login name.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn account_of_login(&self, login: &str) -> Result<Option<Kept>, Problem> {
        match access::account::login_name(login) {
            Ok(login) => self.account_of_claim(login_claim(&login)).await,
            // What can be no name is nobody's.
            Err(_) => Ok(None),
        }
    }

    /// The account that is linked to a person at an identity provider.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn account_of_link(&self, link: &OidcLink) -> Result<Option<Kept>, Problem> {
        self.account_of_claim(link_claim(link)).await
    }

    async fn account_of_claim(&self, claim: Claim) -> Result<Option<Kept>, Problem> {
        match self.store.holder(&claim).await? {
            Some(id) => self.account(id).await,
            None => Ok(None),
        }
    }

    /// How many administrators there are, and the version of the guard that was read with them.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn administrators(&self) -> Result<(Administrators, u32), Problem> {
        let guard = self.store.entity(EntityKind::Setting, GUARD).await?;
        let place = Some(ADMINISTRATORS.to_owned());
        let query = Query {
            place,
            ..Query::of(EntityKind::Account, ADMINISTRATORS_COUNTED)
        };
        let mut counted = Administrators { active: 0 };
        for entity in self.store.list(&query).await? {
            let kept = Kept::read(&entity, &self.vault)?;
            counted.active +=
                u64::from(kept.account.is_active() && kept.account.roles.has(Role::Administrator));
        }
        Ok((counted, guard.map_or(0, |guard| guard.version)))
    }

    /// Puts a new account into a change.
    ///
    /// # Errors
    /// Those of sealing.
    pub fn put_new(&self, change: &mut Change, account: &Account) -> Result<(), Problem> {
        let claim = login_claim(&account.login);
        change.claims.push(ClaimChange::Take {
            claim,
            holder: account.id,
        });
        let kept = Kept {
            account: Account {
                ..blank(account.id)
            },
            version: 0,
            order: milliseconds(change.at),
            was_administrator: false,
        };
        self.put(change, &kept, account)
    }

    /// Puts a changed account into a change: it must be as it was read. `guard` is the version of the guard where administrators are
    /// counted.
    ///
    /// # Errors
    /// Those of sealing.
    pub fn put_changed(
        &self,
        change: &mut Change,
        before: &Kept,
        changed: &Changed,
        guard: Option<u32>,
    ) -> Result<(), Problem> {
        let (old, new) = (&before.account.oidc, &changed.account.oidc);
        if old != new {
            let holder = changed.account.id;
            change
                .claims
                .extend(old.iter().map(|link| ClaimChange::Release {
                    claim: link_claim(link),
                    holder,
                }));
            change
                .claims
                .extend(new.iter().map(|link| ClaimChange::Take {
                    claim: link_claim(link),
                    holder,
                }));
        }
        if let Some(version) = guard {
            move_guard(change, version);
        }
        self.put(change, before, &changed.account)
    }

    fn put(&self, change: &mut Change, before: &Kept, account: &Account) -> Result<(), Problem> {
        let factor = account
            .second_factor
            .as_ref()
            .map(|factor| StoredFactor::seal(account.id, factor, &self.vault));
        let stored = Stored {
            login: account.login.clone(),
            display_name: account.display_name.clone(),
            roles: account.roles,
            pending: account.pending.clone(),
            state: account.state,
            password: account.password.as_ref().map(PasswordHash::to_stored),
            second_factor: factor.transpose()?,
            oidc: account.oidc.clone(),
            version: account.version,
        };
        let administers = before.was_administrator || account.roles.has(Role::Administrator);
        change.entities.push(EntityChange::Put {
            entity: Entity {
                kind: EntityKind::Account,
                id: account.id,
                state: state_word(account.state).to_owned(),
                place: if administers { ADMINISTRATORS } else { "" }.to_owned(),
                order: before.order,
                version: 0,
                body: serde_json::to_string(&stored)
                    .map_err(|error| super::problem::internal(&error))?,
            },
            expected: if before.version == 0 {
                Expected::New
            } else {
                Expected::Version(before.version)
            },
            keys: None,
        });
        Ok(())
    }
}

fn blank(id: Uuid) -> Account {
    Account {
        id,
        login: String::new(),
        display_name: String::new(),
        roles: RoleSet::EMPTY,
        pending: None,
        state: State::Invited,
        password: None,
        second_factor: None,
        oidc: None,
        version: 0,
    }
}

/// Moves the guard: whoever has counted administrators before counts anew.
pub(super) fn move_guard(change: &mut Change, version: u32) {
    let entity = Entity {
        kind: EntityKind::Setting,
        id: GUARD,
        state: "guard".to_owned(),
        place: "internal".to_owned(),
        order: 0,
        version: 0,
        body: "{}".to_owned(),
    };
    let expected = if version == 0 {
        Expected::New
    } else {
        Expected::Version(version)
    };
    change.entities.push(EntityChange::Put {
        entity,
        expected,
        keys: None,
    });
}

fn login_claim(login: &str) -> Claim {
    Claim::new(ClaimKind::AccountName, login)
}

fn link_claim(link: &OidcLink) -> Claim {
    Claim::new(
        ClaimKind::AccountSubject,
        [link.issuer.as_bytes(), &[0], link.subject.as_bytes()].concat(),
    )
}

/// A time as an order.
#[must_use]
pub fn milliseconds(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}
