//! `test-vectors/scp03`: adding a file adds a case. `kind` says what it holds.

use crypto::SecretBytes;
use globalplatform::scp03::card::{
    CardChallenge, CardParameters, ExpectingExternalAuthenticate, initialize_update,
};
use globalplatform::scp03::host::{self, Options};
use globalplatform::static_keys::key_check_value;
use globalplatform::{Mode, Purpose, SecurityLevel, StaticKeys, diversify, diversify_key, put_key};
use iso7816::{Channel, ChannelError, CommandApdu, ResponseApdu, StatusWord};
use serde_json::Value;
use test_support::hex;

use super::{Known, keys};

#[test]
fn what_others_recorded() {
    for (name, path) in test_support::vectors("scp03") {
        let vector = test_support::read_json(&path);
        println!("{name}");
        match vector["kind"].as_str().unwrap() {
            "session" => {
                host_says_what_was_recorded(&vector);
                card_says_what_was_recorded(&vector);
            }
            "card_challenge" => card_challenge(&vector),
            "diversification" => diversification(&vector),
            "key_check_value" => {
                let value = key_check_value(&secret(&vector["key"])).unwrap();
                assert_eq!(value[..], hex(&vector["key_check_value"])[..]);
            }
            "key_encryption" => key_encryption(&vector),
            other => panic!("{name}: unknown kind {other}"),
        }
    }
}

fn secret(value: &Value) -> SecretBytes {
    SecretBytes::new(hex(value))
}

fn byte(value: &Value) -> u8 {
    hex(value)[0]
}

fn mode(vector: &Value) -> Mode {
    match vector["mode"].as_str() {
        Some("S8") => Mode::S8,
        Some("S16") => Mode::S16,
        other => panic!("mode {other:?}"),
    }
}

fn static_keys(keys: &Value) -> StaticKeys {
    let [enc, mac, dek] = ["enc", "mac", "dek"].map(|role| secret(&keys[role]));
    StaticKeys::new(byte(&keys["version"]), enc, mac, dek).unwrap()
}

/// Expects certain commands and gives certain answers.
struct Script(std::vec::IntoIter<(Vec<u8>, Vec<u8>)>);

impl Channel for Script {
    fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        let (expected, answer) = self.0.next().expect("one command too many");
        assert_eq!(command.to_bytes().unwrap()[..], expected[..], "{command:?}");
        Ok(ResponseApdu::parse(&answer)?)
    }
}

/// An answer for where none was recorded: errors travel bare and change nothing.
const NOT_RECORDED: StatusWord = StatusWord::REFERENCED_DATA_NOT_FOUND;

fn recorded_or_error(answer: &Value) -> Vec<u8> {
    if answer.is_null() {
        ResponseApdu::from_sw(NOT_RECORDED).to_bytes()
    } else {
        hex(answer)
    }
}

fn host_says_what_was_recorded(vector: &Value) {
    let ok = StatusWord::OK.0.to_be_bytes();
    let mut script = vec![
        initialize_update_of(vector),
        (hex(&vector["external_authenticate"]), ok.to_vec()),
    ];
    let exchanges = vector["exchanges"].as_array().unwrap();
    script.extend(exchanges.iter().map(|exchange| {
        let answer = recorded_or_error(&exchange["response"]);
        (hex(&exchange["command"]), answer)
    }));
    let options = Options {
        mode: mode(vector),
        level: SecurityLevel::from_byte(byte(&vector["security_level"])).unwrap(),
        allow_test_keys: true,
    };
    let mut channel = host::open(
        Script(script.into_iter()),
        &static_keys(&vector["keys"]),
        &options,
        &mut Known(hex(&vector["host_challenge"])),
    )
    .unwrap();
    for exchange in exchanges {
        let plain = CommandApdu::parse(&hex(&exchange["plain_command"])).unwrap();
        let answer = channel.transmit(&plain).unwrap();
        assert_eq!(
            answer.to_bytes(),
            recorded_or_error(&exchange["plain_response"])
        );
    }
    assert!(
        channel.into_inner().0.next().is_none(),
        "a command is missing"
    );
}

/// INITIALIZE UPDATE as recorded; where only its challenges and cryptogram were, they are put into a frame.
fn initialize_update_of(vector: &Value) -> (Vec<u8>, Vec<u8>) {
    let recorded = &vector["initialize_update"];
    if !recorded.is_null() {
        return (hex(&recorded["command"]), hex(&recorded["response"]));
    }
    let host_challenge = hex(&vector["host_challenge"]);
    let version = byte(&vector["keys"]["version"]);
    let lc = u8::try_from(host_challenge.len()).unwrap();
    let command = [&[0x80, 0x50, version, 0, lc], &host_challenge[..], &[0]].concat();
    let answer = [
        &[0; 10][..],
        &[version, 3, 0x60],
        &hex(&vector["card_challenge"]),
        &hex(&vector["card_cryptogram"]),
        &[0x90, 0],
    ]
    .concat();
    (command, answer)
}

