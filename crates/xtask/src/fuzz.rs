//! `cargo xtask fuzz`: libFuzzer over everything that is read from strangers, the targets of `fuzz/`.
//!
//! The targets are built by the toolchain that builds everything else, with LLVM's coverage counters in them; neither a nightly toolchain
//! nor cargo-fuzz is needed, but the folder is laid out as cargo-fuzz wants it, so that `cargo fuzz run certificate` works too where it is
//! installed. Good objects to begin with are made anew in each run; what the fuzzer found worth keeping stays in `fuzz/corpus/` and makes
//! the next run go on where this one ended. Inputs that break something are kept in `fuzz/artifacts/`.

use std::{fs, process::ExitCode, time::Duration};

use anyhow::{Context, Result, ensure};
use clap::Args;
use toml::{Table as Document, Value};

use crate::{process, table::Table};

mod instrumented;
mod session;

use session::{Outcome, Session};

/// Which targets, and for how long.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The targets, such as `certificate` or `crl`; all of them if none is named
    targets: Vec<String>,

    /// How long each target runs
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
}

/// Runs the targets one after the other; a finding in one does not keep the others from running.
///
/// # Errors
/// There is no such target, or something does not build or start.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let folder = process::workspace().join("fuzz");
    let manifest = fs::read_to_string(folder.join("Cargo.toml"))?;
    let known = targets(&manifest.parse().context("fuzz/Cargo.toml")?);
    for asked in &arguments.targets {
        ensure!(
            known.contains(asked),
            "there is no target `{asked}`; there are: {}",
            known.join(", ")
        );
    }
    let chosen = if arguments.targets.is_empty() {
        &known
    } else {
        &arguments.targets
    };

    process::heading("the targets, with coverage counters");
    let programs = instrumented::build(&folder)?;
    process::heading("good objects to begin with");
    process::run(
        programs
            .command("seeds")
            .current_dir(process::workspace())
            .arg(folder.join("corpus")),
    )?;
    let mut outcomes = Vec::new();
    for target in chosen {
        process::heading(target);
        let session = Session {
            target,
            folder: &folder,
            time: Duration::from_secs(arguments.seconds),
        };
        outcomes.push(session.run(&mut programs.command(target))?);
    }
    Ok(report(&outcomes))
}

/// The fuzz targets that a manifest names: the programs in `fuzz_targets/`.
fn targets(manifest: &Document) -> Vec<String> {
    let programs = manifest.get("bin").and_then(Value::as_array);
    let is_target = |program: &&Value| {
        program
            .get("path")
            .and_then(Value::as_str)
            .is_some_and(|path| path.starts_with("fuzz_targets/"))
    };
    let name = |program: &Value| Some(program.get("name")?.as_str()?.to_owned());
    programs
        .into_iter()
        .flatten()
        .filter(is_target)
        .filter_map(name)
        .collect()
}

fn report(outcomes: &[Outcome]) -> ExitCode {
    let mut table = Table::new(&[
        "target",
        "time",
        "executions",
        "per second",
        "edges reached",
        "findings",
    ]);
    for outcome in outcomes {
        table.row(&[
            &outcome.target,
            &process::seconds(outcome.time),
            &outcome.executions.to_string(),
            &outcome.rate().to_string(),
            &outcome.edges.to_string(),
            &outcome.findings.len().to_string(),
        ]);
    }
    println!("\n{table}");
    let mut good = true;
    for outcome in outcomes {
        for finding in &outcome.findings {
            good = false;
            println!("FOUND in {}: {}", outcome.target, finding.said);
            println!("  kept as {}", finding.input.display());
            println!("  again:  {}", finding.again);
        }
        if outcome.executions == 0 {
            good = false;
            println!(
                "NOTHING WAS RUN in {}: see {}",
                outcome.target,
                outcome.log.display()
            );
        }
    }
    if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_targets_are_the_programs_in_their_folder() {
        let manifest = "[[bin]]\nname = \"seeds\"\npath = \"src/bin/seeds.rs\"\n[[bin]]\nname = \"crl\"\npath = \"fuzz_targets/crl.rs\"\n";
        assert_eq!(targets(&manifest.parse().unwrap()), ["crl"]);
    }

    #[test]
    fn every_target_of_the_folder_is_in_its_manifest() {
        let folder = process::workspace().join("fuzz");
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        let mut named = targets(&manifest.parse().unwrap());
        named.sort();
        let files = fs::read_dir(folder.join("fuzz_targets")).unwrap().flatten();
        let mut found: Vec<String> = files
            .filter_map(|file| Some(file.path().file_stem()?.to_str()?.to_owned()))
            .collect();
        found.sort();
        assert_eq!(named, found);
    }
}
