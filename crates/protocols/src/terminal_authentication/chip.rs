//! The chip's end of terminal authentication.
//!
//! ```text
//!            ┌────────────── next certificate ─────────────┐
//! ready ── MSE:Set DST ──▶ key named ── PSO:Verify Certificate ──▶ ready, with a key imported
//! ready ── MSE:Set AT ───▶ terminal named ── GET CHALLENGE ──▶ challenged ── EXTERNAL AUTHENTICATE ──▶ authenticated
//! ```
//!
//! The caller makes the state when chip authentication, or PACE with chip authentication mapping, has succeeded, and drops
//! it with the session; before that terminal authentication is answered `6982`. Each of its commands consumes the state and
//! gives the next one. A command that fails, or comes out of turn, takes back what was named and the challenge; an imported
//! key stays until the next certificate is accepted or a terminal has authenticated (TR-03110-3 §A.7.1). So does a command of
//! another kind in between ([`TerminalAuthentication::interrupted`]): each step stands directly behind the one it leans on.

use crypto::CryptoRng;
use iso7816::{CommandApdu, Ins, Le, ResponseApdu, StatusWord};

use super::binding::Binding;
use super::certificate::Certificate;
use super::chain::{Authorization, Imported, Issuer, Policy, validate};
use super::fault::CertificateFault;
use super::holder_authorization::Role;
use super::objects::tag;
use super::reference::HolderReference;
use super::trust::TrustPoints;
use super::{CHALLENGE_LEN, SET_AT, SET_DST, VERIFY_CERTIFICATE};
use crate::dynamic_authentication_data::CHAINING;
use crate::security_environment::Template;

/// Bit of the class byte of proprietary classes (ISO 7816-4 §5.4.1).
const PROPRIETARY: u8 = 0x80;

/// Where terminal authentication stands in a session.
pub struct TerminalAuthentication {
    binding: Binding,
    imported: Option<Imported>,
    pending: Pending,
}

/// What the next command may lean on.
enum Pending {
    /// Nothing was named.
    Nothing,
    /// The key that verifies the next certificate.
    VerificationKey(HolderReference),
    /// The imported key is the terminal's.
    TerminalKey,
    /// The terminal was challenged.
    Challenge([u8; CHALLENGE_LEN]),
    /// The terminal has authenticated.
    Done(Authorization),
}

/// What the chip makes of a command.
pub struct Answered {
    /// The answer.
    pub response: ResponseApdu,
    /// The state for the next command.
    pub state: TerminalAuthentication,
    /// Trust points and date from now on, when the command changed them. They must be in non-volatile memory, whole, before
    /// the response goes out; when they cannot be stored, the chip answers `6F00` until it is reset, and `state` is dropped.
    pub changes: Option<TrustPoints>,
    /// Why a certificate was refused: for the chip's own log, never for the line.
    pub fault: Option<CertificateFault>,
}

/// What a command leads to.
#[derive(Default)]
struct Step {
    data: Vec<u8>,
    pending: Option<Pending>,
    changes: Option<TrustPoints>,
}

impl Step {
    fn to(pending: Pending) -> Self {
        Self {
            pending: Some(pending),
            ..Self::default()
        }
    }
}

/// Why a command is refused.
enum Refused {
    Command(StatusWord),
    Certificate(CertificateFault),
}

impl From<StatusWord> for Refused {
    fn from(sw: StatusWord) -> Self {
        Self::Command(sw)
    }
}

impl From<CertificateFault> for Refused {
    fn from(fault: CertificateFault) -> Self {
        Self::Certificate(fault)
    }
}

impl TerminalAuthentication {
    /// The beginning, in a session of chip authentication.
    #[must_use]
    pub const fn new(binding: Binding) -> Self {
        Self {
            binding,
            imported: None,
            pending: Pending::Nothing,
        }
    }

    /// Whether a command is one of terminal authentication. GET CHALLENGE and EXTERNAL AUTHENTICATE are it in a session only;
    /// outside they belong to BAC.
    #[must_use]
    pub fn concerns(command: &CommandApdu) -> bool {
        match command.ins {
            Ins::MANAGE_SECURITY_ENVIRONMENT => {
                [SET_DST, SET_AT].contains(&[command.p1, command.p2])
            }
            Ins::PERFORM_SECURITY_OPERATION | Ins::GET_CHALLENGE | Ins::EXTERNAL_AUTHENTICATE => {
                true
            }
            _ => false,
        }
    }

