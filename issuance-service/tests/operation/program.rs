//! The program on a folder.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// The folder of a service.
pub struct Home(pub PathBuf);

impl Home {
    /// With a configuration that names a store.
    pub fn with_store(path: PathBuf, store: &str) -> Self {
        std::fs::create_dir_all(&path).unwrap();
        let text = format!("store = \"{store}\"\njobs = \"jobs\"\n");
        std::fs::write(path.join("issuance-service.toml"), text).unwrap();
        Self(path)
    }

    pub fn path(&self, of: &str) -> PathBuf {
        self.0.join(of)
    }

    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_issuance-service"));
        command
            .arg("--config")
            .arg(self.path("issuance-service.toml"))
            .args(["--output-format", "json"])
            .args(words)
            .env("ISSUANCE_SERVICE__SERVE__LISTEN", "127.0.0.1:0");
        if let Some(folder) = std::env::var_os(test_support::postgres::VARIABLE) {
            let path = std::env::var_os("PATH").unwrap_or_default();
            let folders = std::iter::once(folder.into()).chain(std::env::split_paths(&path));
            command.env("PATH", std::env::join_paths(folders).unwrap());
        }
        command
    }

    /// Runs a verb: exit code, what it printed, what it complained of.
    pub fn run(&self, words: &[&str]) -> (i32, Value, String) {
        let output = self.command(words).output().unwrap();
        (
            output.status.code().unwrap(),
            serde_json::from_slice(&output.stdout).unwrap_or(Value::Null),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    }

    /// Serves it on loopback.
    pub fn serve(&self) -> Served {
        self.serve_with(&[])
    }

    /// The same with more words.
    pub fn serve_with(&self, words: &[&str]) -> Served {
        let mut child = self
            .command(&[&["serve", "--insecure-loopback"], words].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        let first: Value = serde_json::from_str(&line).unwrap();
        let address = first["address"].as_str().unwrap();
        let address = address.strip_prefix("http://").unwrap().to_owned();
        Served { child, address }
    }
}

/// A service that runs; it ends with the test.
pub struct Served {
    child: Child,
    pub address: String,
}

impl Served {
    pub fn end(mut self) {
        let id = self.child.id().to_string();
        let status = Command::new("kill").args(["-TERM", &id]).status();
        assert!(status.unwrap().success());
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Everything in a folder, copied.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(std::fs::copy(entry.path(), target).unwrap()),
        }
    }
}
