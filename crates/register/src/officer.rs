//! Four eyes: whoever prepares a step does not approve it.

use core::fmt;

use enrolment::plain_name::letters;
use uuid::Uuid;

/// Longest name of an officer, in characters.
const MAX_NAME_CHARS: usize = 100;

/// A member of staff: the name under which a step stands in the register, and the account where the step was taken with one.
///
/// Two officers are equal when the register would say the same of both; [`Self::is`] says whether they are one person.
#[derive(Debug, Clone)]
pub struct Officer {
    name: String,
    account: Option<Uuid>,
    /// The name that others see, where it is another one. It is compared, and stands in no event.
    display: Option<String>,
}

impl PartialEq for Officer {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, self.account) == (&other.name, other.account)
    }
}

impl Eq for Officer {}

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
            Ok(Self::recorded(name, None))
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

    /// Known by one more name: the owner of an account by the name that others see.
    #[must_use]
    pub fn shown_as(self, display: &str) -> Self {
        let display = Some(display.to_owned());
        Self { display, ..self }
    }

    /// The service itself, where no person acts.
    #[must_use]
    pub fn service() -> Self {
        Self::recorded("issuance-service".to_owned(), None)
    }

    /// An officer out of the register: the name stands, whatever today's rules for names are.
    pub(crate) const fn recorded(name: String, account: Option<Uuid>) -> Self {
        let display = None;
        Self {
            name,
            account,
            display,
        }
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

    /// Whether two officers seem to be one person. Accounts tell, where both have one. Otherwise names do, each of the one with each of
    /// the other, and the doubt counts against them: neither case nor accents, neither blanks nor signs make two persons of one.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        match (self.account, other.account) {
            (Some(own), Some(others)) => own == others,
            _ => self
                .names()
                .any(|name| other.names().any(|other| letters(name) == letters(other))),
        }
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        core::iter::once(self.name.as_str()).chain(self.display.as_deref())
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
        check("Test Operator 1", "Test Operator 2", None);
        check("Ánh", "Oanh", None);
        check("Test Operator", " test  OPERATOR ", same);
        check("TEST-operator", "TEST Operator", same);
        check("TEST-operator", "test.operator", same);
        check("TEST Operator", "test_operator@", same);
        check("\u{c1}nh", "A\u{301}nh", same);
        // Who writes a login name has no accents: the doubt counts against both.
        check("Ánh", "Anh", same);
        check("Đỗ Thị Ước", "do.thi.uoc", same);
        check("ＴＥＳＴ １", "test1", same);
        check("TEST\u{200b}One", "test one", same);
        check("--", "..", same);
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

    /// Somebody at a station has a name there and no account; whoever comes in with one has a login name and a name that others see.
    #[test]
    fn both_names_of_an_account_are_compared() {
        let check = |station: &str, login: &str, display: &str, is_one: bool| {
            let account = Officer::with_account(login, Uuid::from_u128(1)).unwrap();
            let account = account.shown_as(display);
            let station_person = Officer::new(station).unwrap();
            assert_eq!(station_person.is(&account), is_one, "{station} and {login}");
            assert_eq!(account.is(&station_person), is_one, "{login} and {station}");
        };
        check("TEST-operator", "t.operator", "TEST-operator", true);
        check("TEST-operator", "t.operator", "TEST Operator", true);
        check("TEST-operator", "test.operator", "Somebody", true);
        check("TEST Nguyễn Ánh", "na17", "test nguyen anh", true);
        check("TEST-operator", "test.approver", "TEST Approver", false);
        check("TEST-operator", "t.operator", "", false);
    }
}
