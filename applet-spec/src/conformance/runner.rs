//! Runs a case on a card.

use crypto::CryptoRng;
use iso7816::{ChannelError, CommandApdu, Ins, ResponseApdu, StatusWord};

use super::case::{Action, Case, Protection, Step};
use super::certificates::{self, Issued};
use super::content::{self, Finding};
use super::dialogue::Dialogue;
use super::line::{Line, Unaltered};
use super::octets::{Octets, Unknown};
use super::session::{Proof, Session, Surroundings, Trouble};
use super::{Exchange, Feature, Hindrance, Knowledge, StatusPattern};
use crate::LifeCycle;

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
    /// When the card or the reader is gone; [`ChannelError::Refused`] for octets that the reader does not pass on.
    fn exchange(&mut self, octets: &[u8]) -> Result<Vec<u8>, ChannelError>;

    /// Whether there is time to go on reading what the card holds before the cases: for who has a clock to say.
    fn has_time(&self) -> bool {
        true
    }
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

/// What came of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Every step brought what it should.
    Passed,
    /// One did not.
    Failed(Failure),
    /// The case says nothing about this card.
    NotApplicable(String),
    /// It might have said something, and could not be run.
    NotRun(Hindrance),
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
    /// What went over the line in that step, as it was there: protected commands are protected.
    pub exchanges: Vec<Exchange>,
}

/// What may be done to a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// Nothing that stays.
    Harmless,
    /// Anything: it is there to be tested.
    Destructive,
}

/// What a step brought.
#[derive(Debug)]
pub(super) struct Brought {
    pub(super) answer: ResponseApdu,
    pub(super) protected: bool,
}

/// Why a step is the last one of its case.
enum End {
    Failed { expected: String, found: String },
    NotApplicable(String),
    NotRun(Hindrance),
}

impl From<ChannelError> for End {
    /// What the reader keeps to itself says nothing of the card.
    fn from(error: ChannelError) -> Self {
        match error {
            ChannelError::Refused(what) => Self::NotRun(Hindrance::Reader(what)),
            error => Self::Failed {
                expected: "an answer".to_owned(),
                found: error.to_string(),
            },
        }
    }
}

impl From<Unknown> for End {
    fn from(unknown: Unknown) -> Self {
        Self::NotApplicable(unknown.to_string())
    }
}

impl From<Trouble> for End {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Channel(error) => error.into(),
            Trouble::Protocol(error) => Self::Failed {
                expected: "a dialogue to its end".to_owned(),
                found: error.to_string(),
            },
            Trouble::NotShown(hindrance) => Self::NotRun(hindrance),
            Trouble::Unknown => {
                Self::NotApplicable("what the dialogue needs is not known of this card".to_owned())
            }
        }
    }
}

/// Runs a case on a card that was examined before ([`Knowledge::of`]), from a reset on, if the case applies to it.
pub fn examine(
    case: &Case,
    device: &mut dyn Device,
    knowledge: &Knowledge,
    permission: Permission,
    rng: &mut dyn CryptoRng,
) -> Outcome {
    if let Some(outcome) = mismatch(case, knowledge) {
        return outcome;
    }
    if let Some(hindrance) = hindrance(case, knowledge, permission) {
        return Outcome::NotRun(hindrance);
    }
    if let Err(error) = device.reset() {
        return Outcome::Failed(Failure {
            step: 0,
            expected: "a card that resets".to_owned(),
            found: error.to_string(),
            exchanges: Vec::new(),
        });
    }
    run(case, device, knowledge, rng)
}

/// Features that are no property of the card but something that who tests has, with what their lack is.
const AT_HAND: [(Feature, Hindrance); 2] = [
    (Feature::CvcaKey, Hindrance::NoAuthority),
    (Feature::PrintedMrz, Hindrance::NoPrintedZone),
];

/// What is missing to run a case that applies to the card.
fn hindrance(case: &Case, knowledge: &Knowledge, permission: Permission) -> Option<Hindrance> {
    let missing = AT_HAND
        .into_iter()
        .find(|(feature, _)| case.needs.contains(feature) && !knowledge.features.contains(feature));
    let forbidden = case.destructive && permission == Permission::Harmless;
    missing
        .map(|(_, hindrance)| hindrance)
        .or_else(|| forbidden.then_some(Hindrance::NotAllowed))
}

