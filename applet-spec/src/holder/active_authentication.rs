//! Active authentication (chapter 03 §6).

use crypto::{HashAlgorithm, PrivateKey, PublicKey};
use iso7816::{CommandApdu, Le};
use lds::File;
use protocols::active_authentication::{CHALLENGE_LEN, chip};

use super::{Envelope, Executed, HolderSide, Surroundings};
use crate::Deviation;
use crate::error::Refusal;
use crate::memory::{ChipMemory, GeneratedKey};
use crate::personalise::Purpose;

impl HolderSide {
    pub(super) fn internal_authenticate(
        &self,
        command: &CommandApdu,
        envelope: Envelope,
        around: &mut Surroundings<'_>,
    ) -> Result<Executed, Refusal> {
        let memory = around.memory.contents();
        let (key, hash) = signing_key(memory).ok_or(Refusal::Instruction)?;
        self.in_open_session(envelope, around.data_sheet)?;
        // Le `00` asks for as much as there is; what does not fit one answer comes in parts ([CMD-052]).
        let mut command = command.clone();
        command.le = command.le.map(|le| {
            if le == Le::SHORT_MAX {
                Le::EXTENDED_MAX
            } else {
                le
            }
        });
        if around.data_sheet.deviates(Deviation::SignsAnyChallenge) {
            command.data.resize(CHALLENGE_LEN, 0);
        }
        let mut answer = chip::sign(&command, key, hash, usize::MAX, around.rng)?;
        if around.data_sheet.deviates(Deviation::SignsWrongly)
            && let Some(last) = answer.data.last_mut()
        {
            *last = !*last;
        }
        Ok(Executed::done(answer))
    }
}

/// n − s of a signature of RSA (ISO 9796-2 §B.4), for chips with that quirk.
pub(super) fn alternative(memory: &ChipMemory, signature: &[u8]) -> Option<Vec<u8>> {
    let (key, _) = signing_key(memory)?;
    match key.public() {
        PublicKey::Rsa(key) => key.subtract_from_modulus(signature).ok(),
        PublicKey::Ec(_) => None,
    }
}

/// The key of active authentication, if the chip offers it: it has the key, and the job EF.DG15 ([ACCESS-016]).
fn signing_key(memory: &ChipMemory) -> Option<(&PrivateKey, HashAlgorithm)> {
    memory.job()?.manifest.entry(File::Dg15)?;
    match memory.generated_key(Purpose::ActiveAuthentication, None)? {
        GeneratedKey::ActiveAuthentication { hash, key } => Some((key, *hash)),
        GeneratedKey::ChipAuthentication { .. } => None,
    }
}
