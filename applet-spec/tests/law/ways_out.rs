//! Chapter 05 §9: COMMIT, LOCK, VOID.

use applet_spec::LifeCycle;
use lds::File;

use crate::host::{Host, Shared, Status, expected_receipt, holds, receipt, select, sw};
use crate::specimen::{SERIAL, UUID, card};

/// [PERSO-080], [PERSO-081], [PERSO-082]
#[test]
fn commit_checks_every_hash() {
    let mut specimen = card(LifeCycle::Open);
    let order = specimen.order.clone();
    let mut host = Host::open(&mut specimen.chip, &specimen.keys.personalisation);
    for (file, content) in &specimen.files {
        match file {
            // The end first: the mark stays behind what is there.
            File::Dg1 => {
                assert_eq!(host.write(*file, 50, &content[50..]), 0x9000);
                assert_eq!(host.write(*file, 0, &content[..50]), 0x9000);
                assert_eq!(host.status().mark(*file), (content.len(), 50));
            }
            _ => host.write_all(*file, content),
        }
    }
    assert_eq!(host.write(File::Dg3, 700, &[0x55]), 0x9000);
    assert_eq!(host.commit(&[0; 16]).sw.0, 0x6A80);
    assert_eq!(host.sw(0xF0, 0x40, 0x0F, &[]), 0x6A80);
    let refused = host.commit(&UUID);
    assert_eq!((refused.sw.0, refused.data.len()), (0x6A80, 0));
    let status = host.status();
    assert_eq!(status.state(), LifeCycle::Open.code());
    for (file, content) in &specimen.files {
        let mark = match file {
            File::Dg1 => 50,
            File::Dg3 => 0,
            _ => content.len(),
        };
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
    for (file, content) in &specimen.files {
        let len = content.len();
        assert_eq!(host.status().mark(*file), (len, len), "{file}");
    }
    assert_eq!(host.status().state(), LifeCycle::Written.code());
    assert_eq!(host.status().object(0x86).unwrap(), counter.to_be_bytes());
}

/// [PERSO-083], [LIFE-006], [PERSO-080]
#[test]
fn lock_destroys_the_keys() {
    let specimen = card(LifeCycle::Written);
    let hash = specimen.order.manifest_hash();
    let cells = specimen.cells;
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
    for keys in [&specimen.keys.personalisation, &specimen.keys.quality] {
        for key in [keys.enc(), keys.mac(), keys.dek()] {
            assert!(!holds(&cells.octets(), key.expose()));
        }
    }
    assert_eq!(sw(&mut chip, "00B0810001"), 0x9000, "the MF is current");
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
        let left = specimen.cells.octets().len();
        assert!(left < 200, "nothing but a serial number: {left}");
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
