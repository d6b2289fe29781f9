//! Chapter 05 §1 to §3: the application, roles, the secure channel.

use applet_spec::memory::Cells;
use applet_spec::{Chip, DataSheet, LifeCycle};
use globalplatform::StaticKeys;
use iso7816::{Chip as _, CommandApdu, Ins, Le};

use crate::host::{Host, Shared, Status, Wire, select, send, sw};
use crate::specimen::{KeyRing, SERIAL, card, manufactured, manufactured_in, rng};

const INITIALIZE_UPDATE: &str = "80503100 10 000102030405060708090A0B0C0D0E0F 00";
const WRONG_CRYPTOGRAM: &str =
    "84823300 20 0000000000000000000000000000000000000000000000000000000000000000";

/// [PERSO-001]: everywhere but on the holder's card.
#[test]
fn the_application_is_there_until_lock() {
    for state in [
        LifeCycle::Manufactured,
        LifeCycle::Initialised,
        LifeCycle::Open,
        LifeCycle::Written,
    ] {
        assert_eq!(select(&mut card(state).chip), 0x9000, "{state}");
    }
    let mut specimen = card(LifeCycle::Operational);
    assert_eq!(select(&mut specimen.chip), 0x6A82);
    let (word, fci) = send(
        &mut card(LifeCycle::Open).chip,
        "00A40400 07 F0504552534F01 00",
    );
    assert_eq!(
        (word, hex::encode(fci)),
        (0x9000, "6f098407f0504552534f01".to_owned())
    );
}

/// [PERSO-001]: not from inside a session of the holder's side.
#[test]
fn the_application_is_not_selected_under_secure_messaging() {
    let case = "
        id = 'X'
        requirements = []
        purpose = 'x'
        card = 'written'
        [[steps]]
        open = 'pace-can'
        expect = '9000'
        [[steps]]
        secure = '00 A4 04 0C 07 F0504552534F01'
        expect = '6A82'
        [[steps]]
        secure = '00 B0 9C 00 01'
        expect = '9000'
    ";
    let case = toml::from_str(case).unwrap();
    let mut specimen = card(LifeCycle::Written);
    let outcome =
        applet_spec::conformance::run(&case, &mut specimen.chip, &specimen.knowledge, &mut rng(9));
    assert_eq!(outcome, applet_spec::conformance::Outcome::Passed);
}

/// [PERSO-002]
#[test]
fn select_closes_the_channel() {
    for (selection, word) in [
        ("00A4040C07F0504552534F01", 0x9000),
        ("00A4000C", 0x9000),
        ("00A4040C07A0000002471001", 0x6A82),
        ("00A4020C022F02", 0x6A82),
    ] {
        let specimen = card(LifeCycle::Initialised);
        let mut chip = Shared::new(specimen.chip);
        let mut host = Host::open(chip.clone(), &specimen.keys.personalisation);
        assert!(host.is_open());
        assert_eq!(sw(&mut chip, selection), word, "{selection}");
        select(&mut chip);
        assert!(!host.is_open(), "{selection}");
    }
}

/// [PERSO-003], [CMD-001], [CMD-002]
#[test]
fn commands_without_a_channel() {
    let mut specimen = card(LifeCycle::Initialised);
    let chip = &mut specimen.chip;
    select(chip);
    for (command, word) in [
        ("80F2000000", 0x9000),
        ("80F2000100", 0x6A86),
        ("80D80081", 0x6982),
        ("804680A6", 0x6982),
        ("80E28800", 0x6982),
        ("80D60101", 0x6982),
        ("80F0400F", 0x6982),
        ("80823300", 0x6982),
        ("84F2000000", 0x6982),
        ("84D60101", 0x6982),
        ("94E28800", 0x6982),
        ("80B0000001", 0x6D00),
        ("80CA000000", 0x6D00),
        ("00B0000001", 0x6D00),
        ("0084000008", 0x6D00),
        ("00C0000000", 0x6985),
        ("0CB0000000", 0x6E00),
        ("90F2000000", 0x6E00),
        ("FFCA000000", 0x6E00),
    ] {
        assert_eq!(sw(chip, command), word, "{command}");
    }
}

