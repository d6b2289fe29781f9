//! The terminal's end of the session a case has open.

use crypto::{AgreementGenerator, CryptoRng, PublicKey};
use iso7816::tlv::{self, Tag};
use iso7816::{Channel, ChannelError, CommandApdu, Ins, Le, ResponseApdu};
use lds::security_info::PaceInfo;
use lds::{APPLICATION_AID, Dg15, File, FileContent, SecurityInfos};
use mrz::{Mrz, MrzInformation};
use pki::SignedData;
use protocols::bac::AccessKeys;
use protocols::pace::MappingProof;
use protocols::pace::terminal::Unproven;
use protocols::secure_messaging::TerminalSession;
use protocols::terminal_authentication::Binding;
use protocols::{
    Error, Password, PasswordKind, Step, active_authentication, bac, chip_authentication, pace,
};

use super::case::KeySet;
use super::chip_key::Command;
use super::dialogue::{Dialogue, End, Protocol};
use super::line::Line;
use super::runner::Brought;
use super::shaped::{Replayed, drawn};
use super::{Hindrance, Knowledge};

/// What protects the commands of a case.
#[derive(Default)]
pub(super) struct Session {
    newest: Option<TerminalSession>,
    previous: Option<TerminalSession>,
    /// The last answer of a dialogue inside the session, protection taken off.
    last_inside: Option<ResponseApdu>,
    opened: Option<Opened>,
    /// Comp(PK_IFD) of the newest agreement that authenticated the chip.
    terminal_key: Option<Vec<u8>>,
}

/// What names the chip in terminal authentication: how the session was opened (Doc 9303-11 §7.1.2).
enum Opened {
    Pace { id_ic: Vec<u8> },
    Bac(MrzInformation),
}

/// Which session a proof of terminal authentication is bound to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Proof {
    OfThisSession,
    OfAnother,
    /// Of this session, over the challenge before the last.
    OverFormerChallenge,
}

/// What the dialogues need beside the line.
pub(super) struct Surroundings<'a> {
    pub(super) knowledge: &'a Knowledge,
    pub(super) rng: &'a mut dyn CryptoRng,
}

/// Why a dialogue brought no status word.
pub(super) enum Trouble {
    /// There was no answer.
    Channel(ChannelError),
    /// An answer was none of the protocol, or what it should prove does not hold.
    Protocol(Error),
    /// The dialogue did not come to show a password.
    NotShown(Hindrance),
    /// The dialogue could not begin: what it needs is not known of this card.
    Unknown,
}

const UNKNOWN: Error = Error::Misuse("what the dialogue needs is not known of this card");
const NO_PASSWORD: Error = Error::Misuse("the password is not known");

impl Session {
    /// Leads a dialogue. The last answer is what it brought; a dialogue that fails leaves the session as it was.
    pub(super) fn open(
        &mut self,
        dialogue: &Dialogue,
        line: &mut Line<'_>,
        around: &mut Surroundings<'_>,
    ) -> Result<Brought, Trouble> {
        self.last_inside = None;
        let done = match dialogue.protocol {
            Protocol::Application => self.open_application(dialogue, line, around),
            Protocol::Bac => self.run_bac(dialogue, line, around),
            Protocol::Pace => match around.knowledge.pace_password() {
                Some(kind) => self.run_pace(kind, dialogue, line, around),
                None if around.knowledge.passwords.is_empty() => Err(NO_PASSWORD),
                None => Err(UNKNOWN),
            },
            Protocol::PaceMrz => self.run_pace(PasswordKind::Mrz, dialogue, line, around),
            Protocol::PaceCan => self.run_pace(PasswordKind::Can, dialogue, line, around),
            Protocol::PacePin => self.run_pace(PasswordKind::Pin, dialogue, line, around),
            Protocol::PacePuk => self.run_pace(PasswordKind::Puk, dialogue, line, around),
            Protocol::AnyChipAuthentication
            | Protocol::ChipAuthentication
            | Protocol::KeyAgreementTemplate => self.authenticate_chip(dialogue, line, around),
            Protocol::ActiveAuthentication => self.authenticate_actively(line, around),
        };
        let password = || around.knowledge.password_of(dialogue.protocol);
        match done {
            Err(Error::CardRefused {
                step: Step::PaceSetAt,
                sw,
            }) if sw.tries_left() == Some(0) => {
                return Err(Trouble::NotShown(Hindrance::Blocked(password())));
            }
            Ok(()) | Err(Error::CardRefused { .. }) => {}
            Err(_) if line.is_diverted() => {}
            Err(error) if error == UNKNOWN => return Err(Trouble::Unknown),
            Err(error) if error == NO_PASSWORD => {
                let missing = dialogue.protocol.password();
                return Err(Trouble::NotShown(Hindrance::NoPassword(missing)));
            }
            Err(Error::LastTry(kind)) => {
                return Err(Trouble::NotShown(Hindrance::LastTry(kind)));
            }
            Err(Error::Transport(error)) => return Err(Trouble::Channel(error)),
            Err(error) => return Err(Trouble::Protocol(error)),
        }
        let inside = self.last_inside.take();
        Ok(Brought {
            answer: inside.unwrap_or_else(|| line.last().clone()),
            protected: false,
        })
    }

