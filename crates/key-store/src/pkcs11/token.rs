//! A token and its pool of sessions. A login belongs to the token, not to a session, and so does its end; all sessions
//! between one login and its end are a generation.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crypto::SecretBytes;
use cryptoki::context::Pkcs11;
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::{MechanismInfo, MechanismType};
use cryptoki::session::{Session, SessionState, UserType};
use cryptoki::slot::{Limit, Slot, TokenInfo};
use cryptoki::types::RawAuthPin;
use pki::KeyStoreFault;

use super::module;
use super::outcome::Failure;

/// Most sessions of a pool. Network devices need about thirty to reach their peak; small ones have sixteen in all.
const MAX_SESSIONS: usize = 32;
/// A token with few sessions leaves one for others: key generation, another program.
const SPARE_SESSIONS: usize = 1;

/// A token, present or not.
pub(super) struct Token {
    context: Pkcs11,
    label: Option<String>,
    serial: Option<String>,
    state: Mutex<State>,
    freed: Condvar,
}

struct State {
    generation: u64,
    /// Where the token was found in this generation.
    slot: Option<Slot>,
    logged_in: bool,
    /// Some tokens show and use their keys without a login.
    needs_login: bool,
    pin: Pin,
    idle: Vec<Session>,
    /// Sessions of this generation, idle or lent.
    open: usize,
    capacity: usize,
}

/// What is known about the PIN.
enum Pin {
    None,
    Given(SecretBytes),
    /// The token said no: this one is not sent again.
    Refused(SecretBytes),
}

/// A session, lent.
struct Lease<'a> {
    token: &'a Token,
    session: Option<Session>,
    generation: u64,
    fate: Fate,
}

/// What becomes of a session that was lent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// The next one takes it.
    Kept,
    /// Something went wrong in it, and an operation may still be going on.
    Closed,
    /// It is gone. Its number may be that of somebody else's by now, so it is not closed.
    Forgotten,
}

impl Token {
    pub(super) fn new(context: Pkcs11, label: Option<String>, serial: Option<String>) -> Self {
        Self {
            context,
            label,
            serial,
            state: Mutex::new(State {
                generation: 0,
                slot: None,
                logged_in: false,
                needs_login: true,
                pin: Pin::None,
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
        let mut state = self.state();
        match &state.pin {
            Pin::Refused(refused) if refused.ct_eq(pin.expose()) => {
                return Err(KeyStoreFault::PinIncorrect);
            }
            Pin::Given(given) if given.ct_eq(pin.expose()) => return Ok(()),
            // The right one is known, so this one is wrong; to ask the token would cost a try.
            Pin::Given(_) if state.logged_in => return Err(KeyStoreFault::PinIncorrect),
            _ => {}
        }
        state.pin = Pin::Given(pin.duplicate());
        Ok(())
    }

    /// What the token says of a mechanism; nothing where it has none.
    pub(super) fn mechanism(
        &self,
        mechanism: MechanismType,
    ) -> Result<Option<MechanismInfo>, Failure> {
        let slot = {
            let mut state = self.state();
            self.connect(&mut state)?
        };
        match self.context.get_mechanism_info(slot, mechanism) {
            Ok(info) => Ok(Some(info)),
            Err(Error::Pkcs11(RvError::MechanismInvalid, _)) => Ok(None),
            Err(error) => Err(error.into()),
        }
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

    /// The same with a session of its own that may write. What it finds lost before it has begun is opened once more.
    pub(super) fn with_writing_session<T>(
        &self,
        work: impl FnOnce(&Session) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let (lease, session) = match self.writing() {
            Err(failure) if failure.lost => self.writing()?,
            opened => opened?,
        };
        let done = work(&session).map_err(|failure| self.explain(failure, &session));
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
        let slot = self.state().slot.ok_or(Failure::lost())?;
        let opened = match self
            .context
            .open_rw_session_no_drop(slot)
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
        self.state().needs_login
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
            });
        }
    }

    /// A new session of this generation, with the login if it is the first.
    fn open(&self, state: &mut State) -> Result<Session, Failure> {
        let slot = self.connect(state)?;
        let session = self
            .context
            .open_ro_session_no_drop(slot)
            .map_err(|error| {
                let failure = Failure::from(error);
                if failure.lost {
                    // The slot that was known is no more.
                    state.slot = None;
                    Failure::from(KeyStoreFault::TokenAbsent)
                } else {
                    failure
                }
            })?;
        if !state.logged_in
            && let Err(failure) = self.log_in(state, slot, &session)
        {
            let _ = session.close();
            return Err(failure);
        }
        state.open += 1;
        Ok(session)
    }

    fn log_in(&self, state: &mut State, slot: Slot, session: &Session) -> Result<(), Failure> {
        let info = self.context.get_token_info(slot)?;
        state.needs_login = info.login_required();
        if !state.needs_login {
            state.logged_in = true;
            return Ok(());
        }
        if !info.user_pin_initialized() {
            return Err(KeyStoreFault::TokenNotReady.into());
        }
        if info.user_pin_locked() {
            return Err(KeyStoreFault::PinLocked.into());
        }
        let asked = match &state.pin {
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
                state.logged_in = true;
                Ok(())
            }
            Err(error) => {
                let failure = Failure::from(error);
                if failure.fault == KeyStoreFault::PinIncorrect
                    && let Pin::Given(pin) = core::mem::replace(&mut state.pin, Pin::None)
                {
                    state.pin = Pin::Refused(pin);
                }
                Err(failure)
            }
        }
    }

    /// The slot that holds the token.
    fn connect(&self, state: &mut State) -> Result<Slot, Failure> {
        if let Some(slot) = state.slot {
            return Ok(slot);
        }
        module::begin(&self.context)?;
        let mut found = self.look()?;
        for _ in 1..module::LOOKS {
            if found.is_some() {
                break;
            }
            // Another process may be writing to it.
            std::thread::sleep(module::PAUSE);
            found = self.look()?;
        }
        let (slot, info) = found.ok_or(KeyStoreFault::TokenAbsent)?;
        state.slot = Some(slot);
        state.capacity = capacity(&info);
        Ok(slot)
    }

    /// The slot that holds the token at this moment.
    fn look(&self) -> Result<Option<(Slot, TokenInfo)>, Failure> {
        let mut found = None;
        for slot in self.context.get_slots_with_token()? {
            // A slot that cannot be asked is not ours.
            let Ok(info) = self.context.get_token_info(slot) else {
                continue;
            };
            let is_it = module::is_wanted(&info, self.label.as_deref(), self.serial.as_deref());
            if is_it && found.replace((slot, info)).is_some() {
                return Err(KeyStoreFault::TokenAmbiguous.into());
            }
        }
        Ok(found)
    }

    /// The sessions of a generation are of no more use. Those that are lent are given up by who has them.
    fn lose(&self, generation: u64) {
        let mut state = self.state();
        if state.generation != generation {
            return;
        }
        state.generation += 1;
        for session in core::mem::take(&mut state.idle) {
            // Before any new one is opened, so that the number cannot be that of a new one.
            let _ = session.close();
        }
        state.open = 0;
        state.logged_in = false;
        state.slot = None;
        self.freed.notify_all();
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

impl Failure {
    const fn fate(&self) -> Fate {
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
                state.logged_in &= state.open > 0;
            }
        }
        self.token.freed.notify_one();
    }
}
