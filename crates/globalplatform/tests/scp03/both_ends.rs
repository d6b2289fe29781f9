//! Host and card, every size of key, every mode, every level.

use globalplatform::scp03::host::{self, Options};
use globalplatform::scp03::{Scp03Channel, max_command_data, max_response_data};
use globalplatform::{Mode, SecurityLevel};
use iso7816::{Channel, CommandApdu, Le, Limits, ResponseApdu, StatusWord};

use super::card::{DO_AS_TOLD, TestCard};
use super::{Known, keys};

pub(crate) fn open(card: TestCard, key_len: usize, options: &Options) -> Scp03Channel<TestCard> {
    host::open(
        card,
        &keys(key_len, 0),
        options,
        &mut Known(vec![3, 1, 4, 1, 5]),
    )
    .unwrap()
}

pub(crate) fn told(sw: u16, data: &[u8]) -> CommandApdu {
    let [p1, p2] = sw.to_be_bytes();
    CommandApdu::new(0x80, DO_AS_TOLD, p1, p2).with_data(data)
}

fn table() -> impl Iterator<Item = (usize, Options)> {
    let sizes_and_modes = [16, 24, 32].map(|len| [(len, Mode::S8), (len, Mode::S16)]);
    sizes_and_modes
        .into_iter()
        .flatten()
        .flat_map(|(len, mode)| {
            SecurityLevel::ALL.map(|level| {
                let options = Options {
                    mode,
                    level,
                    allow_test_keys: false,
                };
                (len, options)
            })
        })
}

#[test]
fn every_combination_talks() {
    for (key_len, options) in table() {
        let card = TestCard::new(keys(key_len, 0), options.mode);
        let mut channel = open(card, key_len, &options);
        assert_eq!(&channel.card().diversification_data, b"TESTCARD01");
        assert_eq!(channel.card().sequence_counter, Some([0, 0, 1]));
        let commands = conversation();
        for command in &commands {
            let answer = channel.transmit(command).unwrap();
            assert_eq!(answer, expected(command), "{options:?} {command:?}");
        }
        let card = channel.into_inner();
        for (meant, executed) in commands.iter().zip(&card.executed) {
            assert_eq!(meant.header(), executed.header());
            assert_eq!(meant.data, executed.data, "{options:?} {meant:?}");
        }
        protected_as_promised(&card, options.level);
    }
}

/// All four cases of ISO 7816-3, data around the ends of blocks, success, warnings and errors, extended length.
fn conversation() -> Vec<CommandApdu> {
    let data: Vec<u8> = (0..=255).cycle().take(60_000).collect();
    let mut commands = vec![told(0x9000, &[]), told(0x9000, &[]).with_le(Le::SHORT_MAX)];
    for len in [1, 15, 16, 17, 223, 224, 1_000, 60_000] {
        commands.push(told(0x9000, &data[..len]));
        commands.push(told(0x9000, &data[..len]).with_le(Le::saturating(len.min(200))));
        commands.push(told(0x6282, &data[..len]).with_le(Le::EXTENDED_MAX));
    }
    for sw in [0x6282, 0x63C2, 0x6110, 0x6A82, 0x6982, 0x6F00] {
        commands.push(told(sw, &[]));
        commands.push(told(sw, &[1, 2, 3]).extended());
    }
    commands
}

fn expected(command: &CommandApdu) -> ResponseApdu {
    let sw = StatusWord(u16::from_be_bytes([command.p1, command.p2]));
    if sw.is_ok() || sw.is_warning() {
        ResponseApdu::new(command.data.to_vec(), sw)
    } else {
        ResponseApdu::from_sw(sw)
    }
}

/// What an eavesdropper saw after the handshake.
fn protected_as_promised(card: &TestCard, level: SecurityLevel) {
    let exchanges = card.sent.iter().zip(&card.answers).skip(2);
    for ((sent, answer), plain) in exchanges.zip(&card.executed) {
        assert_eq!(sent.cla, 0x84);
        assert!(sent.data.len() > plain.data.len(), "there is a MAC");
        if plain.data.len() >= 15 {
            let visible = |data: &[u8]| data.windows(15).any(|part| *part == plain.data[..15]);
            assert_eq!(visible(&sent.data), !level.encrypts_commands());
            if answer.sw.is_ok() {
                assert_eq!(visible(&answer.data), !level.encrypts_responses());
            }
        }
        if answer.sw.is_error() {
            assert!(answer.data.is_empty());
        } else if answer.sw.is_ok() {
            let longer = answer.data.len() > plain.data.len();
            assert_eq!(longer, level.macs_responses());
        }
    }
}

#[test]
fn limits_are_what_fits() {
    for line in [
        Limits::SHORT,
        Limits {
            max_command: 2_048,
            max_response: 1_024,
        },
    ] {
        for (key_len, options) in table() {
            let mut card = TestCard::new(keys(key_len, 0), options.mode);
            card.limits = line;
            let mut channel = open(card, key_len, &options);
            let most = max_command_data(options.mode, options.level, line).min(max_response_data(
                options.mode,
                options.level,
                line,
            ));
            assert_eq!(channel.limits().allow_extended(), line.allow_extended());
            let command = told(0x9000, &vec![7; most]).with_le(Le::saturating(most));
            assert!(command.to_bytes().unwrap().len() <= channel.limits().max_command);
            assert_eq!(channel.transmit(&command).unwrap().data.len(), most);
        }
    }
}

#[test]
fn a_long_session() {
    let options = Options::default();
    let mut channel = open(TestCard::new(keys(32, 0), Mode::S16), 32, &options);
    for n in 0..1_000u16 {
        let data = n.to_be_bytes();
        assert_eq!(channel.transmit(&told(0x9000, &data)).unwrap().data, data);
    }
    assert!(channel.is_open());
}

#[test]
fn one_card_opens_many_channels() {
    let mut card = TestCard::new(keys(32, 0), Mode::S16);
    for counter in 1..=3 {
        let mut channel = open(card, 32, &Options::default());
        assert_eq!(channel.card().sequence_counter, Some([0, 0, counter]));
        assert!(channel.transmit(&told(0x9000, &[1])).unwrap().sw.is_ok());
        card = channel.into_inner();
    }
}
