//! `cargo xtask fixtures`: the specimen people of `fixtures/`, drawn anew. Nothing in them comes from outside, so they may always be remade.

use anyhow::Result;

use crate::process;

/// Has the crate `specimens` write `fixtures/`.
///
/// # Errors
/// It does not build, or fails.
pub(crate) fn run() -> Result<()> {
    process::run(process::cargo().args(["run", "--package", "specimens", "--", "fixtures"]))
}
