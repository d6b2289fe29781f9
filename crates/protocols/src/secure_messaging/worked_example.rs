//! `test-vectors/secure-messaging` and `test-vectors/kdf`, at both ends.

use crypto::kdf::{self, Counter};
use crypto::{Cipher, SecretBytes};
use iso7816::{Channel, CommandApdu, ResponseApdu};
use serde_json::Value;
use test_support::{hex, read_json, vectors};

use crate::scripted::ScriptedChannel;
use crate::secure_messaging::objects::Objects;
use crate::secure_messaging::{ChipSession, SecureChannel, SessionKeys, Ssc};

#[test]
fn every_session_is_played_at_both_ends() {
    for (name, path) in vectors("secure-messaging") {
        let vector = read_json(&path);
        let exchanges = vector["exchanges"].as_array().unwrap();
        let printed_in_full = exchanges
            .iter()
            .all(|exchange| exchange["protected_command"].is_string());
        if printed_in_full {
            play_terminal(&name, session_keys(&vector["given"]), exchanges);
            play_chip(&name, session_keys(&vector["given"]), exchanges);
        } else {
            play_parts(&name, session_keys(&vector["given"]), exchanges);
        }
    }
}

#[test]
fn every_key_is_derived() {
    for (name, path) in vectors("kdf") {
        let vector = read_json(&path);
        let given = &vector["given"];
        let counter = match given["counter"].as_u64() {
            Some(1) => Counter::Enc,
            Some(2) => Counter::Mac,
            Some(3) => Counter::Pace,
            other => panic!("{name}: counter {other:?}"),
        };
        let cipher = cipher(&given["cipher"]);
        let key = kdf::derive(cipher, &hex(&given["k"]), counter);
        let parity = if cipher == Cipher::TripleDes {
            0x01
        } else {
            0x00
        };
        let significant = |key: &[u8]| key.iter().map(|octet| octet & !parity).collect::<Vec<_>>();
        assert_eq!(
            significant(key.expose()),
            significant(&hex(&vector["want"]["key"])),
            "{name}"
        );
    }
}

fn play_terminal(name: &str, keys: SessionKeys, exchanges: &[Value]) {
    let text = |exchange: &Value, field: &str| exchange[field].as_str().unwrap().to_owned();
    let script = exchanges.iter().map(|exchange| {
        (
            text(exchange, "protected_command"),
            text(exchange, "protected_answer"),
        )
    });
    let mut channel = SecureChannel::new(ScriptedChannel::new(script), keys);
    for exchange in exchanges {
        let command = CommandApdu::parse(&hex(&exchange["command"])).unwrap();
        let answer = channel.transmit(&command).unwrap();
        assert_eq!(
            answer.to_bytes(),
            hex(&exchange["answer"]),
            "{name} {command:?}"
        );
    }
    assert!(channel.into_inner().is_done(), "{name}");
}

fn play_chip(name: &str, keys: SessionKeys, exchanges: &[Value]) {
    let mut session = ChipSession::new(keys);
    for exchange in exchanges {
        let protected = CommandApdu::parse(&hex(&exchange["protected_command"])).unwrap();
        let (command, pending) = session.unprotect(&protected).unwrap();
        assert_eq!(
            *command.to_bytes().unwrap(),
            hex(&exchange["command"]),
            "{name}"
        );
        let answer = ResponseApdu::parse(&hex(&exchange["answer"])).unwrap();
        let (protected, next) = pending.protect(&answer).unwrap();
        assert_eq!(
            protected.to_bytes(),
            hex(&exchange["protected_answer"]),
            "{name} {command:?}"
        );
        session = next;
    }
}

/// An example that prints cryptograms but no whole commands.
fn play_parts(name: &str, keys: SessionKeys, exchanges: &[Value]) {
    let mut session = crate::secure_messaging::TerminalSession::new(keys);
    for vector in exchanges {
        let command = CommandApdu::parse(&hex(&vector["command"])).unwrap();
        let exchange = session.protect(&command).unwrap();
        let objects = Objects::read(&exchange.command().data).unwrap();
        assert_eq!(
            objects.cryptogram.unwrap(),
            hex(&vector["cryptogram"]),
            "{name}"
        );
        let protected = ResponseApdu::parse(&hex(&vector["protected_answer"])).unwrap();
        let answer = exchange.accept(&protected).unwrap();
        assert_eq!(answer.to_bytes(), hex(&vector["answer"]), "{name}");
    }
}

fn session_keys(given: &Value) -> SessionKeys {
    let cipher = cipher(&given["cipher"]);
    let key = |field: &str| SecretBytes::new(hex(&given[field]));
    let keys = SessionKeys::new(cipher, key("ks_enc"), key("ks_mac")).unwrap();
    match <[u8; 8]>::try_from(hex(&given["ssc"])) {
        Ok(start) => keys.starting_at(Ssc::of_bac(start)),
        Err(zero) => {
            assert_eq!(zero, [0; 16]);
            keys
        }
    }
}

fn cipher(name: &Value) -> Cipher {
    Cipher::ALL
        .into_iter()
        .find(|cipher| cipher.name() == name)
        .unwrap()
}
