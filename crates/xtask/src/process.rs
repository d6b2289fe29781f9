//! Other programs: found, run with their words shown, their answers read.

use std::{
    env,
    ffi::OsStr,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};

/// Where daemons live that an ordinary user's `PATH` does not name.
const SYSTEM_FOLDERS: [&str; 3] = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/// The root of the repository.
pub(crate) fn workspace() -> PathBuf {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    crates
        .and_then(Path::parent)
        .map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// What xtask builds, downloads and logs: below the target folder, so that git ignores it and `cargo clean` removes it.
pub(crate) fn scratch() -> PathBuf {
    let target =
        env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace().join("target"), PathBuf::from);
    target.join("xtask")
}

/// Says on the terminal what comes next; standard output is kept for results.
pub(crate) fn heading(text: &str) {
    eprintln!("\n== {text}");
}

/// The program's file, looked for in `PATH` and in the folders of the system's daemons.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(SYSTEM_FOLDERS.iter().map(PathBuf::from))
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// A command for a program that must be there.
///
/// # Errors
/// The program is not installed.
pub(crate) fn program(name: &str) -> Result<Command> {
    let file = find(name).with_context(|| format!("`{name}` is not installed"))?;
    Ok(Command::new(file))
}

/// `cargo`, the one that runs us, in the root of the repository.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(workspace());
    command
}

/// Runs a command in the open: its words are shown first, its output passes through.
///
/// # Errors
/// It cannot be started or ends with a failure.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = status(command)?;
    ensure!(status.success(), "`{}` failed: {status}", shown(command));
    Ok(())
}

/// As [`run`], for callers to whom a failure is an answer.
///
/// # Errors
/// It cannot be started.
pub(crate) fn status(command: &mut Command) -> Result<ExitStatus> {
    eprintln!("$ {}", shown(command));
    command
        .status()
        .with_context(|| format!("`{}` cannot be started", shown(command)))
}

/// As [`status`], and `line` sees each line of standard output as it passes through.
///
/// # Errors
/// It cannot be started, or its output cannot be read.
pub(crate) fn watched(command: &mut Command, mut line: impl FnMut(&str)) -> Result<ExitStatus> {
    eprintln!("$ {}", shown(command));
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("`{}` cannot be started", shown(command)))?;
    if let Some(output) = child.stdout.take() {
        for bytes in BufReader::new(output).split(b'\n') {
            let text = String::from_utf8_lossy(&bytes?).into_owned();
            println!("{text}");
            line(&text);
        }
    }
    Ok(child.wait()?)
}

/// Runs a command quietly and returns what it wrote to standard output.
///
/// # Errors
/// It cannot be started or ends with a failure; the error carries what it wrote to standard error.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("`{}` cannot be started", shown(command)))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        bail!(
            "`{}` failed: {}\n{}",
            shown(command),
            output.status,
            complaint.trim()
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether a command, run quietly, succeeds.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    output(command).is_ok()
}

/// The first line a program says of itself, both streams looked at, or `None` where it is not installed.
pub(crate) fn first_line(name: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(find(name)?)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let said = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&said).into_owned();
    text.lines()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .map(str::to_owned)
}

/// A command as one would type it.
pub(crate) fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(command.get_program());
    std::iter::once(name)
        .chain(command.get_args())
        .map(quoted)
        .collect::<Vec<_>>()
        .join(" ")
}

fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    if !word.is_empty() && !word.contains([' ', '\n', '"', '\'', '$', ';', '&', '*']) {
        return word.into_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// Seconds with one digit, for tables and closing lines.
pub(crate) fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

/// Whole milliseconds, for times of one card.
pub(crate) fn milliseconds(time: Duration) -> String {
    format!("{} ms", time.as_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_one_would_type_it() {
        let mut command = Command::new("/usr/bin/openssl");
        command.args(["cms", "-in", "a file", "it's", ""]);
        assert_eq!(shown(&command), r"openssl cms -in 'a file' 'it'\''s' ''");
    }

    #[test]
    fn a_failure_carries_what_the_program_said() {
        let error = output(Command::new("sh").args(["-c", "echo why >&2; exit 3"])).unwrap_err();
        assert!(error.to_string().contains("why"), "{error}");
        assert!(error.to_string().contains('3'), "{error}");
    }

    #[test]
    fn lines_are_seen_as_they_pass() {
        let mut seen = Vec::new();
        let status = watched(
            Command::new("sh").args(["-c", "echo one; echo two"]),
            |line| {
                seen.push(line.to_owned());
            },
        );
        assert!(status.unwrap().success());
        assert_eq!(seen, ["one", "two"]);
    }
}
