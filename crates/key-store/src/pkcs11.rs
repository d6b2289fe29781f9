//! Keys on tokens, by PKCS#11 2.40. Nothing here knows a vendor: what a token offers it is asked.
//!
//! * A module is loaded once in a process and stays; a token has one pool of sessions, whoever opens keys on it.
//! * A key is made on the token: sensitive, never extractable, for signing only.
//! * A session that is lost is opened again, with its login, and what was asked is asked once more: if it is certain that
//!   the key has not signed.
//! * A PIN that the token refused is not sent again. There are few tries, and a program could use them up in a second.

mod key;
mod library;
mod login;
mod mechanism;
mod module;
mod outcome;
mod public_key;
mod signer;
mod token;

use std::io::Read as _;
use std::sync::Arc;

use crypto::{CryptoRng, SecretBytes};
use pki::KeyStoreFault;

use crate::location::TokenUri;
use crate::profile::KeyProfile;
use crate::{Error, Result, regular_file};
use key::KeyName;
pub use signer::{SelfCheck, TokenSigner};
use token::Token;

/// Longest file that holds a PIN.
const MAX_PIN_FILE: u64 = 1024;
/// Octets of the identifier of a new key.
const ID_LEN: usize = 16;

/// Makes a key on a token.
pub(crate) fn generate(
    uri: &TokenUri,
    profile: &KeyProfile,
    pin: &SecretBytes,
    rng: &mut dyn CryptoRng,
) -> Result<TokenSigner> {
    let token = unlocked(uri, pin)?;
    let name = KeyName::of(uri);
    let id = uri.id.clone().unwrap_or_else(|| {
        let mut id = vec![0; ID_LEN];
        rng.fill_bytes(&mut id);
        id
    });
    key::generate(&token, &name, &id, profile)?;
    // By its identifier from now on: somebody else may be making one of this label at this moment.
    TokenSigner::open(token, name.with_id(id), profile)
}

impl TokenSigner {
    /// Opens a key on a token (see [`crate::open`]).
    ///
    /// # Errors
    /// As [`crate::open`].
    pub fn of(uri: &TokenUri, profile: &KeyProfile, pin: &SecretBytes) -> Result<Self> {
        Self::open(unlocked(uri, pin)?, KeyName::of(uri), profile)
    }
}

/// Destroys a key on a token and shows that it is gone.
pub(crate) fn destroy(uri: &TokenUri, pin: &SecretBytes) -> Result<()> {
    let token = unlocked(uri, pin)?;
    Ok(key::destroy(&token, &KeyName::of(uri))?)
}

/// The token of a key, ready to log in.
fn unlocked(uri: &TokenUri, pin: &SecretBytes) -> Result<Arc<Token>> {
    let (label, serial) = (uri.token.as_deref(), uri.serial.as_deref());
    let token = module::load(&uri.module_path)?.token(label, serial)?;
    match &uri.pin_source {
        Some(path) if pin.is_empty() => token.take_pin(&pin_of(path)?)?,
        _ => token.take_pin(pin)?,
    }
    Ok(token)
}

/// The PIN in a file, without the end of its line.
fn pin_of(path: &std::path::Path) -> Result<SecretBytes> {
    let unreadable =
        |error: &std::io::Error| Error::file(path, KeyStoreFault::FileUnreadable, error);
    let mut content = zeroize::Zeroizing::new(Vec::with_capacity(
        usize::try_from(MAX_PIN_FILE).unwrap_or(0) + 1,
    ));
    regular_file::open(path)
        .and_then(|file| file.take(MAX_PIN_FILE + 1).read_to_end(&mut content))
        .map_err(|error| unreadable(&error))?;
    let line = content.strip_suffix(b"\n").unwrap_or(&content);
    let pin = line.strip_suffix(b"\r").unwrap_or(line);
    if content.len() as u64 > MAX_PIN_FILE || pin.is_empty() {
        return Err(unreadable(&std::io::ErrorKind::InvalidData.into()));
    }
    Ok(SecretBytes::from(pin))
}
