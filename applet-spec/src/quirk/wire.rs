//! Quirks that show on the line itself, around a chip that knows nothing of them.

use iso7816::tlv::{self, Tag};
use iso7816::{Chip as _, CommandApdu, Ins, Le, ResponseApdu, StatusWord};
use lds::{APPLICATION_AID, File};

use super::Quirk;
use crate::Chip;

/// Class of a protected command.
const PROTECTED: u8 = 0x0C;
/// Class of a command of a chain that goes on.
const CHAINED: u8 = 0x10;
/// P1 P2 of MSE:Set AT of PACE.
const PACE_SET_AT: [u8; 2] = [0xC1, 0xA4];
/// Le in a protected command.
const PROTECTED_LE: Tag = Tag::new(0x97);
/// Number of the domain parameters in MSE:Set AT.
const PARAMETER_ID: Tag = Tag::new(0x84);
/// Octets above which chips of Q006 lose their session.
const LONGEST_READ: usize = 160;
/// A command of a class that the chip does not know: it ends the session ([SM-011]).
const END_SESSION: [u8; 4] = [0x80, 0x00, 0x00, 0x00];

/// A chip with the quirks of its data sheet.
pub struct QuirkyChip {
    chip: Chip,
    /// Whether a chain of GENERAL AUTHENTICATE goes on.
    chain_is_open: bool,
    /// Whether an authentication has got as far as its first secret since the last reset.
    has_authenticated: bool,
}

impl QuirkyChip {
    /// The chip in the ways of its data sheet.
    #[must_use]
    pub const fn new(chip: Chip) -> Self {
        Self {
            chip,
            chain_is_open: false,
            has_authenticated: false,
        }
    }

    /// The chip itself.
    #[must_use]
    pub const fn chip(&self) -> &Chip {
        &self.chip
    }

    fn has(&self, quirk: Quirk) -> bool {
        self.chip.data_sheet().has_quirk(quirk)
    }

    /// What is answered before the chip hears of the command.
    fn instead(&mut self, command: &CommandApdu) -> Option<ResponseApdu> {
        let sw = match command.cla {
            0x00 | CHAINED => self.instead_of_plain(command)?,
            PROTECTED => return self.instead_of_protected(command),
            _ => return None,
        };
        Some(ResponseApdu::from_sw(sw))
    }

    fn instead_of_plain(&self, command: &CommandApdu) -> Option<StatusWord> {
        let is_authentication = starts_authentication(command);
        if self.chain_is_open && command.ins != Ins::GENERAL_AUTHENTICATE {
            return Some(StatusWord::LAST_COMMAND_EXPECTED);
        }
        if self.refuses_le(command, command.le.is_some()) {
            return Some(StatusWord::WRONG_LENGTH);
        }
        if is_authentication && self.has_authenticated {
            return Some(StatusWord::CONDITIONS_NOT_SATISFIED);
        }
        if is_authentication && self.has(Quirk::NO_ACCESS_CONTROL) {
            return Some(StatusWord::INS_NOT_SUPPORTED);
        }
        match command.ins {
            Ins::SELECT if command.p1 == 0x00 => self.of_master_file(command),
            Ins::READ_BINARY if command.p1 == File::CardAccess.sfi().as_p1() => self
                .has(Quirk::CARD_ACCESS_WITHOUT_SFI)
                .then_some(StatusWord::FILE_NOT_FOUND),
            Ins::GET_CHALLENGE | Ins::EXTERNAL_AUTHENTICATE => self
                .has(Quirk::NO_BAC)
                .then_some(StatusWord::REFERENCED_DATA_NOT_FOUND),
            Ins::GET_RESPONSE => self
                .has(Quirk::PROMISES_MORE)
                .then_some(StatusWord::CONDITIONS_NOT_SATISFIED),
            Ins::MANAGE_SECURITY_ENVIRONMENT if is_authentication => {
                (self.has(Quirk::WANTS_PARAMETER_ID) && !names_parameters(command))
                    .then_some(StatusWord::LC_INCONSISTENT_WITH_P1_P2)
            }
            _ => None,
        }
    }

    fn of_master_file(&self, command: &CommandApdu) -> Option<StatusWord> {
        if self.has(Quirk::MASTER_FILE_IS_REFUSED) {
            return Some(StatusWord::INCORRECT_P1_P2);
        }
        let silent = command.data.is_empty() && self.has(Quirk::MASTER_FILE_IS_NOT_SELECTED);
        silent.then_some(StatusWord::OK)
    }

