//! BAC, PACE, chip authentication, active authentication: who may, then the protocols' chip halves (chapter 03 §3 to §6).

use crypto::{HashAlgorithm, PrivateKey};
use iso7816::{CommandApdu, Le};
use lds::File;
use lds::security_info::ChipAuthenticationInfo;
use protocols::bac::AccessKeys;
use protocols::chip_authentication::chip::ChipKey;
use protocols::{active_authentication, bac, chip_authentication, pace};

use super::{Envelope, Executed, HolderSide, Protocol, Surroundings};
use crate::access::Rights;
use crate::error::Refusal;
use crate::file_system::{DedicatedFile, Selection};
use crate::memory::{ChipMemory, GeneratedKey};
use crate::personalise::Purpose;

impl HolderSide {
    pub(super) fn get_challenge(
        &mut self,
        command: &CommandApdu,
        envelope: Envelope,
        around: &mut Surroundings<'_>,
    ) -> Result<Executed, Refusal> {
        self.bac_keys(envelope, around.memory)?;
        let (answer, challenged) = bac::chip::challenge(command, around.rng)?;
        self.protocol = Protocol::Bac(challenged);
        Ok(Executed::done(answer))
    }

    pub(super) fn external_authenticate(
        &mut self,
        command: &CommandApdu,
        protocol: Protocol,
        envelope: Envelope,
        around: &mut Surroundings<'_>,
    ) -> Result<Executed, Refusal> {
        let keys = self.bac_keys(envelope, around.memory)?;
        let challenged = match protocol {
            Protocol::Bac(challenged) => Some(challenged),
            _ => None,
        };
        let (answer, keys) = bac::chip::authenticate(challenged, &keys, command, around.rng)?;
        self.rights = Rights::Bac;
        self.selection = Selection::of(DedicatedFile::Application);
        Ok(Executed {
            answer,
            keys: Some(keys),
        })
    }

    /// The keys of BAC, where it is offered ([ACCESS-011], [ACCESS-013]).
    fn bac_keys(&self, envelope: Envelope, memory: &ChipMemory) -> Result<AccessKeys, Refusal> {
        if envelope.protected {
            return Err(Refusal::Access);
        }
        if self.selection.df != DedicatedFile::Application || !memory.life_cycle().serves_holder() {
            return Err(Refusal::State);
        }
        let job = memory.job().filter(|job| job.bac).ok_or(Refusal::State)?;
        let mrz = job.mrz().ok_or(Refusal::State)?;
        AccessKeys::derive(&mrz).map_err(|_| Refusal::State)
    }

    pub(super) fn pace_set_at(
        &mut self,
        command: &CommandApdu,
        envelope: Envelope,
        around: &Surroundings<'_>,
    ) -> Result<Executed, Refusal> {
        if envelope.protected {
            return Err(Refusal::Access);
        }
        let job = around.memory.job().ok_or(Refusal::State)?;
        if !around.memory.life_cycle().serves_holder() {
            return Err(Refusal::State);
        }
        let offer = |info| pace::chip::Offer {
            info,
            mapping_key: None,
        };
        let offers: Vec<_> = job.security_infos.pace().map(offer).collect();
        let passwords: Vec<_> = job
            .passwords()
            .into_iter()
            .map(pace::chip::PasswordState::unlimited)
            .collect();
        let situation = pace::chip::Situation::default();
        let (answer, state) = pace::chip::set_at(command, &offers, &passwords, &situation)?;
        self.protocol = Protocol::Pace(state);
        Ok(Executed::done(answer))
    }

    pub(super) fn general_authenticate(
        &mut self,
        command: &CommandApdu,
        protocol: Protocol,
        envelope: Envelope,
        around: &mut Surroundings<'_>,
    ) -> Result<Executed, Refusal> {
        match (protocol, envelope.protected) {
            (Protocol::Pace(state), false) => self.pace_step(state, command, around),
            (Protocol::ChipAuthentication(selected), true) => {
                let keys = chip_keys(around.memory);
                let (answer, keys) = selected.general_authenticate(command, &keys)?;
                Ok(Executed {
                    answer,
                    keys: Some(keys),
                })
            }
            _ => Err(Refusal::Order),
        }
    }

