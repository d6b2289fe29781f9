//! Cases, as they stand in TOML.

use core::fmt;

use protocols::PasswordKind;
use serde::{Deserialize, Deserializer, de};

use super::dialogue::{Dialogue, Turn};
use super::octets::Octets;
use super::{Alteration, DataPattern, Feature, StatusPattern};
use crate::LifeCycle;

/// One case: a few steps on a card in a known state.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Case {
    /// Unique name.
    pub id: String,
    /// Requirements of `spec/` that the case proves.
    #[serde(default)]
    pub requirements: Vec<String>,
    /// Clause of a standard; a case that proves no requirement of `spec/` names one.
    pub clause: Option<String>,
    /// What is proved, in one sentence.
    pub purpose: String,
    /// Cases of other suites with the same purpose.
    #[serde(default)]
    pub references: Vec<String>,
    /// What the expectation rests on, where it is something else than for the rest of the unit.
    pub basis: Option<String>,
    /// State of the card at the beginning.
    #[serde(default = "operational", deserialize_with = "life_cycle")]
    pub card: LifeCycle,
    /// What the card must offer; otherwise the case does not apply.
    #[serde(default)]
    pub needs: Vec<Feature>,
    /// What the card must not offer.
    #[serde(default)]
    pub lacks: Vec<Feature>,
    /// The card is not what it was afterwards: a counter is lower, a trust point or a date has moved.
    #[serde(default)]
    pub destructive: bool,
    /// What is sent and what must come back.
    pub steps: Vec<Step>,
}

impl Case {
    /// Whether it shows the card its password of this kind by name; what opens the card is not asked for.
    #[must_use]
    pub fn shows(&self, password: PasswordKind) -> bool {
        let shows = |step: &Step| match &step.action {
            Action::Open(dialogue) => dialogue.protocol.names(password),
            _ => false,
        };
        self.steps.iter().any(shows)
    }
}

/// One exchange, one dialogue or one look into a file, with what must come of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "StepText")]
pub struct Step {
    /// What is done.
    pub action: Action,
    /// What is done to the commands on their way.
    pub alter: Vec<Alteration>,
    /// The command of a dialogue up to which the card may put off its answer to the altered one.
    pub until: Option<Turn>,
    /// The status word: of the answer, or the last one of a dialogue; with alterations also of the answer to the altered command.
    pub expect: Option<StatusPattern>,
    /// The status word of the command right before the last one, where it need not be done: the card may say already then that it
    /// does not know a name.
    pub set: Option<StatusPattern>,
    /// The data of the answer, protection taken off; of a dialogue: of its last answer.
    pub data: Option<DataPattern>,
    /// What the data begin with, where that is not known before the case runs.
    pub begins: Option<Octets>,
    /// Number of octets of the data.
    pub length: Option<usize>,
    /// The data are others than those of the step before.
    pub differs: bool,
    /// How a protected command must be answered.
    pub protection: Protection,
    /// Under which keys a command is protected.
    pub keys: KeySet,
    /// How often the step is done.
    pub repeat: usize,
}

/// What a step does.
#[derive(Debug, Clone)]
pub enum Action {
    /// Takes the power away and gives it back.
    Reset,
    /// Sends these octets as they are.
    Send(Octets),
    /// Protects these plain commands in the session that is open and sends them. One as a case writes it, or those that present
    /// certificates or prove to have a key: what the step expects is meant of the last one, and the others must be done.
    Secure(Vec<Octets>),
    /// Leads a dialogue.
    Open(Dialogue),
    /// Examines what was read from the card, by a predicate of [`content`](super::content).
    Check(String),
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reset => f.write_str("reset"),
            Self::Send(octets) => write!(f, "send {octets}"),
            Self::Secure(commands) => {
                let commands: Vec<String> = commands.iter().map(Octets::to_string).collect();
                write!(f, "secure {}", commands.join(", then "))
            }
            Self::Open(dialogue) => write!(f, "open {}", dialogue.protocol),
            Self::Check(name) => write!(f, "check {name}"),
        }
    }
}

/// How an answer to a protected command comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Protection {
    /// Under secure messaging.
    #[default]
    Protected,
    /// As a status word only, since there is no session any more.
    Plain,
    /// Either way.
    Either,
}

