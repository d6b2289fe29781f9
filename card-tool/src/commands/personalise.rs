//! `personalise`: a record, or a job that was made before, into the chip in the reader.

pub mod station;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use enrolment::profile::Chip;
use perso::applet::Receipt;
use perso::{CardImage, PreparedChip, Role, RoleKey};
use serde_json::json;
use transport::PcscChannel;

use self::station::{Receipts, Station};
use super::{Context, print, print_json};
use crate::args::Personalise;
use crate::exit::{Exit, Problem};
use crate::files::{self, Secrecy};
use crate::issuing::{Issuing, Materials, load_job};
use crate::keys::{self, Masters};
use crate::pki_folder;
use crate::progress::Progress;
use crate::reader;
use crate::record_folder;

/// Runs the verb.
pub fn run(args: &Personalise, context: &mut Context) -> Result<Exit> {
    let mut channel = reader::open(&args.reader)?;
    if args.void {
        return void(args, &mut channel, context);
    }
    if let Some(path) = &args.prepare {
        return prepare_for_issuance(args, path, &mut channel, context);
    }
    let pki = args
        .pki
        .as_deref()
        .ok_or_else(|| Problem::usage("--pki is missing", "name the folder of `pki init`"))?;
    let (image, path) = match (&args.job, &args.record) {
        (Some(path), _) => (load_job(path)?, path.clone()),
        (None, Some(record)) => make_job(args, record, pki, &mut channel, context)?,
        (None, None) => {
            return Err(Problem::usage(
                "neither --record nor --job was given",
                "see the examples of --help",
            ));
        }
    };
    let receipts = deliver(args, &image, pki, &mut channel, context)
        .with_context(|| format!("the job is kept in {}", path.display()))?;
    if receipts.lock.is_some() {
        // The job holds a person's data and the passwords of the card; nobody needs it any more.
        std::fs::remove_file(&path).with_context(|| path.display().to_string())?;
    }
    print_receipts(&receipts, &image, context)?;
    Ok(Exit::Done)
}

fn print_receipts(receipts: &Receipts, image: &CardImage, context: &Context) -> Result<()> {
    let state = if receipts.lock.is_some() {
        "OPERATIONAL"
    } else {
        "WRITTEN"
    };
    let chip = hex::encode_upper(image.chip_serial());
    if context.json() {
        return print_json(&json!({
            "job": image.job(),
            "chip": chip,
            "state": state,
            "bytes": image.total_len(),
            "receipts": receipts.all().map(receipt_word).collect::<Vec<_>>(),
            "outcome": Exit::Done.word(),
        }));
    }
    print(&format!(
        "chip {chip} is {state}: job {}, {} bytes",
        image.job(),
        image.total_len()
    ))?;
    receipts
        .all()
        .try_for_each(|named| print(&format!("receipt {}", receipt_word(named))))
}

/// As the register of issued documents takes it: KIND:COUNTER:MAC.
pub fn receipt_word((kind, receipt): (&str, &Receipt)) -> String {
    format!("{kind}:{}:{}", receipt.counter, hex::encode(receipt.mac))
}

/// Writes, reads back, locks.
fn deliver(
    args: &Personalise,
    image: &CardImage,
    pki: &Path,
    channel: &mut PcscChannel,
    context: &mut Context,
) -> Result<Receipts> {
    let station = Station {
        masters: &Masters::Folder(args.keys.clone()),
        csca: &pki_folder::csca_certificates(pki)?,
    };
    let progress = Progress::new(!context.json());
    station.deliver(image, !args.no_lock, channel, context, &progress)
}

/// Initialises the chip, lets it generate its keys, builds and signs its content, and keeps the job on disk before a byte of
/// it is written to the chip.
fn make_job(
    args: &Personalise,
    record: &Path,
    pki: &Path,
    channel: &mut PcscChannel,
    context: &mut Context,
) -> Result<(CardImage, PathBuf)> {
    let profile = profile(args)?;
    let register = args
        .register
        .as_deref()
        .ok_or_else(|| missing("--register"))?;
    let record = record_folder::load(record)?;
    let accepted = record_folder::accept(record, profile, context.now, &mut *context.rng)?;
    let materials = Materials {
        profile,
        pki,
        signer_secret_file: args.signer_secret_file.as_deref(),
        register,
        jobs: &args.jobs,
        holder: &args.holder,
        encoding: args.biometric_records,
    };
    let mut issuing = Issuing::open(&materials, context)?;
    let progress = Progress::new(!context.json());
    let prepared = prepare(args, &issuing.offers(), channel, context, &progress)?;
    progress.step("build and sign");
    issuing.job(&accepted, &prepared, context)
}

fn profile(args: &Personalise) -> Result<&'static dyn enrolment::IssuerProfile> {
    record_folder::profile(
        args.profile
            .as_deref()
            .ok_or_else(|| missing("--profile"))?,
    )
}

fn missing(what: &str) -> anyhow::Error {
    Problem::usage(format!("{what} is missing"), "see the examples of --help")
}

/// The station's half of issuing elsewhere: the chip gets its keys, and a file tells the issuer what it must sign. On a chip
/// that is prepared already this writes the same file again.
fn prepare_for_issuance(
    args: &Personalise,
    path: &Path,
    channel: &mut PcscChannel,
    context: &mut Context,
) -> Result<Exit> {
    let progress = Progress::new(!context.json());
    let offers = profile(args)?.data().chip;
    let prepared = prepare(args, &offers, channel, context, &progress)?;
    let text = perso::chip_file::write(&prepared)?;
    files::write(path, text.as_bytes(), Secrecy::Open)?;
    let serial = hex::encode_upper(&prepared.serial);
    if context.json() {
        print_json(&json!({
            "chip": serial,
            "state": "INITIALISED",
            "keys": prepared.keys.len(),
            "chip_file": path,
            "outcome": Exit::Done.word(),
        }))?;
    } else {
        print(&format!(
            "chip {serial} is INITIALISED with {} keys: {}",
            prepared.keys.len(),
            path.display()
        ))?;
    }
    Ok(Exit::Done)
}

fn prepare(
    args: &Personalise,
    offers: &Chip<'_>,
    channel: &mut PcscChannel,
    context: &mut Context,
    progress: &Progress,
) -> Result<PreparedChip> {
    let station = Station {
        masters: &Masters::Folder(args.keys.clone()),
        csca: &[],
    };
    station.prepare(offers, channel, context, progress)
}

fn void(args: &Personalise, channel: &mut PcscChannel, context: &mut Context) -> Result<Exit> {
    let status = perso::personalise::identify(channel)?;
    let serial = hex::encode_upper(&status.serial);
    context.asking.confirm(
        &format!(
            "Destroy the chip {serial}, which is {}, for ever?",
            status.state
        ),
        args.yes,
    )?;
    let role = role_for(&args.keys, &status)?;
    channel.reset()?;
    let receipt = perso::void(channel, &role, &mut *context.rng)?;
    if context.json() {
        print_json(
            &json!({ "chip": serial, "state": "TERMINATED", "receipts": [receipt_word(("void", &receipt))], "outcome": Exit::Done.word() }),
        )?;
    } else {
        print(&format!(
            "chip {serial} is TERMINATED\nreceipt {}",
            receipt_word(("void", &receipt))
        ))?;
    }
    Ok(Exit::Done)
}

/// The role whose keys are on the chip.
fn role_for(folder: &Path, status: &perso::applet::ChipStatus) -> Result<RoleKey> {
    let role = if status.has_keys(perso::applet::TRANSPORT_KEYS) {
        Role::Transport
    } else {
        Role::Personalisation
    };
    keys::load(folder, role)
}
