//! A station and the service it sends to, made and run with the program as staff do it.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// Who collects, and the password.
pub const OPERATOR: [&str; 2] = ["TEST-operator", "correct horse battery"];
/// Who releases, and the password.
pub const SUPERVISOR: [&str; 2] = ["TEST-supervisor", "staple of another sort"];

/// The folders of a station and its service.
pub struct Place {
    folder: TempDir,
}

/// The station's server.
pub struct Server {
    process: Child,
    /// Where its pages are, with the token that lets one browser in.
    pub address: String,
}

impl Place {
    /// Makes both, with an operator and a supervisor whose keys the service knows.
    pub fn new(profile: &str) -> Self {
        let place = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        fs::create_dir(place.inbox()).unwrap();
        fs::create_dir(place.path("stick")).unwrap();
        // Taking packets in needs no document signer.
        place.run(["init", &place.text("service")]);
        place.intake(["init", "--name", "TEST service"]);
        let (service, inbox) = (
            place.text("service/intake/service.json"),
            place.text("inbox"),
        );
        place.station([
            "init",
            "--name",
            "Tram thu nhan 07",
            "--service",
            &service,
            "--profile",
            profile,
            "--inbox",
            &inbox,
        ]);
        for (role, [name, secret]) in [("operator", OPERATOR), ("supervisor", SUPERVISOR)] {
            let file = place.path(&format!("{role}.secret"));
            fs::write(&file, secret).unwrap();
            place.station([
                "operator",
                "add",
                name,
                "--role",
                role,
                "--secret-file",
                &file.display().to_string(),
            ]);
        }
        let people = fs::read_dir(place.path("station/people"))
            .unwrap()
            .map(|entry| entry.unwrap().path());
        let public = people.filter(|path| path.extension() == Some("json".as_ref()));
        let known: Vec<String> = public
            .map(|path| path.display().to_string())
            .chain([place.text("station/station.json")])
            .collect();
        assert_eq!(known.len(), 3, "{known:?}");
        for file in known {
            place.intake(["register", &file]);
        }
        place
    }

    /// Something in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    /// Where the scanner's program writes.
    pub fn inbox(&self) -> PathBuf {
        self.path("inbox")
    }

    /// Writes a file as a scanner's program should: under another name first.
    pub fn scan(&self, print: &Path, name: &str) {
        let unfinished = self.inbox().join(format!(".{name}.part"));
        fs::copy(print, &unfinished).unwrap();
        fs::rename(unfinished, self.inbox().join(name)).unwrap();
    }

    /// Starts the server.
    pub fn serve(&self) -> Server {
        let mut process = command([
            "station",
            "--station",
            &self.text("station"),
            "serve",
            "--port",
            "0",
        ])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let start = line
            .find("http://")
            .unwrap_or_else(|| panic!("no address: {line}"));
        let address = line[start..]
            .split(['"', '\n', ' '])
            .next()
            .unwrap_or_default()
            .to_owned();
        Server { process, address }
    }

    /// Sends what waits on a stick to the service, which takes it in and lists it:
    /// it opens only if it is whole, and signed by those it knows.
    pub fn deliver(&self) -> String {
        let stick = self.text("stick");
        self.station(["outbox", "send", "--to", &stick]);
        self.intake(["take", &stick]);
        self.intake(["list"])
    }

    /// Runs a word of the station.
    pub fn station<const N: usize>(&self, words: [&str; N]) -> String {
        let folder = self.text("station");
        self.run(["station", "--station", &folder].into_iter().chain(words))
    }

    fn intake<const N: usize>(&self, words: [&str; N]) -> String {
        let config = self.text("service/issuance-service.toml");
        self.run(["intake", "--config", &config].into_iter().chain(words))
    }

    fn run<A: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = A>) -> String {
        let output = command(words).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success(),
            "{said}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        said
    }
}

impl Server {
    /// As a power cut ends it.
    pub fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn command<A: AsRef<OsStr>>(words: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_issuance-service"));
    command.args(words).stdin(Stdio::null());
    command
}
