//! Chapter 06: states and what is possible in them.

use applet_spec::memory::Cells;
use applet_spec::{Chip, DataSheet, LifeCycle};
use iso7816::Chip as _;

use crate::host::{Host, Status, select, send, sw};
use crate::specimen::{UUID, card, rng};

fn status(chip: &mut Chip) -> u8 {
    assert_eq!(select(chip), 0x9000);
    Status::plain(chip).state()
}

/// [LIFE-001], [LIFE-003]: a state lasts over resets, and over the chip itself.
#[test]
fn states_are_kept_without_power() {
    for state in [
        LifeCycle::Manufactured,
        LifeCycle::Initialised,
        LifeCycle::Open,
        LifeCycle::Written,
    ] {
        let mut specimen = card(state);
        assert_eq!(status(&mut specimen.chip), state.code());
        specimen.chip.reset();
        assert_eq!(status(&mut specimen.chip), state.code());
        let octets = specimen.chip.memory().to_octets().unwrap();
        let cells = Box::new(Cells::from_octets(octets.to_vec()));
        let mut again = Chip::load(cells, DataSheet::default(), Box::new(rng(1))).unwrap();
        assert_eq!(status(&mut again), state.code());
    }
}

/// [LIFE-004], [ACCESS-002]
#[test]
fn the_holders_side_begins_with_written() {
    for state in [
        LifeCycle::Manufactured,
        LifeCycle::Initialised,
        LifeCycle::Open,
    ] {
        let mut chip = card(state).chip;
        for (command, word) in [
            ("00B0810002", 0x9000),
            ("00A4000C", 0x9000),
            ("00A4040C07A0000002471001", 0x6A82),
            ("00A4020C02011C", 0x6A82),
            ("00B09C0001", 0x6A82),
            ("00B09D0001", 0x6A82),
            ("00B09E0001", 0x6A82),
            ("0022C1A40F800A04007F00070202040202830102", 0x6985),
            ("0084000008", 0x6985),
            ("0088000008010203040506070800", 0x6D00),
        ] {
            if word == 0x6D00 && state == LifeCycle::Open {
                continue;
            }
            assert_eq!(sw(&mut chip, command), word, "{state} {command}");
        }
    }
}

/// [LIFE-005], [ACCESS-019]
#[test]
fn written_and_operational_answer_alike() {
    let mut written = card(LifeCycle::Written).chip;
    let mut operational = card(LifeCycle::Operational).chip;
    for command in [
        "00A4040C07A0000002471001",
        "00A4020C02011E",
        "00B09E0001",
        "00B0830001",
        "00880000080102030405060708 00",
        "002241A40C800A04007F00070202030202",
        "00A4000C",
        "00B09C0000",
        "00B09D0001",
        "00B0810000",
        "0022C1A40F800A04007F00070202040202830102",
        "00A4020C022F00",
        "00B0000000",
        "0CB09C000D9701018E08000000000000000000",
    ] {
        assert_eq!(
            send(&mut written, command),
            send(&mut operational, command),
            "{command}"
        );
    }
}

/// [LIFE-006], [SCOPE-003]: on the holder's card nothing writes.
#[test]
fn an_operational_chip_writes_nothing() {
    let cells = Cells::from_octets(
        card(LifeCycle::Operational)
            .chip
            .memory()
            .to_octets()
            .unwrap()
            .to_vec(),
    );
    let before = cells.octets();
    let mut chip = Chip::load(
        Box::new(cells.clone()),
        DataSheet::default(),
        Box::new(rng(1)),
    )
    .unwrap();
    for command in [
        "00A4040C07F0504552534F01",
        "80F2000000",
        "805030001000000000000000000000000000000000 00",
        "80D80081",
        "00D6000001FF",
        "00A4040C07A0000002471001",
        "0084000008",
        "0082000028000000000000000000000000000000000000000000000000000000000000000000000000000000000028",
    ] {
        send(&mut chip, command);
    }
    chip.reset();
    assert!(*cells.octets() == *before);
}

/// [LIFE-007], [LIFE-008]
#[test]
fn dead_chips_say_what_they_are() {
    let blocked = {
        let mut chip = card(LifeCycle::Open).chip;
        select(&mut chip);
        for _ in 0..10 {
            send(&mut chip, "8050310010000102030405060708090A0B0C0D0E0F00");
            let wrong = format!("8482330020{}", "00".repeat(32));
            send(&mut chip, &wrong);
        }
        chip
    };
    let terminated = {
        let mut specimen = card(LifeCycle::Written);
        let mut host = Host::open(&mut specimen.chip, &specimen.keys.quality);
        assert_eq!(host.void(Some(&UUID)).sw.0, 0x9000);
        specimen.chip
    };
    for (mut chip, state) in [
        (blocked, LifeCycle::Blocked),
        (terminated, LifeCycle::Terminated),
    ] {
        chip.reset();
        for (command, word) in [
            ("00A4000C", 0x6A82),
            ("00A4040C07A0000002471001", 0x6A82),
            ("00A4020C022F01", 0x6A82),
            ("00B0810001", 0x6985),
            ("0084000008", 0x6985),
            ("0022C1A40F800A04007F00070202040202830102", 0x6985),
            ("000E0000", 0x6D00),
            ("00B0800001", 0x6A86),
            ("00A4040C07F0504552534F01", 0x9000),
            ("80F2000000", 0x9000),
            ("8050310010000102030405060708090A0B0C0D0E0F00", 0x6985),
            ("80D80081", 0x6982),
        ] {
            assert_eq!(sw(&mut chip, command), word, "{state} {command}");
        }
        assert_eq!(status(&mut chip), state.code());
    }
}

/// [LIFE-002]: the way through all states; the transitions themselves are in the unit test.
#[test]
fn the_way_through() {
    let mut specimen = card(LifeCycle::Manufactured);
    let chip = &mut specimen.chip;
    crate::specimen::personalise_to(chip, LifeCycle::Written, &[]);
    assert_eq!(status(chip), LifeCycle::Written.code());
    let hash = card(LifeCycle::Written).order.manifest_hash();
    let quality = &specimen.keys.quality;
    assert_eq!(Host::open(&mut *chip, quality).commit(&UUID).sw.0, 0x6982);
    assert_eq!(
        Host::open(&mut *chip, quality).lock(&UUID, &hash).sw.0,
        0x9000
    );
    assert_eq!(chip.memory().life_cycle(), LifeCycle::Operational);
}
