//! The terminal's end of the session a case has open.

use crypto::CryptoRng;
use iso7816::{Channel, ChannelError, CommandApdu, Ins, ResponseApdu};
use lds::APPLICATION_AID;
use protocols::bac::AccessKeys;
use protocols::secure_messaging::{SessionKeys, TerminalSession};
use protocols::{Error, Password, PasswordKind, bac, chip_authentication, pace};

use super::Dialogue;
use super::line::Line;
use super::runner::{Brought, Knowledge};

/// What protects the commands of a case.
#[derive(Default)]
pub(super) struct Session(Option<TerminalSession>);

impl Session {
    /// Leads a dialogue. The last status word is what it brought; a dialogue that fails leaves the session as it was.
    pub(super) fn open(
        &mut self,
        dialogue: Dialogue,
        line: &mut Line<'_>,
        knowledge: &Knowledge,
        rng: &mut dyn CryptoRng,
    ) -> Result<Brought, ChannelError> {
        let keys = match dialogue {
            Dialogue::Bac => run_bac(line, knowledge, rng),
            Dialogue::PaceMrz => run_pace(line, PasswordKind::Mrz, knowledge, rng),
            Dialogue::PaceCan => run_pace(line, PasswordKind::Can, knowledge, rng),
            Dialogue::ChipAuthentication => self.authenticate_chip(line, knowledge, rng),
        };
        match keys {
            Ok(keys) => self.0 = Some(TerminalSession::new(keys)),
            Err(Error::Transport(error)) => return Err(error),
            Err(Error::CardRefused { .. }) => {}
            Err(_) => return Err(ChannelError::Refused("the dialogue could not be led")),
        }
        Ok(Brought {
            answer: ResponseApdu::from_sw(line.last()),
            protected: false,
        })
    }

    /// Sends a plain command under protection. Alterations meet the protected command.
    pub(super) fn secure(
        &mut self,
        octets: &[u8],
        line: &mut Line<'_>,
    ) -> Result<Brought, ChannelError> {
        let command = CommandApdu::parse(octets)?;
        let none = ChannelError::Refused("a session, which no step before has opened");
        let session = self.0.as_mut().ok_or(none)?;
        let refused = ChannelError::Refused("the command could not be protected");
        let exchange = session.protect(&command).map_err(|_| refused)?;
        let answer = line.transmit(exchange.command())?;
        // An answer of a status word only is the card's way to say that it has closed the session. The keys are kept, to
        // show that the card no longer takes them.
        if answer.data.is_empty() {
            return Ok(Brought {
                answer,
                protected: false,
            });
        }
        let broken = ChannelError::SecureMessaging {
            what: "the answer does not verify",
        };
        let answer = exchange.accept(&answer).map_err(|_| broken)?;
        Ok(Brought {
            answer,
            protected: true,
        })
    }

    fn authenticate_chip(
        &mut self,
        line: &mut Line<'_>,
        knowledge: &Knowledge,
        rng: &mut dyn CryptoRng,
    ) -> protocols::Result<SessionKeys> {
        let selection =
            chip_authentication::Selection::strongest(&knowledge.security_infos)?.ok_or(UNKNOWN)?;
        let mut channel = Protected {
            session: self,
            line,
        };
        chip_authentication::terminal::agree(&mut channel, &selection, rng)
            .map(|agreed| agreed.keys)
    }
}

const UNKNOWN: Error = Error::Misuse("what the dialogue needs is not known of this card");

/// The session as a channel, for a dialogue inside it.
struct Protected<'a, 'b> {
    session: &'a mut Session,
    line: &'a mut Line<'b>,
}

impl Channel for Protected<'_, '_> {
    fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        let brought = self.session.secure(&command.to_bytes()?, self.line)?;
        if brought.protected {
            Ok(brought.answer)
        } else {
            Err(ChannelError::SessionLost(brought.answer.sw))
        }
    }
}

fn run_bac(
    line: &mut Line<'_>,
    knowledge: &Knowledge,
    rng: &mut dyn CryptoRng,
) -> protocols::Result<SessionKeys> {
    let keys = AccessKeys::derive(password(knowledge, PasswordKind::Mrz)?)?;
    let select = CommandApdu::new(0, Ins::SELECT, 0x04, 0x0C).with_data(APPLICATION_AID);
    line.prepare(&select)?;
    bac::terminal::establish(line, &keys, rng)
}

fn run_pace(
    line: &mut Line<'_>,
    kind: PasswordKind,
    knowledge: &Knowledge,
    rng: &mut dyn CryptoRng,
) -> protocols::Result<SessionKeys> {
    let offered: Vec<_> = knowledge.security_infos.pace().copied().collect();
    let info = pace::strongest(&offered).ok_or(UNKNOWN)?;
    let password = password(knowledge, kind)?;
    pace::terminal::establish(line, info, password, None, rng).map(|established| established.keys)
}

fn password(knowledge: &Knowledge, kind: PasswordKind) -> protocols::Result<&Password> {
    knowledge
        .passwords
        .iter()
        .find(|password| password.kind() == kind)
        .ok_or(UNKNOWN)
}