    /// What the terminal and everybody above it may, once it has authenticated.
    #[must_use]
    pub const fn authorization(&self) -> Option<&Authorization> {
        match &self.pending {
            Pending::Done(authorization) => Some(authorization),
            _ => None,
        }
    }

    /// Behind a command that is none of terminal authentication, or none at all: what was named and the challenge are gone. An
    /// imported key and what a terminal has shown stay.
    #[must_use]
    pub fn interrupted(mut self) -> Self {
        if !matches!(self.pending, Pending::Done(_)) {
            self.pending = Pending::Nothing;
        }
        self
    }

    /// Answers a command of terminal authentication (Doc 9303-11 §7.1.5).
    ///
    /// | refusal | when |
    /// |---|---|
    /// | `6300` | wrong signature, expired certificate or trust point |
    /// | `6700` | Le or length that the command does not have |
    /// | `6884`, `6E00` | chained command, proprietary class |
    /// | `6982` | a terminal has authenticated already |
    /// | `6985` | what must come before did not |
    /// | `6A80` | content of a certificate or of MSE:Set |
    /// | `6A86` | other parameters |
    /// | `6A88` | unknown key |
    /// | `6D00` | another instruction |
    #[must_use]
    pub fn answer(
        mut self,
        command: &CommandApdu,
        trust: &TrustPoints,
        policy: Policy,
        rng: &mut dyn CryptoRng,
    ) -> Answered {
        let pending = core::mem::replace(&mut self.pending, Pending::Nothing);
        if let Pending::Done(_) = pending {
            self.pending = pending;
            let refused = StatusWord::SECURITY_STATUS_NOT_SATISFIED;
            return self.answered(Err(refused.into()));
        }
        let step = check_class(command)
            .map_err(Refused::from)
            .and_then(|()| match command.ins {
                Ins::MANAGE_SECURITY_ENVIRONMENT if command.p2 == SET_DST[1] => {
                    self.set_dst(command, trust)
                }
                Ins::MANAGE_SECURITY_ENVIRONMENT => self.set_at(command),
                Ins::PERFORM_SECURITY_OPERATION => self.verify(command, pending, trust, policy),
                Ins::GET_CHALLENGE => challenge(command, &pending, rng),
                Ins::EXTERNAL_AUTHENTICATE => self.authenticate(command, &pending),
                _ => Err(StatusWord::INS_NOT_SUPPORTED.into()),
            });
        self.answered(step)
    }

    fn answered(mut self, step: Result<Step, Refused>) -> Answered {
        let (response, changes, fault) = match step {
            Ok(step) => {
                self.pending = step.pending.unwrap_or(Pending::Nothing);
                (
                    ResponseApdu::new(step.data, StatusWord::OK),
                    step.changes,
                    None,
                )
            }
            Err(Refused::Command(sw)) => (ResponseApdu::from_sw(sw), None, None),
            Err(Refused::Certificate(fault)) => (
                ResponseApdu::from_sw(fault.status_word()),
                None,
                Some(fault),
            ),
        };
        Answered {
            response,
            state: self,
            changes,
            fault,
        }
    }

    /// MSE:Set DST: a trust point or the imported key.
    fn set_dst(&self, command: &CommandApdu, trust: &TrustPoints) -> Result<Step, Refused> {
        let name = key_reference(command, SET_DST)?;
        self.issuer(&name, trust)
            .ok_or(StatusWord::REFERENCED_DATA_NOT_FOUND)?;
        Ok(Step::to(Pending::VerificationKey(name)))
    }

    fn issuer<'a>(&'a self, name: &HolderReference, trust: &'a TrustPoints) -> Option<Issuer<'a>> {
        let imported = self.imported.as_ref();
        imported
            .filter(|imported| imported.holder() == name)
            .map(Issuer::Imported)
            .or_else(|| trust.find(name).map(Issuer::TrustPoint))
    }

