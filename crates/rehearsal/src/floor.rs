//! The floor, rehearsed: blank chips become locked cards by `card-tool floor` in the readers of a rack, while a hand kills whatever runs.
//!
//! ```text
//! emulate --manufacture ─▶ floor prepare ─▶ floor issue ─▶ floor take ─▶ floor write ─▶ floor judge ─▶ shift close
//! ```
//!
//! The end is an error unless journal, chips and register say the same: one card for each job and one job for each card, none lost, none
//! doubled, and a shift that closes. It is behind `cargo xtask campaign floor`, which kills, and `cargo xtask bench floor`, which measures.

mod account;
mod hand;
mod labour;
mod site;
mod steps;

use std::{
    path::{Path, PathBuf},
    sync::atomic::AtomicBool,
};

use anyhow::{Result, ensure};

use self::{hand::Hand, site::Site, steps::Steps};
use crate::{program::Programs, rack::Rack, root};

/// What is rehearsed.
#[derive(Debug)]
pub struct FloorPlan<'p> {
    /// How many cards are made.
    pub cards: usize,
    /// How often something is killed on the way.
    pub kills: usize,
    /// What the kills are drawn from: the same seed kills after the same cards.
    pub seed: u64,
    /// The line of the chips, as `card-tool emulate --timing` takes it; without it they are as fast as they can.
    pub timing: Option<String>,
    /// Where everything is left; without it, nothing is.
    pub keep: Option<PathBuf>,
    /// Where `card-tool` is.
    pub programs: &'p Path,
}

/// Rehearses it, and gives what came of it in lines.
///
/// # Errors
/// Anything that does not add up, or that somebody has pressed Ctrl-C.
pub fn rehearse_floor(plan: &FloorPlan<'_>, stop: &AtomicBool) -> Result<String> {
    ensure!(plan.cards > 0, "no card is made");
    let programs = Programs::of(plan.programs, &["card-tool"])?;
    let temporary = tempfile::tempdir()?;
    let root = root(plan.keep.as_deref(), temporary.path())?;
    let rack = Rack::of_environment(&programs, &root.join("log"))?;
    let site = Site::make(&root, programs, plan, &rack)?;
    let mut hand = Hand::new(plan.seed, plan.kills, plan.cards);
    let mut steps = Steps::new(&site, &rack, stop);
    steps.all(&mut hand)?;
    let account = account::of(&site, &rack)?;
    Ok(format!("{}{}{account}", steps.figures(), hand.figures()))
}
