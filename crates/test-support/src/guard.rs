//! A server that runs beside a test and never outlives it.
//!
//! It is started by a small shell, the guard, that reads words from a pipe whose other end only the test holds. When the
//! test lets go of the pipe (by a drop, by a panic, because the program ends, or because the kernel closes its files after
//! Ctrl-C or a `kill -9`) the guard ends the server and removes its folder. Only a `kill -9` of the guard itself leaves
//! something behind: the folder, named after its purpose and the test's process, in the folder for temporary files.

use std::{
    ffi::OsString,
    fs,
    io::{BufRead, BufReader, Write},
    os::unix::{fs::DirBuilderExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

use crate::account::Account;

/// How long a server may take to come or to go. Long, because everything else may be running beside it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// `$1` is the folder, `$2` the signal that ends the server at the end, the rest the server's words.
/// While the guard has not waited for the server, nobody else can be given its process id.
/// A server that was held when the test ended hears no signal until it goes on.
/// What is left of a PostgreSQL that was killed is a word for the next one in shared memory: the last line of its lock file.
const GUARD: &str = r#"
folder=$1; signal=$2; shift 2
child=
while read -r word argument; do
  case $word in
  start) "$@" >>"$folder/log" 2>&1 </dev/null & child=$!; echo "$child" ;;
  signal) kill -s "$argument" $child; echo sent ;;
  wait) wait "$child" 2>/dev/null; child=; echo ended ;;
  esac
done
if [ -n "$child" ]; then kill -s "$signal" "$child"; kill -s CONT "$child"; wait "$child"; fi 2>/dev/null
lock=$folder/data/postmaster.pid
if [ -f "$lock" ]; then ipcrm -m "$(sed -n '7s/.* //p' "$lock")"; fi 2>/dev/null
rm -rf "$folder"
"#;

/// A server in a folder of its own, at most one at a time.
pub(crate) struct Guard {
    shell: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    folder: PathBuf,
    account: Account,
    server: Option<u32>,
}

/// What is to run.
pub(crate) struct Plan<'a> {
    /// The folder that [`folder_for`] made.
    pub(crate) folder: PathBuf,
    /// Who runs it.
    pub(crate) account: Account,
    /// The server's program and arguments.
    pub(crate) words: &'a [OsString],
    /// The signal by which the server ends at once and cleanly.
    pub(crate) end: &'static str,
}

impl Guard {
    /// Starts the guard, not yet the server.
    pub(crate) fn new(plan: Plan<'_>) -> Self {
        let mut command = Command::new("sh");
        command
            .args(["-c", GUARD, "guard"])
            .arg(&plan.folder)
            .arg(plan.end)
            .args(plan.words)
            .current_dir(&plan.folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // Ctrl-C reaches the test, and the guard only through it.
            .process_group(0);
        plan.account.runs(&mut command);
        let mut shell = command.spawn().expect("`sh` starts");
        let orders = shell.stdin.take();
        let answers = BufReader::new(shell.stdout.take().expect("a piped output"));
        Self {
            shell,
            orders,
            answers,
            folder: plan.folder,
            account: plan.account,
            server: None,
        }
    }

    /// Where the server keeps everything.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Who runs it.
    pub(crate) fn account(&self) -> Account {
        self.account
    }

    /// The process id of the server, if it was started and not waited for.
    pub(crate) fn server(&self) -> Option<u32> {
        self.server
    }

    /// Starts the server and returns its process id.
    pub(crate) fn start(&mut self) -> u32 {
        assert!(self.server.is_none(), "the server runs already");
        let id = self.order("start").parse().expect("a process id");
        self.server = Some(id);
        id
    }

    /// Sends a signal to the server, which must have been started.
    pub(crate) fn signal(&mut self, name: &str) {
        assert_eq!(self.order(&format!("signal {name}")), "sent");
    }

    /// Waits until the server has ended.
    pub(crate) fn wait(&mut self) {
        assert_eq!(self.order("wait"), "ended");
        self.server = None;
    }

    /// Waits until `ready` says so; panics with the server's last words when it ended or takes too long.
    pub(crate) fn until<T>(&self, what: &str, mut ready: impl FnMut() -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(value) = ready() {
                return value;
            }
            let ended = self.server.is_none_or(|id| !lives(id));
            assert!(
                !ended && Instant::now() < deadline,
                "{what}: {}\n{}",
                if ended {
                    "the server ended"
                } else {
                    "it takes too long"
                },
                self.last_words()
            );
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// The last lines of what the server said.
    pub(crate) fn last_words(&self) -> String {
        let log = fs::read(self.folder.join("log")).unwrap_or_default();
        let text = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = text.lines().collect();
        let tail = lines.iter().skip(lines.len().saturating_sub(20));
        tail.map(|line| format!("  | {line}"))
            .collect::<Vec<_>>()
            .join("\n")
    }

    fn order(&mut self, words: &str) -> String {
        let orders = self.orders.as_mut().expect("a guard that was not let go");
        writeln!(orders, "{words}").expect("the guard listens");
        let mut answer = String::new();
        self.answers
            .read_line(&mut answer)
            .expect("the guard answers");
        answer.trim().to_owned()
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.orders = None;
        self.shell.wait().ok();
    }
}

/// A new empty folder that only the account (and root) may enter, unique to this process and call.
pub(crate) fn folder_for(purpose: &str, account: Account) -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("card-{purpose}-{}-{count}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    // Left behind by a process of the same number whose guard was killed.
    fs::remove_dir_all(&folder).ok();
    fs::DirBuilder::new()
        .mode(0o700)
        .create(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    account.owns(&folder);
    folder
}

/// What a variable names that `cargo xtask test` sets.
pub(crate) fn variable(name: &str) -> PathBuf {
    std::env::var_os(name).map_or_else(
        || panic!("{name} is not set: run this through `cargo xtask test`"),
        PathBuf::from,
    )
}

/// Whether a process runs: a zombie does not (Linux; elsewhere it is believed to).
fn lives(process_id: u32) -> bool {
    if !Path::new("/proc/self/stat").exists() {
        return true;
    }
    let stat = fs::read_to_string(format!("/proc/{process_id}/stat")).unwrap_or_default();
    let state = stat
        .rsplit(')')
        .next()
        .and_then(|rest| rest.trim_start().chars().next());
    !matches!(state, None | Some('Z' | 'X'))
}
