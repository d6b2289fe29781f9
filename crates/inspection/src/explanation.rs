//! What each result of each check means at a counter, and what to do: in plain words, Vietnamese and English.
//!
//! One row for each check, in four tables. The cause of a finding says what this very document did; the words here say what that
//! means to somebody who has never read the standard.

mod access;
mod content;
mod reading;
mod signatures;
mod words;

use crate::Outcome;

/// A text in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Both {
    /// Vietnamese.
    pub vi: &'static str,
    /// English.
    pub en: &'static str,
}

/// What a result means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Advice {
    /// What it means.
    pub meaning: Both,
    /// What the person at the counter does now.
    pub todo: Both,
}

/// A check in plain words.
struct Row {
    id: &'static str,
    name: Both,
    failed: Advice,
    undetermined: Advice,
    not_supported: Advice,
}

const fn both(vi: &'static str, en: &'static str) -> Both {
    Both { vi, en }
}

const fn advice(meaning: Both, todo: Both) -> Advice {
    Advice { meaning, todo }
}

fn rows() -> impl Iterator<Item = &'static Row> {
    [access::ROWS, reading::ROWS, signatures::ROWS, content::ROWS]
        .into_iter()
        .flatten()
}

fn row(check: &str) -> Option<&'static Row> {
    rows().find(|row| row.id == check)
}

/// What the check with this word looks at; `None` for a word that no check has.
#[must_use]
pub fn name(check: &str) -> Option<Both> {
    row(check).map(|row| row.name)
}

/// What a result of the check with this word means; `None` for a success, which needs no explanation, and for a word that no
/// check has.
#[must_use]
pub fn of(check: &str, outcome: Outcome) -> Option<Advice> {
    let row = row(check)?;
    match outcome {
        Outcome::Successful => None,
        Outcome::Failed => Some(row.failed),
        Outcome::Undetermined => Some(row.undetermined),
        Outcome::NotSupported => Some(row.not_supported),
        Outcome::Aborted => Some(words::CUT_SHORT),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DOCUMENT_STATUS, PROCEDURE};

    /// Letters of our own languages, their marks, and nothing that only a programmer reads.
    fn check_text(text: &str, what: &str) {
        assert!(text.chars().count() > 3, "{what}: {text:?}");
        assert!(
            text.chars().next().is_some_and(char::is_uppercase),
            "{what}: {text}"
        );
        for jargon in ["EF.", "DG1", "SOD", "0x", "status word", "APDU", "CSCA"] {
            assert!(!text.contains(jargon), "{what}: {text}");
        }
    }

    #[test]
    fn complaint_17_every_check_and_every_result_has_its_words() {
        let kinds = || {
            PROCEDURE
                .iter()
                .map(|step| &step.kind)
                .chain([&DOCUMENT_STATUS])
        };
        for kind in kinds() {
            let id = kind.id;
            let name = name(id).unwrap_or_else(|| panic!("{id} has no name"));
            check_text(name.vi, id);
            check_text(name.en, id);
            assert_eq!(of(id, Outcome::Successful), None, "{id}");
            for outcome in Outcome::ALL
                .into_iter()
                .filter(|o| *o != Outcome::Successful)
            {
                let advice = of(id, outcome).unwrap_or_else(|| panic!("{id}: {outcome}"));
                for text in [advice.meaning, advice.todo] {
                    let what = format!("{id}, {outcome}");
                    check_text(text.vi, &what);
                    check_text(text.en, &what);
                    assert_ne!(text.vi, text.en, "{what}");
                    assert!(text.vi.ends_with('.') && text.en.ends_with('.'), "{what}");
                }
            }
        }
        assert_eq!(
            rows().count(),
            kinds().count(),
            "a row of a check that is no more"
        );
        assert_eq!(name("nonsense"), None);
    }
}
