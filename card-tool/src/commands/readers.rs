//! `readers`: which there are, and what is in them.

use anyhow::Result;
use perso::personalise::identify;
use serde_json::{Value, json};
use transport::pcsc::{Identity, Options, Reader, Slot, Usage, identities, readers};
use transport::{PcscChannel, ReaderSelector};

use super::{Context, note, print, print_json};
use crate::args::Readers;
use crate::exit::Exit;

/// Runs the verb. A reader that is busy does not hide the others.
pub fn run(args: &Readers, context: &mut Context) -> Result<Exit> {
    let there = readers()?;
    let identities = match args.identity {
        true => identities(&there),
        false => vec![Identity::default(); there.len()],
    };
    let found: Vec<Row> = there
        .into_iter()
        .zip(identities)
        .map(|(reader, identity)| Row::of(reader, identity, args.cards))
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
    identity: Identity,
    state: Option<String>,
}

impl Row {
    fn of(reader: Reader, identity: Identity, ask: bool) -> Self {
        let state = (ask && reader.has_card()).then(|| state_of(&reader));
        Self {
            reader,
            identity,
            state,
        }
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
        let Identity { serial, usb } = self.identity.clone();
        for (label, value) in [
            ("serial:", serial),
            ("usb:", usb),
            ("ATR ", self.atr()),
            ("", self.state.clone()),
        ] {
            if let Some(value) = value {
                text.push_str(&format!(", {label}{value}"));
            }
        }
        text
    }

    fn json(&self) -> Value {
        json!({
            "name": self.reader.name, "slot": self.slot(), "atr": self.atr(), "chip": self.state, "serial": self.identity.serial,
            "usb": self.identity.usb,
        })
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
