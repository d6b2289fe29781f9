//! Chips of every manner, and what their files cost.

use crypto::HashAlgorithm;
use iso7816::tlv::{self, Tag};
use iso7816::{Channel, ChannelError, CommandApdu, Ins, Le, Limits, ResponseApdu, StatusWord};
use lds::File;

use super::*;

/// A chip with one file and a way of its own.
struct OneFile {
    file: Vec<u8>,
    most: usize,
    refuse_above: u32,
    sfi: bool,
    extended: bool,
    commands: usize,
    /// What follows data.
    sw: StatusWord,
}

impl Channel for OneFile {
    fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        self.commands += 1;
        let sw = |sw| Ok(ResponseApdu::from_sw(sw));
        let le = command.le.map_or(0, Le::get);
        let offset = match (command.ins, command.p1) {
            (Ins::SELECT, _) => return sw(StatusWord::OK),
            (Ins::READ_BINARY, p1) if p1 & 0x80 != 0 && !self.sfi => {
                return sw(StatusWord::INCORRECT_P1_P2);
            }
            (Ins::READ_BINARY, p1) if p1 & 0x80 != 0 => usize::from(command.p2),
            (Ins::READ_BINARY, p1) => usize::from(u16::from_be_bytes([p1, command.p2])),
            (Ins::READ_BINARY_ODD, _) => command.data[2..]
                .iter()
                .fold(0, |n, b| n << 8 | usize::from(*b)),
            _ => return sw(StatusWord::INS_NOT_SUPPORTED),
        };
        if le > self.refuse_above || (le > 256 && !self.extended) {
            return sw(StatusWord::WRONG_LENGTH);
        }
        let Some(rest) = self.file.get(offset..).filter(|rest| !rest.is_empty()) else {
            return sw(StatusWord::WRONG_OFFSET);
        };
        let mut data = rest[..rest.len().min(le as usize).min(self.most)].to_vec();
        if command.ins.is_odd() {
            data = tlv::encode(Tag::new(0x53), &data);
        }
        Ok(ResponseApdu::new(data, self.sw))
    }

    fn limits(&self) -> Limits {
        if self.extended {
            Limits::EXTENDED
        } else {
            Limits::SHORT
        }
    }
}

fn file(len: usize) -> Vec<u8> {
    tlv::encode(
        Tag::new(0x75),
        &(0..len).map(|n| n.to_le_bytes()[0]).collect::<Vec<_>>(),
    )
}

fn check(mut chip: OneFile, commands: usize) {
    let expected = file(chip.file.len() - 4);
    chip.file.extend([0; 7]);
    let mut reader = Reader::new(chip.extended);
    let read = reader
        .read(&mut chip, File::Dg2, HashAlgorithm::Sha256, &mut |_, _| {})
        .unwrap();
    assert_eq!(read.as_bytes(), expected);
    assert_eq!(
        *read.hash(HashAlgorithm::Sha256),
        *HashAlgorithm::Sha256.digest(&expected)
    );
    assert_eq!(chip.commands, commands);
}

fn chip(len: usize) -> OneFile {
    OneFile {
        file: file(len),
        most: 70_000,
        refuse_above: 70_000,
        sfi: true,
        extended: true,
        commands: 0,
        sw: StatusWord::OK,
    }
}

/// A warning beside data is no refusal: a locked card says 6283 with everything.
#[test]
fn complaint_13_warnings_are_no_errors() {
    for sw in [0x6283, 0x6281, 0x6200] {
        let warns = OneFile {
            sw: StatusWord(sw),
            ..chip(20_000)
        };
        check(warns, 2);
    }
}

#[test]
fn complaint_16_chips_of_every_manner_are_read_with_few_commands() {
    check(chip(20_000), 2);
    check(
        OneFile {
            extended: false,
            ..chip(20_000)
        },
        79,
    );
    check(
        OneFile {
            extended: false,
            refuse_above: 160,
            ..chip(20_000)
        },
        3 + 126,
    );
    check(
        OneFile {
            sfi: false,
            ..chip(20_000)
        },
        4,
    );
    check(
        OneFile {
            most: 1_000,
            ..chip(20_000)
        },
        21,
    );
    check(
        OneFile {
            most: 20_000,
            ..chip(60_000)
        },
        4,
    );
    check(
        OneFile {
            extended: false,
            ..chip(40_000)
        },
        128 + 29,
    );
}

