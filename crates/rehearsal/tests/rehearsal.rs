//! A small office from packet to verified card, on both stores: the same that `cargo xtask demo service` shows.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::{env, sync::atomic::AtomicBool};

use rehearsal::{Plan, Store, rehearse};

/// One test for both: they use the same readers.
#[test]
#[ignore = "needs pcscd with virtual readers and PostgreSQL: `cargo xtask test`"]
fn people_become_cards_and_everything_adds_up() {
    let program = env::current_exe().unwrap();
    let programs = program.ancestors().nth(2).expect("target/debug");
    for (store, people) in [(Store::Sqlite, 5), (Store::Postgres, 3)] {
        let plan = Plan {
            people,
            store,
            stay: false,
            keep: None,
            programs,
        };
        let table = rehearse(&plan, &AtomicBool::new(false))
            .unwrap_or_else(|error| panic!("{store:?}: {error:#}"));
        println!("{store:?}\n{table}");
    }
}

#[test]
fn nobody_is_no_rehearsal_and_nothing_is_made_over_something() {
    let folder = tempfile::tempdir().unwrap();
    let check = |people: usize, naming: &str| {
        let plan = Plan {
            people,
            store: Store::Sqlite,
            stay: false,
            keep: Some(folder.path().to_owned()),
            programs: folder.path(),
        };
        let error = rehearse(&plan, &AtomicBool::new(false)).unwrap_err();
        assert!(format!("{error:#}").contains(naming), "{error:#}");
    };
    check(0, "nobody comes");
    check(1, "is not built");
}
