//! BAC: where it is offered, then the protocol's chip half (chapter 03 §3).

use iso7816::CommandApdu;
use protocols::bac::{self, AccessKeys};

use super::{Executed, HolderSide, Protocol, Surroundings};
use crate::access::Access;
use crate::error::Refusal;
use crate::file_system::DedicatedFile;
use crate::memory::ChipMemory;

impl HolderSide {
    pub(super) fn bac_challenge(
        &mut self,
        command: &CommandApdu,
        around: &mut Surroundings<'_>,
    ) -> Result<Executed, Refusal> {
        self.bac_keys(around.contents())?;
        let (answer, challenged) = bac::chip::challenge(command, around.rng)?;
        self.protocol = Protocol::Bac(challenged);
        Ok(Executed::done(answer))
    }

    pub(super) fn bac_authenticate(
        &mut self,
        command: &CommandApdu,
        protocol: Protocol,
        around: &mut Surroundings<'_>,
    ) -> Result<Executed, Refusal> {
        let keys = self.bac_keys(around.contents())?;
        let challenged = match protocol {
            Protocol::Bac(challenged) => Some(challenged),
            _ => None,
        };
        let (answer, keys) = bac::chip::authenticate(challenged, &keys, command, around.rng)?;
        self.enter(Access::Bac, DedicatedFile::Application);
        Ok(Executed::renewing(answer, keys))
    }

    /// The keys of BAC, where it is offered ([ACCESS-011]).
    fn bac_keys(&self, memory: &ChipMemory) -> Result<AccessKeys, Refusal> {
        if self.selection.df != DedicatedFile::Application || !memory.life_cycle().serves_holder() {
            return Err(Refusal::State);
        }
        let job = memory.job().filter(|job| job.bac).ok_or(Refusal::State)?;
        let mrz = job.mrz().ok_or(Refusal::State)?;
        AccessKeys::derive(&mrz).map_err(|_| Refusal::State)
    }
}
