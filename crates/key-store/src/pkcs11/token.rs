//! A token and its pool of sessions. A login belongs to the token, not to a session, and so does its end; all sessions
//! between one login and its end are a generation.

mod lease;

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crypto::SecretBytes;
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::{MechanismInfo, MechanismType};
use cryptoki::session::{Session, SessionState};
use cryptoki::slot::{Limit, TokenInfo};
use pki::KeyStoreFault;

use super::library::{Library, Place, Turn};
use super::login::Login;
use super::outcome::Failure;
use lease::{Fate, Lease};

/// Most sessions of a pool. Network devices need about thirty to reach their peak; small ones have sixteen in all.
const MAX_SESSIONS: usize = 32;
/// A token with few sessions leaves one for others: key generation, another program.
const SPARE_SESSIONS: usize = 1;

/// A token, present or not.
pub(super) struct Token {
    library: Arc<Library>,
    label: Option<String>,
    serial: Option<String>,
    state: Mutex<State>,
    freed: Condvar,
}

struct State {
    generation: u64,
    /// Where the token was found in this generation; the module is kept as it is for all sessions of it.
    place: Option<Place>,
    login: Login,
    idle: Vec<Session>,
    /// Sessions of this generation, idle or lent.
    open: usize,
    capacity: usize,
}

