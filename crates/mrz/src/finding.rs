//! Departures from the standard in a zone that could still be read.

use core::fmt;

use crate::Field;

/// One departure from Doc 9303 in a zone that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// The field concerned.
    pub field: Field,
    /// The line, from 1 as the standard counts.
    pub line: usize,
    /// The character position in the line, from 1 as the standard counts.
    pub position: usize,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// Another check digit stands there than the field demands (Doc 9303-3 §4.9).
    CheckDigit {
        /// What stands there.
        printed: char,
        /// What would be right.
        computed: char,
    },
    /// A character stands there that the field may not hold, such as a digit in a name.
    Characters,
    /// The calendar has no such day, or the date lacks a part it needs.
    ImpossibleDate,
    /// The document code is not one of this size of document.
    DocumentCode,
    /// The field must not be empty.
    Empty,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            field,
            line,
            position,
            problem,
        } = self;
        write!(f, "{field} (line {line}, position {position}): {problem}")
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CheckDigit { printed, computed } => {
                write!(f, "the check digit is {printed}, computed {computed}")
            }
            Self::Characters => f.write_str("a character that this field may not hold"),
            Self::ImpossibleDate => f.write_str("not a possible date"),
            Self::DocumentCode => f.write_str("not a code of this size of document"),
            Self::Empty => f.write_str("is empty"),
        }
    }
}