    fn pace_step(
        &mut self,
        state: pace::chip::State,
        command: &CommandApdu,
        around: &mut Surroundings<'_>,
    ) -> Result<Executed, Refusal> {
        match state.general_authenticate(command, around.rng) {
            pace::chip::Outcome::Continue(answer, state) => {
                self.protocol = Protocol::Pace(state);
                Ok(Executed::done(answer))
            }
            pace::chip::Outcome::Established { answer, keys, .. } => {
                self.rights = Rights::Pace;
                self.selection = Selection::of(DedicatedFile::MasterFile);
                Ok(Executed {
                    answer,
                    keys: Some(keys),
                })
            }
            // No password of the job has a retry counter.
            pace::chip::Outcome::Lower(_) => Err(Refusal::State),
            pace::chip::Outcome::Refused(word) => Err(word.into()),
        }
    }

    pub(super) fn chip_set_at(
        &mut self,
        command: &CommandApdu,
        envelope: Envelope,
        around: &Surroundings<'_>,
    ) -> Result<Executed, Refusal> {
        in_session(envelope)?;
        let keys = chip_keys(around.memory);
        let (answer, selected) = chip_authentication::chip::set_at(command, &keys)?;
        self.protocol = Protocol::ChipAuthentication(selected);
        Ok(Executed::done(answer))
    }
}

pub(super) fn set_kat(
    command: &CommandApdu,
    envelope: Envelope,
    around: &Surroundings<'_>,
) -> Result<Executed, Refusal> {
    in_session(envelope)?;
    let keys = chip_keys(around.memory);
    let (answer, keys) = chip_authentication::chip::set_kat(command, &keys)?;
    Ok(Executed {
        answer,
        keys: Some(keys),
    })
}

pub(super) fn internal_authenticate(
    command: &CommandApdu,
    envelope: Envelope,
    around: &mut Surroundings<'_>,
) -> Result<Executed, Refusal> {
    let (key, hash) = active_authentication_key(around.memory).ok_or(Refusal::Instruction)?;
    in_session(envelope)?;
    // Le `00` asks for as much as there is; what does not fit one answer comes in parts ([CMD-052]).
    let mut command = command.clone();
    command.le = command.le.map(|le| {
        if le == Le::SHORT_MAX {
            Le::EXTENDED_MAX
        } else {
            le
        }
    });
    let answer =
        active_authentication::chip::sign(&command, &key.key, hash, usize::MAX, around.rng)?;
    Ok(Executed::done(answer))
}

/// Chip and active authentication need a session ([ACCESS-015]).
const fn in_session(envelope: Envelope) -> Result<(), Refusal> {
    if envelope.protected {
        Ok(())
    } else {
        Err(Refusal::Access)
    }
}

/// The keys that the job's ChipAuthenticationInfos offer, each with its ciphers ([ACCESS-016]).
fn chip_keys(memory: &ChipMemory) -> Vec<ChipKey> {
    let Some(job) = memory.job() else {
        return Vec::new();
    };
    let infos: Vec<&ChipAuthenticationInfo> = job.security_infos.chip_authentication().collect();
    memory
        .generated()
        .filter(|key| key.purpose == Purpose::ChipAuthentication)
        .filter_map(|key| chip_key(key, &infos))
        .collect()
}

fn chip_key(generated: &GeneratedKey, infos: &[&ChipAuthenticationInfo]) -> Option<ChipKey> {
    let PrivateKey::Ec(key) = &generated.key else {
        return None;
    };
    let id = generated.key_id.map(u64::from);
    let ciphers = infos
        .iter()
        .filter(|info| info.key_id == id)
        .map(|info| info.protocol.cipher)
        .collect();
    let key =
        crypto::EcPrivateKey::from_secret(key.public().curve(), key.secret().expose()).ok()?;
    Some(ChipKey {
        id,
        key: key.into(),
        ciphers,
    })
}

/// The key of active authentication, if the chip offers it: it has the key, and the job EF.DG15 ([ACCESS-016]).
fn active_authentication_key(memory: &ChipMemory) -> Option<(&GeneratedKey, HashAlgorithm)> {
    memory.job()?.manifest.entry(File::Dg15)?;
    let key = memory.generated_key(Purpose::ActiveAuthentication, None)?;
    Some((key, key.hash?))
}
