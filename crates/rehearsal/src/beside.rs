//! A program that runs beside us and never outlives us.

use std::{
    ffi::OsString,
    io::BufReader,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use serde_json::{Deserializer, StreamDeserializer, Value, de::IoRead};

/// Ends the program when its own input ends: by our word, or because we are gone, however that came. The program's output is ours, and
/// one line of it is its number; its complaints go to the file `$1`.
const GUARD: &str = r#"
log=$1; shift
"$@" 2>>"$log" </dev/null &
child=$!
echo "$child"
exec >/dev/null
cat >/dev/null
kill "$child" 2>/dev/null
wait "$child" 2>/dev/null
"#;

/// How long a program may take to end after it was asked to.
const PATIENCE: Duration = Duration::from_secs(30);

/// What it says, one JSON value after the other.
type Output = StreamDeserializer<'static, IoRead<BufReader<ChildStdout>>, Value>;

/// A running program; dropping it ends it.
pub struct Beside {
    guard: Child,
    lifeline: Option<ChildStdin>,
    output: Output,
    name: String,
    id: u32,
}

impl Beside {
    /// Starts a program.
    ///
    /// # Errors
    /// `sh` or the program cannot be started.
    pub fn start(program: &Command, log: &std::path::Path) -> Result<Self> {
        let mut words: Vec<OsString> = vec![program.get_program().to_owned()];
        words.extend(program.get_args().map(OsString::from));
        let mut command = Command::new("sh");
        command.args(["-c", GUARD, "guard"]).arg(log).args(words);
        for (name, value) in program.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        // Ctrl-C reaches us, and the program only through us.
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut guard = command.spawn().context("`sh` cannot be started")?;
        let lifeline = guard.stdin.take();
        let output = guard.stdout.take().context("no output")?;
        let mut output: Output = Deserializer::from_reader(BufReader::new(output)).into_iter();
        let id = output.next().context("`sh` says nothing")??;
        Ok(Self {
            guard,
            lifeline,
            output,
            name: program.get_program().to_string_lossy().into_owned(),
            id: u32::try_from(id.as_u64().context("no number of a process")?)?,
        })
    }

    /// The next thing that it says.
    ///
    /// # Errors
    /// It has ended, or said something else than JSON.
    pub fn says(&mut self) -> Result<Value> {
        let name = || self.name.clone();
        let said = self.output.next();
        said.with_context(|| format!("{} has ended", self.name))?
            .with_context(name)
    }

    /// The number of its process.
    #[must_use]
    pub const fn id(&self) -> u32 {
        self.id
    }

    /// Asks it to end, and waits until it has.
    fn end(&mut self) {
        self.lifeline = None;
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if !matches!(self.guard.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(Duration::from_millis(2));
        }
        self.guard.kill().ok();
        self.guard.wait().ok();
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        self.end();
    }
}
