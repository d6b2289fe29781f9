//! `keys`: master keys of the roles.

use anyhow::Result;
use serde_json::json;

use super::{Context, note, print, print_json};
use crate::args::Keys;
use crate::exit::Exit;
use crate::keys;

/// Runs the verb.
pub fn run(args: &Keys, context: &mut Context) -> Result<Exit> {
    let Keys::Init { folder } = args;
    let paths = keys::init(folder, &mut *context.rng)?;
    if context.json() {
        print_json(&json!({ "files": paths, "outcome": Exit::Done.word() }))?;
    } else {
        for path in paths {
            print(&path.display().to_string())?;
        }
        note("Keep each file with another person: who writes cards does not release them.");
    }
    Ok(Exit::Done)
}
