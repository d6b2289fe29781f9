//! What a station is: its reader, and a command for each step.

use std::path::Path;
use std::time::Duration;

use serde::Deserialize;

use super::Step;

/// Longest step that may be asked for.
const MAX_SECONDS: u64 = 600;
/// Most arguments of a command.
const MAX_ARGUMENTS: usize = 64;
/// Longest name of a station, in characters.
const MAX_NAME: usize = 40;
/// How long a chip may take until it answers, where the contract says nothing.
const CHIP_SECONDS: u64 = 10;

/// A program with its arguments, and how long it may take.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handle {
    /// The program, by its whole path, and its arguments. No shell reads them.
    pub command: Vec<String>,
    /// So many seconds, 1 to 600.
    pub seconds: u64,
}

impl Handle {
    /// How long it may take.
    #[must_use]
    pub const fn patience(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}

/// What becomes of the number that a station reads off a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NumberRule {
    /// It is compared where the station says one.
    #[default]
    Compared,
    /// A card whose number was not read is not written.
    Required,
}

/// What a station is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Contract {
    /// What people call it: small letters, digits and hyphens.
    pub name: String,
    /// The reader in it, as `--reader` takes it.
    pub reader: String,
    /// Variables of the environment that its programs get; they get no others but those that tell of the step.
    #[serde(default)]
    pub environment: Vec<String>,
    /// Whether a number must be read off each card.
    #[serde(default)]
    pub number: NumberRule,
    /// How long a chip may take until it answers, in seconds.
    #[serde(default = "chip_seconds")]
    pub chip_seconds: u64,
    /// See [`Step::Position`].
    #[serde(default)]
    pub position: Option<Handle>,
    /// See [`Step::Get`].
    pub get: Handle,
    /// See [`Step::Encode`].
    #[serde(default)]
    pub encode: Option<Handle>,
    /// See [`Step::Done`].
    pub done: Handle,
    /// See [`Step::Reject`].
    pub reject: Handle,
}

const fn chip_seconds() -> u64 {
    CHIP_SECONDS
}

/// What is wrong with a contract.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ContractFault {
    /// The name.
    #[error("the name of a station has 1 to {MAX_NAME} small letters, digits and hyphens")]
    Name,
    /// A time.
    #[error("{0}: 1 to {MAX_SECONDS} seconds")]
    Seconds(&'static str),
    /// A command.
    #[error("{0}: a command begins with the whole path of a program that is there")]
    Program(&'static str),
    /// Its arguments.
    #[error("{0}: a command has at most {MAX_ARGUMENTS} arguments")]
    Arguments(&'static str),
    /// A variable.
    #[error("environment: {0} is no name of a variable, or one of the station's own")]
    Variable(String),
}

impl Contract {
    /// The command of a step; `position` and `encode` may be left out.
    #[must_use]
    pub const fn handle(&self, step: Step) -> Option<&Handle> {
        match step {
            Step::Position => self.position.as_ref(),
            Step::Get => Some(&self.get),
            Step::Encode => self.encode.as_ref(),
            Step::Done => Some(&self.done),
            Step::Reject => Some(&self.reject),
        }
    }

    /// Looks at everything that can be looked at before the first card.
    ///
    /// # Errors
    /// [`ContractFault`], the first.
    pub fn check(&self) -> Result<(), ContractFault> {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let len = self.name.chars().count();
        if !(1..=MAX_NAME).contains(&len) || !self.name.chars().all(allowed) {
            return Err(ContractFault::Name);
        }
        if !(1..=MAX_SECONDS).contains(&self.chip_seconds) {
            return Err(ContractFault::Seconds("chip-seconds"));
        }
        for name in &self.environment {
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let own = name.starts_with("STATION_");
            if name.is_empty() || own || !name.chars().all(plain) {
                return Err(ContractFault::Variable(name.clone()));
            }
        }
        for step in Step::ALL {
            let Some(handle) = self.handle(step) else {
                continue;
            };
            if !(1..=MAX_SECONDS).contains(&handle.seconds) {
                return Err(ContractFault::Seconds(step.word()));
            }
            if handle.command.len() > MAX_ARGUMENTS {
                return Err(ContractFault::Arguments(step.word()));
            }
            let program = handle.command.first().map(Path::new);
            if !program.is_some_and(|program| program.is_absolute() && program.is_file()) {
                return Err(ContractFault::Program(step.word()));
            }
        }
        Ok(())
    }

    /// How long a chip may take until it answers.
    #[must_use]
    pub const fn chip_patience(&self) -> Duration {
        Duration::from_secs(self.chip_seconds)
    }
}
