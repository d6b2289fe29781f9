//! Who may do what in the issuance service, and how people and devices prove who they are.
//!
//! * **Rules**: a [`Role`] is a kind of work; [`permission::ROLE_PERMISSIONS`] says what each may; [`separation`] says what one
//!   person never holds, or does, together.
//! * **People**: an [`Account`] and every change of it as a pure function; [`password`], [`totp`], [`one_time_link`],
//!   [`session`], [`throttle`]; [`oidc`] where an identity provider knows them.
//! * **Devices**: certificates of the service's own [`DeviceAuthority`], and [`tls`] that asks for them.
//!
//! No routes, no database: the time, the randomness and the line to a provider are arguments.

pub mod account;
pub mod device;
pub mod error;
pub mod http_client;
pub mod oidc;
pub mod one_time_link;
pub mod password;
pub mod permission;
pub mod role;
pub mod secret_token;
pub mod separation;
pub mod session;
#[cfg(test)]
mod test_rng;
pub mod throttle;
pub mod tls;
pub mod totp;

pub use account::{Account, AccountEvent, By};
pub use device::{Device, DeviceAuthority, DeviceIdentity, DeviceKind, RevokedDevices, Serial};
pub use error::{Error, Result};
pub use permission::{Permission, ROLE_PERMISSIONS, matrix_markdown};
pub use role::{Role, RoleSet};
pub use secret_token::{SecretToken, TokenHash};
pub use session::{Session, SessionLimits};