/// [PERSO-011], [PERSO-012]
#[test]
fn serial_number_and_key_sets_are_public_until_lock() {
    let mut chip = manufactured(DataSheet::default());
    select(&mut chip);
    let status = Status::plain(&mut chip);
    assert_eq!(status.object(0x81).unwrap(), SERIAL);
    assert_eq!(status.object(0x83).unwrap(), [0x30, 10]);
    let mut specimen = card(LifeCycle::Written);
    select(&mut specimen.chip);
    let status = Status::plain(&mut specimen.chip);
    assert_eq!(status.object(0x83).unwrap(), [0x31, 10, 0x38, 10]);
}

/// [PERSO-020]
#[test]
fn the_handshake() {
    let mut specimen = card(LifeCycle::Initialised);
    let chip = &mut specimen.chip;
    select(chip);
    let (word, answer) = send(chip, INITIALIZE_UPDATE);
    assert_eq!((word, answer.len()), (0x9000, 48));
    assert_eq!(answer[..10], SERIAL[6..]);
    assert_eq!(answer[10..13], [0x31, 0x03, 0x71]);
    assert_eq!(sw(chip, "80503100 08 0001020304050607 00"), 0x6700);
    assert_eq!(
        sw(chip, "80503101 10 000102030405060708090A0B0C0D0E0F 00"),
        0x6A86
    );
    for (level, word) in [
        ("01", 0x6A86),
        ("03", 0x6A86),
        ("13", 0x6A86),
        ("33", 0x6300),
    ] {
        send(chip, INITIALIZE_UPDATE);
        let command = WRONG_CRYPTOGRAM.replacen("33", level, 1);
        assert_eq!(sw(chip, &command), word, "{level}");
    }
}

/// [PERSO-021]
#[test]
fn key_versions_that_are_not_there() {
    let mut specimen = card(LifeCycle::Initialised);
    select(&mut specimen.chip);
    for version in ["00", "30", "32", "39", "FF"] {
        let command = INITIALIZE_UPDATE.replacen("31", version, 1);
        assert_eq!(sw(&mut specimen.chip, &command), 0x6A88, "{version}");
    }
    let mut chip = Shared::new(specimen.chip);
    let mut host = Host::open(chip.clone(), &specimen.keys.personalisation);
    assert_eq!(sw(&mut chip, INITIALIZE_UPDATE), 0x9000);
    assert!(!host.is_open(), "a new handshake closes the channel");
}

/// [PERSO-022], [SCOPE-007]
#[test]
fn the_channel_counter_never_repeats() {
    let mut specimen = card(LifeCycle::Initialised);
    let chip = &mut specimen.chip;
    let counter = |chip: &mut Chip| {
        let (word, answer) = send(chip, INITIALIZE_UPDATE);
        assert_eq!(word, 0x9000);
        answer[45..]
            .iter()
            .fold(0u32, |n, octet| n << 8 | u32::from(*octet))
    };
    select(chip);
    let first = counter(chip);
    assert_eq!(counter(chip), first + 1);
    chip.reset();
    select(chip);
    assert_eq!(counter(chip), first + 2);

    // A chip whose counter has come to its end.
    let cells = Cells::new();
    drop(manufactured_in(cells.clone(), DataSheet::default()));
    let journal = String::from_utf8(cells.octets().to_vec()).unwrap();
    let last = journal.replace("\"counter\":0", "\"counter\":16777214");
    assert_ne!(journal, last);
    let mut chip = load(&last);
    select(&mut chip);
    let command = INITIALIZE_UPDATE.replacen("31", "30", 1);
    assert_eq!(sw(&mut chip, &command), 0x9000);
    assert_eq!(sw(&mut chip, &command), 0x6985);
}

fn load(journal: &str) -> Chip {
    let cells = Box::new(Cells::from_octets(journal.as_bytes().to_vec()));
    Chip::load(cells, DataSheet::default(), Box::new(rng(5))).unwrap()
}

