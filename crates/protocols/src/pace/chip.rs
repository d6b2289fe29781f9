//! The chip's end of PACE.
//!
//! ```text
//! Idle ── MSE:Set AT ──▶ Selected ── 7C{} ──▶ NonceSent ── 81 ──▶ Mapped ── 83 ──▶ Agreed ── 85 ──┬─────────▶ SessionKeys
//!                    └─▶ Barred ─── 7C{} ──▶ 6983, 6985                                           └ Lowering ─┘
//! ```
//!
//! Every GENERAL AUTHENTICATE consumes the state; a fault leaves nothing behind but the status word. Any other command
//! between the steps ends the run as well: the caller drops the state (`core::mem::take`) before it executes one.
//!
//! A password with a retry counter is compared in two steps. [`Outcome::Lower`] asks the caller to lower the counter in
//! non-volatile memory; only [`Lowering::compare`] goes on. A chip that loses power in between has spent the try.

mod passwords;
mod steps;

use crypto::{AgreementKey, AgreementKeyPair, CryptoRng};
use iso7816::{CommandApdu, ResponseApdu, StatusWord};
use lds::security_info::{PaceInfo, PaceMapping};

use crate::pace::{Parameters, SET_AT_MUTUAL, set_at_tag};
use crate::password::PasswordKind;
use crate::secure_messaging::SessionKeys;
use crate::security_environment::Template;
use crate::terminal_authentication::{AuthorityReference, Chat};

pub use passwords::{PasswordState, Tries};
pub use steps::{Agreed, Lowering, Mapped, NonceSent, Selected};

/// A form of PACE that the chip offers.
#[derive(Clone, Copy)]
pub struct Offer<'a> {
    /// What EF.CardAccess says of it.
    pub info: &'a PaceInfo,
    /// The static key of chip authentication mapping, on the curve of the parameters (Doc 9303-11 §9.2.1). The offer is not
    /// carried out without it.
    pub mapping_key: Option<&'a AgreementKeyPair>,
}

/// What the chip knows beside offers and passwords when a run begins.
#[derive(Clone, Copy, Default)]
pub struct Situation<'a> {
    /// The password that opened the session in which the command came: a suspended PIN needs the CAN there.
    pub opened_by: Option<PasswordKind>,
    /// The certification authorities whose certificates the chip accepts, newest first, at most two: told to a terminal that
    /// sends its authorization.
    pub authorities: &'a [AuthorityReference],
}

/// How far a run of PACE has come, named by what the chip has done.
#[derive(Default)]
pub enum State {
    /// No run.
    #[default]
    Idle,
    /// MSE:Set AT was answered with a warning: the password cannot be used now, and the next step is told why.
    Barred(StatusWord),
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
    /// The password has a retry counter: lower it, then compare.
    Lower(Lowering),
    /// The terminal knows the password. Set its retry counter back to the start value if it has one, send the answer under
    /// the old session if there is one, then start the new one.
    Established {
        /// The last answer.
        answer: ResponseApdu,
        /// Keys of the new session.
        keys: SessionKeys,
        /// The password it was opened with.
        password: PasswordKind,
        /// Role and rights the terminal wants, if it said so. Nothing has shown yet that it may have them.
        authorization: Option<Chat>,
        /// What terminal authentication is bound to.
        agreement: Agreement,
    },
    /// The run is over.
    Refused(StatusWord),
}

/// The public keys of a run, for terminal authentication (Doc 9303-11 §7.1.2).
#[derive(Debug, Clone)]
pub struct Agreement {
    /// How the generator was made. After chip authentication mapping no chip authentication is needed.
    pub mapping: PaceMapping,
    /// PK_IC; its Comp() is ID_IC.
    pub chip_key: AgreementKey,
    /// PK_IFD.
    pub terminal_key: AgreementKey,
}

