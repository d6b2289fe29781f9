//! What must not work.

use crypto::SecretBytes;
use globalplatform::scp03::host::{self, Options};
use globalplatform::{Error, Mode, SecurityLevel, StaticKeys};
use iso7816::{Channel, ChannelError, CommandApdu, Ins, ResponseApdu, StatusWord};
use proptest::prelude::*;

use super::both_ends::{open, told};
use super::card::{Tampering, TestCard};
use super::{Known, keys};

const DENIED: StatusWord = StatusWord::SECURITY_STATUS_NOT_SATISFIED;

fn card() -> TestCard {
    TestCard::new(keys(32, 0), Mode::S16)
}

fn try_open(card: &mut TestCard, keys: &StaticKeys, options: &Options) -> Error {
    host::open(card, keys, options, &mut Known(vec![9])).unwrap_err()
}

#[test]
fn public_keys_open_nothing_unless_allowed() {
    let public = || {
        let key = || SecretBytes::new((0x40..=0x4F).collect());
        StaticKeys::new(1, key(), key(), key()).unwrap()
    };
    let mut card = TestCard::new(public(), Mode::S16);
    let refused = try_open(&mut card, &public(), &Options::default());
    assert_eq!((refused, card.sent.len()), (Error::PublicTestKeys, 0));
    let options = Options {
        allow_test_keys: true,
        ..Options::default()
    };
    assert!(host::open(card, &public(), &options, &mut Known(vec![9])).is_ok());
}

#[test]
fn other_keys_are_noticed_before_they_cost_a_try() {
    let mut card = card();
    let error = try_open(&mut card, &keys(32, 1), &Options::default());
    assert!(matches!(error, Error::Untrusted(_)), "{error}");
    assert_eq!(card.sent.len(), 1, "no EXTERNAL AUTHENTICATE");
}

#[test]
fn what_the_card_cannot_do() {
    let s8 = Options {
        mode: Mode::S8,
        ..Options::default()
    };
    let refused = Error::CardRefused {
        command: Ins::INITIALIZE_UPDATE,
        sw: StatusWord::WRONG_LENGTH,
    };
    assert_eq!(try_open(&mut card(), &keys(32, 0), &s8), refused);

    let mut without_r_enc = card();
    without_r_enc.tamper = (0, |answer| answer.data[12] &= !0x40);
    let error = try_open(&mut without_r_enc, &keys(32, 0), &Options::default());
    assert!(matches!(error, Error::Unsupported(_)), "{error}");

    let mut other_version = card();
    other_version.tamper = (0, |answer| answer.data[10] = 0x31);
    let error = try_open(&mut other_version, &keys(32, 0), &Options::default());
    assert!(matches!(error, Error::CardMisbehaved(_)), "{error}");

    let mut scp02 = card();
    scp02.tamper = (0, |answer| answer.data[11] = 2);
    let error = try_open(&mut scp02, &keys(32, 0), &Options::default());
    assert!(matches!(error, Error::Unsupported(_)), "{error}");

    let mut short = card();
    short.tamper = (0, |answer| answer.data.truncate(30));
    let error = try_open(&mut short, &keys(32, 0), &Options::default());
    assert!(matches!(error, Error::Malformed { .. }), "{error}");
}

#[test]
fn a_changed_challenge_or_cryptogram_fails_the_card() {
    let tamperings: [Tampering; 4] = [
        |answer| answer.data[13] ^= 1,
        |answer| answer.data[28] ^= 0x80,
        |answer| answer.data[29] ^= 1,
        |answer| answer.data[44] ^= 0x80,
    ];
    for tamper in tamperings {
        let mut card = card();
        card.tamper = (0, tamper);
        let error = try_open(&mut card, &keys(32, 0), &Options::default());
        assert!(matches!(error, Error::Untrusted(_)), "{error}");
    }
}

