//! RESET RETRY COUNTER: the PUK makes the PIN good again (chapter 03 §8).

use iso7816::CommandApdu;
use protocols::PasswordKind;

use super::{Executed, HolderSide, Surroundings};
use crate::access::Access;
use crate::error::Refusal;
use crate::memory::{Counted, Write};

/// P2: the PIN, as in MSE:Set AT.
const PIN: u8 = 0x03;

impl HolderSide {
    /// A chip without a PIN does not know the command at all ([CMD-071]).
    pub(super) fn reset_retry_counter(
        &self,
        command: &CommandApdu,
        around: &mut Surroundings<'_>,
    ) -> Result<Executed, Refusal> {
        let pin = around.contents().password(Counted::Pin);
        let start = pin.ok_or(Refusal::Instruction)?.start;
        match (command.p1, command.p2) {
            // No terminal gives the holder another PIN.
            (0x02, PIN) => return Err(Refusal::Access),
            (0x03, PIN) if command.data.is_empty() && command.le.is_none() => {}
            (0x03, PIN) => return Err(Refusal::Length),
            _ => return Err(Refusal::Parameters),
        }
        if self.rights.access != Access::Pace(PasswordKind::Puk) {
            return Err(Refusal::Access);
        }
        around
            .memory
            .commit(&[Write::retries(Counted::Pin, start)])?;
        Ok(Executed::ok())
    }
}
