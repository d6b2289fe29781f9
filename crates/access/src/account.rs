//! Accounts of people: what is known of one, and every change of it as a pure function.
//!
//! A command takes the account and gives it back changed, with an [`AccountEvent`] for the audit log. The store writes both in one
//! transaction and only if the version it read is still there. Who acts is given by [`By`]; rights are checked here as well, so
//! that a forgotten check in a handler is no hole. Secrets are in the account, never in an event.

mod commands;
mod event;
mod roles;
#[cfg(test)]
pub(crate) mod tests_support;

use core::fmt;

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::error::AccountFault;
use crate::password::PasswordHash;
use crate::permission::Permission;
use crate::role::{Role, RoleSet};
use crate::totp::{RecoveryCodes, TotpSecret};
use crate::{Error, Result};

pub use event::{AccountEvent, What};

/// Characters of a login name at least and at most.
pub const LOGIN_CHARACTERS: core::ops::RangeInclusive<usize> = 2..=64;
/// Characters of a display name at most.
pub const MAX_DISPLAY_NAME: usize = 100;
/// How long a proposed change of roles waits for the second administrator.
pub const PENDING_VALIDITY: Duration = Duration::days(3);

/// Where an account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Waits for its person to choose password and second factor, by a one-time link.
    Invited,
    /// In use.
    Active,
    /// Kept out for a time, by an administrator.
    Locked,
    /// Out for good. It is kept: the audit log names it.
    Closed,
}

/// The second factor of a local account.
pub struct SecondFactor {
    /// The secret. At rest the service encrypts it.
    pub secret: TotpSecret,
    /// The last step whose code was used: it and those before are refused.
    pub last_step: Option<u64>,
    /// The recovery codes that are left.
    pub recovery: RecoveryCodes,
}

/// A person at an identity provider.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OidcLink {
    /// The provider: `iss` of its tokens.
    pub issuer: String,
    /// The person there: `sub`.
    pub subject: String,
}

/// A change of roles that waits for a second administrator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingRoles {
    /// The roles to be.
    pub roles: RoleSet,
    /// Who proposed them.
    pub proposed_by: Uuid,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub proposed: OffsetDateTime,
}

/// An account. The store has a column for each field.
pub struct Account {
    /// Stays for ever.
    pub id: Uuid,
    /// The name to sign in with, unique, lower case.
    pub login: String,
    /// The name that others see.
    pub display_name: String,
    /// What the person is there for.
    pub roles: RoleSet,
    /// A change that waits.
    pub pending: Option<PendingRoles>,
    /// Where the account stands.
    pub state: State,
    /// The password, of a local account.
    pub password: Option<PasswordHash>,
    /// The second factor, of a local account.
    pub second_factor: Option<SecondFactor>,
    /// The person at an identity provider.
    pub oidc: Option<OidcLink>,
    /// Grows with every change that ends sessions.
    pub version: u64,
}

impl Account {
    /// Whether the person may come in.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.state == State::Active
    }

    /// Whether there is a way to come in: a password with a second factor, or an identity provider.
    #[must_use]
    pub const fn has_way_in(&self) -> bool {
        self.oidc.is_some() || self.password.is_some() && self.second_factor.is_some()
    }
}

/// Without a secret, and short.
impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Account({}, {:?}, {:?}, version {})",
            self.id, self.roles, self.state, self.version
        )
    }
}

/// Who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct By {
    /// His account.
    pub id: Uuid,
    /// His roles, as stored now.
    pub roles: RoleSet,
}

impl By {
    /// The person of an account.
    #[must_use]
    pub const fn person(account: &Account) -> Self {
        Self {
            id: account.id,
            roles: account.roles,
        }
    }

    fn manages_users(self) -> Result<()> {
        let permission = Permission::UserManage;
        if self.roles.allows(permission) {
            Ok(())
        } else {
            Err(Error::NotPermitted { permission })
        }
    }

    /// Manages users, and this account is another's.
    fn manages(self, account: &Account) -> Result<()> {
        self.manages_users()?;
        if self.id == account.id {
            return Err(Error::OwnRoles);
        }
        Ok(())
    }
}

/// How many administrators there are: what the store counts for some commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Administrators {
    /// Active accounts that hold it.
    pub active: u64,
}

impl Administrators {
    /// Whoever asks is the only one: nobody can confirm.
    const fn is_one_alone(self) -> bool {
        self.active <= 1
    }

    /// Taking this account away would leave nobody.
    fn would_end(self, account: &Account) -> bool {
        account.is_active() && account.roles.has(Role::Administrator) && self.active <= 1
    }
}

/// What a command gives back.
#[derive(Debug)]
pub struct Changed {
    /// The account to be stored.
    pub account: Account,
    /// What is written into the audit log.
    pub event: AccountEvent,
}

/// A login name as it is stored: lower case, without blanks around.
///
/// # Errors
/// [`AccountFault::LoginName`].
pub fn login_name(text: &str) -> Result<String> {
    let login = text.trim().to_lowercase();
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-_@".contains(c);
    if LOGIN_CHARACTERS.contains(&login.len()) && login.chars().all(fits) {
        Ok(login)
    } else {
        Err(AccountFault::LoginName.into())
    }
}

fn display_name(text: &str) -> Result<String> {
    let name = text.trim();
    let characters = name.chars().count();
    if (1..=MAX_DISPLAY_NAME).contains(&characters) && !name.chars().any(char::is_control) {
        Ok(name.to_owned())
    } else {
        Err(AccountFault::DisplayName.into())
    }
}
