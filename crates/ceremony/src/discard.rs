//! Keys of ceremonies that broke off: made, never certified, and deleted as accountably as any other (TR-03145-1 PRC.Req.14).

use pki::Signer;

use crate::journal::{Effect, Entry};
use crate::record::{Act, Fact, Sitting};
use crate::root::Root;
use crate::{Refused, Result};

impl Root {
    /// Enters that keys which never came into use are gone: where each was, and the proof of its deletion. The signer is the
    /// key in use, if there is one left.
    ///
    /// # Errors
    /// [`Refused::Generation`] for none, and for the place of a key that is in use; whatever the signer answers.
    pub fn discard(
        &mut self,
        keys: &[(String, String)],
        sitting: &Sitting<'_>,
        signer: Option<&dyn Signer>,
    ) -> Result<()> {
        let state = self.journal.state();
        if keys.is_empty() || keys.iter().any(|(place, _)| state.is_living(place)) {
            return Err(Refused::Generation.into());
        }
        if let Some(signer) = signer {
            self.ready(signer)?;
        }
        let fact = |(place, proof): &(String, String)| {
            let what = format!("Khóa chưa dùng / Key that never came into use, {place}");
            Fact::new(&what, &**proof)
        };
        let entry = Entry {
            act: Act::Discard,
            facts: keys.iter().map(fact).collect(),
            objects: Vec::new(),
            effect: Effect::Discarded {
                keys: keys.iter().map(|(place, _)| place.clone()).collect(),
            },
        };
        self.journal.append(sitting, entry, signer)
    }
}
