//! Reading a file with few commands (Doc 9303-10 §3.6).
//!
//! The first block comes by short identifier and carries the length; extended commands fetch the rest where card and reader
//! allow them. A chip that refuses a length is asked for less, and what it delivers at the end of a file is taken whatever
//! the warning. The hash is computed while the blocks arrive.

use crypto::HashAlgorithm;
use iso7816::tlv::{self, Tag};
use iso7816::{Channel, ChannelError, CommandApdu, Ins, Le, ResponseApdu, StatusWord};
use lds::{ArrivingFile, File, HashedFile, MAX_FILE_LEN};

/// Answer lengths that are tried, one after the other, with a chip that refuses the longest (quirks of chips limited to 192,
/// 160, 128 and fewer octets).
const SMALLER_BLOCKS: [u32; 6] = [223, 192, 160, 128, 96, 64];
/// Octets that a chip must give for each command, on average and after the first few: the smallest block that is asked for has
/// twice as many. Whoever gives less wants to keep the terminal busy.
const MIN_OCTETS_PER_COMMAND: usize = 32;
const FIRST_COMMANDS: usize = 8;
/// Largest offset of READ BINARY with even INS (Doc 9303-10 table 4).
const MAX_EVEN_OFFSET: usize = 0x7FFF;
/// Octets of tag and length around the data of an odd READ BINARY's answer, at most.
const ODD_OVERHEAD: usize = 4;

/// Why a file was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The chip has no such file.
    #[error("not on the chip ({0})")]
    Absent(StatusWord),
    /// The chip does not let this terminal read it.
    #[error("access denied ({0})")]
    Denied(StatusWord),
    /// The chip answers with an error.
    #[error("the chip answers {0}")]
    Refused(StatusWord),
    /// The content is no data object, ends early or is impossibly long.
    #[error("{0}")]
    Malformed(&'static str),
    /// The line failed.
    #[error(transparent)]
    Line(#[from] ChannelError),
}

/// What is known of this chip's way of answering. Learned in the first file, used in all others.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader {
    /// Most octets asked for with a short command.
    short_block: Le,
    /// Whether extended commands work.
    extended: bool,
    /// Whether short file identifiers work.
    by_sfi: bool,
}

impl Reader {
    /// Nothing is known yet.
    pub(crate) const fn new(extended: bool) -> Self {
        Self {
            short_block: Le::SHORT_MAX,
            extended,
            by_sfi: true,
        }
    }

    /// Reads a whole file and hashes it on the way.
    ///
    /// # Errors
    /// [`ReadError`].
    pub(crate) fn read(
        &mut self,
        line: &mut dyn Channel,
        file: File,
        hash: HashAlgorithm,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<HashedFile, ReadError> {
        let mut content = Content::begin(&self.first_block(line, file)?, hash)?;
        for commands in 1.. {
            if content.missing() == 0 {
                break;
            }
            if commands > FIRST_COMMANDS + content.file.len() / MIN_OCTETS_PER_COMMAND {
                return Err(ReadError::Malformed("the file comes in crumbs"));
            }
            progress(content.file.len(), content.total);
            let block = self.next_block(line, content.file.len(), content.total)?;
            if block.is_empty() {
                return Err(ReadError::Malformed(
                    "the file ends before its outer length",
                ));
            }
            content.append(&block);
        }
        progress(content.total, content.total);
        Ok(content.file.finish())
    }

    fn first_block(&mut self, line: &mut dyn Channel, file: File) -> Result<Vec<u8>, ReadError> {
        if self.by_sfi {
            let answer = self.transmit(line, Place::Start, |le| {
                CommandApdu::new(0x00, Ins::READ_BINARY, file.sfi().as_p1(), 0).with_le(le)
            })?;
            match answer.sw {
                // A chip without short identifiers; one that has them says 6A82 for a file that is not there.
                StatusWord::INCORRECT_P1_P2
                | StatusWord::FUNCTION_NOT_SUPPORTED
                | StatusWord::WRONG_OFFSET => {
                    self.by_sfi = false;
                }
                _ => return data_of(answer),
            }
        }
        let select =
            CommandApdu::new(0x00, Ins::SELECT, 0x02, 0x0C).with_data(file.id().to_bytes());
        data_of(line.transmit(&select)?)?;
        data_of(self.transmit(line, Place::Start, |le| {
            CommandApdu::new(0x00, Ins::READ_BINARY, 0, 0).with_le(le)
        })?)
    }

    /// Sends a READ BINARY, with smaller and smaller Le while the chip refuses the length. What it refuses is remembered, but
    /// for `6Cxx` to the first block of a file: that may be no more than the length of a short file.
    fn transmit(
        &mut self,
        line: &mut dyn Channel,
        place: Place,
        command: impl Fn(Le) -> CommandApdu,
    ) -> Result<ResponseApdu, ReadError> {
        let mut block = self.short_block;
        loop {
            let answer = line.transmit(&command(block))?;
            let Some(smaller) = smaller_block(answer.sw, block) else {
                return Ok(answer);
            };
            block = smaller;
            if place == Place::Inside || answer.sw == StatusWord::WRONG_LENGTH {
                self.short_block = block;
            }
        }
    }

    fn next_block(
        &mut self,
        line: &mut dyn Channel,
        offset: usize,
        total: usize,
    ) -> Result<Vec<u8>, ReadError> {
        let missing = total - offset;
        let odd = offset > MAX_EVEN_OFFSET;
        let overhead = if odd { ODD_OVERHEAD } else { 0 };
        if self.extended
            && line.limits().allow_extended()
            && missing + overhead > self.short_payload(line)
        {
            let longest = line.limits().max_response.saturating_sub(2);
            let le = Le::saturating((missing + overhead).min(longest));
            let answer = line.transmit(&read_at(offset, le))?;
            if answer.sw != StatusWord::WRONG_LENGTH && answer.sw.corrected_le().is_none() {
                return block_of(odd, answer);
            }
            self.extended = false;
        }
        let wanted = u32::try_from(missing + overhead).unwrap_or(u32::MAX);
        let answer = self.transmit(line, Place::Inside, |most| {
            let le = if wanted < most.get() {
                Le::saturating(missing + overhead)
            } else {
                most
            };
            read_at(offset, le)
        })?;
        block_of(odd, answer)
    }

    /// Octets that a short answer brings at least, secure messaging or not.
    fn short_payload(&self, line: &dyn Channel) -> usize {
        const UNDER_SECURE_MESSAGING: usize = 223;
        line.limits()
            .max_response
            .saturating_sub(2)
            .min(UNDER_SECURE_MESSAGING)
    }
}

/// Where in its file a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// At the start: how long the file is, the answer will say.
    Start,
    /// Behind the start: there are at least as many octets as are asked for.
    Inside,
}

