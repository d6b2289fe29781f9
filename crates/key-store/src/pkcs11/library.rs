//! A PKCS#11 module as this process has it: begun, looked through, ended.
//!
//! C_Initialize is when a module learns which tokens there are; many never look again. What it could not read at that moment is
//! absent until it is ended and begun anew. That is done here, where it takes nothing away: if it was we who began the module,
//! and nothing of ours is open in it.
//!
//! The other half is not to disturb in the first place: processes of ours that begin the module, log in, make or destroy keys do
//! so one after another. Seen with SoftHSM 2.6.1 (its system calls traced): a file is cut to nothing, its lock is let go, and then
//! the new content is written; and each C_Login rewrites the file that describes the token. A process that waited for that lock
//! reads an empty file. In its C_Initialize, the token is absent from then on; later, C_GetTokenInfo or C_Login fail, or the PIN
//! counts as not set. The number by which it knows that there are new objects is written in the same way, so two processes that
//! make a key at once may both write the same number (this by its source code), and neither sees the key of the other. Two
//! threads that look for objects while they change may miss one: that was seen, and its cause is a guess (attributes are
//! thrown away before they are read anew), so who looks takes the same turn.
//!
//! Programs that are not ours can still do all this to us. Then opening fails with what the token said, a PIN that may have been
//! tried is not sent again, and the next one who opens begins the module anew.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::slot::{Slot, TokenInfo};
use pki::KeyStoreFault;

use super::outcome::Failure;

/// How often a token is looked for before it counts as absent, and how long is waited in between.
const LOOKS: u32 = 5;
const PAUSE: Duration = Duration::from_millis(40);
/// How long is waited for the other processes: longer than a key takes to be made. A login can be a person at a keypad, so it is
/// not for ever.
const TURNS: u32 = 15_000;
const TURN: Duration = Duration::from_millis(2);

/// A module of this process.
pub(super) struct Library {
    context: Pkcs11,
    path: PathBuf,
    state: Mutex<State>,
    /// Everyone who needs the module as it is has a copy.
    in_use: InUse,
}

struct State {
    /// It was begun by us, so it may be ended by us.
    is_ours: bool,
}

/// As long as this lives, the module is not ended by us.
#[derive(Clone)]
pub(super) struct InUse {
    count: Arc<()>,
}

/// Where a token is.
pub(super) struct Place {
    pub(super) slot: Slot,
    /// What it said of itself when it was found.
    pub(super) info: TokenInfo,
    pub(super) in_use: InUse,
}

/// As long as this lives, other processes of ours that use the same module do not begin it, log in, or write.
pub(super) struct Turn {
    _held: Option<File>,
}

impl Library {
    /// Loads the module, and does not begin it yet.
    pub(super) fn load(path: &Path) -> Result<Self, KeyStoreFault> {
        Ok(Self {
            context: Pkcs11::new(path).map_err(|_| KeyStoreFault::ModuleUnloadable)?,
            path: path.to_owned(),
            state: Mutex::new(State { is_ours: false }),
            in_use: InUse {
                count: Arc::default(),
            },
        })
    }

    pub(super) const fn context(&self) -> &Pkcs11 {
        &self.context
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until nobody else of ours begins this module, logs in, writes or looks for objects, in any process or thread. Who has
    /// the turn takes no other lock. It is a lock on the file of the module, which all who use it can read; where that cannot be
    /// had, and after some time, it goes on without.
    pub(super) fn turn(&self) -> Turn {
        let Ok(file) = File::open(&self.path) else {
            return Turn { _held: None };
        };
        for _ in 0..TURNS {
            match file.try_lock() {
                Ok(()) => return Turn { _held: Some(file) },
                Err(TryLockError::WouldBlock) => thread::sleep(TURN),
                Err(TryLockError::Error(_)) => break,
            }
        }
        Turn { _held: None }
    }

    /// Begins the module if that has not been done, and finds a token by its label, serial number or both.
    pub(super) fn find(
        &self,
        _turn: &Turn,
        label: Option<&str>,
        serial: Option<&str>,
    ) -> Result<Place, Failure> {
        // Held to the end, so that nobody finds his token in a module that is being ended.
        let mut state = self.state();
        for look in 1..=LOOKS {
            self.begin(&mut state)?;
            if let Some((slot, info)) = self.look(label, serial)? {
                let in_use = self.in_use.clone();
                return Ok(Place { slot, info, in_use });
            }
            if look < LOOKS {
                self.end(&mut state)?;
                thread::sleep(PAUSE);
            }
        }
        Err(KeyStoreFault::TokenAbsent.into())
    }

    /// Ends the module if it is ours and nobody uses it: the next one who looks for a token begins it anew.
    pub(super) fn end_if_unused(&self) -> Result<(), KeyStoreFault> {
        self.end(&mut self.state())
    }

    /// C_Initialize, for many threads. Somebody else in this process may have done it, or undone it.
    fn begin(&self, state: &mut State) -> Result<(), KeyStoreFault> {
        let arguments = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
        match self.context.initialize(arguments) {
            Ok(()) => state.is_ours = true,
            Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
            Err(_) => return Err(KeyStoreFault::ModuleUnloadable),
        }
        Ok(())
    }

    fn end(&self, state: &mut State) -> Result<(), KeyStoreFault> {
        // New copies are made under the lock only, so none can come while it is looked.
        let is_unused = Arc::strong_count(&self.in_use.count) == 1;
        if !(state.is_ours && is_unused) {
            return Ok(());
        }
        state.is_ours = false;
        match self.context.clone().finalize() {
            Ok(()) | Err(Error::Pkcs11(RvError::CryptokiNotInitialized, _)) => Ok(()),
            Err(_) => Err(KeyStoreFault::ModuleUnloadable),
        }
    }

    /// The slot that holds the token at this moment.
    fn look(
        &self,
        label: Option<&str>,
        serial: Option<&str>,
    ) -> Result<Option<(Slot, TokenInfo)>, Failure> {
        let mut found = None;
        for slot in self.context.get_slots_with_token()? {
            // A slot that cannot be asked is not ours.
            let Ok(info) = self.context.get_token_info(slot) else {
                continue;
            };
            if is_wanted(&info, label, serial) && found.replace((slot, info)).is_some() {
                return Err(KeyStoreFault::TokenAmbiguous.into());
            }
        }
        Ok(found)
    }
}

/// Whether a token is the one that is looked for.
fn is_wanted(info: &TokenInfo, label: Option<&str>, serial: Option<&str>) -> bool {
    let same =
        |wanted: Option<&str>, value: &str| wanted.is_none_or(|wanted| wanted == value.trim_end());
    info.token_initialized() && same(label, info.label()) && same(serial, info.serial_number())
}
