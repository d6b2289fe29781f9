//! The law and its proofs: every requirement has an id of its own, and every id has a proof.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use applet_spec::LifeCycle;
use lds::{File, Parent};

use crate::cases::suites;

const CHAPTERS: [(&str, &str); 8] = [
    ("00-scope.md", "SCOPE"),
    ("01-files.md", "FILES"),
    ("02-access.md", "ACCESS"),
    ("03-commands.md", "CMD"),
    ("04-secure-messaging.md", "SM"),
    ("05-personalisation.md", "PERSO"),
    ("06-life-cycle.md", "LIFE"),
    ("07-status-words.md", "SW"),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn chapter(name: &str) -> String {
    std::fs::read_to_string(root().join("spec").join(name)).unwrap()
}

/// Ids in square brackets: `[FILES-003]`.
fn ids(text: &str) -> Vec<String> {
    let is_id = |word: &str| {
        word.split_once('-').is_some_and(|(chapter, number)| {
            CHAPTERS.iter().any(|(_, prefix)| *prefix == chapter)
                && number.len() == 3
                && number.bytes().all(|c| c.is_ascii_digit())
        })
    };
    text.split('[')
        .skip(1)
        .filter_map(|rest| rest.split_once(']'))
        .map(|(word, _)| word)
        .filter(|word| is_id(word))
        .map(str::to_owned)
        .collect()
}

/// The requirements, by the line that begins with their id.
fn requirements() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (name, prefix) in CHAPTERS {
        let text = chapter(name);
        let mut last = String::new();
        for line in text.lines().filter(|line| line.starts_with('[')) {
            let id = ids(line).first().cloned().unwrap();
            assert!(id.starts_with(&format!("{prefix}-")), "{id} in {name}");
            assert!(id > last, "{id} stands behind {last}");
            last.clone_from(&id);
            assert!(found.insert(id, line.to_owned()).is_none());
        }
    }
    found
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Ids that the tests of a folder name, and ids that anything in it names.
fn named(folder: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let mut files = Vec::new();
    sources(&root().join(folder), &mut files);
    let (mut by_tests, mut at_all) = (BTreeSet::new(), BTreeSet::new());
    for path in files
        .iter()
        .filter(|path| !path.ends_with("requirements.rs"))
    {
        let text = std::fs::read_to_string(path).unwrap();
        let tests = match folder {
            "tests" => Some(&*text),
            _ => text.split_once("#[cfg(test)]").map(|(_, tests)| tests),
        };
        by_tests.extend(ids(tests.unwrap_or_default()));
        at_all.extend(ids(&text));
    }
    (by_tests, at_all)
}

#[test]
fn every_requirement_has_a_proof() {
    let requirements = requirements();
    let (in_tests, _) = named("tests");
    let (in_units, in_sources) = named("src");
    let in_cases: BTreeSet<String> = suites()
        .flat_map(|suite| suite.cases)
        .flat_map(|case| case.requirements)
        .collect();
    let proved: BTreeSet<&String> = in_tests.iter().chain(&in_units).chain(&in_cases).collect();
    let missing: Vec<&String> = requirements
        .keys()
        .filter(|id| !proved.contains(id))
        .collect();
    assert!(missing.is_empty(), "without a proof: {missing:?}");
    let unknown: Vec<&String> = proved
        .iter()
        .copied()
        .chain(&in_sources)
        .filter(|id| !requirements.contains_key(*id))
        .collect();
    assert!(unknown.is_empty(), "not in the law: {unknown:?}");
    assert!(requirements.len() > 100, "{}", requirements.len());
}

#[test]
fn cases_refer_to_requirements_that_exist() {
    let requirements = requirements();
    for suite in applet_spec::conformance::suites().unwrap() {
        for case in suite.cases {
            for id in case.requirements {
                assert!(requirements.contains_key(&id), "{id} in {}", case.id);
            }
        }
    }
}

#[test]
fn chapters_refer_to_requirements_that_exist() {
    let requirements = requirements();
    for (name, _) in CHAPTERS {
        for id in ids(&chapter(name)) {
            assert!(requirements.contains_key(&id), "{id} in {name}");
        }
    }
}

/// The cells of the table rows of a chapter.
fn rows(name: &str) -> Vec<Vec<String>> {
    chapter(name)
        .lines()
        .filter_map(|line| line.strip_prefix('|')?.strip_suffix('|'))
        .map(|line| line.split('|').map(|cell| cell.trim().to_owned()).collect())
        .collect()
}

/// The table of files of chapter 01 is the table of the crate `lds`.
#[test]
fn the_table_of_files_is_that_of_the_code() {
    let rows = rows("01-files.md");
    let expected = |file: File| {
        let parent = match file.parent() {
            Parent::MasterFile => "MF",
            Parent::Application => "application",
        };
        [
            file.name().to_owned(),
            parent.to_owned(),
            format!("{:?}", file.id()),
            format!("{:?}", file.sfi()),
        ]
    };
    let range = rows
        .iter()
        .find(|row| row[0].starts_with("EF.DG1 "))
        .unwrap();
    assert_eq!(range[2..4], ["0101 … 0110", "01 … 10"]);
    for file in File::all().filter(|file| file.dg_number().is_none()) {
        assert!(rows.iter().any(|row| row[..4] == expected(file)), "{file}");
    }
    for (number, file) in (1u16..).zip(File::data_groups()) {
        assert_eq!(file.id().0, 0x0100 + number);
        assert_eq!(u16::from(file.sfi().get()), number);
    }
}

/// The states of chapter 06 are those of the code.
#[test]
fn the_table_of_states_is_that_of_the_code() {
    let rows = rows("06-life-cycle.md");
    for state in LifeCycle::ALL {
        let (code, name) = (format!("`{:02X}`", state.code()), state.to_string());
        assert!(
            rows.iter().any(|row| row[0] == code && row[1] == name),
            "{state}"
        );
    }
    assert_eq!(rows.iter().filter(|row| row[0].starts_with('`')).count(), 7);
}

/// The words of chapter 07, `61xx` as `6100`.
pub fn status_words() -> BTreeSet<u16> {
    let words = rows("07-status-words.md");
    let word = |row: &Vec<String>| {
        let digits = row[0]
            .strip_prefix('`')?
            .strip_suffix('`')?
            .replace('x', "0");
        u16::from_str_radix(&digits, 16).ok()
    };
    words.iter().filter_map(word).collect()
}
