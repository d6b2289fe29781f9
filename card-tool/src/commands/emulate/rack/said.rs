//! What a rack says: a line for each thing that happened.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use applet_spec::LifeCycle;
use serde_json::{Value, json};

use super::name;
use crate::commands::print;
use crate::printable;

/// What a slot says.
#[derive(Debug, Clone)]
pub enum Said {
    /// A chip is in, and the reader has powered it.
    In {
        /// Its state.
        state: LifeCycle,
    },
    /// A chip is out.
    Out {
        /// Its state.
        state: LifeCycle,
        /// How many commands it executed.
        commands: u64,
        /// How long they take in the model of its timing, if it has one.
        taken: Option<Duration>,
        /// Why it left.
        why: Why,
    },
    /// A chip was not put in: it is where it shall be already, or dead.
    PassedOver {
        /// Its state.
        state: LifeCycle,
    },
    /// A file is no chip, or in use.
    Refused {
        /// Why not.
        what: String,
    },
    /// There is no reader, or it did not take the chip.
    NoReader {
        /// What is wrong.
        what: String,
    },
}

/// Why a chip left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Somebody pulled it.
    Pulled,
    /// It has reached its state.
    Finished,
    /// The reader is gone.
    ReaderClosed,
    /// The line to the reader broke.
    Broken,
}

impl Why {
    const fn word(self) -> &'static str {
        match self {
            Self::Pulled => "pulled",
            Self::Finished => "finished",
            Self::ReaderClosed => "reader-closed",
            Self::Broken => "broken",
        }
    }
}

impl Said {
    /// A file that is good for nothing here.
    pub fn refused(error: &anyhow::Error) -> Self {
        Self::Refused {
            what: format!("{error:#}"),
        }
    }

    /// A reader that is not there.
    pub fn no_reader(error: &transport::Error) -> Self {
        Self::NoReader {
            what: error.to_string(),
        }
    }

    /// Says it on standard output.
    pub fn show(&self, slot: usize, card: Option<&Path>, as_json: bool) -> Result<()> {
        let slot = slot + 1;
        let card = card.map(name).unwrap_or_default();
        if as_json {
            return say(&self.json(slot, &card));
        }
        print(&printable::line(&match self {
            Self::In { state } => format!("in {slot} {card} {state}"),
            Self::Out {
                state,
                commands,
                why,
                ..
            } => format!("out {slot} {card} {state} {commands} {}", why.word()),
            Self::PassedOver { state } => format!("passed-over {slot} {card} {state}"),
            Self::Refused { what } => format!("refused {slot} {card} {what}"),
            Self::NoReader { what } => format!("no-reader {slot} {card} {what}"),
        }))
    }

    fn json(&self, slot: usize, card: &str) -> Value {
        match self {
            Self::In { state } => {
                json!({ "event": "in", "slot": slot, "card": card, "state": state.to_string() })
            }
            Self::Out {
                state,
                commands,
                taken,
                why,
            } => json!({
                "event": "out", "slot": slot, "card": card, "state": state.to_string(), "commands": commands,
                "seconds_of_model": taken.as_ref().map(Duration::as_secs_f64), "why": why.word(),
            }),
            Self::PassedOver { state } => {
                json!({ "event": "passed-over", "slot": slot, "card": card, "state": state.to_string() })
            }
            Self::Refused { what } => {
                json!({ "event": "refused", "slot": slot, "card": card, "why": what })
            }
            Self::NoReader { what } => {
                json!({ "event": "no-reader", "slot": slot, "card": card, "why": what })
            }
        }
    }
}

/// Says that a line of the input was no order.
pub fn show_refused_line(what: &str, as_json: bool) -> Result<()> {
    if as_json {
        say(&json!({ "event": "refused", "why": what }))
    } else {
        print(&format!("refused {what}"))
    }
}

/// One document, one line.
fn say(value: &Value) -> Result<()> {
    print(&printable::json(&value.to_string()))
}
