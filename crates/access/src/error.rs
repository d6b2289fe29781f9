//! What can be refused, and whose fault it is.
//!
//! | error | who | what to do |
//! |---|---|---|
//! | [`Error::RolesConflict`], [`Error::RoleOfDevices`] | administrator | give the roles to two people |
//! | [`Error::FourEyes`], [`Error::OwnRoles`], [`Error::SecondAdministrator`] | whoever asked | let another person do it |
//! | [`Error::OnHostOnly`] | a lone administrator | make the second one on the machine of the service |
//! | [`Error::NotPermitted`] | whoever asked | ask somebody whose role it is |
//! | [`Error::Account`] | whoever asked | look at the state of the account first |
//! | [`Error::Password`] | the person | choose another password; the fault says why |
//! | [`Error::WrongCredentials`] | the person | try again; nothing says which half was wrong |
//! | [`Error::SecondFactor`], [`Error::Link`], [`Error::Session`] | the person | as the fault says; sign in again |
//! | [`Error::Throttled`] | the person, or who guesses | wait |
//! | [`Error::Oidc`] | the identity provider, or who forges | sign in again; tell the provider if it stays |
//! | [`Error::Device`] | the device's operator | make a new request or certificate |
//! | [`Error::Tls`], [`Error::Crypto`], [`Error::Pki`], [`Error::Der`] | this service | look at the keys and certificates of the service |

use time::{Duration, OffsetDateTime};

use crate::permission::Permission;
use crate::role::Role;

