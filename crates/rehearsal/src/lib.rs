//! The whole service, rehearsed: synthetic people become verified cards by the real programs as processes of their own.
//!
//! ```text
//! specimens ─▶ station (seal, outbox, HTTPS) ─▶ service (check, review, approve, sign) ─▶ card-tool on a rack of emulated chips
//!           (write, read back, lock) ─▶ service (quality, consignment, hand-over) ─▶ card-tool verify, status, stock, audit log
//! ```
//!
//! It is behind `cargo xtask demo service`, which builds the programs and starts pcscd with virtual readers; [`rehearse`] is all of it.
//! The end is an error unless everything adds up: people in are cards out and refusals, chips are cards and rejects, every card
//! verifies, every packet is erased, every entry of the log is proved.

pub mod beside;
pub mod board;
pub mod client;
pub mod counter;
pub mod desk;
pub mod floor;
pub mod house;
pub mod memory;
pub mod office;
pub mod people;
pub mod press;
pub mod program;
pub mod proof;
pub mod rack;
pub mod server;
pub mod staff;
pub mod stay;
pub mod story;
pub mod sum;
pub mod verifier;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::AtomicBool,
};

use anyhow::{Result, ensure};
use test_support::postgres::{Cluster, Durability};

use crate::{
    board::Board, house::House, program::Programs, rack::Rack, server::Server, staff::Staff,
    story::Story, sum::Sum,
};

/// What the register is kept in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Store {
    /// An SQLite file.
    #[default]
    Sqlite,
    /// A private PostgreSQL.
    Postgres,
}

/// What is rehearsed.
#[derive(Debug)]
pub struct Plan<'p> {
    /// How many people come.
    pub people: usize,
    /// What the register is kept in.
    pub store: Store,
    /// Where everything is left; without it, nothing is.
    pub keep: Option<PathBuf>,
    /// Whether everything stays up after it, to be looked at.
    pub stay: bool,
    /// Where `card-tool` and `issuance-service` are.
    pub programs: &'p Path,
}

/// Rehearses it, and gives the table of what came of it.
///
/// # Errors
/// Anything that does not add up, or that somebody has pressed Ctrl-C.
pub fn rehearse(plan: &Plan<'_>, stop: &AtomicBool) -> Result<String> {
    ensure!(plan.people > 0, "nobody comes");
    let programs = Programs::of(plan.programs, &["card-tool", "issuance-service"])?;
    let temporary = tempfile::tempdir()?;
    let root = root(plan.keep.as_deref(), temporary.path())?;
    let cluster = (plan.store == Store::Postgres).then(|| {
        let cluster = Cluster::start_with(Durability::Full);
        cluster.create_database("register");
        cluster
    });
    let store = cluster.as_ref().map(|cluster| cluster.url("register"));
    let house = House::make(&root, &programs, store.as_deref())?;
    let rack = Rack::of_environment(&programs, &root.join("emulate.log"))?;
    let server = Server::start(&house)?;
    let staff = Staff::come_in(&server.address, &server.link, &house)?;
    let (board, sum) = (Board::default(), Sum::default());
    let mut story = Story {
        house,
        rack,
        server,
        staff,
        board,
        sum,
        stop,
    };
    story.tell(plan.people)?;
    let table = story.sum.table(&story.board);
    if plan.stay {
        println!("{table}");
        stay::stay(&story.server, &story.house, &story.staff.people, stop)?;
    }
    Ok(table)
}

/// The folder in which everything happens: a new one that stays, or a temporary one.
fn root(keep: Option<&Path>, temporary: &Path) -> Result<PathBuf> {
    let Some(folder) = keep else {
        return Ok(temporary.to_owned());
    };
    ensure!(
        !folder.exists(),
        "{} is there already: name a new folder",
        folder.display()
    );
    fs::create_dir_all(folder)?;
    Ok(fs::canonicalize(folder)?)
}
