//! A batch on a floor where programs die: `kill -9` of whatever runs, at any card and at any step, and the same commands go on. The long form is
//! `cargo xtask campaign floor`.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;
use std::sync::atomic::AtomicBool;

use rehearsal::floor::{FloorPlan, rehearse_floor};

const CARDS: usize = 16;
/// Not every one meets a program that still runs.
const KILLS: usize = 24;

/// Journal, chips and register agree at the end, or this is an error.
#[test]
#[ignore = "needs the pcscd of `cargo xtask test`"]
fn one_card_for_each_job_whatever_dies() {
    let plan = FloorPlan {
        cards: CARDS,
        kills: KILLS,
        seed: 7,
        timing: None,
        keep: None,
        programs: Path::new(env!("CARGO_BIN_EXE_card-tool")).parent().unwrap(),
    };
    let figures = rehearse_floor(&plan, &AtomicBool::new(false)).expect("it adds up");
    println!("{figures}");
    let killed = figures.lines().find_map(|line| line.strip_prefix("killed"));
    let killed: usize = killed
        .and_then(|line| line.split_whitespace().next()?.parse().ok())
        .expect("how many were killed");
    assert!(killed > 0, "nothing was killed: {figures}");
}
