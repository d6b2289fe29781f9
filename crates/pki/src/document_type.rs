//! Document codes of the machine readable zone against the DocumentType list of a document signer
//! (Doc 9303-12 §7.1.1.6).

/// How a list allows a document code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listing {
    /// The code is in the list. Fillers do not count.
    Exact,
    /// Only its first letter is: some states list `P` and issue `PP`, since the second letter was long the issuer's own.
    FirstLetter,
    /// It is not.
    No,
}

/// Looks up a document code.
pub(crate) fn listing(list: &[String], document_code: &str) -> Listing {
    let code = document_code.trim_end_matches('<');
    let first_letter = code.get(..1).unwrap_or_default();
    let holds = |wanted: &str| {
        !wanted.is_empty()
            && list
                .iter()
                .any(|entry| entry.trim_end_matches('<') == wanted)
    };
    if holds(code) {
        Listing::Exact
    } else if holds(first_letter) {
        Listing::FirstLetter
    } else {
        Listing::No
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_lists() {
        use Listing::{Exact, FirstLetter, No};
        for (list, code, expected) in [
            (&["P"][..], "P<", Exact),
            (&["P"], "P", Exact),
            (&["P<"], "P", Exact),
            (&["I", "ID"], "ID", Exact),
            (&["P"], "PP", FirstLetter),
            (&["PO"], "P<", No),
            (&["ID"], "I<", No),
            (&["P"], "ID", No),
            (&["P"], "", No),
            (&[""], "", No),
            (&[""], "P", No),
            (&[], "P", No),
        ] {
            let list: Vec<String> = list.iter().map(ToString::to_string).collect();
            assert_eq!(listing(&list, code), expected, "{list:?} {code}");
        }
    }
}
