//! Quirks of real chips: the list of them, and cards that have them.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Result;
use applet_spec::memory::Cells;
use applet_spec::quirk::{self, Entry, Workbench};
use applet_spec::{Chip, ChipMemory, DataSheet, Quirk};
use lds::{Dg1, File, FileContent as _, LdsSecurityObject};
use mrz::Mrz;
use pki::DocumentSigner;
use serde_json::json;

use crate::args::Emulate;
use crate::commands::specimen::MARK;
use crate::commands::{Context, note, print, print_json};
use crate::exit::{Exit, Problem};
use crate::pki_folder::signer_secret::SignerSecretSource;
use crate::{chip_file, pki_folder};

/// Prints the list.
pub fn list(context: &Context) -> Result<Exit> {
    let table = quirk::table()?;
    if context.json() {
        let rows: Vec<_> = table.iter().map(row).collect();
        print_json(&json!({ "quirks": rows }))?;
        return Ok(Exit::Done);
    }
    for entry in &table {
        print(&format!(
            "{} {:14} {}\n     {:14} reader: {}",
            entry.id,
            entry.kind.word(),
            entry.what,
            "",
            entry.reader
        ))?;
        if let Some(gap) = &entry.gap {
            print(&format!("     {:14} not here: {gap}", ""))?;
        }
    }
    let switches = table.iter().filter(|entry| entry.is_switch()).count();
    note(&format!(
        "{switches} of {} can be switched on: those of the kinds chip and file",
        table.len()
    ));
    Ok(Exit::Done)
}

fn row(entry: &Entry) -> serde_json::Value {
    let beside: Vec<String> = entry.beside.iter().map(ToString::to_string).collect();
    json!({
        "id": entry.id.to_string(),
        "kind": entry.kind.word(),
        "switch": entry.is_switch(),
        "what": entry.what,
        "reader": entry.reader,
        "gap": entry.gap,
        "beside": beside,
        "tests": entry.tests,
    })
}

/// The chip of a file with quirks: a copy in memory, of which nothing gets into the file.
pub fn load(args: &Emulate, card: &Path, sheet: DataSheet, context: &mut Context) -> Result<Chip> {
    let wanted: BTreeSet<Quirk> = args.quirk.iter().copied().collect();
    check_switches(&wanted)?;
    let quirks = quirk::with_those_beside(&wanted)?;
    let mut memory = chip_file::memory(card)?;
    let signer = match &args.pki {
        Some(folder) => {
            refuse_unmarked(&memory)?;
            Some(signer(args, folder, &memory, context)?)
        }
        None if quirk::needs_signature(&quirks) => {
            return Err(Problem::usage(
                "a quirk of the data groups needs an issuer who signs them",
                "give --pki with a folder of `card-tool pki init`, and let readers trust its csca.der",
            ));
        }
        None => None,
    };
    let code = document_code(&memory);
    let mut sign = |content: &LdsSecurityObject| {
        let signer = signer.as_deref()?;
        pki::security_object::sign(content, signer, &code, context.now).ok()
    };
    let mut workbench = Workbench {
        sign: &mut sign,
        rng: &mut *context.rng,
    };
    quirk::install(&mut memory, &quirks, &mut workbench).map_err(|error| {
        Problem::usage(
            format!("{}: {error}", card.display()),
            "choose a card that has what the quirk is about",
        )
    })?;
    let cells = Box::new(Cells::from_octets(memory.to_octets()?.to_vec()));
    let sheet = DataSheet { quirks, ..sheet };
    let rng = chip_file::own_rng(&mut *context.rng);
    Ok(Chip::load(cells, sheet, rng)?)
}

fn check_switches(wanted: &BTreeSet<Quirk>) -> Result<()> {
    let table = quirk::table()?;
    let other = table
        .iter()
        .find(|entry| wanted.contains(&entry.id) && !entry.is_switch());
    match other {
        None => Ok(()),
        Some(entry) => Err(Problem::usage(
            format!(
                "{} is nothing that a chip can have: {}",
                entry.id, entry.what
            ),
            "`card-tool emulate --quirks` lists those of the kinds chip and file",
        )),
    }
}

fn signer(
    args: &Emulate,
    folder: &Path,
    memory: &ChipMemory,
    context: &mut Context,
) -> Result<std::sync::Arc<DocumentSigner>> {
    let secret = SignerSecretSource {
        file: args.signer_secret_file.as_deref(),
        asking: context.asking,
        new: false,
    };
    let code = document_code(memory);
    pki_folder::current_document_signer(folder, &code, context.now, &secret, &mut *context.rng)
}

/// What is signed anew is no longer what the issuer has checked: nobody who exists gets such a card.
fn refuse_unmarked(memory: &ChipMemory) -> Result<()> {
    let zone = zone(memory);
    if zone.is_some_and(|zone| zone.joined().contains(MARK)) {
        return Ok(());
    }
    Err(Problem::of(
        Exit::Policy,
        format!("the name in EF.DG1 does not say {MARK}"),
        "quirks of the data groups are for cards of people who do not exist: `card-tool specimen` makes some",
    ))
}

fn zone(memory: &ChipMemory) -> Option<Mrz> {
    let file = Dg1::parse(memory.file(File::Dg1)?).ok()?;
    Some(file.value.mrz().clone())
}

/// The document code of the card's zone; a card without one is of no type.
fn document_code(memory: &ChipMemory) -> String {
    let code = zone(memory).map(|zone| zone.document_code().to_owned());
    code.unwrap_or_default()
}
