//! Reads a card before the cases run.

use crypto::CryptoRng;
use iso7816::{ChannelError, FileId, ResponseApdu, StatusWord, tlv};
use lds::{APPLICATION_AID, File, MAX_FILE_LEN, Parent};

use super::super::case::KeySet;
use super::super::dialogue::{Dialogue, Protocol};
use super::super::line::Line;
use super::super::runner::Device;
use super::super::session::{Session, Surroundings, Trouble};
use super::{BIOMETRICS, Feature, Knowledge, in_application};

/// Octets asked for in one command: an answer of AES and one of 3DES both hold them.
const CHUNK: usize = 0xDF;
/// Most commands of all reading of one card: more than the files of a slow card take. One that goes on wants to keep us busy.
const MAX_COMMANDS: usize = 20_000;
/// Commands after which a file must have brought [`MIN_OCTETS_PER_COMMAND`] with each: one that comes in crumbs would be read for
/// hours. What it has brought until then is kept.
const FIRST_COMMANDS: usize = 16;
const MIN_OCTETS_PER_COMMAND: usize = 16;
/// Offsets from here on need the odd READ BINARY (ISO 7816-4 §11.3.3).
const ODD_FROM: usize = 0x8000;

/// A card, and how much of its reading is done.
struct Metered<'a> {
    device: &'a mut dyn Device,
    commands: usize,
    /// There was no command left, or no time.
    is_over: bool,
}

impl Device for Metered<'_> {
    fn reset(&mut self) -> Result<(), ChannelError> {
        self.device.reset()
    }

    fn exchange(&mut self, octets: &[u8]) -> Result<Vec<u8>, ChannelError> {
        self.is_over |= self.commands >= MAX_COMMANDS || !self.device.has_time();
        if self.is_over {
            return Err(ChannelError::Refused("the reading is over"));
        }
        self.commands += 1;
        self.device.exchange(octets)
    }
}

