//! The applet's law and what it is held to: every requirement has an id, and at least one test or conformance case names it.

use std::collections::BTreeMap;

use super::{Offence, none, tree};

/// The chapters of `applet-spec/spec`, as they stand in the ids: `[FILES-003]`.
const CHAPTERS: [&str; 8] = [
    "SCOPE", "FILES", "ACCESS", "CMD", "SM", "PERSO", "LIFE", "SW",
];
const DIGITS: usize = 3;

/// Every id in a text, with or without its brackets, and where it stands.
fn ids(path: &str, text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for chapter in CHAPTERS {
            for (at, _) in line.match_indices(&format!("{chapter}-")) {
                let number: String = line[at + chapter.len() + 1..]
                    .chars()
                    .take_while(char::is_ascii_digit)
                    .collect();
                let stands_alone = !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '-');
                if stands_alone && number.len() == DIGITS {
                    found.push((
                        format!("{chapter}-{number}"),
                        format!("{path}:{}", index + 1),
                    ));
                }
            }
        }
    }
    found
}

/// Ids that the law defines: those that stand in brackets at the beginning of a line, a list item or a table's row.
fn defined(path: &str, text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let start = line.trim_start_matches([' ', '-', '*', '|', '#', '`']);
        let bracketed = start
            .strip_prefix('[')
            .and_then(|rest| rest.split_once(']'));
        if let Some((id, _)) = bracketed.filter(|(id, _)| ids("", id).len() == 1) {
            found.push((id.to_owned(), format!("{path}:{}", index + 1)));
        }
    }
    found
}

fn unheld(law: &[(String, String)], cases: &[(String, String)]) -> Vec<Offence> {
    let mut offences = Vec::new();
    let mut places: BTreeMap<&str, &str> = BTreeMap::new();
    for (id, place) in law {
        if let Some(first) = places.insert(id, place) {
            offences.push(format!("{place}: {id} is defined at {first} already"));
        }
        if !cases.iter().any(|(case, _)| case == id) {
            offences.push(format!(
                "{place}: no test and no conformance case names {id}"
            ));
        }
    }
    for (id, place) in cases {
        if !places.contains_key(id.as_str()) {
            offences.push(format!("{place}: the law has no {id}"));
        }
    }
    offences
}

#[test]
fn every_requirement_is_held() {
    let (mut law, mut cases) = (Vec::new(), Vec::new());
    for source in tree::sources() {
        let Some(path) = source.path.strip_prefix("applet-spec/") else {
            continue;
        };
        if path.starts_with("spec/") {
            law.extend(defined(&source.path, &source.text));
        } else {
            cases.extend(ids(&source.path, &source.text));
        }
    }
    assert!(!law.is_empty(), "applet-spec/spec defines no requirement");
    none(&unheld(&law, &cases));
}

#[test]
fn ids_are_found_and_nothing_else() {
    let found = ids(
        "x",
        "`FILES-003`, [SM-010]; not CFILES-003, FILES-03, SW-9000, X-SW-001 or CMD-12a",
    );
    let ids: Vec<&str> = found.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids, ["FILES-003", "SM-010"]);
    let found = defined(
        "x",
        "[FILES-001] After a reset\n- [SM-002] …\nas [FILES-003] says\n| [SW-004] | 6A82 |\n[link](x)",
    );
    let ids: Vec<&str> = found.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids, ["FILES-001", "SM-002", "SW-004"]);
}

#[test]
fn what_is_not_held_is_seen() {
    let list = |ids: &[&str]| {
        ids.iter()
            .map(|id| ((*id).to_owned(), "x:1".to_owned()))
            .collect::<Vec<_>>()
    };
    let cases: [(&[&str], &[&str], usize); 4] = [
        (&["SM-001"], &["SM-001"], 0),
        (&["SM-001", "SM-002"], &["SM-001"], 1),
        (&["SM-001", "SM-001"], &["SM-001"], 1),
        (&["SM-001"], &["SM-001", "SM-003"], 1),
    ];
    for (law, named, want) in cases {
        assert_eq!(
            unheld(&list(law), &list(named)).len(),
            want,
            "{law:?} {named:?}"
        );
    }
}
