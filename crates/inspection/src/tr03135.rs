//! The 45 results of BSI TR-03135-1, each of them present in every table: what this terminal checks has its result, what it has
//! no optics or no second document for is said to be so, in the values that the guideline leaves for it.

mod chip;
mod combined;
mod optical;

use core::fmt;

use crate::{Outcome, Report};

pub(crate) use chip::is_compromised;
pub(crate) use combined::PRINTED_ZONE;

/// A value of the guideline: the five results (§3.5.2), the trust in a certificate (§5.6.4.3.6), or what became of a data group
/// (§5.6.4.4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// A result.
    Result(Outcome),
    /// The document signer may be believed.
    Trusted,
    /// The document signer must not be believed.
    NotTrusted,
    /// The data groups are what was signed.
    Identical,
    /// A data group is not what was signed.
    NotIdentical,
    /// A data group is there and was not read.
    Present,
    /// A data group is not there.
    NotPresent,
    /// The hash of a data group cannot be computed.
    NonConformant,
}

impl Value {
    /// The guideline's word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Result(outcome) => outcome.word(),
            Self::Trusted => "trusted",
            Self::NotTrusted => "not trusted",
            Self::Identical => "identical",
            Self::NotIdentical => "not identical",
            Self::Present => "present",
            Self::NotPresent => "not present",
            Self::NonConformant => "non-conformant",
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// Which values a line can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Values {
    /// The five results without these.
    ResultsBut(&'static [Outcome]),
    /// Trusted, not trusted, undetermined, aborted.
    Trust,
    /// Those of a data group, and aborted.
    DataGroup,
}

impl Values {
    /// Whether a value is one of them.
    #[must_use]
    pub fn allow(self, value: Value) -> bool {
        match (self, value) {
            (Self::ResultsBut(never), Value::Result(outcome)) => !never.contains(&outcome),
            (Self::Trust, Value::Result(outcome)) => {
                matches!(outcome, Outcome::Undetermined | Outcome::Aborted)
            }
            (Self::Trust, value) => matches!(value, Value::Trusted | Value::NotTrusted),
            (Self::DataGroup, Value::Result(outcome)) => outcome == Outcome::Aborted,
            (Self::DataGroup, value) => !matches!(value, Value::Trusted | Value::NotTrusted),
            (Self::ResultsBut(_), _) => false,
        }
    }

    /// The nearest value that is allowed: what cannot be *not supported* is *undetermined*, and what cannot be that either did
    /// not come to its end.
    fn nearest(self, value: Value) -> Value {
        let rest = [Outcome::Undetermined, Outcome::Aborted].map(Value::Result);
        [value]
            .into_iter()
            .chain(rest)
            .find(|value| self.allow(*value))
            .unwrap_or(Value::Result(Outcome::Aborted))
    }
}

/// One of the 45.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    /// Stable word for programs.
    pub id: &'static str,
    /// Section of TR-03135-1; that of the check it is a part of, where it has none of its own.
    pub section: &'static str,
    /// Title for people.
    pub title: &'static str,
    /// Which values it can have.
    pub values: Values,
    /// Whether the overall result is made of this line and others like it.
    pub counts: bool,
    find: fn(&Report) -> Found,
}

/// A line with its result.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Which line.
    pub line: &'static Line,
    /// The result.
    pub value: Value,
    /// Why, or what was found.
    pub cause: String,
}

/// Value and cause.
type Found = (Value, String);

/// All lines in the order of the guideline.
pub fn lines() -> impl Iterator<Item = &'static Line> {
    [
        optical::BEFORE,
        chip::ACCESS,
        chip::CONTENT,
        combined::LINES,
    ]
    .into_iter()
    .flatten()
}

/// The table of a report.
#[must_use]
pub fn table(report: &Report) -> Vec<Entry> {
    lines()
        .map(|line| {
            let (value, cause) = (line.find)(report);
            Entry {
                line,
                value: line.values.nearest(value),
                cause,
            }
        })
        .collect()
}

const ANY: Values = Values::ResultsBut(&[]);
const NEVER_UNDETERMINED: Values = Values::ResultsBut(&[Outcome::Undetermined]);
const NEVER_NOT_SUPPORTED: Values = Values::ResultsBut(&[Outcome::NotSupported]);
const ENDED_OR_ABORTED: Values =
    Values::ResultsBut(&[Outcome::Undetermined, Outcome::NotSupported]);

const fn line(
    section: &'static str,
    id: &'static str,
    title: &'static str,
    values: Values,
    find: fn(&Report) -> Found,
) -> Line {
    Line {
        id,
        section,
        title,
        values,
        counts: false,
        find,
    }
}

impl Line {
    const fn counting(mut self) -> Self {
        self.counts = true;
        self
    }
}

fn not_supported(why: &str) -> Found {
    (Value::Result(Outcome::NotSupported), why.to_owned())
}

/// The result of a check of the procedure; a procedure without it had no chip to ask.
fn of_check(report: &Report, id: &str) -> Found {
    report.check(id).map_or_else(
        || not_supported("no chip: the files were given"),
        |check| {
            (
                Value::Result(check.finding.outcome),
                check.finding.cause.clone(),
            )
        },
    )
}

/// Several results as one, with the cause of the one that decides.
fn together(found: impl IntoIterator<Item = Found>) -> Found {
    let rank = |found: &Found| match found.0 {
        Value::Result(outcome) => outcome,
        _ => Outcome::Undetermined,
    };
    found.into_iter().fold(
        (Value::Result(Outcome::Successful), String::new()),
        |worst, one| {
            if rank(&one) > rank(&worst) {
                one
            } else {
                worst
            }
        },
    )
}
