//! The command line of personalisation staff, verifiers and developers.
//!
//! Data go to standard output, words for people to standard error. What a run ends with is one of the exit codes of
//! [`exit::Exit`].

mod access_files;
mod args;
mod chip_file;
mod commands;
mod counter;
mod eac_folder;
mod exit;
mod extras;
mod files;
mod floor_folder;
mod input;
mod issuer;
mod issuing;
mod keys;
mod pem;
mod pki_folder;
mod printable;
mod progress;
mod reader;
mod record_folder;
mod register;
mod report;
mod trust_folder;

use clap::Parser as _;

use crate::args::Cli;

fn main() -> std::process::ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return exit::report_grammar(&error, std::env::args_os()).into(),
    };
    let format = cli.output_format;
    match commands::run(cli) {
        Ok(exit) => exit.into(),
        Err(error) => exit::report(&error, format).into(),
    }
}
