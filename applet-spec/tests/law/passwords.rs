//! PIN and PUK: counted before they are compared, suspended, blocked, unblocked (chapter 02 §3).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use applet_spec::memory::Cells;
use applet_spec::{Chip, ChipMemory, DataSheet, LifeCycle};
use iso7816::{Channel, CommandApdu, Ins, Le, StatusWord};
use lds::security_info::{KeyAgreement, PaceMapping};
use lds::{File, SecurityInfos};
use protocols::error::Error;
use protocols::{Password, PasswordKind};

use crate::full_card::{
    FullCard, PIN_TRIES, establish, full_card, full_card_in, octets, offered, open, pace_info,
    password, read, select_application, wire,
};
use crate::host::{send, sw};
use crate::memory::{Cut, Failing};
use crate::specimen::{self, rng};

/// MSE:Set AT of generic mapping over P-256 with the PIN and the PUK.
const SET_PIN: &str = "0022C1A412800A04007F0007020204020283010384010C";
const SET_PUK: &str = "0022C1A412800A04007F0007020204020283010484010C";
const NONCE: &str = "10860000027C0000";

fn reset_pin() -> CommandApdu {
    CommandApdu::new(0, Ins::RESET_RETRY_COUNTER, 0x03, 0x03)
}

/// PACE from outside a session; `Err` is the chip's word.
fn show(card: &mut FullCard, password: &Password) -> Result<(), StatusWord> {
    refusal(try_over(&mut wire(&mut card.chip), password))
}

fn try_over<C: Channel>(line: &mut C, password: &Password) -> protocols::Result<()> {
    let infos = SecurityInfos::new(offered());
    let info = pace_info(&infos, PaceMapping::GenericMapping, KeyAgreement::Ecdh);
    establish(line, &info, password, None).map(drop)
}

fn refusal(run: protocols::Result<()>) -> Result<(), StatusWord> {
    match run {
        Ok(()) => Ok(()),
        Err(Error::CardRefused { sw, .. }) => Err(sw),
        Err(other) => panic!("{other}"),
    }
}

fn wrong_pin() -> Password {
    Password::pin("475868").unwrap().spending_the_last_try()
}

fn wrong_puk() -> Password {
    Password::puk("9182736451").unwrap().spending_the_last_try()
}

/// Tries that the memory says are left.
fn tries(cells: &Cells, kind: PasswordKind) -> u8 {
    let memory = ChipMemory::from_octets(&cells.octets()).unwrap();
    let journal = memory.to_octets().unwrap();
    let writes: serde_json::Value = serde_json::from_slice(&journal).unwrap();
    let password = writes
        .as_array()
        .unwrap()
        .iter()
        .find(|write| {
            write["write"] == "counted-password" && write["reference"] == kind.reference()
        })
        .unwrap();
    password["left"].as_u64().unwrap().try_into().unwrap()
}

/// [ACCESS-022], [CMD-035], [ACCESS-023]: the table of chapter 02 §3, from fresh to blocked.
#[test]
fn a_wrong_pin_is_counted() {
    let mut card = full_card();
    assert_eq!(sw(&mut card.chip, SET_PIN), 0x9000);
    assert_eq!(show(&mut card, &wrong_pin()), Err(0x63C2.into()));
    assert_eq!(sw(&mut card.chip, SET_PIN), 0x63C2);
    assert_eq!(show(&mut card, &password(PasswordKind::Pin)), Ok(()));
    assert_eq!(tries(&card.cells, PasswordKind::Pin), PIN_TRIES);
    assert_eq!(sw(&mut card.chip, SET_PIN), 0x9000, "as fresh");
    assert_eq!(show(&mut card, &wrong_pin()), Err(0x63C2.into()));
    assert_eq!(show(&mut card, &wrong_pin()), Err(0x63C1.into()));
    for _ in 0..3 {
        assert_eq!(sw(&mut card.chip, SET_PIN), 0x63C1);
        let (word, data) = send(&mut card.chip, NONCE);
        assert_eq!((word, data.len()), (0x6985, 0), "suspended");
    }
    assert_eq!(tries(&card.cells, PasswordKind::Pin), 1);
    card.chip = Chip::load(
        Box::new(card.cells.clone()),
        DataSheet::default(),
        Box::new(rng(9)),
    )
    .unwrap();
    assert_eq!(sw(&mut card.chip, SET_PIN), 0x63C1, "without power too");
    assert_eq!(
        show(&mut card, &password(PasswordKind::Can)),
        Ok(()),
        "others"
    );
}

