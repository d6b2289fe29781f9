//! Chapter 05 §4, §7, §8: GET STATUS, OPEN JOB, WRITE.

use applet_spec::LifeCycle;
use iso7816::{CommandApdu, Ins, Limits};
use lds::security_info::{
    ChipAuthenticationInfo, ChipAuthenticationProtocol, KeyAgreement, SecurityInfo,
};
use lds::{File, SecurityInfos};

use crate::host::{Host, JobOrder, Shared, Status, Wire, data_group, manifest_entry, select};
use crate::specimen::{Specimen, UUID, card, card_without, offered};

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
    // Integrated mapping over P-224 ([PERSO-065]).
    let impossible_mapping = |job: &mut JobOrder| {
        let info = "31143012060A04007F0007020204040202010202010A";
        job.security_infos = test_support::unhex(info);
    };
    assert_eq!(
        refused_job(impossible_mapping),
        0x6A80,
        "PACE that no chip has"
    );
    let other_key = |job: &mut JobOrder| {
        let mut infos = offered(&[]);
        infos.retain(|info| !matches!(info, SecurityInfo::ChipAuthentication(_)));
        infos.push(SecurityInfo::ChipAuthentication(
            ChipAuthenticationInfo::new(
                ChipAuthenticationProtocol {
                    agreement: KeyAgreement::Ecdh,
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
        assert_eq!(plain.object(0x82).unwrap(), applet_spec::LAW_VERSION);
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

/// [CMD-010]: extended length in the channel.
#[test]
fn long_writes() {
    let mut specimen = card(LifeCycle::Open);
    let content = specimen.content(File::Dg2);
    let wire = Wire {
        chip: &mut specimen.chip,
        limits: Limits::EXTENDED,
    };
    let mut host = Host::open_over(wire, &specimen.keys.personalisation);
    for (index, part) in content.chunks(4_000).enumerate() {
        assert_eq!(host.write(File::Dg2, index * 4_000, part), 0x9000);
    }
    let len = content.len();
    assert_eq!(host.status().mark(File::Dg2), (len, len));
}
