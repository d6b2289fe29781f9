//! What a search says.

use super::dates::DateMatch;
use crate::field::{Field, Language};

/// Most hints of one search: whoever gets more has to ask more precisely.
pub const MAX_HINTS: usize = 50;

/// Somebody who may be the same person, with the reasons to show side by side.
#[derive(Debug, Clone, PartialEq)]
pub struct Hint {
    /// Who, as the register calls them.
    pub id: String,
    /// How likely, from 0 to 1: for the order of the list, not for a decision.
    pub score: f32,
    /// The rule of the policy that spoke, or the best of several.
    pub rule: String,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// One thing that agrees.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// A number, which may stand in different fields.
    Number {
        /// The field of the new record.
        field: Field,
        /// The field of the registered one.
        other: Field,
    },
    /// A name.
    Name {
        /// Whose.
        field: Field,
        /// From 0 to 1.
        similarity: f32,
    },
    /// The date of birth.
    Date(DateMatch),
    /// A text that is the same.
    Same(Field),
    /// A finger, by the matcher that was handed in.
    Finger {
        /// From 0 to 1.
        similarity: f32,
    },
}

impl Reason {
    /// A line for the operator.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        let label = |field: Field| field.label().in_language(language);
        let is_english = language == Language::English;
        match self {
            Self::Number { field, other } if field == other => {
                let same = if is_english {
                    "same number"
                } else {
                    "trùng số"
                };
                format!("{}: {same}", label(*field))
            }
            Self::Number { field, other } => {
                let same = if is_english {
                    "same as"
                } else {
                    "trùng với"
                };
                format!("{}: {same} {}", label(*field), label(*other))
            }
            Self::Name { field, similarity } => {
                let alike = if is_english { "alike" } else { "giống nhau" };
                format!("{}: {alike} {:.0} %", label(*field), similarity * 100.0)
            }
            Self::Date(date) => format!(
                "{}: {}",
                label(Field::DateOfBirth),
                date.words().in_language(language)
            ),
            Self::Same(field) => {
                let same = if is_english {
                    "the same"
                } else {
                    "giống nhau"
                };
                format!("{}: {same}", label(*field))
            }
            Self::Finger { similarity } => {
                let alike = if is_english { "alike" } else { "giống nhau" };
                format!(
                    "{}: {alike} {:.0} %",
                    label(Field::Fingerprints),
                    similarity * 100.0
                )
            }
        }
    }
}

/// The best hints, without keeping all: linear in what is added.
#[derive(Default)]
pub(super) struct Best(Vec<Hint>);

impl Best {
    pub(super) fn add(&mut self, hint: Hint) {
        self.0.push(hint);
        if self.0.len() >= 4 * MAX_HINTS {
            self.cut();
        }
    }

    pub(super) fn into_sorted(mut self) -> Vec<Hint> {
        self.cut();
        self.0
    }

    fn cut(&mut self) {
        self.0
            .sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.id.cmp(&b.id)));
        self.0.truncate(MAX_HINTS);
    }
}