fn card_says_what_was_recorded(vector: &Value) {
    let mut session = begin(vector).external_authenticate(&apdu(&vector["external_authenticate"]));
    for exchange in vector["exchanges"].as_array().unwrap() {
        let (state, _) = session.unwrap();
        let (state, plain) = state.unwrap(&apdu(&exchange["command"])).unwrap();
        assert_eq!(
            plain.to_bytes().unwrap()[..],
            hex(&exchange["plain_command"])[..]
        );
        let answer = recorded_or_error(&exchange["plain_response"]);
        let (state, answer) = state.wrap(&ResponseApdu::parse(&answer).unwrap());
        if exchange["over_padded"].is_null() {
            assert_eq!(answer.to_bytes(), recorded_or_error(&exchange["response"]));
        }
        session = Ok((state, answer));
    }
    assert!(session.is_ok());
}

/// The card's first answer: octet by octet where the challenge is the pseudo-random one, else by what it depends on.
fn begin(vector: &Value) -> ExpectingExternalAuthenticate {
    let keys = static_keys(&vector["keys"]);
    let (command, recorded) = initialize_update_of(vector);
    let recorded = ResponseApdu::parse(&recorded).unwrap();
    let challenge = hex(&vector["card_challenge"]);
    let aid = (!vector["aid"].is_null()).then(|| hex(&vector["aid"]));
    let parameters = CardParameters {
        diversification_data: *recorded.data.first_chunk().unwrap(),
        mode: mode(vector),
        challenge: match &aid {
            Some(aid) => CardChallenge::PseudoRandom {
                sequence_counter: *recorded.data.last_chunk().unwrap(),
                aid,
            },
            None => {
                let mut random = [0; 16];
                random[..challenge.len()].copy_from_slice(&challenge);
                CardChallenge::Random(random)
            }
        },
    };
    let command = CommandApdu::parse(&command).unwrap();
    let (state, answer) = initialize_update(&command, &keys, &parameters).unwrap();
    if aid.is_some() {
        assert_eq!(answer.to_bytes(), recorded.to_bytes());
    }
    let expected = [challenge, hex(&vector["card_cryptogram"])].concat();
    assert_eq!(answer.data[13..13 + expected.len()], expected);
    state
}

fn apdu(value: &Value) -> CommandApdu {
    CommandApdu::parse(&hex(value)).unwrap()
}

fn card_challenge(vector: &Value) {
    let mode = mode(vector);
    let enc = secret(&vector["key_enc"]);
    let len = enc.len();
    let keys = StaticKeys::new(
        1,
        enc,
        keys(len, 0).mac().duplicate(),
        keys(len, 0).dek().duplicate(),
    );
    let aid = hex(&vector["aid"]);
    let parameters = CardParameters {
        diversification_data: [0; 10],
        mode,
        challenge: CardChallenge::PseudoRandom {
            sequence_counter: hex(&vector["sequence_counter"]).try_into().unwrap(),
            aid: &aid,
        },
    };
    let command = CommandApdu::new(0x80, iso7816::Ins::INITIALIZE_UPDATE, 0, 0)
        .with_data(vec![0; mode.field_len()]);
    let (_, answer) = initialize_update(&command, &keys.unwrap(), &parameters).unwrap();
    let expected = hex(&vector["card_challenge"]);
    assert_eq!(answer.data[13..13 + expected.len()], expected);
}

fn diversification(vector: &Value) {
    let purpose = match vector["purpose"].as_str() {
        Some("personalisation") => Purpose::Personalisation,
        Some("quality-control") => Purpose::QualityControl,
        other => panic!("purpose {other:?}"),
    };
    let (master, version) = (secret(&vector["master"]), byte(&vector["version"]));
    let serial = hex(&vector["serial"]);
    let keys = diversify(&master, purpose, version, &serial).unwrap();
    let key = diversify_key(&master, purpose, version, &serial).unwrap();
    let expected = &vector["keys"];
    assert!(keys.enc().ct_eq(&hex(&expected["enc"])));
    assert!(keys.mac().ct_eq(&hex(&expected["mac"])));
    assert!(keys.dek().ct_eq(&hex(&expected["dek"])));
    assert!(key.ct_eq(&hex(&expected["key"])));
}

fn key_encryption(vector: &Value) {
    let dek = secret(&vector["dek"]);
    let other = keys(dek.len(), 0);
    let current = StaticKeys::new(1, other.enc().duplicate(), other.mac().duplicate(), dek);
    let key = secret(&vector["key"]);
    let new = StaticKeys::new(2, key.duplicate(), other.mac().duplicate(), key).unwrap();
    let command = put_key::command(&new, None, &current.unwrap()).unwrap();
    let expected = hex(&vector["encrypted"]);
    assert_eq!(command.data[4..4 + expected.len()], expected);
}
