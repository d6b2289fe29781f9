//! Schemathesis, which makes requests from an OpenAPI document and holds the answers against it.
//!
//! `cargo xtask test` installs it and names the program in [`VARIABLE`].

use std::process::Command;

use crate::guard::variable;

/// The variable that names the program.
pub const VARIABLE: &str = "CARD_TOOLCHAIN_SCHEMATHESIS";

/// The program, to be given its words. It writes nothing but what it is told to, and asks no network but the given server.
///
/// # Panics
/// When it is not installed.
#[must_use]
pub fn command() -> Command {
    let mut command = Command::new(variable(VARIABLE));
    command
        .env("NO_COLOR", "1")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .current_dir(std::env::temp_dir());
    command
}
