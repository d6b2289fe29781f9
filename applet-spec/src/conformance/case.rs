//! Cases, as they stand in TOML.

use serde::{Deserialize, Deserializer, de};

use super::{Alteration, DataPattern, StatusPattern};
use crate::LifeCycle;

/// A file of cases.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suite {
    /// The cases.
    #[serde(rename = "case")]
    pub cases: Vec<Case>,
}

/// One case: a few steps on a card in a known state.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Unique name.
    pub id: String,
    /// Requirements of `spec/` that the case proves.
    pub requirements: Vec<String>,
    /// What is proved, in one sentence.
    pub purpose: String,
    /// Cases of other suites with the same purpose.
    #[serde(default)]
    pub references: Vec<String>,
    /// State of the card at the beginning.
    #[serde(default = "operational", deserialize_with = "life_cycle")]
    pub card: LifeCycle,
    /// What the card must offer; otherwise the case does not apply.
    #[serde(default)]
    pub needs: Vec<Feature>,
    /// What the card must not offer.
    #[serde(default)]
    pub lacks: Vec<Feature>,
    /// What is sent and what must come back.
    pub steps: Vec<Step>,
}

/// Something that not every card offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Feature {
    /// BAC.
    Bac,
    /// PACE.
    Pace,
    /// Chip authentication by GENERAL AUTHENTICATE.
    ChipAuthentication,
    /// Chip authentication by MSE:Set KAT.
    KeyAgreementTemplate,
    /// Active authentication.
    ActiveAuthentication,
    /// Extended length.
    ExtendedLength,
    /// A data group of 32,768 octets or more.
    LargeFile,
}

/// One exchange, or one dialogue, with what must come of it.
#[derive(Debug, Deserialize)]
#[serde(try_from = "StepText")]
pub struct Step {
    /// What is done.
    pub action: Action,
    /// What is done to the commands on their way.
    pub alter: Vec<Alteration>,
    /// The status word: of the answer, or the last one of a dialogue.
    pub expect: Option<StatusPattern>,
    /// The data of the answer, protection taken off.
    pub data: Option<DataPattern>,
    /// Number of octets of the data.
    pub length: Option<usize>,
    /// Whether a protected command must be answered without protection.
    pub plain: bool,
    /// How often the step is done.
    pub repeat: usize,
}

/// What a step does.
#[derive(Debug)]
pub enum Action {
    /// Takes the power away and gives it back.
    Reset,
    /// Sends these octets as they are.
    Send(Vec<u8>),
    /// Protects this plain command in the session that is open, and sends it.
    Secure(Vec<u8>),
    /// Leads a dialogue that opens a session.
    Open(Dialogue),
}

/// A dialogue that opens a session, or changes its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dialogue {
    /// BAC; the application is selected before.
    Bac,
    /// PACE with the MRZ.
    PaceMrz,
    /// PACE with the CAN.
    PaceCan,
    /// Chip authentication, inside the session.
    ChipAuthentication,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StepText {
    #[serde(default)]
    reset: bool,
    send: Option<String>,
    secure: Option<String>,
    open: Option<Dialogue>,
    #[serde(default)]
    alter: Vec<Alteration>,
    expect: Option<StatusPattern>,
    data: Option<DataPattern>,
    length: Option<usize>,
    #[serde(default)]
    plain: bool,
    #[serde(default = "once")]
    repeat: usize,
}

impl TryFrom<StepText> for Step {
    type Error = &'static str;

    fn try_from(text: StepText) -> Result<Self, Self::Error> {
        let action = match (text.reset, text.send, text.secure, text.open) {
            (true, None, None, None) => Action::Reset,
            (false, Some(octets), None, None) => Action::Send(unhex(&octets)?),
            (false, None, Some(octets), None) => Action::Secure(unhex(&octets)?),
            (false, None, None, Some(dialogue)) => Action::Open(dialogue),
            _ => return Err("a step does one thing: reset, send, secure or open"),
        };
        if text.expect.is_none() && !matches!(action, Action::Reset) {
            return Err("a step expects something");
        }
        Ok(Self {
            action,
            alter: text.alter,
            expect: text.expect,
            data: text.data,
            length: text.length,
            plain: text.plain,
            repeat: text.repeat,
        })
    }
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