    fn instead_of_protected(&mut self, command: &CommandApdu) -> Option<ResponseApdu> {
        let objects = tlv::read_all(&command.data).unwrap_or_default();
        let le = tlv::find(&objects, PROTECTED_LE).map(|object| length(object.value));
        if self.refuses_le(command, le.is_some()) {
            return Some(ResponseApdu::from_sw(StatusWord::WRONG_LENGTH));
        }
        let reads = matches!(command.ins, Ins::READ_BINARY | Ins::READ_BINARY_ODD);
        let is_long = le.is_some_and(|le| le > LONGEST_READ);
        if reads && is_long && self.has(Quirk::LONG_READ_ENDS_SESSION) {
            self.chip.execute(&END_SESSION);
            return Some(ResponseApdu::from_sw(StatusWord::WRONG_LENGTH));
        }
        let of_com = command.p1 == File::Com.sfi().as_p1();
        if reads && of_com && self.has(Quirk::PLAIN_ANSWER) {
            let com = self.chip.memory().file(File::Com).unwrap_or_default();
            return Some(ResponseApdu::new(com.to_vec(), StatusWord::OK));
        }
        None
    }

    fn refuses_le(&self, command: &CommandApdu, has_le: bool) -> bool {
        let without_answer = matches!(command.ins, Ins::SELECT | Ins::MANAGE_SECURITY_ENVIRONMENT);
        without_answer && has_le && self.has(Quirk::LE_IS_REFUSED)
    }

    /// MSE:Set AT without parameters as a chip takes it that takes its first ones.
    fn with_first_parameters(&self, command: &CommandApdu) -> Option<Vec<u8>> {
        let guesses = is_pace(command) && !names_parameters(command);
        if !guesses || !self.has(Quirk::FIRST_PARAMETERS) {
            return None;
        }
        let id = self.chip.memory().first_parameters()?;
        let mut data = command.data.to_vec();
        data.extend(tlv::encode(PARAMETER_ID, &[id]));
        let octets = command.clone().with_data(data).to_bytes().ok()?;
        Some(octets.to_vec())
    }

    /// What the line shows of chains and of authentications that have begun.
    fn remember(&mut self, command: &CommandApdu, sw: StatusWord) {
        if command.ins == Ins::GENERAL_AUTHENTICATE && command.cla & PROTECTED == 0 {
            let goes_on = command.cla == CHAINED && sw.is_ok();
            self.chain_is_open = goes_on && self.has(Quirk::OPEN_CHAIN);
        }
        let has_begun = match command.ins {
            Ins::GENERAL_AUTHENTICATE => command.cla == CHAINED,
            Ins::GET_CHALLENGE => command.cla == 0,
            _ => false,
        };
        if has_begun && sw.is_ok() && self.has(Quirk::AUTHENTICATES_ONCE) {
            self.has_authenticated = true;
        }
    }
}

impl iso7816::Chip for QuirkyChip {
    fn atr(&self) -> Vec<u8> {
        self.chip.atr()
    }

    fn reset(&mut self) {
        self.chip.reset();
        self.chain_is_open = false;
        self.has_authenticated = false;
        if self.has(Quirk::MASTER_FILE_IS_NOT_SELECTED) {
            // The application is current from the start.
            let select = CommandApdu::new(0x00, Ins::SELECT, 0x04, 0x0C);
            if let Ok(octets) = select.with_data(APPLICATION_AID).to_bytes() {
                self.chip.execute(&octets);
            }
        }
    }

    fn execute(&mut self, octets: &[u8]) -> Vec<u8> {
        let Ok(command) = CommandApdu::parse(octets) else {
            return self.chip.execute(octets);
        };
        if let Some(answer) = self.instead(&command) {
            return answer.to_bytes();
        }
        let answer = match self.with_first_parameters(&command) {
            Some(understood) => self.chip.execute(&understood),
            None => self.chip.execute(octets),
        };
        if let Ok(answer) = ResponseApdu::parse(&answer) {
            self.remember(&command, answer.sw);
        }
        answer
    }
}

const fn is_pace(command: &CommandApdu) -> bool {
    let [p1, p2] = PACE_SET_AT;
    matches!(command.ins, Ins::MANAGE_SECURITY_ENVIRONMENT) && command.p1 == p1 && command.p2 == p2
}

/// MSE:Set AT of PACE, or the challenge of BAC.
const fn starts_authentication(command: &CommandApdu) -> bool {
    is_pace(command) || matches!(command.ins, Ins::GET_CHALLENGE)
}

fn names_parameters(command: &CommandApdu) -> bool {
    let objects = tlv::read_all(&command.data).unwrap_or_default();
    tlv::find(&objects, PARAMETER_ID).is_some()
}

/// A length in DO'97': zero stands for the longest.
fn length(octets: &[u8]) -> usize {
    let length = octets
        .iter()
        .fold(0, |sum, octet| sum << 8 | usize::from(*octet));
    let longest = if octets.len() > 1 {
        Le::EXTENDED_MAX
    } else {
        Le::SHORT_MAX
    };
    match length {
        0 => usize::try_from(longest.get()).unwrap_or(usize::MAX),
        length => length,
    }
}
