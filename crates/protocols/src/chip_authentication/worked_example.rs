//! `test-vectors/chip-authentication`, value by value, at both ends.

use crypto::{Cipher, Curve, EcPrivateKey, PublicKey};
use iso7816::{Channel, ChannelError, CommandApdu, Ins, ResponseApdu};
use lds::security_info::{
    ChipAuthenticationInfo, ChipAuthenticationProtocol, ChipAuthenticationPublicKeyInfo,
    KeyAgreement, SecurityInfo, SecurityInfos,
};
use serde_json::Value;
use test_support::{hex, read_json, vectors};

use crate::chip_authentication::chip::{self, ChipKey, Selected};
use crate::chip_authentication::{Selection, terminal};
use crate::scripted::ScriptedRng;
use crate::secure_messaging::SessionKeys;

#[test]
fn every_vector_holds_at_both_ends() {
    for (name, path) in vectors("chip-authentication") {
        let vector = read_json(&path);
        let (given, want) = (&vector["given"], &vector["want"]);
        let cipher = Cipher::ALL
            .into_iter()
            .find(|cipher| cipher.name() == given["cipher"])
            .unwrap();
        let curve = Curve::ALL
            .into_iter()
            .find(|curve| curve.name() == given["curve"])
            .unwrap();
        let key = EcPrivateKey::from_secret(curve, &hex(&given["sk_ic"])).unwrap();
        assert_eq!(key.public().as_bytes(), hex(&want["pk_ic"]), "{name}");
        let public = PublicKey::Ec(key.public().clone());
        let shared = key
            .agree(&crypto::EcPoint::from_bytes(curve, &hex(&want["pk_ifd"])).unwrap())
            .unwrap();
        assert_eq!(shared.x(), hex(&want["k"]), "{name}");

        let mut card = Card {
            keys: vec![ChipKey {
                id: None,
                key,
                ciphers: vec![cipher],
            }],
            selected: None,
            session: None,
        };
        let mut rng = ScriptedRng::new(&[&hex(&given["sk_ifd"])]);
        let session = terminal::agree(&mut card, &selection(public, cipher), &mut rng).unwrap();
        assert_session(&name, &session, want);
        assert_session(&name, &card.session.unwrap(), want);
    }
}

fn selection(key: PublicKey, cipher: Cipher) -> Selection {
    let protocol = ChipAuthenticationProtocol {
        agreement: KeyAgreement::Ecdh,
        cipher,
    };
    let infos = SecurityInfos::new([
        SecurityInfo::ChipAuthentication(ChipAuthenticationInfo::new(protocol, None)),
        SecurityInfo::ChipAuthenticationPublicKey(
            ChipAuthenticationPublicKeyInfo::new(key, None).unwrap(),
        ),
    ]);
    Selection::strongest(&infos).unwrap().unwrap()
}

/// A chip that does nothing but chip authentication.
struct Card {
    keys: Vec<ChipKey>,
    selected: Option<Selected>,
    session: Option<SessionKeys>,
}

impl Channel for Card {
    fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        let keys = match (command.ins, command.p2) {
            (Ins::MANAGE_SECURITY_ENVIRONMENT, 0xA4) => {
                let (answer, selected) = chip::set_at(command, &self.keys).unwrap();
                self.selected = Some(selected);
                return Ok(answer);
            }
            (Ins::MANAGE_SECURITY_ENVIRONMENT, _) => chip::set_kat(command, &self.keys),
            _ => self
                .selected
                .take()
                .unwrap()
                .general_authenticate(command, &self.keys),
        };
        let (answer, session) = keys.unwrap();
        self.session = Some(session);
        Ok(answer)
    }
}

fn assert_session(name: &str, session: &SessionKeys, want: &Value) {
    let (ks_enc, ks_mac, ssc) = session.exposed();
    let parity = if session.cipher() == Cipher::TripleDes {
        0x01
    } else {
        0x00
    };
    let significant = |key: &[u8]| key.iter().map(|octet| octet & !parity).collect::<Vec<_>>();
    assert_eq!(
        significant(ks_enc),
        significant(&hex(&want["ks_enc"])),
        "{name}"
    );
    assert_eq!(
        significant(ks_mac),
        significant(&hex(&want["ks_mac"])),
        "{name}"
    );
    assert_eq!(ssc, vec![0; session.cipher().block_len()], "{name}");
}
