//! `completions` and `man`.

use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use clap::CommandFactory as _;

use crate::args::Cli;
use crate::exit::Exit;

/// Prints a completion script.
pub fn script(shell: clap_complete::Shell) -> Result<Exit> {
    let mut out = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "issuance-service", &mut out);
    std::io::stdout().lock().write_all(&out)?;
    Ok(Exit::Done)
}

/// Writes a manual page for each verb, and for each below it, into a folder.
pub fn pages(folder: &Path) -> Result<Exit> {
    std::fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(Cli::command(), folder))
        .with_context(|| folder.display().to_string())?;
    Ok(Exit::Done)
}