/// A card that is read, and the session it is read in.
pub(super) struct Reading<'a> {
    device: Metered<'a>,
    rng: &'a mut dyn CryptoRng,
    session: Option<Session>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(device: &'a mut dyn Device, rng: &'a mut dyn CryptoRng) -> Self {
        Self {
            device: Metered {
                device,
                commands: 0,
                is_over: false,
            },
            rng,
            session: None,
        }
    }

    /// Commands so far, those of former readings of the card included.
    pub(super) const fn commands(&self) -> usize {
        self.device.commands
    }

    /// Whether the reading was broken off.
    pub(super) const fn is_endless(&self) -> bool {
        self.device.is_over
    }

    /// Files of the master file that anybody may read, and whether the odd READ BINARY is known.
    pub(super) fn public_files(&mut self, knowledge: &mut Knowledge) -> Result<(), ChannelError> {
        self.device.reset()?;
        for file in [File::AtrInfo, File::Dir, File::CardAccess] {
            if self.keep(file, knowledge)? {
                let odd = self.exchange(&[0, 0xB1, 0, 0, 3, 0x54, 1, 0, 3])?;
                if odd.sw.is_ok() && odd.data.first() == Some(&0x53) {
                    knowledge.features.insert(Feature::OddInstruction);
                }
                if self.takes_extended_length()? {
                    knowledge.features.insert(Feature::ExtendedLength);
                }
            }
        }
        Ok(())
    }

    /// Whether the card carries out a command with an extended Le. A reader that does not pass it on says nothing of the card.
    fn takes_extended_length(&mut self) -> Result<bool, ChannelError> {
        match self.exchange(&[0, 0xB0, 0, 0, 0, 1, 1]) {
            Ok(answer) => Ok(answer.sw.is_ok()),
            Err(ChannelError::Refused(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Whether the application gives a challenge for BAC.
    pub(super) fn gives_challenge(&mut self) -> Result<bool, ChannelError> {
        self.device.reset()?;
        self.select_application()?;
        let answer = self.exchange(&[0, 0x84, 0, 0, 8])?;
        self.device.reset()?;
        Ok(answer.sw.is_ok() && answer.data.len() == 8)
    }

    /// A reading that goes on after so many commands, in a session that was opened before, with the application selected.
    pub(super) fn within(
        session: Session,
        device: &'a mut dyn Device,
        rng: &'a mut dyn CryptoRng,
        commands: usize,
    ) -> Self {
        let mut reading = Self::new(device, rng);
        reading.device.commands = commands;
        reading.session = Some(session);
        reading
    }

    /// Fingers and irises, for a terminal that has shown its rights.
    pub(super) fn biometrics(&mut self, knowledge: &mut Knowledge) -> Result<(), ChannelError> {
        for file in BIOMETRICS {
            self.keep(file, knowledge)?;
        }
        Ok(())
    }

    /// Everything that PACE, or BAC where there is no PACE, opens.
    pub(super) fn closed_files(&mut self, knowledge: &mut Knowledge) -> Result<(), ChannelError> {
        let (protocol, selected) = match knowledge.pace_password() {
            Some(_) => (Protocol::Pace, false),
            None => (Protocol::Bac, true),
        };
        if !self.open(protocol, knowledge)? {
            knowledge.closed = knowledge.not_shown;
            return Ok(());
        }
        if !selected {
            self.keep(File::CardSecurity, knowledge)?;
            self.select_application()?;
        }
        for file in in_application() {
            self.keep(file, knowledge)?;
        }
        Ok(())
    }

    fn open(
        &mut self,
        protocol: Protocol,
        knowledge: &mut Knowledge,
    ) -> Result<bool, ChannelError> {
        let mut session = Session::default();
        let mut line = Line::new(&mut self.device);
        let mut around = Surroundings {
            knowledge,
            rng: self.rng,
        };
        let opened = session.open(&Dialogue::plain(protocol), &mut line, &mut around);
        let opened = match opened {
            Ok(brought) if brought.answer.sw.is_ok() => true,
            Ok(brought) => {
                let kind = knowledge.password_of(protocol);
                let refused = is_refusal(brought.answer.sw) && line.has_shown_password();
                knowledge.refused_password = refused.then_some(kind);
                false
            }
            Err(Trouble::Channel(error)) => return Err(error),
            Err(Trouble::NotShown(hindrance)) => {
                knowledge.not_shown = Some(hindrance);
                false
            }
            Err(Trouble::Protocol(_) | Trouble::Unknown) => false,
        };
        self.session = opened.then_some(session);
        Ok(opened)
    }

    /// Whether the other passwords open the card, too.
    pub(super) fn other_passwords(
        &mut self,
        knowledge: &mut Knowledge,
    ) -> Result<(), ChannelError> {
        let shown = knowledge.pace_password();
        let all = [Protocol::PaceMrz, Protocol::PaceCan, Protocol::PacePin];
        for protocol in all {
            let is_known = knowledge.password(protocol.password()).is_some();
            let is_other = shown.is_some_and(|shown| shown != protocol.password());
            if is_known && is_other && knowledge.refused_password.is_none() {
                self.device.reset()?;
                self.open(protocol, knowledge)?;
            }
        }
        Ok(())
    }

    fn select_application(&mut self) -> Result<(), ChannelError> {
        let mut select = vec![0, 0xA4, 0x04, 0x0C, 7];
        select.extend(APPLICATION_AID);
        self.exchange(&select).map(drop)
    }

    /// EF.CVCA under the identifier that EF.DG14 names, where it is not that of the standard (TR-03110-3 §A.1.1.3).
    pub(super) fn named_trust_points(
        &mut self,
        knowledge: &mut Knowledge,
    ) -> Result<(), ChannelError> {
        let named = knowledge.security_infos.terminal_authentication();
        let named = named.and_then(|info| info.ef_cvca).map(|file| file.id);
        match named.filter(|id| *id != File::Cvca.id() && self.session.is_some()) {
            None => Ok(()),
            Some(id) => {
                knowledge.files.remove(&File::Cvca);
                self.keep_as(File::Cvca, id, knowledge).map(drop)
            }
        }
    }

    /// Reads a file of the current directory, if it is there and open. Whether it gave anything.
    fn keep(&mut self, file: File, knowledge: &mut Knowledge) -> Result<bool, ChannelError> {
        self.keep_as(file, file.id(), knowledge)
    }

    fn keep_as(
        &mut self,
        file: File,
        id: FileId,
        knowledge: &mut Knowledge,
    ) -> Result<bool, ChannelError> {
        let [high, low] = id.0.to_be_bytes();
        let select = self.exchange(&[0, 0xA4, 0x02, 0x0C, 2, high, low])?;
        if !select.sw.is_ok() {
            return Ok(false);
        }
        if file.parent() == Parent::MasterFile {
            knowledge.selected.insert(file);
        }
        let content = self.content(file)?;
        let gave = !content.is_empty();
        if gave {
            knowledge.files.insert(file, content);
        }
        Ok(gave)
    }

    /// What the file that is selected gives.
    fn content(&mut self, file: File) -> Result<Vec<u8>, ChannelError> {
        let mut content = Vec::new();
        let mut end = MAX_FILE_LEN;
        for commands in 1.. {
            let is_in_crumbs = commands > FIRST_COMMANDS + content.len() / MIN_OCTETS_PER_COMMAND;
            if content.len() >= end || is_in_crumbs {
                break;
            }
            let part = self.part(content.len(), CHUNK.min(end - content.len()))?;
            if part.is_empty() {
                break;
            }
            content.extend(part);
            if let (Some(_), Ok(Some(length))) = (file.tag(), tlv::total_len(&content)) {
                end = length.min(MAX_FILE_LEN);
            }
        }
        Ok(content)
    }

    /// Octets from an offset on; none behind the end or where the card refuses.
    fn part(&mut self, offset: usize, length: usize) -> Result<Vec<u8>, ChannelError> {
        let [.., upper, high, low] = offset.to_be_bytes();
        let le = u8::try_from(length).unwrap_or(u8::MAX);
        if offset < ODD_FROM {
            let answer = self.exchange(&[0, 0xB0, high, low, le])?;
            return Ok(answer.data);
        }
        /// What the object 53 around the data takes.
        const HEADER: u8 = 3;
        let le = le.saturating_sub(HEADER).max(1) + HEADER;
        let answer = self.exchange(&[0, 0xB1, 0, 0, 5, 0x54, 3, upper, high, low, le])?;
        let data = tlv::read_all(&answer.data).unwrap_or_default();
        let data = data.first().filter(|object| object.tag.get() == 0x53);
        Ok(data.map(|object| object.value.to_vec()).unwrap_or_default())
    }

    fn exchange(&mut self, octets: &[u8]) -> Result<ResponseApdu, ChannelError> {
        let mut line = Line::new(&mut self.device);
        match &mut self.session {
            None => line.send(octets),
            Some(session) => session
                .secure(octets, KeySet::Newest, &mut line)
                .map(|brought| brought.answer),
        }
    }
}

/// Security status and what goes with it: a card that breaks the protocol for another reason says something else, and its cases
/// shall fail.
fn is_refusal(sw: StatusWord) -> bool {
    matches!(sw.0 >> 8, 0x63 | 0x69)
}
