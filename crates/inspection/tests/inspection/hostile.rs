//! Chips that lie, stammer and never end: the inspection ends, and not well for them.

use core::time::Duration;
use std::collections::BTreeMap;

use inspection::Outcome::{Aborted, Failed, NotSupported, Successful};
use inspection::{AccessChoice, Config, Data, Report};
use iso7816::tlv::{self, Tag};
use iso7816::{Channel, ChannelError, CommandApdu, FileId, Ins, Limits, ResponseApdu, StatusWord};
use lds::{File, MAX_FILE_LEN, Parent};
use pki::TrustStore;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng};
use transport::{Fault, FaultChannel, FaultPlan};

use crate::border::{Border, Card, outcome, table};
use crate::office::{Kind, NOW, PASSPORT};

/// No inspection of these chips takes more commands.
const MOST_COMMANDS: usize = 100_000;

/// A chip that answers by a rule and stops the test when it is asked for ever.
pub struct Liar<F> {
    answer: F,
    limits: Limits,
    pub commands: usize,
}

impl<F: FnMut(&CommandApdu) -> ResponseApdu> Liar<F> {
    pub fn new(answer: F) -> Self {
        Self {
            answer,
            limits: Limits::EXTENDED,
            commands: 0,
        }
    }
}

impl<F: FnMut(&CommandApdu) -> ResponseApdu> Channel for Liar<F> {
    fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        self.commands += 1;
        assert!(self.commands <= MOST_COMMANDS, "no end");
        Ok((self.answer)(command))
    }

    fn limits(&self) -> Limits {
        self.limits
    }
}

/// An inspection of a chip without access control, so that every file is reached.
pub fn inspect_open(line: &mut dyn Channel, trust: &TrustStore) -> Report {
    let config = Config {
        passwords: &[],
        access: inspection::AccessChoice::Automatic,
        printed_mrz: None,
        terminal: None,
        trust,
        now: NOW,
        extended_length: true,
        clock: &|| Duration::ZERO,
    };
    inspection::inspect(line, &config, &mut StdRng::seed_from_u64(1), &mut |_| {})
}

#[test]
fn one_answer_for_everything() {
    let card = Card::of(PASSPORT, Kind::Extended);
    let long = vec![0x30; 200];
    let answers = [
        (vec![], 0x9000),
        (vec![], 0x6100),
        (vec![7], 0x6100),
        (long.clone(), 0x61FF),
        (vec![], 0x6C00),
        (vec![], 0x6C01),
        (vec![], 0x6700),
        (vec![], 0x6A82),
        (vec![], 0x6982),
        (vec![], 0x6300),
        (long, 0x9000),
        (vec![0x60, 0x84, 0xFF, 0xFF, 0xFF, 0xFF], 0x9000),
        (vec![0x60, 0x80], 0x9000),
        (vec![0x6D; 6], 0x6282),
    ];
    for (data, sw) in answers {
        let mut liar = Liar::new(|_: &CommandApdu| ResponseApdu::new(data.clone(), StatusWord(sw)));
        let report = Border::with_mrz(&card).inspect(&mut liar);
        assert_ne!(report.overall(), Successful, "{sw:04X}");
        let mut open = Liar::new(|_: &CommandApdu| ResponseApdu::new(data.clone(), StatusWord(sw)));
        let report = inspect_open(&mut open, &card.trust());
        assert_ne!(report.overall(), Successful, "{sw:04X}");
        println!(
            "{sw:04X}, {} octets: {} and {} commands",
            data.len(),
            liar.commands,
            open.commands
        );
    }
}