/// The next length to try after a refusal of this one.
fn smaller_block(sw: StatusWord, refused: Le) -> Option<Le> {
    let refused = refused.get();
    if let Some(corrected) = sw.corrected_le() {
        let corrected = Le::new(u32::try_from(corrected).ok()?).ok()?;
        return (corrected.get() < refused).then_some(corrected);
    }
    if sw != StatusWord::WRONG_LENGTH {
        return None;
    }
    let smaller = SMALLER_BLOCKS.into_iter().find(|block| *block < refused)?;
    Le::new(smaller).ok()
}

/// READ BINARY of the current file: even INS up to 32,767, odd INS beyond (Doc 9303-10 §3.6.6).
fn read_at(offset: usize, le: Le) -> CommandApdu {
    if let (true, Ok(even)) = (offset <= MAX_EVEN_OFFSET, u16::try_from(offset)) {
        let [p1, p2] = even.to_be_bytes();
        return CommandApdu::new(0x00, Ins::READ_BINARY, p1, p2).with_le(le);
    }
    let number = offset.to_be_bytes();
    let zeros = number.iter().take_while(|octet| **octet == 0).count();
    let data = tlv::encode(Tag::new(0x54), number.get(zeros..).unwrap_or_default());
    CommandApdu::new(0x00, Ins::READ_BINARY_ODD, 0, 0)
        .with_data(data)
        .with_le(le)
}

fn block_of(odd: bool, answer: ResponseApdu) -> Result<Vec<u8>, ReadError> {
    let data = data_of(answer)?;
    if !odd {
        return Ok(data);
    }
    let (object, _) =
        tlv::read(&data).map_err(|_| ReadError::Malformed("answer to an odd READ BINARY"))?;
    Ok(object.value.to_vec())
}

/// The data of an answer; at the end of a file chips add warnings to them.
fn data_of(answer: ResponseApdu) -> Result<Vec<u8>, ReadError> {
    let sw = answer.sw;
    if sw.is_ok() || sw == StatusWord::END_OF_FILE || (sw.is_warning() && !answer.data.is_empty()) {
        return Ok(answer.data);
    }
    Err(match sw {
        StatusWord::FILE_NOT_FOUND => ReadError::Absent(sw),
        StatusWord::SECURITY_STATUS_NOT_SATISFIED => ReadError::Denied(sw),
        sw => ReadError::Refused(sw),
    })
}

/// A file on its way: what arrives is hashed at once, as far as it belongs to the file.
struct Content {
    file: ArrivingFile,
    total: usize,
}

impl Content {
    /// Begins with the first block, which holds the outer tag and length.
    fn begin(first: &[u8], hash: HashAlgorithm) -> Result<Self, ReadError> {
        let total = tlv::total_len(first)
            .ok()
            .flatten()
            .ok_or(ReadError::Malformed(
                "the file does not begin with a data object",
            ))?;
        if total > MAX_FILE_LEN {
            return Err(ReadError::Malformed(
                "the file claims to be longer than any chip",
            ));
        }
        let mut content = Self {
            file: ArrivingFile::new(hash),
            total,
        };
        content.append(first);
        Ok(content)
    }

    /// Chips may pad behind the file: what is beyond its length is dropped.
    fn append(&mut self, block: &[u8]) {
        let missing = self.missing();
        self.file.append(block.get(..missing).unwrap_or(block));
    }

    fn missing(&self) -> usize {
        self.total.saturating_sub(self.file.len())
    }
}

#[cfg(test)]
mod tests {
    use iso7816::Limits;

    use super::*;

    /// A chip with one file and a way of its own.
    struct OneFile {
        file: Vec<u8>,
        most: usize,
        refuse_above: u32,
        sfi: bool,
        extended: bool,
        commands: usize,
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
            Ok(ResponseApdu::new(data, StatusWord::OK))
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
        }
    }

    #[test]
    fn chips_of_every_manner_are_read_with_few_commands() {
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
}