    /// Sends a plain command under protection. Alterations meet the protected command.
    pub(super) fn secure(
        &mut self,
        octets: &[u8],
        keys: KeySet,
        line: &mut Line<'_>,
    ) -> Result<Brought, ChannelError> {
        let command = CommandApdu::parse(octets)?;
        let session = match keys {
            KeySet::Newest => self.newest.as_mut(),
            KeySet::Previous => self.previous.as_mut(),
        };
        let none = ChannelError::SecureMessaging {
            what: "no step before has opened a session",
        };
        let refused = ChannelError::SecureMessaging {
            what: "the command could not be protected",
        };
        let exchange = session
            .ok_or(none)?
            .protect(&command)
            .map_err(|_| refused)?;
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

    /// What the proof of terminal authentication is bound to; `None` before the chip was authenticated.
    pub(super) fn binding(&self, proof: Proof) -> Option<Binding> {
        let key = self.terminal_key.as_ref()?;
        let is_another = matches!(proof, Proof::OfAnother);
        match (self.opened.as_ref()?, is_another) {
            (Opened::Pace { id_ic }, false) => Some(Binding::after_pace(id_ic, key)),
            (Opened::Pace { id_ic }, true) => {
                let inverted: Vec<u8> = id_ic.iter().map(|octet| !octet).collect();
                Some(Binding::after_pace(&inverted, key))
            }
            (Opened::Bac(zone), false) => Some(Binding::after_bac(zone, key)),
            (Opened::Bac(_), true) => Some(Binding::to_document_number(&[], key)),
        }
    }

    fn begin(&mut self, session: TerminalSession) {
        self.previous = self.newest.replace(session);
    }

    /// PACE where the card offers it, else BAC, and the application.
    fn open_application(
        &mut self,
        dialogue: &Dialogue,
        line: &mut Line<'_>,
        around: &mut Surroundings<'_>,
    ) -> protocols::Result<()> {
        let Some(kind) = around.knowledge.pace_password() else {
            return self.run_bac(dialogue, line, around);
        };
        self.run_pace(kind, dialogue, line, around)?;
        let mut channel = Protected {
            session: self,
            line,
        };
        channel.transmit(&select_application())?;
        Ok(())
    }

    fn run_bac(
        &mut self,
        dialogue: &Dialogue,
        line: &mut Line<'_>,
        around: &mut Surroundings<'_>,
    ) -> protocols::Result<()> {
        let stranger = stranger(PasswordKind::Mrz)?;
        let password = match dialogue.wrong_password {
            true => &stranger,
            false => around
                .knowledge
                .password(PasswordKind::Mrz)
                .ok_or(NO_PASSWORD)?,
        };
        let keys = AccessKeys::derive(password)?;
        line.prepare(&select_application())?;
        let keys = bac::terminal::establish(line, &keys, around.rng)?;
        self.begin(TerminalSession::new(keys));
        self.opened = around.knowledge.zone().map(Opened::Bac);
        self.terminal_key = None;
        Ok(())
    }

    fn run_pace(
        &mut self,
        kind: PasswordKind,
        dialogue: &Dialogue,
        line: &mut Line<'_>,
        around: &mut Surroundings<'_>,
    ) -> protocols::Result<()> {
        let infos = &around.knowledge.security_infos;
        let offered: Vec<PaceInfo> = infos
            .pace()
            .filter(|info| dialogue.form.includes(info))
            .copied()
            .collect();
        let info = pace::strongest(&offered).ok_or(UNKNOWN)?;
        let stranger = stranger(kind)?;
        let known = around.knowledge.password(kind).ok_or(NO_PASSWORD)?;
        let password = if dialogue.wrong_password {
            &stranger
        } else {
            known
        };
        let mut rng = Replayed::leading_to(dialogue.key, info.domain(), around.rng)?;
        let shape = dialogue.agreement_key;
        let mut draw =
            |generator: &AgreementGenerator, rng: &mut dyn CryptoRng| drawn(shape, generator, rng);
        let unproven = Unproven::agree(line, info, password, None, &mut draw, &mut rng)?;
        let established = match dialogue.end {
            None => unproven.prove(line)?,
            Some(End::TokenWithoutTemplate) => return show_bare_token(&unproven, line),
            Some(End::WithoutTokens) => {
                self.begin(TerminalSession::new(unproven.into_keys()));
                return Ok(());
            }
        };
        if let Some(proof) = &established.mapping_proof {
            around.knowledge.check_mapping(proof)?;
        }
        let id_ic = established.id_ic();
        self.opened = Some(Opened::Pace { id_ic });
        let proves_chip = established.mapping_proof.is_some();
        self.terminal_key = proves_chip.then(|| established.own_key.compressed());
        self.begin(TerminalSession::new(established.keys));
        Ok(())
    }

    fn authenticate_chip(
        &mut self,
        dialogue: &Dialogue,
        line: &mut Line<'_>,
        around: &mut Surroundings<'_>,
    ) -> protocols::Result<()> {
        let commands = match dialogue.protocol {
            Protocol::KeyAgreementTemplate => &[Command::KeyAgreementTemplate][..],
            Protocol::ChipAuthentication => &[Command::GeneralAuthenticate],
            _ => &[Command::GeneralAuthenticate, Command::KeyAgreementTemplate],
        };
        let of = |command: &Command| {
            let knowledge = around.knowledge;
            knowledge.chip_key(*command, dialogue.form.agreement)
        };
        let key = commands.iter().find_map(of);
        let selection = key.ok_or(UNKNOWN)?.selection;
        let domain = Some(selection.key().domain());
        let mut rng = Replayed::leading_to(dialogue.key, domain, around.rng)?;
        let agreed = if dialogue.plain {
            chip_authentication::terminal::agree(line, &selection, &mut rng)?
        } else {
            let mut channel = Protected {
                session: self,
                line,
            };
            chip_authentication::terminal::agree(&mut channel, &selection, &mut rng)?
        };
        self.terminal_key = Some(agreed.own_key.compressed());
        self.begin(TerminalSession::new(agreed.keys));
        Ok(())
    }

    fn authenticate_actively(
        &mut self,
        line: &mut Line<'_>,
        around: &mut Surroundings<'_>,
    ) -> protocols::Result<()> {
        let key = around
            .knowledge
            .active_authentication_key()
            .ok_or(UNKNOWN)?;
        let infos = &around.knowledge.security_infos;
        let hash = infos.active_authentication().map(|info| info.hash);
        let mut channel = Protected {
            session: self,
            line,
        };
        active_authentication::terminal::authenticate(&mut channel, &key, hash, around.rng)?;
        Ok(())
    }
}

impl Knowledge {
    /// The password of a kind.
    pub(super) fn password(&self, kind: PasswordKind) -> Option<&Password> {
        let mut passwords = self.passwords.iter();
        passwords.find(|password| password.kind() == kind)
    }