/// A chip without access control that has files and reads them out in blocks of a length.
fn open_chip(
    files: BTreeMap<File, Vec<u8>>,
    block: usize,
) -> Liar<impl FnMut(&CommandApdu) -> ResponseApdu> {
    let mut current: Option<File> = None;
    Liar::new(move |command: &CommandApdu| {
        let by = |wanted: &dyn Fn(&File) -> bool| files.keys().copied().find(wanted);
        let offset = match command.ins {
            Ins::SELECT if command.p1 == 0x04 => return ResponseApdu::from_sw(StatusWord::OK),
            Ins::SELECT => {
                let id = command
                    .data
                    .as_slice()
                    .try_into()
                    .map(u16::from_be_bytes)
                    .map_err(drop);
                current = by(&|file| id == Ok::<_, ()>(file.id().0));
                let found = current.map_or(StatusWord::FILE_NOT_FOUND, |_| StatusWord::OK);
                return ResponseApdu::from_sw(found);
            }
            Ins::READ_BINARY if command.p1 & 0x80 != 0 => {
                current =
                    by(&|file| file.sfi().as_p1() == command.p1 && file.id() != FileId(0x2F01));
                usize::from(command.p2)
            }
            Ins::READ_BINARY => usize::from(u16::from_be_bytes([command.p1, command.p2])),
            Ins::READ_BINARY_ODD => command.data[2..]
                .iter()
                .fold(0, |n, octet| n << 8 | usize::from(*octet)),
            _ => return ResponseApdu::from_sw(StatusWord::INS_NOT_SUPPORTED),
        };
        let Some(file) = current else {
            let closed = command.p1 == File::Dg3.sfi().as_p1();
            return ResponseApdu::from_sw(if closed {
                StatusWord::SECURITY_STATUS_NOT_SATISFIED
            } else {
                StatusWord::FILE_NOT_FOUND
            });
        };
        let rest = files[&file].get(offset..).unwrap_or_default();
        let le = command.le.map_or(0, |le| le.get() as usize);
        let data = &rest[..rest.len().min(block).min(le)];
        if data.is_empty() {
            return ResponseApdu::from_sw(StatusWord::WRONG_OFFSET);
        }
        match command.ins {
            Ins::READ_BINARY_ODD => {
                ResponseApdu::new(tlv::encode(Tag::new(0x53), data), StatusWord::OK)
            }
            _ => ResponseApdu::new(data.to_vec(), StatusWord::OK),
        }
    })
}

fn files_of(card: &Card) -> BTreeMap<File, Vec<u8>> {
    [
        File::Com,
        File::Sod,
        File::Dg1,
        File::Dg2,
        File::Dg11,
        File::Dg12,
        File::Dg14,
        File::Dg15,
    ]
    .into_iter()
    .map(|file| (file, card.file(file)))
    .collect()
}

/// The measure for the tests below: such a chip is read, its data are verified, and it is a copy: the chip that they were made for
/// has access control, because it has chip authentication.
#[test]
fn a_chip_without_access_control() {
    let card = Card::of(PASSPORT, Kind::Extended);
    let mut chip = open_chip(files_of(&card), 256);
    let report = inspect_open(&mut chip, &card.trust());
    assert_eq!(
        outcome(&report, "data-groups"),
        Successful,
        "{}",
        table(&report)
    );
    assert!(matches!(report.data, Data::Verified(_)));
    assert_eq!(outcome(&report, "chip-authentication"), Failed);
    assert_eq!(report.overall(), Failed);
}

/// Short identifiers would name files of the master file.
#[test]
fn an_application_that_was_not_selected_is_not_read() {
    let card = Card::of(PASSPORT, Kind::Extended);
    for sw in [0x6A81, 0x6A82, 0x6982, 0x6283, 0x6999, 0x6F00] {
        let mut chip = open_chip(files_of(&card), 256);
        let mut line = Liar::new(|command: &CommandApdu| match command.p1 {
            0x04 if command.ins == Ins::SELECT => ResponseApdu::from_sw(StatusWord(sw)),
            _ => chip.transmit(command).unwrap(),
        });
        let report = inspect_open(&mut line, &card.trust());
        assert_ne!(report.overall(), Successful, "{sw:04X}");
        let mut read = report.data.as_shown().files.keys();
        assert!(read.all(|file| file.parent() != Parent::Application));
    }
}

/// Whoever has read the zone tries BAC first, and such a chip does not know it.
#[test]
fn a_chip_without_access_control_and_a_terminal_with_a_password() {
    let card = Card::of(PASSPORT, Kind::Extended);
    let mut chip = open_chip(files_of(&card), 256);
    let report = Border::with_mrz(&card).inspect(&mut chip);
    let bac = report.check("bac").unwrap();
    assert_eq!(bac.finding.outcome, NotSupported, "{}", table(&report));
    assert_eq!(bac.finding.cause, "the chip has no access control");
    assert!(matches!(report.data, Data::Verified(_)));

    let mut chip = open_chip(files_of(&card), 256);
    let asks_for_bac = Border {
        access: AccessChoice::Bac,
        ..Border::with_mrz(&card)
    };
    let report = asks_for_bac.inspect(&mut chip);
    assert_eq!(outcome(&report, "bac"), Failed, "{}", table(&report));
    assert!(matches!(report.data, Data::Unverified(_)));
}