/// The keys of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeySet {
    /// Those of the dialogue that came last.
    #[default]
    Newest,
    /// Those before.
    Previous,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StepText {
    #[serde(default)]
    reset: bool,
    send: Option<Octets>,
    secure: Option<Octets>,
    present: Option<Vec<String>>,
    prove: Option<String>,
    open: Option<Dialogue>,
    check: Option<String>,
    #[serde(default)]
    alter: Vec<Alteration>,
    until: Option<Turn>,
    expect: Option<StatusPattern>,
    set: Option<StatusPattern>,
    data: Option<DataPattern>,
    begins: Option<Octets>,
    length: Option<usize>,
    #[serde(default)]
    differs: bool,
    #[serde(default, deserialize_with = "protection")]
    plain: Protection,
    #[serde(default)]
    keys: KeySet,
    #[serde(default = "once")]
    repeat: usize,
}

impl TryFrom<StepText> for Step {
    type Error = &'static str;

    fn try_from(text: StepText) -> Result<Self, Self::Error> {
        let actions = [
            text.reset.then_some(Action::Reset),
            text.send.map(Action::Send),
            text.secure.map(|command| Action::Secure(vec![command])),
            text.present.as_deref().map(presented).transpose()?,
            text.prove.as_deref().map(proved).transpose()?,
            text.open.map(Action::Open),
            text.check.map(Action::Check),
        ];
        let mut actions = actions.into_iter().flatten();
        let (Some(action), None) = (actions.next(), actions.next()) else {
            return Err(
                "a step does one thing: reset, send, secure, present, prove, open or check",
            );
        };
        let answered = !matches!(action, Action::Reset | Action::Check(_));
        if answered != text.expect.is_some() {
            return Err("what is answered expects a status word, and nothing else does");
        }
        let on_their_way = matches!(action, Action::Secure(_) | Action::Open(_));
        if !text.alter.is_empty() && !on_their_way {
            return Err("only commands of a session or of a dialogue can be altered");
        }
        if text.until.is_some() && text.alter.is_empty() {
            return Err("nothing is altered that could wait");
        }
        let commands = match &action {
            Action::Secure(commands) => commands.len(),
            _ => 0,
        };
        if text.set.is_some() && commands < 2 {
            return Err("there is no command before the one that is expected to bring something");
        }
        if text.repeat == 0 {
            return Err("a step is done once at least");
        }
        Ok(Self {
            action,
            alter: text.alter,
            until: text.until,
            expect: text.expect,
            set: text.set,
            data: text.data,
            begins: text.begins,
            length: text.length,
            differs: text.differs,
            protection: text.plain,
            keys: text.keys,
            repeat: text.repeat,
        })
    }
}

/// MSE:Set DST and PSO:Verify Certificate for each certificate (Doc 9303-11 §7.1.5).
fn presented(names: &[String]) -> Result<Action, &'static str> {
    let mut commands = Vec::new();
    for name in names {
        commands.push(Octets::parse(&format!(
            "00 22 81 B6 [83 [<{name}.authority>]]"
        ))?);
        commands.push(Octets::parse(&format!("00 2A 00 BE [<{name}>]"))?);
    }
    Ok(Action::Secure(commands))
}

/// MSE:Set AT, GET CHALLENGE and EXTERNAL AUTHENTICATE with the key of a certificate (Doc 9303-11 §7.1.5).
fn proved(name: &str) -> Result<Action, &'static str> {
    let commands = [
        format!("00 22 81 A4 [83 [<{name}.holder>]]"),
        "00 84 00 00 08".to_owned(),
        format!("00 82 00 00 [<{name}.proof>]"),
    ];
    let commands: Result<_, _> = commands.iter().map(|text| Octets::parse(text)).collect();
    Ok(Action::Secure(commands?))
}

pub(super) fn unhex(text: &str) -> Result<Vec<u8>, &'static str> {
    let digits: String = text.split_whitespace().collect();
    hex::decode(digits).map_err(|_| "hexadecimal digits")
}

const fn once() -> usize {
    1
}

const fn operational() -> LifeCycle {
    LifeCycle::Operational
}

fn life_cycle<'de, D: Deserializer<'de>>(deserializer: D) -> Result<LifeCycle, D::Error> {
    let name = String::deserialize(deserializer)?;
    LifeCycle::ALL
        .into_iter()
        .find(|state| state.to_string().eq_ignore_ascii_case(&name))
        .ok_or_else(|| de::Error::custom("a state of the life cycle"))
}

/// `true`, or the word `either`.
fn protection<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Protection, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Plain {
        Surely(bool),
        Word(String),
    }
    match Plain::deserialize(deserializer)? {
        Plain::Surely(true) => Ok(Protection::Plain),
        Plain::Surely(false) => Ok(Protection::Protected),
        Plain::Word(word) if word == "either" => Ok(Protection::Either),
        Plain::Word(_) => Err(de::Error::custom("true, false or 'either'")),
    }
}
