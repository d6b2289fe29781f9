//! Chapter 05 §5, §6, §10: PUT KEY, GENERATE KEYS, receipts.

use applet_spec::memory::Cells;
use applet_spec::{DataSheet, LifeCycle};
use crypto::{AgreementDomain, HashAlgorithm, SecretBytes};
use globalplatform::{StaticKeys, put_key};
use iso7816::{CommandApdu, Ins};

use crate::host::{Host, Shared, Status, expected_receipt, holds, receipt};
use crate::specimen::{KeyRing, SERIAL, agreement_key, card, manufactured, manufactured_in};

fn keys(version: u8, seed: u8, len: usize) -> StaticKeys {
    let key = |salt: u8| {
        let octets = (1u8..).map(|n| n.wrapping_mul(29) ^ seed ^ salt);
        SecretBytes::new(octets.take(len).collect())
    };
    StaticKeys::new(version, key(0x10), key(0x20), key(0x40)).unwrap()
}

/// [PERSO-040], [PERSO-041]
#[test]
fn put_key_wants_its_structure_and_state() {
    let mut chip = manufactured(DataSheet::default());
    let ring = KeyRing::of(SERIAL);
    let mut host = Host::open(&mut chip, &ring.transport);
    for (version, len, word) in [
        (0x30, 32, 0x6A80),
        (0x2F, 32, 0x6A80),
        (0x40, 32, 0x6A80),
        (0x31, 16, 0x6A80),
        (0x31, 24, 0x6A80),
        (0x37, 32, 0x9000),
    ] {
        assert_eq!(
            host.put_key(&keys(version, 1, len), &ring.transport),
            word,
            "{version:02X} {len}"
        );
    }
    let good = put_key::command(&keys(0x31, 2, 32), None, &ring.transport).unwrap();
    assert_eq!(good.data.len(), 1 + 3 * 39);
    for (place, what) in [
        (1, "type"),
        (2, "length"),
        (3, "key length"),
        (10, "key"),
        (36, "KCV length"),
        (37, "KCV"),
    ] {
        let mut command = good.clone();
        command.data[place] ^= 1;
        assert_eq!(host.transmit(&command).sw.0, 0x6A80, "{what}");
    }
    for data in [&[][..], &good.data[..117]] {
        let command = CommandApdu::new(0x80, Ins::PUT_KEY, 0, 0x81).with_data(data);
        assert_eq!(host.transmit(&command).sw.0, 0x6A80);
    }
    let mut specimen = card(LifeCycle::Initialised);
    let role = &specimen.keys.personalisation;
    let mut host = Host::open(&mut specimen.chip, role);
    assert_eq!(
        host.put_key(&keys(0x31, 1, 32), role),
        0x6982,
        "not the role's any more"
    );
}

/// [PERSO-042]
#[test]
fn keys_that_everybody_knows_and_keys_twice_are_refused() {
    let mut chip = manufactured(DataSheet::default());
    let ring = KeyRing::of(SERIAL);
    let mut host = Host::open(&mut chip, &ring.transport);
    assert_eq!(host.put_key(&ring.quality, &ring.transport), 0x9000);
    let fresh = keys(0x31, 7, 32);
    let default = SecretBytes::new((0x40..=0x4F).cycle().take(32).collect());
    let repeated = SecretBytes::new(vec![0x77; 32]);
    let set = |mac: &SecretBytes, dek: &SecretBytes| {
        StaticKeys::new(
            0x31,
            fresh.enc().duplicate(),
            mac.duplicate(),
            dek.duplicate(),
        )
        .unwrap()
    };
    for (name, set) in [
        ("default", set(&default, fresh.dek())),
        ("repeated octet", set(fresh.mac(), &repeated)),
        ("twice in the set", set(fresh.enc(), fresh.dek())),
        ("of the quality set", set(ring.quality.mac(), fresh.dek())),
        (
            "of the transport set",
            set(fresh.mac(), ring.transport.dek()),
        ),
    ] {
        let command = unchecked_put_key(&set, &ring.transport);
        assert_eq!(host.transmit(&command).sw.0, 0x6A80, "{name}");
    }
    assert_eq!(host.put_key(&fresh, &ring.transport), 0x9000);
}

/// PUT KEY with keys that an honest host would not send.
fn unchecked_put_key(new: &StaticKeys, current: &StaticKeys) -> CommandApdu {
    let mut data = vec![new.version()];
    for key in [new.enc(), new.mac(), new.dek()] {
        let cipher = crypto::Cipher::Aes256;
        data.extend([0x88, 0x21, 0x20]);
        data.extend(
            cipher
                .cbc_encrypt(current.dek().expose(), &[0; 16], key.expose())
                .unwrap(),
        );
        data.push(3);
        data.extend(&cipher.encrypt_block(key.expose(), &[1; 16]).unwrap()[..3]);
    }
    CommandApdu::new(0x80, Ins::PUT_KEY, 0, 0x81).with_data(data)
}

