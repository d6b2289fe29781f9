//! The command line of the issuance service.
//!
//! Data go to standard output, words for people to standard error. What a run ends with is one of the exit codes of
//! [`exit::Exit`].

mod args;
mod commands;
mod exit;
mod progress;
mod report;
mod secret;

use clap::Parser as _;

use crate::args::Cli;
use crate::exit::Exit;

fn main() -> std::process::ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // A reader that has gone away (`issuance-service help | head`) is no reason to complain.
            let _ = error.print();
            return if error.use_stderr() {
                Exit::Usage.into()
            } else {
                Exit::Done.into()
            };
        }
    };
    let format = cli.output_format;
    match commands::run(cli) {
        Ok(exit) => exit.into(),
        Err(error) => exit::report(&error, format).into(),
    }
}
