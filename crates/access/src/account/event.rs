//! What happened to an account, for the audit log. No secret is in it.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::role::RoleSet;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountEvent {
    /// To whose account.
    pub account: Uuid,
    /// Who did it; nobody at the very beginning.
    pub by: Option<Uuid>,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum What {
    /// The empty service's first administrator was made, on the word of who has the machine.
    FirstAdministratorMade,
    /// One more administrator was made, on the word of who has the machine.
    AdministratorMadeOnHost,
    /// An administrator's password and second factor were taken away, on the word of who has the machine; a new link was made.
    AdministratorResetOnHost,
    /// The account was made.
    Invited {
        /// With these roles.
        roles: RoleSet,
    },
    /// The person chose password and second factor, or came by the identity provider.
    Accepted,
    /// A change of roles was proposed that needs a second administrator.
    RolesProposed {
        /// The roles to be.
        roles: RoleSet,
    },
    /// The roles changed.
    RolesChanged {
        /// Before.
        from: RoleSet,
        /// Now.
        to: RoleSet,
        /// Who had proposed it, where a second administrator confirmed.
        proposed_by: Option<Uuid>,
    },
    /// A proposed change was put aside.
    RolesWithdrawn {
        /// The roles that were proposed.
        roles: RoleSet,
    },
    /// Kept out for a time.
    Locked,
    /// Let in again.
    Unlocked,
    /// Out for good.
    Closed,
    /// Password and second factor were taken away; a new link was made.
    Reset,
    /// The person chose another password.
    PasswordChanged,
    /// The stored form of the password was renewed.
    PasswordRehashed,
    /// The person enrolled another authenticator, or new recovery codes.
    SecondFactorChanged,
    /// The second factor was shown.
    SecondFactorShown,
    /// A recovery code was used in its place.
    RecoveryCodeUsed {
        /// How many are left.
        left: usize,
    },
    /// Linked to a person at an identity provider.
    OidcLinked,
    /// The link was taken away.
    OidcUnlinked,
}
