//! PUT KEY: from the maker's keys to the issuer's (chapter 05 §5).

use crypto::{Cipher, SecretBytes};
use globalplatform::{StaticKeys, put_key};
use iso7816::CommandApdu;

use super::{Outcome, Role};
use crate::LifeCycle;
use crate::error::Refusal;
use crate::memory::{ChipMemory, KeySet, Write};

/// Puts a key set, and goes to state INITIALISED with the second one.
pub(super) fn put_key(
    memory: &ChipMemory,
    transport: &KeySet,
    tries: u8,
    command: &CommandApdu,
) -> Result<Outcome, Refusal> {
    if memory.life_cycle() != LifeCycle::Manufactured {
        return Err(Refusal::State);
    }
    let replacement =
        put_key::parse(command, &transport.keys).map_err(|_| Refusal::Content("key data"))?;
    let answer = replacement
        .response()
        .map_err(|_| Refusal::Content("key data"))?;
    let role = Role::of_version(replacement.keys.version())
        .filter(|role| *role != Role::Transport)
        .ok_or(Refusal::Content("key version"))?;
    check_keys(&replacement.keys, role, memory)?;
    let mut writes = vec![KeySet::new(replacement.keys, tries).to_write()];
    writes.extend(initialisation(memory, role));
    Ok(Outcome::done(answer.data, writes))
}

/// With the second of the two sets the transport keys go and the state changes ([PERSO-044]).
fn initialisation(memory: &ChipMemory, put: Role) -> Vec<Write> {
    let other = match put {
        Role::Quality => Role::Personalisation,
        _ => Role::Quality,
    };
    if !memory.key_sets().any(|(role, _)| role == other) {
        return Vec::new();
    }
    let transport = Write::DestroyKeySet {
        version: Role::TRANSPORT_VERSION,
    };
    let state = Write::State {
        code: LifeCycle::Initialised.code(),
    };
    vec![transport, state]
}

/// AES-256; no published key, no key twice, none that another role has ([PERSO-042]).
fn check_keys(new: &StaticKeys, role: Role, memory: &ChipMemory) -> Result<(), Refusal> {
    if new.cipher() != Cipher::Aes256 || new.is_public_test_key() {
        return Err(Refusal::Content("published or short key"));
    }
    let [enc, mac, dek] = keys(new);
    let twice = enc.ct_eq(mac.expose()) || enc.ct_eq(dek.expose()) || mac.ct_eq(dek.expose());
    let others = memory.key_sets().filter(|(other, _)| *other != role);
    let shared = others
        .flat_map(|(_, other)| keys(&other.keys))
        .any(|other| keys(new).into_iter().any(|key| key.ct_eq(other.expose())));
    if twice || shared {
        return Err(Refusal::Content("key that is there already"));
    }
    Ok(())
}

const fn keys(set: &StaticKeys) -> [&SecretBytes; 3] {
    [set.enc(), set.mac(), set.dek()]
}
