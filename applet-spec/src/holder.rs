//! The holder's side: what a reader at a border or a counter meets (chapters 01 to 04).

mod active_authentication;
mod bac;
mod chip_authentication;
mod files;
mod pace;
mod retry_counter;
mod terminal_authentication;

use crypto::CryptoRng;
use iso7816::{CommandApdu, Ins, Le, ResponseApdu, StatusWord};
use lds::File;
use protocols::bac::chip::Challenged;
use protocols::chip_authentication::chip::Selected;
use protocols::pace::chip::State;
use protocols::secure_messaging::{ChipSession, SessionKeys};
use protocols::terminal_authentication::chip::TerminalAuthentication;

use crate::access::{Access, Rights};
use crate::chain::{CHAINING, Chain};
use crate::command::Command;
use crate::data_sheet::DataSheet;
use crate::error::Refusal;
use crate::file_system::{DedicatedFile, Selection};
use crate::memory::{ChipMemory, Memory};
use crate::personalise::PERSONALISATION_AID;
use crate::{Deviation, Quirk, quirk};

/// Class of a plain command, without the chaining bit.
const PLAIN: u8 = 0x00;
/// Class of a protected command, without the chaining bit.
const PROTECTED: u8 = 0x0C;
/// The same with the bit of classes that the standard leaves to makers.
const PROPRIETARY_PROTECTED: u8 = 0x8C;

/// What the holder's side remembers until the next reset.
#[derive(Default)]
pub(crate) struct HolderSide {
    pub(crate) selection: Selection,
    rights: Rights,
    session: Option<ChipSession>,
    protocol: Protocol,
    /// ID_IC of a session that PACE opened (Doc 9303-11 §7.1.2).
    id_ic: Option<Vec<u8>>,
    /// Since the chip has been authenticated in this session.
    terminal: Option<TerminalAuthentication>,
    chain: Chain,
}

/// A protocol that waits for its next command. Any command takes it away ([CMD-022], [CMD-036]), and so does a part of a chain
/// that comes to nothing.
#[derive(Default)]
enum Protocol {
    #[default]
    None,
    Bac(Challenged),
    Pace(Box<State>),
    ChipAuthentication(Selected),
}

impl Protocol {
    /// What the command goes on with, and what waits on behind it: nothing, but on a chip that is told to.
    fn without_foreign(
        self,
        command: &CommandApdu,
        data_sheet: &DataSheet,
    ) -> (Self, Option<Self>) {
        let is_foreign = matches!(command.ins, Ins::SELECT | Ins::READ_BINARY);
        let keeps = data_sheet.deviates(Deviation::KeepsPaceOverForeignCommands);
        match self {
            Self::Pace(state) if keeps && is_foreign => (Self::None, Some(Self::Pace(state))),
            protocol => (protocol, None),
        }
    }
}

/// What a command is executed with.
pub(crate) struct Surroundings<'a> {
    pub(crate) memory: &'a mut Memory,
    pub(crate) data_sheet: &'a DataSheet,
    pub(crate) rng: &'a mut dyn CryptoRng,
}

impl Surroundings<'_> {
    const fn contents(&self) -> &ChipMemory {
        self.memory.contents()
    }
}

/// How a command came, and how much its answer may hold.
#[derive(Clone, Copy)]
struct Envelope {
    protected: bool,
    room: usize,
}

/// An answer, with the keys of the session that begins behind it.
struct Executed {
    answer: ResponseApdu,
    keys: Option<SessionKeys>,
}

impl HolderSide {
    /// Executes a command of any class.
    pub(crate) fn execute(
        &mut self,
        command: &CommandApdu,
        around: &mut Surroundings<'_>,
    ) -> ResponseApdu {
        match command.cla & !CHAINING {
            PLAIN => self.plain(command, around),
            PROTECTED => self.protected(command, around),
            PROPRIETARY_PROTECTED
                if around.data_sheet.deviates(Deviation::TakesProprietaryClass) =>
            {
                self.protected(command, around)
            }
            _ => {
                if !around
                    .data_sheet
                    .deviates(Deviation::KeepsSessionOverOtherClasses)
                {
                    self.end_session();
                }
                refused(Refusal::Class)
            }
        }
    }

    /// Keys erased, rights withdrawn, everything unfinished forgotten ([SM-012]). The selection stays.
    pub(crate) fn end_session(&mut self) {
        *self = Self {
            selection: self.selection,
            ..Self::default()
        };
    }

