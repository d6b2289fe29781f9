//! Which key of a card, by which commands: a card may offer chip authentication in several forms.

use crypto::Cipher;
use lds::SecurityInfos;
use lds::security_info::SecurityInfo;
use protocols::chip_authentication::Selection;

use super::{Agreement, Knowledge};

/// The commands by which chip authentication goes (Doc 9303-11 §6.2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Command {
    /// MSE:Set AT and GENERAL AUTHENTICATE: AES.
    GeneralAuthenticate,
    /// MSE:Set KAT: 3DES.
    KeyAgreementTemplate,
}

impl Command {
    const fn is_for(self, cipher: Cipher) -> bool {
        matches!(
            (self, cipher),
            (Self::KeyAgreementTemplate, Cipher::TripleDes)
                | (
                    Self::GeneralAuthenticate,
                    Cipher::Aes128 | Cipher::Aes192 | Cipher::Aes256
                )
        )
    }
}

/// A key of the card and how it is used.
pub(super) struct ChipKey {
    pub(super) selection: Selection,
    /// As the card announces it.
    pub(super) key_id: Option<u64>,
}

impl Knowledge {
    /// The strongest key that goes by these commands and, where one is named, by this key agreement.
    pub(super) fn chip_key(
        &self,
        command: Command,
        agreement: Option<Agreement>,
    ) -> Option<ChipKey> {
        let infos = &self.security_infos;
        let fits = |info: &&SecurityInfo| match info {
            SecurityInfo::ChipAuthentication(info) => {
                command.is_for(info.protocol.cipher)
                    && agreement.is_none_or(|wanted| wanted == info.protocol.agreement.into())
            }
            SecurityInfo::ChipAuthenticationPublicKey(key) => {
                agreement.is_none_or(|wanted| wanted == key.agreement.into())
            }
            _ => false,
        };
        let fitting = SecurityInfos::new(infos.iter().filter(fits).cloned());
        let announces = |infos: &SecurityInfos| infos.chip_authentication().next().is_some();
        // A key that nothing announces means MSE:Set KAT, but only on a card that announces nothing at all.
        if announces(infos) != announces(&fitting) {
            return None;
        }
        let selection = Selection::strongest(&fitting).ok()??;
        if !command.is_for(selection.cipher()) {
            return None;
        }
        let mut announced = fitting.chip_authentication();
        let key_id = announced
            .find(|info| info.protocol == selection.protocol())
            .and_then(|info| info.key_id);
        Some(ChipKey { selection, key_id })
    }
}
