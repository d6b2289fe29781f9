//! A floor is opened; whose batches it takes; a batch is signed.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use crypto::{Curve, EcParameters, PrivateKey};
use floor::{Event, Person, intake};
use perso::MAX_JOB_FILE;
use perso::batch_file::{BatchJob, BatchManifest, BatchSigner};
use serde_json::json;
use time::Duration;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::done;
use crate::args::{FloorOpen, FloorSign, FloorSignerKey, FloorTrustSigner};
use crate::commands::{Context, check_secret};
use crate::exit::{Exit, Problem};
use crate::files::{self, Secrecy};
use crate::floor_folder::{BATCH_FILE, FloorFolder, JOB_ENDING};
use crate::input::SecretSource;
use crate::pem;

/// `floor open`.
pub fn open(args: &FloorOpen, context: &mut Context) -> Result<Exit> {
    let by = Person::new(&args.by)?;
    // A key that is none is found before the folder is made.
    let signers = args.signer.iter().map(|path| signer(path));
    let signers: Vec<(BatchSigner, String)> = signers.collect::<Result<_>>()?;
    let floor = FloorFolder::create(&args.folder)?;
    let mut events = vec![Event::Opened { by: by.clone() }];
    events.extend(signers.into_iter().map(|(_, key)| Event::SignerTrusted {
        key,
        by: by.clone(),
    }));
    floor.note_all(&events, false)?;
    let (_, link) = floor.head();
    let text = format!("{} is a floor", args.folder.display());
    done(
        context,
        false,
        &text,
        json!({ "floor": args.folder, "link": link }),
    )
}

/// `floor trust-signer`.
pub fn trust_signer(args: &FloorTrustSigner, context: &mut Context) -> Result<Exit> {
    let by = Person::new(&args.by)?;
    let (signer, key) = signer(&args.signer)?;
    let floor = FloorFolder::open_for(&args.folder, args.dry_run)?;
    floor.note_all(&[Event::SignerTrusted { key, by }], args.dry_run)?;
    let text = format!("batches of the key {} are taken", signer.id());
    let value = json!({ "signer": signer.id() });
    done(context, args.dry_run, &text, value)
}

/// A public key, or that of a certificate: the signer, and the key as the journal has it.
fn signer(path: &Path) -> Result<(BatchSigner, String)> {
    let named = || path.display().to_string();
    let file = files::read(path)?;
    let spki = match pem::certificate(&file)
        .ok()
        .and_then(|der| pki::Certificate::parse(&der).ok())
    {
        Some(certificate) => certificate.subject_public_key_info().to_vec(),
        None => pem::public_key(&file).with_context(named)?,
    };
    let key = crypto::PublicKey::from_spki(&spki).map_err(|_| floor::Refused::SignerKey);
    let signer = BatchSigner::new(key.with_context(named)?).map_err(floor::Error::from);
    let signer = signer.with_context(named)?;
    let key = signer.key().to_spki(EcParameters::Named)?;
    Ok((signer, hex::encode(key)))
}

/// `floor signer-key`.
pub fn signer_key(args: &FloorSignerKey, context: &mut Context) -> Result<Exit> {
    let public = args.file.with_extension("pub.pem");
    for path in [&args.file, &public] {
        if path.exists() {
            return Err(Problem::of(
                Exit::Policy,
                format!("{} is there", path.display()),
                "a key is made once",
            ));
        }
        files::check_place(path)?;
    }
    let secret = secret(args.secret_file.as_deref(), context, true)?;
    check_secret(&secret)?;
    let key = PrivateKey::generate_ec(Curve::P256, &mut *context.rng)?;
    let spki = key.public().to_spki(EcParameters::Named)?;
    key_store::file::store(&args.file, &key, &secret, &mut *context.rng)?;
    files::write(
        &public,
        pem::write_public_key(&spki).as_bytes(),
        Secrecy::Open,
    )?;
    let text = format!(
        "{} signs batches; floors get {}",
        args.file.display(),
        public.display()
    );
    done(
        context,
        false,
        &text,
        json!({ "key": args.file, "public": public }),
    )
}

fn secret(file: Option<&Path>, context: &Context, twice: bool) -> Result<crypto::SecretBytes> {
    SecretSource {
        file,
        option: "--secret-file",
        variable: "CARD_BATCH_SECRET",
        prompt: "Secret of the key that signs batches",
        twice,
    }
    .ask(context.asking)
}

/// `floor sign`.
pub fn sign(args: &FloorSign, context: &mut Context) -> Result<Exit> {
    let secret = secret(args.secret_file.as_deref(), context, false)?;
    let key = key_store::file::load(&args.key, &secret)?;
    let mut jobs = Vec::new();
    for path in job_files_of(&args.jobs)? {
        let text = Zeroizing::new(files::read_at_most(&path, MAX_JOB_FILE)?);
        let entry = intake::entry(&text).with_context(|| path.display().to_string())?;
        if path != job_path(&args.jobs, entry.job) {
            return Err(Problem::usage(
                format!("{} is the file of the job {}", path.display(), entry.job),
                format!("a job's file is called after it: {}{JOB_ENDING}", entry.job),
            ));
        }
        jobs.push(BatchJob {
            job: entry.job,
            chip: entry.chip.to_string(),
            sha256: intake::digest(&text),
        });
    }
    let manifest = BatchManifest {
        batch: args.batch.unwrap_or_else(Uuid::now_v7),
        site: args.site.clone(),
        profile: args.profile.clone(),
        remake: args.remake,
        signed_at: context.now,
        expires_at: context.now + Duration::days(i64::from(args.days)),
        count: jobs.len(),
        jobs,
    };
    let text = manifest
        .sign(&key, &mut *context.rng)
        .map_err(floor::Error::from)?;
    let path = args.jobs.join(BATCH_FILE);
    files::write(&path, &text, Secrecy::Open)?;
    let said = format!("batch {}: {} jobs signed", manifest.batch, manifest.count);
    let value = json!({ "batch": manifest.batch, "jobs": manifest.count, "file": path });
    done(context, false, &said, value)
}

/// The file of a job in a folder of them.
pub(super) fn job_path(folder: &Path, job: Uuid) -> PathBuf {
    folder.join(format!("{job}{JOB_ENDING}"))
}

/// The job files of a folder. Names of jobs begin with their time, so this is the order in which they were made.
pub(super) fn job_files_of(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut inside = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(JOB_ENDING) {
            inside.push(path);
        }
    }
    inside.sort();
    Ok(inside)
}
