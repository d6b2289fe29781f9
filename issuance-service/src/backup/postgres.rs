//! The programs of PostgreSQL: they know every release's tables. A password goes by the environment, where other users cannot read it.

use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Stdio};

use super::BackupError;
use crate::Result;

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

/// An address and the password that stood in it.
fn without_password(address: &str) -> (String, Option<String>) {
    let Some((scheme, rest)) = address.split_once("://") else {
        return (address.to_owned(), None);
    };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let Some((user, host)) = authority.rsplit_once('@') else {
        return (address.to_owned(), None);
    };
    let Some((user, password)) = user.split_once(':') else {
        return (address.to_owned(), None);
    };
    (
        format!("{scheme}://{user}@{host}{path}"),
        Some(percent_decoded(password)),
    )
}

/// RFC 3986 §2.1; what is no such triplet stays.
fn percent_decoded(text: &str) -> String {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(octet) = rest.next() {
        let mut next = rest.clone();
        let mut digit = || char::from(next.next()?).to_digit(16);
        let value = digit().zip(digit());
        match value.and_then(|(high, low)| u8::try_from(high * 16 + low).ok()) {
            Some(value) if octet == b'%' => {
                octets.push(value);
                rest = next;
            }
            _ => octets.push(octet),
        }
    }
    String::from_utf8_lossy(&octets).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_do_not_stand_among_the_arguments() {
        let check = |address: &str, shown: &str, password: Option<&str>| {
            let (address, found) = without_password(address);
            assert_eq!((address.as_str(), found.as_deref()), (shown, password));
        };
        check("postgres://u@h:1/d", "postgres://u@h:1/d", None);
        check("postgres://h/d?x=a@b:c", "postgres://h/d?x=a@b:c", None);
        check(
            "postgres://u:TEST%40%2fx@h/d",
            "postgres://u@h/d",
            Some("TEST@/x"),
        );
        check("postgresql://u:50%@h", "postgresql://u@h", Some("50%"));
        check("postgres://u:@h/d", "postgres://u@h/d", Some(""));
    }
}