    /// PSO:Verify Certificate.
    fn verify(
        &mut self,
        command: &CommandApdu,
        pending: Pending,
        trust: &TrustPoints,
        policy: Policy,
    ) -> Result<Step, Refused> {
        check_parameters(command, VERIFY_CERTIFICATE)?;
        let Pending::VerificationKey(name) = pending else {
            return Err(StatusWord::CONDITIONS_NOT_SATISFIED.into());
        };
        if command.le.is_some() {
            return Err(StatusWord::WRONG_LENGTH.into());
        }
        let certificate = Certificate::from_command(&command.data)?;
        let issuer = self
            .issuer(&name, trust)
            .ok_or(CertificateFault::UnknownIssuer)?;
        let accepted = validate(&certificate, issuer, trust, policy)?;
        self.imported = accepted.imported;
        Ok(Step {
            changes: accepted.changes,
            ..Step::default()
        })
    }

    /// MSE:Set AT: the imported key, if it is a terminal's.
    fn set_at(&self, command: &CommandApdu) -> Result<Step, Refused> {
        let name = key_reference(command, SET_AT)?;
        self.imported
            .as_ref()
            .filter(|imported| *imported.holder() == name && imported.role() == Role::Terminal)
            .ok_or(StatusWord::REFERENCED_DATA_NOT_FOUND)?;
        Ok(Step::to(Pending::TerminalKey))
    }

    /// EXTERNAL AUTHENTICATE.
    fn authenticate(&mut self, command: &CommandApdu, pending: &Pending) -> Result<Step, Refused> {
        check_parameters(command, [0, 0])?;
        let (Pending::Challenge(challenge), Some(terminal)) = (pending, &self.imported) else {
            return Err(StatusWord::CONDITIONS_NOT_SATISFIED.into());
        };
        if command.le.is_some() || command.data.is_empty() {
            return Err(StatusWord::WRONG_LENGTH.into());
        }
        terminal
            .key()
            .verify(&self.binding.message(challenge), &command.data)
            .map_err(|_| StatusWord::AUTHENTICATION_FAILED)?;
        let authorization = terminal.authorization().clone();
        self.imported = None;
        Ok(Step::to(Pending::Done(authorization)))
    }
}

/// GET CHALLENGE: the newest challenge is the one that counts.
fn challenge(
    command: &CommandApdu,
    pending: &Pending,
    rng: &mut dyn CryptoRng,
) -> Result<Step, Refused> {
    check_parameters(command, [0, 0])?;
    if !matches!(pending, Pending::TerminalKey | Pending::Challenge(_)) {
        return Err(StatusWord::CONDITIONS_NOT_SATISFIED.into());
    }
    let exact = Le::saturating(CHALLENGE_LEN);
    let fits = |le: Le| le == exact || le == Le::SHORT_MAX || le == Le::EXTENDED_MAX;
    if !command.data.is_empty() || !command.le.is_some_and(fits) {
        return Err(StatusWord::WRONG_LENGTH.into());
    }
    let mut challenge = [0; CHALLENGE_LEN];
    rng.fill_bytes(&mut challenge);
    Ok(Step {
        data: challenge.to_vec(),
        pending: Some(Pending::Challenge(challenge)),
        changes: None,
    })
}

fn check_class(command: &CommandApdu) -> Result<(), StatusWord> {
    if command.cla & PROPRIETARY != 0 {
        return Err(StatusWord::CLA_NOT_SUPPORTED);
    }
    if command.cla & CHAINING != 0 {
        return Err(StatusWord::CHAINING_NOT_SUPPORTED);
    }
    Ok(())
}

fn check_parameters(command: &CommandApdu, parameters: [u8; 2]) -> Result<(), StatusWord> {
    if [command.p1, command.p2] == parameters {
        Ok(())
    } else {
        Err(StatusWord::INCORRECT_P1_P2)
    }
}

/// DO'83' of a MSE:Set. A name that no key can have is not malformed, but unknown.
fn key_reference(
    command: &CommandApdu,
    parameters: [u8; 2],
) -> Result<HolderReference, StatusWord> {
    let template = Template::of(command, parameters)?;
    let octets = template.required(tag::KEY_REFERENCE)?;
    HolderReference::from_bytes(octets).ok_or(StatusWord::REFERENCED_DATA_NOT_FOUND)
}
