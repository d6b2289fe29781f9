//! The programs of PostgreSQL: they know every release's tables. A password goes by the environment, where other users cannot read it.

use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Stdio};

use super::BackupError;
use crate::Result;
use crate::config::address::without_password;

/// Longest word of a program that is told on.
const MAX_SAID: usize = 400;

/// Writes the database as it stands at one moment into a file, from the first address that answers.
pub(super) fn dump(addresses: &str, to: &Path) -> Result<()> {
    let mut last = String::new();
    for address in addresses.split_whitespace() {
        let mut command = program("pg_dump", address);
        command
            .args([
                "--format=custom",
                "--no-owner",
                "--no-privileges",
                "--no-password",
            ])
            .arg("--file")
            .arg(to);
        match said(&mut command, "pg_dump")? {
            None => {
                let synced = std::fs::File::open(to).and_then(|file| file.sync_all());
                return synced.map_err(|source| crate::files::at(to, source));
            }
            Some(text) => last = text,
        }
    }
    Err(BackupError::Program {
        program: "pg_dump",
        said: last,
    }
    .into())
}

/// Fills an empty database, all of it or nothing, at the first address that writes.
pub(super) fn restore(addresses: &str, from: &Path, name: &str) -> Result<()> {
    let mut last = String::new();
    for address in addresses.split_whitespace() {
        let mut command = program("pg_restore", address);
        command
            .args([
                "--single-transaction",
                "--exit-on-error",
                "--no-owner",
                "--no-privileges",
                "--no-password",
            ])
            .arg(from);
        match said(&mut command, "pg_restore")? {
            None => return Ok(()),
            Some(text) if text.contains("already exists") => {
                return Err(BackupError::Exists(name.to_owned()).into());
            }
            Some(text) => last = text,
        }
    }
    Err(BackupError::Program {
        program: "pg_restore",
        said: last,
    }
    .into())
}

fn program(name: &str, address: &str) -> Command {
    let (address, password) = without_password(address);
    let mut command = Command::new(name);
    command
        .arg("--dbname")
        .arg(address)
        .env("LC_ALL", "C")
        .stdin(Stdio::null());
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    command
}

/// What a program complained of, or `None` where it has done its work.
fn said(command: &mut Command, name: &'static str) -> Result<Option<String>> {
    let output = command.output().map_err(|source| match source.kind() {
        ErrorKind::NotFound => BackupError::NoProgram(name).into(),
        _ => crate::files::at(Path::new(name), source),
    });
    let output = output?;
    if output.status.success() {
        return Ok(None);
    }
    let text = String::from_utf8_lossy(&output.stderr);
    let line = text
        .lines()
        .find(|line| line.contains("error"))
        .or_else(|| text.lines().next())
        .unwrap_or("it said nothing");
    Ok(Some(line.chars().take(MAX_SAID).collect()))
}
