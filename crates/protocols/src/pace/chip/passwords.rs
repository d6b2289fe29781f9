//! Passwords of a chip, and how often they may still be tried (TR-03110-2 §2.2; TR-03110-3 §B.14.1).

use iso7816::StatusWord;

use crate::password::{Password, PasswordKind};

/// A PIN with this many tries left is suspended: who wants the last one shows first to have the document, by its CAN.
const SUSPENDED: u8 = 1;

/// How often a wrong password may still be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tries {
    /// As often as one likes: MRZ and CAN never block (TR-03110-1 §2.3).
    Unlimited,
    /// The retry counter.
    Left {
        /// Tries left; blocked at 0.
        now: u8,
        /// Its value after a success.
        start: u8,
    },
}

/// A password with its retry counter, as non-volatile memory has it.
pub struct PasswordState {
    /// The password.
    pub password: Password,
    /// Its counter.
    pub tries: Tries,
}

/// Whether a run with a password may begin.
pub(super) struct Readiness {
    /// The answer to MSE:Set AT.
    pub(super) word: StatusWord,
    /// What the next step is refused with, if it is.
    pub(super) bar: Option<StatusWord>,
}

impl PasswordState {
    /// A password that never blocks.
    #[must_use]
    pub const fn unlimited(password: Password) -> Self {
        Self {
            password,
            tries: Tries::Unlimited,
        }
    }

    pub(super) fn readiness(&self, opened_by: Option<PasswordKind>) -> Readiness {
        let Tries::Left { now, start } = self.tries else {
            return Readiness {
                word: StatusWord::OK,
                bar: None,
            };
        };
        let resumed = opened_by == Some(PasswordKind::Can);
        let suspended = self.password.kind() == PasswordKind::Pin && now == SUSPENDED && !resumed;
        let bar = if now == 0 {
            Some(StatusWord::AUTHENTICATION_BLOCKED)
        } else if suspended {
            Some(StatusWord::CONDITIONS_NOT_SATISFIED)
        } else {
            None
        };
        let word = if now < start || bar.is_some() {
            StatusWord::with_tries_left(now)
        } else {
            StatusWord::OK
        };
        Readiness { word, bar }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_counter_lets_begin() {
        let left = |now, start| Tries::Left { now, start };
        let check = |make: fn(&str) -> crate::Result<Password>, tries, opened_by, word, bar| {
            let password = make("12345678").unwrap();
            let state = PasswordState { password, tries };
            let readiness = state.readiness(opened_by);
            let found = (readiness.word.0, readiness.bar.map(|word| word.0));
            assert_eq!(found, (word, bar), "{tries:?} {opened_by:?}");
        };
        let (can, mrz) = (Some(PasswordKind::Can), Some(PasswordKind::Mrz));
        let (blocked, suspended) = (Some(0x6983), Some(0x6985));
        check(Password::pin, Tries::Unlimited, None, 0x9000, None);
        check(Password::pin, left(3, 3), None, 0x9000, None);
        check(Password::pin, left(2, 3), None, 0x63C2, None);
        check(Password::pin, left(1, 3), None, 0x63C1, suspended);
        check(Password::pin, left(1, 3), mrz, 0x63C1, suspended);
        check(Password::pin, left(1, 3), can, 0x63C1, None);
        check(Password::pin, left(1, 1), None, 0x63C1, suspended);
        check(Password::pin, left(0, 3), None, 0x63C0, blocked);
        check(Password::pin, left(0, 3), can, 0x63C0, blocked);
        check(Password::pin, left(30, 40), None, 0x63CF, None);
        check(Password::puk, left(10, 10), None, 0x9000, None);
        check(Password::puk, left(1, 10), None, 0x63C1, None);
        check(Password::puk, left(0, 10), None, 0x63C0, blocked);
    }
}
