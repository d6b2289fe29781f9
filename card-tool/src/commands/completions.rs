//! `completions` and `man`.

use std::path::Path;

use anyhow::{Context as _, Result};
use clap::CommandFactory as _;

use super::print;
use crate::args::Cli;
use crate::exit::Exit;

/// Prints a completion script.
pub fn script(shell: clap_complete::Shell) -> Result<Exit> {
    let mut out = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "card-tool", &mut out);
    print(String::from_utf8(out)?.trim_end())?;
    Ok(Exit::Done)
}

/// Prints the manual page, all verbs included.
pub fn manual() -> Result<Exit> {
    let mut out = Vec::new();
    let command = Cli::command();
    clap_mangen::Man::new(command.clone()).render(&mut out)?;
    for verb in command
        .get_subcommands()
        .filter(|verb| verb.get_name() != "help")
    {
        let title = format!("card-tool-{}", verb.get_name());
        clap_mangen::Man::new(verb.clone())
            .title(title)
            .render(&mut out)?;
    }
    print(String::from_utf8(out)?.trim_end())?;
    Ok(Exit::Done)
}

/// Writes a manual page for each verb, and for each below it, into a folder.
pub fn pages(folder: &Path) -> Result<Exit> {
    std::fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(Cli::command(), folder))
        .with_context(|| folder.display().to_string())?;
    Ok(Exit::Done)
}
