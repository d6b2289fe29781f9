//! The one map from a refusal of the domain to a problem.

use std::time::Duration;

use access::error::{AccountFault, DeviceFault, SessionFault};
use register::store::StoreError;

use super::{FieldFault, Kind, Problem};

/// In which field of a body it stood. Accounts and devices are made by routes whose fields bear these names.
const fn field_of(error: &access::Error) -> Option<&'static str> {
    use access::Error as E;
    match error {
        E::Account(AccountFault::LoginName) => Some("login"),
        E::Account(AccountFault::DisplayName) => Some("display_name"),
        E::Device(DeviceFault::Name | DeviceFault::MixedName) => Some("name"),
        E::Device(DeviceFault::Request | DeviceFault::RequestSignature | DeviceFault::Key) => {
            Some("request")
        }
        _ => None,
    }
}

impl From<access::Error> for Problem {
    fn from(error: access::Error) -> Self {
        use access::Error as E;
        let kind = match &error {
            E::RolesConflict { .. } | E::RoleOfDevices { .. } => Kind::RolesApart,
            E::FourEyes { .. } | E::OwnRoles | E::SecondAdministrator | E::OnHostOnly => {
                Kind::FourEyes
            }
            E::NotPermitted { .. } => Kind::NotPermitted,
            E::Account(AccountFault::LoginName | AccountFault::DisplayName) | E::Device(_) => {
                let problem = Self::new(Kind::Content).detail(error.to_string());
                return match field_of(&error) {
                    Some(field) => problem.at(format!("#/{field}"), FieldFault::Value),
                    None => problem,
                };
            }
            E::Account(_) => Kind::Conflict,
            E::Password(_) => Kind::Password,
            E::WrongCredentials | E::SecondFactor(_) => Kind::WrongCredentials,
            E::Link(_) => Kind::LinkUnusable,
            E::Session(SessionFault::Forged) => Kind::Forged,
            E::Session(SessionFault::StepUp) => Kind::StepUp,
            E::Session(SessionFault::Unknown) => Kind::SignInNeeded,
            E::Session(_) => Kind::SessionOver,
            E::Throttled { wait } => {
                let wait = Duration::try_from(*wait).unwrap_or_default();
                return Self::new(Kind::Throttled).come_again(wait + Duration::from_secs(1));
            }
            E::Oidc(_) => Kind::SignInRefused,
            _ => return internal(&error),
        };
        // Which half of the credentials was wrong is nobody's business.
        if kind == Kind::WrongCredentials {
            return kind.into();
        }
        Self::new(kind).detail(error.to_string())
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::Conflict(_) | StoreError::EntityChanged { .. } | StoreError::Sequenced => {
                Kind::Changed.into()
            }
            // Who holds it is not said: it may be a person.
            StoreError::Claimed { claim, .. } => Self::new(Kind::Taken).detail(claim.kind.word()),
            StoreError::Overloaded => {
                Self::new(Kind::Busy).come_again(super::super::limits::COME_AGAIN)
            }
            StoreError::Unavailable(_) | StoreError::Server { .. } => {
                tracing::error!(target: "store", error = %describe(&error), "the store fails");
                Self::new(Kind::Unavailable).come_again(super::super::limits::COME_AGAIN)
            }
            _ => internal(&error),
        }
    }
}

impl From<crate::Error> for Problem {
    fn from(error: crate::Error) -> Self {
        match error {
            crate::Error::Store(error) => error.into(),
            crate::Error::Access(error) => error.into(),
            crate::Error::Personalisation(refusal) => refusal.into(),
            crate::Error::Refused(refusal) => refusal.into(),
            crate::Error::Application(refusal) => refusal.into(),
            crate::Error::Person(refusal) => refusal.into(),
            crate::Error::Relying(fault) => fault.into(),
            crate::Error::Audit(error) => error.into(),
            crate::Error::Changed => Kind::Changed.into(),
            crate::Error::Erased
            | crate::Error::NoChip
            | crate::Error::NumbersUsedUp
            | crate::Error::NoPki
            | crate::Error::ChipPreparedOtherwise => {
                Self::new(Kind::Conflict).detail(error.to_string())
            }
            // What of the record is wrong names fields of a person: the answer names none.
            crate::Error::NotAccepted(_) | crate::Error::UnknownProfile => Kind::Content.into(),
            crate::Error::Station(crate::station::StationError::OtherContent { .. }) => {
                Self::new(Kind::Content).detail("the body is not the file of sha256")
            }
            crate::Error::Station(crate::station::StationError::OtherPacket { .. }) => {
                Self::new(Kind::Conflict).detail("another packet of this name is here")
            }
            crate::Error::Busy => {
                Self::new(Kind::Busy).come_again(super::super::limits::COME_AGAIN)
            }
            error => internal(&error),
        }
    }
}

impl From<crate::relying::Fault> for Problem {
    fn from(fault: crate::relying::Fault) -> Self {
        use crate::relying::Fault as F;
        match fault {
            F::NoAgreement => Self::new(Kind::NotAgreed).detail("no agreement"),
            F::NotAgreed(what) => Self::new(Kind::NotAgreed).detail(what),
            F::Content(what) => Self::new(Kind::Content).detail(what),
            F::Text(field) => Self::field(&format!("texts/{}", field.word())),
            F::TooOften { what, wait } => {
                let wait = Duration::try_from(wait).unwrap_or_default();
                Self::new(Kind::Throttled)
                    .detail(what)
                    .come_again(wait + Duration::from_secs(1))
            }
            F::Unknown => Kind::NotFound.into(),
            F::State(what) => Self::new(Kind::Conflict).detail(what),
            F::FourEyes(_) => Kind::FourEyes.into(),
            F::Changed => Kind::Changed.into(),
            F::Store(error) => error.into(),
            F::Audit(error) => error.into(),
            F::Office(error) => (*error).into(),
            fault => internal(&fault),
        }
    }
}

impl From<register::application::Refusal> for Problem {
    fn from(refusal: register::application::Refusal) -> Self {
        use register::application::Refusal as R;
        match refusal {
            R::Unknown => Kind::NotFound.into(),
            R::SamePerson(_) => Self::new(Kind::FourEyes).detail(refusal.to_string()),
            _ => Self::new(Kind::Conflict).detail(refusal.to_string()),
        }
    }
}

impl From<register::person::Refusal> for Problem {
    fn from(refusal: register::person::Refusal) -> Self {
        use register::person::Refusal as R;
        match refusal {
            R::Unknown => Kind::NotFound.into(),
            _ => Self::new(Kind::Conflict).detail(refusal.to_string()),
        }
    }
}

impl From<audit_log::Error> for Problem {
    fn from(error: audit_log::Error) -> Self {
        match &error {
            audit_log::Error::NotInTree { .. } => {
                Self::new(Kind::Content).detail(error.to_string())
            }
            _ => internal(&error),
        }
    }
}

/// A fault of this program or of its machine: the log says what, the answer does not.
#[must_use]
pub fn internal(error: &(dyn std::error::Error + 'static)) -> Problem {
    tracing::error!(target: "fault", error = %describe(error), "a fault of the service");
    Kind::Internal.into()
}

/// An error and its causes. Errors of this program name no person.
fn describe(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
