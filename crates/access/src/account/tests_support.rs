//! Accounts for tests.

use uuid::Uuid;

use super::{Account, State};
use crate::role::{Role, RoleSet};

/// These roles, unchecked.
pub(crate) fn set(roles: &[Role]) -> RoleSet {
    roles.iter().copied().collect()
}

/// An active account that came by an identity provider.
pub(crate) fn active(n: u128, roles: &[Role]) -> Account {
    Account {
        id: Uuid::from_u128(n),
        login: format!("test-{n}"),
        display_name: format!("Test {n}"),
        roles: set(roles),
        pending: None,
        state: State::Active,
        password: None,
        second_factor: None,
        oidc: Some(super::OidcLink {
            issuer: "https://idp.test".to_owned(),
            subject: n.to_string(),
        }),
        version: 1,
    }
}
