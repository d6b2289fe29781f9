//! Passwords with a retry counter: PIN and PUK (TR-03110-2 §2.2), and power that fails at the worst moment.

use crypto::{Cipher, Curve};
use iso7816::{Channel, StatusWord};
use protocols::pace::chip::{PasswordState, Tries};
use protocols::pace::terminal;
use protocols::secure_messaging::{SecureChannel, SessionKeys};
use protocols::{Error, Password, PasswordKind, Step};

use crate::card::{
    Card, FILE, can_password, mrz_password, pace_info, pin_password, puk_password, read, rng,
};

const PIN_START: u8 = 3;
const PUK_START: u8 = 10;

fn wrong_pin() -> Password {
    Password::pin("271829").unwrap().spending_the_last_try()
}

fn wrong_puk() -> Password {
    Password::puk("3141592654").unwrap().spending_the_last_try()
}

/// A card with all four passwords and these tries left of PIN and PUK.
fn card(pin: u8, puk: u8) -> Card {
    let mut card = Card::new();
    for (password, now, start) in [
        (pin_password(), pin, PIN_START),
        (puk_password(), puk, PUK_START),
    ] {
        let tries = Tries::Left { now, start };
        card.passwords.push(PasswordState { password, tries });
    }
    card
}

fn left(card: &Card, kind: PasswordKind) -> u8 {
    let mut states = card.passwords.iter();
    let state = states.find(|state| state.password.kind() == kind).unwrap();
    match state.tries {
        Tries::Left { now, .. } => now,
        Tries::Unlimited => panic!("{kind} has no counter"),
    }
}

fn establish(line: &mut dyn Channel, password: &Password) -> Result<SessionKeys, Error> {
    let info = pace_info(Cipher::Aes128, Curve::P256);
    terminal::establish(line, &info, password, None, &mut rng(2)).map(|opened| opened.keys)
}

/// One attempt with a fresh session, the step and word it was refused with, and what is left of PIN and PUK.
fn check(card: &mut Card, password: &Password, refused: Option<(Step, u16)>, tries: [u8; 2]) {
    let refused = refused.map(|(step, sw)| Error::CardRefused {
        step,
        sw: StatusWord(sw),
    });
    let error = establish(card, password).err();
    assert_eq!(error, refused, "{password:?}");
    let found = [PasswordKind::Pin, PasswordKind::Puk].map(|kind| left(card, kind));
    assert_eq!(found, tries, "{password:?}");
}

#[test]
fn a_right_password_sets_its_counter_back_and_no_other() {
    let mut card = card(2, 4);
    check(&mut card, &mrz_password(), None, [2, 4]);
    check(&mut card, &can_password(), None, [2, 4]);
    check(&mut card, &pin_password(), None, [3, 4]);
    check(&mut card, &puk_password(), None, [3, 10]);
}

#[test]
fn wrong_passwords_count_down_to_the_end() {
    let mut card = card(3, 2);
    let at_tokens = |sw| Some((Step::PaceTokens, sw));
    check(&mut card, &wrong_pin(), at_tokens(0x63C2), [2, 2]);
    check(&mut card, &wrong_pin(), at_tokens(0x63C1), [1, 2]);
    let suspended = Some((Step::PaceNonce, 0x6985));
    check(&mut card, &wrong_pin(), suspended, [1, 2]);
    check(&mut card, &pin_password(), suspended, [1, 2]);
    check(&mut card, &wrong_puk(), at_tokens(0x63C1), [1, 1]);
    check(&mut card, &wrong_puk(), at_tokens(0x63C0), [1, 0]);
    let blocked = Some((Step::PaceSetAt, 0x63C0));
    check(&mut card, &puk_password(), blocked, [1, 0]);
    check(&mut card, &mrz_password(), None, [1, 0]);
}

#[test]
fn the_terminal_tells_a_wrong_password_and_the_tries_left() {
    let error = establish(&mut card(3, 10), &wrong_pin()).unwrap_err();
    assert!(error.suggests_wrong_password());
    let Error::CardRefused { sw, .. } = error else {
        panic!("{error}")
    };
    assert_eq!(sw.tries_left(), Some(2));
}

