//! `station operator`: the people who work at a station.

use std::path::Path;

use anyhow::{Context as _, Result};
use issuance_service::station::{
    CaptureConfig, CheckedPrint, FingerLimits, Station, check_print, finger_by_word,
    keep_own_fingers,
};
use serde_json::json;

use crate::args::OperatorAdd;
use crate::commands::{Context, system_rng};
use crate::exit::{Exit, Problem};
use crate::{report, secret};

/// Shortest secret.
const MIN_SECRET: usize = 8;
/// Longest picture of a finger.
const MAX_PICTURE: u64 = 4 << 20;

/// Adds a person. Their secret opens their key: there is nothing else to compare it with.
pub fn add(args: &OperatorAdd, folder: &Path, context: &Context) -> Result<Exit> {
    let config = CaptureConfig::read(folder)?;
    let fingers = args.fingers.iter();
    let fingers: Vec<CheckedPrint> = fingers
        .map(|text| finger(text, &config.fingers))
        .collect::<Result<_>>()?;
    let secret = secret::read(args.secret_file.as_deref(), "secret of the person", true)?;
    if secret.len() < MIN_SECRET {
        return Err(Problem::usage("a secret has at least 8 characters"));
    }
    let role = args.role;
    let rng = &mut system_rng()?;
    let public = Station::add_person(folder, role, &args.name, &secret, rng)?;
    if !fingers.is_empty() {
        keep_own_fingers(folder, &args.name, &fingers)?;
    }
    let (id, kept) = (public.id()?, fingers.len());
    report::print(
        context.format,
        || json!({ "name": args.name, "role": role.word(), "key_sha256": id.to_string(), "fingers": kept, "public": public }),
        || {
            format!(
                "{role} {} has the key {id}; {kept} fingers are known",
                args.name
            )
        },
    )?;
    Ok(Exit::Done)
}

/// `POSITION=FILE`.
fn finger(text: &str, limits: &FingerLimits) -> Result<CheckedPrint> {
    let (word, path) = text.split_once('=').ok_or_else(|| {
        Problem::usage("a finger is POSITION=FILE, such as right-index=print.png")
    })?;
    let finger = finger_by_word(word)
        .ok_or_else(|| Problem::usage("a position is right-thumb to left-little"))?;
    let known = std::fs::metadata(path).with_context(|| path.to_owned())?;
    if !known.is_file() || known.len() > MAX_PICTURE {
        return Err(Problem::usage(
            "a picture of a finger is a file of at most 4 MB",
        ));
    }
    let file = std::fs::read(path).with_context(|| path.to_owned())?;
    let checked = check_print(&file, finger.position, limits).with_context(|| path.to_owned())?;
    if !checked.is_accepted() {
        return Err(Problem::usage(
            "the print is too poor to be recognised; scan again",
        ));
    }
    Ok(checked)
}
