//! Values of a card that cases put into their commands.

use crypto::{AgreementGenerator, AgreementKeyPair, CryptoRng};
use iso7816::tlv::{self, Tag};
use lds::File;
use lds::security_info::{PaceInfo, PaceProtocol};

use super::chip_key::{ChipKey, Command};
use super::{Agreement, Knowledge};

const KEY_ID: Tag = Tag::new(0x84);

impl Knowledge {
    /// The value of a name: `ca-oid`, the protocol of chip authentication by GENERAL AUTHENTICATE; `ca-key-id`, the data
    /// object with the id of its key, nothing where it has none; `ca-key`, a fresh ephemeral key of its domain; `kat-…` the
    /// same by MSE:Set KAT, `ca-dh-…` and `ca-ecdh-…` with that key agreement; `cvca-fid`, the file identifier of EF.CVCA;
    /// `cvca-sfi`, its short one as P1 of READ BINARY, and `cvca-short`, as P2; `pace-oid` and `pace-parameter`, protocol and
    /// domain parameters of the strongest PACE; `pace-unlisted-oid`, a protocol of PACE that the card does not list; `ef-com`,
    /// what EF.COM holds.
    pub(super) fn value(&self, name: &str, rng: &mut dyn CryptoRng) -> Option<Vec<u8>> {
        match name {
            "pace-oid" => Some(self.strongest_pace()?.protocol.oid().as_bytes().to_vec()),
            "pace-unlisted-oid" => self.unlisted_pace(),
            "pace-parameter" => Some(vec![self.strongest_pace()?.parameter_id?]),
            "ef-com" => Some(self.beginning_of(File::Com)?.to_vec()),
            "cvca-fid" => Some(self.ef_cvca().0.to_vec()),
            "cvca-sfi" => Some(vec![0x80 | self.ef_cvca().1]),
            "cvca-short" => Some(vec![self.ef_cvca().1]),
            _ => self.of_chip_key(name, rng),
        }
    }

    /// A file as it was read before the cases, as far as one READ BINARY brings it in any session.
    fn beginning_of(&self, file: File) -> Option<&[u8]> {
        const ONE_ANSWER: usize = 0xDF;
        let content = self.files.get(&file)?;
        Some(content.get(..ONE_ANSWER).unwrap_or(content))
    }

    fn of_chip_key(&self, name: &str, rng: &mut dyn CryptoRng) -> Option<Vec<u8>> {
        let (command, name) = match name.split_once('-')? {
            ("ca", rest) => (Command::GeneralAuthenticate, rest),
            ("kat", rest) => (Command::KeyAgreementTemplate, rest),
            _ => return None,
        };
        let (agreement, name) = match name.split_once('-') {
            Some(("dh", rest)) => (Some(Agreement::Dh), rest),
            Some(("ecdh", rest)) => (Some(Agreement::Ecdh), rest),
            _ => (None, name),
        };
        let ChipKey { selection, key_id } = self.chip_key(command, agreement)?;
        match name {
            "oid" => Some(selection.protocol().oid().as_bytes().to_vec()),
            "key-id" => {
                let octets = key_id.map(|id| tlv::encode(KEY_ID, &shortest(id)));
                Some(octets.unwrap_or_default())
            }
            "key" => {
                let generator = AgreementGenerator::standard(selection.key().domain());
                let pair = AgreementKeyPair::generate(&generator, rng).ok()?;
                Some(pair.public().wire().to_vec())
            }
            _ => None,
        }
    }

    fn strongest_pace(&self) -> Option<PaceInfo> {
        let offered: Vec<PaceInfo> = self.security_infos.pace().copied().collect();
        protocols::pace::strongest(&offered).copied()
    }

    fn unlisted_pace(&self) -> Option<Vec<u8>> {
        let is_listed = |protocol: &PaceProtocol| {
            let mut listed = self.security_infos.pace();
            listed.any(|info| info.protocol == *protocol)
        };
        let mut protocols = PaceProtocol::ALL.into_iter();
        let unlisted = protocols.find(|protocol| !is_listed(protocol))?;
        Some(unlisted.oid().as_bytes().to_vec())
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
