//! `test-vectors/chip-authentication`, value by value, at both ends.

use crypto::{AgreementDomain, AgreementGenerator, AgreementKey, AgreementKeyPair, Cipher};
use iso7816::{Channel, ChannelError, CommandApdu, Ins, ResponseApdu};
use lds::security_info::{
    ChipAuthenticationInfo, ChipAuthenticationProtocol, ChipAuthenticationPublicKeyInfo,
    SecurityInfo, SecurityInfos,
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
        let cipher = Cipher::ALL
            .into_iter()
            .find(|cipher| cipher.name() == vector["given"]["cipher"])
            .unwrap();
        let domain = domain(&vector["given"]["curve"]);
        let (agreed, at_chip) = played(&name, &vector, domain, cipher);
        assert_session(&name, &agreed.keys, &vector["want"]);
        assert_session(&name, &at_chip, &vector["want"]);
    }
}

/// The example has the agreement only; what keys follow from its result is shown by the vectors above.
#[test]
fn the_example_over_a_group() {
    for (name, path) in vectors("chip-authentication/dh") {
        let vector = read_json(&path);
        let want = &vector["want"];
        let domain = domain(&vector["given"]["group"]);
        for cipher in Cipher::ALL {
            let (agreed, at_chip) = played(&name, &vector, domain, cipher);
            let compressed = agreed.own_key.compressed();
            assert_eq!(compressed, hex(&want["comp_pk_ifd"]), "{name}");
            let derived = SessionKeys::derive(cipher, &hex(&want["k"]));
            assert_eq!(agreed.keys.exposed(), derived.exposed(), "{name}");
            assert_eq!(at_chip.exposed(), derived.exposed(), "{name}");
        }
    }
}

fn domain(name: &Value) -> AgreementDomain {
    AgreementDomain::all()
        .find(|domain| domain.name() == name)
        .unwrap()
}

/// Plays terminal against chip with the private numbers of the vector, and compares the agreement's values.
fn played(
    name: &str,
    vector: &Value,
    domain: AgreementDomain,
    cipher: Cipher,
) -> (terminal::Agreed, SessionKeys) {
    let (given, want) = (&vector["given"], &vector["want"]);
    let standard = AgreementGenerator::standard(domain);
    let pair = |field: &str| AgreementKeyPair::from_secret(&standard, &hex(&given[field])).unwrap();
    let printed = |field: &str| AgreementKey::from_wire(domain, &hex(&want[field])).unwrap();
    let (key, ifd) = (pair("sk_ic"), pair("sk_ifd"));
    let public = key.public();
    assert!(public == printed("pk_ic"), "{name}");
    let shared = key.agree(&printed("pk_ifd")).unwrap();
    assert_eq!(shared.secret(), hex(&want["k"]), "{name}");

    let mut card = Card {
        keys: vec![ChipKey {
            id: None,
            key,
            ciphers: vec![cipher],
        }],
        selected: None,
        session: None,
    };
    let mut rng = ScriptedRng::new(&[ifd.secret().expose()]);
    let agreed = terminal::agree(&mut card, &selection(&public, cipher), &mut rng).unwrap();
    assert!(agreed.own_key == printed("pk_ifd"), "{name}");
    (agreed, card.session.unwrap())
}

fn selection(key: &AgreementKey, cipher: Cipher) -> Selection {
    let protocol = ChipAuthenticationProtocol {
        agreement: key.domain().into(),
        cipher,
    };
    let infos = SecurityInfos::new([
        SecurityInfo::ChipAuthentication(ChipAuthenticationInfo::new(protocol, None)),
        SecurityInfo::ChipAuthenticationPublicKey(
            ChipAuthenticationPublicKeyInfo::of_agreement_key(key, None).unwrap(),
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
        let agreed = match (command.ins, command.p2) {
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
        let (answer, agreed) = agreed.unwrap();
        self.session = Some(agreed.keys);
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