/// [ACCESS-022]: what is no comparison does not count.
#[test]
fn a_run_that_ends_before_the_token_is_no_try() {
    let FullCard {
        mut chip, cells, ..
    } = full_card();
    let before = cells.octets().to_vec();
    for rest in [
        "00A4000C",
        "00860000027C0000",
        "00860000027C00",
        "10860000057C0381010100",
        "008600000C7C0A8508000000000000000000",
    ] {
        assert_eq!(sw(&mut chip, SET_PIN), 0x9000);
        assert_eq!(sw(&mut chip, NONCE), 0x9000);
        send(&mut chip, rest);
        assert_eq!(sw(&mut chip, NONCE), 0x6985, "{rest}");
    }
    assert!(before == cells.octets().to_vec());
}

/// [ACCESS-024], [ACCESS-013]: the CAN first, then the PIN under its session.
#[test]
fn a_suspended_pin_is_resumed_by_the_can() {
    let mut card = full_card();
    let mut session = open(&mut card, PasswordKind::Can);
    let not_suspended = refusal(try_over(&mut session.line, &password(PasswordKind::Pin)));
    assert_eq!(not_suspended, Err(0x6982.into()));
    for word in [0x63C2, 0x63C1] {
        assert_eq!(show(&mut card, &wrong_pin()), Err(word.into()));
    }
    let mut session = open(&mut card, PasswordKind::Mrz);
    let by_mrz = refusal(try_over(&mut session.line, &password(PasswordKind::Pin)));
    assert_eq!(by_mrz, Err(0x6982.into()), "the MRZ resumes nothing");
    let mut session = open(&mut card, PasswordKind::Can);
    let other = refusal(try_over(&mut session.line, &password(PasswordKind::Mrz)));
    assert_eq!(other, Err(0x6A88.into()), "the PIN and nothing else");
    assert_eq!(
        refusal(try_over(&mut session.line, &password(PasswordKind::Pin))),
        Ok(())
    );
    assert_eq!(tries(&card.cells, PasswordKind::Pin), PIN_TRIES);
}

/// [ACCESS-024], [ACCESS-025], [CMD-070], [CMD-071]: the last try, and the PUK.
#[test]
fn a_blocked_pin_is_unblocked_by_the_puk() {
    let mut card = full_card();
    for word in [0x63C2, 0x63C1] {
        assert_eq!(show(&mut card, &wrong_pin()), Err(word.into()));
    }
    let mut session = open(&mut card, PasswordKind::Can);
    let last = refusal(try_over(&mut session.line, &wrong_pin()));
    assert_eq!(last, Err(0x63C0.into()));
    select_application(&mut session.line);
    assert_eq!(
        read(&mut session.line, File::Dg1).sw.0,
        0x9000,
        "it lives on"
    );
    assert_eq!(session.line.transmit(&reset_pin()).unwrap().sw.0, 0x6982);
    let blocked = refusal(try_over(&mut session.line, &password(PasswordKind::Pin)));
    assert_eq!(blocked, Err(0x6982.into()));
    assert_eq!(sw(&mut card.chip, SET_PIN), 0x63C0);
    assert_eq!(sw(&mut card.chip, NONCE), 0x6983);

    let mut session = open(&mut card, PasswordKind::Puk);
    for (p1, data, word) in [(0x03, &[1u8][..], 0x6700), (0x02, b"111111", 0x6982)] {
        let command = CommandApdu::new(0, Ins::RESET_RETRY_COUNTER, p1, 0x03).with_data(data);
        assert_eq!(session.line.transmit(&command).unwrap().sw.0, word);
    }
    assert_eq!(session.line.transmit(&reset_pin()).unwrap().sw.0, 0x9000);
    assert_eq!(tries(&card.cells, PasswordKind::Pin), PIN_TRIES);
    assert_eq!(show(&mut card, &password(PasswordKind::Pin)), Ok(()));
    assert_eq!(sw(&mut card.chip, "002C0303"), 0x6982, "plain");
    for command in ["002C0003", "002C0304"] {
        assert_eq!(sw(&mut card.chip, command), 0x6A86, "[CMD-003]");
    }
    let mut without = specimen::card(LifeCycle::Operational).chip;
    for command in [
        "002C0303",
        "002C0203",
        "002C0000",
        "002C030301FF",
        "002C030300",
    ] {
        assert_eq!(sw(&mut without, command), 0x6D00);
    }
}

