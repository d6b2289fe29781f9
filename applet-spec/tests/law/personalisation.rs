//! Chapter 05 §4 to §10: keys, job, writing, the ways out, receipts.

use applet_spec::{DataSheet, LifeCycle};
use crypto::{Curve, EcPoint, HashAlgorithm, SecretBytes};
use globalplatform::{StaticKeys, put_key};
use iso7816::{CommandApdu, Ins};
use lds::{File, SecurityInfos};

use crate::host::{
    Host, JobOrder, Shared, Status, data_group, expected_receipt, manifest_entry, receipt, select,
};
use crate::specimen::{
    KeyRing, SERIAL, Specimen, UUID, card, card_without, manufactured, offered, public_key_part,
};

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
        let mut chip = Shared::new(manufactured(DataSheet::default()));
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
        assert!(!host.is_open(), "the channel went with its keys");
        let status = Status::plain(&mut chip);
        assert_eq!(status.state(), LifeCycle::Initialised.code());
        assert_eq!(status.object(0x83).unwrap(), [0x31, 10, 0x38, 10]);
        let journal = chip.chip.borrow().memory().to_octets().unwrap();
        assert!(!holds(&journal, ring.transport.mac().expose()));
        drop(Host::open(chip.clone(), &ring.personalisation));
        drop(Host::open(chip, &ring.quality));
    }
}

/// Whether a stored memory holds these octets, as its base64 text.
fn holds(journal: &[u8], secret: &[u8]) -> bool {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(secret);
    journal
        .windows(text.len())
        .any(|part| part == text.as_bytes())
}

