//! Reading a file with few commands (Doc 9303-10 §3.6).
//!
//! The first block comes by short identifier and carries the length; extended commands fetch the rest where card and reader
//! allow them. A chip that refuses a length is asked for less, and what it delivers at the end of a file is taken whatever
//! the warning. The hash is computed while the blocks arrive.

mod answer;
mod command;
mod content;
mod habit;
#[cfg(test)]
mod tests;

use crypto::HashAlgorithm;
use iso7816::{Channel, ChannelError, CommandApdu, FileId, Ins, Le, ResponseApdu, Sfi, StatusWord};
use lds::security_info::FileReference;
use lds::{File, HashedFile};

use self::answer::{block_of, data_of, smaller_after_loss, smaller_block};
use self::command::{is_odd, overhead, read_at};
use self::content::Content;
pub(crate) use self::habit::Habit;

/// Octets that a chip must give for each command, on average and after the first few: the smallest block that is asked for has
/// twice as many. Whoever gives less wants to keep the terminal busy.
const MIN_OCTETS_PER_COMMAND: usize = 32;
const FIRST_COMMANDS: usize = 8;

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
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    /// Most octets asked for with a short command.
    short_block: Le,
    /// Whether extended commands work.
    extended: bool,
    /// Whether short file identifiers work.
    by_sfi: bool,
    /// Whether a file that every chip has was asked for by its identifier because there was none behind the short one.
    has_doubted: bool,
    /// Whether a file has ended every session, whatever its length: what is lost next is asked for in the smallest way at once.
    is_hasty: bool,
    /// What the last command was: whether a session that is lost was lost over a length.
    last: LastCommand,
    /// What is put up with, each thing once, as far as nobody has fetched it.
    habits: Vec<Habit>,
    /// How much of [`Self::habits`] has been fetched.
    told: usize,
}

/// The last command of reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LastCommand {
    /// SELECT, or nothing yet.
    Select,
    /// READ BINARY of this length.
    Read(Le),
    /// READ BINARY of extended length.
    ReadExtended,
}

impl Reader {
    /// Nothing is known yet.
    pub(crate) const fn new(extended: bool) -> Self {
        Self {
            short_block: Le::SHORT_MAX,
            extended,
            by_sfi: true,
            has_doubted: false,
            is_hasty: false,
            last: LastCommand::Select,
            habits: Vec::new(),
            told: 0,
        }
    }

    /// What was put up with since this was asked last.
    pub(crate) fn new_habits(&mut self) -> Vec<Habit> {
        let new = self.habits.get(self.told..).unwrap_or_default().to_vec();
        self.told = self.habits.len();
        new
    }

    /// Of several lengths that were too much the last counts.
    fn note(&mut self, habit: Habit) {
        if self.habits.contains(&habit) {
            return;
        }
        let is_length = |habit: &Habit| matches!(habit, Habit::SmallerBlocks(_));
        if is_length(&habit) && self.habits.len() > self.told {
            self.habits.pop_if(|last| is_length(last));
        }
        self.habits.push(habit);
    }

    /// After a session was lost with this status word while a file was read: asks by identifier where the chip knows no short
    /// one, or for less from now on, if the last command can have been too much.
    pub(crate) fn ask_otherwise(&mut self, sw: StatusWord) -> bool {
        if self.by_sfi && sw == StatusWord::FILE_NOT_FOUND {
            self.knows_no_short_identifiers();
            return true;
        }
        match self.last {
            LastCommand::Select => false,
            LastCommand::ReadExtended => {
                self.extended = false;
                self.note(Habit::NoExtendedLength);
                true
            }
            LastCommand::Read(le) => match smaller_after_loss(le, self.is_hasty) {
                Some(smaller) => {
                    self.short_block = smaller;
                    self.note(Habit::SmallerBlocks(smaller.get()));
                    true
                }
                None => false,
            },
        }
    }

    /// After a file that ended every session: no length was to blame for it. `before` is what was known before that file. The next
    /// one may cost fewer sessions.
    pub(crate) fn give_up(&mut self, before: Self) {
        *self = Self {
            is_hasty: true,
            ..before
        };
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
        let first = self.first_block(line, file.id(), Some(file.sfi()))?;
        let mut content = Content::begin(&first, hash)?;
        if first.len() > content.total() {
            self.note(Habit::Surplus);
        }
        for commands in 1.. {
            if content.missing() == 0 {
                break;
            }
            if commands > FIRST_COMMANDS + content.len() / MIN_OCTETS_PER_COMMAND {
                return Err(ReadError::Malformed("the file comes in crumbs"));
            }
            progress(content.len(), content.total());
            let block = self.next_block(line, content.len(), content.total())?;
            if block.is_empty() {
                return Err(ReadError::Malformed(
                    "the file ends before its outer length",
                ));
            }
            if block.len() > content.missing() {
                self.note(Habit::Surplus);
            }
            content.append(&block);
        }
        progress(content.total(), content.total());
        Ok(content.finish())
    }

