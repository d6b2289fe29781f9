//! `card-tool`, built from this repository.

use std::{path::PathBuf, process::Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::process;

/// Builds it and returns its executable.
///
/// # Errors
/// It does not build; the compiler has said why.
pub(crate) fn build() -> Result<PathBuf> {
    let mut build = process::cargo();
    build.args([
        "build",
        "--package",
        "card-tool",
        "--message-format",
        "json-render-diagnostics",
    ]);
    eprintln!("$ {}", process::shown(&build));
    let built = build
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()?;
    ensure!(built.status.success(), "card-tool does not build");
    executable(&String::from_utf8_lossy(&built.stdout))
        .context("cargo built no executable of card-tool")
}

/// The executable that cargo names in its messages, one JSON object a line.
fn executable(messages: &str) -> Option<PathBuf> {
    let messages = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    messages
        .filter(|message| {
            message.pointer("/target/name").and_then(Value::as_str) == Some("card-tool")
        })
        .find_map(|message| message.get("executable")?.as_str().map(PathBuf::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_executable_is_found_among_the_messages() {
        let messages = r#"{"reason":"compiler-artifact","target":{"name":"serde"},"executable":null}
{"reason":"compiler-artifact","target":{"name":"card-tool","kind":["bin"]},"executable":"/target/debug/card-tool"}
{"reason":"build-finished","success":true}"#;
        assert_eq!(
            executable(messages),
            Some(PathBuf::from("/target/debug/card-tool"))
        );
        assert_eq!(
            executable(r#"{"reason":"build-finished","success":false}"#),
            None
        );
    }
}
