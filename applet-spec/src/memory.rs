//! Non-volatile memory: what stays when the power goes.
//!
//! The memory is a journal of transactions. A transaction is kept wholly or not at all, wherever the power fails: it is one
//! line, and a last line without its end does not count. Whatever destroys a secret rewrites the journal, so that nothing of
//! the secret is left in it.
//!
//! [`NonVolatileMemory`] is where the octets are: an array in this crate ([`Cells`]), a file of `card-tool emulate`, or a memory
//! of a test that loses power in the middle of a write.

mod cells;
mod contents;
mod counted_password;
mod generated_key;
mod job;
mod journal;
mod key_set;
mod laboratory;
mod octets;
mod terminal_trust;
mod work;
mod write;

pub use cells::Cells;
pub use contents::ChipMemory;
pub(crate) use counted_password::{Counted, CountedPassword};
pub(crate) use generated_key::GeneratedKey;
pub(crate) use job::{Job, Receipt};
pub(crate) use key_set::KeySet;
pub(crate) use octets::Octets;
pub(crate) use terminal_trust::TerminalTrust;
pub use work::{PAGE, Work};
pub(crate) use write::Write;

use zeroize::Zeroizing;

use crate::Result;

/// A journal longer than this is rewritten: a terminal that repeats a command for ever does not fill the memory. Far above
/// what all files of the largest chip take.
const MAX_JOURNAL: usize = 8 * 1024 * 1024;

/// The memory failed, or the power: whether the octets were written is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the non-volatile memory of the chip failed")]
pub struct MemoryFault;

/// Octets that survive a power cut.
pub trait NonVolatileMemory: Send {
    /// Everything kept, in order.
    ///
    /// # Errors
    /// [`MemoryFault`] when it cannot be read.
    fn load(&mut self) -> core::result::Result<Vec<u8>, MemoryFault>;

    /// Writes behind what is there. A power cut may leave any number of the first octets.
    ///
    /// # Errors
    /// [`MemoryFault`] when it is not certain that all octets are kept.
    fn append(&mut self, octets: &[u8]) -> core::result::Result<(), MemoryFault>;

    /// Puts these octets in the place of everything, so that nothing of the old ones remains. A power cut leaves either the
    /// old or the new ones, wholly.
    ///
    /// # Errors
    /// [`MemoryFault`] when it is not certain that the new octets are kept.
    fn replace(&mut self, octets: &[u8]) -> core::result::Result<(), MemoryFault>;
}

/// The chip's memory while it has power: the contents, and the journal they came from.
pub(crate) struct Memory {
    cells: Box<dyn NonVolatileMemory>,
    contents: ChipMemory,
    journal_len: usize,
    sound: bool,
    work: Work,
}

impl Memory {
    /// The memory that these cells hold.
    pub(crate) fn load(mut cells: Box<dyn NonVolatileMemory>) -> Result<Self> {
        let (contents, journal_len) = read(&mut *cells)?;
        Ok(Self {
            cells,
            contents,
            journal_len,
            sound: true,
            work: Work::default(),
        })
    }

    /// A memory that holds these contents from the start.
    pub(crate) fn create(
        mut cells: Box<dyn NonVolatileMemory>,
        contents: ChipMemory,
    ) -> Result<Self> {
        let journal = journal::snapshot(&contents)?;
        cells.replace(&journal)?;
        Ok(Self {
            cells,
            contents,
            journal_len: journal.len(),
            sound: true,
            work: Work::default(),
        })
    }

    /// What the chip remembers.
    pub(crate) const fn contents(&self) -> &ChipMemory {
        &self.contents
    }

    /// Carries out a transaction. After a fault the contents in here are no longer what the cells hold, and the chip must do
    /// nothing until [`Memory::power_on`].
    pub(crate) fn commit(&mut self, writes: &[Write]) -> core::result::Result<(), MemoryFault> {
        self.sound = false;
        for write in writes {
            self.contents.apply(write).map_err(|_| MemoryFault)?;
        }
        self.work.add(writes, &self.contents);
        let line = journal::line(writes)?;
        let rewrite = writes.iter().any(Write::destroys_secrets)
            || self.journal_len + line.len() > MAX_JOURNAL;
        if rewrite {
            let journal = journal::snapshot(&self.contents)?;
            self.cells.replace(&journal)?;
            self.journal_len = journal.len();
        } else {
            self.cells.append(&line)?;
            self.journal_len += line.len();
        }
        self.sound = true;
        Ok(())
    }

    /// What the chip has had to do.
    pub(crate) const fn work(&self) -> &Work {
        &self.work
    }

    /// Whether the last write went well ([SW-005]).
    pub(crate) const fn is_sound(&self) -> bool {
        self.sound
    }

    /// After a fault: reads the cells again, which hold the transaction or do not. If they cannot be read, the chip stays
    /// without memory.
    pub(crate) fn power_on(&mut self) {
        if !self.sound
            && let Ok((contents, journal_len)) = read(&mut *self.cells)
        {
            self.contents = contents;
            self.journal_len = journal_len;
            self.sound = true;
        }
    }
}

/// Reads the journal. A transaction that a power cut left incomplete is dropped for good.
fn read(cells: &mut dyn NonVolatileMemory) -> Result<(ChipMemory, usize)> {
    let journal = Zeroizing::new(cells.load()?);
    let (contents, kept) = journal::replay(&journal)?;
    if kept < journal.len() {
        cells.replace(journal.get(..kept).unwrap_or_default())?;
    }
    Ok((contents, kept))
}