/// Why something was refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Two roles that no one holds together ([`crate::separation::CONFLICTS`]).
    #[error("{first} and {second} are never one person's roles: {reason}; give them to two people")]
    RolesConflict {
        /// One role.
        first: Role,
        /// The other.
        second: Role,
        /// The rule.
        reason: &'static str,
    },
    /// A role that belongs to devices.
    #[error("{role} is a role of devices: issue a certificate instead")]
    RoleOfDevices {
        /// The role.
        role: Role,
    },
    /// Somebody who did one of two steps asked for the other ([`crate::separation::STEPS_APART`]).
    #[error("{step} needs another person here: {reason}")]
    FourEyes {
        /// The step that was asked for.
        step: Permission,
        /// The rule.
        reason: &'static str,
    },
    /// A right that the roles do not give.
    #[error("this needs the right {permission}, which none of the roles gives")]
    NotPermitted {
        /// The right.
        permission: Permission,
    },
    /// Somebody tried to change his own roles or to open his own account again.
    #[error("nobody changes his own roles or state: ask another administrator")]
    OwnRoles,
    /// The administrator who proposed a change tried to confirm it.
    #[error("the administrator who proposed the change cannot confirm it: ask a second one")]
    SecondAdministrator,
    /// A lone administrator tried to make another one, or one administrator to open another's account anew. Who has the machine of
    /// the service does both, and the audit log tells of it.
    #[error(
        "one administrator alone neither makes another one nor opens his account anew: that is done on the machine of the service, by `administrator invite` and `administrator reset`"
    )]
    OnHostOnly,
    /// The account is not in a state for this.
    #[error("the account: {0}")]
    Account(#[from] AccountFault),
    /// A password that the policy refuses.
    #[error("the password {0}")]
    Password(#[from] PasswordFault),
    /// Name, password or account wrong; which one is not said.
    #[error("name or password are wrong")]
    WrongCredentials,
    /// The second factor.
    #[error("second factor: {0}")]
    SecondFactor(#[from] SecondFactorFault),
    /// A one-time link.
    #[error("the link {0}; ask an administrator for a new one")]
    Link(#[from] LinkFault),
    /// A session.
    #[error("the session {0}")]
    Session(#[from] SessionFault),
    /// Too many guesses.
    #[error("too many attempts: wait {} seconds", wait.whole_seconds().max(1))]
    Throttled {
        /// How long no attempt is looked at.
        wait: Duration,
    },
    /// OpenID Connect.
    #[error("OpenID Connect: {0}")]
    Oidc(#[from] crate::oidc::OidcFault),
    /// A device's request or certificate.
    #[error("device: {0}")]
    Device(#[from] DeviceFault),
    /// The TLS library.
    #[error("TLS: {0}")]
    Tls(#[from] rustls::Error),
    /// A primitive failed.
    #[error(transparent)]
    Crypto(#[from] crypto::Error),
    /// The authority's signer failed.
    #[error(transparent)]
    Pki(#[from] pki::Error),
    /// A certificate could not be written.
    #[error("DER: {0}")]
    Der(#[from] der::Error),
}

/// What is wrong with the state or the names of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AccountFault {
    /// The login name.
    #[error("a login name has 2 to 64 characters: lower-case letters, digits, '.', '-', '_', '@'")]
    LoginName,
    /// The name that others see.
    #[error("a display name has 1 to 100 characters, none of them a control character")]
    DisplayName,
    /// Not invited any more, or already in.
    #[error("it is not waiting for an invitation to be accepted")]
    NotInvited,
    /// Not active.
    #[error("it is not active")]
    NotActive,
    /// Not locked.
    #[error("it is not locked")]
    NotLocked,
    /// Closed for good.
    #[error("it is closed for good")]
    Closed,
    /// No change waits for a confirmation.
    #[error("no change of roles waits for a confirmation")]
    NothingPending,
    /// A proposal was not confirmed in time.
    #[error("the proposed change of roles is too old: propose it again")]
    PendingExpired,
    /// No way to sign in.
    #[error("it needs a password with a second factor, or an identity provider's link")]
    NoWayIn,
    /// What the host does is for administrators.
    #[error("it is not an administrator's: an administrator resets it")]
    NotAdministrator,
    /// The last administrator would be gone.
    #[error("it is the last active administrator's: make another one first")]
    LastAdministrator,
}

/// Why a password was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    /// Under [`crate::password::MIN_CHARACTERS`].
    #[error("is shorter than 12 characters")]
    TooShort,
    /// Over [`crate::password::MAX_CHARACTERS`].
    #[error("is longer than 128 characters")]
    TooLong,
    /// On the list of the commonest, or hardly more.
    #[error("is one of those that are tried first")]
    Common,
    /// Made of the login or display name.
    #[error("contains the name of the account")]
    ContainsName,
    /// A stored hash that cannot be one of ours.
    #[error("is stored in a form that is not ours: reset it")]
    StoredForm,
}

/// Why a second factor was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecondFactorFault {
    /// The code is wrong or too old.
    #[error("the code is wrong or too old")]
    WrongCode,
    /// The code, or a later one, was already used.
    #[error("the code was already used: wait for the next one")]
    AlreadyUsed,
    /// Not one of the recovery codes that are left.
    #[error("this recovery code is unknown or was already used")]
    RecoveryCode,
    /// Nothing is enrolled.
    #[error("none is enrolled")]
    NotEnrolled,
    /// Names that an otpauth URL cannot hold, or a stored secret of another length.
    #[error("the stored secret or the name cannot be used")]
    Unusable,
}

/// Why a one-time link was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkFault {
    /// Not one of ours.
    #[error("is not valid")]
    Unknown,
    /// Too late.
    #[error("has expired")]
    Expired,
    /// A second time.
    #[error("was already used")]
    Used,
}

/// Why a session is over, or lacks something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SessionFault {
    /// Not one of ours.
    #[error("is unknown: sign in")]
    Unknown,
    /// Nobody used it for too long.
    #[error("was idle for too long: sign in again")]
    Idle,
    /// It lasted too long.
    #[error("has lasted too long: sign in again")]
    Expired,
    /// Password, roles or second factor of the account changed.
    #[error("is older than the last change of the account: sign in again")]
    AccountChanged,
    /// The account is locked, closed, or not there.
    #[error("belongs to an account that is not active")]
    AccountNotActive,
    /// The request did not carry the session's token against forgery.
    #[error("was not used by its own page: reload the page")]
    Forged,
    /// The second factor must be shown (again).
    #[error("needs the second factor again for this")]
    StepUp,
}

/// What is wrong with a device's request or certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DeviceFault {
    /// The request is no PKCS#10 request.
    #[error("the request is no certificate request (RFC 2986)")]
    Request,
    /// The request is not signed by its key.
    #[error("the request is not signed by its own key")]
    RequestSignature,
    /// A key of another kind.
    #[error("the key is not one of those taken: P-256, P-384, RSA of 2048 to 4096 bits")]
    Key,
    /// The name of the device.
    #[error("a device's name has 1 to 64 characters, none of them a control character")]
    Name,
    /// The name of the device could be taken for another one.
    #[error(
        "a device's name mixes scripts whose letters look alike, or has characters that are not seen"
    )]
    MixedName,
    /// The host names of a server.
    #[error("a server certificate needs 1 to 20 host names or addresses")]
    HostNames,
    /// The certificate is not the authority's.
    #[error("the certificate is not the one of this authority's key")]
    Authority,
    /// The certificate names no device.
    #[error("the certificate names no device")]
    NoDevice,
    /// A time that a certificate cannot state.
    #[error("the time {0} cannot be written into a certificate")]
    Time(OffsetDateTime),
}

/// A result of this crate.
pub type Result<T, E = Error> = core::result::Result<T, E>;
