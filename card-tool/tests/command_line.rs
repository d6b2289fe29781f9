//! What scripts and people depend on: help with examples, exit codes, errors as JSON, and no waiting for input that cannot come.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod support;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Stdio;

use support::{Running, card_tool, run, tree, word};

const USAGE: i32 = 2;
const READER: i32 = 5;
const KEY_STORE: i32 = 6;
const POLICY: i32 = 7;

const CSCA: &str = "fixtures/pki/vn-cccd-2021/csca.der";
const CAN_FILE: &str = "fixtures/cards/vn-citizen-nam.can";

/// Every way to a verb, those with verbs below them as well.
fn ways() -> Vec<Vec<String>> {
    let mut waiting = vec![Vec::new()];
    let mut found = Vec::new();
    while let Some(way) = waiting.pop() {
        let help = run(way.iter().map(String::as_str).chain(["--help"]));
        let below = verbs(&help.expect(0).stdout);
        waiting.extend(
            below
                .into_iter()
                .map(|verb| [way.clone(), vec![verb]].concat()),
        );
        found.push(way);
    }
    found
}

/// The verbs that a help text lists.
fn verbs(help: &str) -> Vec<String> {
    let list = help.split("Commands:\n").nth(1).unwrap_or_default();
    list.lines()
        .take_while(|line| line.starts_with("  "))
        // What a long description goes on with is indented deeper than a verb.
        .filter(|line| !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|verb| *verb != "help")
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_verb_has_help_with_an_example() {
    let top = run(["--help"]).expect(0).stdout;
    let mut ways: Vec<Vec<String>> = verbs(&top).into_iter().map(|verb| vec![verb]).collect();
    assert!(ways.len() >= 12, "{ways:?}");
    let mut leaves = 0;
    while let Some(way) = ways.pop() {
        let help = run(way.iter().map(String::as_str).chain(["--help"]))
            .expect(0)
            .stdout;
        let below = verbs(&help);
        if below.is_empty() {
            leaves += 1;
            let (_, examples) = help.split_once("\nExample").expect(&help);
            let call = format!("card-tool {}", way.join(" "));
            assert!(examples.contains(&call), "{way:?}: {help}");
        }
        ways.extend(
            below
                .into_iter()
                .map(|verb| [way.clone(), vec![verb]].concat()),
        );
    }
    assert!(leaves >= 13, "{leaves}");
}

#[test]
fn exit_codes_say_whose_fault_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::create_dir(path("bad-keys")).unwrap();
    std::fs::write(path("bad-keys/transport.key"), "not a key").unwrap();
    run(["keys", "init", &path("keys")]).expect(0);
    let new = path("new.json");
    let (keys, bad_keys) = (path("keys"), path("bad-keys"));
    let cases: [(i32, &[&str], &str); 14] = [
        (USAGE, &[], "Usage"),
        (USAGE, &["fly"], "unrecognized"),
        (USAGE, &["verify"], "--trust"),
        (USAGE, &["readers", "--nonsense"], "--nonsense"),
        (USAGE, &["emulate", "--new", "--card", &new], "--keys"),
        (
            USAGE,
            &["personalise", "--record", "x", "--keys", &keys],
            "--profile",
        ),
        (
            USAGE,
            &["personalise", "--job", "x", "--void", "--keys", &keys],
            "cannot be used",
        ),
        (USAGE, &["apdu", "00A4zz"], "hexadecimal"),
        (USAGE, &["explain", "no-such-file"], "no-such-file"),
        (USAGE, &["verify", "--trust", CAN_FILE], CAN_FILE),
        (USAGE, &["pki", "show", &keys], "pki.toml"),
        (READER, &["readers"], "PC/SC"),
        (
            READER,
            &["verify", "--trust", CSCA, "--can-file", CAN_FILE],
            "pcscd",
        ),
        (
            KEY_STORE,
            &["emulate", "--new", "--card", &new, "--keys", &bad_keys],
            "transport.key",
        ),
    ];
    for (code, arguments, said) in cases {
        let ended = run(arguments).expect(code);
        assert!(
            ended.stderr.contains(said),
            "{arguments:?}: {}",
            ended.stderr
        );
        assert_eq!(ended.stdout, "", "{arguments:?}");
        assert!(!Path::new(&new).exists(), "{arguments:?}");
    }
}

#[test]
fn errors_are_json_where_that_was_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keys");
    run(["keys", "init", word(&keys)]).expect(0);
    let cases: [(i32, &str, &[&str]); 6] = [
        (USAGE, "usage", &["fly"]),
        (USAGE, "usage", &["pki", "init", "x", "--country", "VN"]),
        (USAGE, "usage", &["explain", "no-such-file"]),
        (USAGE, "usage", &["verify", "--trust", CSCA]),
        (READER, "reader", &["readers"]),
        (POLICY, "policy", &["keys", "init", word(&keys)]),
    ];
    for (code, outcome, arguments) in cases {
        for form in [&["--output-format", "json"][..], &["--output-format=json"]] {
            let ended = run(arguments.iter().chain(form)).expect(code);
            let error = ended.json();
            assert_eq!(error["exit_code"], code, "{error}");
            assert_eq!(error["outcome"], outcome, "{error}");
            let message = error["error"].as_str().unwrap();
            assert!(!message.is_empty() && !message.contains('\n'), "{message}");
            assert!(ended.stderr.contains(message), "{}", ended.stderr);
            assert!(error["hint"].is_string(), "{error}");
        }
    }
}

