//! Chips that were stored under an earlier version of the law.

use applet_spec::memory::Cells;
use applet_spec::{Chip, ChipMemory, DataSheet, LifeCycle};
use crypto::{Curve, PrivateKey};
use iso7816::Chip as _;
use serde_json::{Value, json};

use crate::host::{Host, Status, select, sw};
use crate::specimen::{KeyRing, SERIAL, card, rng};

/// A journal as law 0100 wrote it: every key as PKCS#8, no write of a later kind.
fn journal_of_0100(state: LifeCycle) -> Vec<u8> {
    let now = card(state).chip.memory().to_octets().unwrap();
    let mut writes: Vec<Value> = serde_json::from_slice(&now).unwrap();
    let key = PrivateKey::generate_ec(Curve::BrainpoolP256r1, &mut rng(77)).unwrap();
    let pkcs8 = base64(key.to_pkcs8().unwrap().expose());
    for write in &mut writes {
        if write["write"] == "agreement-key" {
            *write = json!({"write": "key", "purpose": 0xA6, "key_id": null, "hash": null, "pkcs8": pkcs8});
        }
    }
    let mut line = serde_json::to_vec(&writes).unwrap();
    line.push(b'\n');
    line
}

fn base64(octets: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(octets)
}

/// [SCOPE-011], [LIFE-001]: they load, keep their key and their files, and go on in the new form.
#[test]
fn a_chip_of_law_0100_goes_on() {
    for state in [
        LifeCycle::Initialised,
        LifeCycle::Written,
        LifeCycle::Operational,
    ] {
        let cells = Cells::from_octets(journal_of_0100(state));
        let mut chip = Chip::load(
            Box::new(cells.clone()),
            DataSheet::default(),
            Box::new(rng(3)),
        )
        .unwrap();
        assert_eq!(chip.memory().life_cycle(), state);
        let again = ChipMemory::from_octets(&chip.memory().to_octets().unwrap()).unwrap();
        assert_eq!(again.life_cycle(), state);
        if state == LifeCycle::Operational {
            assert_eq!(select(&mut chip), 0x6A82);
            assert_eq!(sw(&mut chip, "00A4040C07A0000002471001"), 0x9000);
            assert_eq!(sw(&mut chip, "002A00BE"), 0x6D00, "as it was");
            continue;
        }
        let keys = KeyRing::of(SERIAL);
        let mut host = Host::open(&mut chip, &keys.personalisation);
        let given = host.command(0x46, 0x81, 0xA6, &[]);
        assert_eq!(given.sw.0, 0x9000);
        let public = crate::specimen::public_key_part(&given, 0x86);
        let key = PrivateKey::generate_ec(Curve::BrainpoolP256r1, &mut rng(77)).unwrap();
        let crypto::PublicKey::Ec(point) = key.public() else {
            panic!("a point")
        };
        assert_eq!(public, point.as_bytes());
        chip.reset();
        assert_eq!(select(&mut chip), 0x9000);
        assert_eq!(Status::plain(&mut chip).object(0x82).unwrap(), [1, 1]);
    }
}

/// Writes that no chip of this crate has made are refused, not believed.
#[test]
fn what_a_journal_must_not_say() {
    let good = crate::full_card::octets();
    let lines: Vec<Vec<Value>> = good
        .split_inclusive(|octet| *octet == b'\n')
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect();
    let loads = |extra: Value| {
        let mut octets = good.clone();
        octets.extend(serde_json::to_vec(&json!([extra])).unwrap());
        octets.push(b'\n');
        ChipMemory::from_octets(&octets).is_ok()
    };
    assert!(
        lines
            .iter()
            .flatten()
            .any(|write| write["write"] == "terminal-trust")
    );
    assert!(loads(
        json!({"write": "retries", "reference": 3, "left": 0})
    ));
    for write in [
        json!({"write": "retries", "reference": 3, "left": 200}),
        json!({"write": "retries", "reference": 2, "left": 1}),
        json!({"write": "counted-password", "reference": 1, "secret": "MTIzNA==", "start": 3, "left": 3}),
        json!({"write": "counted-password", "reference": 3, "secret": "MTIzNA==", "start": 3, "left": 4}),
        json!({"write": "agreement-key", "key_id": 1, "domain": 7, "secret": "AQ=="}),
        json!({"write": "agreement-key", "key_id": 1, "domain": 12, "secret": ""}),
        json!({"write": "trust-points", "points": "AAAA"}),
    ] {
        assert!(!loads(write.clone()), "{write}");
    }
}
