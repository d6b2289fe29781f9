//! The folders of a service and of a station that it knows, made with the program as staff do it.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use issuance_service::CONFIG;

/// The station's name.
const STATION: &str = "TEST Tram 07";
/// Who enrols and who releases there, with their passwords.
pub const CREW: [[&str; 3]; 2] = [
    ["operator", "TEST-operator", "correct horse battery"],
    ["supervisor", "TEST-supervisor", "staple of another sort"],
];

/// Makes the folders of a service and a station that knows it, with the program as staff do it.
pub fn station(folder: &Path) {
    let text = |name: &str| folder.join(name).display().to_string();
    for name in ["inbox", "stick"] {
        fs::create_dir(folder.join(name)).unwrap();
    }
    run(["init", &text("service")]);
    let config = folder.join("service").join(CONFIG).display().to_string();
    run([
        "intake",
        "--config",
        &config,
        "init",
        "--name",
        "TEST service",
    ]);
    let at = text("station");
    run([
        "station",
        "--station",
        &at,
        "init",
        "--name",
        STATION,
        "--service",
        &text("service/intake/service.json"),
        "--profile",
        "vn-cccd-2021",
        "--inbox",
        &text("inbox"),
    ]);
    for [role, name, secret] in CREW {
        let file = folder.join(format!("{role}.secret"));
        fs::write(&file, secret).unwrap();
        run([
            "station",
            "--station",
            &at,
            "operator",
            "add",
            name,
            "--role",
            role,
            "--secret-file",
            &file.display().to_string(),
        ]);
    }
    let people = fs::read_dir(folder.join("station/people"))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let keys = people.filter(|path| path.extension() == Some("json".as_ref()));
    for file in keys.chain([folder.join("station/station.json")]) {
        run([
            "intake",
            "--config",
            &config,
            "register",
            &file.display().to_string(),
        ]);
    }
}

/// Runs a word of the program.
pub fn run<A: AsRef<OsStr>>(words: impl IntoIterator<Item = A>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_issuance-service"));
    let output = command.args(words).stdin(Stdio::null()).output().unwrap();
    let said =
        [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
    assert!(output.status.success(), "{said:?}");
}