/// The recorded handshake of an honest host, for the card to meet with one octet changed.
#[test]
fn a_changed_external_authenticate_is_refused() {
    let honest = open(card(), 32, &Options::default()).into_inner().sent;
    let [initialize_update, external_authenticate] = &honest[..] else {
        panic!("{honest:?}");
    };
    let check = |change: &dyn Fn(&mut CommandApdu), expected: StatusWord| {
        let mut card = card();
        card.transmit(initialize_update).unwrap();
        let mut changed = external_authenticate.clone();
        change(&mut changed);
        let answer = card.transmit(&changed).unwrap();
        assert_eq!(answer, ResponseApdu::from_sw(expected), "{changed:?}");
        // Whatever came of it, the next protected command finds no session unless this one was accepted.
        if !expected.is_ok() {
            let retry = card.transmit(external_authenticate).unwrap();
            assert_eq!(retry.sw, StatusWord::CONDITIONS_NOT_SATISFIED);
        }
    };
    let failed = StatusWord::AUTHENTICATION_FAILED;
    check(&|_| {}, StatusWord::OK);
    for at in 0..32 {
        check(&|c| c.data[at] ^= 0x10, failed);
    }
    check(&|c| c.p1 = 0x03, failed);
    check(&|c| c.p1 = 0x32, StatusWord::INCORRECT_P1_P2);
    check(&|c| c.p2 = 1, StatusWord::INCORRECT_P1_P2);
    check(&|c| c.data.truncate(31), StatusWord::WRONG_LENGTH);
    check(&|c| c.data.clear(), StatusWord::WRONG_LENGTH);
    check(&|c| c.cla = 0x80, StatusWord::CONDITIONS_NOT_SATISFIED);
    check(
        &|c| c.ins = Ins::SELECT,
        StatusWord::CONDITIONS_NOT_SATISFIED,
    );
}

#[test]
fn what_initialize_update_refuses() {
    let check = |command: CommandApdu, expected: StatusWord| {
        let answer = globalplatform::scp03::card::initialize_update(
            &command,
            &keys(32, 0),
            &globalplatform::scp03::card::CardParameters {
                diversification_data: [0; 10],
                mode: Mode::S16,
                challenge: globalplatform::scp03::card::CardChallenge::Random([1; 16]),
            },
        );
        assert_eq!(answer.map(|_| ()).unwrap_err(), expected, "{command:?}");
    };
    let good = || CommandApdu::new(0x80, Ins::INITIALIZE_UPDATE, 0, 0).with_data([1; 16]);
    let with = |change: fn(&mut CommandApdu)| {
        let mut command = good();
        change(&mut command);
        command
    };
    check(with(|c| c.cla = 0x84), StatusWord::CLA_NOT_SUPPORTED);
    check(with(|c| c.ins = Ins::SELECT), StatusWord::INS_NOT_SUPPORTED);
    check(with(|c| c.p2 = 1), StatusWord::INCORRECT_P1_P2);
    check(with(|c| c.data.truncate(8)), StatusWord::WRONG_LENGTH);
}

#[test]
fn the_card_denies_and_forgets() {
    let check = |change: &dyn Fn(&mut CommandApdu, &CommandApdu)| {
        // What an eavesdropper has: two protected commands of a session, the second not yet delivered.
        let mut channel = open(card(), 32, &Options::default());
        channel.transmit(&told(0x9000, &[1; 20])).unwrap();
        let heard = channel.into_inner().sent;
        let mut card = card();
        for command in &heard[..2] {
            assert!(card.transmit(command).unwrap().sw.is_ok());
        }
        let mut changed = heard[2].clone();
        change(&mut changed, &heard[1]);
        assert_eq!(card.transmit(&changed).unwrap().sw, DENIED, "{changed:?}");
        let next = card.transmit(&heard[2]).unwrap().sw;
        assert_eq!(next, StatusWord::CONDITIONS_NOT_SATISFIED, "no session");
        assert!(card.executed.is_empty());
    };
    for at in 0..48 {
        check(&|c, _| c.data[at] ^= 1);
    }
    check(&|c, _| c.p1 ^= 1);
    check(&|c, _| c.p2 ^= 1);
    check(&|c, _| c.ins = Ins::PUT_KEY);
    check(&|c, _| c.cla = 0x80);
    check(&|c, _| c.cla = 0x0C);
    check(&|c, _| c.data.truncate(47));
    check(&|c, _| c.data.truncate(3));
    check(&|c, _| c.data.clear());
    check(&|c, _| *c = c.clone().extended());
    check(&|c, earlier| *c = earlier.clone());
}

#[test]
fn a_replayed_command_is_denied() {
    let mut channel = open(card(), 32, &Options::default());
    channel.transmit(&told(0x9000, &[5])).unwrap();
    let mut card = channel.into_inner();
    let replayed = card.sent[2].clone();
    assert_eq!(card.transmit(&replayed).unwrap().sw, DENIED);
    assert_eq!(card.executed.len(), 1);
}

