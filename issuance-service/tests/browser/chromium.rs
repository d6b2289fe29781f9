//! A real Chromium, driven over its DevTools protocol through a pipe: no port, no driver program, no library.

use std::collections::HashMap;
use std::env;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

/// The variable that names the browser; `cargo xtask test` sets it.
pub const VARIABLE: &str = "CARD_TOOLCHAIN_CHROMIUM";
/// Longest wait for an answer of the browser.
const ANSWER: Duration = Duration::from_secs(60);
/// The protocol's file descriptors are 3 and 4: a shell moves the pipes there.
const MOVE_PIPES: &str = r#"exec "$@" 3<&0 4>&1 </dev/null >/dev/null 2>/dev/null"#;

/// The browser and its one page.
pub struct Chromium {
    process: Child,
    pipe: ChildStdin,
    messages: Receiver<Value>,
    session: String,
    last: u64,
    /// What the page complained of: uncaught errors, refused loads, breaches of its own policy.
    pub complaints: Vec<String>,
    _profile: TempDir,
}

impl Chromium {
    /// Starts it with a camera that shows a file of JPEG pictures, or with none.
    pub fn start(camera: Option<&Path>) -> Self {
        let program = env::var_os(VARIABLE)
            .unwrap_or_else(|| panic!("{VARIABLE} must name Chromium: run `cargo xtask test`"));
        let profile = tempfile::tempdir().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", MOVE_PIPES, "sh"]).arg(program);
        command.args([
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--remote-debugging-pipe",
        ]);
        command.args([
            "--no-first-run",
            "--disable-background-networking",
            "--use-fake-ui-for-media-stream",
        ]);
        command.arg(format!("--user-data-dir={}", profile.path().display()));
        if let Some(file) = camera {
            command.arg("--use-fake-device-for-media-stream");
            command.arg(format!(
                "--use-file-for-fake-video-capture={}",
                file.display()
            ));
        }
        let mut process = command
            .arg("about:blank")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let pipe = process.stdin.take().unwrap();
        let messages = listen(process.stdout.take().unwrap());
        let mut browser = Self {
            process,
            pipe,
            messages,
            session: String::new(),
            last: 0,
            complaints: Vec::new(),
            _profile: profile,
        };
        browser.attach();
        browser
    }

    fn attach(&mut self) {
        let page = self.call("Target.createTarget", json!({"url": "about:blank"}));
        let target = page["targetId"].as_str().unwrap();
        let session = self.call(
            "Target.attachToTarget",
            json!({"targetId": target, "flatten": true}),
        );
        session["sessionId"]
            .as_str()
            .unwrap()
            .clone_into(&mut self.session);
        for domain in ["Page", "Runtime", "Log", "DOM", "Accessibility"] {
            self.call(&format!("{domain}.enable"), json!({}));
        }
    }

    /// Calls a method of the protocol and waits for its answer.
    pub fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.last += 1;
        let mut message = HashMap::from([
            ("id", json!(self.last)),
            ("method", json!(method)),
            ("params", parameters),
        ]);
        if !self.session.is_empty() {
            message.insert("sessionId", json!(self.session));
        }
        let mut bytes = serde_json::to_vec(&message).unwrap();
        bytes.push(0);
        self.pipe.write_all(&bytes).unwrap();
        loop {
            let answer = self
                .messages
                .recv_timeout(ANSWER)
                .unwrap_or_else(|_| panic!("no answer to {method}"));
            if answer["id"] == json!(self.last) {
                assert!(answer.get("error").is_none(), "{method}: {answer}");
                return answer["result"].clone();
            }
            self.overhear(&answer);
        }
    }

    fn overhear(&mut self, event: &Value) {
        let said = match event["method"].as_str() {
            Some("Runtime.exceptionThrown") => &event["params"]["exceptionDetails"],
            Some("Log.entryAdded") if event["params"]["entry"]["level"] == "error" => {
                &event["params"]["entry"]
            }
            _ => return,
        };
        self.complaints.push(said.to_string());
    }
}

/// Messages end with a zero byte.
fn listen(output: std::process::ChildStdout) -> Receiver<Value> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for message in BufReader::new(output).split(0).map_while(Result::ok) {
            let Ok(message) = serde_json::from_slice(&message) else {
                break;
            };
            if sender.send(message).is_err() {
                break;
            }
        }
    });
    receiver
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // It ends by itself when its pipe is closed; a browser that does not is ended.
        let _ = self
            .pipe
            .write_all(b"{\"id\":0,\"method\":\"Browser.close\"}\0");
        for _ in 0..50 {
            if matches!(self.process.try_wait(), Ok(Some(_))) {
                return;
            }
            thread::sleep(Duration::from_millis(100));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
