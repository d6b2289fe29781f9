//! `test-vectors/bac`, value by value, at both ends.

use mrz::MrzInformation;
use serde_json::Value;
use test_support::{hex, read_json, unhex, vectors};

use crate::bac::{AccessKeys, chip, terminal};
use crate::password::Password;
use crate::scripted::{ScriptedChannel, ScriptedRng};
use crate::secure_messaging::SessionKeys;
use iso7816::CommandApdu;

#[test]
fn every_vector_holds_at_both_ends() {
    for (name, path) in vectors("bac") {
        let vector = read_json(&path);
        let (given, want) = (&vector["given"], &vector["want"]);
        let keys = access_keys(&name, given, want);
        message_layouts(&name, &keys, given, want);
        play_terminal(&name, &keys, given, want);
        play_chip(&name, &keys, given, want);
    }
}

fn access_keys(name: &str, given: &Value, want: &Value) -> AccessKeys {
    let text = |field: &str| given[field].as_str().unwrap().to_owned();
    let information = MrzInformation::from_parts(
        &text("document_number"),
        &text("date_of_birth"),
        &text("date_of_expiry"),
    )
    .unwrap();
    assert_eq!(
        information.as_bytes(),
        want["mrz_information"].as_str().unwrap().as_bytes(),
        "{name}"
    );
    let password = Password::mrz(&information);
    assert_eq!(password.k_seed().unwrap(), hex(&want["k_seed"]), "{name}");
    let from_digest = Password::mrz_digest(&hex(&want["sha1"])).unwrap();
    assert_eq!(from_digest.k_seed(), password.k_seed(), "{name}");
    let keys = AccessKeys::derive(&password).unwrap();
    assert_same_des_key(keys.k_enc.expose(), &want["k_enc"]);
    assert_same_des_key(keys.k_mac.expose(), &want["k_mac"]);
    keys
}

fn message_layouts(name: &str, keys: &AccessKeys, given: &Value, want: &Value) {
    for (message, cryptogram, mac) in [("s", "e_ifd", "m_ifd"), ("r", "e_ic", "m_ic")] {
        let sealed: [u8; 40] = [hex(&want[cryptogram]), hex(&want[mac])]
            .concat()
            .try_into()
            .unwrap();
        let opened = keys.open(&sealed).unwrap().expect("a right MAC");
        assert_eq!(*opened.to_bytes(), hex(&want[message]), "{name} {message}");
        assert_eq!(keys.seal(&opened).unwrap(), sealed, "{name} {message}");
    }
    let seed: Vec<u8> = hex(&given["k_ifd"])
        .iter()
        .zip(hex(&given["k_ic"]))
        .map(|(a, b)| a ^ b)
        .collect();
    assert_eq!(seed, hex(&want["session_k_seed"]), "{name}");
}

fn play_terminal(name: &str, keys: &AccessKeys, given: &Value, want: &Value) {
    let script = [
        ("get_challenge", "get_challenge_answer"),
        ("external_authenticate", "external_authenticate_answer"),
    ];
    let mut channel = ScriptedChannel::new(script.map(|(command, answer)| {
        (
            want[command].as_str().unwrap(),
            want[answer].as_str().unwrap(),
        )
    }));
    let mut rng = ScriptedRng::new(&[&hex(&given["rnd_ifd"]), &hex(&given["k_ifd"])]);
    let session = terminal::establish(&mut channel, keys, &mut rng).unwrap();
    assert!(channel.is_done(), "{name}");
    assert_session(&session, want);
}

fn play_chip(name: &str, keys: &AccessKeys, given: &Value, want: &Value) {
    let mut rng = ScriptedRng::new(&[&hex(&given["rnd_ic"]), &hex(&given["k_ic"])]);
    let command = |field: &str| CommandApdu::parse(&hex(&want[field])).unwrap();
    let (answer, challenged) = chip::challenge(&command("get_challenge"), &mut rng).unwrap();
    assert_eq!(
        answer.to_bytes(),
        hex(&want["get_challenge_answer"]),
        "{name}"
    );
    let (answer, session) = chip::authenticate(
        Some(challenged),
        keys,
        &command("external_authenticate"),
        &mut rng,
    )
    .unwrap();
    assert_eq!(
        answer.to_bytes(),
        hex(&want["external_authenticate_answer"]),
        "{name}"
    );
    assert_session(&session, want);
}

fn assert_session(session: &SessionKeys, want: &Value) {
    let (ks_enc, ks_mac, ssc) = session.exposed();
    assert_same_des_key(ks_enc, &want["ks_enc"]);
    assert_same_des_key(ks_mac, &want["ks_mac"]);
    assert_eq!(ssc, hex(&want["ssc"]));
}

/// The lowest bit of each octet of a DES key is parity: printed keys have it adjusted, derived ones need not.
fn assert_same_des_key(key: &[u8], printed: &Value) {
    let without_parity = |key: &[u8]| key.iter().map(|octet| octet & 0xFE).collect::<Vec<_>>();
    let printed = unhex(printed.as_str().unwrap());
    assert_eq!(without_parity(key), without_parity(&printed));
}
