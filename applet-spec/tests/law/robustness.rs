//! Whatever is sent: an answer, one of the law's words, and nothing that belongs to somebody else.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use applet_spec::memory::Cells;
use applet_spec::{Chip, DataSheet, LifeCycle};
use crypto::Cipher;
use iso7816::{Channel as _, Chip as _, CommandApdu, Ins, Le, ResponseApdu, StatusWord};
use lds::File;
use proptest::prelude::*;
use protocols::secure_messaging::TerminalSession;
use protocols::{Password, pace};

use crate::commands::by_bac;
use crate::full_card;
use crate::host::{Wire, send};
use crate::requirements::status_words;
use crate::specimen::{CAN, KeyRing, SERIAL, Specimen, card, manufactured, rng};

/// Octets in a row that must not appear in an answer.
const WINDOW: usize = 8;

/// Every row of octets of the files that are not public, and every secret of the chip.
fn guarded(specimen: &Specimen, readable: &[File]) -> BTreeSet<Vec<u8>> {
    let mut rows = BTreeSet::new();
    let public = [File::CardAccess, File::Dir];
    for (file, content) in &specimen.files {
        if !public.contains(file) && !readable.contains(file) {
            rows.extend(content.windows(WINDOW).map(<[u8]>::to_vec));
        }
    }
    let ring = KeyRing::of(SERIAL);
    for keys in [&ring.transport, &ring.personalisation, &ring.quality] {
        for key in [keys.enc(), keys.mac(), keys.dek()] {
            rows.extend(key.expose().windows(WINDOW).map(<[u8]>::to_vec));
        }
    }
    rows.extend(
        crate::specimen::mrz_seed()
            .windows(WINDOW)
            .map(<[u8]>::to_vec),
    );
    rows
}

/// Octets that look like commands more often than chance would have it.
fn octets() -> impl Strategy<Value = Vec<u8>> {
    let cla = prop_oneof![
        4 => Just(0x00u8), 1 => Just(0x10), 2 => Just(0x0C), 1 => Just(0x1C), 2 => Just(0x80), 2 => Just(0x84),
        1 => Just(0x94), 1 => any::<u8>()
    ];
    let ins = prop::sample::select(vec![
        0x22u8, 0x2A, 0x2C, 0x46, 0x50, 0x82, 0x84, 0x86, 0x88, 0xA4, 0xB0, 0xB1, 0xC0, 0xCA, 0xD6,
        0xD8, 0xE2, 0xF0, 0xF2,
    ]);
    let p1 = prop_oneof![
        Just(0u8),
        Just(2),
        Just(3),
        Just(4),
        Just(0x41),
        Just(0x81),
        Just(0x9C),
        Just(0xC1),
        any::<u8>()
    ];
    let p2 = prop_oneof![
        Just(0u8),
        Just(0x0C),
        Just(0xA4),
        Just(0xA6),
        Just(0xB6),
        Just(0xBE),
        Just(0x03),
        Just(0x81),
        any::<u8>()
    ];
    let data = prop_oneof![
        Just(vec![]),
        Just(test_support::unhex("A0000002471001")),
        Just(test_support::unhex("F0504552534F01")),
        Just(test_support::unhex("0101")),
        Just(test_support::unhex("011E")),
        Just(test_support::unhex("540100")),
        Just(test_support::unhex("7C00")),
        Just(test_support::unhex("800A04007F00070202040202830102")),
        Just(test_support::unhex("800A04007F00070202030202")),
        Just(test_support::unhex("800A04007F0007020204020283010384010C")),
        Just(test_support::unhex("830F555454455354435643415554303031")),
        proptest::collection::vec(any::<u8>(), 0..60),
    ];
    let le = prop_oneof![
        Just(None),
        Just(Some(256u32)),
        Just(Some(65_536)),
        (1u32..300).prop_map(Some)
    ];
    let command = (cla, ins, p1, p2, data, le).prop_map(|(cla, ins, p1, p2, data, le)| {
        let mut command = CommandApdu::new(cla, Ins(ins), p1, p2).with_data(data);
        command.le = le.map(|le| Le::new(le).unwrap());
        command.to_bytes().unwrap().to_vec()
    });
    prop_oneof![
        8 => command,
        1 => proptest::collection::vec(any::<u8>(), 0..80),
    ]
}

