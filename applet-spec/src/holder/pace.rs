//! PACE: with which offers and passwords, and the retry counters (chapter 02 §2 and §3, chapter 03 §4).

use iso7816::CommandApdu;
use lds::security_info::PaceMapping;
use protocols::PasswordKind;
use protocols::pace::chip::{self, Agreement, Lowering, Offer, Outcome, PasswordState, Situation};
use protocols::terminal_authentication::{AuthorityReference, Binding};

use super::{Envelope, Executed, HolderSide, Protocol, Surroundings};
use crate::access::Access;
use crate::error::Refusal;
use crate::file_system::DedicatedFile;
use crate::memory::{ChipMemory, Counted, CountedPassword, Job, Write};

impl HolderSide {
    pub(super) fn pace_set_at(
        &mut self,
        command: &CommandApdu,
        envelope: Envelope,
        around: &Surroundings<'_>,
    ) -> Result<Executed, Refusal> {
        let memory = around.contents();
        let passwords = if envelope.protected {
            vec![self.suspended_pin(memory).ok_or(Refusal::Access)?]
        } else {
            passwords(memory)
        };
        let job = memory.job().ok_or(Refusal::State)?;
        if !memory.life_cycle().serves_holder() {
            return Err(Refusal::State);
        }
        let offers: Vec<Offer<'_>> = job
            .security_infos
            .pace()
            .map(|info| Offer {
                info,
                mapping_key: memory.mapping_key(info),
            })
            .collect();
        let situation = Situation {
            opened_by: self.rights.access.password(),
            authorities: &authorities(memory),
        };
        let (answer, state) = chip::set_at(command, &offers, &passwords, &situation)?;
        self.protocol = Protocol::Pace(Box::new(state));
        Ok(Executed::done(answer))
    }

    /// The PIN that this session may resume: the one password for which PACE is done inside a session ([ACCESS-024]).
    fn suspended_pin(&self, memory: &ChipMemory) -> Option<PasswordState> {
        let opened_by_can = self.rights.access == Access::Pace(PasswordKind::Can);
        memory
            .password(Counted::Pin)
            .filter(|pin| opened_by_can && pin.is_suspended())?
            .state()
    }

    pub(super) fn pace_step(
        &mut self,
        state: chip::State,
        command: &CommandApdu,
        around: &mut Surroundings<'_>,
    ) -> Result<Executed, Refusal> {
        let outcome = match state.general_authenticate(command, around.rng) {
            Outcome::Lower(lowering) => compare(lowering, around)?,
            outcome => outcome,
        };
        match outcome {
            Outcome::Continue(answer, state) => {
                self.protocol = Protocol::Pace(Box::new(state));
                Ok(Executed::done(answer))
            }
            Outcome::Established {
                answer,
                keys,
                password,
                agreement,
                ..
            } => {
                self.enter(Access::Pace(password), DedicatedFile::MasterFile);
                self.bind(&agreement);
                Ok(Executed::renewing(answer, keys))
            }
            Outcome::Refused(word) => Err(word.into()),
            Outcome::Lower(_) => Err(Refusal::Order),
        }
    }

    /// What terminal authentication is bound to ([ACCESS-040]). Chip authentication mapping has authenticated the chip: the
    /// terminal need not wait for chip authentication, unless it came with the PUK ([ACCESS-021]).
    fn bind(&mut self, agreement: &Agreement) {
        let id_ic = agreement.chip_key.compressed();
        let proved = agreement.mapping == PaceMapping::ChipAuthenticationMapping;
        if proved && self.rights.access.opens_application() {
            let binding = Binding::after_pace(&id_ic, &agreement.terminal_key.compressed());
            self.authorize_with(binding);
        }
        self.id_ic = Some(id_ic);
    }
}

/// Lowers the retry counter in non-volatile memory, only then compares, and raises it again after a success ([ACCESS-022]).
fn compare(lowering: Lowering, around: &mut Surroundings<'_>) -> Result<Outcome, Refusal> {
    let kind = Counted::of(lowering.password()).ok_or(Refusal::NoSuchKey)?;
    let start = around
        .contents()
        .password(kind)
        .ok_or(Refusal::NoSuchKey)?
        .start;
    around
        .memory
        .commit(&[Write::retries(kind, lowering.left())])?;
    let outcome = lowering.compare();
    if let Outcome::Established { .. } = outcome {
        around.memory.commit(&[Write::retries(kind, start)])?;
    }
    Ok(outcome)
}

/// The passwords of PACE outside a session ([ACCESS-010]).
fn passwords(memory: &ChipMemory) -> Vec<PasswordState> {
    let unlimited = memory.job().map(Job::passwords).unwrap_or_default();
    let counted = [Counted::Pin, Counted::Puk]
        .into_iter()
        .filter_map(|kind| memory.password(kind))
        .filter_map(CountedPassword::state);
    unlimited
        .into_iter()
        .map(PasswordState::unlimited)
        .chain(counted)
        .collect()
}

/// Whom the chip trusts, for a terminal that says what it is (Doc 9303-11 §4.4.4.1).
fn authorities(memory: &ChipMemory) -> Vec<AuthorityReference> {
    memory
        .terminal_trust()
        .and_then(|trust| AuthorityReference::trusted(&trust.points.ef_cvca().ok()?).ok())
        .unwrap_or_default()
}
