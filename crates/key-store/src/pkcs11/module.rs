//! The modules of this process. A module has one state for the whole process, so it is loaded and begun once and stays.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::slot::TokenInfo;
use pki::KeyStoreFault;

use super::token::Token;

/// Every module that was loaded, by its real path.
static MODULES: Mutex<BTreeMap<PathBuf, Arc<Module>>> = Mutex::new(BTreeMap::new());

/// Many modules look for tokens only when they begin, and one that another process is writing to at that moment is not seen.
pub(super) const LOOKS: u32 = 5;
pub(super) const PAUSE: Duration = Duration::from_millis(40);

/// What a token is looked for by: label and serial number.
type Wanted = (Option<String>, Option<String>);

/// A PKCS#11 module.
pub(super) struct Module {
    context: Pkcs11,
    tokens: Mutex<BTreeMap<Wanted, Arc<Token>>>,
}

/// The module at a path, loaded to find a token.
pub(super) fn load(
    path: &Path,
    label: Option<&str>,
    serial: Option<&str>,
) -> Result<Arc<Module>, KeyStoreFault> {
    let path = fs::canonicalize(path).map_err(|_| KeyStoreFault::ModuleUnloadable)?;
    // Held while it is loaded: two threads must not begin it twice.
    let mut modules = MODULES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(module) = modules.get(&path) {
        return Ok(Arc::clone(module));
    }
    let context = Pkcs11::new(&path).map_err(|_| KeyStoreFault::ModuleUnloadable)?;
    for _ in 0..LOOKS {
        let is_ours = begin(&context)?;
        if !is_ours || has_token(&context, label, serial) {
            break;
        }
        // Nobody uses it yet, so it can be ended and begun again.
        context
            .clone()
            .finalize()
            .map_err(|_| KeyStoreFault::ModuleUnloadable)?;
        thread::sleep(PAUSE);
    }
    begin(&context)?;
    let module = Arc::new(Module {
        context,
        tokens: Mutex::default(),
    });
    modules.insert(path, Arc::clone(&module));
    Ok(module)
}

fn has_token(context: &Pkcs11, label: Option<&str>, serial: Option<&str>) -> bool {
    let slots = context.get_slots_with_token().unwrap_or_default();
    slots
        .into_iter()
        .filter_map(|slot| context.get_token_info(slot).ok())
        .any(|info| is_wanted(&info, label, serial))
}

/// Whether a token is the one that is looked for.
pub(super) fn is_wanted(info: &TokenInfo, label: Option<&str>, serial: Option<&str>) -> bool {
    let same =
        |wanted: Option<&str>, value: &str| wanted.is_none_or(|wanted| wanted == value.trim_end());
    info.token_initialized() && same(label, info.label()) && same(serial, info.serial_number())
}

/// C_Initialize, for many threads; says whether it was we who did it. Somebody else in this process may have done it, or
/// undone it.
pub(super) fn begin(context: &Pkcs11) -> Result<bool, KeyStoreFault> {
    match context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
        Ok(()) => Ok(true),
        Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => Ok(false),
        Err(_) => Err(KeyStoreFault::ModuleUnloadable),
    }
}

impl Module {
    /// The token of this label, serial number or both. Whether it is there is found out when it is needed.
    pub(super) fn token(&self, label: Option<&str>, serial: Option<&str>) -> Arc<Token> {
        let wanted = (label.map(str::to_owned), serial.map(str::to_owned));
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let token = tokens
            .entry(wanted.clone())
            .or_insert_with(|| Arc::new(Token::new(self.context.clone(), wanted.0, wanted.1)));
        Arc::clone(token)
    }
}
