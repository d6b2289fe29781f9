//! Chip authentication: in a session, with the keys that the job names (chapter 03 §5).

use crypto::{AgreementKey, Cipher, SecretBytes};
use iso7816::CommandApdu;
use lds::security_info::ChipAuthenticationInfo;
use protocols::chip_authentication::chip::{self, ChipKey, Selected};
use protocols::terminal_authentication::Binding;

use super::{Envelope, Executed, HolderSide, Protocol, Surroundings};
use crate::Quirk;
use crate::access::Access;
use crate::error::Refusal;
use crate::memory::{ChipMemory, GeneratedKey};

impl HolderSide {
    pub(super) fn chip_set_kat(
        &mut self,
        command: &CommandApdu,
        envelope: Envelope,
        around: &Surroundings<'_>,
    ) -> Result<Executed, Refusal> {
        self.in_open_session(envelope, around.data_sheet)?;
        let (answer, agreed) = chip::set_kat(command, &chip_keys(around))?;
        self.renew(&agreed.terminal_key, around);
        Ok(Executed::renewing(answer, agreed.keys))
    }

    pub(super) fn chip_set_at(
        &mut self,
        command: &CommandApdu,
        envelope: Envelope,
        around: &Surroundings<'_>,
    ) -> Result<Executed, Refusal> {
        self.in_open_session(envelope, around.data_sheet)?;
        let (answer, selected) = chip::set_at(command, &chip_keys(around))?;
        self.protocol = Protocol::ChipAuthentication(selected);
        Ok(Executed::done(answer))
    }

    pub(super) fn chip_agree(
        &mut self,
        selected: Selected,
        command: &CommandApdu,
        around: &Surroundings<'_>,
    ) -> Result<Executed, Refusal> {
        let (answer, agreed) = selected.general_authenticate(command, &chip_keys(around))?;
        self.renew(&agreed.terminal_key, around);
        Ok(Executed::renewing(answer, agreed.keys))
    }

    /// The rights of BAC or PACE stay, those of terminal authentication are won anew: they were bound to the terminal's key of
    /// the agreement before ([ACCESS-017], [ACCESS-041]).
    fn renew(&mut self, terminal_key: &AgreementKey, around: &Surroundings<'_>) {
        let memory = around.contents();
        self.withdraw_authorization();
        let terminal_key = terminal_key.compressed();
        let is_static = around.data_sheet.has_quirk(Quirk::STATIC_BINDING);
        let binding = match (self.rights.access, &self.id_ic) {
            (Access::Pace(_), Some(id_ic)) if !is_static => {
                Some(Binding::after_pace(id_ic, &terminal_key))
            }
            (Access::Bac | Access::Pace(_), _) => document_number(memory)
                .map(|number| Binding::to_document_number(number.expose(), &terminal_key)),
            _ => None,
        };
        if let Some(binding) = binding {
            self.authorize_with(binding);
        }
    }
}

/// ID_IC after BAC, on a chip with terminal authentication.
fn document_number(memory: &ChipMemory) -> Option<&SecretBytes> {
    memory.terminal_trust()?.document_number.as_ref()
}

/// The keys that the job's ChipAuthenticationInfos offer, each with its ciphers ([ACCESS-016]).
fn chip_keys(around: &Surroundings<'_>) -> Vec<ChipKey> {
    let memory = around.contents();
    let Some(job) = memory.job() else {
        return Vec::new();
    };
    let infos: Vec<&ChipAuthenticationInfo> = job.security_infos.chip_authentication().collect();
    let keys = memory.generated().filter_map(|key| chip_key(key, &infos));
    if !around.data_sheet.has_quirk(Quirk::CHIP_KEY_WITHOUT_INFO) {
        return keys.collect();
    }
    // What nothing announces is 3DES (TR-03110-3 §A.1.1).
    let ciphers = vec![Cipher::TripleDes];
    keys.map(|key| ChipKey {
        ciphers: ciphers.clone(),
        ..key
    })
    .collect()
}

/// A key that no info names is not offered: it is there for chip authentication mapping alone.
fn chip_key(generated: &GeneratedKey, infos: &[&ChipAuthenticationInfo]) -> Option<ChipKey> {
    let GeneratedKey::ChipAuthentication { key_id, pair } = generated else {
        return None;
    };
    let id = key_id.map(u64::from);
    let ciphers: Vec<_> = infos
        .iter()
        .filter(|info| info.key_id == id)
        .map(|info| info.protocol.cipher)
        .collect();
    (!ciphers.is_empty()).then(|| ChipKey {
        id,
        key: pair.duplicate(),
        ciphers,
    })
}