    /// A plain command ends a session and is judged without rights ([SM-011]). Outside a session parts of a chain and the
    /// steps of a protocol are plain commands.
    fn plain(&mut self, command: &CommandApdu, around: &mut Surroundings<'_>) -> ResponseApdu {
        let keeps = around
            .data_sheet
            .deviates(Deviation::KeepsSessionOverPlainCommands);
        if self.session.is_some() && !keeps {
            self.end_session();
        }
        let envelope = Envelope {
            protected: false,
            room: usize::MAX,
        };
        let executed = self.joined(command.clone(), envelope, around);
        if let Some(keys) = executed.keys {
            self.session = Some(ChipSession::new(keys));
        }
        executed.answer
    }

    fn protected(&mut self, command: &CommandApdu, around: &mut Surroundings<'_>) -> ResponseApdu {
        let session = self.session.take();
        let Some(session) = session.or_else(|| self.unproven_session(around.data_sheet)) else {
            self.end_session();
            return ResponseApdu::from_sw(StatusWord::SM_OBJECT_INCORRECT);
        };
        let unprotected = session.unprotect(&fitting(command, around.data_sheet));
        let answer = unprotected.and_then(|(mut plain, exchange)| {
            if command.cla & PROPRIETARY_PROTECTED == PROPRIETARY_PROTECTED {
                plain.cla &= !(PROPRIETARY_PROTECTED ^ PROTECTED);
            }
            let envelope = Envelope {
                protected: true,
                room: exchange.max_plain_response(),
            };
            let executed = self.joined(plain, envelope, around);
            let (answer, session) = exchange.protect(&executed.answer)?;
            // The answer went under the old keys; new ones hold from the next command ([CMD-041]).
            let keys = executed.keys.filter(|_| {
                let sheet = around.data_sheet;
                !sheet.deviates(Deviation::KeepsKeysAfterChipAuthentication)
            });
            if !self.is_over(executed.answer.sw, around.data_sheet) {
                self.session = Some(keys.map_or(session, ChipSession::new));
            }
            Ok(answer)
        });
        answer.unwrap_or_else(|fault| {
            self.end_session();
            ResponseApdu::from_sw(fault.0)
        })
    }

    /// The session of a run of PACE whose tokens are still to come, on a chip that is told to begin with the agreement.
    fn unproven_session(&mut self, sheet: &DataSheet) -> Option<ChipSession> {
        if !sheet.deviates(Deviation::TakesKeysBeforeTokens) {
            return None;
        }
        match core::mem::take(&mut self.protocol) {
            Protocol::Pace(state) => state.into_unproven_keys().map(ChipSession::new),
            _ => None,
        }
    }

    /// Chips of Q008 lose their session over EF.COM; the answer that says so still belongs to it.
    fn is_over(&self, sw: StatusWord, sheet: &DataSheet) -> bool {
        let over_com = sw == StatusWord::WRONG_OFFSET && self.selection.ef == Some(File::Com);
        over_com && sheet.has_quirk(Quirk::COM_ENDS_SESSION)
    }

    /// Waits for the whole of a chain, then executes it. Parts that nothing continued were a command in between.
    fn joined(
        &mut self,
        part: CommandApdu,
        envelope: Envelope,
        around: &mut Surroundings<'_>,
    ) -> Executed {
        if self.chain.is_broken_by(&part) {
            self.protocol = Protocol::None;
            self.interrupt_terminal();
        }
        match self.chain.join(part) {
            Ok(Some(command)) => self.whole(&command, envelope, around),
            Ok(None) => Executed::done(ResponseApdu::from_sw(StatusWord::OK)),
            Err(refusal) => Executed::done(refused(refusal)),
        }
    }

    fn whole(
        &mut self,
        command: &CommandApdu,
        envelope: Envelope,
        around: &mut Surroundings<'_>,
    ) -> Executed {
        let protocol = core::mem::take(&mut self.protocol);
        let (protocol, kept) = protocol.without_foreign(command, around.data_sheet);
        let parsed = Command::parse(command);
        let goes_on = parsed.as_ref().is_ok_and(Command::authenticates_terminal);
        if !(envelope.protected && goes_on) {
            self.interrupt_terminal();
        }
        if let Some(sw) = quirk::instead(around.data_sheet, command) {
            return Executed::done(ResponseApdu::from_sw(sw));
        }
        let executed = parsed
            .and_then(|parsed| {
                check_alive(&parsed, around.contents())?;
                self.dispatch(parsed, command, protocol, envelope, around)
            })
            .unwrap_or_else(|refusal| Executed::done(refused(refusal)));
        if let Some(kept) = kept {
            self.protocol = kept;
        }
        let executed = Executed {
            answer: around.data_sheet.unrefused(executed.answer),
            ..executed
        };
        let alternative = |signature: &[u8]| {
            active_authentication::alternative(around.memory.contents(), signature)
        };
        let room = envelope.room;
        let answer = quirk::in_its_way(
            around.data_sheet,
            command,
            executed.answer,
            room,
            alternative,
        );
        Executed { answer, ..executed }
    }

