//! Jobs for chips of the pool, where the station issues by itself.

use std::collections::{BTreeSet, VecDeque};
use std::path::Path;

use anyhow::{Context as _, Result};
use enrolment::{AcceptedRecord, IssuerProfile};
use floor::{ChipSerial, Stage};
use perso::PreparedChip;
use serde_json::json;
use uuid::Uuid;

use super::{note, print, print_json};
use crate::args::{FloorIssue, HolderArgs};
use crate::commands::Context;
use crate::exit::{self, Exit, Problem};
use crate::floor_folder::FloorFolder;
use crate::issuing::{Issuing, Materials};
use crate::progress::Progress;
use crate::record_folder;

/// The chips of the pool that no document was issued for, the first to be used in front.
struct Pool<'a> {
    floor: &'a FloorFolder,
    free: VecDeque<ChipSerial>,
}

/// What became of a record.
enum Came {
    Issued,
    IssuedBefore,
}

/// `floor issue`.
pub fn run(args: &FloorIssue, context: &mut Context) -> Result<Exit> {
    let profile = record_folder::profile(&args.profile)?;
    let floor = FloorFolder::open(&args.folder)?;
    let holder = HolderArgs {
        pin_file: None,
        puk_file: None,
        eac: args.eac.clone(),
    };
    let materials = Materials {
        profile,
        pki: &args.pki,
        signer_secret_file: args.signer_secret_file.as_deref(),
        register: &args.register,
        jobs: &args.jobs,
        holder: &holder,
        encoding: args.biometric_records,
    };
    let mut issuing = Issuing::open(&materials, context)?;
    let mut pool = Pool::of(&floor, &issuing)?;
    let progress = Progress::new(!context.json());
    let (mut issued, mut before, mut refused) = (0_usize, 0_usize, Vec::new());
    let mut outcome = Exit::Done;
    for (at, folder) in args.records.iter().enumerate() {
        progress.step(folder.display().to_string());
        progress.at(at, args.records.len());
        match one(folder, profile, &mut pool, &mut issuing, context) {
            Ok(Came::Issued) => issued += 1,
            Ok(Came::IssuedBefore) => before += 1,
            // One record that is not right keeps nobody else waiting.
            Err(error) => {
                outcome = exit::code_of(&error);
                let why = format!("{error:#}");
                note(&format!("{}: {why}", folder.display()));
                refused.push(json!({ "record": folder, "why": why }));
                if is_the_end_for_all(&error) {
                    break;
                }
            }
        }
    }
    drop(progress);
    if context.json() {
        print_json(
            &json!({ "jobs": args.jobs, "issued": issued, "issued_before": before, "refused": refused, "chips_left": pool.free.len(), "outcome": outcome.word() }),
        )?;
    } else {
        print(&format!(
            "{issued} jobs in {}, {before} issued before, {} refused; {} chips left in the pool",
            args.jobs.display(),
            refused.len(),
            pool.free.len()
        ))?;
    }
    Ok(outcome)
}

/// Whether the next record would meet the same.
fn is_the_end_for_all(error: &anyhow::Error) -> bool {
    matches!(
        exit::code_of(error),
        Exit::KeyStore | Exit::Card | Exit::Interrupted
    )
}

fn one(
    folder: &Path,
    profile: &'static dyn IssuerProfile,
    pool: &mut Pool<'_>,
    issuing: &mut Issuing,
    context: &mut Context,
) -> Result<Came> {
    let record = record_folder::load(folder)?;
    let accepted = record_folder::accept(record, profile, context.now, &mut *context.rng)?;
    let Some((job, serial)) = issued_before(&accepted, issuing)? else {
        let (serial, chip) = pool.first()?;
        issuing.job(&accepted, &chip, context)?;
        pool.free.retain(|free| *free != serial);
        return Ok(Came::Issued);
    };
    let is_taken = pool.floor.with(|state| state.card_of_job(job).is_some())?;
    if !is_taken && !issuing.job_path(job).exists() {
        // An earlier run died between the entry and the kept job.
        issuing.job(&accepted, &pool.prepared(&serial)?, context)?;
    }
    Ok(Came::IssuedBefore)
}

/// The job of a document in the register, and its chip.
fn issued_before(
    accepted: &AcceptedRecord,
    issuing: &Issuing,
) -> Result<Option<(Uuid, ChipSerial)>> {
    let data = accepted.profile().data();
    let number = accepted.document_number()?;
    let mut entries = issuing.register().entries().iter();
    let entry = entries
        .find(|entry| entry.issuing_state == data.issuing_state && entry.document_number == number);
    entry
        .map(|entry| Ok((entry.job, ChipSerial::new(&entry.chip_serial)?)))
        .transpose()
}

impl<'a> Pool<'a> {
    fn of(floor: &'a FloorFolder, issuing: &Issuing) -> Result<Self> {
        let entries = issuing.register().entries().iter();
        let used: BTreeSet<ChipSerial> = entries
            .map(|entry| ChipSerial::new(&entry.chip_serial))
            .collect::<Result<_, _>>()?;
        let free = floor.with(|state| {
            let in_stock = state.cards().filter(|card| card.stage == Stage::Stock);
            in_stock
                .map(|card| card.chip.clone())
                .filter(|chip| !used.contains(chip))
                .collect()
        })?;
        Ok(Self { floor, free })
    }

    /// The first chip of which the issuer knows the keys.
    fn first(&mut self) -> Result<(ChipSerial, PreparedChip)> {
        while let Some(serial) = self.free.front() {
            if let Some(chip) = self.floor.chip(serial)? {
                return Ok((serial.clone(), chip));
            }
            self.free.pop_front();
        }
        Err(Problem::of(
            Exit::Card,
            "no chip is left in the pool",
            "`card-tool floor prepare` brings chips into it; then the same command goes on",
        ))
    }

    fn prepared(&self, serial: &ChipSerial) -> Result<PreparedChip> {
        let chip = self.floor.chip(serial)?;
        chip.with_context(|| format!("chip {serial} was not prepared on this floor"))
    }
}
