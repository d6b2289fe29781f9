//! The chip's end of PACE.
//!
//! ```text
//! Idle ── MSE:Set AT ──▶ Selected ── 7C{} ──▶ NonceSent ── 81 ──▶ Mapped ── 83 ──▶ Agreed ── 85 ──▶ SessionKeys
//! ```
//!
//! Every GENERAL AUTHENTICATE consumes the state; a fault leaves nothing behind but the status word. Any other command
//! between the steps ends the run as well: the caller drops the state (`core::mem::take`) before it executes one.

use crypto::{CryptoRng, EcKeyPair, EcPoint, Generator, SecretBytes};
use iso7816::tlv::{Tag, Tlv};
use iso7816::{CommandApdu, ResponseApdu, StatusWord};
use lds::security_info::PaceInfo;
use zeroize::Zeroizing;

use crate::dynamic_authentication_data::{self, Position, check_command};
use crate::key_agreement::agree;
use crate::pace::{Parameters, SET_AT_MUTUAL, mapping, set_at_tag, tag, token};
use crate::password::{Password, PasswordKind};
use crate::secure_messaging::SessionKeys;
use crate::security_environment::Template;

/// Octets of the nonce s: two blocks of 3DES, one of AES.
const NONCE_LEN: usize = 16;

/// How far a run of PACE has come, named by what the chip has done.
#[derive(Default)]
pub enum State {
    /// No run.
    #[default]
    Idle,
    /// MSE:Set AT was accepted.
    Selected(Selected),
    /// The encrypted nonce is out.
    NonceSent(NonceSent),
    /// The generator is mapped.
    Mapped(Mapped),
    /// The keys are agreed on, not yet proven.
    Agreed(Agreed),
}

/// What becomes of a GENERAL AUTHENTICATE.
pub enum Outcome {
    /// The run goes on.
    Continue(ResponseApdu, State),
    /// The terminal knows the password. Send the answer under the old session if there is one, then start the new one.
    Established {
        /// The last answer.
        answer: ResponseApdu,
        /// Keys of the new session.
        keys: SessionKeys,
        /// The password it was opened with.
        password: PasswordKind,
    },
    /// The run is over.
    Refused(StatusWord),
}

/// A run whose parameters are chosen.
pub struct Selected {
    parameters: Parameters,
    password: PasswordKind,
    k_pi: SecretBytes,
}

/// A run whose nonce is out.
pub struct NonceSent {
    parameters: Parameters,
    password: PasswordKind,
    nonce: Zeroizing<[u8; NONCE_LEN]>,
}

/// A run with its own generator.
pub struct Mapped {
    parameters: Parameters,
    password: PasswordKind,
    generator: Generator,
}

/// A run with keys, waiting for the terminal's token.
pub struct Agreed {
    parameters: Parameters,
    password: PasswordKind,
    keys: SessionKeys,
    pk_ifd: EcPoint,
    pk_ic: EcPoint,
}

/// Answers MSE:Set AT (`22 C1 A4`). A run that was under way is over, whatever the answer.
///
/// # Errors
/// `6A86` for other parameters, `6700` for a command with Le, `6A80` for a malformed or unknown protocol or a malformed
/// reference, `6A88` for a password or parameter set that is not there.
pub fn set_at(
    command: &CommandApdu,
    infos: &[PaceInfo],
    passwords: &[Password],
) -> Result<(ResponseApdu, State), StatusWord> {
    let template = Template::of(command, SET_AT_MUTUAL)?;
    let protocol = template.required(set_at_tag::PROTOCOL)?;
    let reference = octet(template.required(set_at_tag::PASSWORD)?)?;
    let parameter_id = template
        .value(set_at_tag::PARAMETERS)?
        .map(octet)
        .transpose()?;
    let parameters = offered(infos, protocol, parameter_id)?;
    let password = PasswordKind::from_reference(reference)
        .and_then(|kind| passwords.iter().find(|password| password.kind() == kind))
        .ok_or(StatusWord::REFERENCED_DATA_NOT_FOUND)?;
    let selected = Selected {
        parameters,
        password: password.kind(),
        k_pi: password.k_pi(parameters.cipher()),
    };
    Ok((
        ResponseApdu::from_sw(StatusWord::OK),
        State::Selected(selected),
    ))
}

impl State {
    /// Answers GENERAL AUTHENTICATE (`86 00 00`).
    #[must_use]
    pub fn general_authenticate(self, command: &CommandApdu, rng: &mut dyn CryptoRng) -> Outcome {
        let step = match self {
            Self::Idle => Err(StatusWord::CONDITIONS_NOT_SATISFIED),
            Self::Selected(state) => state.send_nonce(command, rng),
            Self::NonceSent(state) => state.map(command, rng),
            Self::Mapped(state) => state.agree(command, rng),
            Self::Agreed(state) => state.authenticate(command),
        };
        step.unwrap_or_else(Outcome::Refused)
    }
}