/// [PERSO-050], [PERSO-052], [PERSO-053]
#[test]
fn key_pairs_are_generated_and_given() {
    let mut specimen = card(LifeCycle::Initialised);
    let chip = Shared::new(specimen.chip);
    let mut host = Host::open(chip.clone(), &specimen.keys.personalisation);
    for curve in Curve::ALL {
        let id = curve.standardized_id();
        let first = host.generate(0xA6, &[0x80, 1, id, 0x84, 1, 7]);
        let point = EcPoint::from_bytes(curve, &public_key_part(&first, 0x86)).unwrap();
        let second = host.generate(0xA6, &[0x84, 1, 7, 0x80, 1, id]);
        let other = EcPoint::from_bytes(curve, &public_key_part(&second, 0x86)).unwrap();
        assert_ne!(point, other, "another key pair in its place");
        let given = host.command(0x46, 0x81, 0xA6, &[0x84, 1, 7]);
        assert_eq!(public_key_part(&given, 0x86), other.as_bytes());
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

/// [PERSO-060], [PERSO-061]
#[test]
fn a_job_is_opened_once_and_resumed() {
    let mut specimen = card(LifeCycle::Initialised);
    let dek = specimen.keys.personalisation.dek().duplicate();
    let order = specimen.order.clone();
    let mut host = Host::open(&mut specimen.chip, &specimen.keys.personalisation);
    assert_eq!(host.open_job(&order.octets(&dek)), 0x9000);
    assert_eq!(host.write(File::Dg1, 0, &[1; 20]), 0x9000);
    let status = host.status();
    assert_eq!(status.state(), LifeCycle::Open.code());
    assert_eq!(status.object(0x84).unwrap(), UUID);
    assert_eq!(status.object(0x85).unwrap(), order.manifest_hash());
    assert_eq!(host.open_job(&order.octets(&dek)), 0x9000);
    assert_eq!(host.status(), status, "nothing changed");
    let mut other = order.clone();
    other.access = 0;
    assert_eq!(host.open_job(&other.octets(&dek)), 0x6A80);
    other.uuid = [0x5A; 16];
    assert_eq!(host.open_job(&other.octets(&dek)), 0x6985);
    assert_eq!(host.status(), status);
    let mut written = card(LifeCycle::Written);
    let mut host = Host::open(&mut written.chip, &specimen.keys.personalisation);
    assert_eq!(host.open_job(&order.octets(&dek)), 0x6985);
}

fn refused_job(change: impl FnOnce(&mut JobOrder)) -> u16 {
    let mut specimen = card(LifeCycle::Initialised);
    change(&mut specimen.order);
    let job = specimen.order.octets(specimen.keys.personalisation.dek());
    let mut host = Host::open(&mut specimen.chip, &specimen.keys.personalisation);
    let before = host.status();
    let word = host.open_job(&job);
    assert_eq!(host.status() == before, word != 0x9000, "{word:04X}");
    word
}

/// [PERSO-062], [PERSO-064], [PERSO-065], [PERSO-028], [SCOPE-010]
#[test]
fn jobs_that_contradict_themselves() {
    assert_eq!(refused_job(|_| {}), 0x9000);
    assert_eq!(refused_job(|job| job.version = [1, 7]), 0x9000);
    assert_eq!(refused_job(|job| job.version = [2, 0]), 0x6A80);
    assert_eq!(refused_job(|job| job.access = 2), 0x6A80);
    assert_eq!(refused_job(|job| job.access = 0), 0x9000);
    assert_eq!(refused_job(|job| job.can = None), 0x9000);
    assert_eq!(
        refused_job(|job| job.mrz_seed = None),
        0x6A80,
        "BAC without the MRZ"
    );
    let pace_only = |job: &mut JobOrder| (job.access, job.mrz_seed) = (0, None);
    assert_eq!(refused_job(pace_only), 0x9000);
    let no_password = |job: &mut JobOrder| (job.access, job.mrz_seed, job.can) = (0, None, None);
    assert_eq!(refused_job(no_password), 0x6A80);
    assert_eq!(refused_job(|job| job.can = Some(b"12345".to_vec())), 0x6A80);
    assert_eq!(
        refused_job(|job| job.can = Some(b"12345A".to_vec())),
        0x6A80
    );
    assert_eq!(refused_job(|job| job.mrz_seed = Some(vec![1; 16])), 0x6A80);
    assert_eq!(
        refused_job(|job| job.security_infos = vec![0x30, 0]),
        0x6A80
    );
    let plain = |job: &mut JobOrder| {
        job.security_infos = vec![0x31, 0];
        job.access = 0;
    };
    assert_eq!(refused_job(plain), 0x6A80, "no access control");
    let no_pace = |job: &mut JobOrder| job.security_infos = vec![0x31, 0];
    assert_eq!(refused_job(no_pace), 0x6A80, "EF.CardAccess without PACE");
    let no_card_access = |job: &mut JobOrder| {
        job.manifest.drain(..39);
    };
    assert_eq!(
        refused_job(no_card_access),
        0x6A80,
        "PACE without EF.CardAccess"
    );
    let integrated_mapping = |job: &mut JobOrder| {
        let info = "31143012060A04007F0007020204040202010202010D";
        job.security_infos = test_support::unhex(info);
    };
    assert_eq!(
        refused_job(integrated_mapping),
        0x6A80,
        "PACE that the chip does not have"
    );
    let other_key = |job: &mut JobOrder| {
        let mut infos = offered(&[]);
        infos.retain(|info| {
            !matches!(
                info,
                lds::security_info::SecurityInfo::ChipAuthentication(_)
            )
        });
        infos.push(lds::security_info::SecurityInfo::ChipAuthentication(
            lds::security_info::ChipAuthenticationInfo::new(
                lds::security_info::ChipAuthenticationProtocol {
                    agreement: lds::security_info::KeyAgreement::Ecdh,
                    cipher: crypto::Cipher::Aes128,
                },
                Some(42),
            ),
        ));
        job.security_infos = SecurityInfos::new(infos).to_der();
    };
    assert_eq!(
        refused_job(other_key),
        0x6A88,
        "chip authentication without its key"
    );
    let too_large = |job: &mut JobOrder| {
        job.manifest
            .extend(manifest_entry(File::Cvca, &vec![0; 200_000], 2));
        job.manifest = sorted(&job.manifest);
    };
    assert_eq!(refused_job(too_large), 0x6A84);
}

fn sorted(manifest: &[u8]) -> Vec<u8> {
    let mut entries: Vec<&[u8]> = manifest.chunks(39).collect();
    entries.sort();
    entries.concat()
}

/// [PERSO-063]; the table of faults is in the unit test of the manifest.
#[test]
fn manifests_that_are_none() {
    assert_eq!(refused_job(|job| job.manifest.clear()), 0x6A80);
    assert_eq!(refused_job(|job| job.manifest.truncate(38)), 0x6A80);
    assert_eq!(refused_job(|job| job.manifest.rotate_left(39)), 0x6A80);
    let atr_info = |job: &mut JobOrder| {
        job.manifest.extend(manifest_entry(File::AtrInfo, &[1], 0));
        job.manifest = sorted(&job.manifest);
    };
    assert_eq!(refused_job(atr_info), 0x6A80);
}

/// [PERSO-062], [PERSO-028]: what is wrong with the octets themselves.
#[test]
fn jobs_that_are_malformed() {
    let mut specimen = card_without(LifeCycle::Initialised, &[]);
    let dek = specimen.keys.personalisation.dek().duplicate();
    let job = specimen.order.octets(&dek);
    let mut host = Host::open(&mut specimen.chip, &specimen.keys.personalisation);
    let content = &job[5..];
    let twice = [content, &content[..18]].concat();
    let surplus = [content, &[0x99, 0]].concat();
    let mut bad_padding = content.to_vec();
    *bad_padding.last_mut().unwrap() ^= 1;
    for (what, octets) in [
        ("empty", vec![]),
        ("no length", vec![0xA0, 0x01]),
        ("other DGI", [&[0xA0, 0x02][..], &job[2..]].concat()),
        ("cut", job[..job.len() - 1].to_vec()),
        ("longer", [&job[..], &[0]].concat()),
        ("object twice", data_group(&twice)),
        ("surplus object", data_group(&surplus)),
        ("object missing", data_group(&content[18..])),
        ("padding under DEK", data_group(&bad_padding)),
        (
            "cut under DEK",
            data_group(&[&content[..content.len() - 18], &[0x86, 1, 0]].concat()),
        ),
    ] {
        assert_eq!(host.open_job(&octets), 0x6A80, "{what}");
    }
    assert_eq!(host.open_job(&job), 0x9000);
}

/// [PERSO-030], [PERSO-031]
#[test]
fn what_status_says_in_every_state() {
    for (state, public, full) in [
        (
            LifeCycle::Manufactured,
            vec![0x80, 0x81, 0x82, 0x83],
            vec![0x86],
        ),
        (
            LifeCycle::Initialised,
            vec![0x80, 0x81, 0x82, 0x83],
            vec![0x86, 0x88],
        ),
        (
            LifeCycle::Open,
            vec![0x80, 0x81, 0x82, 0x83],
            vec![0x84, 0x85, 0x86, 0x87, 0x88],
        ),
        (
            LifeCycle::Written,
            vec![0x80, 0x81, 0x82, 0x83],
            vec![0x84, 0x85, 0x86, 0x87, 0x88],
        ),
    ] {
        let mut specimen = card(state);
        select(&mut specimen.chip);
        let plain = Status::plain(&mut specimen.chip);
        assert_eq!(plain.tags(), public, "{state}");
        assert_eq!(plain.state(), state.code());
        assert_eq!(plain.object(0x82).unwrap(), [1, 0]);
        let role = match state {
            LifeCycle::Manufactured => &specimen.keys.transport,
            _ => &specimen.keys.quality,
        };
        let mut host = Host::open(&mut specimen.chip, role);
        let tags = [public, full].concat();
        assert_eq!(host.status().tags(), tags, "{state}");
        assert_eq!(host.status(), host.status());
    }
}

/// [PERSO-032], [PERSO-070], [PERSO-072]
#[test]
fn writes_in_any_order() {
    let mut specimen = card(LifeCycle::Open);
    let content = specimen.content(File::Dg1);
    let len = content.len();
    let mut host = Host::open(&mut specimen.chip, &specimen.keys.personalisation);
    for (at, end, mark) in [
        (50, 60, 0),
        (0, 20, 20),
        (30, 40, 20),
        (10, 15, 20),
        (20, 25, 25),
        (5, 35, 35),
        (35, len, len),
    ] {
        assert_eq!(host.write(File::Dg1, at, &content[at..end]), 0x9000);
        assert_eq!(host.status().mark(File::Dg1), (len, mark), "{at}..{end}");
    }
    assert_eq!(host.write(File::Dg1, 0, &[0xEE; 4]), 0x9000);
    assert_eq!(
        host.write(File::Dg1, 0, &content[..4]),
        0x9000,
        "the last one counts"
    );
    for (file, at, octets, word) in [
        (File::Dg1, len, &[1][..], 0x6B00),
        (File::Dg1, len - 1, &[1, 2], 0x6B00),
        (File::Dg1, 0xFF_FFFF, &[1], 0x6B00),
        (File::Dg1, 0, &[], 0x6700),
        (File::Dg5, 0, &[1], 0x6A82),
        (File::AtrInfo, 0, &[1], 0x6A82),
    ] {
        assert_eq!(host.write(file, at, octets), word, "{file} {at}");
    }
    assert_eq!(host.sw(0xD6, 0x02, 0x02, &[1, 0, 0, 0, 1]), 0x6A82);
    assert_eq!(host.sw(0xD6, 0x01, 0x01, &[2, 0, 0, 0, 1]), 0x6A82);
    for (file, content) in &specimen.files {
        host.write_all(*file, content);
        assert_eq!(host.status().mark(*file), (content.len(), content.len()));
    }
    assert_eq!(host.commit(&UUID).sw.0, 0x9000);
    assert_eq!(host.write(File::Dg1, 0, &[1]), 0x6985);
}

/// [PERSO-080], [PERSO-081], [PERSO-082]
#[test]
fn commit_checks_every_hash() {
    let mut specimen = card(LifeCycle::Open);
    let order = specimen.order.clone();
    let mut host = Host::open(&mut specimen.chip, &specimen.keys.personalisation);
    for (file, content) in &specimen.files {
        host.write_all(*file, content);
    }
    assert_eq!(host.write(File::Dg3, 700, &[0x55]), 0x9000);
    assert_eq!(host.commit(&[0; 16]).sw.0, 0x6A80);
    assert_eq!(host.sw(0xF0, 0x40, 0x0F, &[]), 0x6A80);
    let refused = host.commit(&UUID);
    assert_eq!((refused.sw.0, refused.data.len()), (0x6A80, 0));
    let status = host.status();
    assert_eq!(status.state(), LifeCycle::Open.code());
    for (file, content) in &specimen.files {
        let mark = if *file == File::Dg3 { 0 } else { content.len() };
        assert_eq!(status.mark(*file), (content.len(), mark), "{file}");
    }
    host.write_all(
        File::Dg3,
        &specimen
            .files
            .iter()
            .find(|(f, _)| *f == File::Dg3)
            .unwrap()
            .1,
    );
    let answer = host.commit(&UUID);
    let (counter, cmac) = receipt(&answer);
    let body = [&UUID[..], &order.manifest_hash()].concat();
    let role = &specimen.keys.personalisation;
    assert_eq!(cmac, expected_receipt(role, SERIAL, 0x0F, counter, &body));
    assert_eq!(host.commit(&UUID), answer, "again");
    assert_eq!(host.status().state(), LifeCycle::Written.code());
    assert_eq!(host.status().object(0x86).unwrap(), counter.to_be_bytes());
}

/// [PERSO-083], [LIFE-006], [PERSO-080]
#[test]
fn lock_destroys_the_keys() {
    let specimen = card(LifeCycle::Written);
    let hash = specimen.order.manifest_hash();
    let mut chip = Shared::new(specimen.chip);
    let mut host = Host::open(chip.clone(), &specimen.keys.quality);
    assert_eq!(host.lock(&[0; 16], &hash).sw.0, 0x6A80);
    assert_eq!(host.lock(&UUID, &[0; 32]).sw.0, 0x6A80);
    let answer = host.lock(&UUID, &hash);
    let (counter, cmac) = receipt(&answer);
    let body = [&UUID[..], &hash].concat();
    let role = &specimen.keys.quality;
    assert_eq!(cmac, expected_receipt(role, SERIAL, 0x1F, counter, &body));
    assert!(!host.is_open());
    assert_eq!(select(&mut chip), 0x6A82);
    let memory = chip.chip.borrow().memory().to_octets().unwrap();
    for keys in [&specimen.keys.personalisation, &specimen.keys.quality] {
        for key in [keys.enc(), keys.mac(), keys.dek()] {
            assert!(!holds(&memory, key.expose()));
        }
    }
    assert_eq!(
        crate::host::sw(&mut chip, "00B0810001"),
        0x9000,
        "the MF is current"
    );
}

/// [PERSO-084], [LIFE-007], [LIFE-008], [PERSO-080]
#[test]
fn void_destroys_everything() {
    for state in [
        LifeCycle::Manufactured,
        LifeCycle::Initialised,
        LifeCycle::Open,
        LifeCycle::Written,
    ] {
        let specimen = card(state);
        let has_job = state >= LifeCycle::Open;
        let mut chip = Shared::new(specimen.chip);
        let role = match state {
            LifeCycle::Manufactured => &specimen.keys.transport,
            LifeCycle::Initialised => &specimen.keys.personalisation,
            _ => &specimen.keys.quality,
        };
        let mut host = Host::open(chip.clone(), role);
        let wrong = host.void((!has_job).then_some(&UUID));
        assert_eq!(wrong.sw.0, 0x6A80, "{state}");
        let answer = host.void(has_job.then_some(&UUID));
        let (counter, cmac) = receipt(&answer);
        let body = if has_job {
            [&UUID[..], &specimen.order.manifest_hash()].concat()
        } else {
            vec![0; 48]
        };
        assert_eq!(cmac, expected_receipt(role, SERIAL, 0xFF, counter, &body));
        assert!(!host.is_open());
        let status = Status::plain(&mut chip);
        assert_eq!(status.tags(), [0x80, 0x81, 0x82]);
        assert_eq!(status.state(), LifeCycle::Terminated.code());
        let memory = chip.chip.borrow().memory().to_octets().unwrap();
        assert!(
            memory.len() < 200,
            "nothing but a serial number: {}",
            memory.len()
        );
    }
}

/// [PERSO-080], [PERSO-085]: states and parameters of the ways out.
#[test]
fn ways_out_from_the_wrong_state() {
    let hash = card(LifeCycle::Written).order.manifest_hash();
    for (state, commit, lock) in [
        (LifeCycle::Initialised, 0x6985, 0x6985),
        (LifeCycle::Open, 0x6A80, 0x6985),
        (LifeCycle::Written, 0x9000, 0x9000),
    ] {
        let mut specimen = card(state);
        let mut host = Host::open(&mut specimen.chip, &specimen.keys.personalisation);
        assert_eq!(host.commit(&UUID).sw.0, commit, "{state}");
        assert_eq!(host.lock(&UUID, &hash).sw.0, 0x6982, "{state}");
        let mut host = Host::open(&mut specimen.chip, &specimen.keys.quality);
        assert_eq!(host.sw(0xF0, 0x40, 0x7F, &[]), 0x6A86);
        assert_eq!(host.sw(0xF0, 0x00, 0x0F, &[]), 0x6A86);
        assert_eq!(host.commit(&UUID).sw.0, 0x6982, "{state}");
        assert_eq!(host.lock(&UUID, &hash).sw.0, lock, "{state}");
    }
}

/// [ACCESS-018]: no command of the personalisation application gives a file back.
#[test]
fn nothing_reads_a_file_back() {
    let specimen: Specimen = card(LifeCycle::Open);
    let content = specimen.content(File::Dg1);
    let chip = Shared::new(specimen.chip);
    let mut host = Host::open(chip, &specimen.keys.personalisation);
    assert_eq!(host.write(File::Dg1, 0, &content), 0x9000);
    for ins in 0..=u8::MAX {
        for (p1, p2) in [(0x00, 0x00), (0x01, 0x01), (0x81, 0x00)] {
            let command = CommandApdu::new(0x80, Ins(ins), p1, p2).with_le(iso7816::Le::SHORT_MAX);
            let answer = host.transmit(&command);
            assert!(
                !answer
                    .data
                    .windows(8)
                    .any(|part| content.windows(8).any(|c| c == part))
            );
        }
    }
}
