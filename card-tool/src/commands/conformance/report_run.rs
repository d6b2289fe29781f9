//! How the cases were run: what a reader of the report must know to run them again.

use protocols::Password;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::card::Card;
use crate::args::Conformance;

/// One run of the cases.
pub struct Run {
    /// What the card is called.
    pub card: String,
    /// Its answer to reset; a chip in a file has its own.
    pub atr: Vec<u8>,
    /// When the cases were run.
    pub at: OffsetDateTime,
    /// The options that say which cases run and how; files of secrets are not among them.
    options: Vec<String>,
    /// What kinds of passwords were known.
    passwords: Vec<String>,
}

impl Run {
    /// A run on a card with these passwords.
    pub fn new(
        args: &Conformance,
        card: &Card,
        passwords: &[Password],
        at: OffsetDateTime,
    ) -> Self {
        Self {
            card: card.name.clone(),
            atr: card.atr(),
            at,
            options: options(args),
            passwords: passwords
                .iter()
                .map(|password| password.kind().to_string())
                .collect(),
        }
    }

    /// When, as text.
    pub fn time(&self) -> String {
        self.at.format(&Rfc3339).unwrap_or_default()
    }

    /// What is told of the run, by name.
    pub fn rows(&self) -> [(&'static str, String); 6] {
        let joined = |words: &[String], none: &str| match words {
            [] => none.to_owned(),
            words => words.join(" "),
        };
        [
            ("Card", self.card.clone()),
            ("ATR", hex::encode_upper(&self.atr)),
            ("Options", joined(&self.options, "none")),
            ("Passwords", joined(&self.passwords, "none")),
            ("Tool", format!("card-tool {}", env!("CARGO_PKG_VERSION"))),
            ("Time", self.time()),
        ]
    }

    /// The same for programs.
    pub fn json(&self) -> Value {
        json!({
            "atr": hex::encode_upper(&self.atr),
            "options": self.options,
            "passwords": self.passwords,
            "tool": "card-tool",
            "version": env!("CARGO_PKG_VERSION"),
        })
    }
}

fn options(args: &Conformance) -> Vec<String> {
    let flags = [
        (args.destructive, "--destructive"),
        (args.with_data, "--with-data"),
        (args.reader.short, "--short"),
    ];
    let set = flags.into_iter().filter(|(is_set, _)| *is_set);
    let mut options: Vec<String> = set.map(|(_, flag)| flag.to_owned()).collect();
    options.extend(args.unit.iter().map(|unit| format!("--unit {unit}")));
    options.extend(args.case.iter().map(|case| format!("--case {case}")));
    if !args.offers.is_empty() {
        let offers: Vec<String> = args.offers.iter().map(ToString::to_string).collect();
        options.push(format!("--offers {}", offers.join(",")));
    }
    if let Some(folder) = &args.eac {
        options.push(format!("--eac {}", folder.display()));
    }
    if let Some(day) = &args.day {
        options.push(format!("--day {day}"));
    }
    options
}
