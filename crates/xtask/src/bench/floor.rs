//! `cargo xtask bench floor`: cards an hour on a floor with more and more readers, whose chips take the time of real ones at 848 kbit/s, and
//! how much of that time is ours.

use anyhow::{Result, ensure};

use crate::{
    process,
    rehearsal::{self, Profile},
    setup::{self, Tier},
};

const READERS: [usize; 4] = [1, 4, 8, 16];
/// So many cards for each reader: the first and the last one of a reader weigh little.
const CARDS_OF_A_READER: usize = 5;

/// Runs it for each number of readers.
///
/// # Errors
/// It does not build, or cards do not add up.
pub(super) fn run() -> Result<()> {
    setup::ensure(Tier::Test)?;
    let programs = rehearsal::build(Profile::Release, &["card-tool"])?;
    for readers in READERS {
        process::heading(&format!("{readers} readers"));
        let cards = (readers * CARDS_OF_A_READER).to_string();
        let words = ["floor", "--timing", "848k", "--cards", &cards];
        let words = words.map(str::to_owned);
        let ended = programs.run(readers, &words, None, |_| Ok(()))?;
        ensure!(
            ended == std::process::ExitCode::SUCCESS,
            "the floor with {readers} readers does not add up"
        );
    }
    Ok(())
}
