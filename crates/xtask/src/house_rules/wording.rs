//! What must not be written anywhere.

use super::{Offence, none, tree};

/// Cut in two, so that this file does not offend against itself. Folders of one machine, and hosts that a build must not care about.
const PLACES: [[&str; 2]; 9] = [
    ["/wo", "rk/"],
    ["/ro", "ot/"],
    ["/tmp/de", "sign"],
    ["/ho", "me/"],
    ["repo.ma", "ven.apache.org"],
    ["repo1.ma", "ven.org"],
    ["proxy.go", "lang.org"],
    ["py", "pi.org"],
    ["registry.np", "mjs.org"],
];
/// Work that is not done. It is done or it is an issue.
const UNDONE: [[&str; 2]; 5] = [
    ["TO", "DO"],
    ["FIX", "ME"],
    ["XX", "X:"],
    ["for n", "ow,"],
    ["simpli", "fied version"],
];

fn wordings(path: &str, text: &str, forbidden: &[[&str; 2]]) -> Vec<Offence> {
    let mut offences = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for word in forbidden.iter().map(|halves| halves.concat()) {
            if line.contains(&word) {
                offences.push(format!("{path}:{}: `{word}`", index + 1));
            }
        }
    }
    offences
}

#[test]
fn no_place_of_one_machine() {
    none(
        &tree::sources()
            .iter()
            .flat_map(|source| wordings(&source.path, &source.text, &PLACES))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn nothing_is_left_undone() {
    let sources = tree::sources();
    let rust = sources.iter().filter(|source| source.is_rust());
    none(
        &rust
            .flat_map(|source| wordings(&source.path, &source.text, &UNDONE))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn forbidden_words_are_seen() {
    let path = PLACES.first().unwrap().concat();
    assert_eq!(
        wordings("x", &format!("a\n{path}main"), &PLACES),
        [format!("x:2: `{path}`")]
    );
    assert!(wordings("x", "target/xtask", &PLACES).is_empty());
    let word = UNDONE.first().unwrap().concat();
    assert_eq!(
        wordings("x", &format!("// {word}: later"), &UNDONE).len(),
        1
    );
}
