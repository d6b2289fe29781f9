//! `personalise`: a record, or a job that was made before, into the chip in the reader.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use inspection::{Config, Outcome, inspect};
use iso7816::Channel;
use perso::applet::Receipt;
use perso::{
    CardImage, EncodedBiometrics, MAX_JOB_FILE, Order, Progress as Step, RegisterError, Role,
    RoleKey,
};
use pki::{DocumentSigner, TrustStore};
use serde_json::json;
use transport::{Clock, PcscChannel};
use uuid::Uuid;

use super::{Context, print, print_json};
use crate::args::Personalise;
use crate::exit::{Exit, Problem};
use crate::files::{self, Secrecy};
use crate::pki_folder;
use crate::pki_folder::signer_secret::SignerSecretSource;
use crate::progress::Progress;
use crate::record_folder;
use crate::register::FileRegister;
use crate::{keys, reader};

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
    receipts.print(&image, context)?;
    Ok(Exit::Done)
}

/// What the chip has confirmed.
struct Receipts {
    commit: Receipt,
    lock: Option<Receipt>,
}

impl Receipts {
    fn print(&self, image: &CardImage, context: &Context) -> Result<()> {
        let state = if self.lock.is_some() {
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
                "receipts": self.all().map(receipt_word).collect::<Vec<_>>(),
                "outcome": Exit::Done.word(),
            }));
        }
        print(&format!(
            "chip {chip} is {state}: job {}, {} bytes",
            image.job(),
            image.total_len()
        ))?;
        self.all()
            .try_for_each(|named| print(&format!("receipt {}", receipt_word(named))))
    }

    fn all(&self) -> impl Iterator<Item = (&'static str, &Receipt)> {
        let lock = self.lock.as_ref().map(|receipt| ("lock", receipt));
        [("commit", &self.commit)].into_iter().chain(lock)
    }
}

/// As the register of issued documents takes it: KIND:COUNTER:MAC.
fn receipt_word((kind, receipt): (&str, &Receipt)) -> String {
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
    let progress = Progress::new(!context.json());
    let personalisation = keys::load(&args.keys, Role::Personalisation)?;
    let rng = &mut *context.rng;
    let commit = perso::write_job(channel, &personalisation, image, rng, &mut |step| {
        show(&progress, step);
    })?;
    progress.step("read back");
    channel.reset()?;
    read_back(channel, image, pki, context)?;
    if args.no_lock {
        return Ok(Receipts { commit, lock: None });
    }
    progress.step("lock");
    channel.reset()?;
    let quality = keys::load(&args.keys, Role::Quality)?;
    let lock = perso::lock(channel, &quality, image, &mut *context.rng)?;
    Ok(Receipts {
        commit,
        lock: Some(lock),
    })
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
    let accepted = record_folder::accept(record, profile, context.now, &mut *context.rng)?;
    let secret = SignerSecretSource {
        file: args.signer_secret_file.as_deref(),
        asking: context.asking,
        new: false,
    };
    let signer = pki_folder::current_document_signer(
        pki,
        profile.data().document_code,
        context.now,
        &secret,
        &mut *context.rng,
    )?;
    let mut register = FileRegister::open(register)?;
    let progress = Progress::new(!context.json());
    let prepared = prepare(&args.keys, profile, channel, context, &progress)?;
    progress.step("build and sign");
    // A place for the job comes before its entry: a number that is entered is used.
    files::make_folder(&args.jobs)?;
    let encoding = args.biometric_records.into();
    let biometrics = EncodedBiometrics::encode(&accepted, encoding, &mut *context.rng)?;
    let job = Uuid::now_v7();
    let order = Order::new(&accepted, &biometrics, &prepared, job, context.now);
    let image = issue(&order, &signer, &mut register)?;
    let path = args.jobs.join(format!("{}.job.json", image.job()));
    if path.exists() {
        return Ok((load_job(&path)?, path));
    }
    files::write(&path, image.to_job_file()?.expose(), Secrecy::OwnerOnly)?;
    Ok((image, path))
}

