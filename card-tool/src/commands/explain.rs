//! `explain`: what the bytes of a file mean.

use anyhow::Result;

use super::Context;
use crate::args::Explain;
use crate::exit::Exit;

/// Runs the verb.
pub fn run(_args: &Explain, _context: &mut Context) -> Result<Exit> {
    Ok(Exit::Undetermined)
}

/// The annotation.
pub fn annotate(_bytes: &[u8]) -> String {
    String::new()
}