/// [SCOPE-001], [SCOPE-002], [SW-001]
fn check_answer(answer: &[u8], sheet: &DataSheet) -> Result<ResponseApdu, TestCaseError> {
    prop_assert!(answer.len() >= 2 && answer.len() <= sheet.limits().max_response);
    let answer = ResponseApdu::parse(answer).unwrap();
    let word = match answer.sw.sw1() {
        0x61 => 0x6100,
        0x63 if answer.sw.tries_left().is_some() => 0x63C0,
        _ => answer.sw.0,
    };
    prop_assert!(status_words().contains(&word), "{}", answer.sw);
    let protected = answer.data.first() == Some(&0x99);
    prop_assert!(!answer.sw.is_error() || answer.data.is_empty() || protected);
    Ok(answer)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// [SCOPE-001], [SCOPE-006], [ACCESS-003]
    #[test]
    fn any_octets_in_any_state(
        state in prop::sample::select(vec![
            LifeCycle::Manufactured, LifeCycle::Initialised, LifeCycle::Open, LifeCycle::Written, LifeCycle::Operational,
        ]),
        commands in proptest::collection::vec(octets(), 1..40),
    ) {
        static GUARDED: OnceLock<BTreeSet<Vec<u8>>> = OnceLock::new();
        let mut specimen = card(state);
        let guarded = GUARDED.get_or_init(|| guarded(&card(LifeCycle::Operational), &[]));
        for command in &commands {
            let answer = check_answer(&specimen.chip.execute(command), &DataSheet::default())?;
            prop_assert!(!answer.data.windows(WINDOW).any(|row| guarded.contains(row)));
        }
    }

    /// [ACCESS-004], [SM-004]: inside a session, protected as it should be.
    #[test]
    fn any_command_in_a_session(commands in proptest::collection::vec(octets(), 1..25)) {
        static GUARDED: OnceLock<BTreeSet<Vec<u8>>> = OnceLock::new();
        let mut specimen = card(LifeCycle::Operational);
        let guarded = GUARDED.get_or_init(|| {
            let readable: Vec<File> = File::all().filter(|file| *file != File::Dg3).collect();
            guarded(&card(LifeCycle::Operational), &readable)
        });
        let mut session = pace_session(&mut specimen);
        for command in commands.iter().filter_map(|octets| CommandApdu::parse(octets).ok()) {
            let mut command = command;
            command.cla &= 0x10;
            let Ok(exchange) = session.protect(&command) else { continue };
            let octets = specimen.chip.execute(&exchange.command().to_bytes().unwrap());
            let mut answer = check_answer(&octets, &DataSheet::default())?;
            while let Some(left) = answer.sw.remaining() {
                let more = CommandApdu::new(0, Ins::GET_RESPONSE, 0, 0).with_le(Le::saturating(left));
                let part = ResponseApdu::parse(&specimen.chip.execute(&more.to_bytes().unwrap())).unwrap();
                answer.data.extend(part.data);
                answer.sw = part.sw;
            }
            let rekeyed = answer.sw == StatusWord::OK && command.ins == Ins::GENERAL_AUTHENTICATE;
            let Ok(plain) = exchange.accept(&answer) else {
                prop_assert!(false, "the session was lost by {command:?}");
                unreachable!();
            };
            prop_assert!(!plain.data.windows(WINDOW).any(|row| guarded.contains(row)));
            prop_assert!(!rekeyed, "no key agreement by chance");
        }
    }

    /// [ACCESS-004], [ACCESS-043], [CMD-081], [SW-001]: where a terminal may authenticate, and does not.
    #[test]
    fn any_command_of_a_terminal_without_a_key(commands in proptest::collection::vec(octets(), 1..25)) {
        static GUARDED: OnceLock<BTreeSet<Vec<u8>>> = OnceLock::new();
        let guarded = GUARDED.get_or_init(|| {
            let closed = |(file, _): &(File, Vec<u8>)| matches!(file, File::Dg3 | File::Dg4);
            let contents = full_card::files().into_iter().filter(closed).map(|(_, content)| content);
            let secrets = contents.chain([full_card::PUK.into()]);
            secrets.flat_map(|secret| secret.windows(WINDOW).map(<[u8]>::to_vec).collect::<Vec<_>>()).collect()
        });
        let mut card = full_card::full_card();
        let before = card.cells.octets().to_vec();
        let mut line = by_bac(&mut card.chip, DataSheet::default().limits());
        full_card::authenticate_chip(&mut line, &card.infos, full_card::CURVE_KEY, Cipher::Aes128);
        for mut command in commands.iter().filter_map(|octets| CommandApdu::parse(octets).ok()) {
            command.cla &= 0x10;
            let Ok(answer) = line.transmit(&command) else { continue };
            prop_assert!(!answer.data.windows(WINDOW).any(|row| guarded.contains(row)));
        }
        // Another command ends a chain that may be waiting for its last part ([CMD-014]).
        full_card::read(&mut line, File::Dg1);
        full_card::select_application(&mut line);
        prop_assert_eq!(full_card::read(&mut line, File::Dg3).sw.0, 0x6982, "closed, and the session lives");
        prop_assert!(before == card.cells.octets().to_vec());
    }
}

