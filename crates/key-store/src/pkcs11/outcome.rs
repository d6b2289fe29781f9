//! What the answer of a token means for who asked.

use cryptoki::context::Function;
use cryptoki::error::{Error, Rv, RvError};
use pki::KeyStoreFault;

/// A call that did not go well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Failure {
    /// What is said to the caller.
    pub(super) fault: KeyStoreFault,
    /// The sessions of the token are of no more use, or its login: all are opened anew. The key has not signed.
    pub(super) lost: bool,
    /// There is still a session behind the handle, which must be closed.
    pub(super) session_lives: bool,
}

impl Failure {
    /// The login has ended without a word of the token.
    pub(super) const fn lost() -> Self {
        Self {
            fault: KeyStoreFault::SessionLost,
            lost: true,
            session_lives: true,
        }
    }
}

impl From<KeyStoreFault> for Failure {
    fn from(fault: KeyStoreFault) -> Self {
        Self {
            fault,
            lost: false,
            session_lives: true,
        }
    }
}

impl From<Failure> for crate::Error {
    fn from(failure: Failure) -> Self {
        Self::Store(failure.fault)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let Error::Pkcs11(rv, function) = error else {
            return match error {
                Error::LibraryLoading(_) | Error::MissingSymbol(_) => {
                    KeyStoreFault::ModuleUnloadable
                }
                // The token gave something that is none of what the standard lists, or a function is missing.
                _ => KeyStoreFault::NotOffered,
            }
            .into();
        };
        let session_lives = !matches!(
            rv,
            RvError::SessionHandleInvalid
                | RvError::SessionClosed
                | RvError::DeviceRemoved
                | RvError::CryptokiNotInitialized
        );
        let certain = !matches!(function, Function::Sign) || refuses_to_begin(rv);
        let lost = certain && ends_sessions(rv);
        let fault = match (certain, lost) {
            (false, _) => KeyStoreFault::Unanswered(number(rv)),
            (true, true) => KeyStoreFault::SessionLost,
            (true, false) => refusal(rv),
        };
        Self {
            fault,
            lost,
            session_lives,
        }
    }
}

/// Answers to C_Sign that come before any signing (PKCS#11 2.40 §5.1): the session, the login, the key or the operation is
/// not there. All others leave it open.
const fn refuses_to_begin(rv: RvError) -> bool {
    matches!(
        rv,
        RvError::SessionHandleInvalid
            | RvError::UserNotLoggedIn
            | RvError::OperationNotInitialized
            | RvError::CryptokiNotInitialized
            | RvError::TokenNotPresent
            | RvError::KeyHandleInvalid
            | RvError::ArgumentsBad
            | RvError::DataInvalid
            | RvError::DataLenRange
            | RvError::FunctionNotSupported
            | RvError::FunctionRejected
    )
}

/// Answers after which a new session with a new login may succeed.
const fn ends_sessions(rv: RvError) -> bool {
    matches!(
        rv,
        RvError::SessionHandleInvalid
            | RvError::SessionClosed
            | RvError::DeviceRemoved
            | RvError::TokenNotPresent
            | RvError::SlotIdInvalid
            | RvError::UserNotLoggedIn
            | RvError::KeyHandleInvalid
            | RvError::ObjectHandleInvalid
            | RvError::OperationActive
            | RvError::OperationNotInitialized
            | RvError::CryptokiNotInitialized
    )
}

fn refusal(rv: RvError) -> KeyStoreFault {
    match rv {
        RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange => {
            KeyStoreFault::PinIncorrect
        }
        RvError::PinLocked => KeyStoreFault::PinLocked,
        RvError::PinExpired => KeyStoreFault::PinExpired,
        RvError::UserPinNotInitialized => KeyStoreFault::TokenNotReady,
        RvError::TokenNotRecognized => KeyStoreFault::TokenAbsent,
        RvError::DeviceMemory | RvError::SessionCount => KeyStoreFault::TokenFull,
        RvError::TokenWriteProtected | RvError::SessionReadOnly => KeyStoreFault::TokenReadOnly,
        RvError::MechanismInvalid
        | RvError::MechanismParamInvalid
        | RvError::CurveNotSupported
        | RvError::DomainParamsInvalid
        | RvError::KeySizeRange
        | RvError::FunctionNotSupported => KeyStoreFault::NotOffered,
        other => KeyStoreFault::Refused(number(other)),
    }
}

/// The CK_RV of an answer. The binding has lost it; so the numbers of the standard are asked which of them it was.
#[allow(
    clippy::useless_conversion,
    reason = "a CK_RV is shorter on other systems"
)]
fn number(rv: RvError) -> u64 {
    match rv {
        RvError::VendorDefined(number) | RvError::UnknownErrorCode(number) => number.into(),
        known => NUMBERS
            .into_iter()
            .flatten()
            .find(|number| Rv::from(*number) == Rv::Error(known))
            .map_or(0, u64::from),
    }
}

/// The ranges in which PKCS#11 2.40 has its numbers (pkcs11t.h).
const NUMBERS: [core::ops::RangeInclusive<core::ffi::c_ulong>; 20] = [
    0x01..=0x03,
    0x05..=0x0A,
    0x10..=0x13,
    0x1B..=0x1B,
    0x20..=0x21,
    0x30..=0x32,
    0x40..=0x41,
    0x50..=0x51,
    0x54..=0x54,
    0x60..=0x60,
    0x62..=0x6A,
    0x70..=0x71,
    0x82..=0x82,
    0x90..=0x91,
    0xA0..=0xA4,
    0xB0..=0xB8,
    0xC0..=0xC1,
    0xD0..=0xD1,
    0xE0..=0xE2,
    0x150..=0x150,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_certain_and_what_is_lost() {
        use Function::{Login, Sign, SignInit};
        use KeyStoreFault as Fault;
        let cases = [
            (
                RvError::SessionHandleInvalid,
                SignInit,
                Fault::SessionLost,
                true,
            ),
            (
                RvError::SessionHandleInvalid,
                Sign,
                Fault::SessionLost,
                true,
            ),
            (RvError::SessionClosed, SignInit, Fault::SessionLost, true),
            // Closed while it signed, so it may have.
            (RvError::SessionClosed, Sign, Fault::Unanswered(0xB0), false),
            (RvError::DeviceRemoved, SignInit, Fault::SessionLost, true),
            (RvError::DeviceRemoved, Sign, Fault::Unanswered(0x32), false),
            (RvError::DeviceError, Sign, Fault::Unanswered(0x30), false),
            (RvError::GeneralError, SignInit, Fault::Refused(5), false),
            (RvError::GeneralError, Sign, Fault::Unanswered(5), false),
            (RvError::UserNotLoggedIn, Sign, Fault::SessionLost, true),
            (RvError::PinIncorrect, Login, Fault::PinIncorrect, false),
            (RvError::PinLocked, Login, Fault::PinLocked, false),
            (
                RvError::VendorDefined(0x8000_0001),
                SignInit,
                Fault::Refused(0x8000_0001),
                false,
            ),
        ];
        for (rv, function, fault, lost) in cases {
            let failure = Failure::from(Error::Pkcs11(rv, function));
            assert_eq!(
                (failure.fault, failure.lost),
                (fault, lost),
                "{rv:?} {function:?}"
            );
            assert!(!lost || fault.certainly_not_signed());
        }
    }
}
