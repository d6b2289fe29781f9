//! The modules of this process. A module has one state for the whole process, so each is loaded once and stays.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use pki::KeyStoreFault;

use super::library::Library;
use super::token::Token;

/// Every module that was loaded, by its real path.
static MODULES: Mutex<BTreeMap<PathBuf, Arc<Module>>> = Mutex::new(BTreeMap::new());

/// What a token is looked for by: label and serial number.
type Wanted = (Option<String>, Option<String>);

/// A PKCS#11 module and the tokens that were asked for.
pub(super) struct Module {
    library: Arc<Library>,
    tokens: Mutex<BTreeMap<Wanted, Arc<Token>>>,
}

/// The module at a path.
pub(super) fn load(path: &Path) -> Result<Arc<Module>, KeyStoreFault> {
    let path = fs::canonicalize(path).map_err(|_| KeyStoreFault::ModuleUnloadable)?;
    // Held while it is loaded, so that all have the same.
    let mut modules = MODULES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(module) = modules.get(&path) {
        return Ok(Arc::clone(module));
    }
    let module = Arc::new(Module {
        library: Arc::new(Library::load(&path)?),
        tokens: Mutex::default(),
    });
    modules.insert(path, Arc::clone(&module));
    Ok(module)
}

impl Module {
    /// The token of this label, serial number or both. Whether it is there is found out when it is needed.
    pub(super) fn token(&self, label: Option<&str>, serial: Option<&str>) -> Arc<Token> {
        let wanted = (label.map(str::to_owned), serial.map(str::to_owned));
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let token = tokens
            .entry(wanted.clone())
            .or_insert_with(|| Arc::new(Token::new(Arc::clone(&self.library), wanted.0, wanted.1)));
        Arc::clone(token)
    }
}