    /// The password to open PACE with, if the card offers PACE: the first that is known of those that are printed, since a PIN
    /// has few tries; else the first.
    pub(super) fn pace_password(&self) -> Option<PasswordKind> {
        self.security_infos.pace().next()?;
        let kinds = || self.passwords.iter().map(Password::kind);
        let is_printed =
            |kind: &PasswordKind| matches!(kind, PasswordKind::Mrz | PasswordKind::Can);
        kinds().find(is_printed).or_else(|| kinds().next())
    }

    /// The password that a dialogue shows.
    pub(super) fn password_of(&self, protocol: Protocol) -> PasswordKind {
        let of_pace = match protocol {
            Protocol::Pace | Protocol::Application => self.pace_password(),
            _ => None,
        };
        of_pace.unwrap_or(protocol.password())
    }

    /// The proof of chip authentication mapping holds with the key of its number: in EF.CardSecurity, or in EF.DG14 where that
    /// cannot be read. Before anything was read there is no key to check it with.
    fn check_mapping(&self, proof: &MappingProof) -> protocols::Result<()> {
        let signed = self.files.get(&File::CardSecurity).and_then(|file| {
            let signed = SignedData::parse(file).ok()?;
            Some(SecurityInfos::parse(signed.content()).ok()?.value)
        });
        let infos = signed.as_ref().unwrap_or(&self.security_infos);
        let mut keys = infos.chip_authentication_public_keys().peekable();
        if signed.is_none() && keys.peek().is_none() {
            return Ok(());
        }
        keys.find(|key| key.key_id == Some(proof.key_id()))
            .and_then(|key| key.agreement_key().ok())
            .ok_or(Error::Unsupported("a mapping proof without its key"))
            .and_then(|key| proof.check(&key))
    }

