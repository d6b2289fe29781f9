//! Four eyes: whoever prepares a step does not approve it.

use core::fmt;

use unicode_normalization::UnicodeNormalization as _;

use super::Refusal;

/// Longest name of an officer, in characters.
const MAX_NAME_CHARS: usize = 100;

/// A member of staff, by the name under which the step stands in the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Officer(String);

impl Officer {
    /// Takes a name; blanks around and between words are made single.
    ///
    /// # Errors
    /// [`Refusal::OfficerName`] for a name that is empty, longer than 100 characters or holds control characters.
    pub fn new(name: &str) -> Result<Self, Refusal> {
        let words: Vec<&str> = name.split_whitespace().collect();
        let name = words.join(" ");
        let fits = (1..=MAX_NAME_CHARS).contains(&name.chars().count());
        if fits && !name.chars().any(char::is_control) {
            Ok(Self(name))
        } else {
            Err(Refusal::OfficerName)
        }
    }

    /// A name out of the register: it stands, whatever today's rules for names are.
    pub(crate) const fn recorded(name: String) -> Self {
        Self(name)
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0
    }

    /// Whether two names mean one person: neither case nor the form of a letter makes two of one.
    fn is(&self, other: &Self) -> bool {
        self.folded().eq(other.folded())
    }

    fn folded(&self) -> impl Iterator<Item = char> {
        self.0.nfkc().flat_map(char::to_lowercase)
    }
}

impl fmt::Display for Officer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A step that one person has prepared and another one has approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    operator: Officer,
    approver: Officer,
}

impl Approval {
    /// Two different persons.
    ///
    /// # Errors
    /// [`Refusal::SamePerson`].
    pub fn new(operator: Officer, approver: Officer) -> Result<Self, Refusal> {
        if operator.is(&approver) {
            Err(Refusal::SamePerson)
        } else {
            Ok(Self { operator, approver })
        }
    }

    /// An approval out of the register.
    pub(crate) const fn recorded(operator: Officer, approver: Officer) -> Self {
        Self { operator, approver }
    }

    /// Who prepared.
    #[must_use]
    pub const fn operator(&self) -> &Officer {
        &self.operator
    }

    /// Who approved.
    #[must_use]
    pub const fn approver(&self) -> &Officer {
        &self.approver
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(operator: &str, approver: &str, refusal: Option<Refusal>) {
        let approval = Officer::new(operator)
            .and_then(|operator| Approval::new(operator, Officer::new(approver)?));
        assert_eq!(approval.err(), refusal, "{operator:?} and {approver:?}");
    }

    #[test]
    fn two_names_must_be_two_persons() {
        check("Test Operator", "Test Approver", None);
        check("Ánh", "Anh", None);
        check(
            "Test Operator",
            " test  OPERATOR ",
            Some(Refusal::SamePerson),
        );
        check("\u{c1}nh", "A\u{301}nh", Some(Refusal::SamePerson));
        check("", "Test", Some(Refusal::OfficerName));
        check("Test", "\t ", Some(Refusal::OfficerName));
        check("Test\u{7}", "Test", Some(Refusal::OfficerName));
        check(&"x".repeat(101), "Test", Some(Refusal::OfficerName));
    }
}
