//! A program that runs beside us and never outlives us.
//!
//! It is started by a small shell, the guard, that waits on a pipe whose other end only we hold. When we let go of the pipe (by dropping the
//! [`Companion`], by a panic, or because the kernel closes our files after Ctrl-C or a kill) the guard ends exactly the process it started.

use std::{
    ffi::OsString,
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

use crate::process;

/// `$1` is the log, `$2` a folder to be removed if it is empty at the end (or nothing), the rest the program.
/// The program keeps its process id through `exec`; while the guard has not waited for it, nobody else can be given that id.
const GUARD: &str = r#"
log=$1; folder=$2; shift 2
"$@" >"$log" 2>&1 </dev/null &
child=$!
echo "$child"
cat >/dev/null
kill "$child" 2>/dev/null
wait "$child" 2>/dev/null
[ -z "$folder" ] || rmdir "$folder" 2>/dev/null
"#;

/// How long a program may take to end after it was asked to.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is to run, and as whom.
pub(crate) struct Plan {
    /// The program and its arguments.
    pub(crate) words: Vec<OsString>,
    /// Where both its output streams go.
    pub(crate) log: PathBuf,
    /// A folder to be removed after the program, if it is empty then.
    pub(crate) folder: Option<PathBuf>,
    /// Whether an ordinary user runs it through `sudo`.
    pub(crate) sudo: bool,
}

/// A running program, ended when this value is dropped.
pub(crate) struct Companion {
    guard: Child,
    lifeline: Option<ChildStdin>,
    process_id: u32,
    log: PathBuf,
    sudo: bool,
}

impl Companion {
    /// Starts the program under its guard.
    ///
    /// # Errors
    /// The guard cannot be started or says no process id.
    pub(crate) fn start(plan: Plan) -> Result<Self> {
        if let Some(folder) = plan.log.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut command = privileged(plan.sudo, "sh");
        command
            .args(["-c", GUARD, "guard"])
            .arg(&plan.log)
            .arg(plan.folder.unwrap_or_default())
            .args(&plan.words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        in_its_own_group(&mut command);
        let mut guard = command.spawn().context("`sh` cannot be started")?;
        let lifeline = guard.stdin.take();
        let mut said = String::new();
        if let Some(output) = guard.stdout.take() {
            BufReader::new(output).read_line(&mut said)?;
        }
        let process_id = said
            .trim()
            .parse()
            .context("the guard of a program said no process id")?;
        Ok(Self {
            guard,
            lifeline,
            process_id,
            log: plan.log,
            sudo: plan.sudo,
        })
    }

    /// Whether the program has ended by itself (Linux only; elsewhere it is believed to run).
    pub(crate) fn has_ended(&self) -> bool {
        if !Path::new("/proc/self/stat").exists() {
            return false;
        }
        let stat =
            fs::read_to_string(format!("/proc/{}/stat", self.process_id)).unwrap_or_default();
        let state = stat
            .rsplit(')')
            .next()
            .and_then(|rest| rest.trim_start().chars().next());
        matches!(state, None | Some('Z' | 'X'))
    }

    /// The last lines of what it said.
    pub(crate) fn last_words(&self) -> String {
        let log = fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = text.lines().collect();
        let tail = lines.iter().skip(lines.len().saturating_sub(6));
        tail.map(|line| format!("  | {line}"))
            .collect::<Vec<_>>()
            .join("\n")
    }
}

impl Drop for Companion {
    fn drop(&mut self) {
        self.lifeline = None;
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if !matches!(self.guard.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
        let id = self.process_id.to_string();
        process::succeeds(privileged(self.sudo, "kill").args(["-KILL", &id]));
        // The guard was waiting for just this and ends now.
        self.guard.wait().ok();
    }
}

/// Ctrl-C reaches us, and the guard only through us.
#[cfg(unix)]
fn in_its_own_group(command: &mut Command) {
    std::os::unix::process::CommandExt::process_group(command, 0);
}

#[cfg(not(unix))]
fn in_its_own_group(_: &mut Command) {}

/// A command as root for those who are not, where `sudo` asks no question.
pub(crate) fn privileged(sudo: bool, program: &str) -> Command {
    if !sudo {
        return Command::new(program);
    }
    let mut command = Command::new("sudo");
    command.args(["-n", program]);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(script: &str, name: &str) -> Companion {
        let log = std::env::temp_dir().join(format!("companion-{}-{name}.log", std::process::id()));
        Companion::start(Plan {
            words: ["sh", "-c", script].map(OsString::from).into(),
            log,
            folder: None,
            sudo: false,
        })
        .unwrap()
    }

    fn lives(process_id: u32) -> bool {
        process::succeeds(Command::new("kill").args(["-0", &process_id.to_string()]))
    }

    #[test]
    fn a_companion_ends_with_its_owner() {
        let companion = start("echo here; exec sleep 60", "ends");
        let (id, log) = (companion.process_id, companion.log.clone());
        while companion.last_words().is_empty() {
            thread::sleep(Duration::from_millis(5));
        }
        assert!(lives(id) && !companion.has_ended());
        drop(companion);
        assert!(!lives(id));
        fs::remove_file(log).unwrap();
    }

    #[test]
    fn a_companion_that_ended_by_itself_is_noticed_and_its_words_are_kept() {
        let companion = start("echo no reader; exit 1", "noticed");
        let deadline = Instant::now() + PATIENCE;
        while !companion.has_ended() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(5));
        }
        assert!(companion.has_ended());
        assert_eq!(companion.last_words(), "  | no reader");
        fs::remove_file(&companion.log).unwrap();
    }

    #[test]
    fn a_companion_that_will_not_listen_is_killed() {
        let companion = start(
            "trap '' TERM; echo deaf; while :; do sleep 0.05; done",
            "stubborn",
        );
        let (id, log) = (companion.process_id, companion.log.clone());
        while companion.last_words().is_empty() {
            thread::sleep(Duration::from_millis(5));
        }
        drop(companion);
        assert!(!lives(id));
        fs::remove_file(log).unwrap();
    }
}
