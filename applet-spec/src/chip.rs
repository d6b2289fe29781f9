//! The chip: takes octets, gives octets.

use core::fmt;

use crypto::CryptoRng;
use globalplatform::StaticKeys;
use iso7816::{CommandApdu, Ins, ResponseApdu};

use crate::answer::Answer;
use crate::data_sheet::DataSheet;
use crate::error::Refusal;
use crate::file_system::{DedicatedFile, Selection};
use crate::holder::{HolderSide, Surroundings, refused};
use crate::memory::{Cells, ChipMemory, Memory, NonVolatileMemory, Work};
use crate::personalise::{Personalisation, Workshop};
use crate::{LifeCycle, Result};

/// A chip that obeys the law of `spec/`.
///
/// Everything gets into it by its commands, as into a real one: a chip begins as the maker delivers it and is personalised
/// from there.
pub struct Chip {
    data_sheet: DataSheet,
    memory: Memory,
    rng: Box<dyn CryptoRng + Send>,
    volatile: Volatile,
}

/// What a reset clears ([SCOPE-005]).
#[derive(Default)]
struct Volatile {
    holder: HolderSide,
    personalisation: Personalisation,
    answer: Answer,
}

impl Chip {
    /// A chip in state MANUFACTURED, in memory cells of its own.
    ///
    /// # Errors
    /// [`Error::Misuse`](crate::Error::Misuse) for a serial number of other than 16 to 32 octets, for keys that are
    /// not AES-256 of version `30`, and for a data sheet that cannot be.
    pub fn manufactured(
        serial: &[u8],
        transport_keys: &StaticKeys,
        data_sheet: DataSheet,
        rng: Box<dyn CryptoRng + Send>,
    ) -> Result<Self> {
        let cells = Box::new(Cells::new());
        Self::manufactured_in(cells, serial, transport_keys, data_sheet, rng)
    }

    /// A chip in state MANUFACTURED. Whatever the cells held is lost.
    ///
    /// # Errors
    /// As [`Chip::manufactured`]; [`Error::Memory`](crate::Error::Memory) when the cells fail.
    pub fn manufactured_in(
        cells: Box<dyn NonVolatileMemory>,
        serial: &[u8],
        transport_keys: &StaticKeys,
        data_sheet: DataSheet,
        rng: Box<dyn CryptoRng + Send>,
    ) -> Result<Self> {
        data_sheet.check()?;
        let contents = ChipMemory::manufactured(serial, transport_keys, data_sheet.tries)?;
        let memory = Memory::create(cells, contents)?;
        Ok(Self::with(memory, data_sheet, rng))
    }

    /// A chip that was used before: what its cells hold goes on.
    ///
    /// # Errors
    /// [`Error::Malformed`](crate::Error::Malformed) when the cells do not hold a chip;
    /// [`Error::Misuse`](crate::Error::Misuse) for a data sheet that cannot be; [`Error::Memory`](crate::Error::Memory) when they fail.
    pub fn load(
        cells: Box<dyn NonVolatileMemory>,
        data_sheet: DataSheet,
        rng: Box<dyn CryptoRng + Send>,
    ) -> Result<Self> {
        data_sheet.check()?;
        Ok(Self::with(Memory::load(cells)?, data_sheet, rng))
    }

    fn with(memory: Memory, data_sheet: DataSheet, rng: Box<dyn CryptoRng + Send>) -> Self {
        Self {
            data_sheet,
            memory,
            rng,
            volatile: Volatile::default(),
        }
    }

    /// What the chip keeps without power.
    #[must_use]
    pub const fn memory(&self) -> &ChipMemory {
        self.memory.contents()
    }

    /// What the chip has had to do since it was loaded.
    #[must_use]
    pub const fn work(&self) -> &Work {
        self.memory.work()
    }

    /// The properties of the chip.
    #[must_use]
    pub const fn data_sheet(&self) -> &DataSheet {
        &self.data_sheet
    }

    fn respond(&mut self, octets: &[u8]) -> ResponseApdu {
        let answer = self.judge(octets);
        self.data_sheet.unrefused(answer)
    }

    fn judge(&mut self, octets: &[u8]) -> ResponseApdu {
        if !self.memory.is_sound() {
            return refused(Refusal::Memory);
        }
        let command = match self.parse(octets) {
            Ok(command) => command,
            Err(refusal) => {
                self.volatile.answer.forget();
                self.volatile.holder.end_session();
                return refused(refusal);
            }
        };
        let limits = self.data_sheet.limits();
        if self.volatile.answer.is_continued_by(&command) {
            let part = self.volatile.answer.next(&command, limits);
            return part.unwrap_or_else(refused);
        }
        self.volatile.answer.forget();
        let answer = self.route(&command);
        self.volatile.answer.first(&command, answer, limits)
    }

    fn parse(&self, octets: &[u8]) -> core::result::Result<CommandApdu, Refusal> {
        let command = CommandApdu::parse(octets).map_err(|_| Refusal::NotAnApdu)?;
        if command.is_extended() && self.data_sheet.extended_length.is_none() {
            return Err(Refusal::ExtendedLength);
        }
        if octets.len() > self.data_sheet.limits().max_command {
            return Err(Refusal::TooLong);
        }
        Ok(command)
    }

    /// The current application decides who executes a command ([CMD-001], [CMD-002]).
    fn route(&mut self, command: &CommandApdu) -> ResponseApdu {
        let personalising = self.volatile.holder.selection.df == DedicatedFile::Personalisation;
        match (personalising, command.cla, command.ins) {
            (true, 0x00 | 0x10, Ins::SELECT) => {
                self.volatile.personalisation = Personalisation::default();
                self.holder(command)
            }
            (true, 0x00 | 0x10, Ins::GET_RESPONSE) => self.holder(command),
            (true, 0x00 | 0x10, _) => refused(Refusal::Instruction),
            (true, ..) => self.personalise(command),
            (false, ..) => self.holder(command),
        }
    }

    fn holder(&mut self, command: &CommandApdu) -> ResponseApdu {
        let mut around = Surroundings {
            memory: &mut self.memory,
            data_sheet: &self.data_sheet,
            rng: &mut *self.rng,
        };
        self.volatile.holder.execute(command, &mut around)
    }

    fn personalise(&mut self, command: &CommandApdu) -> ResponseApdu {
        let mut workshop = Workshop {
            memory: &mut self.memory,
            data_sheet: &self.data_sheet,
            rng: &mut *self.rng,
        };
        let answer = self
            .volatile
            .personalisation
            .execute(command, &mut workshop);
        if self.memory.contents().life_cycle() == LifeCycle::Operational {
            self.volatile.personalisation = Personalisation::default();
            self.volatile.holder.selection = Selection::default();
        }
        answer
    }
}

/// Says the state, and nothing that a chip keeps to itself.
impl fmt::Debug for Chip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Chip({})", self.memory().life_cycle())
    }
}

impl iso7816::Chip for Chip {
    fn atr(&self) -> Vec<u8> {
        self.data_sheet.atr()
    }

    fn reset(&mut self) {
        self.volatile = Volatile::default();
        self.memory.power_on();
    }

    fn execute(&mut self, command: &[u8]) -> Vec<u8> {
        self.respond(command).to_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::Chip;

    /// A chip may be served from a thread of its own.
    #[test]
    fn a_chip_can_be_sent() {
        const fn is_send<T: Send>() {}
        is_send::<Chip>();
    }
}
