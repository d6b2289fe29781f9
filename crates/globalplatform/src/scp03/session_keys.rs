//! Session keys, cryptograms and challenges (GPC Amd D §4.1.5, §6.2).

use crypto::{Cipher, SecretBytes};

use super::Mode;
use crate::key_derivation::counter_mode;
use crate::{Result, StaticKeys};

/// What is derived (GPC Amd D §4.1.5, Table 4-1).
#[derive(Debug, Clone, Copy)]
enum DerivationConstant {
    CardCryptogram = 0x00,
    HostCryptogram = 0x01,
    CardChallenge = 0x02,
    SEnc = 0x04,
    SMac = 0x06,
    SRMac = 0x07,
}

/// The keys of one session, and the challenges they came from.
pub(super) struct SessionKeys {
    pub(super) cipher: Cipher,
    pub(super) s_enc: SecretBytes,
    pub(super) s_mac: SecretBytes,
    pub(super) s_rmac: SecretBytes,
    mode: Mode,
    context: Vec<u8>,
}

impl SessionKeys {
    pub(super) fn derive(
        keys: &StaticKeys,
        mode: Mode,
        host_challenge: &[u8],
        card_challenge: &[u8],
    ) -> Result<Self> {
        let context = [host_challenge, card_challenge].concat();
        let len = keys.cipher().key_len();
        let key = |base, constant| derive(base, constant, len, &context);
        Ok(Self {
            cipher: keys.cipher(),
            s_enc: key(keys.enc(), DerivationConstant::SEnc)?,
            s_mac: key(keys.mac(), DerivationConstant::SMac)?,
            s_rmac: key(keys.mac(), DerivationConstant::SRMac)?,
            mode,
            context,
        })
    }

    /// What proves to the host that the card has the keys.
    pub(super) fn card_cryptogram(&self) -> Result<SecretBytes> {
        self.cryptogram(DerivationConstant::CardCryptogram)
    }

    /// What proves to the card that the host has the keys.
    pub(super) fn host_cryptogram(&self) -> Result<SecretBytes> {
        self.cryptogram(DerivationConstant::HostCryptogram)
    }

    fn cryptogram(&self, constant: DerivationConstant) -> Result<SecretBytes> {
        derive(&self.s_mac, constant, self.mode.field_len(), &self.context)
    }
}

/// A card challenge that needs no random numbers: it is new because the counter is (GPC Amd D §6.2.2.1).
pub(super) fn pseudo_random_challenge(
    keys: &StaticKeys,
    mode: Mode,
    sequence_counter: [u8; 3],
    aid: &[u8],
) -> Result<SecretBytes> {
    let context = [&sequence_counter, aid].concat();
    let constant = DerivationConstant::CardChallenge;
    derive(keys.enc(), constant, mode.field_len(), &context)
}

/// SP 800-108 with GlobalPlatform's order of the blocks: the counter stands behind the length, before the context.
fn derive(
    key: &SecretBytes,
    constant: DerivationConstant,
    len: usize,
    context: &[u8],
) -> Result<SecretBytes> {
    let bits = u16::try_from(len * 8).unwrap_or_default().to_be_bytes();
    counter_mode(key, len, |counter| {
        let label = [&[0; 11][..], &[constant as u8]].concat();
        [&label, &[0][..], &bits, &[counter], context].concat()
    })
}
