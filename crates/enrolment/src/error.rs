use crate::field::Field;

/// What this crate returns.
pub type Result<T> = core::result::Result<T, Error>;

/// Why a record cannot be read, or the content of a chip cannot be made of it.
///
/// A record that can be read and breaks a rule is no error but a list of [`crate::Finding`]s.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text of a record is not TOML. What stands there is not shown: it may be an access number.
    #[error("the record is not TOML (line {line})")]
    Syntax {
        /// The line, from 1.
        line: usize,
    },
    /// A key of a record is unknown, missing, or of the wrong type.
    #[error("record, {key}: {what}")]
    Key {
        /// The key, with the table it stands in.
        key: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// A limit of this crate is exceeded.
    #[error("{what}: at most {limit}")]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// The record names an image that the caller did not supply.
    #[error("the image {name} is missing")]
    MissingImage {
        /// The name of the file.
        name: String,
    },
    /// The caller asks for something that is not possible.
    #[error("{0}")]
    Misuse(&'static str),
    /// A value of the record does not fit where the profile wants it.
    #[error("{field}: {what}")]
    Value {
        /// The field of the record.
        field: Field,
        /// What is wrong with it.
        what: &'static str,
    },
    /// No personal numbers begin with this place, or none that are given on that day.
    #[error(
        "no numbers are given for the place of birth registration {code}: take the code of a province, or of a country, that is in use"
    )]
    NumberPlace {
        /// Its code.
        code: String,
    },
    /// Personal numbers say male or female.
    #[error("a personal number needs a sex, male or female")]
    NumberSex,
    /// Personal numbers of this year do not exist, or not yet.
    #[error("there are no personal numbers for people born in {year}")]
    NumberYear {
        /// The year of birth.
        year: i32,
    },
    /// A series of personal numbers is used up.
    #[error("the series has no number {counter}, only those below {capacity}")]
    NumberCounter {
        /// The place that was asked for.
        counter: u64,
        /// How many there are.
        capacity: u64,
    },
    /// What should be a personal number, or the beginning of some, is of another form. It is not shown.
    #[error("this is no personal number, or series of them, of this issuer")]
    NumberForm,
    /// A primitive refuses.
    #[error(transparent)]
    Crypto(#[from] crypto::Error),
    /// The machine readable zone cannot be built.
    #[error(transparent)]
    Mrz(#[from] mrz::Error),
    /// A file of the chip cannot be built.
    #[error(transparent)]
    Lds(#[from] lds::Error),
}
