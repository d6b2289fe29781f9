//! Quirks of real chips: the list of them, and cards that have them.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, Result};
use applet_spec::memory::Cells;
use applet_spec::quirk::{self, Entry, Need, Workbench};
use applet_spec::{Chip, ChipMemory, DataSheet, Quirk};
use lds::{Dg1, File, FileContent as _, LdsSecurityObject, SecurityInfos};
use mrz::Mrz;
use pki::{DocumentSigner, NotPermitted, issuing_state};
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
        if let Some(needs) = needs(entry) {
            print(&format!("     {:14} needs {needs}", ""))?;
        }
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

/// What it takes to switch a quirk on: an issuer, and what the card must have.
fn needs(entry: &Entry) -> Option<String> {
    let issuer = entry.needs_signature().then_some("--pki");
    let card = entry.needs.iter().map(|need| need.words());
    let all: Vec<&str> = issuer.into_iter().chain(card).collect();
    (!all.is_empty()).then(|| all.join(", "))
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
        "needs_pki": entry.needs_signature(),
        "needs": entry.needs.iter().map(|need| need.words()).collect::<Vec<_>>(),
        "tests": entry.tests,
    })
}

/// The chip of a file with quirks: a copy in memory, of which nothing gets into the file.
pub fn load(args: &Emulate, card: &Path, sheet: DataSheet, context: &mut Context) -> Result<Chip> {
    let wanted: BTreeSet<Quirk> = args.quirk.iter().copied().collect();
    check_switches(&wanted)?;
    let quirks = quirk::with_those_beside(&wanted)?;
    if args.short {
        refuse_of_extended_length(&quirks)?;
    }
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
    let before = zone(&memory);
    install(&mut memory, &quirks, signer.as_deref(), context)
        .with_context(|| card.display().to_string())?;
    tell_new_zone(before, zone(&memory));
    let cells = Box::new(Cells::from_octets(memory.to_octets()?.to_vec()));
    let sheet = DataSheet { quirks, ..sheet };
    let rng = chip_file::own_rng(&mut *context.rng);
    Ok(Chip::load(cells, sheet, rng)?)
}

/// Puts the quirks of content into the card, and has the issuer sign what they have made of it.
fn install(
    memory: &mut ChipMemory,
    quirks: &BTreeSet<Quirk>,
    signer: Option<&DocumentSigner>,
    context: &mut Context,
) -> Result<()> {
    let code = document_code(memory);
    // The chip knows only that nobody signs; why, the key says here.
    let mut refused = None;
    let mut sign = |content: &LdsSecurityObject| {
        let signed = pki::security_object::sign(content, signer?, &code, context.now);
        signed.map_err(|error| refused = Some(error)).ok()
    };
    let mut workbench = Workbench {
        sign: &mut sign,
        rng: &mut *context.rng,
    };
    let mut installed = quirk::install(memory, quirks, &mut workbench);
    if installed.is_ok() && quirk::needs_signature(quirks) {
        let mut sign = |infos: &SecurityInfos| {
            let signed = pki::card_security::sign(infos, signer?, &code, context.now);
            signed.map_err(|error| refused = Some(error)).ok()
        };
        installed = quirk::sign_card_security(memory, quirks, &mut sign);
    }
    if let Some(error) = refused {
        return Err(anyhow::Error::new(error).context("the card cannot be signed anew"));
    }
    installed.map_err(|error| {
        Problem::usage(
            error.to_string(),
            "choose a card that has what the quirk is about",
        )
    })
}

/// What opens the card may have become something else: who reads it has to know.
fn tell_new_zone(before: Option<Mrz>, now: Option<Mrz>) {
    let [before, now] = [before, now].map(|zone| zone.map(|zone| zone.lines().join("\n")));
    if let Some(now) = now.filter(|now| before.as_ref() != Some(now)) {
        note(&format!(
            "the machine readable zone of this card, for --mrz-file, is now\n{now}"
        ));
    }
}

fn refuse_of_extended_length(quirks: &BTreeSet<Quirk>) -> Result<()> {
    let table = quirk::table()?;
    let asks = |entry: &&Entry| entry.needs.contains(&Need::ExtendedLength);
    let mut wanted = table.iter().filter(|entry| quirks.contains(&entry.id));
    match wanted.find(asks) {
        None => Ok(()),
        Some(entry) => Err(Problem::usage(
            format!("{} needs extended length", entry.id),
            "leave --short out",
        )),
    }
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
    let signer = pki_folder::current_document_signer(
        folder,
        &code,
        context.now,
        &secret,
        &mut *context.rng,
    )?;
    if let Some(zone) = zone(memory) {
        refuse_other_issuer(&signer, &zone, context)?;
    }
    Ok(signer)
}

/// A signature by another country, or for another type of document, is what a reader would notice in place of the quirk.
fn refuse_other_issuer(signer: &DocumentSigner, zone: &Mrz, context: &Context) -> Result<()> {
    let (code, state) = (zone.document_code(), zone.issuing_state());
    let country = signer.certificate().subject().country().unwrap_or_default();
    let said = match signer.may_sign(code, context.now) {
        Err(pki::Error::NotPermitted(NotPermitted::DocumentType)) => format!(
            "the zone of the card says {code}, and this document signer may sign {}",
            signer.document_types().join(" and ")
        ),
        Err(error) => return Err(error.into()),
        Ok(()) if issuing_state::matches(state, country) == Some(false) => {
            format!("the zone of the card says {state}, and this document signer is of {country}")
        }
        Ok(()) => return Ok(()),
    };
    Err(Problem::of(
        Exit::Policy,
        said,
        format!(
            "make a test issuer of that state: `card-tool pki init FOLDER --country XX --state {state} --document-types {code}`"
        ),
    ))
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