    fn dispatch(
        &mut self,
        parsed: Command<'_>,
        command: &CommandApdu,
        protocol: Protocol,
        envelope: Envelope,
        around: &mut Surroundings<'_>,
    ) -> Result<Executed, Refusal> {
        match parsed {
            Command::SelectMasterFile => Ok(self.select_master_file()),
            Command::SelectApplication { aid, fci } => {
                self.select_application(aid, fci, envelope, around)
            }
            Command::SelectElementaryFile(id) => self.select_elementary_file(id, around),
            Command::ReadBinary(read) => self.read_binary(&read, envelope, around),
            // Inside a session these belong to terminal authentication ([ACCESS-013]).
            Command::GetChallenge | Command::ExternalAuthenticate if envelope.protected => {
                self.authenticate_terminal(command, Refusal::Access, envelope, around)
            }
            Command::GetChallenge => self.bac_challenge(command, around),
            Command::ExternalAuthenticate => self.bac_authenticate(command, protocol, around),
            Command::PaceSetAt => self.pace_set_at(command, envelope, around),
            Command::ChipAuthenticationSetKat => self.chip_set_kat(command, envelope, around),
            Command::ChipAuthenticationSetAt => self.chip_set_at(command, envelope, around),
            Command::GeneralAuthenticate => match protocol {
                Protocol::Pace(state) => self.pace_step(*state, command, around),
                Protocol::ChipAuthentication(selected) => {
                    self.chip_agree(selected, command, around)
                }
                Protocol::Bac(_) | Protocol::None => Err(Refusal::Order),
            },
            Command::InternalAuthenticate => self.internal_authenticate(command, envelope, around),
            Command::TerminalAuthenticationSet => {
                self.authenticate_terminal(command, Refusal::Parameters, envelope, around)
            }
            Command::VerifyCertificate => {
                self.authenticate_terminal(command, Refusal::Instruction, envelope, around)
            }
            Command::ResetRetryCounter => self.reset_retry_counter(command, around),
            Command::GetResponse => Err(Refusal::Order),
        }
    }

    /// A session begins with these rights, and with this file current ([ACCESS-012]).
    fn enter(&mut self, access: Access, df: DedicatedFile) {
        self.rights = Rights::of(access);
        self.selection = Selection::of(df);
        self.id_ic = None;
        self.terminal = None;
    }

    /// Chip and active authentication need a session that opens the application ([ACCESS-015], [ACCESS-021]).
    fn in_open_session(&self, envelope: Envelope, data_sheet: &DataSheet) -> Result<(), Refusal> {
        let in_plain = data_sheet.deviates(Deviation::AuthenticatesInPlain)
            || data_sheet.has_quirk(Quirk::NO_ACCESS_CONTROL);
        if in_plain || envelope.protected && self.rights.access.opens_application() {
            Ok(())
        } else {
            Err(Refusal::Access)
        }
    }
}

impl Executed {
    const fn done(answer: ResponseApdu) -> Self {
        Self { answer, keys: None }
    }

    /// With the keys of the session that begins behind the answer.
    const fn renewing(answer: ResponseApdu, keys: SessionKeys) -> Self {
        Self {
            answer,
            keys: Some(keys),
        }
    }

    const fn ok() -> Self {
        Self::done(ResponseApdu::from_sw(StatusWord::OK))
    }
}

/// Of a blocked or terminated chip the public status is left ([LIFE-007]).
fn check_alive(parsed: &Command<'_>, memory: &ChipMemory) -> Result<(), Refusal> {
    if !memory.life_cycle().is_dead() {
        return Ok(());
    }
    match parsed {
        Command::SelectApplication { aid, .. } if **aid == PERSONALISATION_AID => Ok(()),
        Command::SelectMasterFile
        | Command::SelectApplication { .. }
        | Command::SelectElementaryFile(_) => Err(Refusal::NoSuchFile),
        _ => Err(Refusal::State),
    }
}

pub(crate) const fn refused(refusal: Refusal) -> ResponseApdu {
    ResponseApdu::from_sw(refusal.status_word())
}

/// The command with an Le that the chip can fill: the outer Le of a protected command is not authenticated.
fn fitting(command: &CommandApdu, data_sheet: &DataSheet) -> CommandApdu {
    let longest = Le::saturating(data_sheet.limits().max_response - 2);
    let mut command = command.clone();
    command.le = command.le.map(|le| le.min(longest));
    command
}
