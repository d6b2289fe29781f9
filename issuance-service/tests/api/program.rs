//! The program itself: an empty folder, signals, settings out of the environment, the verbs beside it.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

struct Served {
    child: Child,
    first: Value,
    took: Duration,
}

fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_issuance-service"));
    command
        .arg("--config")
        .arg(folder.join("issuance-service.toml"))
        .args(["--output-format", "json"]);
    command.env("ISSUANCE_SERVICE__SERVE__LISTEN", "127.0.0.1:0");
    command
}

fn serve(folder: &Path, more: &[&str]) -> Served {
    let begun = Instant::now();
    let mut child = program(folder)
        .arg("serve")
        .args(more)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    let first = serde_json::from_str(&line).unwrap_or_else(|_| {
        let _ = child.kill();
        let output = std::mem::replace(&mut child, Command::new("true").spawn().unwrap())
            .wait_with_output()
            .unwrap();
        panic!("{line:?}: {}", String::from_utf8_lossy(&output.stderr))
    });
    Served {
        child,
        first,
        took: begun.elapsed(),
    }
}

fn signal(child: &Child, name: &str) {
    let status = Command::new("kill")
        .args([format!("-{name}"), child.id().to_string()])
        .status()
        .unwrap();
    assert!(status.success());
}

fn ended(child: Child) -> (i32, String) {
    let output = child.wait_with_output().unwrap();
    (
        output.status.code().unwrap_or(-1),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

fn run(folder: &Path, words: &[&str]) -> (i32, Value) {
    let output = program(folder).args(words).output().unwrap();
    (
        output.status.code().unwrap(),
        serde_json::from_slice(&output.stdout).unwrap_or(Value::Null),
    )
}

#[test]
fn an_empty_folder_becomes_a_service() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("service");
    let served = serve(&home, &["--insecure-loopback"]);
    println!(
        "start on an empty folder, to the first line: {:?}",
        served.took
    );
    let link = served.first["administrator_link"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(link.contains("/invitation#") && link.starts_with("http://127.0.0.1:"));
    assert_eq!(served.first["made"], true);
    let address = served.first["address"]
        .as_str()
        .unwrap()
        .strip_prefix("http://")
        .unwrap()
        .to_owned();
    let answer = ask(
        &address,
        "GET /health/ready HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
    );
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    // Without TLS no browser is told to come by TLS only.
    assert!(
        !answer.to_lowercase().contains("strict-transport-security"),
        "{answer}"
    );
    signal(&served.child, "TERM");
    let (code, log) = ended(served.child);
    assert_eq!(code, 0, "{log}");
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}")))
        .collect();
    assert!(
        lines
            .iter()
            .any(|line| line["target"] == "service" && line["message"] == "ended"),
        "{log}"
    );
    #[cfg(unix)]
    for file in [
        "keys/devices.key",
        "keys/audit.key",
        "intake/keys/register.key",
        "register.sqlite",
    ] {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(home.join(file))
            .unwrap()
            .permissions()
            .mode()
            & 0o777;
        assert_eq!(mode, 0o600, "{file}");
    }
    // The second start makes nothing anew but the link.
    let key = std::fs::read(home.join("keys/audit.key")).unwrap();
    let served = serve(&home, &["--insecure-loopback"]);
    println!("start again: {:?}", served.took);
    assert_eq!(served.first["made"], false);
    assert_ne!(served.first["administrator_link"], link.as_str());
    signal(&served.child, "INT");
    assert_eq!(ended(served.child).0, 0);
    assert_eq!(std::fs::read(home.join("keys/audit.key")).unwrap(), key);
}

fn ask(address: &str, request: &str) -> String {
    use std::io::{Read as _, Write as _};
    let mut socket = std::net::TcpStream::connect(address).unwrap();
    socket.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    let _ = socket.read_to_string(&mut answer);
    answer
}

/// What was begun when the signal came is finished; what comes later finds nobody.
#[test]
fn what_was_begun_is_finished() {
    use std::io::{Read as _, Write as _};
    let folder = tempfile::tempdir().unwrap();
    let served = serve(&folder.path().join("service"), &["--insecure-loopback"]);
    let address = served.first["address"]
        .as_str()
        .unwrap()
        .strip_prefix("http://")
        .unwrap()
        .to_owned();
    let mut begun = std::net::TcpStream::connect(&address).unwrap();
    let body = r#"{"login":"test.x","password":"y","code":"0"}"#;
    let head = format!(
        "POST /v1/sessions HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    begun.write_all(head.as_bytes()).unwrap();
    begun.write_all(&body.as_bytes()[..10]).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    signal(&served.child, "TERM");
    std::thread::sleep(Duration::from_millis(300));
    assert!(
        std::net::TcpStream::connect(&address).is_err(),
        "nobody is let in any more"
    );
    begun.write_all(&body.as_bytes()[10..]).unwrap();
    let mut answer = String::new();
    begun.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    let (code, log) = ended(served.child);
    assert_eq!(code, 0, "{log}");
    // What was refused in the last moment has its number: the journal ends last.
    let (code, report) = run(&folder.path().join("service"), &["doctor"]);
    assert_eq!(code, 0, "{report}");
    assert_eq!(report["log"]["waiting"], 0, "{report}");
}

#[test]
fn the_verbs_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("service");
    let served = serve(&home, &["--insecure-loopback"]);
    signal(&served.child, "TERM");
    ended(served.child);
    let (code, list) = run(&home, &["account", "list"]);
    assert_eq!(
        (code, &list["accounts"][0]["login"]),
        (0, &Value::from("administrator"))
    );
    let (code, link) = run(&home, &["account", "link", "--login", "administrator"]);
    assert_eq!(code, 0, "{link}");
    assert_eq!(link["token"].as_str().unwrap().len(), 43);
    assert_eq!(
        run(&home, &["account", "link", "--login", "nobody.here"]).0,
        1
    );
    let invite = [
        "administrator",
        "invite",
        "--login",
        "test.second",
        "--name",
        "TEST Second",
    ];
    let (code, link) = run(&home, &invite);
    assert_eq!((code, link["token"].as_str().unwrap().len()), (0, 43));
    assert_eq!(run(&home, &invite).0, 2, "the name is somebody's");
    let reset = |login| run(&home, &["administrator", "reset", "--login", login]);
    assert_eq!(reset("administrator").0, 0);
    assert_eq!(reset("nobody.here").0, 1);
    // Who has not come in is not kept out, and nobody is who is not there.
    for (login, code) in [("test.second", 2), ("nobody.here", 1)] {
        for verb in ["lock", "unlock"] {
            assert_eq!(run(&home, &["account", verb, "--login", login]).0, code);
        }
    }
    let out = folder.path().join("device");
    let out = out.to_str().unwrap();
    let (code, issued) = run(
        &home,
        &[
            "device",
            "issue",
            "--kind",
            "station",
            "--name",
            "TEST Station",
            "--to",
            out,
        ],
    );
    assert_eq!(code, 0, "{issued}");
    for file in ["device.key", "device.crt", "authority.crt"] {
        assert!(Path::new(out).join(file).is_file(), "{file}");
    }
    let id = issued["device"].as_str().unwrap();
    assert_eq!(run(&home, &["device", "revoke", "--id", id]).0, 0);
    let (_, list) = run(&home, &["device", "list"]);
    assert_eq!(list["devices"][0]["revoked"], true);
    let (code, report) = run(&home, &["doctor"]);
    assert_eq!(code, 0, "{report}");
    assert_eq!(run(&home, &["--check-config"]).0, 0);
    // What was changed behind its back is found and named.
    let register = home.join("register.sqlite");
    let mut octets = std::fs::read(&register).unwrap();
    let needle = b"\"what\":\"revoked\"";
    let at = octets
        .windows(needle.len())
        .position(|part| part == needle)
        .expect("the entry is in the file");
    octets[at + 9..at + 16].copy_from_slice(b"renewed");
    std::fs::write(&register, octets).unwrap();
    let (code, report) = run(&home, &["doctor"]);
    assert_eq!(code, 6, "{report}");
    assert!(report["findings"].to_string().contains("entry"), "{report}");
}

#[test]
fn settings_that_cannot_work_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("service");
    assert_eq!(run(folder.path(), &["init", home.to_str().unwrap()]).0, 0);
    for (name, value) in [
        ("ISSUANCE_SERVICE__SERVE__WORKERS", "0"),
        ("ISSUANCE_SERVICE__SERVE__NAME", "a:b"),
        ("ISSUANCE_SERVICE__SERVE__METRICS", "0.0.0.0:1"),
        ("ISSUANCE_SERVICE__SERVE__NO_SUCH_THING", "1"),
        ("ISSUANCE_SERVICE__SERVE__LISTEN", "nowhere"),
        ("ISSUANCE_SERVICE__SERVE__CONNECTIONS_PER_ADDRESS", "0"),
        ("ISSUANCE_SERVICE__SERVE__SESSIONS__IDLE_MINUTES", "0"),
    ] {
        let output = program(&home)
            .env(name, value)
            .arg("--check-config")
            .output()
            .unwrap();
        assert_eq!(
            output.status.code(),
            Some(2),
            "{name}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}