impl Selected {
    fn send_nonce(
        self,
        command: &CommandApdu,
        rng: &mut dyn CryptoRng,
    ) -> Result<Outcome, StatusWord> {
        check_command(command, Position::Chained)?;
        if !requested(command)?.is_empty() {
            return Err(StatusWord::WRONG_DATA);
        }
        let mut nonce = Zeroizing::new([0; NONCE_LEN]);
        rng.fill_bytes(&mut *nonce);
        let z = self
            .parameters
            .cipher()
            .cbc_encrypt(self.k_pi.expose(), &self.parameters.nonce_iv(), &*nonce)
            .map_err(|_| StatusWord::NO_PRECISE_DIAGNOSIS)?;
        let next = State::NonceSent(NonceSent {
            parameters: self.parameters,
            password: self.password,
            nonce,
        });
        Ok(Outcome::Continue(answer(tag::NONCE, &z), next))
    }
}

impl NonceSent {
    fn map(self, command: &CommandApdu, rng: &mut dyn CryptoRng) -> Result<Outcome, StatusWord> {
        check_command(command, Position::Chained)?;
        let other = request(command, tag::MAPPING_IFD)?;
        let own = key_pair(&self.parameters.standard_generator(), rng)?;
        let generator =
            mapping::generic(&*self.nonce, &own, other).map_err(|_| StatusWord::WRONG_DATA)?;
        let next = State::Mapped(Mapped {
            parameters: self.parameters,
            password: self.password,
            generator,
        });
        Ok(Outcome::Continue(
            answer(tag::MAPPING_IC, own.public().as_bytes()),
            next,
        ))
    }
}

impl Mapped {
    fn agree(self, command: &CommandApdu, rng: &mut dyn CryptoRng) -> Result<Outcome, StatusWord> {
        check_command(command, Position::Chained)?;
        let other = request(command, tag::AGREEMENT_IFD)?;
        let own = key_pair(&self.generator, rng)?;
        let (pk_ifd, shared) = agree(&own, other).map_err(|_| StatusWord::WRONG_DATA)?;
        let next = State::Agreed(Agreed {
            parameters: self.parameters,
            password: self.password,
            keys: SessionKeys::derive(self.parameters.cipher(), shared.x()),
            pk_ifd,
            pk_ic: own.public().clone(),
        });
        Ok(Outcome::Continue(
            answer(tag::AGREEMENT_IC, own.public().as_bytes()),
            next,
        ))
    }
}

impl Agreed {
    /// The terminal proves itself first: the chip's own token would help to guess the password.
    fn authenticate(self, command: &CommandApdu) -> Result<Outcome, StatusWord> {
        check_command(command, Position::Last)?;
        let received = request(command, tag::TOKEN_IFD)?;
        let token = |key| token::token(&self.keys, self.parameters.protocol, key);
        let t_ifd = token(&self.pk_ic).map_err(|_| StatusWord::AUTHENTICATION_FAILED)?;
        if !crypto::constant_time_eq(received, &t_ifd) {
            return Err(StatusWord::AUTHENTICATION_FAILED);
        }
        let t_ic = token(&self.pk_ifd).map_err(|_| StatusWord::AUTHENTICATION_FAILED)?;
        Ok(Outcome::Established {
            answer: answer(tag::TOKEN_IC, &t_ic),
            keys: self.keys,
            password: self.password,
        })
    }
}

/// The one PACEInfo that protocol and parameter id name. Without an id the protocol must leave one parameter set only
/// (Doc 9303-11 §4.4.4.1).
fn offered(
    infos: &[PaceInfo],
    protocol: &[u8],
    parameter_id: Option<u8>,
) -> Result<Parameters, StatusWord> {
    let mut candidates = infos
        .iter()
        .filter_map(|info| Parameters::of(info).ok())
        .filter(|parameters| parameters.protocol.oid().as_bytes() == protocol)
        .peekable();
    candidates.peek().ok_or(StatusWord::WRONG_DATA)?;
    let Some(id) = parameter_id else {
        let first = candidates.next().ok_or(StatusWord::WRONG_DATA)?;
        let ambiguous = candidates.any(|other| other.parameter_id != first.parameter_id);
        return if ambiguous {
            Err(StatusWord::WRONG_DATA)
        } else {
            Ok(first)
        };
    };
    candidates
        .find(|parameters| parameters.parameter_id == id)
        .ok_or(StatusWord::REFERENCED_DATA_NOT_FOUND)
}

fn octet(value: &[u8]) -> Result<u8, StatusWord> {
    match value {
        [octet] => Ok(*octet),
        _ => Err(StatusWord::WRONG_DATA),
    }
}

fn requested(command: &CommandApdu) -> Result<Vec<Tlv<'_>>, StatusWord> {
    dynamic_authentication_data::objects(&command.data).map_err(|_| StatusWord::WRONG_DATA)
}

/// The one object of a later step. Asking for the nonce again is out of order rather than malformed.
fn request(command: &CommandApdu, tag: Tag) -> Result<&[u8], StatusWord> {
    if requested(command)?.is_empty() {
        return Err(StatusWord::CONDITIONS_NOT_SATISFIED);
    }
    dynamic_authentication_data::value(&command.data, tag, &[]).map_err(|_| StatusWord::WRONG_DATA)
}

fn key_pair(generator: &Generator, rng: &mut dyn CryptoRng) -> Result<EcKeyPair, StatusWord> {
    EcKeyPair::generate(generator, rng).map_err(|_| StatusWord::NO_PRECISE_DIAGNOSIS)
}

fn answer(tag: Tag, value: &[u8]) -> ResponseApdu {
    ResponseApdu::new(
        dynamic_authentication_data::holding(tag, value),
        StatusWord::OK,
    )
}