/// Issues the document, or goes on where an earlier run died between the entry and the kept job: the same document on the same
/// chip with the same keys is the same job, and is signed once more.
fn issue(
    order: &Order<'_>,
    signer: &DocumentSigner,
    register: &mut FileRegister,
) -> Result<CardImage> {
    let refused = match perso::issue(order, signer, register) {
        Err(perso::Error::Register(RegisterError::DocumentNumberUsed(job))) => job,
        answer => return Ok(answer?),
    };
    let again = Order {
        job: refused,
        ..*order
    };
    match perso::issue(&again, signer, register) {
        Err(perso::Error::Register(_)) => {
            Err(perso::Error::Register(RegisterError::DocumentNumberUsed(refused)).into())
        }
        answer => Ok(answer?),
    }
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
    let prepared = prepare(&args.keys, profile(args)?, channel, context, &progress)?;
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

/// From the maker's chip to one with the issuer's keys and its own.
pub fn prepare(
    folder: &Path,
    profile: &dyn enrolment::IssuerProfile,
    channel: &mut dyn Channel,
    context: &mut Context,
    progress: &Progress,
) -> Result<perso::PreparedChip> {
    let [transport, personalisation, quality] =
        [Role::Transport, Role::Personalisation, Role::Quality]
            .map(|role| keys::load(folder, role));
    let (personalisation, quality) = (personalisation?, quality?);
    progress.step("initialise");
    perso::initialise(
        channel,
        &transport?,
        [&quality, &personalisation],
        &mut *context.rng,
    )?;
    let requests = perso::key_requests(&profile.data().chip)?;
    Ok(perso::prepare(
        channel,
        &personalisation,
        &requests,
        &mut *context.rng,
        &mut |step| show(progress, step),
    )?)
}

/// Shows a step.
pub fn show(progress: &Progress, step: Step) {
    match step {
        Step::Step(what) => progress.step(what),
        Step::Written { done, total } => progress.at(done, total),
    }
}

fn load_job(path: &Path) -> Result<CardImage> {
    let text = zeroize::Zeroizing::new(files::read_at_most(path, MAX_JOB_FILE)?);
    CardImage::from_job_file(&text).with_context(|| path.display().to_string())
}

/// Reads the card as a border would, with the password of the job, and compares byte by byte. Only what passes is locked.
pub fn read_back(
    channel: &mut dyn Channel,
    image: &CardImage,
    pki: &Path,
    context: &mut Context,
) -> Result<()> {
    let mut trust = TrustStore::new();
    for certificate in pki_folder::csca_certificates(pki)? {
        trust.add(&certificate, "the issuer's own CSCA")?;
    }
    let passwords = [image.password()?];
    let clock = std::cell::RefCell::new(Clock::monotonic());
    let config = Config {
        passwords: &passwords,
        access: inspection::AccessChoice::Automatic,
        printed_mrz: None,
        terminal: None,
        trust: &trust,
        now: context.now,
        extended_length: true,
        clock: &|| clock.borrow_mut().now(),
    };
    let (report, _) = reader::with_line(channel, context.verbose, |line| {
        inspect(line, &config, &mut *context.rng, &mut |_| {})
    });
    image.compare(&report.data.as_shown().files)?;
    // A border forgives a chip one way of proving itself when the other one works; its maker does not.
    let faults: Vec<String> = report
        .checks
        .iter()
        .filter(|check| {
            check.finding.outcome == Outcome::Failed
                || check
                    .counts_as()
                    .is_some_and(|outcome| outcome != Outcome::Successful)
        })
        .map(|check| format!("{}: {}", check.kind.title, check.finding.cause))
        .collect();
    if faults.is_empty() && report.overall() == Outcome::Successful {
        return Ok(());
    }
    let exit = match report.overall() {
        Outcome::Successful => Exit::No,
        _ => crate::report::exit_of(&report),
    };
    Err(Problem::of(
        exit,
        format!("read-back: {}", faults.join("; ")),
        "the chip is not locked; start again with --job, or void it",
    ))
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
