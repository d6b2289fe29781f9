//! The personalisation application: keys and data get into the chip (chapter 05).

mod channel;
mod command;
mod generate;
mod manifest;
mod objects;
mod open_job;
mod purpose;
mod put_key;
mod receipt;
mod role;
mod set_status;
mod status;
mod write;

use crypto::CryptoRng;
use iso7816::{CommandApdu, Ins, ResponseApdu, StatusWord};

pub use manifest::{ENTRY_LEN, Manifest, ManifestEntry};
pub use purpose::Purpose;
pub use role::Role;

use crate::chain::Chain;
use crate::data_sheet::DataSheet;
use crate::error::Refusal;
use crate::holder::refused;
use crate::memory::{KeySet, Memory, Write};
use channel::{Answering, Challenged, Channel};
use command::Command;

/// Name of the personalisation application (ISO 7816-4 §12.3.4: proprietary, not registered).
pub const PERSONALISATION_AID: [u8; 7] = [0xF0, 0x50, 0x45, 0x52, 0x53, 0x4F, 0x01];

/// Classes of the application: plain, in the secure channel, in the secure channel with more to follow.
const PLAIN: u8 = 0x80;
const SECURE: u8 = 0x84;
const SECURE_CHAINED: u8 = 0x94;

/// What the application remembers until the next reset or SELECT.
#[derive(Default)]
pub(crate) struct Personalisation {
    state: State,
    chain: Chain,
}

#[derive(Default)]
enum State {
    #[default]
    Closed,
    /// INITIALIZE UPDATE was answered: EXTERNAL AUTHENTICATE must follow at once ([PERSO-023]).
    Challenged(Challenged),
    Open(Channel),
}

/// What a command is executed with.
pub(crate) struct Workshop<'a> {
    pub(crate) memory: &'a mut Memory,
    pub(crate) data_sheet: &'a DataSheet,
    pub(crate) rng: &'a mut dyn CryptoRng,
}

impl Personalisation {
    pub(crate) fn execute(
        &mut self,
        command: &CommandApdu,
        workshop: &mut Workshop<'_>,
    ) -> ResponseApdu {
        let state = core::mem::take(&mut self.state);
        match (command.cla, command.ins, state) {
            (PLAIN, _, state) => self.plain(command, state, workshop),
            (SECURE, Ins::EXTERNAL_AUTHENTICATE, State::Challenged(challenged)) => {
                let opened = channel::open(command, challenged, workshop);
                opened.map_or_else(refused, |channel| {
                    self.state = State::Open(channel);
                    ResponseApdu::from_sw(StatusWord::OK)
                })
            }
            (SECURE, Ins::EXTERNAL_AUTHENTICATE, State::Closed) => refused(Refusal::Order),
            (SECURE | SECURE_CHAINED, _, State::Open(channel)) => {
                self.secured(command, channel, workshop)
            }
            (SECURE | SECURE_CHAINED, ..) => refused(Refusal::SecureChannel),
            (_, _, state) => {
                self.keep_open(state);
                refused(Refusal::Class)
            }
        }
    }

    /// An open channel outlives a plain command; a challenge does not.
    fn keep_open(&mut self, state: State) {
        if let State::Open(_) = state {
            self.state = state;
        }
    }

    fn plain(
        &mut self,
        command: &CommandApdu,
        state: State,
        workshop: &mut Workshop<'_>,
    ) -> ResponseApdu {
        let answer = match (command.ins, command.p1, command.p2) {
            (Ins::INITIALIZE_UPDATE, _, 0) => {
                self.chain.forget();
                let begun = channel::initialize_update(command, workshop);
                return begun.map_or_else(refused, |(answer, challenged)| {
                    self.state = State::Challenged(challenged);
                    answer
                });
            }
            (Ins::GET_STATUS, 0, 0) if !command.data.is_empty() => Err(Refusal::Length),
            (Ins::GET_STATUS, 0, 0) => Ok(status::public(workshop.memory.contents())),
            (Ins::INITIALIZE_UPDATE | Ins::GET_STATUS, ..) => Err(Refusal::Parameters),
            (Ins::EXTERNAL_AUTHENTICATE, ..) => Err(Refusal::SecureChannel),
            (ins, ..) if command::is_known(ins) => Err(Refusal::SecureChannel),
            _ => Err(Refusal::Instruction),
        };
        self.keep_open(state);
        answer.map_or_else(refused, |data| ResponseApdu::new(data, StatusWord::OK))
    }

    fn secured(
        &mut self,
        command: &CommandApdu,
        channel: Channel,
        workshop: &mut Workshop<'_>,
    ) -> ResponseApdu {
        let (answering, part) = match channel.unwrap(command) {
            Ok(unwrapped) => unwrapped,
            Err(refusal) => return refused(refusal),
        };
        let result = match self.chain.join(part) {
            Ok(Some(whole)) => run(&whole, &answering, workshop),
            Ok(None) => Ok(Vec::new()),
            Err(refusal) => Err(refusal),
        };
        let answer = result.map_or_else(refused, |data| ResponseApdu::new(data, StatusWord::OK));
        let (answer, channel) = answering.wrap(&answer, workshop.memory.contents());
        self.state = channel.map_or(State::Closed, State::Open);
        answer
    }
}

/// Executes a command of a role: what is to be written first, then the answer.
fn run(
    command: &CommandApdu,
    answering: &Answering,
    workshop: &mut Workshop<'_>,
) -> Result<Vec<u8>, Refusal> {
    let parsed = Command::parse(command)?;
    if !parsed.is_for(answering.role()) {
        return Err(Refusal::Role);
    }
    let memory = workshop.memory.contents();
    let keys = answering.keys(memory)?;
    let (data, sheet) = (&command.data, workshop.data_sheet);
    let outcome = match parsed {
        Command::GetStatus if !data.is_empty() => return Err(Refusal::Length),
        Command::GetStatus => Outcome::done(status::full(memory), Vec::new()),
        Command::PutKey => put_key::put_key(memory, keys, sheet.tries, command)?,
        Command::GenerateKeys(purpose) => {
            generate::generate(memory, keys, purpose, data, sheet, workshop.rng)?
        }
        Command::GivePublicKey(purpose) => generate::give(memory, keys, purpose, data)?,
        Command::OpenJob => open_job::open(memory, keys, sheet, data)?,
        Command::Write(file) => write::write(memory, file, data)?,
        Command::Commit => set_status::commit(memory, keys, data)?,
        Command::Lock => set_status::lock(memory, keys, data)?,
        Command::Void => set_status::void(memory, keys, data)?,
    };
    if !outcome.writes.is_empty() {
        workshop.memory.commit(&outcome.writes)?;
    }
    outcome.answer
}

/// What a command leads to: one transaction, then the answer or the refusal.
struct Outcome {
    writes: Vec<Write>,
    answer: Result<Vec<u8>, Refusal>,
}

impl Outcome {
    const fn done(answer: Vec<u8>, writes: Vec<Write>) -> Self {
        Self {
            writes,
            answer: Ok(answer),
        }
    }
}

fn key_set(memory: &Memory, version: u8) -> Result<&KeySet, Refusal> {
    memory.contents().key_set(version).ok_or(Refusal::NoSuchKey)
}
