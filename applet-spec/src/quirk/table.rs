//! `quirks.toml`: every quirk, what it is about and what a reader does with it.

use std::collections::BTreeSet;

use iso7816::CommandApdu;
use serde::Deserialize;

use super::{Need, Quirk, needs_signature};

/// The table as text.
const TABLE: &str = include_str!("../../quirks.toml");

/// One quirk of the table.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its number.
    pub id: Quirk,
    /// What kind of thing shows it.
    pub kind: Kind,
    /// What such documents do.
    pub what: String,
    /// What a reader must do; with [`Kind::NotApplicable`] why there is nothing to do.
    pub reader: String,
    /// Quirks without which this one does not show: a chip that has it has these, too.
    #[serde(default)]
    pub beside: Vec<Quirk>,
    /// What a card must have: on any other the quirk would not show.
    #[serde(default)]
    pub needs: Vec<Need>,
    /// Commands that show it, each in hex, where a reader that keeps to the standard never meets it.
    #[serde(default)]
    pub probe: Vec<String>,
    /// What a reader should do besides, and this one does not.
    #[serde(default)]
    pub gap: Option<String>,
    /// Tests that show how it is dealt with, `path::name`.
    #[serde(default)]
    pub tests: Vec<String>,
}

/// What kind of thing shows a quirk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// What the chip answers: a switch of [`super::QuirkyChip`].
    Chip,
    /// What a file holds: [`super::install`] puts it there.
    File,
    /// What a certificate, a signature or a list holds.
    Pki,
    /// Reader hardware, optics, what a person types.
    Reader,
    /// Nothing that a reader of chips could do anything about.
    NotApplicable,
}

impl Kind {
    /// Its word in data.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Chip => "chip",
            Self::File => "file",
            Self::Pki => "pki",
            Self::Reader => "reader",
            Self::NotApplicable => "not-applicable",
        }
    }
}

/// The table is not as it must be.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct TableError(#[from] toml::de::Error);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    quirk: Vec<Entry>,
}

/// The whole table, in the order of the numbers.
///
/// # Errors
/// [`TableError`] when the text that this crate was built with is no table.
pub fn table() -> Result<Vec<Entry>, TableError> {
    Ok(toml::from_str::<Table>(TABLE)?.quirk)
}

/// These quirks, and those without which they do not show.
///
/// # Errors
/// As [`table`].
pub fn with_those_beside(quirks: &BTreeSet<Quirk>) -> Result<BTreeSet<Quirk>, TableError> {
    let wanted = table()?
        .into_iter()
        .filter(|entry| quirks.contains(&entry.id));
    let beside: BTreeSet<Quirk> = wanted.flat_map(|entry| entry.beside).collect();
    Ok(quirks | &beside)
}

impl Entry {
    /// Whether a card can be told to have it.
    #[must_use]
    pub const fn is_switch(&self) -> bool {
        matches!(self.kind, Kind::Chip | Kind::File)
    }

    /// Whether a card gets it only with the issuer's signature.
    #[must_use]
    pub fn needs_signature(&self) -> bool {
        needs_signature(&BTreeSet::from([self.id]))
    }

    /// The commands of [`Self::probe`]; those that are none are left out.
    #[must_use]
    pub fn probe_commands(&self) -> Vec<CommandApdu> {
        let octets = self.probe.iter().filter_map(|text| hex::decode(text).ok());
        octets
            .filter_map(|octets| CommandApdu::parse(&octets).ok())
            .collect()
    }
}
