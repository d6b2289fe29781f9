//! `cargo xtask test`: format, lints and every test, with the real parts beside them: pcscd and virtual readers, SoftHSM,
//! OpenSSL, Chromium, PostgreSQL, NATS, an OpenID provider, Schemathesis.
//!
//! The last line is the sum over all test programs, alone: `N passed, N failed, N skipped`.

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::Result;
use clap::Args;

use crate::{
    pcscd::Pcscd,
    process,
    real_parts::RealParts,
    setup::{self, Tier},
    softhsm::SoftHsm,
    table::Table,
};

/// Tests run at the same time; each takes a reader for itself.
const READERS: &str = "4";

/// What to test.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Words for `cargo test` instead of `--workspace`, such as `-p lds dg2`: then format and lints are left out
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    words: Vec<String>,
    /// The campaigns in their long form: some hundred rounds of killed processes
    #[arg(long)]
    long: bool,
    /// How many virtual readers
    #[arg(long, default_value = READERS, value_name = "COUNT")]
    readers: usize,
}

/// Runs everything; what fails first does not keep the rest from running.
///
/// # Errors
/// The machine cannot be made ready, or cargo cannot be started.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let begun = Instant::now();
    process::heading("what this machine needs");
    setup::ensure(Tier::Test)?;
    let parts = RealParts::ready()?;
    let mut stages = Vec::new();
    if arguments.words.is_empty() {
        stages.push(format()?);
        stages.push(lints()?);
    }
    process::heading("tests");
    let daemon = Pcscd::start(arguments.readers)?;
    let token = SoftHsm::new()?;
    let (stage, sum) = tests(arguments, &parts, &daemon, &token)?;
    stages.push(stage);
    drop((daemon, token));

    report(&parts, &stages, begun.elapsed());
    let good = stages.iter().all(|stage| stage.outcome != Outcome::Failed);
    println!("{}", sum.line());
    Ok(if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// One part of the run.
struct Stage {
    name: &'static str,
    outcome: Outcome,
    time: Duration,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Passed,
    Failed,
    /// The toolchain has no such tool.
    NotHad,
}

fn format() -> Result<Stage> {
    cargo_tool("format", "rustfmt", &["fmt", "--all", "--check"])
}

fn lints() -> Result<Stage> {
    cargo_tool(
        "lints",
        "clippy",
        &[
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ],
    )
}

/// Runs a part of the toolchain that a minimal installation leaves out.
fn cargo_tool(name: &'static str, component: &str, words: &[&str]) -> Result<Stage> {
    process::heading(name);
    let begun = Instant::now();
    let has = words
        .first()
        .is_some_and(|word| process::succeeds(process::cargo().args([word, "--version"])));
    let outcome = if !has {
        eprintln!(
            "!! NOT CHECKED: this Rust toolchain has no {component} (rustup component add {component})"
        );
        Outcome::NotHad
    } else if process::status(process::cargo().args(words))?.success() {
        Outcome::Passed
    } else {
        Outcome::Failed
    };
    Ok(Stage {
        name,
        outcome,
        time: begun.elapsed(),
    })
}

fn tests(
    arguments: &Arguments,
    parts: &RealParts,
    daemon: &Pcscd,
    token: &SoftHsm,
) -> Result<(Stage, Sum)> {
    let begun = Instant::now();
    let words = &arguments.words;
    let mut command = process::cargo();
    command
        .args(["test", "--no-fail-fast"])
        .envs(daemon.environment())
        .envs(token.environment())
        .envs(parts.environment());
    if arguments.long {
        command.env("CARD_TOOLCHAIN_CAMPAIGN", "long");
    }
    if words.is_empty() {
        command.arg("--workspace");
    }
    command.args(words);
    if !words.iter().any(|word| word == "--") {
        command.arg("--");
    }
    // What is ignored elsewhere needs the real parts that are here.
    command.arg("--include-ignored");
    let mut sum = Sum::default();
    let status = process::watched(&mut command, |line| sum.add(line))?;
    if !status.success() && sum.failed == 0 {
        // It did not compile, or died without a word of its own.
        sum.failed = 1;
    }
    if sum.passed == 0 && sum.failed == 0 {
        eprintln!("!! No test was run: that is a failure.");
    }
    let outcome = if sum.failed == 0 && sum.passed > 0 {
        Outcome::Passed
    } else {
        Outcome::Failed
    };
    Ok((
        Stage {
            name: "tests",
            outcome,
            time: begun.elapsed(),
        },
        sum,
    ))
}

fn report(parts: &RealParts, stages: &[Stage], whole: Duration) {
    let mut times = Table::new(&["stage", "outcome", "time"]);
    for stage in stages {
        let outcome = match stage.outcome {
            Outcome::Passed => "passed",
            Outcome::Failed => "FAILED",
            Outcome::NotHad => "NOT CHECKED: not in this toolchain",
        };
        times.row(&[stage.name, outcome, &process::seconds(stage.time)]);
    }
    times.row(&["all", "", &process::seconds(whole)]);
    println!("\n{}\n{times}", parts.table());
}

/// The sum over test programs.
#[derive(Default)]
struct Sum {
    passed: u64,
    failed: u64,
    ignored: u64,
}

impl Sum {
    /// Adds a line such as `test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s`; other lines say nothing.
    fn add(&mut self, line: &str) {
        let Some(result) = line.strip_prefix("test result: ") else {
            return;
        };
        let Some((_, counts)) = result.split_once(". ") else {
            return;
        };
        for count in counts.split("; ") {
            let Some((number, word)) = count.split_once(' ') else {
                continue;
            };
            let number: u64 = number.parse().unwrap_or_default();
            match word {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.ignored += number,
                _ => {}
            }
        }
    }

    fn line(&self) -> String {
        format!(
            "{} passed, {} failed, {} skipped",
            self.passed, self.failed, self.ignored
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_is_over_all_test_programs_and_nothing_else() {
        let mut sum = Sum::default();
        for line in [
            "running 6 tests",
            "test dg2::tests::reads ... ok",
            "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 7 filtered out; finished in 0.05s",
            "test result: FAILED. 2 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s",
            "the test result: ok. 100 passed; is quoted here",
        ] {
            sum.add(line);
        }
        assert_eq!(sum.line(), "7 passed, 3 failed, 1 skipped");
    }
}
