//! RESET RETRY COUNTER: the PUK makes the PIN good again (chapter 03 §8).

use protocols::PasswordKind;

use super::{Executed, HolderSide, Surroundings};
use crate::access::Access;
use crate::error::Refusal;
use crate::memory::{ChipMemory, Counted, Write};

impl HolderSide {
    pub(super) fn reset_retry_counter(
        &self,
        around: &mut Surroundings<'_>,
    ) -> Result<Executed, Refusal> {
        let pin = around.contents().password(Counted::Pin);
        let start = pin.ok_or(Refusal::Instruction)?.start;
        if self.rights.access != Access::Pace(PasswordKind::Puk) {
            return Err(Refusal::Access);
        }
        around
            .memory
            .commit(&[Write::retries(Counted::Pin, start)])?;
        Ok(Executed::ok())
    }

    /// No terminal gives the holder another PIN; a chip without one does not know the command ([CMD-071]).
    pub(super) fn pin_change(memory: &ChipMemory) -> Refusal {
        match memory.password(Counted::Pin) {
            Some(_) => Refusal::Access,
            None => Refusal::Instruction,
        }
    }
}