/// [PERSO-043], [PERSO-044], [PERSO-027]
#[test]
fn the_second_set_initialises_the_chip() {
    let ring = KeyRing::of(SERIAL);
    for quality_first in [true, false] {
        let cells = Cells::new();
        let mut chip = Shared::new(manufactured_in(cells.clone(), DataSheet::default()));
        let mut host = Host::open(chip.clone(), &ring.transport);
        let (first, second) = if quality_first {
            (&ring.quality, &ring.personalisation)
        } else {
            (&ring.personalisation, &ring.quality)
        };
        assert_eq!(
            host.put_key(&keys(first.version(), 9, 32), &ring.transport),
            0x9000
        );
        assert_eq!(
            host.put_key(first, &ring.transport),
            0x9000,
            "in the place of the other"
        );
        assert_eq!(host.put_key(first, &ring.transport), 0x9000, "repeated");
        assert_eq!(host.status().state(), LifeCycle::Manufactured.code());
        assert_eq!(host.put_key(second, &ring.transport), 0x9000);
        assert_eq!(host.word(), 0x6982, "the channel went with its keys");
        let status = Status::plain(&mut chip);
        assert_eq!(status.state(), LifeCycle::Initialised.code());
        assert_eq!(status.object(0x83).unwrap(), [0x31, 10, 0x38, 10]);
        assert!(holds(&cells.octets(), ring.quality.mac().expose()));
        assert!(!holds(&cells.octets(), ring.transport.mac().expose()));
        drop(Host::open(chip.clone(), &ring.personalisation));
        drop(Host::open(chip, &ring.quality));
    }
}

/// [PERSO-050], [PERSO-052], [PERSO-053]
#[test]
fn key_pairs_are_generated_and_given() {
    let mut specimen = card(LifeCycle::Initialised);
    let chip = Shared::new(specimen.chip);
    let mut host = Host::open(chip.clone(), &specimen.keys.personalisation);
    for domain in AgreementDomain::all() {
        let id = domain.standardized_id();
        let first = host.generate(0xA6, &[0x80, 1, id, 0x84, 1, 7]);
        let first = agreement_key(&first, domain);
        let second = host.generate(0xA6, &[0x84, 1, 7, 0x80, 1, id]);
        let second = agreement_key(&second, domain);
        assert_ne!(first, second, "another key pair in its place");
        let given = host.command(0x46, 0x81, 0xA6, &[0x84, 1, 7]);
        assert_eq!(agreement_key(&given, domain), second);
    }
    assert_eq!(
        host.status().object(0x88).unwrap(),
        [0xA6, 0, 0xA4, 0, 0xA6, 7]
    );
    for id in [8, 9] {
        assert_eq!(
            host.generate(0xA6, &[0x80, 1, 13, 0x84, 1, id]).sw.0,
            0x9000
        );
    }
    assert_eq!(
        host.generate(0xA6, &[0x80, 1, 13, 0x84, 1, 10]).sw.0,
        0x6A84
    );
    assert_eq!(host.sw(0x46, 0x81, 0xA6, &[0x84, 1, 99]), 0x6A88);
    specimen.keys = KeyRing::of(SERIAL);
    let sha_256 = "0609608648016503040201";
    let sha_1 = "06052B0E03021A";
    let sha_512 = "0609608648016503040203";
    for (purpose, data, word) in [
        (0xA6, "80010C 840100", 0x6A80),
        (0xA6, "800103", 0x6A80),
        (0xA6, "81020800", 0x6A80),
        (0xA6, "80010C 80010C", 0x6A80),
        (0xA6, "80010C 990101", 0x6A80),
        (0xA6, "", 0x6A80),
        (0xA6, "80", 0x6A80),
        (0xA4, "80010C", 0x6A80),
        (0xA4, &format!("800102{sha_256}"), 0x6A80),
        (0xA4, &format!("80010C{sha_1}"), 0x6A80),
        (0xA4, &format!("80010C{sha_512}"), 0x6A80),
        (0xA4, &format!("80010C{sha_256}840101"), 0x6A80),
        (0xA4, &format!("81020400{sha_256}"), 0x6A80),
        (0xA4, &format!("81020801{sha_256}"), 0x6A80),
        (0xA4, &format!("80010C{sha_256}"), 0x9000),
    ] {
        let answer = host.generate(purpose, &test_support::unhex(data));
        assert_eq!(answer.sw.0, word, "{purpose:02X} {data}");
    }
}

/// [PERSO-051]
#[test]
fn where_keys_are_generated_and_given() {
    for (state, generated, given) in [
        (LifeCycle::Initialised, 0x9000, 0x9000),
        (LifeCycle::Open, 0x6985, 0x9000),
        (LifeCycle::Written, 0x6985, 0x9000),
    ] {
        let mut specimen = card(state);
        let mut host = Host::open(&mut specimen.chip, &specimen.keys.personalisation);
        assert_eq!(host.sw(0x46, 0x81, 0xA6, &[]), given, "{state}");
        assert_eq!(
            host.generate(0xA6, &[0x80, 1, 13]).sw.0,
            generated,
            "{state}"
        );
    }
}

/// [PERSO-054], [PERSO-090], [PERSO-091]
#[test]
fn receipts_name_what_was_done_and_never_repeat() {
    let mut specimen = card(LifeCycle::Initialised);
    let ring = &specimen.keys;
    let mut host = Host::open(&mut specimen.chip, &ring.personalisation);
    let mut last = u32::from_be_bytes(host.status().object(0x86).unwrap().try_into().unwrap());
    for (p1, purpose, key_id, data) in [
        (0x80, 0xA6, 5, &[0x80, 1, 12, 0x84, 1, 5][..]),
        (0x81, 0xA6, 5, &[0x84, 1, 5]),
        (0x81, 0xA6, 0, &[]),
        (0x81, 0xA4, 0, &[]),
    ] {
        let answer = host.command(0x46, p1, purpose, data);
        let (counter, cmac) = receipt(&answer);
        assert_eq!(counter, last + 1);
        last = counter;
        let end = answer.data.len() - (2 + 4) - (2 + 16);
        let mut body = vec![purpose, key_id];
        body.extend(HashAlgorithm::Sha256.digest(&answer.data[..end]));
        let expected = expected_receipt(&ring.personalisation, SERIAL, 0x46, counter, &body);
        assert_eq!(cmac, expected);
    }
}