#[test]
fn a_reader_that_learned_does_not_ask_twice() {
    let mut chip = OneFile {
        extended: false,
        refuse_above: 128,
        ..chip(1_000)
    };
    let mut reader = Reader::new(false);
    reader
        .read(&mut chip, File::Dg2, HashAlgorithm::Sha256, &mut |_, _| {})
        .unwrap();
    let first = chip.commands;
    reader
        .read(&mut chip, File::Dg2, HashAlgorithm::Sha256, &mut |_, _| {})
        .unwrap();
    assert_eq!(
        chip.commands - first,
        first - 4,
        "four refused lengths are not tried again"
    );
}

/// Of a chip that knows no short identifiers and says that nothing is behind them SELECT tells, once.
#[test]
fn a_chip_that_finds_nothing_by_short_identifier() {
    for has_com in [true, false] {
        let com = file(20);
        let mut selected = 0;
        let mut chip = Exact(|command: &CommandApdu| match (command.ins, command.p1) {
            (Ins::SELECT, _) => {
                selected += 1;
                ResponseApdu::from_sw(match has_com {
                    true => StatusWord::OK,
                    false => StatusWord::FILE_NOT_FOUND,
                })
            }
            (_, p1) if p1 & 0x80 != 0 => ResponseApdu::from_sw(StatusWord::FILE_NOT_FOUND),
            _ => ResponseApdu::new(com.clone(), StatusWord::OK),
        });
        let mut reader = Reader::new(false);
        let hash = HashAlgorithm::Sha256;
        for name in [File::Com, File::Sod] {
            let read = reader.read(&mut chip, name, hash, &mut |_, _| {});
            assert_eq!(read.is_ok(), has_com, "{name}");
        }
        assert_eq!(selected, if has_com { 2 } else { 1 });
        assert_eq!(reader.by_sfi, !has_com);
    }
}

/// `6Cxx` to a short file says how long that file is, and nothing about others.
#[test]
fn the_length_of_a_short_file_is_no_limit() {
    let files = [file(16), file(2_000)];
    let mut at = 0;
    let mut sent = 0;
    let mut chip = Exact(|command: &CommandApdu| {
        sent += 1;
        if command.p1 & 0x80 != 0 {
            at = usize::from(command.p1 == File::Dg2.sfi().as_p1());
        }
        let offset = match command.p1 {
            p1 if p1 & 0x80 != 0 => 0,
            p1 => usize::from(u16::from_be_bytes([p1, command.p2])),
        };
        let rest = &files[at][offset..];
        let le = command.le.map_or(0, Le::get) as usize;
        match u8::try_from(rest.len()) {
            Ok(exact) if le > rest.len() => {
                ResponseApdu::from_sw(StatusWord(0x6C00 | u16::from(exact)))
            }
            _ => ResponseApdu::new(rest[..le.min(rest.len())].to_vec(), StatusWord::OK),
        }
    });
    let mut reader = Reader::new(false);
    for (number, name) in [File::Dg1, File::Dg2].into_iter().enumerate() {
        let hash = HashAlgorithm::Sha256;
        let read = reader.read(&mut chip, name, hash, &mut |_, _| {}).unwrap();
        assert_eq!(read.as_bytes(), files[number]);
    }
    assert_eq!(sent, 2 + 8);
}

/// A chip that answers by a rule.
struct Exact<F>(F);

impl<F: FnMut(&CommandApdu) -> ResponseApdu> Channel for Exact<F> {
    fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        Ok((self.0)(command))
    }
}

#[test]
fn impossible_files_are_named() {
    for (bytes, error) in [
        (
            vec![0xFF; 300],
            "the file does not begin with a data object",
        ),
        (
            vec![0x75, 0x84, 0x7F, 0xFF, 0xFF, 0xFF],
            "the file claims to be longer than any chip",
        ),
        (
            vec![0x75, 0x82, 0x10, 0x00, 0x00],
            "the chip answers 6B00 (offset outside the file, or wrong P1 P2)",
        ),
    ] {
        let mut chip = OneFile {
            file: bytes,
            ..chip(4)
        };
        let found = Reader::new(true)
            .read(&mut chip, File::Dg2, HashAlgorithm::Sha256, &mut |_, _| {})
            .unwrap_err();
        assert_eq!(found.to_string(), error);
    }
}
