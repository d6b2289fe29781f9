//! A chip in a real slot of a running pcscd, reached through PC/SC like any card.
//!
//! `cargo xtask test` starts a daemon of its own and sets `CARD_TOOLCHAIN_VPCD` (host:port of the slots of the virtual
//! reader) and `PCSCLITE_CSOCK_NAME` (that daemon's socket). Without that the test is ignored, and counted as such.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use iso7816::{Channel, ChannelError, Chip, CommandApdu, Ins, Le, ResponseApdu, StatusWord};
use transport::pcsc::{Monitor, Options, PcscChannel, Share, Slot, Usage, readers};
use transport::vpcd::{self, End, Served, StopHandle};
use transport::{Error, ReaderSelector};

/// No other card has these historical bytes: the reader is found by them, not by its name.
const ATR: [u8; 9] = [0x3B, 0x84, 0x80, 0x01, b'T', b'E', b'S', b'T', 0x13];
const PATIENCE: Option<Duration> = Some(Duration::from_secs(10));

const REMEMBER: Ins = Ins(0x05);
const PULL_ME_OUT: Ins = Ins(0x06);

/// Remembers one octet until it is reset, answers READ BINARY with as much as is asked for, leaves the reader on demand.
struct TestChip {
    remembered: u8,
    resets: Arc<AtomicU32>,
    stop: StopHandle,
}

impl Chip for TestChip {
    fn atr(&self) -> Vec<u8> {
        ATR.to_vec()
    }

    fn reset(&mut self) {
        self.remembered = 0;
        self.resets.fetch_add(1, Ordering::SeqCst);
    }

    fn execute(&mut self, command: &[u8]) -> Vec<u8> {
        let command = CommandApdu::parse(command).expect("the driver passes APDUs unchanged");
        let data = match command.ins {
            REMEMBER => {
                let before = std::mem::replace(&mut self.remembered, command.p1);
                vec![before]
            }
            PULL_ME_OUT => {
                self.stop.stop();
                vec![]
            }
            _ => vec![0xA5; command.le.map_or(0, |le| le.get() as usize)],
        };
        ResponseApdu::new(data, StatusWord::OK).to_bytes()
    }
}

struct Card {
    resets: Arc<AtomicU32>,
    thread: JoinHandle<transport::Result<Served>>,
}

impl Card {
    fn insert(address: &str) -> Self {
        let connection =
            vpcd::connect(address, &ATR, Duration::from_secs(10)).expect("the slot is free");
        let resets = Arc::new(AtomicU32::new(0));
        let mut chip = TestChip {
            remembered: 0,
            resets: Arc::clone(&resets),
            stop: connection.stop_handle().unwrap(),
        };
        let thread = thread::spawn(move || connection.serve(&mut chip));
        Self { resets, thread }
    }

    fn resets(&self) -> u32 {
        self.resets.load(Ordering::SeqCst)
    }
}

fn remember(value: u8) -> CommandApdu {
    CommandApdu::new(0, REMEMBER, value, 0).with_le(Le::new(1).unwrap())
}

fn read(le: usize) -> CommandApdu {
    CommandApdu::new(0, Ins::READ_BINARY, 0, 0).with_le(Le::saturating(le))
}

/// Name of the reader that holds our card.
fn reader_of_card(monitor: &Monitor) -> String {
    monitor
        .wait_until(PATIENCE, |readers| {
            let ours = readers.iter().find(
                |reader| matches!(&reader.slot, Slot::Card { atr, .. } if atr.as_slice() == ATR),
            );
            ours.map(|reader| reader.name.clone())
        })
        .unwrap_or_else(|e| panic!("{e}: {:?}", readers()))
}

#[test]
#[ignore = "needs the pcscd that `cargo xtask test` starts"]
fn a_card_in_a_real_reader() {
    let slots = std::env::var("CARD_TOOLCHAIN_VPCD").expect("`cargo xtask test` names the slots");
    let address = slots.split(',').next().unwrap().to_owned();
    let monitor = Monitor::new().expect("the daemon answers");
    let card = Card::insert(&address);
    let reader = reader_of_card(&monitor);

    commands_of_all_sizes(&reader);
    leaving_and_coming_resets(&reader, &card);
    one_program_at_a_time(&reader);
    a_wait_can_be_cancelled(&reader);
    losing_the_card(&reader, &monitor, card);

    let again = Card::insert(&address);
    assert_eq!(reader_of_card(&monitor), reader, "another card, same slot");
    let mut channel = open(&reader).unwrap();
    assert_eq!(channel.transmit(&remember(1)).unwrap().data, [0]);
    let _ = channel.transmit(&CommandApdu::new(0, PULL_ME_OUT, 0, 0));
    assert_eq!(again.thread.join().unwrap().unwrap().end, End::Stopped);
}

fn open(reader: &str) -> transport::Result<PcscChannel> {
    PcscChannel::open(&reader.parse().unwrap(), Options::default())
}

