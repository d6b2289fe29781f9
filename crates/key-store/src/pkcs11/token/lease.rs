//! A session of a token, lent to one who signs, and what becomes of it.

use cryptoki::session::Session;

use super::Token;
use crate::pkcs11::library::InUse;
use crate::pkcs11::outcome::Failure;

/// A session, lent.
pub(super) struct Lease<'a> {
    pub(super) token: &'a Token,
    pub(super) session: Option<Session>,
    pub(super) generation: u64,
    pub(super) fate: Fate,
    /// The session may outlive its generation.
    pub(super) _in_use: Option<InUse>,
}

/// What becomes of a session that was lent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// The next one takes it.
    Kept,
    /// Something went wrong in it, and an operation may still be going on.
    Closed,
    /// It is gone. Its number may be that of somebody else's by now, so it is not closed.
    Forgotten,
}

impl Failure {
    pub(super) const fn fate(&self) -> Fate {
        if self.session_lives {
            Fate::Closed
        } else {
            Fate::Forgotten
        }
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let mut state = self.token.state();
        let Some(session) = self.session.take() else {
            return;
        };
        let is_current = state.generation == self.generation;
        if is_current && self.fate == Fate::Kept {
            state.idle.push(session);
        } else {
            if self.fate != Fate::Forgotten {
                let _ = session.close();
            }
            if is_current {
                state.open = state.open.saturating_sub(1);
                // With the last session of a program its login ends (PKCS#11 2.40 §4.4).
                if state.open == 0 {
                    state.login.has_ended();
                }
            }
        }
        self.token.freed.notify_one();
    }
}