/// Answers MSE:Set AT (`22 C1 A4`). A run that was under way is over, whatever the answer.
///
/// The answer is `9000`, or for a password with a retry counter a warning that says how many tries are left when some have
/// been used up: the run may go on, except for `63C0`, and for `63C1` of a PIN outside a session that the CAN has opened;
/// there the next step is refused (TR-03110-2 §2.2.3; TR-03110-3 §B.14.1).
///
/// # Errors
/// `6A86` for other parameters, `6700` for a command with Le, `6A80` for a malformed or unknown protocol, a malformed
/// reference or authorization, `6A88` for a password or parameter set that is not there.
pub fn set_at(
    command: &CommandApdu,
    offers: &[Offer<'_>],
    passwords: &[PasswordState],
    situation: &Situation<'_>,
) -> Result<(ResponseApdu, State), StatusWord> {
    let template = Template::of(command, SET_AT_MUTUAL)?;
    let protocol = template.required(set_at_tag::PROTOCOL)?;
    let reference = octet(template.required(set_at_tag::PASSWORD)?)?;
    let parameter_id = template
        .value(set_at_tag::PARAMETERS)?
        .map(octet)
        .transpose()?;
    let authorization = template
        .value(set_at_tag::AUTHORIZATION)?
        .map(Chat::parse)
        .transpose()
        .map_err(|_| StatusWord::WRONG_DATA)?;
    let (parameters, mapping_key) = offered(offers, protocol, parameter_id)?;
    let state = PasswordKind::from_reference(reference)
        .and_then(|kind| passwords.iter().find(|state| state.password.kind() == kind))
        .ok_or(StatusWord::REFERENCED_DATA_NOT_FOUND)?;
    let readiness = state.readiness(situation.opened_by);
    let next = match readiness.bar {
        Some(word) => State::Barred(word),
        None => State::Selected(Selected::new(
            parameters,
            mapping_key.map(AgreementKeyPair::duplicate),
            state,
            authorization,
            situation.authorities,
        )),
    };
    Ok((ResponseApdu::from_sw(readiness.word), next))
}

impl State {
    /// Answers GENERAL AUTHENTICATE (`86 00 00`).
    #[must_use]
    pub fn general_authenticate(self, command: &CommandApdu, rng: &mut dyn CryptoRng) -> Outcome {
        let step = match self {
            Self::Idle => Err(StatusWord::CONDITIONS_NOT_SATISFIED),
            Self::Barred(word) => Err(word),
            Self::Selected(state) => state.send_nonce(command, rng),
            Self::NonceSent(state) => state.map(command, rng),
            Self::Mapped(state) => state.agree(command, rng),
            Self::Agreed(state) => state.authenticate(command),
        };
        step.unwrap_or_else(Outcome::Refused)
    }

    /// The keys that were agreed on and that nobody has proven to have: a chip must not take them, unless it is there to be found
    /// out.
    #[must_use]
    pub fn into_unproven_keys(self) -> Option<SessionKeys> {
        match self {
            Self::Agreed(state) => Some(state.into_keys()),
            _ => None,
        }
    }
}

/// The one offer that protocol and parameter id name. Without an id the protocol must leave one parameter set only
/// (Doc 9303-11 §4.4.4.1).
fn offered<'a>(
    offers: &[Offer<'a>],
    protocol: &[u8],
    parameter_id: Option<u8>,
) -> Result<(Parameters, Option<&'a AgreementKeyPair>), StatusWord> {
    let mut candidates = offers
        .iter()
        .filter_map(carried_out)
        .filter(|(parameters, _)| parameters.protocol.oid().as_bytes() == protocol)
        .peekable();
    candidates.peek().ok_or(StatusWord::WRONG_DATA)?;
    let Some(id) = parameter_id else {
        let first = candidates.next().ok_or(StatusWord::WRONG_DATA)?;
        let ambiguous = candidates.any(|(other, _)| other != first.0);
        return if ambiguous {
            Err(StatusWord::WRONG_DATA)
        } else {
            Ok(first)
        };
    };
    candidates
        .find(|(parameters, _)| parameters.parameter_id == Some(id))
        .ok_or(StatusWord::REFERENCED_DATA_NOT_FOUND)
}

/// The parameters of an offer, with the static key if the mapping takes one.
fn carried_out<'a>(offer: &Offer<'a>) -> Option<(Parameters, Option<&'a AgreementKeyPair>)> {
    let parameters = Parameters::of(offer.info).ok()?;
    match parameters.mapping() {
        PaceMapping::GenericMapping | PaceMapping::IntegratedMapping => Some((parameters, None)),
        PaceMapping::ChipAuthenticationMapping => offer
            .mapping_key
            .filter(|key| key.public().domain() == parameters.domain)
            .map(|key| (parameters, Some(key))),
    }
}

fn octet(value: &[u8]) -> Result<u8, StatusWord> {
    match value {
        [octet] => Ok(*octet),
        _ => Err(StatusWord::WRONG_DATA),
    }
}