fn commands_of_all_sizes(reader: &str) {
    let mut channel = open(reader).unwrap();
    assert_eq!((channel.atr(), channel.reader()), (&ATR[..], reader));
    assert!(channel.limits().allow_extended());
    for le in [1, 256, 257, 4096, 65_533] {
        let answer = channel.transmit(&read(le)).unwrap();
        assert_eq!((answer.data.len(), answer.sw), (le, StatusWord::OK));
    }
    for lc in [1, 255, 256, 65_526] {
        let command = CommandApdu::new(0, Ins::STORE_DATA, 0, 0).with_data(vec![1; lc]);
        assert!(channel.transmit(&command).unwrap().sw.is_ok(), "{lc}");
    }
    let too_long = CommandApdu::new(0, Ins::STORE_DATA, 0, 0).with_data(vec![1; 65_530]);
    assert!(matches!(
        channel.transmit(&too_long),
        Err(ChannelError::TooLong { .. })
    ));
    assert!(channel.transmit(&read(1)).is_ok(), "nothing was sent");
    let short_only = Options {
        short_only: true,
        ..Options::default()
    };
    drop(channel);
    let channel = PcscChannel::open(&reader.parse().unwrap(), short_only).unwrap();
    assert!(!channel.limits().allow_extended());
}

fn leaving_and_coming_resets(reader: &str, card: &Card) {
    let mut channel = open(reader).unwrap();
    channel.transmit(&remember(7)).unwrap();
    assert_eq!(channel.transmit(&remember(8)).unwrap().data, [7]);
    channel.reset().unwrap();
    assert_eq!(channel.transmit(&remember(9)).unwrap().data, [0]);
    let before = card.resets();
    drop(channel);
    assert!(card.resets() > before, "leaving resets");
    let before = card.resets();
    let mut channel = open(reader).unwrap();
    assert!(card.resets() > before, "coming resets");
    assert_eq!(channel.transmit(&remember(1)).unwrap().data, [0]);
}

fn one_program_at_a_time(reader: &str) {
    let usage = || {
        let readers = readers().unwrap();
        let ours = readers.into_iter().find(|r| r.name == reader).unwrap();
        match ours.slot {
            Slot::Card { usage, .. } => usage,
            other => panic!("{other:?}"),
        }
    };
    let mut first = open(reader).unwrap();
    assert_eq!(usage(), Usage::Exclusive);
    match open(reader) {
        Err(Error::Sharing { reader: busy }) => assert_eq!(busy, reader),
        other => panic!("{other:?}"),
    }
    assert!(first.transmit(&read(1)).is_ok(), "not disturbed");
    drop(first);

    let shared = Options {
        share: Share::Shared,
        ..Options::default()
    };
    let selector: ReaderSelector = reader.parse().unwrap();
    let mut first = PcscChannel::open(&selector, shared).unwrap();
    assert_eq!(usage(), Usage::Shared);
    let _second = PcscChannel::open(&selector, shared).unwrap();
    let cut_off = first.transmit(&read(1));
    assert_eq!(cut_off, Err(ChannelError::CardReset), "by the second one");
    assert_eq!(first.transmit(&read(1)), Err(ChannelError::CardReset));
    first.reset().unwrap();
    assert!(first.transmit(&read(1)).is_ok());
}

fn a_wait_can_be_cancelled(reader: &str) {
    let monitor = Monitor::new().unwrap();
    let handle = monitor.cancel_handle();
    let start = Instant::now();
    let canceller = thread::spawn(move || {
        thread::sleep(Duration::from_millis(300));
        handle.cancel();
    });
    let ended = monitor.wait_for_removal(reader, PATIENCE);
    assert!(matches!(ended, Err(Error::Cancelled)), "{ended:?}");
    assert!(start.elapsed() < Duration::from_secs(2));
    canceller.join().unwrap();

    let monitor = Monitor::new().unwrap();
    let ended = monitor.wait_for_removal(reader, Some(Duration::from_millis(300)));
    assert!(matches!(ended, Err(Error::Timeout)), "{ended:?}");
}

fn losing_the_card(reader: &str, monitor: &Monitor, card: Card) {
    let mut channel = open(reader).unwrap();
    let lost = channel.transmit(&CommandApdu::new(0, PULL_ME_OUT, 0, 0));
    assert_eq!(lost, Err(ChannelError::CardLost));
    assert_eq!(channel.transmit(&read(1)), Err(ChannelError::CardLost));
    assert_eq!(channel.reset(), Err(ChannelError::CardLost));
    monitor.wait_for_removal(reader, PATIENCE).unwrap();
    drop(channel);
    assert_eq!(card.thread.join().unwrap().unwrap().end, End::Stopped);
    match open(reader) {
        Err(Error::NoCard { readers }) => assert_eq!(readers, [reader]),
        other => panic!("{other:?}"),
    }
}
