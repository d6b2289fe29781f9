use crate::Field;

/// What this crate returns.
pub type Result<T> = core::result::Result<T, Error>;

/// Why a zone cannot be read or built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text has no shape this crate knows; `at` counts characters from 0.
    #[error("malformed machine readable zone: {what} (at character {at})")]
    Malformed {
        /// What is wrong.
        what: &'static str,
        /// Offset of the offending character in the text as given.
        at: usize,
    },
    /// A value given for a new zone cannot stand in its field.
    #[error("{field}: {what}")]
    Value {
        /// The field the value was meant for.
        field: Field,
        /// Which rule it breaks.
        what: &'static str,
    },
    /// A character of a name has no form in the machine readable alphabet (Doc 9303-3 §6).
    #[error("U+{:04X} at character {at} has no form in a machine readable zone", u32::from(*character))]
    NoTransliteration {
        /// The character, upper case.
        character: char,
        /// Which character of the name, from 0, after composition (NFC).
        at: usize,
    },
}