/// [ACCESS-023]: the PUK blocks without being suspended, for ever.
#[test]
fn a_puk_blocks() {
    let mut card = full_card();
    assert_eq!(show(&mut card, &wrong_puk()), Err(0x63C1.into()));
    assert_eq!(sw(&mut card.chip, SET_PUK), 0x63C1);
    assert_eq!(show(&mut card, &password(PasswordKind::Puk)), Ok(()));
    for word in [0x63C1, 0x63C0] {
        assert_eq!(show(&mut card, &wrong_puk()), Err(word.into()));
    }
    assert_eq!(
        show(&mut card, &password(PasswordKind::Puk)),
        Err(0x63C0.into())
    );
    assert_eq!(sw(&mut card.chip, SET_PUK), 0x63C0);
    assert_eq!(sw(&mut card.chip, NONCE), 0x6983);
}

/// [ACCESS-021]: the PIN opens the application, the PUK nothing.
#[test]
fn what_the_passwords_open() {
    let mut card = full_card();
    for (kind, word) in [(PasswordKind::Pin, 0x9000), (PasswordKind::Puk, 0x6982)] {
        let mut session = open(&mut card, kind);
        assert_eq!(read(&mut session.line, File::CardAccess).sw.0, 0x9000);
        assert_eq!(read(&mut session.line, File::CardSecurity).sw.0, word);
        select_application(&mut session.line);
        for file in [File::Dg1, File::Sod, File::Cvca] {
            assert_eq!(
                read(&mut session.line, file).sw.0,
                word,
                "{file} after {kind}"
            );
        }
        for ins in [Ins::GET_CHALLENGE, Ins::INTERNAL_AUTHENTICATE] {
            let command = CommandApdu::new(0, ins, 0, 0).with_le(Le::SHORT_MAX);
            assert!(!session.line.transmit(&command).unwrap().sw.is_ok());
        }
        let set = CommandApdu::new(0, Ins::MANAGE_SECURITY_ENVIRONMENT, 0x41, 0xA4)
            .with_data(test_support::unhex("800A04007F0007020203020284010C"));
        assert_eq!(session.line.transmit(&set).unwrap().sw.0, word);
    }
}

/// [SCOPE-004], [ACCESS-022], [SW-005]: wherever the power fails within PACE with a PIN, no try is free: a wrong one is counted
/// before the chip has said so, and a right one never costs more than one.
#[test]
fn a_power_cut_gives_no_free_try() {
    for cut in [Cut::Nothing, Cut::Half, Cut::Everything] {
        for (at, right) in [(1, false), (1, true), (2, true)] {
            let cells = Cells::from_octets(octets());
            let writes_left = Arc::new(AtomicUsize::new(at));
            let failing = Failing {
                cells: cells.clone(),
                writes_left: writes_left.clone(),
                cut,
            };
            let mut card = full_card_in(cells, Box::new(failing));
            let pin = if right {
                password(PasswordKind::Pin)
            } else {
                wrong_pin()
            };
            assert_eq!(show(&mut card, &pin), Err(0x6F00.into()), "{at} {cut:?}");
            assert_eq!(writes_left.load(Ordering::SeqCst), 0);
            assert_eq!(sw(&mut card.chip, SET_PIN), 0x6F00, "until the reset");
            iso7816::Chip::reset(&mut card.chip);
            let lowered = at == 2 || matches!(cut, Cut::Everything);
            let raised = at == 2 && matches!(cut, Cut::Everything);
            let expected = PIN_TRIES - u8::from(lowered && !raised);
            assert_eq!(
                tries(&card.cells, PasswordKind::Pin),
                expected,
                "{at} {cut:?} {right}"
            );
            assert_eq!(show(&mut card, &password(PasswordKind::Pin)), Ok(()));
        }
    }
}
