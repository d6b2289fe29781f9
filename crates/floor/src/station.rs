//! A station: a machine that brings cards to an encoder and takes them away, driven by commands of its own.
//!
//! ```text
//! get ─▶ at the station ─▶ encode ─▶ the chip is identified, its job looked up, the printed number compared, written ─▶ done
//!                                         └──────────────── whatever is wrong with the card ────────────────────▶ reject
//! ```
//!
//! * [`Contract`]: what a station is, as its maker or an integrator writes it down: a command for each step.
//! * [`Machine`]: steps and what can be wrong with them; [`CommandMachine`] runs programs.
//! * [`Feeding`]: one card after the other. The account of cards rests on chips and the journal, never on what a machine says: a machine
//!   that lies, hangs or dies costs time, and the card in it is found by its chip.
//!
//! Where a machine does not do a step, it stops: which card was in it is written down, and a person opens it and says so
//! ([`Event::Station`](crate::Event::Station), `cleared`).

mod command;
mod contract;
mod feeding;

use core::fmt;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{ChipSerial, Event, Person};

pub use command::{CommandMachine, MAX_ANSWER};
pub use contract::{Contract, ContractFault, Handle, NumberRule};
pub use feeding::{Came, ChipLine, Feeding, NoChip, Stop, Writing};

/// A step of a station.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Says where the card is. Nothing moves.
    Position,
    /// Brings the next card to the encoder.
    Get,
    /// Brings the encoder to the card, and says which number is printed on it.
    Encode,
    /// Takes a good card to the next machine or tray.
    Done,
    /// Takes a card to the rejects.
    Reject,
}

impl Step {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Position,
        Self::Get,
        Self::Encode,
        Self::Done,
        Self::Reject,
    ];

    /// Its word in the contract.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Position => "position",
            Self::Get => "get",
            Self::Encode => "encode",
            Self::Done => "done",
            Self::Reject => "reject",
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// Where a machine says that the card is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Position {
    /// No card is in it.
    Empty,
    /// On its way to the encoder.
    Feeding,
    /// At the encoder.
    AtStation,
    /// On its way out.
    Ejecting,
    /// It does not know.
    Unknown,
}

/// What a step has said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Answer {
    /// Where the card is now.
    pub position: Option<Position>,
    /// The number that was read off the card.
    pub number: Option<String>,
    /// Anything for people.
    pub message: Option<String>,
}

/// Why a step was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// No card is left to be fed.
    #[error("no card is left")]
    NoMore,
    /// A card is stuck.
    #[error("a card is stuck")]
    Jam,
    /// Two cards were fed at once.
    #[error("two cards were fed at once")]
    DoubleFeed,
    /// The machine has no power, or does not answer its program.
    #[error("the machine does not answer")]
    NoPower,
    /// The program did not end in time, and was ended with all that it had started.
    #[error("no answer within {0} s")]
    Hung(u64),
    /// The program ended in another way.
    #[error("its program ended with {0}")]
    Died(String),
    /// The program could not be started.
    #[error("its program cannot be started: {0}")]
    NotStarted(String),
    /// What it said is no answer.
    #[error("what its program said is no answer: {0}")]
    NoAnswer(&'static str),
}

/// What does the steps.
pub trait Machine {
    /// Does a step; `told` are names and values that the step may want to know.
    ///
    /// # Errors
    /// [`Fault`].
    fn step(&mut self, step: Step, told: &[(&'static str, &str)]) -> Result<Answer, Fault>;
}

/// What the journal says of a card at a station.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Note {
    /// It is at the encoder, its chip was identified, and the number on it is its own.
    Inside,
    /// The machine has taken it out as a good one.
    Delivered,
    /// The machine has taken it to the rejects.
    SetAside,
    /// The number that was read off it is not that of its job.
    NumberDiffers,
    /// The machine has stopped; what was inside may be anywhere in it.
    Stopped,
    /// A person has opened the machine and taken out what was in it, or it says that it is empty.
    Cleared,
}

impl Note {
    /// In words.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Inside => "inside",
            Self::Delivered => "delivered",
            Self::SetAside => "set aside",
            Self::NumberDiffers => "another number is printed on it",
            Self::Stopped => "stopped",
            Self::Cleared => "cleared",
        }
    }
}

/// A station as the journal has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// The card that went in and of which it is not known that it came out.
    pub inside: Option<ChipSerial>,
    /// Why it stopped, until a person has cleared it.
    pub stopped: Option<String>,
}

/// All stations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stations(BTreeMap<String, Standing>);

impl Stations {
    /// A station; one of which nothing is known is empty.
    #[must_use]
    pub fn standing(&self, station: &str) -> Standing {
        self.0.get(station).cloned().unwrap_or_default()
    }

    /// Those that have a card inside, or have stopped.
    pub fn busy(&self) -> impl Iterator<Item = (&str, &Standing)> {
        let all = self
            .0
            .iter()
            .map(|(name, standing)| (name.as_str(), standing));
        all.filter(|(_, standing)| **standing != Standing::default())
    }

    /// The stations after a note.
    pub(crate) fn after(
        &self,
        station: &str,
        what: Note,
        chip: Option<&ChipSerial>,
        why: Option<&str>,
    ) -> Self {
        let mut next = self.clone();
        let standing = next.0.entry(station.to_owned()).or_default();
        match what {
            Note::Inside | Note::NumberDiffers => standing.inside = chip.cloned(),
            Note::Delivered | Note::SetAside => standing.inside = None,
            Note::Stopped => {
                standing.inside = chip.cloned().or(standing.inside.take());
                standing.stopped = Some(why.unwrap_or("it does not say why").to_owned());
            }
            Note::Cleared => *standing = Standing::default(),
        }
        next
    }
}

/// The event that a person has cleared a station.
#[must_use]
pub fn cleared(station: &str, why: &str, by: &Person) -> Event {
    Event::Station {
        station: station.to_owned(),
        note: Note::Cleared,
        chip: None,
        why: Some(why.to_owned()),
        by: by.clone(),
    }
}
