//! Passwords: from a file or from the keyboard, never from an argument.

use std::io::IsTerminal as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use crypto::SecretBytes;

use crate::exit::Problem;

/// Longest file with a password.
const MAX_FILE: u64 = 4096;

/// The password in the first line of a file; without a file it is asked for. `is_new` asks twice.
pub fn read(file: Option<&Path>, prompt: &str, is_new: bool) -> Result<SecretBytes> {
    let Some(path) = file else {
        return ask(prompt, is_new);
    };
    let length = std::fs::metadata(path).with_context(|| path.display().to_string())?;
    if !length.is_file() || length.len() > MAX_FILE {
        return Err(Problem::usage(
            "a file with a password is a short text file",
        ));
    }
    let content =
        SecretBytes::new(std::fs::read(path).with_context(|| path.display().to_string())?);
    let mut lines = content.expose().split(|byte| matches!(byte, b'\n' | b'\r'));
    Ok(SecretBytes::from(lines.next().unwrap_or_default()))
}

fn ask(prompt: &str, is_new: bool) -> Result<SecretBytes> {
    if !std::io::stdin().is_terminal() {
        return Err(Problem::usage(
            "a password is needed: name a file that holds it, or use a terminal",
        ));
    }
    let mut asked = dialoguer::Password::new().with_prompt(prompt);
    if is_new {
        asked = asked.with_confirmation("once more", "these were different");
    }
    Ok(SecretBytes::new(asked.interact()?.into_bytes()))
}