fn pace_session(specimen: &mut Specimen) -> TerminalSession {
    let infos: Vec<_> = specimen.knowledge.security_infos.pace().copied().collect();
    let mut wire = Wire::short(&mut specimen.chip);
    let password = Password::can(CAN).unwrap();
    let info = pace::strongest(&infos).unwrap();
    TerminalSession::new(
        pace::terminal::establish(&mut wire, info, &password, None, &mut rng(1))
            .unwrap()
            .keys,
    )
}

/// [SCOPE-003]: what is refused changes nothing. Every plain command that the personalisation application knows.
#[test]
fn refused_commands_leave_the_memory_alone() {
    let octets = card(LifeCycle::Open).chip.memory().to_octets().unwrap();
    let cells = Cells::from_octets(octets.to_vec());
    let sheet = DataSheet::default();
    let mut chip = Chip::load(Box::new(cells.clone()), sheet, Box::new(rng(1))).unwrap();
    crate::host::select(&mut chip);
    let before = cells.octets();
    for ins in 0..=u8::MAX {
        for cla in [0x00, 0x0C, 0x80, 0x84] {
            let command = CommandApdu::new(cla, Ins(ins), 0, 0).with_data([0; 16]);
            let answer = chip.execute(&command.to_bytes().unwrap());
            if ins != Ins::SELECT.0 {
                assert_ne!(answer, [0x90, 0x00], "{cla:02X} {ins:02X}");
            }
            crate::host::select(&mut chip);
        }
    }
    assert!(*before == *cells.octets());
}

/// [SCOPE-008]: two cards of a kind cannot be told apart before access control.
#[test]
fn nothing_tells_one_card_from_another() {
    let transcript = |specimen: &mut Specimen| {
        let chip = &mut specimen.chip;
        let commands = [
            "00B0810000",
            "00B09E0000",
            "00B09C0000",
            "00B09D0000",
            "00A4040C07F0504552534F01",
            "80F2000000",
            "00A4040007A000000247100100",
            "00B09E0000",
            "00CA000000",
            "0088000008010203040506070800",
        ];
        let mut answers: Vec<_> = commands.iter().map(|command| send(chip, command)).collect();
        answers.push((0, chip.atr()));
        answers
    };
    let mut one = card(LifeCycle::Operational);
    let mut other = other_operational();
    assert_ne!(one.chip.memory().serial(), other.chip.memory().serial());
    assert_eq!(transcript(&mut one), transcript(&mut other));
}

/// An operational card with another serial number: the stored one with another name.
fn other_operational() -> Specimen {
    use base64::Engine as _;
    let base64 = base64::engine::general_purpose::STANDARD;
    let mut specimen = card(LifeCycle::Operational);
    let journal = specimen.chip.memory().to_octets().unwrap();
    let text = String::from_utf8(journal.to_vec()).unwrap();
    let changed = text.replace(&base64.encode(SERIAL), &base64.encode(b"SPECIMEN-TEST-02"));
    let cells = Box::new(Cells::from_octets(changed.into_bytes()));
    specimen.chip = Chip::load(cells, DataSheet::default(), Box::new(rng(77))).unwrap();
    specimen
}

/// [SCOPE-007]
#[test]
fn challenges_are_fresh() {
    let mut chip = card(LifeCycle::Operational).chip;
    send(&mut chip, "00A4040C07A0000002471001");
    let challenges: BTreeSet<Vec<u8>> = (0..50).map(|_| send(&mut chip, "0084000008").1).collect();
    assert_eq!(challenges.len(), 50);
}

/// A chip of every kind is answered before it is personalised, too.
#[test]
fn a_chip_without_extended_length_answers_short() {
    let mut chip = manufactured(DataSheet::short_length_only());
    assert_eq!(send(&mut chip, "00B0810000").1, [0x47, 3, 0x84, 1, 0x80]);
    assert_eq!(send(&mut chip, "00B081000000").0, 0x6700);
}
