//! The manual in `docs/`: every command in it is run, chapter by chapter, with the real programs, and says what the chapter shows.
//!
//! A chapter is a story: its blocks run one after the other, in one shell and a fresh folder in which `fixtures` is that of this tree.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing
)]

#[path = "manual/chapter.rs"]
mod chapter;
#[path = "manual/session.rs"]
mod session;

use std::{collections::BTreeSet, fs, path::Path};

use chapter::Chapter;

/// Blocks that no test can run. Each says in the chapter why, and a new one is to be thought over.
const NOT_RUN: usize = 4;
/// The folder of a language in which chapters are told once more.
const TRANSLATED: &str = "vi";

fn chapters() -> Vec<Chapter> {
    chapter::below(&test_support::root().join("docs"))
}

#[test]
#[ignore = "needs the pcscd of `cargo xtask test`"]
fn every_command_of_the_manual_does_what_it_says() {
    let chapters = chapters();
    let mut failed = Vec::new();
    let mut run = 0;
    for chapter in chapters.iter().filter(|chapter| !chapter.is_translated()) {
        println!("{}", chapter.name);
        match session::run(chapter) {
            Ok(blocks) => run += blocks,
            Err(why) => failed.push(format!("{}: {why}", chapter.name)),
        }
    }
    println!("{run} blocks were run");
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
    assert!(run >= 40, "{run} blocks only");
}

#[test]
fn what_is_not_run_says_why() {
    let mut left_out = Vec::new();
    for chapter in &chapters() {
        for block in &chapter.blocks {
            if let Some(why) = &block.not_run {
                assert!(why.len() > 10, "{}:{}: {why}", chapter.name, block.line);
                left_out.push(format!("{}:{}: {why}", chapter.name, block.line));
            }
        }
    }
    println!("not run:\n{}", left_out.join("\n"));
    let own: Vec<_> = left_out
        .iter()
        .filter(|line| !line.starts_with(TRANSLATED))
        .collect();
    assert_eq!(own.len(), NOT_RUN, "{own:#?}");
}

/// Commands are commands in every language: what runs in one chapter runs in its translation.
#[test]
fn a_translated_chapter_has_the_same_commands() {
    let chapters = chapters();
    let mut translated = 0;
    for chapter in chapters.iter().filter(|chapter| chapter.is_translated()) {
        let name = &chapter.name[TRANSLATED.len() + 1..];
        let original = chapters.iter().find(|other| other.name == name);
        let original = original.unwrap_or_else(|| panic!("{} translates nothing", chapter.name));
        assert_eq!(
            commands(chapter),
            commands(original),
            "{} and {name}",
            chapter.name
        );
        translated += 1;
    }
    assert!(translated >= 3, "{translated}");
}

fn commands(chapter: &Chapter) -> Vec<(&str, i32, &[String])> {
    chapter
        .blocks
        .iter()
        .map(|block| (block.commands.as_str(), block.code, &block.shown[..]))
        .collect()
}

/// What a link of the manual leads to is there, the heading as well.
#[test]
fn links_lead_somewhere() {
    let docs = test_support::root().join("docs");
    let mut links = 0;
    let mut reached = BTreeSet::new();
    for chapter in &chapters() {
        let path = docs.join(&chapter.name);
        let text = fs::read_to_string(&path).unwrap();
        for target in chapter::links(&text) {
            links += 1;
            let (file, heading) = target.split_once('#').unwrap_or((target, ""));
            let file = match file {
                "" => path.clone(),
                file => path.parent().unwrap().join(file),
            };
            assert!(file.exists(), "{}: {target}", chapter.name);
            if !heading.is_empty() {
                let there = fs::read_to_string(&file).unwrap();
                assert!(
                    chapter::anchors(&there).contains(heading),
                    "{}: {target}",
                    chapter.name
                );
            }
            reached.insert(fs::canonicalize(file).unwrap());
        }
    }
    assert!(links > 20, "{links}");
    // The door itself is led to from outside.
    let is_reached = |name: &str| name == "README.md" || reached.contains(&real(&docs.join(name)));
    let stranded = |chapter: &&Chapter| !is_reached(&chapter.name);
    let chapters = chapters();
    let stranded: Vec<_> = chapters.iter().filter(stranded).collect();
    assert!(stranded.is_empty(), "nothing leads to {stranded:?}");
}

fn real(path: &Path) -> std::path::PathBuf {
    fs::canonicalize(path).unwrap()
}