impl Token {
    pub(super) fn new(
        library: Arc<Library>,
        label: Option<String>,
        serial: Option<String>,
    ) -> Self {
        Self {
            library,
            label,
            serial,
            state: Mutex::new(State {
                generation: 0,
                place: None,
                login: Login::new(),
                idle: Vec::new(),
                open: 0,
                capacity: MAX_SESSIONS,
            }),
            freed: Condvar::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a PIN for this login and the next ones. The token is not asked yet.
    pub(super) fn take_pin(&self, pin: &SecretBytes) -> Result<(), KeyStoreFault> {
        self.state().login.take_pin(pin)
    }

    /// What the token says of a mechanism; nothing where it has none.
    pub(super) fn mechanism(
        &self,
        mechanism: MechanismType,
    ) -> Result<Option<MechanismInfo>, Failure> {
        let (slot, _in_use) = {
            let mut state = self.state();
            if state.place.is_none() {
                self.find(&mut state, &self.library.turn())?;
            }
            let place = state.place.as_ref().ok_or(Failure::lost())?;
            (place.slot, place.in_use.clone())
        };
        match self.library.context().get_mechanism_info(slot, mechanism) {
            Ok(info) => Ok(Some(info)),
            Err(Error::Pkcs11(RvError::MechanismInvalid, _)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps others of ours from writing while objects are looked for; see [`Library::turn`].
    pub(super) fn turn(&self) -> Turn {
        self.library.turn()
    }

    /// Does something with a session that is logged in; waits for one where all are lent. What ends the login or the sessions
    /// ends all of them.
    pub(super) fn with_session<T>(
        &self,
        work: impl FnOnce(&Session, u64) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut lease = self.lend()?;
        let Some(session) = &lease.session else {
            return Err(Failure::lost());
        };
        let done =
            work(session, lease.generation).map_err(|failure| self.explain(failure, session));
        if let Err(failure) = &done {
            lease.fate = failure.fate();
            if failure.lost {
                self.lose(lease.generation);
            }
        }
        done
    }

    /// The same with a session of its own that may write, while no other process of ours writes. What it finds lost before it has begun is opened once more.
    pub(super) fn with_writing_session<T>(
        &self,
        work: impl FnOnce(&Session) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let (lease, session) = match self.writing() {
            Err(failure) if failure.lost => self.writing()?,
            opened => opened?,
        };
        let turn = self.turn();
        let done = work(&session);
        drop(turn);
        let done = done.map_err(|failure| self.explain(failure, &session));
        let failure = done.as_ref().err();
        if failure.is_none_or(|failure| failure.fate() != Fate::Forgotten) {
            // The lent session keeps the login alive.
            let _ = session.close();
        }
        if failure.is_some_and(|failure| failure.lost) {
            self.lose(lease.generation);
        }
        done
    }

    /// A session that may write, and one of the pool whose login it uses.
    fn writing(&self) -> Result<(Lease<'_>, Session), Failure> {
        let lease = self.lend()?;
        let slot = self.state().place.as_ref().map(|place| place.slot);
        let opened = match self
            .library
            .context()
            .open_rw_session_no_drop(slot.ok_or(Failure::lost())?)
            .map_err(Failure::from)
        {
            Ok(session) if self.has_lost_login(&session) => {
                let _ = session.close();
                Err(Failure::lost())
            }
            opened => opened,
        };
        if opened.as_ref().is_err_and(|failure| failure.lost) {
            self.lose(lease.generation);
        }
        Ok((lease, opened?))
    }

    /// Who is not logged in sees no private key, and is not told that this is why.
    fn explain(&self, failure: Failure, session: &Session) -> Failure {
        if failure.fault == KeyStoreFault::KeyNotFound && self.has_lost_login(session) {
            return Failure::lost();
        }
        failure
    }

    fn has_lost_login(&self, session: &Session) -> bool {
        let state = session.get_session_info().map(|info| info.session_state());
        self.state().login.is_needed()
            && !matches!(state, Ok(SessionState::RoUser | SessionState::RwUser))
    }

    fn lend(&self) -> Result<Lease<'_>, Failure> {
        let mut state = self.state();
        loop {
            let session = match state.idle.pop() {
                Some(session) => session,
                None if state.open < state.capacity => match self.open(&mut state) {
                    Ok(session) => session,
                    // Others have taken the rest.
                    Err(failure) if failure.fault == KeyStoreFault::TokenFull && state.open > 0 => {
                        state.capacity = state.open;
                        continue;
                    }
                    Err(failure) => return Err(failure),
                },
                None => {
                    state = self
                        .freed
                        .wait(state)
                        .unwrap_or_else(PoisonError::into_inner);
                    continue;
                }
            };
            return Ok(Lease {
                token: self,
                session: Some(session),
                generation: state.generation,
                fate: Fate::Kept,
                _in_use: state.place.as_ref().map(|place| place.in_use.clone()),
            });
        }
    }

    /// A new session of this generation, with the login if it is the first.
    fn open(&self, state: &mut State) -> Result<Session, Failure> {
        // A session beside others needs nothing that other processes disturb.
        let turn = (!state.login.is_in()).then(|| self.library.turn());
        let mut opened = self.open_in(state, turn.as_ref());
        if let Err(failure) = &opened
            && state.open == 0
        {
            let fault = failure.fault;
            state.place = None;
            if let KeyStoreFault::Refused(_) | KeyStoreFault::TokenNotReady = fault {
                // Not for the PIN: the module may have read nonsense.
                let _ = self.library.end_if_unused();
            }
            if fault == KeyStoreFault::TokenNotReady {
                // The PIN counted as not set, so it was not tried.
                opened = self.open_in(state, turn.as_ref());
            }
        }
        match &opened {
            Ok(_) => state.open += 1,
            Err(failure) if failure.lost && state.open > 0 => {
                // The slot that was known is no more, or the module was ended.
                state.lose();
                self.freed.notify_all();
            }
            Err(_) => {}
        }
        opened
    }

    fn open_in(&self, state: &mut State, turn: Option<&Turn>) -> Result<Session, Failure> {
        let context = self.library.context();
        let was_known = state.place.is_some();
        match turn {
            _ if was_known => {}
            Some(turn) => self.find(state, turn)?,
            None => self.find(state, &self.library.turn())?,
        }
        let place = state.place.as_ref().ok_or(Failure::lost())?;
        let slot = place.slot;
        let session =
            context
                .open_ro_session_no_drop(slot)
                .map_err(|error| match Failure::from(error) {
                    failure if failure.lost && state.open == 0 => KeyStoreFault::TokenAbsent.into(),
                    failure => failure,
                })?;
        if !state.login.is_in() {
            let asked = if was_known {
                let info = context.get_token_info(slot).map_err(Failure::from);
                info.and_then(|info| state.login.log_in(&info, &session))
            } else {
                state.login.log_in(&place.info, &session)
            };
            if let Err(failure) = asked {
                let _ = session.close();
                return Err(failure);
            }
        }
        Ok(session)
    }

    /// Looks for the token.
    fn find(&self, state: &mut State, turn: &Turn) -> Result<(), Failure> {
        let place = self
            .library
            .find(turn, self.label.as_deref(), self.serial.as_deref())?;
        state.capacity = capacity(&place.info);
        state.place = Some(place);
        Ok(())
    }

    /// The sessions of a generation are of no more use. Those that are lent are given up by who has them.
    fn lose(&self, generation: u64) {
        let mut state = self.state();
        if state.generation == generation {
            state.lose();
            self.freed.notify_all();
        }
    }
}

impl State {
    fn lose(&mut self) {
        self.generation += 1;
        for session in core::mem::take(&mut self.idle) {
            // Before any new one is opened, so that the number cannot be that of a new one.
            let _ = session.close();
        }
        self.open = 0;
        self.login.has_ended();
        self.place = None;
    }
}

fn capacity(info: &TokenInfo) -> usize {
    match info.max_session_count() {
        Limit::Max(count) => usize::try_from(count)
            .unwrap_or(MAX_SESSIONS)
            .saturating_sub(SPARE_SESSIONS)
            .clamp(1, MAX_SESSIONS),
        Limit::Unavailable | Limit::Infinite => MAX_SESSIONS,
    }
}
