//! Four eyes: whoever prepares a step does not approve it.

use core::fmt;

use unicode_normalization::UnicodeNormalization as _;
use uuid::Uuid;

/// Longest name of an officer, in characters.
const MAX_NAME_CHARS: usize = 100;

/// A member of staff: the name under which a step stands in the register, and the account where the step was taken with one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Officer {
    name: String,
    account: Option<Uuid>,
}

/// Why a name or a pair of names is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OfficerRefusal {
    /// The name of an officer is none.
    #[error("an officer's name has 1 to 100 characters and no control characters")]
    Name,
    /// One person cannot do both steps.
    #[error("operator and approver are the same person")]
    SamePerson,
}

impl Officer {
    /// Takes a name; blanks around and between words are made single.
    ///
    /// # Errors
    /// [`OfficerRefusal::Name`] for a name that is empty, longer than 100 characters or holds control characters.
    pub fn new(name: &str) -> Result<Self, OfficerRefusal> {
        let words: Vec<&str> = name.split_whitespace().collect();
        let name = words.join(" ");
        let fits = (1..=MAX_NAME_CHARS).contains(&name.chars().count());
        if fits && !name.chars().any(char::is_control) {
            let account = None;
            Ok(Self { name, account })
        } else {
            Err(OfficerRefusal::Name)
        }
    }

    /// The owner of an account, by the login name.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with_account(name: &str, account: Uuid) -> Result<Self, OfficerRefusal> {
        let officer = Self::new(name)?;
        let account = Some(account);
        Ok(Self { account, ..officer })
    }

    /// The service itself, where no person acts.
    #[must_use]
    pub fn service() -> Self {
        let name = "issuance-service".to_owned();
        let account = None;
        Self { name, account }
    }

    /// An officer out of the register: the name stands, whatever today's rules for names are.
    pub(crate) const fn recorded(name: String, account: Option<Uuid>) -> Self {
        Self { name, account }
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The account, where the step was taken with one.
    #[must_use]
    pub const fn account(&self) -> Option<Uuid> {
        self.account
    }

    /// Whether two officers are one person. Accounts tell, where both have one; otherwise names do, and neither case nor the form
    /// of a letter makes two of one.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        match (self.account, other.account) {
            (Some(own), Some(others)) => own == others,
            _ => self.folded().eq(other.folded()),
        }
    }

    fn folded(&self) -> impl Iterator<Item = char> {
        self.name.nfkc().flat_map(char::to_lowercase)
    }
}

impl fmt::Display for Officer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
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
    /// [`OfficerRefusal::SamePerson`].
    pub fn new(operator: Officer, approver: Officer) -> Result<Self, OfficerRefusal> {
        if operator.is(&approver) {
            Err(OfficerRefusal::SamePerson)
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

    fn check(operator: &str, approver: &str, refusal: Option<OfficerRefusal>) {
        let approval = Officer::new(operator)
            .and_then(|operator| Approval::new(operator, Officer::new(approver)?));
        assert_eq!(approval.err(), refusal, "{operator:?} and {approver:?}");
    }

    #[test]
    fn two_names_must_be_two_persons() {
        let same = Some(OfficerRefusal::SamePerson);
        check("Test Operator", "Test Approver", None);
        check("Ánh", "Anh", None);
        check("Test Operator", " test  OPERATOR ", same);
        check("\u{c1}nh", "A\u{301}nh", same);
        let none = Some(OfficerRefusal::Name);
        check("", "Test", none);
        check("Test", "\t ", none);
        check("Test\u{7}", "Test", none);
        check(&"x".repeat(101), "Test", none);
    }

    #[test]
    fn accounts_tell_more_than_names() {
        let with = |name, account| Officer::with_account(name, Uuid::from_u128(account)).unwrap();
        assert!(with("a", 1).is(&with("b", 1)));
        assert!(!with("a", 1).is(&with("a", 2)));
        assert!(with("a", 1).is(&Officer::new("A").unwrap()));
    }
}
