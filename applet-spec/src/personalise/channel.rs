//! The secure channel, and what a failed attempt costs (chapter 05 §3).

use globalplatform::scp03::card::{
    self, CardChallenge, CardParameters, ExpectingExternalAuthenticate, Session,
};
use globalplatform::{Mode, SecurityLevel};
use iso7816::{CommandApdu, ResponseApdu, StatusWord};

use super::{PERSONALISATION_AID, Role, Workshop, key_set};
use crate::LifeCycle;
use crate::error::Refusal;
use crate::memory::{ChipMemory, KeySet, Write};

/// Highest value of a channel counter: three octets.
const MAX_COUNTER: u32 = 0x00FF_FFFF;
/// Octets of the challenge of mode S16.
const CHALLENGE_LEN: usize = 16;
/// Octets of host cryptogram and C-MAC.
const EXTERNAL_AUTHENTICATE_LEN: usize = 32;

/// INITIALIZE UPDATE was answered.
pub(super) struct Challenged {
    version: u8,
    state: ExpectingExternalAuthenticate,
}

/// A channel that waits for a command.
pub(super) struct Channel {
    version: u8,
    role: Role,
    session: Session,
}

/// A channel that owes an answer.
pub(super) struct Answering {
    version: u8,
    role: Role,
    session: card::Answering,
}

/// Answers INITIALIZE UPDATE. The counter is raised before ([PERSO-022]).
pub(super) fn initialize_update(
    command: &CommandApdu,
    workshop: &mut Workshop<'_>,
) -> Result<(ResponseApdu, Challenged), Refusal> {
    if command.data.len() != CHALLENGE_LEN {
        return Err(Refusal::Length);
    }
    if workshop.memory.contents().life_cycle().is_dead() {
        return Err(Refusal::State);
    }
    let version = command.p1;
    let value = key_set(workshop.memory, version)?.channel_counter + 1;
    if value > MAX_COUNTER {
        return Err(Refusal::State);
    }
    workshop
        .memory
        .commit(&[Write::ChannelCounter { version, value }])?;
    let set = key_set(workshop.memory, version)?;
    let [_, sequence_counter @ ..] = value.to_be_bytes();
    let parameters = CardParameters {
        diversification_data: diversification_data(workshop.memory.contents()),
        mode: Mode::S16,
        challenge: CardChallenge::PseudoRandom {
            sequence_counter,
            aid: &PERSONALISATION_AID,
        },
    };
    let (state, answer) = card::initialize_update(command, &set.keys, &parameters)?;
    Ok((answer, Challenged { version, state }))
}

/// The last octets of the serial number; all of it stands in GET STATUS.
fn diversification_data(memory: &ChipMemory) -> [u8; 10] {
    memory.serial().last_chunk().copied().unwrap_or_default()
}

/// Answers EXTERNAL AUTHENTICATE. The try is paid before the cryptogram is looked at, and given back after success
/// ([PERSO-024]).
pub(super) fn open(
    command: &CommandApdu,
    challenged: Challenged,
    workshop: &mut Workshop<'_>,
) -> Result<Channel, Refusal> {
    if (command.p1, command.p2) != (SecurityLevel::CEncREnc.to_byte(), 0) {
        return Err(Refusal::Parameters);
    }
    if command.data.len() != EXTERNAL_AUTHENTICATE_LEN {
        return Err(Refusal::Length);
    }
    let version = challenged.version;
    let role = Role::of_version(version).ok_or(Refusal::NoSuchKey)?;
    let Some(left) = key_set(workshop.memory, version)?.tries.checked_sub(1) else {
        return Err(block(workshop));
    };
    workshop.memory.commit(&[Write::Tries { version, left }])?;
    match challenged.state.external_authenticate(command) {
        Ok((session, _)) => {
            let left = workshop.data_sheet.tries;
            workshop.memory.commit(&[Write::Tries { version, left }])?;
            Ok(Channel {
                version,
                role,
                session,
            })
        }
        Err(_) if left == 0 => Err(block(workshop)),
        Err(StatusWord::AUTHENTICATION_FAILED) => Err(Refusal::NotAuthentic),
        Err(word) => Err(word.into()),
    }
}

fn block(workshop: &mut Workshop<'_>) -> Refusal {
    let code = LifeCycle::Blocked.code();
    match workshop.memory.commit(&[Write::State { code }]) {
        Ok(()) => Refusal::Blocked,
        Err(fault) => fault.into(),
    }
}

impl Channel {
    /// Takes the protection off a command. A fault uses the channel up ([PERSO-026]).
    pub(super) fn unwrap(self, command: &CommandApdu) -> Result<(Answering, CommandApdu), Refusal> {
        let unwrapped = self.session.unwrap(command);
        let (session, plain) = unwrapped.map_err(|_| Refusal::SecureChannel)?;
        let answering = Answering {
            version: self.version,
            role: self.role,
            session,
        };
        Ok((answering, plain))
    }
}

impl Answering {
    /// Whose channel it is ([PERSO-010]).
    pub(super) const fn role(&self) -> Role {
        self.role
    }

    /// The key set of the channel.
    pub(super) fn keys<'a>(&self, memory: &'a ChipMemory) -> Result<&'a KeySet, Refusal> {
        memory.key_set(self.version).ok_or(Refusal::NoSuchKey)
    }

    /// Protects the answer. A channel whose keys are gone is gone with them ([PERSO-027]).
    pub(super) fn wrap(
        self,
        answer: &ResponseApdu,
        memory: &ChipMemory,
    ) -> (ResponseApdu, Option<Channel>) {
        let keys_are_there = memory.key_set(self.version).is_some();
        let (session, answer) = self.session.wrap(answer);
        let channel = keys_are_there.then_some(Channel {
            version: self.version,
            role: self.role,
            session,
        });
        (answer, channel)
    }
}