#[test]
fn a_missing_password_is_an_error_at_once_that_says_what_to_give() {
    for arguments in [
        &["verify", "--trust", CSCA][..],
        &["read", "--out", "no-such-folder"],
    ] {
        for asked in [&[][..], &["--no-input"], &["--output-format", "json"]] {
            // A pipe that nobody writes to and nobody closes: whoever reads from it waits for ever.
            let mut command = card_tool(arguments.iter().chain(asked));
            let mut running = Running::start(command.stdin(Stdio::piped()));
            let held = running.child.stdin.take();
            let ended = running.end().expect(USAGE);
            for word in [
                "password",
                "--mrz-file",
                "--can-file",
                "CARD_MRZ",
                "CARD_CAN",
            ] {
                assert!(ended.stderr.contains(word), "{}", ended.stderr);
            }
            drop(held);
        }
    }
    assert!(!test_support::root().join("no-such-folder").exists());
}

#[test]
fn completions_and_the_manual_know_every_verb() {
    let verbs = verbs(&run(["--help"]).expect(0).stdout);
    let mut scripts = BTreeSet::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = run(["completions", shell]).expect(0).stdout;
        for verb in &verbs {
            assert!(script.contains(verb.as_str()), "{shell}: {verb}");
        }
        scripts.insert(script);
    }
    assert_eq!(scripts.len(), 5, "each shell has its own");
    let manual = run(["man"]).expect(0).stdout;
    for verb in &verbs {
        assert!(manual.contains(&format!(".TH card-tool-{verb}")), "{verb}");
    }
}

#[test]
fn every_verb_has_its_page() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("pages");
    run(["man", "--out", word(&pages)]).expect(0);
    let ways = ways();
    for way in &ways {
        let name = [&["card-tool".to_owned()], &way[..]].concat().join("-");
        let page = std::fs::read_to_string(pages.join(format!("{name}.1"))).expect(&name);
        assert!(page.contains(&format!(".TH {name} 1")), "{name}");
    }
    assert_eq!(tree(&pages).len(), ways.len(), "a page for each, no other");
    assert!(ways.len() > 60, "{}", ways.len());
}

#[cfg(unix)]
#[test]
fn bash_takes_the_completions() {
    let load = format!(
        "source <({} completions bash) && complete -p card-tool",
        env!("CARGO_BIN_EXE_card-tool")
    );
    let mut bash = std::process::Command::new("bash");
    let loaded = support::end(bash.args(["-c", &load])).expect(0);
    assert!(loaded.stdout.contains("-F _card"), "{loaded:?}");
    assert_eq!(loaded.stderr, "");
}

/// Whoever reads the output may go away early: `card-tool … | head`.
#[test]
fn a_closed_pipe_is_no_failure() {
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keys");
    let pki = folder.path().join("pki");
    let mut init = vec!["pki", "init", word(&pki), "--country", "VN"];
    init.extend(["--state", "VNM", "--document-types", "I"]);
    run(init).expect(0);
    let cases: [&[&str]; 6] = [
        &["--help"],
        &["man"],
        &["completions", "bash"],
        &["keys", "init", word(&keys)],
        &["pki", "show", word(&pki)],
        &["pki", "show", word(&pki), "--output-format", "json"],
    ];
    for arguments in cases {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = card_tool(arguments);
        let mut child = command
            .stdout(writer)
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0), "{arguments:?}");
    }
    assert_eq!(tree(&keys).len(), 3, "the work was done all the same");
}

/// A pipe would be waited for for ever, and a device has no end.
#[cfg(unix)]
#[test]
fn what_is_no_file_is_refused_where_a_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let pipe = path("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let (root, store, issuer) = (path("root"), path("store"), path("issuer"));
    let persons = ["--person", "A", "--person", "B", "--yes"];
    for named in [pipe.as_str(), "/dev/zero", &path("")] {
        let cases: Vec<Vec<&str>> = vec![
            vec!["explain", named],
            vec!["pki", "lint", named],
            vec!["pki", "lint", CSCA, "--issuer", named],
            vec![
                "pki",
                "registrar",
                "init",
                &issuer,
                "--csca",
                named,
                "--document-types",
                "P",
            ],
            [
                &["pki", "csca", "restore", &root, "--from", named],
                &persons[..],
            ]
            .concat(),
            [
                &["pki", "csca", "revoke", &root, "--certificate", named],
                &persons[..],
            ]
            .concat(),
            vec!["read", "--out", &root, "--can-file", named],
        ];
        for arguments in cases {
            let refused = run(&arguments).expect(USAGE);
            assert!(
                refused.stderr.contains("no file"),
                "{arguments:?}: {}",
                refused.stderr
            );
        }
    }
    // Of a trust store a folder may be named.
    for named in [pipe.as_str(), "/dev/zero"] {
        run(["trust", "add", &store, named]).expect(USAGE);
    }
    // What the shell has opened is no name of a pipe.
    let mut command = std::process::Command::new("bash");
    let call = format!(
        "cat {CSCA} | {} explain /dev/stdin",
        env!("CARGO_BIN_EXE_card-tool")
    );
    command
        .args(["-c", &call])
        .current_dir(test_support::root());
    let shown = support::end(&mut command).expect(0);
    assert!(shown.stdout.contains("certificate"), "{}", shown.stdout);
}