/// [PERSO-023], [SW-002]
#[test]
fn external_authenticate_wants_its_challenge_and_tells_nothing() {
    let mut specimen = card(LifeCycle::Initialised);
    let chip = &mut specimen.chip;
    select(chip);
    assert_eq!(sw(chip, WRONG_CRYPTOGRAM), 0x6985);
    send(chip, INITIALIZE_UPDATE);
    send(chip, "80F2000000");
    assert_eq!(sw(chip, WRONG_CRYPTOGRAM), 0x6985);
    let mut answers = Vec::new();
    for place in [0, 20] {
        answers.push(spoiled_handshake(
            chip,
            &specimen.keys.personalisation,
            place,
        ));
    }
    assert_eq!(answers, [0x6300, 0x6300]);
}

/// A handshake with right keys of which one octet of EXTERNAL AUTHENTICATE is spoiled on the way.
fn spoiled_handshake(chip: &mut Chip, keys: &StaticKeys, place: usize) -> u16 {
    use globalplatform::scp03::host::{Options, open};
    struct Spoiling<'a>(Wire<&'a mut Chip>, usize);
    impl iso7816::Channel for Spoiling<'_> {
        fn transmit(
            &mut self,
            command: &CommandApdu,
        ) -> Result<iso7816::ResponseApdu, iso7816::ChannelError> {
            let mut command = command.clone();
            if command.ins == Ins::EXTERNAL_AUTHENTICATE {
                command.data[self.1] ^= 1;
            }
            self.0.transmit(&command)
        }
    }
    let channel = Spoiling(Wire::short(chip), place);
    match open(channel, keys, &Options::default(), &mut rng(6)) {
        Err(globalplatform::Error::CardRefused { sw, .. }) => sw.0,
        Err(other) => panic!("{other}"),
        Ok(_) => 0x9000,
    }
}

/// [PERSO-024], [LIFE-007], [SCOPE-003]
#[test]
fn the_last_try_blocks_the_chip() {
    let mut specimen = card(LifeCycle::Open);
    let chip = &mut specimen.chip;
    select(chip);
    for left in (1..10u8).rev() {
        send(chip, INITIALIZE_UPDATE);
        assert_eq!(sw(chip, WRONG_CRYPTOGRAM), 0x6300);
        chip.reset();
        select(chip);
        assert_eq!(Status::plain(chip).object(0x83).unwrap()[1], left);
        if left == 5 {
            // The right keys give all tries back.
            drop(Host::open(&mut *chip, &specimen.keys.personalisation));
            assert_eq!(Status::plain(chip).object(0x83).unwrap()[1], 10);
            break;
        }
    }
    for _ in 1..10 {
        send(chip, INITIALIZE_UPDATE);
        assert_eq!(sw(chip, WRONG_CRYPTOGRAM), 0x6300);
    }
    send(chip, INITIALIZE_UPDATE);
    assert_eq!(sw(chip, WRONG_CRYPTOGRAM), 0x6983);
    assert_eq!(Status::plain(chip).state(), LifeCycle::Blocked.code());
    assert_eq!(sw(chip, INITIALIZE_UPDATE), 0x6985);
}

/// [PERSO-024]: what a power cut between the last try and the state leaves is a chip that blocks at the next attempt.
#[test]
fn no_free_try_after_a_power_cut() {
    let cells = Cells::new();
    drop(manufactured_in(cells.clone(), DataSheet::default()));
    let journal = String::from_utf8(cells.octets().to_vec()).unwrap();
    let exhausted = journal.replace("\"tries\":10", "\"tries\":0");
    assert_ne!(journal, exhausted);
    let mut chip = load(&exhausted);
    let keys = KeyRing::of(SERIAL).transport;
    select(&mut chip);
    assert_eq!(spoiled_handshake(&mut chip, &keys, 0), 0x6983);
    assert_eq!(Status::plain(&mut chip).state(), LifeCycle::Blocked.code());
}

