//! The program itself, run as staff run it.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

use crate::bureau::Bureau;

/// A service in a bureau.
pub struct Service<'b> {
    /// Where it stands.
    pub bureau: &'b Bureau,
}

/// What a run ended with.
pub struct Run {
    /// Exit code.
    pub code: i32,
    /// The JSON document.
    pub json: Value,
    /// What was said to people.
    pub words: String,
}

impl<'b> Service<'b> {
    /// Makes the service's folder in the bureau.
    pub fn init(bureau: &'b Bureau) -> Self {
        Self::of(bureau, "pki")
    }

    /// The same with another folder of signers.
    pub fn of(bureau: &'b Bureau, signers: &str) -> Self {
        let service = Self { bureau };
        let (folder, pki) = (bureau.path("service"), bureau.path(signers));
        let run = service.run([
            "init".as_ref(),
            folder.as_os_str(),
            "--pki".as_ref(),
            pki.as_ref(),
        ]);
        assert_eq!(run.code, 0, "{}", run.words);
        service
    }

    /// A path in the service's folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.bureau.path("service").join(name)
    }

    /// Runs the program to its end.
    pub fn run<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Run {
        let output = self.command(arguments).output().unwrap();
        Run::of(&output)
    }

    /// Runs the program with words.
    pub fn say(&self, line: &str) -> Run {
        self.run(line.split_whitespace())
    }

    /// Issues a passport of this number on this chip.
    pub fn issue(&self, number: &str, chip: PathBuf) -> Run {
        Run::of(&self.issue_command(number, chip).output().unwrap())
    }

    /// Starts to issue and does not wait.
    pub fn start_issue(&self, number: &str, chip: PathBuf) -> Child {
        self.issue_command(number, chip).spawn().unwrap()
    }

    fn issue_command(&self, number: &str, chip: PathBuf) -> Command {
        let record = self.bureau.record(number);
        let mut command = self.command(["issue", "--operator", "TEST Operator"]);
        command.args(["--approver", "TEST Approver", "--record"]);
        command.arg(record).arg("--chip").arg(chip);
        command
    }

    fn command<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_issuance-service"));
        command
            .args(arguments)
            .args(["--output-format", "json", "--config"])
            .arg(self.path("issuance-service.toml"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }
}

impl Run {
    /// What became of a program that was started.
    pub fn of(output: &Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            json: serde_json::from_slice(&output.stdout).unwrap_or_default(),
            words: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The job of the document.
    pub fn job(&self) -> String {
        let job = self.json.pointer("/document/job").and_then(Value::as_str);
        job.unwrap_or_else(|| panic!("no job: {}", self.words))
            .to_owned()
    }

    /// Checks how it ended, and that the words name something.
    pub fn must_end(&self, code: i32, naming: &str) {
        assert_eq!(self.code, code, "{}", self.words);
        assert!(self.words.contains(naming), "{naming:?} in {}", self.words);
    }
}