/// Every group as long as a file may be, in blocks that are just long enough.
#[test]
fn a_chip_that_keeps_the_terminal_busy() {
    let card = Card::of(PASSPORT, Kind::Extended);
    let mut files = files_of(&card);
    files.remove(&File::Sod);
    for file in File::data_groups() {
        let tag = u8::try_from(file.tag().unwrap().get()).unwrap();
        let mut long = vec![tag, 0x83, 0x0F, 0xFF, 0x00];
        long.resize(MAX_FILE_LEN, 0);
        files.insert(file, long);
    }
    let tags = files.keys().filter_map(|file| file.tag());
    let listed: Vec<u8> = tags.map(|tag| u8::try_from(tag.get()).unwrap()).collect();
    let list = tlv::encode(Tag::new(0x5C), &listed);
    files.insert(File::Com, tlv::encode(Tag::new(0x60), &list));
    let mut chip = open_chip(files, 40);
    let report = inspect_open(&mut chip, &card.trust());
    assert_eq!(report.overall(), Aborted, "{}", table(&report));
    assert!(chip.commands < 20_100, "{}", chip.commands);
}

#[test]
fn files_without_end() {
    let card = Card::of(PASSPORT, Kind::Extended);
    let longest = u32::try_from(MAX_FILE_LEN - 6).unwrap().to_be_bytes();
    for (header, block) in [
        (vec![0x84, 0xFF, 0xFF, 0xFF, 0xFF], 256),
        (vec![0x84, 0x7F, 0xFF, 0xFF, 0xFF], 1),
        ([&[0x84][..], &longest].concat(), 256),
        ([&[0x84][..], &longest].concat(), 1),
        (vec![0x83, 0x0F, 0x00, 0x00], 7),
    ] {
        for file in [File::Com, File::Sod, File::Dg1, File::Dg2, File::Dg14] {
            let mut files = files_of(&card);
            let tag = files[&file][0];
            let mut endless = [&[tag][..], &header].concat();
            endless.resize(MAX_FILE_LEN, 0);
            files.insert(file, endless);
            let mut chip = open_chip(files, block.max(8));
            let report = inspect_open(&mut chip, &card.trust());
            assert_ne!(report.overall(), Successful);
            let mut dribble = open_chip(BTreeMap::from([(file, vec![tag; 3])]), block);
            inspect_open(&mut dribble, &card.trust());
        }
    }
}

/// An octet at a time, of a file that is as long as a file may be.
#[test]
fn a_file_in_crumbs() {
    let card = Card::of(PASSPORT, Kind::Extended);
    let mut files = files_of(&card);
    let mut long = vec![0x75, 0x83, 0x0F, 0xFF, 0x00];
    long.resize(MAX_FILE_LEN, 0);
    files.insert(File::Dg2, long);
    let mut first = true;
    let mut chip = open_chip(files, 256);
    let mut crumbs = Liar::new(|command: &CommandApdu| {
        let mut answer = chip.transmit(command).unwrap();
        if command.ins == Ins::READ_BINARY && command.p1 & 0x80 == 0 && !first {
            answer.data.truncate(1);
        }
        first = false;
        answer
    });
    let report = inspect_open(&mut crumbs, &card.trust());
    println!("crumbs: {} commands", crumbs.commands);
    assert_eq!(outcome(&report, "dg2"), Failed, "{}", table(&report));
    assert!(crumbs.commands < 10_000);
}

#[test]
fn deep_and_broken_data_objects() {
    let card = Card::of(PASSPORT, Kind::Extended);
    let genuine = files_of(&card);
    let deep = |tag: u8, inner: u8| {
        let nested = (0..2_000).fold(Vec::new(), |value, _| {
            tlv::encode(Tag::new(inner.into()), &value)
        });
        tlv::encode(Tag::new(tag.into()), &nested)
    };
    for file in genuine.keys() {
        let tag = genuine[file][0];
        let many = tlv::encode(Tag::new(tag.into()), &[0x30, 0x00].repeat(15_000));
        for content in [
            deep(tag, 0x30),
            deep(tag, 0x7F),
            deep(tag, 0x31),
            deep(tag, tag),
            many,
        ] {
            let mut files = genuine.clone();
            files.insert(*file, content);
            let mut chip = open_chip(files, 256);
            let report = inspect_open(&mut chip, &card.trust());
            assert_ne!(report.overall(), Successful);
            let read = report
                .data
                .verified()
                .and_then(|document| document.files.get(file));
            assert!(
                read.is_none() || *file == File::Com,
                "{file}\n{}",
                table(&report)
            );
        }
    }
    for seed in 0..600 {
        let mut dice = StdRng::seed_from_u64(seed);
        let mut files = genuine.clone();
        let names: Vec<File> = files.keys().copied().collect();
        let file = names[dice.random_range(0..names.len())];
        let content = files.get_mut(&file).unwrap();
        for _ in 0..dice.random_range(1..6) {
            let at = dice.random_range(0..content.len());
            match dice.random_range(0..3) {
                0 => content[at] = dice.random(),
                1 => drop(content.splice(at..at, [dice.random::<u8>(), dice.random()])),
                _ => drop(content.splice(at..content.len().min(at + 3), [])),
            }
        }
        let mut chip = open_chip(files, 256);
        let report = inspect_open(&mut chip, &card.trust());
        assert_ne!(report.overall(), Successful);
        for (file, bytes) in report
            .data
            .verified()
            .iter()
            .flat_map(|document| &document.files)
        {
            let is_signed = file.dg_number().is_some();
            assert!(!is_signed || *bytes == genuine[file], "{seed} {file}");
        }
    }
}