/// What comes of a case on a card that does not offer what it speaks of: nothing, unless the card is said to offer it.
fn mismatch(case: &Case, knowledge: &Knowledge) -> Option<Outcome> {
    if case.card != LifeCycle::Operational {
        let why = format!("it wants a card in state {}", case.card);
        return Some(Outcome::NotApplicable(why));
    }
    let offers = |feature: &&Feature| knowledge.features.contains(*feature);
    let is_of_card = |feature: &&Feature| AT_HAND.iter().all(|(other, _)| other != *feature);
    let mut needs = case.needs.iter().filter(is_of_card);
    let is_unsure = !case.lacks.is_empty() || !needs.clone().all(|feature| offers(&feature));
    if knowledge.is_endless && is_unsure {
        return Some(Outcome::NotRun(Hindrance::Endless));
    }
    if let Some(missing) = needs.find(|feature| !offers(feature)) {
        let found = format!("the card does not offer {missing}");
        return Some(if knowledge.declared.contains(missing) {
            Outcome::Failed(Failure {
                step: 0,
                expected: format!("a card with {missing}, as it is said to be"),
                found,
                exchanges: Vec::new(),
            })
        } else {
            Outcome::NotApplicable(found)
        });
    }
    let surplus = case.lacks.iter().find(offers);
    surplus.map(|feature| Outcome::NotApplicable(format!("the card offers {feature}")))
}

/// Runs the steps of a case one after the other, until one fails; whether the case applies is the caller's matter.
pub fn run(
    case: &Case,
    device: &mut dyn Device,
    knowledge: &Knowledge,
    rng: &mut dyn CryptoRng,
) -> Outcome {
    let mut run = Run::new(knowledge, rng);
    for (step, number) in case.steps.iter().zip(1..) {
        for _ in 0..step.repeat {
            let mut line = Line::of(step, device);
            match run.do_step(step, &mut line) {
                Ok(()) => {}
                Err(End::NotApplicable(why)) => return Outcome::NotApplicable(why),
                Err(End::NotRun(hindrance)) => return Outcome::NotRun(hindrance),
                Err(End::Failed { expected, found }) => {
                    return Outcome::Failed(Failure {
                        step: number,
                        expected,
                        found,
                        exchanges: line.into_exchanges(),
                    });
                }
            }
        }
    }
    Outcome::Passed
}

/// The session of a terminal with all rights that the tester's CVCA can give; `None` where the card does not go along.
pub(super) fn as_terminal(
    device: &mut dyn Device,
    knowledge: &Knowledge,
    rng: &mut dyn CryptoRng,
) -> Option<Session> {
    let mut run = Run::new(knowledge, rng);
    for step in certificates::way_of_a_terminal() {
        run.do_step(step, &mut Line::of(step, device)).ok()?;
    }
    Some(run.session)
}

struct Run<'a> {
    session: Session,
    /// Data that the step before brought.
    before: Vec<u8>,
    /// Data that the step before that brought.
    former: Vec<u8>,
    /// Certificates of terminals that the case has named.
    issued: Issued<'a>,
    around: Surroundings<'a>,
}

impl<'a> Run<'a> {
    fn new(knowledge: &'a Knowledge, rng: &'a mut dyn CryptoRng) -> Self {
        Self {
            session: Session::default(),
            before: Vec::new(),
            former: Vec::new(),
            issued: Issued::new(knowledge.authority.as_ref(), certificates::described()),
            around: Surroundings { knowledge, rng },
        }
    }
}

impl Run<'_> {
    fn do_step(&mut self, step: &Step, line: &mut Line<'_>) -> Result<(), End> {
        let brought = match &step.action {
            Action::Reset => return Ok(line.reset()?),
            Action::Check(name) => return check(name, self.around.knowledge),
            Action::Send(octets) => {
                let octets = self.fill(octets)?;
                Brought {
                    answer: line.send(&octets)?,
                    protected: false,
                }
            }
            Action::Secure(commands) => self.secure(commands, step, line)?,
            Action::Open(dialogue) => {
                let brought = self.session.open(dialogue, line, &mut self.around)?;
                check_shown(dialogue, line)?;
                brought
            }
        };
        let judged = judge_altered(step, line).and_then(|()| judge(step, &brought, &self.before));
        if let (Ok(()), Some(begins)) = (&judged, &step.begins) {
            let expected = begins.fill(&mut |name| self.value(name))?;
            if !brought.answer.data.starts_with(&expected) {
                return Err(End::Failed {
                    expected: beginning(&expected),
                    found: beginning(&brought.answer.data),
                });
            }
        }
        self.former = core::mem::replace(&mut self.before, brought.answer.data);
        judged.map_err(|(expected, found)| End::Failed { expected, found })
    }
}