    /// What was printed, as far as BAC and terminal authentication know it.
    fn zone(&self) -> Option<MrzInformation> {
        let (zone, _) = Mrz::parse(self.printed_mrz.as_deref()?).ok()?;
        Some(zone.information())
    }

    /// The key of EF.DG15.
    pub(super) fn active_authentication_key(&self) -> Option<PublicKey> {
        let dg15 = Dg15::parse(self.files.get(&File::Dg15)?).ok()?.value;
        dg15.public_key.key().ok().cloned()
    }
}

/// A password that is nobody's: no zone has this digest, and no issuer gives these digits.
/// Cases that show it may be run on a card only with leave to change it.
fn stranger(kind: PasswordKind) -> protocols::Result<Password> {
    const DIGEST: [u8; 20] = [0x5A; 20];
    let wrong = match kind {
        PasswordKind::Can => Password::can("000000"),
        PasswordKind::Pin => Password::pin("000000"),
        PasswordKind::Puk => Password::puk("0000000000"),
        _ => Password::mrz_digest(&DIGEST),
    };
    wrong.map(Password::spending_the_last_try)
}

/// Shows a token over the chip's key as it stands inside its template.
fn show_bare_token(unproven: &Unproven, line: &mut Line<'_>) -> protocols::Result<()> {
    const TEMPLATE: Tag = Tag::new(0x7C);
    const TOKEN: Tag = Tag::new(0x85);
    let input = unproven.token_input();
    let (template, _) = tlv::read(&input).map_err(|_| UNKNOWN)?;
    let token = unproven.token_over(template.value)?;
    let data = tlv::encode(TEMPLATE, &tlv::encode(TOKEN, &token));
    let command = CommandApdu::new(0, Ins::GENERAL_AUTHENTICATE, 0, 0).with_data(data);
    line.transmit(&command.with_le(Le::SHORT_MAX))?;
    Ok(())
}

fn select_application() -> CommandApdu {
    CommandApdu::new(0, Ins::SELECT, 0x04, 0x0C).with_data(APPLICATION_AID)
}

/// The session as a channel, for a dialogue inside it.
struct Protected<'a, 'b> {
    session: &'a mut Session,
    line: &'a mut Line<'b>,
}

impl Channel for Protected<'_, '_> {
    fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        let octets = command.to_bytes()?;
        let brought = self.session.secure(&octets, KeySet::Newest, self.line)?;
        if brought.protected {
            self.session.last_inside = Some(brought.answer.clone());
            Ok(brought.answer)
        } else {
            Err(ChannelError::SessionLost(brought.answer.sw))
        }
    }
}
