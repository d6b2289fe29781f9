//! `cargo xtask bench`: every bench target of the workspace, in release, with a private pcscd, a virtual reader and a token beside it.

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde_json::Value;

use crate::{
    pcscd::Pcscd,
    process,
    setup::{self, Tier},
    softhsm::SoftHsm,
};

mod floor;
mod service;

/// One card is measured at a time.
const READERS: usize = 1;

/// Which benches.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Only the bench targets of this name; or `service` (packets to signed jobs on both databases), `growth` (the same and searches as the
    /// register grows), `memory`, `floor` (cards an hour with 1 to 16 readers): these take minutes and more, and are run only when they are named
    bench: Option<String>,
    /// With `service` and `memory`: how many applications
    #[arg(long, value_name = "COUNT")]
    applications: Option<u64>,
    /// With `growth`: how many people are in the register; the last and the first are compared
    #[arg(long, value_name = "COUNT", value_delimiter = ',', default_values_t = [10_000, 1_000_000, 10_000_000])]
    people: Vec<u64>,
}

/// Runs them one after the other.
///
/// # Errors
/// There is none, or one does not build or fails.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    if let Some(program) = arguments.bench.as_deref().and_then(service::program) {
        return service::run(program, arguments);
    }
    if arguments.bench.as_deref() == Some("floor") {
        return floor::run();
    }
    let described =
        process::output(process::cargo().args(["metadata", "--no-deps", "--format-version", "1"]))?;
    let metadata: Value = serde_json::from_str(&described).context("cargo metadata is not JSON")?;
    let mut benches = targets(&metadata);
    if let Some(name) = &arguments.bench {
        benches.retain(|(_, bench)| bench == name);
    }
    ensure!(!benches.is_empty(), "no such bench target in the workspace");

    setup::ensure(Tier::Test)?;
    let daemon = Pcscd::start(READERS)?;
    let token = SoftHsm::new()?;
    for (package, bench) in benches {
        process::heading(&format!("{package}: {bench}"));
        process::run(
            process::cargo()
                .args(["bench", "--package", &package, "--bench", &bench])
                .envs(daemon.environment())
                .envs(token.environment()),
        )?;
    }
    Ok(())
}

/// (package, bench target) of everything cargo would bench, in order of name.
fn targets(metadata: &Value) -> Vec<(String, String)> {
    let list = |value: &Value, key: &str| {
        value
            .get(key)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default()
    };
    let name = |value: &Value| {
        value
            .get("name")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let mut found = Vec::new();
    for package in list(metadata, "packages") {
        for target in list(&package, "targets") {
            if list(&target, "kind").iter().any(|kind| kind == "bench") {
                found.push((name(&package), name(&target)));
            }
        }
    }
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bench_targets_are_found() {
        let metadata = serde_json::json!({ "packages": [
            { "name": "pki", "targets": [ { "name": "pki", "kind": ["lib"] }, { "name": "passive", "kind": ["bench"] } ] },
            { "name": "crypto", "targets": [ { "name": "signatures", "kind": ["bench"] } ] },
        ] });
        let pairs = targets(&metadata);
        let shown: Vec<String> = pairs
            .iter()
            .map(|(package, bench)| format!("{package}/{bench}"))
            .collect();
        assert_eq!(shown, ["crypto/signatures", "pki/passive"]);
    }
}