impl Run<'_> {
    fn secure(
        &mut self,
        commands: &[Octets],
        step: &Step,
        line: &mut Line<'_>,
    ) -> Result<Brought, End> {
        let mut last = Brought {
            answer: ResponseApdu::from_sw(StatusWord::NO_PRECISE_DIAGNOSIS),
            protected: false,
        };
        for (command, number) in commands.iter().zip(1..) {
            let octets = self.fill(command)?;
            last = self.session.secure(&octets, step.keys, line)?;
            let sw = last.answer.sw;
            let set = step.set.as_ref().filter(|_| number + 1 == commands.len());
            if number == commands.len() || set.is_some_and(|set| set.matches(sw)) {
                continue;
            }
            if !sw.is_ok() {
                let expected = set.map_or("9000", StatusPattern::as_str);
                return Err(End::Failed {
                    expected: format!("{expected} for command {number} of {}", commands.len()),
                    found: sw.to_string(),
                });
            }
            self.before.clone_from(&last.answer.data);
        }
        Ok(last)
    }

    /// The octets of a command.
    fn fill(&mut self, command: &Octets) -> Result<Vec<u8>, Unknown> {
        command.fill_command(&mut |name| self.value(name))
    }

    /// A value of the card, of certificates, or a proof over the data that came last.
    fn value(&mut self, name: &str) -> Option<Vec<u8>> {
        let Self {
            session,
            before,
            former,
            issued,
            around,
        } = self;
        let Surroundings { knowledge, rng } = around;
        if let Some((signer, proof)) = name.split_once('.').and_then(proof) {
            let challenge = match proof {
                Proof::OverFormerChallenge => &*former,
                Proof::OfThisSession | Proof::OfAnother => &*before,
            };
            let message = session.binding(proof)?.message(challenge);
            return issued.sign(signer, &message, &mut **rng);
        }
        let of_card = knowledge.value(name, &mut **rng);
        of_card.or_else(|| issued.value(name, &mut **rng))
    }
}

/// `is.proof`, the proof that fits another session, and the one over the challenge before the last.
fn proof<'a>((signer, part): (&'a str, &str)) -> Option<(&'a str, Proof)> {
    match part {
        "proof" => Some((signer, Proof::OfThisSession)),
        "stray-proof" => Some((signer, Proof::OfAnother)),
        "former-proof" => Some((signer, Proof::OverFormerChallenge)),
        _ => None,
    }
}

fn check(name: &str, knowledge: &Knowledge) -> Result<(), End> {
    let Some(predicate) = content::predicate(name) else {
        return Err(End::NotApplicable(format!(
            "nobody knows what {name} means"
        )));
    };
    predicate.holds(knowledge).map_err(|finding| match finding {
        Finding::Broken(found) => End::Failed {
            expected: predicate.rule.to_owned(),
            found,
        },
        Finding::Unread(file) => match knowledge.why_unread(file) {
            Some(hindrance) => End::NotRun(hindrance),
            None => End::Failed {
                expected: predicate.rule.to_owned(),
                found: finding.to_string(),
            },
        },
        Finding::Absent(_) if knowledge.is_endless => End::NotRun(Hindrance::Endless),
        Finding::Absent(_) => End::NotApplicable(finding.to_string()),
    })
}

/// A password that is not the card's is refused where it is shown: a card that refuses a command before has not looked at it.
fn check_shown(dialogue: &Dialogue, line: &Line<'_>) -> Result<(), End> {
    if !dialogue.wrong_password || line.has_shown_password() {
        return Ok(());
    }
    Err(End::Failed {
        expected: "9000 up to the command that shows the password".to_owned(),
        found: line.last().sw.to_string(),
    })
}

/// What was expected, and what came.
type Difference = (String, String);

/// The altered command itself must be answered as expected: a card that goes on, and fails at a later command of the dialogue,
/// has taken what it should refuse.
fn judge_altered(step: &Step, line: &Line<'_>) -> Result<(), Difference> {
    line.check_altered().map_err(|unaltered| match unaltered {
        Unaltered::WithoutEffect(number) => (
            format!("a command that alteration {number} is for"),
            "an end before it".to_owned(),
        ),
        Unaltered::RefusedOnce(word) => ("9000 for the first of two".to_owned(), word.to_string()),
    })?;
    let answer = step.expect.as_ref().zip(line.to_altered());
    match answer.filter(|(pattern, word)| !pattern.matches(*word)) {
        None => Ok(()),
        Some((pattern, word)) => Err((
            format!("{} for the altered command", pattern.as_str()),
            word.to_string(),
        )),
    }
}

fn judge(step: &Step, brought: &Brought, before: &[u8]) -> Result<(), Difference> {
    let ResponseApdu { data, sw } = &brought.answer;
    if let Some(pattern) = step.expect.as_ref().filter(|pattern| !pattern.matches(*sw)) {
        return Err((pattern.as_str().to_owned(), sw.to_string()));
    }
    let wanted = match step.protection {
        Protection::Protected => Some(true),
        Protection::Plain => Some(false),
        Protection::Either => None,
    };
    let secured = matches!(step.action, Action::Secure(_));
    if let Some(wanted) = wanted.filter(|wanted| secured && *wanted != brought.protected) {
        let word = |protected| if protected { "protected" } else { "plain" };
        let answer = |protected| format!("a {} answer", word(protected));
        return Err((answer(wanted), answer(brought.protected)));
    }
    if let Some(pattern) = step.data.as_ref().filter(|pattern| !pattern.matches(data)) {
        return Err((pattern.to_string(), beginning(data)));
    }
    if step.differs && data == before {
        return Err(("other data than before".to_owned(), "the same".to_owned()));
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
    if data.is_empty() {
        return "no data".to_owned();
    }
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
