//! Values of a card that cases put into their commands.

use crypto::{CryptoRng, EcKeyPair, Generator};
use iso7816::tlv::{self, Tag};
use lds::security_info::{ChipAuthenticationInfo, PaceInfo};

use super::Knowledge;

const KEY_ID: Tag = Tag::new(0x84);

impl Knowledge {
    /// The value of a name: `ca-oid`, the protocol of chip authentication; `ca-key-id`, the data object with the id of its key,
    /// nothing where it has none; `ca-key`, a fresh ephemeral key on its curve; `cvca-fid`, the file identifier of EF.CVCA;
    /// `cvca-sfi`, its short one as P1 of READ BINARY, and `cvca-short`, as P2; `pace-oid` and `pace-parameter`, protocol and
    /// domain parameters of the strongest PACE.
    pub(super) fn value(&self, name: &str, rng: &mut dyn CryptoRng) -> Option<Vec<u8>> {
        match name {
            "ca-oid" => Some(
                self.chip_authentication_info()?
                    .protocol
                    .oid()
                    .as_bytes()
                    .to_vec(),
            ),
            "ca-key-id" => {
                let id = self.chip_authentication_info()?.key_id;
                let octets = id.map(|id| tlv::encode(KEY_ID, &shortest(id)));
                Some(octets.unwrap_or_default())
            }
            "ca-key" => {
                let selection = self.chip_authentication().ok()??;
                let generator = Generator::standard(selection.key().curve());
                let pair = EcKeyPair::generate(&generator, rng).ok()?;
                Some(pair.public().as_bytes().to_vec())
            }
            "pace-oid" => Some(self.strongest_pace()?.protocol.oid().as_bytes().to_vec()),
            "pace-parameter" => Some(vec![self.strongest_pace()?.parameter_id?]),
            "cvca-fid" => Some(self.ef_cvca().0.to_vec()),
            "cvca-sfi" => Some(vec![0x80 | self.ef_cvca().1]),
            "cvca-short" => Some(vec![self.ef_cvca().1]),
            _ => None,
        }
    }

    /// The info that announces the form of chip authentication in use.
    fn chip_authentication_info(&self) -> Option<&ChipAuthenticationInfo> {
        let cipher = self.chip_authentication().ok()??.cipher();
        let mut infos = self.security_infos.chip_authentication();
        infos.find(|info| info.protocol.cipher == cipher)
    }

    fn strongest_pace(&self) -> Option<PaceInfo> {
        let offered: Vec<PaceInfo> = self.security_infos.pace().copied().collect();
        protocols::pace::strongest(&offered).copied()
    }

    /// File identifier and short identifier of EF.CVCA: those that EF.DG14 names, else those of the standard
    /// (TR-03110-3 §A.1.1.3).
    fn ef_cvca(&self) -> ([u8; 2], u8) {
        let file = lds::File::Cvca;
        let named = self
            .security_infos
            .terminal_authentication()
            .and_then(|info| info.ef_cvca);
        let id = named.map_or(file.id(), |reference| reference.id);
        let sfi = named.and_then(|reference| reference.sfi);
        (id.0.to_be_bytes(), sfi.unwrap_or(file.sfi()).get())
    }
}

/// A key id as it stands in data object 84: as few octets as it needs.
fn shortest(id: u64) -> Vec<u8> {
    let octets = id.to_be_bytes();
    let zeros = octets.iter().take_while(|octet| **octet == 0).count();
    let kept = octets.get(zeros.min(octets.len() - 1)..);
    kept.unwrap_or_default().to_vec()
}