#[test]
fn the_host_closes_at_a_changed_answer() {
    let tamperings: [(&str, Tampering); 6] = [
        ("first octet", |a| a.data[0] ^= 1),
        ("last octet", |a| *a.data.last_mut().unwrap() ^= 0x80),
        ("status word", |a| a.sw = StatusWord::END_OF_FILE),
        ("cut", |a| a.data.truncate(a.data.len() - 1)),
        ("no MAC", |a| a.data.truncate(3)),
        ("no data", |a| a.data.clear()),
    ];
    for level in [SecurityLevel::CMacRMac, SecurityLevel::CEncREnc] {
        for (name, tamper) in tamperings {
            let options = Options {
                level,
                ..Options::default()
            };
            let mut card = card();
            card.tamper = (3, tamper);
            let mut channel = open(card, 32, &options);
            assert!(channel.transmit(&told(0x9000, &[1])).unwrap().sw.is_ok());
            let tampered = channel.transmit(&told(0x9000, &[2; 20]));
            assert!(
                matches!(tampered, Err(ChannelError::SecureMessaging { .. })),
                "{level:?} {name}: {tampered:?}"
            );
            assert!(!channel.is_open());
            let closed = channel.transmit(&told(0x9000, &[]));
            assert!(matches!(closed, Err(ChannelError::SecureMessaging { .. })));
            assert_eq!(channel.into_inner().sent.len(), 4, "nothing more was sent");
        }
    }
}

#[test]
fn an_error_made_on_the_way_gives_no_data() {
    let mut card = card();
    card.tamper = (2, |answer| answer.sw = StatusWord::FILE_NOT_FOUND);
    let mut channel = open(card, 32, &Options::default());
    let answer = channel.transmit(&told(0x9000, &[2; 20])).unwrap();
    assert_eq!(answer, ResponseApdu::from_sw(StatusWord::FILE_NOT_FOUND));
    assert!(
        channel.transmit(&told(0x9000, &[3])).unwrap().sw.is_ok(),
        "in step"
    );
}

#[test]
fn what_was_not_sent_does_not_count() {
    let mut card = card();
    card.limits = iso7816::Limits::SHORT;
    let mut channel = open(card, 32, &Options::default());
    let too_long = channel.transmit(&told(0x9000, &[0; 240]));
    assert!(matches!(too_long, Err(ChannelError::TooLong { .. })));
    let mut protected_twice = told(0x9000, &[]);
    protected_twice.cla = 0x84;
    let refused = channel.transmit(&protected_twice);
    assert!(matches!(refused, Err(ChannelError::Refused(_))));
    assert!(
        channel.transmit(&told(0x9000, &[1])).unwrap().sw.is_ok(),
        "in step"
    );
}

/// A line that breaks at a certain command.
struct Breaks(TestCard, usize);

impl Channel for Breaks {
    fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        let answer = self.0.transmit(command)?;
        if self.0.sent.len() == self.1 {
            return Err(ChannelError::CardLost);
        }
        Ok(answer)
    }
}

#[test]
fn a_lost_answer_closes_the_channel() {
    let line = Breaks(card(), 3);
    let mut channel =
        host::open(line, &keys(32, 0), &Options::default(), &mut Known(vec![1])).unwrap();
    let lost = channel.transmit(&told(0x9000, &[1]));
    assert_eq!(lost, Err(ChannelError::CardLost));
    assert!(!channel.is_open());
    let handshake = host::open(
        Breaks(card(), 2),
        &keys(32, 0),
        &Options::default(),
        &mut Known(vec![1]),
    );
    assert_eq!(
        handshake.unwrap_err(),
        Error::Transport(ChannelError::CardLost)
    );
}

proptest! {
    /// Sequences of anything: the card neither panics nor executes.
    #[test]
    fn a_stranger_gets_nowhere(
        commands in proptest::collection::vec(
            (
                prop_oneof![Just(0x80u8), Just(0x84), any::<u8>()],
                prop_oneof![Just(0x50u8), Just(0x82), Just(1), any::<u8>()],
                prop_oneof![Just(0u8), Just(0x33), any::<u8>()],
                proptest::collection::vec(any::<u8>(), 0..70),
            ),
            0..12,
        ),
        begun: bool,
    ) {
        let mut card = card();
        if begun {
            let channel = open(card, 32, &Options::default());
            card = channel.into_inner();
        }
        for (cla, ins, p1, data) in commands {
            let command = CommandApdu::new(cla, Ins(ins), p1, 0).with_data(data);
            card.transmit(&command).unwrap();
        }
        prop_assert!(card.executed.is_empty());
    }

    /// A card that answers anything: the host neither panics nor believes.
    #[test]
    fn an_impostor_gets_nowhere(answer in proptest::collection::vec(any::<u8>(), 2..60), fits: bool) {
        struct Impostor(Vec<u8>);
        impl Channel for Impostor {
            fn transmit(&mut self, _: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
                Ok(ResponseApdu::parse(&self.0)?)
            }
        }
        let mut answer = answer;
        if fits {
            answer.resize(48, 0);
            answer[10..13].copy_from_slice(&[0x30, 3, 0x71]);
            answer.extend([0x90, 0]);
        }
        let opened = host::open(Impostor(answer), &keys(32, 0), &Options::default(), &mut Known(vec![1]));
        prop_assert!(opened.is_err());
    }
}
