//! Secrets go in and never come out: not in words, traces, JSON or reports, and not in errors about the secrets themselves.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod support;

use std::path::Path;

use support::secrets::Secrets;
use support::{Ended, card_tool, end, run, tree, word};

const CSCA: &str = "fixtures/pki/vn-cccd-2021/csca.der";
const USAGE: i32 = 2;

/// Everything that a demo makes is known afterwards: passwords, master keys, private keys of issuers and chips.
#[test]
fn a_demo_with_trace_shows_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let arguments = ["demo", "--transport", "memory", "-v", "--out", word(&out)];
    let ended = run(arguments).expect(0);
    assert!(ended.stderr.contains("> 00B09C00"), "commands are traced");

    let mut secrets = Secrets::default();
    secrets.add_folder(&out);
    let people = ["uto-passport-anton", "vn-citizen-dao", "vn-citizen-nam"];
    for person in people {
        let person = out.join(person);
        let text = |name: &str| std::fs::read_to_string(person.join(name)).unwrap();
        secrets.add_passwords(&text("can.txt"), &text("mrz.txt"));
        secrets.add_chip(&person.join("card.json"));
        let chip = std::fs::read(person.join("card.json")).unwrap();
        let known = secrets.found_in(&chip);
        for secret in ["CAN", "private key of the chip", "seed of the MRZ password"] {
            assert!(known.contains(&secret), "where they stand they are found");
        }
    }
    secrets.must_not_be_in("the trace", ended.stderr.as_bytes());
    secrets.must_not_be_in("the table", ended.stdout.as_bytes());
    let mut reports = 0;
    for (path, content) in tree(&out) {
        if is_report(&path) {
            reports += 1;
            secrets.must_not_be_in(&path.display().to_string(), &content);
        }
    }
    assert_eq!(reports, people.len() * 12 + 2);
}

/// Pages, JSON reports, register and summary; not the chips, and not what is printed on the card.
fn is_report(path: &Path) -> bool {
    let name = path.file_name().unwrap().to_str().unwrap();
    let report = ["pace-can", "pace-mrz", "bac"]
        .iter()
        .any(|way| name == format!("{way}.json"));
    report
        || ["-report.json", ".html", ".jsonl"]
            .iter()
            .any(|end| name.ends_with(end))
        || name == "summary.json"
}

#[test]
fn keys_are_made_and_shown_and_explained_without_being_told() {
    let folder = tempfile::tempdir().unwrap();
    let (keys, pki) = (folder.path().join("keys"), folder.path().join("pki"));
    let mut outputs = vec![
        run(["keys", "init", word(&keys)]).expect(0),
        run([
            "pki",
            "init",
            word(&pki),
            "--country",
            "VN",
            "--state",
            "VNM",
            "--document-types",
            "I",
        ])
        .expect(0),
    ];
    let mut secrets = Secrets::default();
    secrets.add_folder(folder.path());
    for form in ["text", "json"] {
        let show = ["pki", "show", word(&pki), "-v", "--output-format", form];
        outputs.push(run(show).expect(0));
        for path in tree(folder.path()).keys() {
            outputs.push(run(["explain", word(path), "-v", "--output-format", form]));
        }
    }
    for Ended { stdout, stderr, .. } in outputs {
        secrets.must_not_be_in("an output", (stdout + "\n" + &stderr).as_bytes());
    }
}

/// What is wrong with each: the option, the variable, the content.
const HOSTILE: [(&str, &str, &[u8]); 12] = [
    ("--can-file", "CARD_CAN", b"12345"),
    ("--can-file", "CARD_CAN", b"8472915536"),
    ("--can-file", "CARD_CAN", b"84729O"),
    ("--can-file", "CARD_CAN", b"84\x00729"),
    ("--can-file", "CARD_CAN", b"\x1b[31m84729\x1b[0m"),
    ("--can-file", "CARD_CAN", "８４７２９１".as_bytes()),
    ("--mrz-file", "CARD_MRZ", b"S8472915<<6807302611169"),
    ("--mrz-file", "CARD_MRZ", b"S84729155,680730,26111"),
    ("--mrz-file", "CARD_MRZ", b"S84729155,68O730,261116"),
    ("--mrz-file", "CARD_MRZ", b"S84729155,680730"),
    (
        "--mrz-file",
        "CARD_MRZ",
        b"IDVNM0810000175001081000017<<6\n8104122M4104124VNM<<<<<<<<<<<5\nNGUYEN<<VAN<MAU<SPECIMEN<<<<<<",
    ),
    (
        "--mrz-file",
        "CARD_MRZ",
        b"IDVNM0810000175001081000017<<6\n8104122M4104124VNM<<<<<<<<<<<4\nNGUYEN<<VAN<MAU<specimen<<<<<<",
    ),
];

#[test]
fn a_hostile_password_is_refused_by_name_and_not_repeated() {
    let folder = tempfile::tempdir().unwrap();
    for (option, variable, content) in HOSTILE {
        let file = folder.path().join("the-secret.txt");
        std::fs::write(&file, content).unwrap();
        let ended = run(["verify", "--trust", CSCA, option, word(&file)]);
        assert_refused(&ended, word(&file), content);

        let text = std::str::from_utf8(content).unwrap();
        if !text.contains('\0') {
            let mut command = card_tool(["verify", "--trust", CSCA]);
            let ended = end(command.env(variable, text));
            assert_refused(&ended, variable, content);
        }
    }
}

#[test]
fn a_file_that_is_no_password_is_refused_by_name_and_not_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("the-secret.txt");
    let long = b"84729155".repeat(1 << 20);
    for content in [
        &long[..],
        b"",
        b"\n\n",
        b"\xff\xfe84729155\x00",
        &long[..1024],
    ] {
        for option in ["--can-file", "--mrz-file"] {
            std::fs::write(&file, content).unwrap();
            let ended = run(["verify", "--trust", CSCA, option, word(&file)]);
            assert_refused(&ended, word(&file), content);
        }
    }
}

/// The place is named, and no four characters in a row of the content are repeated.
#[track_caller]
fn assert_refused(ended: &Ended, place: &str, content: &[u8]) {
    let said = format!("{}{}", ended.stdout, ended.stderr);
    assert_eq!(ended.code, Some(USAGE), "{said}");
    assert!(said.contains(place), "{said}");
    assert!(!said.contains('\x1b'), "{said:?}");
    let said = said.replace(place, "");
    for window in String::from_utf8_lossy(content).lines().flat_map(windows) {
        assert!(!said.contains(&window), "{window} in {said}");
    }
}

/// Four characters that are no filling and no word of ours.
fn windows(line: &str) -> Vec<String> {
    let characters: Vec<char> = line.chars().collect();
    characters
        .windows(4)
        .filter(|window| window.iter().any(char::is_ascii_digit))
        .map(|window| window.iter().collect())
        .collect()
}

#[test]
fn a_secret_is_found_in_every_form_and_a_part_of_a_number_is_none() {
    let mut secrets = Secrets::default();
    secrets.add("CAN", b"123456");
    for leak in [
        "CAN 123456",
        "31 32 33 34 35 36",
        "0x313233343536",
        "key=MTIzNDU2",
        "[49, 50, 51, 52, 53, 54]",
    ] {
        assert_eq!(secrets.found_in(leak.as_bytes()), ["CAN"], "{leak}");
    }
    assert_eq!(secrets.found_in(b"0.9123456 and A123456B"), [""; 0]);
}
