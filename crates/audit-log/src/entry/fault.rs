//! What is wrong with an entry.

/// Why something is no entry of this log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EntryFault {
    /// Longer than any entry.
    #[error("longer than {0} bytes")]
    TooLong(usize),
    /// Not JSON, or of other members; line and column count from 1.
    #[error("not an entry at line {line}, column {column}")]
    Malformed {
        /// Line.
        line: usize,
        /// Column.
        column: usize,
    },
    /// Another version of the form.
    #[error("version {0} of entries is not known: read it with a newer program")]
    Version(u8),
    /// Right in what it says, and not spelled as it is written.
    #[error("not in the one spelling of an entry: spaces, order or escapes differ")]
    OtherSpelling,
    /// Not a UUID of version 7.
    #[error("its id is no UUID of version 7")]
    Id,
    /// A time outside the years that can be written.
    #[error("its time is not between 1970 and 9999")]
    Time,
    /// A word outside its alphabet or length.
    #[error("a word is {0} characters of a-z, 0-9, `.` and `-` at most, beginning with a letter")]
    Word(usize),
    /// A token outside its alphabet or length: names and sentences do not belong into the log.
    #[error(
        "a token is {0} characters of ASCII letters, digits and `._:/+=@-` at most, without spaces"
    )]
    Token(usize),
    /// A key that asks for personal data.
    #[error("a detail by this key would be personal data: log a reference or a hash")]
    PersonalKey,
    /// A value in the form of a personal or document number.
    #[error("a value in the form of a personal or document number: log a reference or a hash")]
    PersonalValue,
    /// Too many details.
    #[error("more than {0} details")]
    TooManyDetails(usize),
    /// A detail that is there already.
    #[error("a detail is given twice")]
    DetailTwice,
}
