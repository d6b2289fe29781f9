//! What the manual says of rights is what the service does, and every verb has its page.

use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn the_matrix_of_the_manual_is_that_of_the_program() {
    let manual = Path::new(env!("CARGO_MANIFEST_DIR")).join("SERVICE.md");
    let manual = fs::read_to_string(manual).unwrap();
    let (_, rest) = manual.split_once("<!-- matrix -->\n").unwrap();
    let (written, _) = rest.split_once("\n<!-- /matrix -->").unwrap();
    assert_eq!(
        written.trim(),
        access::matrix_markdown().trim(),
        "cargo run -p access --example matrix prints it"
    );
}

/// What the program says to these words.
fn said(words: &[&str]) -> String {
    let program = env!("CARGO_BIN_EXE_issuance-service");
    let output = Command::new(program).args(words).output().unwrap();
    assert!(output.status.success(), "{words:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_verb_has_its_page_and_its_completion() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("pages");
    assert_eq!(said(&["man", "--out", pages.to_str().unwrap()]), "");
    let script = said(&["completions", "bash"]);
    let mut waiting = vec![Vec::<String>::new()];
    let mut ways = 0;
    while let Some(way) = waiting.pop() {
        let name = [&["issuance-service".to_owned()], &way[..]]
            .concat()
            .join("-");
        let page = fs::read_to_string(pages.join(format!("{name}.1"))).expect(&name);
        assert!(page.contains(&format!(".TH {name} 1")), "{name}");
        ways += 1;
        let words: Vec<&str> = way.iter().map(String::as_str).chain(["--help"]).collect();
        let help = said(&words);
        let list = help.split("Commands:\n").nth(1).unwrap_or_default();
        for line in list.lines().take_while(|line| line.starts_with("  ")) {
            // What a long description goes on with is indented deeper than a verb.
            let verb = line[2..].split(' ').next().unwrap_or_default();
            if !verb.is_empty() && verb != "help" {
                assert!(script.contains(verb), "{verb}");
                waiting.push([&way[..], &[verb.to_owned()]].concat());
            }
        }
    }
    assert_eq!(fs::read_dir(&pages).unwrap().count(), ways);
    assert!(ways > 40, "{ways}");
}
