//! Two persons for what one must not do alone (TR-03145-1: generation, backup, restoration and deletion of CA keys).
//!
//! The secret that opens the CSCA's key is split between them, so that here **every** use of the key takes both. The parts
//! have an order, first and second, which belongs to the parts and not to the people: a substitute takes over a part and
//! gives it in its place.
//!
//! * **Key in a file**: the password is SHA-256 over a label and both parts, each behind its length, so that `ab` and `c`
//!   open nothing that `a` and `bc` closed. Neither part says anything of the password.
//! * **Key in a token**: its PIN is the first part with the second part behind it, since whoever prepares the token by other
//!   means types it so. There a person who knows one part has less to guess; the token's own counter of wrong PINs is the
//!   defence, and nothing here tries a second time.

use core::fmt;

use crypto::{HashAlgorithm, SecretBytes};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use crate::{Refused, Result};

/// Least characters of a part that opens a file: a file can be tried offline.
pub const MIN_FILE_PART: usize = 8;
/// Least characters of a part of a PIN: the token counts wrong ones.
pub const MIN_PIN_PART: usize = 3;
const MAX_NAME: usize = 64;

/// In which role somebody takes part (TR-03145-1, Role.Req.12). Whoever registers requests is none of them (Role.Req.11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Keeps a part of the secret.
    KeyOfficer,
    /// Runs the CSCA.
    CaOperator,
    /// Runs the machine.
    SystemAdministrator,
    /// Decides who may enter.
    AccessManager,
    /// Looks after the others.
    Reviewer,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::KeyOfficer,
        Self::CaOperator,
        Self::SystemAdministrator,
        Self::AccessManager,
        Self::Reviewer,
    ];

    /// The word of a command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::KeyOfficer => "key-officer",
            Self::CaOperator => "ca-operator",
            Self::SystemAdministrator => "system-administrator",
            Self::AccessManager => "access-manager",
            Self::Reviewer => "reviewer",
        }
    }

    /// In a record, Vietnamese and English.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::KeyOfficer => "Người giữ khóa / Key officer",
            Self::CaOperator => "Người vận hành CSCA / CA operator",
            Self::SystemAdministrator => "Quản trị hệ thống / System administrator",
            Self::AccessManager => "Quản lý truy cập / Access manager",
            Self::Reviewer => "Người giám sát / Reviewer",
        }
    }
}

/// Somebody who takes part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    name: String,
    role: Role,
}

impl Person {
    /// Somebody by name.
    ///
    /// # Errors
    /// [`Refused::PersonName`].
    pub fn new(name: &str, role: Role) -> Result<Self> {
        let name: String = one_space(name).nfc().collect();
        if !is_plain_name(&name) {
            return Err(Refused::PersonName.into());
        }
        Ok(Self { name, role })
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The role.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.role
    }
}

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.role.word())
    }
}

/// Without spaces around it, and with one between two words.
fn one_space(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whom a name means: upper and lower case, composed and decomposed letters, wide and narrow ones are the same person.
fn whom(name: &str) -> String {
    let folded = one_space(name).nfkc().collect::<String>().to_lowercase();
    one_space(&folded.nfkc().collect::<String>())
}

/// Whether a name can stand on paper: 1 to 64 characters, each of which is seen.
pub(crate) fn is_plain_name(name: &str) -> bool {
    name.chars().all(|c| !c.is_control() && !is_invisible(c))
        && (1..=MAX_NAME).contains(&name.chars().count())
        && name.trim() == name
}

/// Characters that make two names look alike, or turn a line round.
const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{E0000}'..='\u{E0FFF}'
    )
}

/// Two different persons, in the order of their parts of the secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "[Person; 2]", into = "[Person; 2]")]
pub struct TwoPersons([Person; 2]);

impl TwoPersons {
    /// The one with the first part, the one with the second.
    ///
    /// # Errors
    /// [`Refused::SamePerson`], whatever the case of the letters, the form of their accents and the spaces between words.
    pub fn new(first: Person, second: Person) -> Result<Self> {
        if whom(&first.name) == whom(&second.name) {
            return Err(Refused::SamePerson.into());
        }
        Ok(Self([first, second]))
    }

    /// Both.
    #[must_use]
    pub const fn both(&self) -> &[Person; 2] {
        &self.0
    }
}

impl TryFrom<[Person; 2]> for TwoPersons {
    type Error = crate::Error;

    fn try_from([first, second]: [Person; 2]) -> Result<Self> {
        Self::new(first, second)
    }
}

impl From<TwoPersons> for [Person; 2] {
    fn from(persons: TwoPersons) -> Self {
        persons.0
    }
}

impl fmt::Display for TwoPersons {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second] = &self.0;
        write!(f, "{first} and {second}")
    }
}

/// What opens the CSCA's key, out of both parts. See the head of this file for how.
pub struct ActivationSecret {
    first: SecretBytes,
    second: SecretBytes,
}

const LABEL: &[u8] = b"card-toolchain activation of a CSCA key 1";

impl ActivationSecret {
    /// From the first and the second part.
    ///
    /// # Errors
    /// [`Refused::ShortSecret`] when one has less than [`MIN_PIN_PART`] octets and opens nothing, [`Refused::SameSecret`] when
    /// they are equal.
    pub fn new(first: SecretBytes, second: SecretBytes) -> Result<Self> {
        at_least(MIN_PIN_PART, &first, &second)?;
        if first.ct_eq(second.expose()) {
            return Err(Refused::SameSecret.into());
        }
        Ok(Self { first, second })
    }

