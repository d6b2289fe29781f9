//! Every example of a help text, and of the descriptions beside the program, is of the grammar.

use clap::{CommandFactory as _, Parser as _};

use super::Cli;

const NAME: &str = "card-tool";
const DESCRIPTIONS: [&str; 3] = [
    include_str!("../../EAC.md"),
    include_str!("../../FLOOR.md"),
    include_str!("../../DESK.md"),
];

/// The words of a line for a shell, up to the first that sends its output elsewhere or is a remark.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for letter in line.chars() {
        match (quote, letter) {
            (None, '\'' | '"') => quote = Some(letter),
            (Some(open), _) if open == letter => quote = None,
            (None, ' ') => words.push(String::new()),
            _ => words.last_mut().unwrap().push(letter),
        }
    }
    assert_eq!(quote, None, "{line}");
    words.retain(|word| !word.is_empty());
    let is_end = |word: &String| ["|", ">", "#", "Then:"].contains(&word.as_str());
    let end = words.iter().position(is_end).unwrap_or(words.len());
    words.truncate(end);
    // A fingerprint is written with its first digits.
    for word in words.iter_mut().filter(|word| word.ends_with(" …")) {
        *word = "0".repeat(64);
    }
    words
}

/// The calls in a text: lines that begin with the name, perhaps behind variables or a word with a colon. What stands for more
/// is left out.
fn calls(text: &str) -> Vec<Vec<String>> {
    let lines = text.lines().filter_map(|line| {
        let begin = line.find(&format!("{NAME} "))?;
        let (before, call) = line.split_at(begin);
        let mut before = before.split_whitespace();
        let is_call = before.all(|word| word.contains('=') || word.ends_with(':'));
        (is_call && !call.contains(" … ")).then(|| words(call))
    });
    lines.collect()
}

/// Every command of the program, with those below it.
fn help_texts(command: &clap::Command, found: &mut Vec<String>) {
    let texts = [command.get_after_help(), command.get_after_long_help()];
    found.extend(texts.into_iter().flatten().map(ToString::to_string));
    for below in command.get_subcommands() {
        help_texts(below, found);
    }
}

#[test]
fn every_example_is_of_the_grammar() {
    let mut texts: Vec<String> = DESCRIPTIONS.map(str::to_owned).into();
    help_texts(&Cli::command(), &mut texts);
    let calls: Vec<_> = texts.iter().flat_map(|text| calls(text)).collect();
    assert!(calls.len() > 90, "{}", calls.len());
    for call in calls {
        if let Err(error) = Cli::try_parse_from(&call) {
            let is_help = !error.use_stderr();
            assert!(is_help, "{}\n{error}", call.join(" "));
        }
    }
}

#[test]
fn examples_are_found() {
    for (text, expected) in [
        (
            "Example:\n  card-tool readers --cards",
            vec!["card-tool readers --cards"],
        ),
        (
            "  CARD_CAN=1 card-tool man | man -l -",
            vec!["card-tool man"],
        ),
        ("Then: card-tool x   # or y", vec!["card-tool x"]),
        ("  the card-tool x", vec![]),
        ("  card-tool x … --eac y", vec![]),
        ("  card-tool x 'a b' \"c\"", vec!["card-tool x a b c"]),
    ] {
        let found: Vec<String> = calls(text).iter().map(|call| call.join(" ")).collect();
        assert_eq!(found, expected, "{text}");
    }
}
