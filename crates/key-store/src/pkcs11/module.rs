//! The modules of this process. A module has one state for the whole process, so each is loaded once and stays.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use pki::KeyStoreFault;

use super::library::Library;
use super::outcome::Failure;
use super::token::Token;

/// Every module that was loaded, by its real path.
static MODULES: Mutex<BTreeMap<PathBuf, Arc<Module>>> = Mutex::new(BTreeMap::new());

/// What a token says of itself: manufacturer, model, serial number, label. However it is asked for, one token has one login
/// and one memory of the PIN that it refused.
type Identity = [String; 4];

/// A PKCS#11 module and the tokens that were asked for.
pub(super) struct Module {
    library: Arc<Library>,
    tokens: Mutex<BTreeMap<Identity, Arc<Token>>>,
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
    /// The token of this label, serial number or both.
    pub(super) fn token(
        &self,
        label: Option<&str>,
        serial: Option<&str>,
    ) -> Result<Arc<Token>, Failure> {
        let found = self.library.find(&self.library.turn(), label, serial)?;
        let info = found.info;
        let [manufacturer, model, serial, label] = [
            info.manufacturer_id(),
            info.model(),
            info.serial_number(),
            info.label(),
        ]
        .map(|text| text.trim_end().to_owned());
        let (own_label, own_serial) = (Some(label.clone()), Some(serial.clone()));
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let token = tokens
            .entry([manufacturer, model, serial, label])
            .or_insert_with(|| {
                Arc::new(Token::new(Arc::clone(&self.library), own_label, own_serial))
            });
        Ok(Arc::clone(token))
    }
}
