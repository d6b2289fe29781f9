//! A session that the chip has lost, built anew (Doc 9303-11 §9.8.5): chips end it over lengths that they do not like, and over
//! files.
//!
//! Only what has opened this chip before is tried again, so that nobody guesses passwords by it, and never a password whose
//! tries are counted. A chip that had shown its key has to show it again: the next session is that of the same chip. One that was
//! asked for its key and has not shown it gets no other session.

use iso7816::{Channel, ChannelError};
use lds::security_info::PaceInfo;
use protocols::{Error, Password, PasswordKind, Step};

use super::access::{SELECT_APPLICATION, application, establish_bac, establish_pace};
use super::authenticity::{CHIP_AUTHENTICATION, authenticate_chip_again, has_not_shown_its_key};
use super::card_security::{CHIP_AUTHENTICATION_MAPPING, check_mapping};
use crate::Outcome;
use crate::check::CheckKind;
use crate::procedure::Inspection;

/// Most sessions that are built anew in one inspection: as many as the lengths that are tried with a file that a chip will not
/// give, and two for each of two more. Each takes as long as PACE does.
const MAX_RENEWALS: u8 = 8;

/// With what access was won.
#[derive(Clone, Copy)]
pub(crate) enum Opened<'a> {
    /// By PACE in this form.
    Pace(PaceInfo, &'a Password),
    /// By BAC.
    Bac(&'a Password),
}

impl Opened<'_> {
    /// Whether it may be done again: not with a password that has a retry counter.
    const fn is_repeatable(&self) -> bool {
        let (Self::Pace(_, password) | Self::Bac(password)) = self;
        matches!(password.kind(), PasswordKind::Mrz | PasswordKind::Can)
    }
}

/// Sessions that were built anew.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Renewals(u8);

impl Inspection<'_, '_> {
    /// Builds the session anew that the chip has lost; whether there is one.
    pub(crate) fn renew_session(&mut self) -> bool {
        let repeatable = self.opened.filter(Opened::is_repeatable);
        let (Some(opened), true) = (repeatable, self.renewals.0 < MAX_RENEWALS) else {
            return false;
        };
        self.renewals.0 += 1;
        let renewed = match self.open_again(opened) {
            Err(error) if wants_power_cycle(&error) => self.reset_and_open_again(opened),
            done => done,
        };
        if renewed.is_err() {
            return false;
        }
        self.tolerate(["the chip has lost the session, which was built anew"]);
        true
    }

    fn reset_and_open_again(&mut self, opened: Opened<'_>) -> protocols::Result<()> {
        self.line.reset_card()?;
        self.tolerate(["the chip authenticates once only, and was reset"]);
        self.open_again(opened)
    }

    fn open_again(&mut self, opened: Opened<'_>) -> protocols::Result<()> {
        if has_not_shown_its_key(self) {
            return Err(NOT_THE_SAME_CHIP);
        }
        let had_shown = |kind: &CheckKind| {
            let earlier = self.earlier(kind);
            earlier.is_some_and(|finding| finding.outcome == Outcome::Successful)
        };
        let by_key = had_shown(&CHIP_AUTHENTICATION.kind);
        let by_mapping = had_shown(&CHIP_AUTHENTICATION_MAPPING.kind);
        let in_application = had_shown(&SELECT_APPLICATION.kind);
        self.line.drop_session();
        self.agreed_key = None;
        match opened {
            Opened::Pace(info, password) => {
                establish_pace(self, &info, password)?;
                if in_application {
                    self.select_again()?;
                }
            }
            Opened::Bac(password) => {
                self.select_again()?;
                establish_bac(self, password)?;
            }
        }
        if by_mapping && check_mapping(self).outcome != Outcome::Successful {
            return Err(NOT_THE_SAME_CHIP);
        }
        if !by_mapping && self.earlier(&CHIP_AUTHENTICATION_MAPPING.kind).is_some() {
            // A proof that did not hold before is none now: no terminal binds itself to this key.
            self.agreed_key = None;
        }
        if by_key {
            authenticate_chip_again(self)?;
        }
        Ok(())
    }

    fn select_again(&mut self) -> protocols::Result<()> {
        let sw = self.line.transmit(&application())?.sw;
        if sw.is_ok() {
            return Ok(());
        }
        Err(ChannelError::SessionLost(sw).into())
    }
}

const NOT_THE_SAME_CHIP: Error =
    Error::Transport(ChannelError::Refused("another chip than before"));

/// Some chips do no second authentication before they have been without power (TR-03129-2 §4.2.3.3): they refuse its first
/// command.
const fn wants_power_cycle(error: &Error) -> bool {
    matches!(
        error,
        Error::CardRefused {
            step: Step::PaceSetAt | Step::PaceNonce | Step::BacGetChallenge,
            ..
        }
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A password whose tries are counted is given to a chip once, by who knows it.
    #[test]
    fn counted_passwords_are_not_tried_again() {
        let zone = Password::mrz_digest(&[7; 20]);
        for (password, repeatable) in [
            (zone, true),
            (Password::can("123456"), true),
            (Password::pin("123456"), false),
            (Password::puk("1234567890"), false),
        ] {
            let password = password.unwrap();
            assert_eq!(Opened::Bac(&password).is_repeatable(), repeatable);
        }
    }
}
