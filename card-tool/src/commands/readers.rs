//! `readers`: which there are, and what is in them.

use anyhow::Result;
use perso::personalise::identify;
use serde_json::{Value, json};
use transport::pcsc::{Options, Reader, Slot, Usage, readers};
use transport::{PcscChannel, ReaderSelector};

use super::{Context, note, print, print_json};
use crate::args::Readers;
use crate::exit::Exit;

/// Runs the verb. A reader that is busy does not hide the others.
pub fn run(args: &Readers, context: &mut Context) -> Result<Exit> {
    let found: Vec<Row> = readers()?
        .into_iter()
        .map(|reader| Row::of(reader, args.cards))
        .collect();
    if context.json() {
        print_json(&json!({ "readers": found.iter().map(Row::json).collect::<Vec<_>>() }))?;
    } else if found.is_empty() {
        note("no reader is connected");
    } else {
        for row in &found {
            print(&row.text())?;
        }
    }
    Ok(if found.is_empty() {
        Exit::Reader
    } else {
        Exit::Done
    })
}

struct Row {
    reader: Reader,
    state: Option<String>,
}

impl Row {
    fn of(reader: Reader, ask: bool) -> Self {
        let state = (ask && reader.has_card()).then(|| state_of(&reader));
        Self { reader, state }
    }

    fn slot(&self) -> &'static str {
        match &self.reader.slot {
            Slot::Empty => "empty",
            Slot::Card {
                usage: Usage::Exclusive,
                ..
            } => "card, in use by another program",
            Slot::Card { .. } => "card",
            Slot::Mute => "card that does not answer",
            Slot::Unavailable => "unavailable",
        }
    }

    fn atr(&self) -> Option<String> {
        match &self.reader.slot {
            Slot::Card { atr, .. } => Some(hex::encode_upper(atr)),
            _ => None,
        }
    }

    fn text(&self) -> String {
        let mut text = format!("{}: {}", self.reader.name, self.slot());
        for (label, value) in [("ATR ", self.atr()), ("", self.state.clone())] {
            if let Some(value) = value {
                text.push_str(&format!(", {label}{value}"));
            }
        }
        text
    }

    fn json(&self) -> Value {
        json!({ "name": self.reader.name, "slot": self.slot(), "atr": self.atr(), "chip": self.state })
    }
}

/// State of personalisation, or why it cannot be told.
fn state_of(reader: &Reader) -> String {
    let selector = ReaderSelector::Matching(reader.name.clone());
    let mut channel = match PcscChannel::open(&selector, Options::default()) {
        Ok(channel) => channel,
        Err(error) => return error.to_string(),
    };
    match identify(&mut channel) {
        Ok(status) => format!(
            "{}, serial number {}",
            status.state,
            hex::encode_upper(&status.serial)
        ),
        Err(perso::Error::CardRefused { .. }) => "in the field, or not one of ours".to_owned(),
        Err(error) => error.to_string(),
    }
}
