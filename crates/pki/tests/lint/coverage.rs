//! Which line of the profiles is covered by which rules. Each line of the reference for certificates, CRLs, signed lists and EF.SOD
//! stands here in short words, with the rules that check it or the reason why no file can show whether it is kept.

mod certificates;
mod extensions;
mod revocation_lists;
mod security_objects;
mod signed_lists;

use pki::lint::RULES;

use certificates::{ALGORITHMS, FIELDS, PERIODS};
use extensions::{EXTENSIONS, SMALL};
use revocation_lists::{CHANNELS, REVOCATION_LISTS};
use security_objects::SECURITY_OBJECTS;
use signed_lists::{DEVIATION_LISTS, MASTER_LISTS};

/// How a line is covered.
enum Cover {
    /// By these rules.
    Rules(&'static [&'static str]),
    /// Not at all: organisation, a reader's duty, another medium.
    Not(&'static str),
}
use Cover::{Not, Rules};

/// Clause, line, cover.
type Line = (&'static str, &'static str, Cover);

const CERTIFICATES: &str = "lines of card verifiable certificates are no part of this lint";
const ORGANISATION: &str = "a matter of organisation, which leaves no trace in a file";
const READER: &str = "a duty of who reads, not of who writes";
const NOT_IN_FILE: &str = "what it speaks of is not in the file";

const ALL: [&[Line]; 10] = [
    PERIODS,
    ALGORITHMS,
    FIELDS,
    EXTENSIONS,
    SMALL,
    REVOCATION_LISTS,
    CHANNELS,
    MASTER_LISTS,
    DEVIATION_LISTS,
    SECURITY_OBJECTS,
];

fn lines() -> impl Iterator<Item = &'static Line> {
    ALL.into_iter().flatten()
}

#[test]
fn every_rule_that_is_named_exists() {
    for (_, line, cover) in lines() {
        if let Rules(rules) = cover {
            assert!(!rules.is_empty(), "{line}");
            for id in *rules {
                assert!(RULES.iter().any(|rule| rule.id == *id), "{line}: {id}");
            }
        }
    }
}

#[test]
fn every_rule_stands_for_a_line() {
    let named: Vec<&str> = lines()
        .filter_map(|(_, _, cover)| match cover {
            Rules(rules) => Some(rules.iter().copied()),
            Not(_) => None,
        })
        .flatten()
        .collect();
    let forgotten: Vec<&str> = RULES
        .iter()
        .map(|rule| rule.id)
        .filter(|id| !named.contains(id))
        .collect();
    assert!(forgotten.is_empty(), "{forgotten:#?}");
}

#[test]
fn lines_that_are_covered_are_counted() {
    let all = lines().count();
    let not: Vec<_> = lines()
        .filter_map(|(clause, line, cover)| match cover {
            Rules(_) => None,
            Not(why) => Some((*clause, *line, *why)),
        })
        .collect();
    let covered = all - not.len();
    println!("{} rules for {covered} of {all} lines", RULES.len());
    for (clause, line, why) in &not {
        println!("  not {clause}: {line} ({why})");
    }
    assert_eq!((covered, all), (COVERED, LINES));
}

/// Lines of the reference, and those of them that rules check.
const LINES: usize = 132;
const COVERED: usize = 110;
