//! A chapter in a shell: one for all its blocks, so that a folder that was entered, a variable that was set and a program that was left
//! running stay for the next.

use std::{
    env,
    fmt::Write as _,
    fs,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use super::chapter::{self, Chapter};

/// No chapter takes as long.
const PATIENCE: Duration = Duration::from_secs(600);

/// What the shell does beside the commands: what is left running is ready when it has said its first line, a card is in when PC/SC sees
/// it, and out when PC/SC misses it.
const AROUND: &str = r#"
set -eu -o pipefail
cards() { card-tool readers --output-format json 2>/dev/null | grep -c '"slot": "card"' || true; }
awaited() {
  for _ in $(seq 600); do if eval "$1"; then return 0; fi; sleep 0.1; done
  echo "waited in vain: $1"; return 1
}
awaited '[ $(cards) -eq 0 ]'
"#;

/// Runs the blocks of a chapter; how many there were.
pub fn run(chapter: &Chapter) -> Result<usize, String> {
    if chapter.blocks.iter().all(|block| block.not_run.is_some()) {
        return Ok(0);
    }
    let folder = tempfile::tempdir().unwrap();
    let logs = tempfile::tempdir().unwrap();
    let fixtures = fs::canonicalize(test_support::root().join("fixtures")).unwrap();
    std::os::unix::fs::symlink(fixtures, folder.path().join("fixtures")).unwrap();
    let script = logs.path().join("chapter.sh");
    fs::write(&script, written(chapter, logs.path())).unwrap();
    let mut shell = Shell::start(&script, folder.path());
    let end = shell.end();
    drop(shell);
    judged(chapter, logs.path(), end)
}

fn said(logs: &Path, line: usize) -> String {
    let octets = fs::read(logs.join(format!("{line}.out"))).unwrap_or_default();
    String::from_utf8_lossy(&octets).into_owned()
}

fn judged(chapter: &Chapter, logs: &Path, end: Option<i32>) -> Result<usize, String> {
    let ended = fs::read_to_string(logs.join("ended")).unwrap_or_default();
    let codes: Vec<(usize, i32)> = ended
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(line, code)| (line.parse().unwrap(), code.parse().unwrap()))
        .collect();
    let mut run = 0;
    for block in chapter
        .blocks
        .iter()
        .filter(|block| block.not_run.is_none())
    {
        let said = said(logs, block.line);
        let code = codes.iter().find(|(line, _)| *line == block.line);
        let Some((_, code)) = code else {
            let end = end.map_or("it did not end".to_owned(), |code| {
                format!("exit code {code}")
            });
            return Err(format!(
                "line {}: {end}\n{}\n{said}",
                block.line, block.commands
            ));
        };
        if *code != block.code {
            return Err(format!("line {}: exit code {code}\n{said}", block.line));
        }
        chapter::says(&said, &block.shown)
            .map_err(|why| format!("line {}: {why}\n{said}", block.line))?;
        run += 1;
    }
    Ok(run)
}

/// The script of a chapter.
fn written(chapter: &Chapter, logs: &Path) -> String {
    let mut script = AROUND.to_owned();
    let logs = logs.display();
    for block in chapter
        .blocks
        .iter()
        .filter(|block| block.not_run.is_none())
    {
        let out = format!("{logs}/{}.out", block.line);
        let mut code = "0".to_owned();
        if block.code != 0 {
            script += "set +e\n";
            code = "$?".to_owned();
        }
        writeln!(
            script,
            "{{\n{}\n}} >'{out}' 2>&1",
            steps(&block.commands, &out)
        )
        .unwrap();
        writeln!(
            script,
            "echo {} {code} >>'{logs}/ended'\nset -e",
            block.line
        )
        .unwrap();
    }
    script
}

/// The commands, with what is waited for between them.
fn steps(commands: &str, out: &str) -> String {
    let mut steps = String::new();
    for line in commands.lines() {
        let command = line.split(" # ").next().unwrap_or(line).trim_end();
        let Some(left_running) = command.strip_suffix(" &") else {
            writeln!(steps, "{line}").unwrap();
            if command.starts_with("kill %") {
                steps += "awaited '[ $(cards) -eq 0 ]'\n";
            }
            continue;
        };
        // Where it says its first line: into a file of its own, or behind what was said before.
        let own = left_running.split(" > ").nth(1);
        let said = own.and_then(|words| words.split(' ').next()).unwrap_or(out);
        let length = match own {
            Some(_) => "0".to_owned(),
            None => format!("$(wc -c <'{said}')"),
        };
        writeln!(steps, "length={length}\n{line}").unwrap();
        writeln!(
            steps,
            "awaited '[ -e {said} ] && [ $(wc -c <{said}) -gt '$length' ]'"
        )
        .unwrap();
        if command.contains("card-tool emulate") {
            steps += "awaited '[ $(cards) -gt 0 ]'\n";
        }
    }
    steps
}

/// The shell, with everything that it starts; dropping it ends them.
struct Shell {
    child: Child,
}

impl Shell {
    fn start(script: &Path, folder: &Path) -> Self {
        let mut command = Command::new("bash");
        command
            .arg(script)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .env("PATH", path())
            .env("HOME", folder);
        for name in [
            "CARD_CAN",
            "CARD_MRZ",
            "CARD_PIN",
            "CARD_READER",
            "ISSUANCE_SERVICE_CONFIG",
        ] {
            command.env_remove(name);
        }
        let places = env::var("CARD_TOOLCHAIN_VPCD");
        let places = places.expect("CARD_TOOLCHAIN_VPCD: `cargo xtask test` sets it");
        command.env("CARD_VPCD", places.split(',').next().unwrap());
        Self {
            child: command.spawn().expect("bash starts"),
        }
    }

    /// What it ends with, if it ends.
    fn end(&mut self) -> Option<i32> {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            thread::sleep(Duration::from_millis(20));
        }
        None
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        // What was left running is in the group of the shell, which is ours alone.
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill")
            .args(["-s", "KILL", "--", &group])
            .stderr(Stdio::null())
            .status();
        let _ = self.child.wait();
    }
}

/// The programs of this build before all others.
fn path() -> std::ffi::OsString {
    let program = env::current_exe().unwrap();
    let programs = program.ancestors().nth(2).expect("target/debug");
    for name in ["card-tool", "issuance-service"] {
        assert!(
            programs.join(name).is_file(),
            "{name} is not built in {programs:?}"
        );
    }
    let others = env::var_os("PATH").unwrap_or_default();
    let all = [programs.to_owned()]
        .into_iter()
        .chain(env::split_paths(&others));
    env::join_paths(all.collect::<Vec<PathBuf>>()).unwrap()
}
