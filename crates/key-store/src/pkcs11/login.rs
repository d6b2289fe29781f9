//! The login of a token: one PIN, sent once.

use crypto::SecretBytes;
use cryptoki::error::{Error, RvError};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::TokenInfo;
use cryptoki::types::RawAuthPin;
use pki::KeyStoreFault;

use super::outcome::Failure;

/// What is known about the login of a token. It belongs to the token, not to a session.
pub(super) struct Login {
    pin: Pin,
    is_in: bool,
    /// Some tokens show and use their keys without a login.
    is_needed: bool,
}

enum Pin {
    None,
    Given(SecretBytes),
    /// The token said no: this one is not sent again.
    Refused(SecretBytes),
}

impl Login {
    pub(super) const fn new() -> Self {
        Self {
            pin: Pin::None,
            is_in: false,
            is_needed: true,
        }
    }

    pub(super) const fn is_in(&self) -> bool {
        self.is_in
    }

    pub(super) const fn is_needed(&self) -> bool {
        self.is_needed
    }

    pub(super) const fn has_ended(&mut self) {
        self.is_in = false;
    }

    /// Takes a PIN for this login and the next ones. The token is not asked yet.
    pub(super) fn take_pin(&mut self, pin: &SecretBytes) -> Result<(), KeyStoreFault> {
        match &self.pin {
            Pin::Refused(refused) if refused.ct_eq(pin.expose()) => {
                return Err(KeyStoreFault::PinIncorrect);
            }
            Pin::Given(given) if given.ct_eq(pin.expose()) => return Ok(()),
            // The right one is known, so this one is wrong; to ask the token would cost a try.
            Pin::Given(_) if self.is_in => return Err(KeyStoreFault::PinIncorrect),
            _ => {}
        }
        self.pin = Pin::Given(pin.duplicate());
        Ok(())
    }

    /// Logs in, if the token wants that.
    pub(super) fn log_in(&mut self, info: &TokenInfo, session: &Session) -> Result<(), Failure> {
        self.is_needed = info.login_required();
        if !self.is_needed {
            self.is_in = true;
            return Ok(());
        }
        if !info.user_pin_initialized() {
            return Err(KeyStoreFault::TokenNotReady.into());
        }
        if info.user_pin_locked() {
            return Err(KeyStoreFault::PinLocked.into());
        }
        let asked = match &self.pin {
            Pin::Given(pin) if pin.is_empty() && info.protected_authentication_path() => {
                session.login(UserType::User, None)
            }
            Pin::Given(pin) if !pin.is_empty() => session.login_with_raw(
                UserType::User,
                &RawAuthPin::new(Box::new(pin.expose().to_vec())),
            ),
            _ => return Err(KeyStoreFault::PinIncorrect.into()),
        };
        match asked {
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => {
                self.is_in = true;
                Ok(())
            }
            Err(error) => {
                let failure = Failure::from(error);
                if failure.fault == KeyStoreFault::PinIncorrect
                    && let Pin::Given(pin) = core::mem::replace(&mut self.pin, Pin::None)
                {
                    self.pin = Pin::Refused(pin);
                }
                Err(failure)
            }
        }
    }
}