/// Wrong MACs, cut and plain answers at every command of the session.
#[test]
fn lies_inside_the_session() {
    let card = Card::of(PASSPORT, Kind::Extended);
    /// EF.ATR/INFO, EF.CardAccess, five of PACE.
    const PLAIN_COMMANDS: u64 = 7;
    let border = Border::with_can(&card);
    let (mut lies, mut endings) = (0, BTreeMap::new());
    for fault in [
        Fault::FlipBit(0),
        Fault::FlipBit(21),
        Fault::FlipBit(150),
        Fault::Truncate(0),
        Fault::Truncate(13),
        Fault::Answer(StatusWord::OK),
        Fault::Answer(StatusWord::FILE_NOT_FOUND),
        Fault::Answer(StatusWord::NO_PRECISE_DIAGNOSIS),
    ] {
        let may_be_refusal = match fault {
            Fault::Answer(sw) => sw.is_error(),
            fault => fault == Fault::Truncate(0),
        };
        for n in PLAIN_COMMANDS.. {
            let mut line = FaultChannel::new(card.power_on(), FaultPlan::new().at(n, fault));
            let report = border.inspect(&mut line);
            if line.sent() <= n {
                break;
            }
            lies += 1;
            let overall = report.overall();
            assert!(
                matches!(overall, Aborted | Failed)
                    || may_be_refusal && is_whole_and_says_so(&report, &card),
                "{fault:?} at {n}\n{}",
                table(&report)
            );
            *endings.entry(overall.word()).or_insert(0) += 1;
        }
    }
    println!("{lies} lies: {endings:?}");
}

/// A plain refusal of a file says that the session is over. It is built anew, everything is proven once more, and no file is
/// thought to be absent for it.
fn is_whole_and_says_so(report: &Report, card: &Card) -> bool {
    let says_so = report.checks.iter().any(|check| {
        let mut deviations = check.deviations.iter();
        deviations.any(|text| text == "the chip has lost the session, which was built anew")
    });
    let absent = |error: &inspection::ReadError| matches!(error, inspection::ReadError::Absent(_));
    let whole = |(file, bytes): (&File, &Vec<u8>)| *bytes == card.file(*file);
    says_so
        && report.overall() == Successful
        && !report.unread.values().any(absent)
        && report
            .data
            .verified()
            .is_some_and(|data| data.files.iter().all(whole))
        && outcome(report, "chip-authentication") == Successful
}

/// A refused length outside secure messaging is survived: nothing is lost but a command.
#[test]
fn refused_lengths_are_survived() {
    let card = Card::of(PASSPORT, Kind::Extended);
    let border = Border::with_can(&card);
    let mut survived = 0;
    for sw in [StatusWord::WRONG_LENGTH, StatusWord(0x6C40)] {
        for n in 0.. {
            let plan = FaultPlan::new().at(n, Fault::Answer(sw));
            let mut line = FaultChannel::new(card.power_on(), plan);
            let report = border.inspect(&mut line);
            if line.sent() <= n {
                break;
            }
            assert!(line.sent() < 200);
            if report.overall() == Successful {
                survived += 1;
                let whole = |(file, bytes): (&File, &Vec<u8>)| *bytes == card.file(*file);
                assert!(report.data.verified().unwrap().files.iter().all(whole));
            }
        }
    }
    println!("{survived} refused lengths survived");
    assert!(survived > 20);
}

/// Somebody on the line who answers everything himself from some command on.
#[test]
fn a_stranger_takes_over() {
    let card = Card::of(PASSPORT, Kind::Extended);
    for from in 0..60 {
        let mut genuine = card.power_on();
        let mut passed = 0;
        let mut line = Liar::new(|command: &CommandApdu| {
            passed += 1;
            if passed > from {
                ResponseApdu::new(vec![0x42; 20], StatusWord::OK)
            } else {
                genuine.transmit(command).unwrap()
            }
        });
        let report = Border::with_can(&card).inspect(&mut line);
        if line.commands <= from {
            assert_eq!(report.overall(), Successful);
            return;
        }
        assert_ne!(report.overall(), Successful, "{from}\n{}", table(&report));
    }
    panic!("an inspection of more than sixty commands");
}