#[test]
fn the_last_try_is_not_spent_unasked() {
    for (password, kind) in [
        (Password::pin("271829").unwrap(), PasswordKind::Pin),
        (Password::puk("3141592654").unwrap(), PasswordKind::Puk),
    ] {
        let mut card = card(1, 1);
        let keys = establish(&mut card, &can_password()).unwrap();
        let mut channel = SecureChannel::new(&mut card, keys);
        let error = establish(&mut channel, &password).unwrap_err();
        assert!(matches!(error, Error::LastTry(of) if of == kind), "{error}");
        let error = establish(&mut channel, &password.spending_the_last_try()).unwrap_err();
        assert!(error.suggests_wrong_password(), "{error}");
        assert_eq!(left(&card, kind), 0);
    }
}

/// The last try is for who shows the CAN first, in the same session.
#[test]
fn a_suspended_pin_is_resumed_by_the_can() {
    for (first, second, expected) in [
        (can_password(), pin_password(), Ok(3)),
        (can_password(), wrong_pin(), Err(0)),
        (mrz_password(), pin_password(), Err(1)),
        (puk_password(), pin_password(), Err(1)),
    ] {
        let mut card = card(1, 10);
        let keys = establish(&mut card, &first).unwrap();
        let mut channel = SecureChannel::new(&mut card, keys);
        let resumed = establish(&mut channel, &second);
        let is_open = resumed.is_ok();
        if let Ok(keys) = resumed {
            channel.rekey(keys);
        }
        assert_eq!(
            read(&mut channel).unwrap().data,
            FILE,
            "a failed run leaves the old session alive"
        );
        let left = left(&card, PasswordKind::Pin);
        let found = if is_open { Ok(left) } else { Err(left) };
        assert_eq!(found, expected, "{first:?} {second:?}");
    }
}

#[test]
fn a_resumption_ends_with_its_session() {
    let mut card = card(1, 10);
    establish(&mut card, &can_password()).unwrap();
    let suspended = Some((Step::PaceNonce, 0x6985));
    check(&mut card, &pin_password(), suspended, [1, 10]);
}

#[test]
fn a_blocked_pin_stays_blocked_whoever_asks() {
    let blocked = Some((Step::PaceSetAt, 0x63C0));
    check(&mut card(0, 10), &pin_password(), blocked, [0, 10]);
    let mut card = card(0, 10);
    let keys = establish(&mut card, &can_password()).unwrap();
    let mut channel = SecureChannel::new(&mut card, keys);
    assert!(establish(&mut channel, &pin_password()).is_err());
    assert_eq!(left(&card, PasswordKind::Pin), 0);
}

/// Power fails between the counter and the comparison: the try is spent, whether the password was right or not.
#[test]
fn a_torn_comparison_is_a_spent_try() {
    for password in [pin_password(), wrong_pin()] {
        let mut card = card(3, 10);
        card.tears = true;
        let torn = Some((Step::PaceTokens, StatusWord::MEMORY_FAILURE.0));
        check(&mut card, &password, torn, [2, 10]);
        assert!(!card.has_session());
    }
}

/// What cannot be a comparison costs nothing, and tells nothing.
#[test]
fn a_run_that_is_broken_off_costs_no_try() {
    let mut card = card(2, 10);
    for steps in 1..=4 {
        let mut seen = 0;
        let mut line = crate::tampering::Tampering::new(&mut card, |_, _: &_, answer| {
            seen += 1;
            if seen == steps {
                return iso7816::ResponseApdu::from_sw(StatusWord::NO_PRECISE_DIAGNOSIS);
            }
            answer
        });
        // The first is asked once more without a parameter id.
        assert_eq!(establish(&mut line, &pin_password()).is_err(), steps > 1);
        let tries = if steps > 1 { 2 } else { 3 };
        assert_eq!(left(&card, PasswordKind::Pin), tries, "{steps}");
        card.passwords[2].tries = Tries::Left {
            now: 2,
            start: PIN_START,
        };
    }
}
