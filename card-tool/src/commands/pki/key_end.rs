//! The end of a key of which the public half is known: looked for and compared, its destruction begun in writing, destroyed.
//! One that is not found, and whose destruction was never begun, lives somewhere else: it is only ever declared lost.

use anyhow::{Context as _, Result};
use crypto::{PublicKey, SecretBytes};
use key_store::{KeyLocation, KeyProfile};
use pki::KeyStoreFault;

use crate::exit::{Exit, Problem};
use crate::pki_folder::root::proof;

/// A key that is to end.
pub struct KeyEnd<'a> {
    /// Where it is kept.
    pub location: &'a KeyLocation,
    /// What it is.
    pub profile: &'a KeyProfile,
    /// Its public half.
    pub public: &'a PublicKey,
    /// When its destruction was begun by a run that broke off.
    pub begun: Option<&'a str>,
    /// Whether two persons declare it lost where it is not found.
    pub lost: bool,
}

/// What became of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fate {
    /// Whether it is lost: nothing shows that it is destroyed.
    pub is_lost: bool,
    /// What a record says of it.
    pub says: String,
}

impl Fate {
    /// It is gone, and this shows it.
    pub fn gone(says: impl Into<String>) -> Self {
        Self {
            is_lost: false,
            says: says.into(),
        }
    }

    /// It may be somewhere.
    pub fn lost(why: &str) -> Self {
        Self {
            is_lost: true,
            says: format!("{why}, and declared LOST; not shown to be destroyed"),
        }
    }
}

impl KeyEnd<'_> {
    /// Ends it. `note` writes down, before the first octet is overwritten, that the key was found and is being destroyed.
    pub fn run(&self, secret: &SecretBytes, note: impl FnOnce() -> Result<()>) -> Result<Fate> {
        let looked = key_store::look_for(self.location, self.profile, self.public, secret);
        let fault = match &looked {
            Ok(()) => {
                note()?;
                key_store::destroy(self.location, secret)
                    .with_context(|| self.location.to_string())?;
                return Ok(Fate::gone(proof(self.location)));
            }
            Err(error) => error.fault(),
        };
        if let Some(begun) = self.begun
            && let Some(KeyStoreFault::KeyNotFound | KeyStoreFault::FileUnreadable) = fault
        {
            return self.go_on(begun, secret);
        }
        match (fault, looked) {
            (Some(KeyStoreFault::KeyNotFound), _) if self.lost => {
                Ok(Fate::lost("NOT FOUND where it was kept"))
            }
            (Some(KeyStoreFault::KeyNotFound), _) => Err(Problem::of(
                Exit::KeyStore,
                format!("{}: the key is not where it is kept", self.location),
                "nothing was changed; bring it back, or say --lost: the record will not say that it is destroyed",
            )),
            (Some(KeyStoreFault::KeyOfAnotherKind), _) if self.lost => Ok(Fate::lost(
                "NOT FOUND where it was kept, where another key is that was left alone",
            )),
            (Some(KeyStoreFault::PasswordIncorrect), _) if self.lost => Ok(Fate::lost(
                "NOT OPENED: the secret of the file is forgotten, which was left alone",
            )),
            (Some(KeyStoreFault::KeyOfAnotherKind), Err(error)) => Err(error).with_context(|| {
                format!("{}: another key than the one that is to end", self.location)
            }),
            (_, looked) => {
                looked.with_context(|| self.location.to_string())?;
                Ok(Fate::gone(proof(self.location)))
            }
        }
    }

    /// Destroys what a run has left that broke off: a file that is half overwritten, half a key pair, or nothing.
    fn go_on(&self, begun: &str, secret: &SecretBytes) -> Result<Fate> {
        match key_store::destroy_further(self.location, secret) {
            Ok(()) => Ok(Fate::gone(proof(self.location))),
            Err(error) if error.fault() == Some(KeyStoreFault::KeyNotFound) => {
                Ok(Fate::gone(format!(
                    "looked for: not there any more; it was found at {begun}, and its deletion begun and interrupted"
                )))
            }
            Err(error) => Err(error).with_context(|| self.location.to_string()),
        }
    }
}
