//! People, by the names that they say. A name is declared, not proved: what a keyboard and a folder cannot know, paper and a roster must.

use core::fmt;

use enrolment::plain_name::{is_plain, letters};
use serde::{Deserialize, Serialize};

use crate::Refused;

/// Longest name of a person, in characters.
const MAX_NAME: usize = 80;

/// Somebody who works here, by name. Neither case nor accents, neither blanks nor signs make two persons of one.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Person(String);

impl Person {
    /// The person of this name.
    ///
    /// # Errors
    /// [`Refused::Name`] for a name without letters, one of more than 80 characters, and one that can be read in two ways: with characters that
    /// are not seen, or with letters of scripts that look alike.
    pub fn new(name: &str) -> Result<Self, Refused> {
        let words: Vec<&str> = name.split_whitespace().collect();
        let name = words.join(" ");
        let is_name =
            name.chars().count() <= MAX_NAME && is_plain(&name) && !letters(&name).is_empty();
        is_name.then_some(Self(name)).ok_or(Refused::Name)
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl PartialEq for Person {
    fn eq(&self, other: &Self) -> bool {
        letters(&self.0) == letters(&other.0)
    }
}

impl Eq for Person {}

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A name out of a journal: it stands, whatever today's rules for names are.
impl From<String> for Person {
    fn from(name: String) -> Self {
        Self(name)
    }
}

impl From<Person> for String {
    fn from(person: Person) -> Self {
        person.0
    }
}

/// Two persons, who are not the same. What a journal of before says of two stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair([Person; 2]);

impl Pair {
    /// Two persons.
    ///
    /// # Errors
    /// [`Refused::SamePerson`].
    pub fn new(first: Person, second: Person) -> Result<Self, Refused> {
        if first == second {
            return Err(Refused::SamePerson);
        }
        Ok(Self([first, second]))
    }

    /// Both.
    #[must_use]
    pub const fn persons(&self) -> &[Person; 2] {
        &self.0
    }
}
