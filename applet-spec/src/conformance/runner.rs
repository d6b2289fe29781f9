//! Runs a case on a card.

use crypto::CryptoRng;
use iso7816::{ChannelError, CommandApdu, Ins, ResponseApdu, StatusWord};
use lds::SecurityInfos;
use protocols::Password;

use super::line::Line;
use super::session::Session;
use super::{Action, Case, Step};

/// A card that octets can be sent to, whatever they are.
pub trait Device {
    /// Power off and on.
    ///
    /// # Errors
    /// When the card or the reader is gone.
    fn reset(&mut self) -> Result<(), ChannelError>;

    /// Sends a command, or what is none, and gives the answer.
    ///
    /// # Errors
    /// When the card or the reader is gone.
    fn exchange(&mut self, octets: &[u8]) -> Result<Vec<u8>, ChannelError>;
}

/// A chip in this process.
impl<C: iso7816::Chip> Device for C {
    fn reset(&mut self) -> Result<(), ChannelError> {
        iso7816::Chip::reset(self);
        Ok(())
    }

    fn exchange(&mut self, octets: &[u8]) -> Result<Vec<u8>, ChannelError> {
        Ok(self.execute(octets))
    }
}

/// What the owner of a card knows about it.
#[derive(Default)]
pub struct Knowledge {
    /// Passwords of PACE and BAC.
    pub passwords: Vec<Password>,
    /// SecurityInfos of EF.DG14 or EF.CardSecurity, public keys included.
    pub security_infos: SecurityInfos,
}

/// Why a case failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Which step, the first one being 1.
    pub step: usize,
    /// What should have come.
    pub expected: String,
    /// What came.
    pub found: String,
}

/// What a step brought.
#[derive(Debug)]
pub(super) struct Brought {
    pub(super) answer: ResponseApdu,
    pub(super) protected: bool,
}

/// Runs the steps of a case one after the other, until one fails.
///
/// # Errors
/// [`Failure`] with the step at which the card did something else.
pub fn run(
    case: &Case,
    device: &mut dyn Device,
    knowledge: &Knowledge,
    rng: &mut dyn CryptoRng,
) -> Result<(), Failure> {
    let mut session = Session::default();
    for (step, number) in case.steps.iter().zip(1..) {
        for _ in 0..step.repeat {
            do_step(step, device, &mut session, knowledge, rng).map_err(|(expected, found)| {
                Failure {
                    step: number,
                    expected,
                    found,
                }
            })?;
        }
    }
    Ok(())
}

type Difference = (String, String);

fn do_step(
    step: &Step,
    device: &mut dyn Device,
    session: &mut Session,
    knowledge: &Knowledge,
    rng: &mut dyn CryptoRng,
) -> Result<(), Difference> {
    let mut line = Line::new(device, &step.alter);
    let brought = match &step.action {
        Action::Reset => return reset(device),
        Action::Send(octets) => line.send(octets).map(|answer| Brought {
            answer,
            protected: false,
        }),
        Action::Secure(octets) => session.secure(octets, &mut line),
        Action::Open(dialogue) => session.open(*dialogue, &mut line, knowledge, rng),
    };
    let brought = brought.map_err(|error| ("an answer".to_owned(), error.to_string()))?;
    judge(step, &brought)
}

fn reset(device: &mut dyn Device) -> Result<(), Difference> {
    device
        .reset()
        .map_err(|error| ("a card that resets".to_owned(), error.to_string()))
}

fn judge(step: &Step, brought: &Brought) -> Result<(), Difference> {
    let ResponseApdu { data, sw } = &brought.answer;
    if let Some(pattern) = step.expect.as_ref().filter(|pattern| !pattern.matches(*sw)) {
        return Err((pattern.as_str().to_owned(), sw.to_string()));
    }
    if matches!(step.action, Action::Secure(_)) && brought.protected == step.plain {
        let word = |protected| if protected { "protected" } else { "plain" };
        let answer = |protected| format!("a {} answer", word(protected));
        return Err((answer(!step.plain), answer(brought.protected)));
    }
    if step
        .data
        .as_ref()
        .is_some_and(|pattern| !pattern.matches(data))
    {
        let expected = step.data.as_ref().map(ToString::to_string);
        return Err((expected.unwrap_or_default(), beginning(data)));
    }
    match step.length {
        Some(length) if length != data.len() => {
            Err((format!("{length} octets"), format!("{} octets", data.len())))
        }
        _ => Ok(()),
    }
}

/// How data begin; no more of them, since they may be somebody's.
fn beginning(data: &[u8]) -> String {
    const SHOWN: usize = 4;
    let start = hex::encode_upper(data.get(..SHOWN).unwrap_or(data));
    format!("{} octets: {start}..", data.len())
}

/// All of an answer that comes in parts.
pub(super) fn whole(
    first: ResponseApdu,
    mut fetch: impl FnMut(&CommandApdu) -> Result<ResponseApdu, ChannelError>,
) -> Result<ResponseApdu, ChannelError> {
    const MAX_PARTS: usize = 300;
    let mut answer = first;
    for _ in 0..MAX_PARTS {
        let Some(left) = answer.sw.remaining() else {
            return Ok(answer);
        };
        let get_response =
            CommandApdu::new(0, Ins::GET_RESPONSE, 0, 0).with_le(iso7816::Le::saturating(left));
        let part = fetch(&get_response)?;
        answer.data.extend(part.data);
        answer.sw = part.sw;
    }
    Ok(ResponseApdu::from_sw(StatusWord::NO_PRECISE_DIAGNOSIS))
}
