//! Lists of people in one text: children, members of a household.

use core::fmt;

/// Most persons in one list.
pub const MAX_PEOPLE: usize = 30;

/// A person of a list: `Lê Văn A, 001099000001, VNM`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ListedPerson<'a> {
    /// The name.
    pub name: &'a str,
    /// The personal number, if known.
    pub number: Option<&'a str>,
    /// The nationality as a code (Doc 9303-3 §5), if known.
    pub nationality: Option<&'a str>,
}

/// The persons of a text: separated by semicolons, their details by commas.
///
/// `None` when a person has no name or more than three details, a number is not of 9 or 12 digits, a nationality is no
/// code, or there are more than [`MAX_PEOPLE`].
#[must_use]
pub fn parse(text: &str) -> Option<Vec<ListedPerson<'_>>> {
    let people = text
        .split(';')
        .take(MAX_PEOPLE + 1)
        .map(parse_one)
        .collect::<Option<Vec<_>>>()?;
    (people.len() <= MAX_PEOPLE).then_some(people)
}

fn parse_one(text: &str) -> Option<ListedPerson<'_>> {
    let mut details = text.split(',').map(str::trim);
    let name = details
        .next()
        .filter(|name| name.chars().any(char::is_alphabetic))?;
    let number = details.next().filter(|number| !number.is_empty());
    let nationality = details.next().filter(|code| !code.is_empty());
    let is_number = number.is_none_or(|number| {
        [9, 12].contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
    });
    let is_code = nationality.is_none_or(is_state_code);
    let is_whole = is_number && is_code && details.next().is_none();
    is_whole.then_some(ListedPerson {
        name,
        number,
        nationality,
    })
}

/// Whether a text has the form of a code of Doc 9303-3 §5: three capital letters, or the one letter of Germany.
pub(crate) fn is_state_code(text: &str) -> bool {
    text == "D" || (text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase()))
}

impl fmt::Debug for ListedPerson<'_> {
    /// A person's data do not belong into logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ListedPerson(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_is_known() {
        let people = parse("Lê Văn A, 001099000001, VNM; Lê Thị B;Lê C, , LAO").unwrap();
        let read: Vec<_> = people
            .iter()
            .map(|p| (p.name, p.number, p.nationality))
            .collect();
        assert_eq!(
            read,
            [
                ("Lê Văn A", Some("001099000001"), Some("VNM")),
                ("Lê Thị B", None, None),
                ("Lê C", None, Some("LAO")),
            ]
        );
        for text in [
            "",
            ";",
            "Lê A;",
            "Lê A, 12",
            "Lê A,,vnm",
            "Lê A,,VN",
            "Lê A,,,",
            "001099000001",
        ] {
            assert!(parse(text).is_none(), "{text}");
        }
        assert!(parse(&["Lê A"; MAX_PEOPLE].join(";")).is_some());
        assert!(parse(&["Lê A"; MAX_PEOPLE + 1].join(";")).is_none());
    }
}