    /// The password of a key file.
    ///
    /// # Errors
    /// [`Refused::ShortSecret`] when a part has less than [`MIN_FILE_PART`] octets.
    pub fn for_file(&self) -> Result<SecretBytes> {
        at_least(MIN_FILE_PART, &self.first, &self.second)?;
        let digest = Zeroizing::new(HashAlgorithm::Sha256.digest(&self.joined()));
        Ok(SecretBytes::new(hex::encode(&*digest).into_bytes()))
    }

    /// Label and both parts, each behind its length.
    fn joined(&self) -> Zeroizing<Vec<u8>> {
        let parts = [&self.first, &self.second];
        let length = parts.map(|part| size_of::<u64>() + part.len());
        // All the room at once: a text that moves while it grows leaves the secret behind.
        let mut text = Zeroizing::new(Vec::with_capacity(
            LABEL.len() + length.iter().sum::<usize>(),
        ));
        text.extend_from_slice(LABEL);
        for part in parts {
            // A length of eight octets in front of each part keeps the border between them.
            let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
            text.extend_from_slice(&length.to_be_bytes());
            text.extend_from_slice(part.expose());
        }
        text
    }

    /// The PIN of a token.
    #[must_use]
    pub fn for_token(&self) -> SecretBytes {
        SecretBytes::new([self.first.expose(), self.second.expose()].concat())
    }
}

fn at_least(length: usize, first: &SecretBytes, second: &SecretBytes) -> Result<()> {
    if first.len().min(second.len()) < length {
        return Err(Refused::ShortSecret(length).into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    fn secret(first: &str, second: &str) -> Result<ActivationSecret> {
        ActivationSecret::new(first.as_bytes().into(), second.as_bytes().into())
    }

    #[test]
    fn both_parts_in_their_order_and_nothing_else() {
        let right = secret("first part", "second part").unwrap();
        let password = right.for_file().unwrap();
        assert_eq!(password.len(), 64);
        for (first, second) in [
            ("second part", "first part"),
            ("first partsecon", "d part.."),
            ("first par", "tsecond part"),
            ("first part", "first part "),
            ("second part", "second part."),
        ] {
            let other = secret(first, second).unwrap().for_file().unwrap();
            assert!(!other.ct_eq(password.expose()), "{first} {second}");
        }
        let again = secret("first part", "second part").unwrap();
        assert!(again.for_file().unwrap().ct_eq(password.expose()));
        assert!(right.for_token().ct_eq(b"first partsecond part"));
    }

    #[test]
    fn short_and_equal_parts_are_refused() {
        let refused = |error: Refused| Some(Error::Refused(error));
        assert_eq!(
            secret("same part", "same part").err(),
            refused(Refused::SameSecret)
        );
        let short = secret("first part", "short").unwrap();
        assert_eq!(
            short.for_file().err(),
            refused(Refused::ShortSecret(MIN_FILE_PART))
        );
        assert!(secret("123", "456").unwrap().for_token().ct_eq(b"123456"));
        for (first, second) in [("123456", ""), ("", "123456"), ("12", "123456"), ("", "")] {
            assert_eq!(
                secret(first, second).err(),
                refused(Refused::ShortSecret(MIN_PIN_PART)),
                "{first} {second}"
            );
        }
    }

    #[test]
    fn a_secret_does_not_move_while_it_is_put_together() {
        let long =
            "a part that is much longer than the label in front of it, and longer again".repeat(3);
        let joined = secret("first part", &long).unwrap().joined();
        assert_eq!(joined.capacity(), joined.len());
    }

    #[test]
    fn one_person_in_two_places_is_seen() {
        let person = |name| Person::new(name, Role::KeyOfficer);
        let two = |a, b| TwoPersons::new(person(a)?, person(b)?);
        assert!(two("TEST ONE", "TEST TWO").is_ok());
        for (a, b, why) in [
            ("TEST ONE", "TEST ONE", Refused::SamePerson),
            ("TEST ONE", " test  one ", Refused::SamePerson),
            ("TEST MỘT", "test m\u{1ed9}t", Refused::SamePerson),
            ("TEST MỘT", "TEST MO\u{323}\u{302}T", Refused::SamePerson),
            ("TEST MỘT", "TEST MO\u{302}\u{323}T", Refused::SamePerson),
            ("TEST ONE", "TEST\u{a0}ONE", Refused::SamePerson),
            ("TEST ONE", "ＴＥＳＴ ONE", Refused::SamePerson),
            ("TEST ONE", "TEST\u{fe0f} ONE", Refused::PersonName),
            ("TEST ONE", "", Refused::PersonName),
            ("TEST ONE", "TEST\u{200B} ONE", Refused::PersonName),
            ("TEST\u{1b}[2J", "TEST TWO", Refused::PersonName),
        ] {
            assert_eq!(two(a, b), Err(Error::Refused(why)), "{a:?} {b:?}");
        }
        let text =
            "[{\"name\":\"A\",\"role\":\"reviewer\"},{\"name\":\"a\",\"role\":\"key-officer\"}]";
        assert!(serde_json::from_str::<TwoPersons>(text).is_err());
        assert_eq!(person("TEST MO\u{323}\u{302}T").unwrap().name(), "TEST MỘT");
        assert!(two("TEST MỘT", "TEST MỐT").is_ok(), "another accent");
    }
}
