//! What is asked of people at a terminal: a yes before what cannot be undone, and each person's part of the secret. The terminal
//! is that of `script` (util-linux).

#![cfg(unix)]

use std::io::{Read as _, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};

use super::house::{DONE, House, PERSONS, SECRETS};
use super::support::until;

const INTERRUPTED: i32 = 130;

/// A `card-tool` at a terminal.
struct Terminal {
    child: Child,
    keyboard: ChildStdin,
    screen: Arc<Mutex<String>>,
    seen: usize,
}

impl Terminal {
    fn start(arguments: &[&str]) -> Self {
        let quoted: Vec<String> = [&[env!("CARGO_BIN_EXE_card-tool")][..], arguments]
            .concat()
            .iter()
            .map(|word| format!("'{word}'"))
            .collect();
        let mut command = Command::new("script");
        command.args([
            "--quiet",
            "--return",
            "--command",
            &quoted.join(" "),
            "/dev/null",
        ]);
        for (name, _) in SECRETS {
            command.env_remove(name);
        }
        command
            .env("TERM", "xterm")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut output = child.stdout.take().unwrap();
        let screen = Arc::new(Mutex::new(String::new()));
        let written = Arc::clone(&screen);
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = output.read(&mut buffer) {
                let text = String::from_utf8_lossy(&buffer[..count]).into_owned();
                written.lock().unwrap().push_str(&text);
            }
        });
        Self {
            keyboard: child.stdin.take().unwrap(),
            child,
            screen,
            seen: 0,
        }
    }

    /// Waits for a question and types the answer.
    fn answer(&mut self, question: &str, answer: &str) {
        until(question, || {
            let screen = self.screen.lock().unwrap();
            let found = screen[self.seen..].find(question);
            found.is_some_and(|at| {
                self.seen += at + question.len();
                true
            })
        });
        // The program turns the echo off behind its question.
        std::thread::sleep(std::time::Duration::from_millis(300));
        self.keyboard.write_all(answer.as_bytes()).unwrap();
        self.keyboard.flush().unwrap();
    }

    fn end(mut self, code: i32) -> String {
        let mut status = None;
        until("the end of the program", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        let screen = self.screen.lock().unwrap().clone();
        assert_eq!(status.unwrap().code(), Some(code), "{screen}");
        screen
    }
}

fn ceremony<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [&["pki", "csca"], arguments, &PERSONS].concat()
}

#[test]
fn two_persons_say_yes_and_type_their_parts() {
    let house = House::ready();
    let root = house.path("root");
    let before = house.bytes("root/journal.jsonl");
    let mut refused = Terminal::start(&ceremony(&["crl", &root]));
    refused.answer("Issue the revocation list 1, with TEST ONE", "n");
    let screen = refused.end(INTERRUPTED);
    assert!(screen.contains("nothing was changed"), "{screen}");
    assert!(house.bytes("root/journal.jsonl") == before);
    let mut done = Terminal::start(&ceremony(&["crl", &root]));
    done.answer("Issue the revocation list 1", "y");
    done.answer(
        "Part 1 of the secret, TEST ONE",
        &format!("{}\n", SECRETS[0].1),
    );
    done.answer(
        "Part 2 of the secret, TEST TWO",
        &format!("{}\n", SECRETS[1].1),
    );
    let screen = done.end(DONE);
    for (name, secret) in SECRETS {
        assert!(!screen.contains(secret), "{name} on the screen");
    }
    assert!(house.file("root/csca.crl").exists());
}

#[test]
fn a_new_secret_is_typed_twice() {
    let house = House::new();
    let root = house.path("root");
    let init = [
        "init",
        &root,
        "--country",
        "UT",
        "--state",
        "UTO",
        "--algorithm",
        "ecdsa-p256",
        "--document-types",
        "P",
    ];
    let mut terminal = Terminal::start(&ceremony(&init));
    terminal.answer("Generate the key of CSCA UTO", "y");
    let line = |text: &str| format!("{text}\n");
    terminal.answer("Part 1 of the secret", &line(SECRETS[0].1));
    terminal.answer("Once more", &line("mistyped this time"));
    terminal.answer("Not the same.", "");
    terminal.answer("Part 1 of the secret", &line(SECRETS[0].1));
    terminal.answer("Once more", &line(SECRETS[0].1));
    terminal.answer("Part 2 of the secret", &line(SECRETS[1].1));
    terminal.answer("Once more", &line(SECRETS[1].1));
    terminal.end(DONE);
    // What was typed opens it.
    house.ceremony(&["crl", &root]).expect(DONE);
}
