//! The end of a registrar's admission. What was answered stays answered; nothing more is.

use crypto::PublicKey;
use pki::Signer;

use crate::journal::{Effect, Entry, Registrar};
use crate::record::{Act, Fact, Object, Sitting};
use crate::root::Root;
use crate::{Digest, Refused, Result, fingerprint};

impl Root {
    /// Trusts a registrar's key no more: its requests are refused from here on. Two persons may admit it again.
    ///
    /// # Errors
    /// [`Refused::NotAdmitted`] for a key that is not admitted, or no more; [`Refused::Destroyed`]; whatever the signer
    /// answers.
    pub fn dismiss(
        &mut self,
        key: &Digest,
        sitting: &Sitting<'_>,
        signer: &dyn Signer,
    ) -> Result<()> {
        self.ready(signer)?;
        let state = self.journal.state();
        let Some(registrar) = of_key(state.registrars(), key)?.cloned() else {
            return Err(Refused::NotAdmitted.into());
        };
        let entry = Entry {
            act: Act::Dismiss,
            facts: vec![
                Fact::new("Registrar", &*registrar.name),
                Fact::new("SHA-256", key.spoken()),
            ],
            objects: vec![Object::incoming("registrar key", registrar.key.digest())],
            effect: Effect::Dismissed { key: registrar.key },
        };
        self.journal.append(sitting, entry, Some(signer))
    }

    /// The key of a registrar whose requests are answered.
    pub(crate) fn registrar(&self, key: &Digest) -> Result<PublicKey> {
        let state = self.journal.state();
        if let Some(registrar) = of_key(state.registrars(), key)? {
            return Ok(PublicKey::from_spki(registrar.key.as_bytes())?);
        }
        Err(match of_key(state.former_registrars(), key)? {
            Some(_) => Refused::DismissedRegistrar,
            None => Refused::UnknownRegistrar,
        }
        .into())
    }
}

/// The registrar with a key of this fingerprint.
pub(crate) fn of_key<'a>(all: &'a [Registrar], key: &Digest) -> Result<Option<&'a Registrar>> {
    for registrar in all {
        if registrar.fingerprint()? == *key {
            return Ok(Some(registrar));
        }
    }
    Ok(None)
}

impl Registrar {
    /// The fingerprint of its key.
    ///
    /// # Errors
    /// [`crate::Error::Crypto`] never happens for a journal that was made here.
    pub fn fingerprint(&self) -> Result<Digest> {
        fingerprint(&PublicKey::from_spki(self.key.as_bytes())?)
    }
}