/// [PERSO-025]
#[test]
fn errors_stand_alone_and_answers_are_protected() {
    let specimen = card(LifeCycle::Initialised);
    let chip = Shared::new(specimen.chip);
    let mut host = Host::open(chip.clone(), &specimen.keys.personalisation);
    assert_eq!(host.sw(0xB0, 0, 0, &[]), 0x6D00);
    assert_eq!(host.sw(0xF0, 0x40, 0x07, &[]), 0x6A86);
    assert_eq!(*chip.last.borrow(), [0x6A, 0x86]);
    let status = host.status();
    let octets = chip.last.borrow().clone();
    assert_eq!(
        octets.len(),
        (status.0.len() + 1).next_multiple_of(16) + 16 + 2
    );
    assert!(!octets.windows(16).any(|part| part == SERIAL));
}

/// [PERSO-026]
#[test]
fn a_wrong_mac_closes_the_channel() {
    let specimen = card(LifeCycle::Initialised);
    let mut chip = Shared::new(specimen.chip);
    let mut host = Host::open(chip.clone(), &specimen.keys.personalisation);
    let plain = [
        ("80F2000000", 0x9000),
        ("00C0000000", 0x6985),
        ("80D60101", 0x6982),
    ];
    for (command, word) in plain {
        assert_eq!(sw(&mut chip, command), word, "{command}");
        assert!(host.is_open(), "{command}");
    }
    let bad = "84F20000 10 00000000000000000000000000000000 00";
    assert_eq!(sw(&mut chip, bad), 0x6982);
    assert!(!host.is_open());
}

/// [PERSO-010], [PERSO-085]: who may do what; another role is told so, and its channel stays open.
#[test]
fn every_role_does_its_own() {
    let commands = [
        (0xF2_u8, 0_u8, 0_u8, vec![], [true, true, true]),
        (0xD8, 0, 0x81, vec![0x31], [true, false, false]),
        (0x46, 0x80, 0xA6, vec![0x80, 1, 13], [false, true, false]),
        (0x46, 0x81, 0xA6, vec![], [false, true, false]),
        (0xE2, 0x88, 0, vec![0xA0, 1, 0], [false, true, false]),
        (0xD6, 1, 1, vec![1, 0, 0, 0, 9], [false, true, false]),
        (0xF0, 0x40, 0x0F, vec![], [false, true, false]),
        (0xF0, 0x40, 0x1F, vec![], [false, false, true]),
    ];
    for (ins, p1, p2, data, allowed) in &commands {
        for (role, allowed) in allowed.iter().enumerate() {
            let state = [LifeCycle::Manufactured, LifeCycle::Open, LifeCycle::Open][role];
            let mut specimen = card(state);
            let keys = [
                &specimen.keys.transport,
                &specimen.keys.personalisation,
                &specimen.keys.quality,
            ];
            let mut host = Host::open(&mut specimen.chip, keys[role]);
            let word = host.sw(*ins, *p1, *p2, data);
            assert_eq!(word != 0x6982, *allowed, "{ins:02X} {role} {word:04X}");
            assert!(host.is_open());
        }
    }
}

/// [CMD-012]: parts of a command in the channel, each protected by itself; a stranger ends the chain.
#[test]
fn chaining_in_the_channel() {
    let mut specimen = card(LifeCycle::Initialised);
    let job = specimen.order.octets(specimen.keys.personalisation.dek());
    let mut host = Host::open(&mut specimen.chip, &specimen.keys.personalisation);
    let part = CommandApdu::new(0x90, Ins::STORE_DATA, 0x88, 0)
        .with_data(&job[..100])
        .with_le(Le::SHORT_MAX);
    assert_eq!(host.transmit(&part).sw.0, 0x9000);
    assert_eq!(host.sw(0xF2, 0, 0, &[]), 0x9000);
    let rest = CommandApdu::new(0x80, Ins::STORE_DATA, 0x88, 0)
        .with_data(&job[100..300])
        .with_le(Le::SHORT_MAX);
    assert_eq!(host.transmit(&rest).sw.0, 0x6A80);
    assert_eq!(host.open_job(&job), 0x9000);
}