    /// Reads a file of the master file by its identifier, for chips that know no short ones there. Not every chip selects its
    /// master file when asked to, and on some it is the current one all the same: only the file counts.
    ///
    /// # Errors
    /// [`ReadError`].
    pub(crate) fn read_in_master_file(
        &mut self,
        line: &mut dyn Channel,
        file: File,
        hash: HashAlgorithm,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<HashedFile, ReadError> {
        let by_sfi = core::mem::replace(&mut self.by_sfi, false);
        let plain = CommandApdu::new(0x00, Ins::SELECT, 0x00, 0x0C);
        let by_identifier = plain.clone().with_data(FileId::MASTER_FILE.to_bytes());
        let mut read = Err(ReadError::Absent(StatusWord::FILE_NOT_FOUND));
        for select in [plain, by_identifier] {
            // What the chip says of itself here is no answer to whether the file is there.
            if let Err(error) = line.transmit(&select) {
                read = Err(error.into());
                break;
            }
            read = self.read(line, file, hash, progress);
            if matches!(
                read,
                Ok(_) | Err(ReadError::Line(_) | ReadError::Malformed(_))
            ) {
                break;
            }
        }
        self.by_sfi = by_sfi;
        if read.is_ok() {
            self.note(Habit::MasterFileSelected);
        }
        read
    }

    /// Reads EF.CVCA. It has no outer length, and is short enough to come with one command (TR-03110-3 §A.7.2.4).
    ///
    /// # Errors
    /// [`ReadError`].
    pub(crate) fn read_cvca(
        &mut self,
        line: &mut dyn Channel,
        place: FileReference,
    ) -> Result<Vec<u8>, ReadError> {
        self.first_block(line, place.id, place.sfi)
    }

    fn knows_no_short_identifiers(&mut self) {
        self.by_sfi = false;
        self.note(Habit::NoShortIdentifiers);
    }

    fn first_block(
        &mut self,
        line: &mut dyn Channel,
        id: FileId,
        sfi: Option<Sfi>,
    ) -> Result<Vec<u8>, ReadError> {
        let mut is_in_doubt = false;
        if let (true, Some(sfi)) = (self.by_sfi, sfi) {
            let answer = self.transmit(line, Place::Start, |le| {
                CommandApdu::new(0x00, Ins::READ_BINARY, sfi.as_p1(), 0).with_le(le)
            })?;
            match answer.sw {
                StatusWord::INCORRECT_P1_P2
                | StatusWord::FUNCTION_NOT_SUPPORTED
                | StatusWord::WRONG_OFFSET => self.knows_no_short_identifiers(),
                // The file is not there, or there are no short identifiers: of a file that every chip has, SELECT tells, once.
                StatusWord::FILE_NOT_FOUND if is_everywhere(id) && !self.has_doubted => {
                    self.has_doubted = true;
                    is_in_doubt = true;
                }
                _ => return self.taken(answer),
            }
        }
        let select = CommandApdu::new(0x00, Ins::SELECT, 0x02, 0x0C).with_data(id.to_bytes());
        self.last = LastCommand::Select;
        data_of(line.transmit(&select)?)?;
        if is_in_doubt {
            self.knows_no_short_identifiers();
        }
        let answer = self.transmit(line, Place::Start, |le| {
            CommandApdu::new(0x00, Ins::READ_BINARY, 0, 0).with_le(le)
        })?;
        self.taken(answer)
    }

    /// The data of an answer.
    fn taken(&mut self, answer: ResponseApdu) -> Result<Vec<u8>, ReadError> {
        let sw = answer.sw;
        let data = data_of(answer)?;
        if sw.is_warning() && sw != StatusWord::END_OF_FILE {
            self.note(Habit::Warning(sw));
        }
        Ok(data)
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
            self.last = LastCommand::Read(block);
            let answer = line.transmit(&command(block))?;
            let Some(smaller) = smaller_block(answer.sw, block) else {
                return Ok(answer);
            };
            block = smaller;
            if place == Place::Inside || answer.sw == StatusWord::WRONG_LENGTH {
                self.short_block = block;
                self.note(Habit::SmallerBlocks(block.get()));
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
        let (odd, overhead) = (is_odd(offset), overhead(offset));
        if self.extended
            && line.limits().allow_extended()
            && missing + overhead > self.short_payload(line)
        {
            let longest = line.limits().max_response.saturating_sub(2);
            let le = Le::saturating((missing + overhead).min(longest));
            self.last = LastCommand::ReadExtended;
            let answer = line.transmit(&read_at(offset, le))?;
            let is_refused =
                answer.sw == StatusWord::WRONG_LENGTH || answer.sw.corrected_le().is_some();
            let is_empty = answer.sw.is_ok() && answer.data.is_empty();
            if !is_refused && !is_empty {
                return block_of(odd, answer);
            }
            self.extended = false;
            self.note(if is_empty {
                Habit::EmptyExtendedAnswer
            } else {
                Habit::NoExtendedLength
            });
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

/// Whether every chip has this file of the application.
fn is_everywhere(id: FileId) -> bool {
    [File::Com, File::Sod, File::Dg1]
        .into_iter()
        .any(|file| file.id() == id)
}

/// Where in its file a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// At the start: how long the file is, the answer will say.
    Start,
    /// Behind the start: there are at least as many octets as are asked for.
    Inside,
}
