//! The CVCA whose key signs what cases present to the card.

use anyhow::Result;
use applet_spec::conformance::{Authority, AuthorityKey};
use authorization_pki::{EntityKind, day_of};
use crypto::CryptoRng;
use protocols::terminal_authentication::{HolderReference, VerificationKey};

use crate::args::Conformance;
use crate::commands::{Context, eac};
use crate::eac_folder::{EntityFolder, EntityKey, KeySecret};
use crate::exit::{Exit, Problem};

/// How the mnemonic of a CVCA begins that nothing in life trusts.
const TEST: &str = "TEST";

/// The CVCA of a folder with its key, if one was named.
pub fn open(args: &Conformance, context: &mut Context) -> Result<Option<Authority>> {
    let Some(folder) = &args.eac else {
        return Ok(None);
    };
    let (folder, entity) = EntityFolder::open(folder, EntityKind::Cvca)?;
    let day = match &args.day {
        Some(text) => eac::day(text)?,
        None => day_of(context.now)?,
    };
    let key = entity.state().valid(day).ok_or_else(|| {
        Problem::of(
            Exit::Policy,
            format!("no certificate of this CVCA is valid on {day}"),
            "say a --day on which one is, not before the date of the card",
        )
    })?;
    refuse_in_use(key.name())?;
    let secret = KeySecret {
        file: args.secret.eac_secret_file.as_deref(),
        asking: context.asking,
        new: false,
    };
    let open = folder.open_key(key, &secret.ask()?, &mut *context.rng)?;
    Ok(Some(Authority {
        name: key.name().clone(),
        key: Box::new(InFolder(open)),
        day,
    }))
}

/// What cases sign stands in no journal, and some of it makes cards trust keys that nobody keeps: that is for test authorities.
fn refuse_in_use(name: &HolderReference) -> Result<()> {
    let mnemonic = name.as_bytes().strip_prefix(name.country());
    if mnemonic.is_some_and(|mnemonic| mnemonic.starts_with(TEST.as_bytes())) {
        return Ok(());
    }
    Err(Problem::of(
        Exit::Policy,
        format!("{name} is no CVCA for tests: what cases sign would stand in no journal"),
        format!("make one with a mnemonic that begins with {TEST}, and cards that trust it"),
    ))
}

struct InFolder(EntityKey);

impl AuthorityKey for InFolder {
    fn public(&self) -> &VerificationKey {
        self.0.public()
    }

    fn sign(&self, message: &[u8], _: &mut dyn CryptoRng) -> Option<Vec<u8>> {
        self.0.signature(self.0.public().scheme(), message).ok()
    }
}
