//! How large things are and what they are called.
//!
//! What is counted: a file of a `src` folder down to the tests at its bottom, and a function from its `fn` to its closing brace.

use super::{
    Offence, none,
    tree::{self, Source},
};
use crate::process;

const FILE_LINES: usize = 500;
const FUNCTION_LINES: usize = 70;
const README_LINES: usize = 150;
/// Names that say nothing, so that everything ends up behind them.
const EMPTY_NAMES: [&str; 9] = [
    "mod", "util", "utils", "common", "helper", "helpers", "misc", "manager", "managers",
];
/// Doc 9303-10: the logical data structure has sixteen data groups.
const DATA_GROUPS: u8 = 16;

fn too_long_file(source: &Source) -> Option<Offence> {
    let lines = source.above_tests().len();
    (source.is_product() && lines > FILE_LINES).then(|| {
        format!(
            "{}: {lines} lines above its tests, more than {FILE_LINES}",
            source.path
        )
    })
}

/// By rustfmt's grace a function ends at the first brace that stands as far to the left as its `fn`.
fn too_long_functions(source: &Source) -> Vec<Offence> {
    let lines = source.above_tests();
    let mut offences = Vec::new();
    for (index, (number, line)) in lines.iter().enumerate() {
        let Some(name) = function_name(line) else {
            continue;
        };
        let end = format!("{}}}", &line[..line.len() - line.trim_start().len()]);
        // A method of a trait may have no body: it ends with the first semicolon before any brace.
        let mut within_head = true;
        let body = lines.iter().skip(index).take_while(|(_, line)| {
            let ends_without_body = within_head && line.ends_with(';');
            within_head &= !line.ends_with('{');
            *line != end && !ends_without_body
        });
        let length = if ends_at_once(line) {
            1
        } else {
            body.count() + 1
        };
        if length > FUNCTION_LINES {
            offences.push(format!(
                "{}:{number}: fn {name} has {length} lines, more than {FUNCTION_LINES}",
                source.path
            ));
        }
    }
    offences
}

fn ends_at_once(line: &str) -> bool {
    line.ends_with(';') || line.ends_with('}')
}

fn function_name(line: &str) -> Option<&str> {
    let mut rest = line.trim_start();
    for word in ["pub(crate) ", "pub(super) ", "pub ", "const ", "async "] {
        rest = rest.strip_prefix(word).unwrap_or(rest);
    }
    rest.strip_prefix("fn ")?.split(['(', '<']).next()
}

fn empty_name(path: &str) -> Option<Offence> {
    let (_, inside) = path.strip_suffix(".rs")?.split_once("src/")?;
    let name = inside.split('/').find(|name| EMPTY_NAMES.contains(name))?;
    Some(format!("{path}: `{name}` says nothing"))
}

#[test]
fn files_are_of_one_idea() {
    none(
        &tree::sources()
            .iter()
            .filter_map(too_long_file)
            .collect::<Vec<_>>(),
    );
}

#[test]
fn functions_fit_a_screen() {
    none(
        &tree::sources()
            .iter()
            .filter(|source| source.is_product())
            .flat_map(too_long_functions)
            .collect::<Vec<_>>(),
    );
}

#[test]
fn names_say_something() {
    none(
        &tree::sources()
            .iter()
            .filter_map(|source| empty_name(&source.path))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn the_readme_is_short() {
    for source in tree::sources()
        .iter()
        .filter(|source| source.path == "README.md")
    {
        let lines = source.text.lines().count();
        assert!(
            lines <= README_LINES,
            "README.md has {lines} lines, more than {README_LINES}"
        );
    }
}

#[test]
fn every_data_group_has_its_module() {
    for number in 1..=DATA_GROUPS {
        let module = process::workspace().join(format!("crates/lds/src/dg{number}.rs"));
        assert!(module.is_file(), "{} is missing", module.display());
    }
}

#[test]
fn length_is_counted_above_the_tests() {
    let text = format!(
        "{}#[cfg(test)]\nmod tests {{\n{}}}\n",
        "//\n".repeat(FILE_LINES),
        "//\n".repeat(50)
    );
    let source = |text: String| Source {
        path: "crates/x/src/a.rs".to_owned(),
        text,
    };
    assert!(too_long_file(&source(text.clone())).is_none());
    assert!(too_long_file(&source(format!("//\n{text}"))).is_some());
}

#[test]
fn long_functions_are_seen_and_short_ones_are_not() {
    let body = |lines: usize| "        let a = 1;\n".repeat(lines);
    let cases = [
        (
            format!(
                "impl A {{\n    pub(crate) fn a() {{\n{}    }}\n}}\n",
                body(FUNCTION_LINES - 2)
            ),
            0,
        ),
        (
            format!(
                "impl A {{\n    pub(crate) fn a() {{\n{}    }}\n}}\n",
                body(FUNCTION_LINES - 1)
            ),
            1,
        ),
        (
            format!(
                "trait A {{\n    fn a();\n    fn b() {{}}\n{}}}\n",
                body(FUNCTION_LINES)
            ),
            0,
        ),
    ];
    for (text, want) in cases {
        let source = Source {
            path: "crates/x/src/a.rs".to_owned(),
            text,
        };
        assert_eq!(too_long_functions(&source).len(), want);
    }
}

#[test]
fn empty_names_are_seen() {
    let cases = [
        ("crates/lds/src/dg2.rs", false),
        ("crates/lds/src/utils.rs", true),
        ("crates/lds/src/common/dg2.rs", true),
        ("crates/lds/src/dg2/mod.rs", true),
        ("crates/lds/tests/common/story.rs", false),
    ];
    for (path, want) in cases {
        assert_eq!(empty_name(path).is_some(), want, "{path}");
    }
}
