//! Keys that are not where they were kept. Whoever has one may still sign with it: nothing says that it is destroyed.

use pki::Signer;

use crate::journal::{Effect, Entry};
use crate::record::{Act, Fact, Sitting};
use crate::root::Root;
use crate::{Refused, Result};

/// What a record says of a lost key.
const NOT_FOUND: &str = "NOT FOUND where it was kept, and declared lost; not shown to be destroyed";

impl Root {
    /// Enters that keys were looked for and not found: those of generations that are out of use, and those at places of keys
    /// that never came into use.
    ///
    /// # Errors
    /// [`Refused::Generation`] for none, for a generation that does not exist, is destroyed or in use, and for the place of
    /// a key of the root; [`Refused::Destroyed`]; whatever the signer answers.
    pub fn declare_lost(
        &mut self,
        generations: &[u32],
        keys: &[String],
        sitting: &Sitting<'_>,
        signer: &dyn Signer,
    ) -> Result<()> {
        self.ready(signer)?;
        for number in generations {
            self.to_destroy(Some(*number))?;
        }
        let state = self.journal.state();
        if (generations.is_empty() && keys.is_empty())
            || keys.iter().any(|key| state.is_living(key))
        {
            return Err(Refused::Generation.into());
        }
        let mut facts = Vec::new();
        for known in state
            .generations()
            .filter(|known| generations.contains(&known.number))
        {
            let what = format!(
                "Khóa thế hệ / Key of generation {}, {}",
                known.number, known.key
            );
            facts.push(Fact::new(&what, NOT_FOUND));
        }
        for place in keys {
            let what = format!("Khóa chưa dùng / Key that never came into use, {place}");
            facts.push(Fact::new(&what, NOT_FOUND));
        }
        let entry = Entry {
            act: Act::Lost,
            facts,
            objects: Vec::new(),
            effect: Effect::Lost {
                generations: generations.to_vec(),
                keys: keys.to_vec(),
            },
        };
        self.journal.append(sitting, entry, Some(signer))
    }
}
